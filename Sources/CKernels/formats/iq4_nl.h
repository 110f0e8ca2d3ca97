// IQ4_NL: as Q4_0, with the nibbles numbers of unevenly spaced values. value = scale * levels[q].

#define IQ4_NL_VALUES 32
#define IQ4_NL_BYTES 18

static const float nonlinear_levels[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                           1,    13,   25,  38,  53,  69,  89,  113};

INLINE void iq4_nl_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    unpack_nibbles(block + 2, scaled_levels(nonlinear_levels, half_to_float(block)), out);
}

// IQ4_XS: blocks of 256 values in 8 chunks of 32: a binary16 scale of scales, 16 bits and 4 bytes with the upper two and
// the lower four bits of each chunk's scale, then for each chunk 16 bytes of nibbles as in IQ4_NL.
// value = d * (scale - 32) * levels[q].

#define IQ4_XS_VALUES 256
#define IQ4_XS_BYTES 136

INLINE void iq4_xs_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    uint16_t high;
    memcpy(&high, block + 2, sizeof high);
    int scale = (block[4 + chunk / 2] >> (4 * (chunk % 2)) & 15) | (high >> (2 * chunk) & 3) << 4;
    unpack_nibbles(block + 8 + 16 * chunk, scaled_levels(nonlinear_levels, half_to_float(block) * (scale - 32)), out);
}

// Values of which a table names all: a nibble is looked up in sixteen floats, which a processor with vectors of sixteen
// keeps in one register. Others look up the nibbles of a chunk one by one.

#if LANES == 16
typedef vector levels;
#else
typedef struct {
    float values[16];
} levels;
#endif

/// levels * scale, each rounded as a product of the two is.
INLINE levels scaled_levels(const float *source, float scale) {
#if LANES == 16
    return load(source) * splat(scale);
#else
    levels result;
    for (int i = 0; i < 16; i += LANES) store(load(source + i) * splat(scale), result.values + i);
    return result;
#endif
}

/// The values of 32 nibbles: the lower halves of the bytes are the first 16.
INLINE void unpack_nibbles(const uint8_t *source, levels table, vector out[CHUNK_VECTORS]) {
#if LANES == 16
    // Only the lowest four bits of an index count.
    integers pairs = load_unsigned(source);
    out[0] = (vector)_mm512_permutexvar_ps((__m512i)pairs, (__m512)table);
    out[1] = (vector)_mm512_permutexvar_ps((__m512i)(pairs >> 4), (__m512)table);
#else
    for (int v = 0; v < CHUNK_VECTORS / 2; v++) {
        for (int lane = 0; lane < LANES; lane++) {
            uint8_t pair = source[LANES * v + lane];
            out[v][lane] = table.values[pair & 15];
            out[v + CHUNK_VECTORS / 2][lane] = table.values[pair >> 4];
        }
    }
#endif
}

#if LANES == 16
/// 0 to 15.
INLINE vector counted(void) {
    return (vector){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
}

/// The values of 32 numbers of five bits: a nibble, looked up, and a bit that adds sixteen steps.
INLINE void unpack_five_bits(const uint8_t *nibbles, const uint8_t *fifth, levels table, vector sixteen,
                             vector out[CHUNK_VECTORS]) {
    uint32_t bits;
    memcpy(&bits, fifth, sizeof bits);
    unpack_nibbles(nibbles, table, out);
    out[0] = (vector)_mm512_mask_add_ps((__m512)out[0], (__mmask16)bits, (__m512)out[0], (__m512)sixteen);
    out[1] = (vector)_mm512_mask_add_ps((__m512)out[1], (__mmask16)(bits >> 16), (__m512)out[1], (__m512)sixteen);
}
#endif

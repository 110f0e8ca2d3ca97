// Q3_K: blocks of 256 values in 16 groups of 16: 32 bytes in which bit c of byte i is the third bit of value i of chunk c,
// 64 bytes of bit pairs as in Q2_K, 12 bytes of packed 6-bit scales, and a binary16 scale of scales.
// value = d * (scale - 32) * (q - 4), where q has the third bit.

#define Q3_K_VALUES 256
#define Q3_K_BYTES 110

/// The scale of a group: its lower four bits lie in the first eight bytes, the upper two in the last four.
INLINE int q3_k_scale(const uint8_t *packed, size_t group) {
    int low = packed[group % 8] >> (4 * (group / 8)) & 15;
    return (low | (packed[8 + group % 4] >> (2 * (group / 4)) & 3) << 4) - 32;
}

INLINE void q3_k_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    const uint8_t *pairs = block + 32 + 32 * (chunk / 4);
    int shift = 2 * (int)(chunk % 4);
    float d = half_to_float(block + 108);
    float factors[2] = {d * q3_k_scale(block + 96, 2 * chunk), d * q3_k_scale(block + 96, 2 * chunk + 1)};
    for (int v = 0; v < CHUNK_VECTORS; v++) {
        integers q = (load_unsigned(pairs + LANES * v) >> shift) & 3;
        q |= ((load_unsigned(block + LANES * v) >> (int)chunk) & 1) << 2;
        out[v] = to_floats(q - 4) * splat(factors[LANES * v / 16]);
    }
}

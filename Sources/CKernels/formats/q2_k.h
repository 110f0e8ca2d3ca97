// Q2_K: blocks of 256 values in 16 groups of 16: 16 bytes of which the lower nibble is a group's scale and the upper its
// minimum, 64 bytes of bit pairs, and binary16 scales of the scales and the minima. Each half of the block has 32 bytes,
// whose pairs belong to its four chunks of 32. value = d * scale * q - dmin * minimum.

#define Q2_K_VALUES 256
#define Q2_K_BYTES 84

INLINE void q2_k_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    const uint8_t *scales = block + 2 * chunk;
    const uint8_t *pairs = block + 16 + 32 * (chunk / 4);
    int shift = 2 * (int)(chunk % 4);
    float d = half_to_float(block + 80), dmin = half_to_float(block + 82);
    for (int v = 0; v < CHUNK_VECTORS; v++) {
        uint8_t packed = scales[LANES * v / 16];
        vector factor = splat(d * (packed & 15)), offset = splat(dmin * (packed >> 4));
        out[v] = to_floats((load_unsigned(pairs + LANES * v) >> shift) & 3) * factor - offset;
    }
}

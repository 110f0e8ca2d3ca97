// Q6_K: blocks of 256 values in 8 chunks of 32: 128 bytes with the low four bits, 64 bytes with the high two,
// 16 signed byte scales (one for 16 values), and a binary16 scale of scales. Each half of the block has 64
// bytes of nibbles and 32 bytes of bit pairs for its four chunks. value = d * scale * (q - 32).

#define Q6_K_VALUES 256
#define Q6_K_BYTES 210

INLINE void q6_k_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    size_t half = chunk / 4, quarter = chunk % 4;
    const uint8_t *low = block + 64 * half + 32 * (quarter % 2);
    const uint8_t *high = block + 128 + 32 * half;
    const int8_t *scales = (const int8_t *)block + 192 + 2 * chunk;
    float d = half_to_float(block + 208);
    int low_shift = quarter < 2 ? 0 : 4, high_shift = 2 * (int)quarter;
    for (int v = 0; v < CHUNK_VECTORS; v++) {
        integers q = (load_unsigned(low + LANES * v) >> low_shift) & 15;
        q |= ((load_unsigned(high + LANES * v) >> high_shift) & 3) << 4;
        out[v] = to_floats(q - 32) * splat(d * scales[LANES * v / 16]);
    }
}

INLINE void q6_k_scales(const uint8_t *block, block_scales *out) {
    out->factor = half_to_float(block + 208);
}

/// With the signed byte scales multiplied in, as there are two in a chunk: at most 32 * 128.
INLINE void q6_k_integers(const uint8_t *block, size_t chunk, const block_scales *scales, shorts *out) {
    size_t half = chunk / 4, quarter = chunk % 4;
    const int8_t *multipliers = (const int8_t *)block + 192 + 2 * chunk;
    (void)scales;
    shorts low, high;
    load_unsigned_shorts(block + 64 * half + 32 * (quarter % 2), &low);
    load_unsigned_shorts(block + 128 + 32 * half, &high);
    shorts q = ((quarter < 2 ? low & 15 : low >> 4) | ((high >> (short)(2 * quarter)) & 3) << 4) - 32;
    const shorts first = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    *out = q * ((first & multipliers[0]) | (~first & multipliers[1]));
}

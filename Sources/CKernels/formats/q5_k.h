// Q5_K: as Q4_K, with 32 bytes between the scales and the nibbles, in which bit c of byte i is the fifth bit of value
// i of chunk c.

#define Q5_K_VALUES 256
#define Q5_K_BYTES 176

INLINE void q5_k_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    k_scales scales = read_k_scales(block);
    vector factor = splat(half_to_float(block) * scales.scales[chunk]);
    vector offset = splat(half_to_float(block + 2) * scales.minima[chunk]);
    const uint8_t *high = block + 16;
    const uint8_t *nibbles = block + 48 + 32 * (chunk / 2);
    int shift = 4 * (int)(chunk % 2);
    for (int v = 0; v < CHUNK_VECTORS; v++) {
        integers q = (load_unsigned(nibbles + LANES * v) >> shift) & 15;
        q |= ((load_unsigned(high + LANES * v) >> (int)chunk) & 1) << 4;
        out[v] = to_floats(q) * factor - offset;
    }
}

INLINE void q5_k_scales(const uint8_t *block, block_scales *out) {
    k_block_scales(block, out);
}

/// With the 6-bit scales multiplied in: at most 31 * 63.
INLINE void q5_k_integers(const uint8_t *block, size_t chunk, const block_scales *scales, shorts *out) {
    shorts pairs, high;
    load_unsigned_shorts(block + 48 + 32 * (chunk / 2), &pairs);
    load_unsigned_shorts(block + 16, &high);
    shorts q = (chunk % 2 == 0 ? pairs & 15 : pairs >> 4) | ((high >> (short)chunk) & 1) << 4;
    *out = q * scales->multipliers[chunk];
}

// Q4_K: blocks of 256 values in 8 chunks of 32: scales and minima, then 128 bytes of nibbles, of which each run of
// 32 bytes holds an even chunk in its low and the following odd chunk in its high nibbles.
// value = d * scale * q - dmin * minimum.

#define Q4_K_VALUES 256
#define Q4_K_BYTES 144

INLINE void q4_k_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    k_scales scales = read_k_scales(block);
    vector factor = splat(half_to_float(block) * scales.scales[chunk]);
    vector offset = splat(half_to_float(block + 2) * scales.minima[chunk]);
    const uint8_t *nibbles = block + 16 + 32 * (chunk / 2);
    int shift = 4 * (int)(chunk % 2);
    for (int v = 0; v < CHUNK_VECTORS; v++) {
        integers q = (load_unsigned(nibbles + LANES * v) >> shift) & 15;
        out[v] = to_floats(q) * factor - offset;
    }
}

INLINE void q4_k_scales(const uint8_t *block, block_scales *out) {
    k_block_scales(block, out);
}

/// With the 6-bit scales multiplied in: at most 15 * 63.
INLINE void q4_k_integers(const uint8_t *block, size_t chunk, const block_scales *scales, shorts *out) {
    shorts pairs;
    load_unsigned_shorts(block + 16 + 32 * (chunk / 2), &pairs);
    *out = (chunk % 2 == 0 ? pairs & 15 : pairs >> 4) * scales->multipliers[chunk];
}

// Q4_K: blocks of 256 values in 8 chunks of 32: scales and minima, then 128 bytes of nibbles, of which each run of
// 32 bytes holds an even chunk in its low and the following odd chunk in its high nibbles.
// value = d * scale * q - dmin * minimum.

#define Q4_K_VALUES 256
#define Q4_K_BYTES 144

INLINE void q4_k_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    k_scales scales = read_k_scales(block, chunk);
    const uint8_t *nibbles = block + 16 + 32 * (chunk / 2);
    int shift = 4 * (int)(chunk % 2);
    for (int v = 0; v < CHUNK_VECTORS; v++) {
        integers q = (load_unsigned(nibbles + LANES * v) >> shift) & 15;
        out[v] = to_floats(q) * scales.factor - scales.offset;
    }
}

// Q4_K: blocks of 256 values in 8 chunks of 32. A binary16 scale of scales and a binary16 scale of minima,
// 12 bytes of packed 6-bit scales and minima (one pair a chunk), then 128 bytes of nibbles: each run of
// 32 bytes holds an even chunk in its low and the following odd chunk in its high nibbles.
// value = d * scale * q - dmin * minimum.

#define Q4_K_VALUES 256
#define Q4_K_BYTES 144

INLINE void q4_k_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    const uint8_t *packed = block + 4;
    uint8_t scale, minimum;
    if (chunk < 4) {
        scale = packed[chunk] & 63;
        minimum = packed[chunk + 4] & 63;
    } else {
        // The upper two bits of the last four pairs lie above the first eight 6-bit numbers.
        scale = (packed[chunk + 4] & 15) | (packed[chunk - 4] >> 6) << 4;
        minimum = packed[chunk + 4] >> 4 | (packed[chunk] >> 6) << 4;
    }
    vector factor = splat(half_to_float(block) * scale);
    vector offset = splat(half_to_float(block + 2) * minimum);
    const uint8_t *nibbles = block + 16 + 32 * (chunk / 2);
    int shift = 4 * (int)(chunk % 2);
    for (int v = 0; v < CHUNK_VECTORS; v++) {
        integers q = (load_unsigned(nibbles + LANES * v) >> shift) & 15;
        out[v] = to_floats(q) * factor - offset;
    }
}

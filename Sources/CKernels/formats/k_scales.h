// What Q4_K and Q5_K begin with: a binary16 scale of scales, a binary16 scale of minima, and 12 bytes of packed
// 6-bit scales and minima, one pair for each of the 8 chunks.

typedef struct {
    vector factor;
    vector offset;
} k_scales;

INLINE k_scales read_k_scales(const uint8_t *block, size_t chunk) {
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
    return (k_scales){splat(half_to_float(block) * scale), splat(half_to_float(block + 2) * minimum)};
}

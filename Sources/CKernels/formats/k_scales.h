// What Q4_K and Q5_K begin with: a binary16 scale of scales, a binary16 scale of minima, and 12 bytes of packed
// 6-bit scales and minima, one pair for each of the 8 chunks.

/// A byte for each chunk, in the order of the chunks.
typedef struct {
    uint8_t scales[BLOCK_CHUNKS];
    uint8_t minima[BLOCK_CHUNKS];
} k_scales;

INLINE k_scales read_k_scales(const uint8_t *block) {
    uint32_t packed[3];
    memcpy(packed, block + 4, sizeof packed);
    // Four 6-bit numbers at a time. The upper two bits of the last four pairs lie above the first eight numbers.
    const uint32_t six = 0x3f3f3f3f, four = 0x0f0f0f0f, two = 0x03030303;
    uint32_t scales[2] = {packed[0] & six, (packed[2] & four) | ((packed[0] >> 6) & two) << 4};
    uint32_t minima[2] = {packed[1] & six, ((packed[2] >> 4) & four) | ((packed[1] >> 6) & two) << 4};
    k_scales result;
    memcpy(result.scales, scales, sizeof scales);
    memcpy(result.minima, minima, sizeof minima);
    return result;
}

INLINE void k_block_scales(const uint8_t *block, block_scales *out) {
    k_scales packed = read_k_scales(block);
    out->factor = half_to_float(block);
    for (int chunk = 0; chunk < BLOCK_CHUNKS; chunk++) out->multipliers[chunk] = packed.scales[chunk];
    typedef uint8_t eight_bytes __attribute__((vector_size(BLOCK_CHUNKS)));
    eight_bytes minima;
    memcpy(&minima, packed.minima, sizeof minima);
    eight offsets = __builtin_convertvector(minima, eight) * half_to_float(block + 2);
    memcpy(out->offsets, &offsets, sizeof offsets);
}

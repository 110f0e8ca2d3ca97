// The weights of formats with blocks of 32 values as unsigned bytes, two blocks at a time.

INLINE void q8_0_bytes(const uint8_t *blocks, weight_bytes *out) {
    __m256i first, second;
    memcpy(&first, blocks + 2, sizeof first);
    memcpy(&second, blocks + Q8_0_BYTES + 2, sizeof second);
    __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
    *out = (weight_bytes)both ^ 0x80;
}

/// The nibbles of two blocks: in each the lower ones, then the upper ones.
INLINE weight_bytes nibble_bytes(const uint8_t *first, const uint8_t *second) {
    __m128i a, b;
    memcpy(&a, first, sizeof a);
    memcpy(&b, second, sizeof b);
    __m512i pairs = _mm512_mask_broadcast_i32x4(_mm512_broadcast_i32x4(a), 0xff00, b);
    const __m512i shifts = _mm512_set_epi64(0x0004000400040004, 0x0004000400040004, 0, 0, 0x0004000400040004,
                                            0x0004000400040004, 0, 0);
    return (weight_bytes)_mm512_srlv_epi16(pairs, shifts) & 15;
}

/// The same with a fifth bit from four bytes of each block.
INLINE weight_bytes five_bit_bytes(const uint8_t *block, size_t bits, size_t nibbles, size_t block_bytes) {
    uint32_t first, second;
    memcpy(&first, block + bits, sizeof first);
    memcpy(&second, block + block_bytes + bits, sizeof second);
    __m512i four = (__m512i)nibble_bytes(block + nibbles, block + block_bytes + nibbles);
    return (weight_bytes)_mm512_mask_add_epi8(four, (uint64_t)second << 32 | first, four, _mm512_set1_epi8(16));
}

INLINE void q4_0_bytes(const uint8_t *blocks, weight_bytes *out) {
    *out = nibble_bytes(blocks + 2, blocks + Q4_0_BYTES + 2);
}

INLINE void q4_1_bytes(const uint8_t *blocks, weight_bytes *out) {
    *out = nibble_bytes(blocks + 4, blocks + Q4_1_BYTES + 4);
}

INLINE void q5_0_bytes(const uint8_t *blocks, weight_bytes *out) { *out = five_bit_bytes(blocks, 2, 6, Q5_0_BYTES); }

INLINE void q5_1_bytes(const uint8_t *blocks, weight_bytes *out) { *out = five_bit_bytes(blocks, 4, 8, Q5_1_BYTES); }

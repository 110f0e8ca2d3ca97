// The weights of K formats as bytes, half a block at a time, and their scales lane by lane.

#if HAS_BYTE_PRODUCTS

INLINE weight_bytes load_weight_bytes(const uint8_t *source) {
    weight_bytes result;
    memcpy(&result, source, sizeof result);
    return result;
}

/// The same 32 bytes twice.
INLINE __m512i load_twice(const uint8_t *source) {
    __m256i bytes;
    memcpy(&bytes, source, sizeof bytes);
    return _mm512_broadcast_i64x4(bytes);
}

/// Shifts for the first and the second 32 bytes.
INLINE __m512i shifts(int first, int second) {
    return _mm512_inserti64x4(_mm512_set1_epi16((short)first), _mm256_set1_epi16((short)second), 1);
}

/// One chunk's scale for eight lanes each.
INLINE integers chunk_lanes(integers scales, int first, int second) {
    int f = first, s = second;
    return (integers)_mm512_permutexvar_epi32(
        _mm512_set_epi32(s, s, s, s, s, s, s, s, f, f, f, f, f, f, f, f), (__m512i)scales);
}

INLINE void k_lane_scales(const uint8_t *block, lane_scales *out) {
    k_scales packed = read_k_scales(block);
    __m128i bytes = _mm_loadl_epi64((const __m128i *)packed.scales);
    integers scales = (integers)_mm512_cvtepu8_epi32(bytes);
    out->lanes[0] = chunk_lanes(scales, 0, 2);
    out->lanes[1] = chunk_lanes(scales, 1, 3);
    out->lanes[2] = chunk_lanes(scales, 4, 6);
    out->lanes[3] = chunk_lanes(scales, 5, 7);
}

#define q4_k_lane_scales k_lane_scales
#define q5_k_lane_scales k_lane_scales

INLINE void q4_k_bytes(const uint8_t *block, size_t half, half_bytes *out) {
    weight_bytes pairs = load_weight_bytes(block + 16 + 64 * half);
    out->parts[0] = pairs & 15;
    out->parts[1] = pairs >> 4;
}

INLINE void q5_k_bytes(const uint8_t *block, size_t half, half_bytes *out) {
    weight_bytes pairs = load_weight_bytes(block + 48 + 64 * half);
    __m512i fifth = load_twice(block + 16), first, second;
    // The bit of a chunk becomes the fifth of its weights.
    if (half == 0) {
        first = _mm512_sllv_epi16(fifth, shifts(4, 2));
        second = _mm512_sllv_epi16(fifth, shifts(3, 1));
    } else {
        first = _mm512_srlv_epi16(fifth, shifts(0, 2));
        second = _mm512_srlv_epi16(fifth, shifts(1, 3));
    }
    out->parts[0] = (pairs & 15) | ((weight_bytes)first & 16);
    out->parts[1] = (pairs >> 4) | ((weight_bytes)second & 16);
}

INLINE void q6_k_bytes(const uint8_t *block, size_t half, half_bytes *out) {
    weight_bytes pairs = load_weight_bytes(block + 64 * half);
    __m512i high = load_twice(block + 128 + 32 * half);
    const __m512i upper = _mm512_set1_epi8(0x30);
    weight_bytes first = (weight_bytes)_mm512_and_si512(_mm512_sllv_epi16(high, shifts(4, 2)), upper);
    weight_bytes second = (weight_bytes)_mm512_and_si512(_mm512_srlv_epi16(high, shifts(0, 2)), upper);
    out->parts[0] = (pairs & 15) | first;
    out->parts[1] = (pairs >> 4) | second;
}

INLINE void q6_k_lane_scales(const uint8_t *block, lane_scales *out) {
    __m128i bytes;
    memcpy(&bytes, block + 192, sizeof bytes);
    // A lane's scale is its lower 16 bits; the upper are multiplied by what is not there.
    __m512i scales = _mm512_and_si512(_mm512_cvtepi8_epi32(bytes), _mm512_set1_epi32(0xffff));
    for (int part = 0; part < 4; part++) {
        int f = 4 * part;
        out->lanes[part] = (integers)_mm512_permutexvar_epi32(
            _mm512_set_epi32(f + 3, f + 3, f + 3, f + 3, f + 2, f + 2, f + 2, f + 2, f + 1, f + 1, f + 1, f + 1, f, f, f, f),
            scales);
    }
}

#endif

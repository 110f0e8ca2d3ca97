// Chunks of 16-bit integers: what the weights of large blocks and their activations are multiplied as.

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef int16_t shorts __attribute__((vector_size(2 * CHUNK)));
typedef uint8_t unsigned_chunk __attribute__((vector_size(CHUNK)));
typedef float eight __attribute__((vector_size(32)));

/// Chunks in a block of 256.
#define BLOCK_CHUNKS 8
#define BLOCK (CHUNK * BLOCK_CHUNKS)

/// value = factor * multiplier * q - offset, the last two for each chunk of a block.
typedef struct {
    float factor;
    int16_t multipliers[BLOCK_CHUNKS];
    float offsets[BLOCK_CHUNKS];
} block_scales;

INLINE void load_shorts(const int16_t *source, shorts *out) {
    memcpy(out, source, sizeof *out);
}

INLINE void load_unsigned_shorts(const uint8_t *source, shorts *out) {
    unsigned_chunk narrow;
    memcpy(&narrow, source, sizeof narrow);
    *out = __builtin_convertvector(narrow, shorts);
}

/// Adds the products of a chunk to LANES sums.
INLINE void add_pairs(integers *sums, const shorts *left, const shorts *right) {
#if HAS_BYTE_PRODUCTS
    *sums = (integers)_mm512_dpwssd_epi32((__m512i)*sums, (__m512i)*left, (__m512i)*right);
#elif LANES == 16
    *sums += (integers)_mm512_madd_epi16((__m512i)*left, (__m512i)*right);
#elif LANES == 8
    __m256i a[2], b[2];
    memcpy(a, left, sizeof a);
    memcpy(b, right, sizeof b);
    *sums += (integers)_mm256_add_epi32(_mm256_madd_epi16(a[0], b[0]), _mm256_madd_epi16(a[1], b[1]));
#elif defined(__x86_64__)
    __m128i a[4], b[4];
    memcpy(a, left, sizeof a);
    memcpy(b, right, sizeof b);
    __m128i first = _mm_add_epi32(_mm_madd_epi16(a[0], b[0]), _mm_madd_epi16(a[1], b[1]));
    __m128i second = _mm_add_epi32(_mm_madd_epi16(a[2], b[2]), _mm_madd_epi16(a[3], b[3]));
    *sums += (integers)_mm_add_epi32(first, second);
#else
    typedef int16_t quarter __attribute__((vector_size(8)));
    for (int i = 0; i < CHUNK / 4; i++) {
        quarter a, b;
        memcpy(&a, (const int16_t *)left + 4 * i, sizeof a);
        memcpy(&b, (const int16_t *)right + 4 * i, sizeof b);
        *sums += __builtin_convertvector(a, integers) * __builtin_convertvector(b, integers);
    }
#endif
}

INLINE float sum_eight(const eight *value) {
    eight v = *value;
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

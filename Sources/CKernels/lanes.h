// Vectors of LANES floats and the few operations on them. LANES and HAS_HALF come from the file that
// instantiates the kernels for one instruction set.

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/// Values that a format unpacks at once; every block size is a multiple of it.
#define CHUNK 32
#define CHUNK_VECTORS (CHUNK / LANES)

typedef float vector __attribute__((vector_size(4 * LANES)));
typedef float quad __attribute__((vector_size(16)));
typedef int32_t integers __attribute__((vector_size(4 * LANES)));
typedef uint32_t words __attribute__((vector_size(4 * LANES)));
typedef uint16_t halves __attribute__((vector_size(2 * LANES)));
typedef int8_t bytes __attribute__((vector_size(LANES)));
typedef uint8_t unsigned_bytes __attribute__((vector_size(LANES)));

INLINE vector splat(float value) {
    return value - (vector){};
}

INLINE vector load(const float *source) {
    vector result;
    memcpy(&result, source, sizeof result);
    return result;
}

INLINE void store(vector value, float *destination) {
    memcpy(destination, &value, sizeof value);
}

INLINE integers load_signed(const uint8_t *source) {
    bytes narrow;
    memcpy(&narrow, source, sizeof narrow);
    return __builtin_convertvector(narrow, integers);
}

INLINE integers load_unsigned(const uint8_t *source) {
    unsigned_bytes narrow;
    memcpy(&narrow, source, sizeof narrow);
    return __builtin_convertvector(narrow, integers);
}

INLINE words load_halves(const uint8_t *source) {
    halves narrow;
    memcpy(&narrow, source, sizeof narrow);
    return __builtin_convertvector(narrow, words);
}

INLINE vector to_floats(integers value) {
    return __builtin_convertvector(value, vector);
}

/// Four partial sums of the lanes: each the sum of every fourth lane, in a fixed tree.
INLINE quad fold(vector value) {
#if LANES == 16
    typedef float half_vector __attribute__((vector_size(32)));
    half_vector low = __builtin_shufflevector(value, value, 0, 1, 2, 3, 4, 5, 6, 7);
    half_vector sums = low + __builtin_shufflevector(value, value, 8, 9, 10, 11, 12, 13, 14, 15);
#else
    vector sums = value;
#endif
#if LANES >= 8
    return __builtin_shufflevector(sums, sums, 0, 1, 2, 3) + __builtin_shufflevector(sums, sums, 4, 5, 6, 7);
#else
    return sums;
#endif
}

/// Sum of all lanes.
INLINE float sum(vector value) {
    quad part = fold(value);
    return (part[0] + part[2]) + (part[1] + part[3]);
}

/// The sums of four vectors at once, each with the same bits as `sum` gives.
INLINE quad sum_four(vector first, vector second, vector third, vector fourth) {
    quad a = fold(first), b = fold(second), c = fold(third), d = fold(fourth);
    quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
    quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

INLINE float largest(vector value) {
    float result = value[0];
    for (int lane = 1; lane < LANES; lane++) {
        if (value[lane] > result) result = value[lane];
    }
    return result;
}

/// IEEE binary16 to binary32. Without the hardware's conversion: shift the fields into place and let a multiplication
/// by 2^112 repair the exponent's bias, which is exact and covers subnormals; infinities and NaNs need their exponent
/// filled.
INLINE float half_to_float(const uint8_t *source) {
#if HAS_HALF
    _Float16 half;
    memcpy(&half, source, sizeof half);
    return half;
#else
    uint16_t half;
    memcpy(&half, source, sizeof half);
    uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13;
    float value;
    memcpy(&value, &magnitude, sizeof value);
    value *= 0x1p112f;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((half & 0x7c00) == 0x7c00) bits |= 0x7f800000;
    bits |= (uint32_t)(half & 0x8000) << 16;
    memcpy(&value, &bits, sizeof value);
    return value;
#endif
}

INLINE vector halves_to_floats(const uint8_t *source) {
#if HAS_HALF
    typedef _Float16 narrow_floats __attribute__((vector_size(2 * LANES)));
    narrow_floats narrow;
    memcpy(&narrow, source, sizeof narrow);
    return __builtin_convertvector(narrow, vector);
#else
    words half = load_halves(source);
    words bits = (words)((vector)((half & 0x7fff) << 13) * splat(0x1p112f));
    words special = (words)((half & 0x7c00) == 0x7c00);
    return (vector)(bits | (special & 0x7f800000) | ((half & 0x8000) << 16));
#endif
}

/// e^x to within about one unit in the last place for x in [-87, 88], clamped outside.
/// x = n ln 2 + f with |f| <= ln(2)/2, then the Taylor series of e^f to the seventh power
/// (the first term left out is below 6e-9), then 2^n by its exponent bits.
INLINE vector exponential(vector x) {
    const vector low = splat(-87.0f), high = splat(88.0f);
    integers below = x < low, above = x > high;
    x = (vector)(((integers)x & ~below & ~above) | ((integers)low & below) | ((integers)high & above));
    // Adding and taking away 1.5 * 2^23 rounds to the nearest integer.
    const vector round = splat(0x1.8p23f);
    vector shifted = x * splat(0x1.715476p0f) + round;
    vector n = shifted - round;
    // ln 2 in two parts, of which the first has enough trailing zeros for n times it to be exact.
    vector f = x - n * splat(0x1.62ep-1f);
    f = f - n * splat(0x1.0bfbe8p-15f);
    vector series = splat(1.0f / 5040);
    series = series * f + splat(1.0f / 720);
    series = series * f + splat(1.0f / 120);
    series = series * f + splat(1.0f / 24);
    series = series * f + splat(1.0f / 6);
    series = series * f + splat(0.5f);
    series = series * f + splat(1.0f);
    series = series * f + splat(1.0f);
    integers exponent = __builtin_convertvector(n, integers);
    return series * (vector)((exponent + 127) << 23);
}

// The kernel table of one instruction set. The including file defines LANES (floats in a vector), HAS_HALF
// (binary16 conversion in hardware), TILE_ROWS, TILE_TOKENS, PAIR_TOKENS (tokens of a tile of integers), VECTOR_ROWS
// (sums kept in registers), TABLE and TABLE_NAME, and sets the target. HAS_BYTE_PRODUCTS says that there are products of
// bytes that are summed as 32-bit integers.

#include "include/CKernels.h"

#include "lanes.h"

#include "shorts.h"

#if HAS_BYTE_PRODUCTS
#include "multiply_bytes.h"
#else
#define INTEGER_ROWS VECTOR_ROWS
#endif

#include "formats/bf16.h"
#include "formats/f16.h"
#include "formats/f32.h"
#include "formats/q2_k.h"
#include "formats/q3_k.h"
#include "formats/q6_k.h"
#include "formats/q8_0.h"

#include "formats/fifth_bits.h"
#include "formats/levels.h"

#include "formats/iq4_nl.h"
#include "formats/iq4_xs.h"
#include "formats/mxfp4.h"
#include "formats/q4_0.h"
#include "formats/q4_1.h"
#include "formats/q5_0.h"
#include "formats/q5_1.h"

#include "formats/k_scales.h"

#include "formats/q4_k.h"
#include "formats/q5_k.h"

#include "formats/byte_parts.h"

#include "elementwise.h"
#include "multiply.h"
#include "multiply_integers.h"

#if HAS_BYTE_PRODUCTS
#include "formats/byte_pairs.h"
#include "multiply_pairs.h"
#endif

// Formats whose products are summed as floats, and those whose products within a block are summed as integers.
#define FOR_EACH_FLOAT_FORMAT(DO) \
    DO(F32, f32)                  \
    DO(F16, f16)                  \
    DO(BF16, bf16)                \
    DO(Q8_0, q8_0)                \
    DO(Q4_0, q4_0)                \
    DO(Q4_1, q4_1)                \
    DO(Q5_0, q5_0)                \
    DO(Q5_1, q5_1)                \
    DO(Q2_K, q2_k)                \
    DO(Q3_K, q3_k)                \
    DO(IQ4_NL, iq4_nl)            \
    DO(IQ4_XS, iq4_xs)            \
    DO(MXFP4, mxfp4)

#define FOR_EACH_INTEGER_FORMAT(DO) \
    DO(Q4_K, q4_k, 1)               \
    DO(Q5_K, q5_k, 1)               \
    DO(Q6_K, q6_k, 0)

#if HAS_BYTE_PRODUCTS
#define BYTE_PARTS(name, ...) , name##_lane_scales, name##_bytes, __VA_ARGS__
#define Q4_K_BYTE_ORDER 0, {0, 2, 1, 3}
#define Q5_K_BYTE_ORDER 0, {0, 2, 1, 3}
#define Q6_K_BYTE_ORDER 32, {0, 1, 2, 3}
#else
#define BYTE_PARTS(...)
#endif

static int supports(int format) {
    switch (format) {
#define SUPPORTED(NAME, ...) case CK_##NAME:
        FOR_EACH_FLOAT_FORMAT(SUPPORTED)
        FOR_EACH_INTEGER_FORMAT(SUPPORTED)
        return 1;
    default:
        return 0;
    }
}

// One function for each format, as the compiler would otherwise spread registers over all of them at once.
#define DEFINE_DEQUANTIZE(NAME, name, ...)                                                        \
    static void dequantize_##name(const void *source, float *destination, size_t count) {         \
        dequantize_as(name##_unpack, NAME##_VALUES, NAME##_BYTES, source, destination, count);     \
    }
FOR_EACH_FLOAT_FORMAT(DEFINE_DEQUANTIZE)
FOR_EACH_INTEGER_FORMAT(DEFINE_DEQUANTIZE)

#define DEFINE_MULTIPLY(NAME, name)                                                                            \
    static void multiply_##name(const void *weights, size_t row_bytes, size_t rows, size_t columns,             \
                                const float *input, size_t input_stride, size_t tokens, float *output,          \
                                size_t output_stride, float *scratch) {                                        \
        multiply_as(name##_unpack, NAME##_VALUES, NAME##_BYTES, weights, row_bytes, rows, columns, input,       \
                    input_stride, tokens, output, output_stride, scratch);                                     \
    }
FOR_EACH_FLOAT_FORMAT(DEFINE_MULTIPLY)

// Blocks of 32 values are multiplied as bytes where there are products of bytes; rows of less than a group are not worth
// it, nor is there scratch for what they are filled up with.
#if HAS_BYTE_PRODUCTS
#define BY_PAIRS(name, NAME, excess, has_minima)                                                                \
    static void multiply_##name##_pairs(const void *weights, size_t row_bytes, size_t rows, size_t columns,     \
                                        const float *input, size_t input_stride, size_t tokens, float *output,  \
                                        size_t output_stride, float *scratch) {                                \
        if (columns < BLOCK) {                                                                                 \
            multiply_##name(weights, row_bytes, rows, columns, input, input_stride, tokens, output,            \
                            output_stride, scratch);                                                           \
        } else {                                                                                               \
            multiply_pairs_as((pair_format){name##_bytes, NAME##_BYTES, excess, has_minima}, weights,           \
                              row_bytes, rows, columns, input, input_stride, tokens, output, output_stride,     \
                              scratch);                                                                        \
        }                                                                                                      \
    }
BY_PAIRS(q8_0, Q8_0, 128, 0)
BY_PAIRS(q4_0, Q4_0, 8, 0)
BY_PAIRS(q4_1, Q4_1, 0, 1)
BY_PAIRS(q5_0, Q5_0, 16, 0)
BY_PAIRS(q5_1, Q5_1, 0, 1)
#define multiply_q8_0 multiply_q8_0_pairs
#define multiply_q4_0 multiply_q4_0_pairs
#define multiply_q4_1 multiply_q4_1_pairs
#define multiply_q5_0 multiply_q5_0_pairs
#define multiply_q5_1 multiply_q5_1_pairs
#endif

#define DEFINE_MULTIPLY_INTEGERS(NAME, name, has_offsets)                                                       \
    static void multiply_##name(const void *weights, size_t row_bytes, size_t rows, size_t columns,             \
                                const float *input, size_t input_stride, size_t tokens, float *output,          \
                                size_t output_stride, float *scratch) {                                        \
        multiply_integers_as((integer_format){name##_scales, name##_integers, NAME##_BYTES, has_offsets         \
                                                   BYTE_PARTS(name, NAME##_BYTE_ORDER)},                       \
                             weights, row_bytes, rows, columns, input, input_stride, tokens, output,            \
                             output_stride, scratch);                                                          \
    }
FOR_EACH_INTEGER_FORMAT(DEFINE_MULTIPLY_INTEGERS)

static void dequantize(int format, const void *source, float *destination, size_t count) {
    switch (format) {
#define DEQUANTIZE(NAME, name, ...)                      \
    case CK_##NAME:                                      \
        dequantize_##name(source, destination, count);   \
        break;
        FOR_EACH_FLOAT_FORMAT(DEQUANTIZE)
        FOR_EACH_INTEGER_FORMAT(DEQUANTIZE)
    }
}

static void multiply(int format, const void *weights, size_t row_bytes, size_t rows, size_t columns,
                     const float *input, size_t input_stride, size_t tokens, float *output,
                     size_t output_stride, float *scratch) {
    switch (format) {
#define MULTIPLY(NAME, name, ...)                                                                            \
    case CK_##NAME:                                                                                          \
        multiply_##name(weights, row_bytes, rows, columns, input, input_stride, tokens, output, output_stride, \
                        scratch);                                                                            \
        break;
        FOR_EACH_FLOAT_FORMAT(MULTIPLY)
        FOR_EACH_INTEGER_FORMAT(MULTIPLY)
    }
}

const ck_kernels TABLE = {
    .name = TABLE_NAME,
    .supports = supports,
    .dequantize = dequantize,
    .multiply = multiply,
    .attend = attend,
    .normalize = normalize,
    .gated_silu = gated_silu,
    .gated_gelu = gated_gelu,
    .rotate = rotate,
};

// The kernel table of one instruction set. The including file defines LANES (floats in a vector), HAS_HALF
// (binary16 conversion in hardware), TILE_ROWS, TILE_TOKENS, PAIR_TOKENS (tokens of a tile of integers) and VECTOR_ROWS
// (sums kept in registers), TABLE and TABLE_NAME, and sets the target.

#include "include/CKernels.h"

#include "lanes.h"

#include "shorts.h"

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

#include "elementwise.h"
#include "multiply.h"
#include "multiply_integers.h"

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

#define DEFINE_MULTIPLY_INTEGERS(NAME, name, has_offsets)                                                       \
    static void multiply_##name(const void *weights, size_t row_bytes, size_t rows, size_t columns,             \
                                const float *input, size_t input_stride, size_t tokens, float *output,          \
                                size_t output_stride, float *scratch) {                                        \
        multiply_integers_as((integer_format){name##_scales, name##_integers, NAME##_BYTES, has_offsets},       \
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

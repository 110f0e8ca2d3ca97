// The kernel table of one instruction set. The including file defines LANES (floats in a vector), HAS_HALF
// (binary16 conversion in hardware), TILE_ROWS, TILE_TOKENS and VECTOR_ROWS (sums kept in registers), TABLE and
// TABLE_NAME, and sets the target.

#include "include/CKernels.h"

#include "lanes.h"

#include "formats/bf16.h"
#include "formats/f16.h"
#include "formats/f32.h"
#include "formats/q4_0.h"
#include "formats/q4_1.h"
#include "formats/q6_k.h"
#include "formats/q8_0.h"

#include "formats/fifth_bits.h"

#include "formats/q5_0.h"
#include "formats/q5_1.h"

#include "formats/k_scales.h"

#include "formats/q4_k.h"
#include "formats/q5_k.h"

#include "elementwise.h"
#include "multiply.h"

#define FOR_EACH_FORMAT(DO) \
    DO(F32, f32)            \
    DO(F16, f16)            \
    DO(BF16, bf16)          \
    DO(Q8_0, q8_0)          \
    DO(Q4_0, q4_0)          \
    DO(Q4_1, q4_1)          \
    DO(Q5_0, q5_0)          \
    DO(Q5_1, q5_1)          \
    DO(Q4_K, q4_k)          \
    DO(Q5_K, q5_k)          \
    DO(Q6_K, q6_k)

static int supports(int format) {
    switch (format) {
#define SUPPORTED(NAME, name) case CK_##NAME:
        FOR_EACH_FORMAT(SUPPORTED)
        return 1;
    default:
        return 0;
    }
}

// One function for each format, as the compiler would otherwise spread registers over all of them at once.
#define DEFINE_FORMAT(NAME, name)                                                                              \
    static void dequantize_##name(const void *source, float *destination, size_t count) {                      \
        dequantize_as(name##_unpack, NAME##_VALUES, NAME##_BYTES, source, destination, count);                  \
    }                                                                                                          \
    static void multiply_##name(const void *weights, size_t row_bytes, size_t rows, size_t columns,             \
                                const float *input, size_t input_stride, size_t tokens, float *output,          \
                                size_t output_stride, float *scratch) {                                        \
        multiply_as(name##_unpack, NAME##_VALUES, NAME##_BYTES, weights, row_bytes, rows, columns, input,       \
                    input_stride, tokens, output, output_stride, scratch);                                     \
    }
FOR_EACH_FORMAT(DEFINE_FORMAT)

static void dequantize(int format, const void *source, float *destination, size_t count) {
    switch (format) {
#define DEQUANTIZE(NAME, name)                           \
    case CK_##NAME:                                      \
        dequantize_##name(source, destination, count);   \
        break;
        FOR_EACH_FORMAT(DEQUANTIZE)
    }
}

static void multiply(int format, const void *weights, size_t row_bytes, size_t rows, size_t columns,
                     const float *input, size_t input_stride, size_t tokens, float *output,
                     size_t output_stride, float *scratch) {
    switch (format) {
#define MULTIPLY(NAME, name)                                                                                 \
    case CK_##NAME:                                                                                          \
        multiply_##name(weights, row_bytes, rows, columns, input, input_stride, tokens, output, output_stride, \
                        scratch);                                                                            \
        break;
        FOR_EACH_FORMAT(MULTIPLY)
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
};

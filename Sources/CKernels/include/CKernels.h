// Numeric kernels for the transformer's forward pass, once per instruction set.
//
// A caller picks a table once and calls through it. All functions are pure but for their output
// arguments, take unaligned pointers, and give the same bits for the same input however many tokens
// are processed at a time: every output element is summed in one fixed order.

#ifndef CKERNELS_H
#define CKERNELS_H

#include "CWorkers.h"

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Quantisation formats, numbered as in GGUF tensor infos.
enum {
    CK_F32 = 0,
    CK_F16 = 1,
    CK_Q4_0 = 2,
    CK_Q4_1 = 3,
    CK_Q5_0 = 6,
    CK_Q5_1 = 7,
    CK_Q8_0 = 8,
    CK_Q2_K = 10,
    CK_Q3_K = 11,
    CK_Q4_K = 12,
    CK_Q5_K = 13,
    CK_Q6_K = 14,
    CK_IQ4_NL = 20,
    CK_IQ4_XS = 23,
    CK_BF16 = 30,
    CK_MXFP4 = 39,
};

/// Rows of a quantised matrix that are dequantised together when several tokens are multiplied.
#define CK_ROW_GROUP 16

/// Tokens whose activations are quantised together.
#define CK_TOKEN_GROUP 64

/// Floats of scratch for each column: a group of rows, dequantised (16 floats); or a group of tokens as 16-bit integers
/// (32) and a group of rows as such (8), with less than a float for each eight of them (10), and rows filled up to an
/// even number of blocks (10).
#define CK_SCRATCH 60

/// The kernels of one instruction set.
typedef struct ck_kernels {
    /// Name of the instruction set, for reports.
    const char *name;

    /// Whether this table can work with matrices of a format.
    int (*supports)(int format);

    /// Writes `count` dequantised values; `count` is a multiple of the format's block.
    void (*dequantize)(int format, const void *source, float *destination, size_t count);

    /// output[t * output_stride + r] = weights[r] . input[t * input_stride], for all rows and tokens.
    /// `scratch` holds CK_SCRATCH * columns floats.
    void (*multiply)(int format, const void *weights, size_t row_bytes, size_t rows, size_t columns,
                     const float *input, size_t input_stride, size_t tokens,
                     float *output, size_t output_stride, float *scratch);

    /// One head's attention over `positions` cached keys and values that lie `stride` floats apart.
    /// `scores` holds `positions` floats.
    void (*attend)(const float *query, const float *keys, const float *values, size_t stride,
                   size_t positions, size_t head_size, float scale, float *scores, float *output);

    /// output = input / rms(input) * gain.
    void (*normalize)(const float *input, const float *gain, float epsilon, size_t count, float *output);

    /// gate = silu(gate) * up, element by element.
    void (*gated_silu)(float *gate, const float *up, size_t count);

    /// gate = gelu(gate) * up, element by element, by the approximation with tanh.
    void (*gated_gelu)(float *gate, const float *up, size_t count);

    /// Rotates the first 2 * pairs elements of each of `heads` heads that lie `head_size` apart. `rotation` holds the
    /// cosines of the pairs, then their sines. A pair is two neighbours, or elements i and i + pairs.
    void (*rotate)(float *values, size_t heads, size_t head_size, const float *rotation, size_t pairs,
                   int are_neighbours);
} ck_kernels;

/// The tables that this processor can run, plainest first; index 0 always exists. NULL past the last.
const ck_kernels *_Nullable ck_available(size_t index);

#pragma clang assume_nonnull end

#endif

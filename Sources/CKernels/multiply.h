// Matrix products over quantised rows. The unpack function of a format is passed as a constant to functions
// that are always inlined, so each format gets its own loops.

typedef void unpacker(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]);

INLINE void dequantize_as(unpacker unpack, size_t block_values, size_t block_bytes,
                          const uint8_t *source, float *destination, size_t count) {
    vector values[CHUNK_VECTORS];
    size_t blocks = count / block_values;
    for (size_t block = 0; block < blocks; block++) {
        for (size_t chunk = 0; chunk < block_values / CHUNK; chunk++) {
            unpack(source, chunk, values);
            for (int v = 0; v < CHUNK_VECTORS; v++) store(values[v], destination + LANES * v);
            destination += CHUNK;
        }
        source += block_bytes;
    }
    // Only the formats without blocks can leave a rest, which is less than one chunk.
    size_t rest = count - blocks * block_values;
    if (rest > 0) {
        uint8_t padded[4 * CHUNK] = {0};
        float unpacked[CHUNK];
        memcpy(padded, source, rest * (block_bytes / block_values));
        unpack(padded, 0, values);
        for (int v = 0; v < CHUNK_VECTORS; v++) store(values[v], unpacked + LANES * v);
        memcpy(destination, unpacked, rest * sizeof(float));
    }
}

/// A tile of `rows` x `tokens` dot products, at most TILE_ROWS x TILE_TOKENS, which is what the registers hold.
INLINE void multiply_tile(int rows, int tokens, const float *weights, size_t weight_stride, size_t columns,
                          const float *input, size_t input_stride, float *output, size_t output_stride) {
    vector sums[TILE_ROWS][TILE_TOKENS] = {};
    size_t column = 0;
    for (; column + LANES <= columns; column += LANES) {
        vector x[TILE_TOKENS];
#pragma unroll
        for (int t = 0; t < tokens; t++) x[t] = load(input + t * input_stride + column);
#pragma unroll
        for (int r = 0; r < rows; r++) {
            vector w = load(weights + r * weight_stride + column);
#pragma unroll
            for (int t = 0; t < tokens; t++) sums[r][t] += w * x[t];
        }
    }
    if (column < columns) {
        size_t rest = (columns - column) * sizeof(float);
#pragma unroll
        for (int r = 0; r < rows; r++) {
#pragma unroll
            for (int t = 0; t < tokens; t++) {
                float w[LANES] = {0}, x[LANES] = {0};
                memcpy(w, weights + r * weight_stride + column, rest);
                memcpy(x, input + t * input_stride + column, rest);
                sums[r][t] += load(w) * load(x);
            }
        }
    }
#pragma unroll
    for (int t = 0; t < tokens; t++) {
        if (rows == 4) {
            quad four = sum_four(sums[0][t], sums[1][t], sums[2][t], sums[3][t]);
            memcpy(output + t * output_stride, &four, sizeof four);
        } else {
#pragma unroll
            for (int r = 0; r < rows; r++) output[t * output_stride + r] = sum(sums[r][t]);
        }
    }
}

/// Any number of tokens by `rows` rows of floats, tile by tile.
INLINE void multiply_strip(int rows, const float *weights, size_t columns, const float *input,
                           size_t input_stride, size_t tokens, float *output, size_t output_stride) {
    size_t t = 0;
    for (; t + TILE_TOKENS <= tokens; t += TILE_TOKENS) {
        multiply_tile(rows, TILE_TOKENS, weights, columns, columns, input + t * input_stride, input_stride,
                      output + t * output_stride, output_stride);
    }
    for (; t < tokens; t++) {
        multiply_tile(rows, 1, weights, columns, columns, input + t * input_stride, input_stride,
                      output + t * output_stride, output_stride);
    }
}

static void multiply_floats(const float *weights, size_t rows, size_t columns, const float *input,
                            size_t input_stride, size_t tokens, float *output, size_t output_stride) {
    size_t r = 0;
    for (; r + TILE_ROWS <= rows; r += TILE_ROWS) {
        multiply_strip(TILE_ROWS, weights + r * columns, columns, input, input_stride, tokens, output + r,
                       output_stride);
    }
    for (; r < rows; r++) {
        multiply_strip(1, weights + r * columns, columns, input, input_stride, tokens, output + r,
                       output_stride);
    }
}

/// Asks for the same block of the rows that come next: one token reads every weight once, in runs of a row that are too
/// short for the processor to see them coming.
INLINE void prefetch_rows(int rows, const uint8_t *weights, size_t row_bytes, size_t block_bytes) {
#pragma unroll
    for (int r = 0; r < rows; r++) {
        for (size_t byte = 0; byte < block_bytes; byte += 64) {
            __builtin_prefetch(weights + (rows + r) * row_bytes + byte);
        }
    }
}

/// One token by `rows` rows, at most VECTOR_ROWS, dequantised in registers. The sums run over the columns in
/// the same order as a tile's, so that a token gives the same bits alone and among others.
INLINE void multiply_rows(unpacker unpack, size_t block_values, size_t block_bytes, int rows,
                          const uint8_t *weights, size_t row_bytes, size_t columns, const float *input,
                          float *output) {
    vector sums[VECTOR_ROWS] = {};
    vector w[CHUNK_VECTORS];
    size_t blocks = columns / block_values;
    for (size_t block = 0; block < blocks; block++) {
        prefetch_rows(rows, weights, row_bytes, block_bytes);
        for (size_t chunk = 0; chunk < block_values / CHUNK; chunk++) {
#pragma unroll
            for (int r = 0; r < rows; r++) {
                unpack(weights + r * row_bytes, chunk, w);
#pragma unroll
                for (int v = 0; v < CHUNK_VECTORS; v++) sums[r] += w[v] * load(input + LANES * v);
            }
            input += CHUNK;
        }
        weights += block_bytes;
    }
    size_t rest = columns - blocks * block_values;
    if (rest > 0) {
        float x[CHUNK] = {0};
        memcpy(x, input, rest * sizeof(float));
#pragma unroll
        for (int r = 0; r < rows; r++) {
            uint8_t padded[4 * CHUNK] = {0};
            memcpy(padded, weights + r * row_bytes, rest * (block_bytes / block_values));
            unpack(padded, 0, w);
            for (int v = 0; v < CHUNK_VECTORS; v++) sums[r] += w[v] * load(x + LANES * v);
        }
    }
    if (rows % 4 == 0) {
#pragma unroll
        for (int r = 0; r < rows; r += 4) {
            quad four = sum_four(sums[r], sums[r + 1], sums[r + 2], sums[r + 3]);
            memcpy(output + r, &four, sizeof four);
        }
    } else {
#pragma unroll
        for (int r = 0; r < rows; r++) output[r] = sum(sums[r]);
    }
}

INLINE void multiply_as(unpacker unpack, size_t block_values, size_t block_bytes,
                        const uint8_t *weights, size_t row_bytes, size_t rows, size_t columns,
                        const float *input, size_t input_stride, size_t tokens, float *output,
                        size_t output_stride, float *scratch) {
    if (tokens == 1) {
        size_t r = 0;
        for (; r + VECTOR_ROWS <= rows; r += VECTOR_ROWS) {
            multiply_rows(unpack, block_values, block_bytes, VECTOR_ROWS, weights + r * row_bytes, row_bytes,
                          columns, input, output + r);
        }
        for (; r < rows; r++) {
            multiply_rows(unpack, block_values, block_bytes, 1, weights + r * row_bytes, row_bytes, columns,
                          input, output + r);
        }
    } else {
        for (size_t r = 0; r < rows; r += CK_ROW_GROUP) {
            size_t group = rows - r < CK_ROW_GROUP ? rows - r : CK_ROW_GROUP;
            for (size_t i = 0; i < group; i++) {
                dequantize_as(unpack, block_values, block_bytes, weights + (r + i) * row_bytes,
                              scratch + i * columns, columns);
            }
            multiply_floats(scratch, group, columns, input, input_stride, tokens, output + r, output_stride);
        }
    }
}

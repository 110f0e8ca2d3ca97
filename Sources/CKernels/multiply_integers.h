// Matrix products over rows of 256-value blocks by integer arithmetic, which multiplies twice as many numbers at a time
// and needs no conversion of each weight. Weights and their small scales are integers of at most 2^12 already. The
// activations of a block become integers of 16 bits with a common scale; the products of a block are then summed exactly,
// each half of the block by itself: at most 16 in a lane of LARGEST_ACTIVATION * 2^12, or 32 of half as much.

typedef struct {
    void (*read_scales)(const uint8_t *block, block_scales *out);
    void (*unpack)(const uint8_t *block, size_t chunk, const block_scales *scales, shorts *out);
    size_t block_bytes;
    int has_offsets;
#if HAS_BYTE_PRODUCTS
    void (*read_lane_scales)(const uint8_t *block, lane_scales *out);
    void (*unpack_half)(const uint8_t *block, size_t half, half_bytes *out);
    /// What is taken from each of the bytes.
    int excess;
    /// The chunks of a half in the order of its bytes.
    uint8_t order[4];
#endif
} integer_format;

/// Activations of some tokens: `columns` integers a token, the scale of each block, and for each chunk the sum of its
/// integers times that scale.
typedef struct {
    int16_t *values;
    float *scales;
    float *sums;
#if HAS_BYTE_PRODUCTS
    /// The same as bytes, half by half, where there is one token only.
    int8_t *bytes;
    /// Sums of byte products with the excess of weights, part by part: those of upper bytes, then of lower ones.
    integers *excess;
#endif
} activations;

/// Rows of weights that are unpacked for several tokens: `columns` integers a row, the factor of each block, and the
/// offset of each chunk.
typedef struct {
    int16_t *values;
    float *factors;
    float *offsets;
} unpacked_rows;

/// What the largest activation of a block becomes.
#if HAS_BYTE_PRODUCTS
#define LARGEST_ACTIVATION (127 * 256 + 127)
#else
#define LARGEST_ACTIVATION (LANES == 4 ? 16383 : 32767)
#endif

/// What is not finite makes the scale not a number, and with it every product.
static void quantize_block(const float *input, int16_t *values, float *scale, float *sums) {
    // Magnitudes are in the order of their bits, with what is not finite above all numbers.
    integers magnitudes = {};
    for (size_t i = 0; i < BLOCK; i += LANES) {
        magnitudes = __builtin_elementwise_max(magnitudes, (integers)load(input + i) & 0x7fffffff);
    }
    int32_t bits = __builtin_reduce_max(magnitudes);
    float maximum;
    memcpy(&maximum, &bits, sizeof maximum);
    int is_finite = bits < 0x7f800000;
    *scale = is_finite ? maximum / LARGEST_ACTIVATION : maximum - maximum;
    float inverse = LARGEST_ACTIVATION / maximum;
    // The inverse of nothing, or of a maximum near the smallest numbers, is infinite; such a block counts as zero.
    if (!is_finite || !(inverse < 0x1p127f)) {
        memset(values, 0, BLOCK * sizeof *values);
        for (size_t chunk = 0; chunk < BLOCK_CHUNKS; chunk++) sums[chunk] = 0 * *scale;
        return;
    }
    for (size_t chunk = 0; chunk < BLOCK_CHUNKS; chunk++) {
        integers total = {};
        for (int v = 0; v < CHUNK_VECTORS; v++) {
            vector scaled = load(input) * splat(inverse);
            // Adding half a unit of the same sign before the conversion cuts off rounds to the nearest.
            integers sign = (integers)scaled & (int32_t)0x80000000;
            integers q = __builtin_convertvector(scaled + (vector)(sign | (integers)splat(0.5f)), integers);
            typedef int16_t narrow __attribute__((vector_size(2 * LANES)));
            narrow result = __builtin_convertvector(q, narrow);
            memcpy(values, &result, sizeof result);
            total += q;
            input += LANES;
            values += LANES;
        }
        sums[chunk] = (float)__builtin_reduce_add(total) * *scale;
    }
}

INLINE void add_offsets(const float *of_weights, const float *of_input, eight *total) {
    eight weights, input;
    memcpy(&weights, of_weights, sizeof weights);
    memcpy(&input, of_input, sizeof input);
    *total += weights * input;
}

/// The sums of both halves of a block as one.
INLINE vector join(const integers halves[2]) {
    return to_floats(halves[0]) + to_floats(halves[1]);
}

/// One token by `rows` rows. Products are summed in LANES integers, which are scaled and added lane by lane in the order
/// of the columns, as in a tile, so that a token gives the same bits alone and among others.
INLINE void multiply_integer_rows(integer_format format, int rows, const uint8_t *weights, size_t row_bytes,
                                  size_t columns, activations input, float *output) {
    vector sums[INTEGER_ROWS] = {};
    eight offsets[INTEGER_ROWS] = {};
    for (size_t block = 0; block < columns / BLOCK; block++) {
        prefetch_rows(rows, weights, row_bytes, format.block_bytes);
#pragma unroll
        for (int r = 0; r < rows; r++) {
            block_scales scales;
            format.read_scales(weights + r * row_bytes, &scales);
            integers halves[2] = {};
#if HAS_BYTE_PRODUCTS
            lane_scales lanes;
            format.read_lane_scales(weights + r * row_bytes, &lanes);
#pragma unroll
            for (size_t half = 0; half < 2; half++) {
                half_bytes q;
                format.unpack_half(weights + r * row_bytes, half, &q);
                integers upper = {}, lower = {};
#pragma unroll
                for (size_t part = 0; part < 2; part++) {
                    const int8_t *bytes = input.bytes + PART_BYTES * (2 * half + part);
                    activation_bytes x[2];
                    memcpy(x, bytes, sizeof x);
                    integers sums[2] = {};
                    if (format.excess) memcpy(sums, input.excess + 2 * (2 * half + part), sizeof sums);
                    sums[0] = add_byte_products(sums[0], q.parts[part], x[0]);
                    sums[1] = add_byte_products(sums[1], q.parts[part], x[1]);
                    upper = add_short_products(upper, sums[0], lanes.lanes[2 * half + part]);
                    lower = add_short_products(lower, sums[1], lanes.lanes[2 * half + part]);
                }
                halves[half] = (upper << 8) + lower;
            }
#else
#pragma unroll
            for (size_t chunk = 0; chunk < BLOCK_CHUNKS; chunk++) {
                shorts q, x;
                format.unpack(weights + r * row_bytes, chunk, &scales, &q);
                load_shorts(input.values + CHUNK * chunk, &x);
                add_pairs(&halves[chunk / (BLOCK_CHUNKS / 2)], &q, &x);
            }
#endif
            sums[r] += join(halves) * splat(scales.factor * input.scales[block]);
            if (format.has_offsets) add_offsets(scales.offsets, input.sums, &offsets[r]);
        }
        input.values += BLOCK;
#if HAS_BYTE_PRODUCTS
        input.bytes += 2 * BLOCK;
        input.excess += 8;
#endif
        input.sums += BLOCK_CHUNKS;
        weights += format.block_bytes;
    }
#pragma unroll
    for (int r = 0; r < rows; r++) {
        output[r] = sum(sums[r]);
        if (format.has_offsets) output[r] -= sum_eight(&offsets[r]);
    }
}

/// A tile of `rows` x `tokens`, as one token by some rows.
INLINE void multiply_integer_tile(int has_offsets, int rows, int tokens, unpacked_rows weights, size_t columns,
                                  activations input, float *output, size_t output_stride) {
    vector sums[TILE_ROWS][PAIR_TOKENS] = {};
    size_t chunks = columns / CHUNK, blocks = columns / BLOCK;
    for (size_t block = 0; block < blocks; block++) {
        vector both[TILE_ROWS][PAIR_TOKENS] = {};
#pragma unroll
        for (size_t half = 0; half < 2; half++) {
            integers part[TILE_ROWS][PAIR_TOKENS] = {};
            size_t column = BLOCK * block + BLOCK / 2 * half;
            for (size_t end = column + BLOCK / 2; column < end; column += CHUNK) {
                shorts w[TILE_ROWS];
#pragma unroll
                for (int r = 0; r < rows; r++) load_shorts(weights.values + r * columns + column, &w[r]);
#pragma unroll
                for (int t = 0; t < tokens; t++) {
                    shorts x;
                    load_shorts(input.values + t * columns + column, &x);
#pragma unroll
                    for (int r = 0; r < rows; r++) add_pairs(&part[r][t], &w[r], &x);
                }
            }
#pragma unroll
            for (int r = 0; r < rows; r++) {
#pragma unroll
                for (int t = 0; t < tokens; t++) both[r][t] += to_floats(part[r][t]);
            }
        }
#pragma unroll
        for (int r = 0; r < rows; r++) {
#pragma unroll
            for (int t = 0; t < tokens; t++) {
                float scale = weights.factors[r * blocks + block] * input.scales[t * blocks + block];
                sums[r][t] += both[r][t] * splat(scale);
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int t = 0; t < tokens; t++) {
            float *result = output + t * output_stride + r;
            *result = sum(sums[r][t]);
            if (!has_offsets) continue;
            eight offsets = {};
            for (size_t chunk = 0; chunk < chunks; chunk += BLOCK_CHUNKS) {
                add_offsets(weights.offsets + r * chunks + chunk, input.sums + t * chunks + chunk, &offsets);
            }
            *result -= sum_eight(&offsets);
        }
    }
}

INLINE void multiply_integer_strip(int has_offsets, int rows, unpacked_rows weights, size_t columns,
                                   activations input, size_t tokens, float *output, size_t output_stride) {
    size_t chunks = columns / CHUNK, blocks = columns / BLOCK;
    for (size_t t = 0; t < tokens;) {
        activations some = {input.values + t * columns, input.scales + t * blocks, input.sums + t * chunks};
        float *destination = output + t * output_stride;
        if (t + PAIR_TOKENS <= tokens) {
            multiply_integer_tile(has_offsets, rows, PAIR_TOKENS, weights, columns, some, destination, output_stride);
            t += PAIR_TOKENS;
        } else {
            multiply_integer_tile(has_offsets, rows, 1, weights, columns, some, destination, output_stride);
            t += 1;
        }
    }
}

INLINE void unpack_rows(integer_format format, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns,
                        unpacked_rows out) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t block = 0; block < columns / BLOCK; block++) {
            const uint8_t *start = source + r * row_bytes + block * format.block_bytes;
            block_scales scales;
            format.read_scales(start, &scales);
#if HAS_BYTE_PRODUCTS
#pragma unroll
            for (size_t half = 0; half < 2; half++) {
                shorts q[4];
#pragma unroll
                for (size_t chunk = 0; chunk < 4; chunk++) format.unpack(start, 4 * half + chunk, &scales, &q[chunk]);
                lay_out_half(q, format.order, out.values);
                out.values += BLOCK / 2;
            }
#else
            for (size_t chunk = 0; chunk < BLOCK_CHUNKS; chunk++) {
                shorts q;
                format.unpack(start, chunk, &scales, &q);
                memcpy(out.values, &q, sizeof q);
                out.values += CHUNK;
            }
#endif
            *out.factors++ = scales.factor;
            if (format.has_offsets) memcpy(out.offsets, scales.offsets, sizeof scales.offsets);
            out.offsets += BLOCK_CHUNKS;
        }
    }
}

INLINE void multiply_integers_as(integer_format format, const uint8_t *weights, size_t row_bytes, size_t rows,
                                 size_t columns, const float *input, size_t input_stride, size_t tokens,
                                 float *output, size_t output_stride, float *scratch) {
    size_t chunks = columns / CHUNK, blocks = columns / BLOCK;
    for (size_t first = 0; first < tokens; first += CK_TOKEN_GROUP) {
        size_t some = tokens - first < CK_TOKEN_GROUP ? tokens - first : CK_TOKEN_GROUP;
        activations x;
        x.values = (int16_t *)scratch;
        x.scales = (float *)(x.values + some * columns);
        x.sums = x.scales + some * blocks;
        for (size_t i = 0; i < some * blocks; i++) {
            quantize_block(input + (first + i / blocks) * input_stride + i % blocks * BLOCK, x.values + i * BLOCK,
                           x.scales + i, x.sums + i * BLOCK_CHUNKS);
        }
#if HAS_BYTE_PRODUCTS
        // After the sums, where otherwise the rows for several tokens are unpacked.
        x.bytes = (int8_t *)(x.sums + some * chunks);
        x.excess = (integers *)(((uintptr_t)(x.bytes + 2 * columns) + 63) & ~(uintptr_t)63);
        for (size_t i = 0; i < 2 * some * blocks; i++) {
            int16_t *half = x.values + i * (BLOCK / 2);
            if (some == 1) {
                split_half(half, format.order, x.bytes + i * BLOCK);
                if (format.excess) sum_excess(format.excess, x.bytes + i * BLOCK, x.excess + 4 * i);
            } else {
                shorts q[4];
                memcpy(q, half, sizeof q);
                lay_out_half(q, format.order, half);
            }
        }
#endif
        float *destination = output + first * output_stride;
        size_t r = 0;
        if (some == 1) {
            for (; r + INTEGER_ROWS <= rows; r += INTEGER_ROWS) {
                multiply_integer_rows(format, INTEGER_ROWS, weights + r * row_bytes, row_bytes, columns, x,
                                      destination + r);
            }
            for (; r < rows; r++) {
                multiply_integer_rows(format, 1, weights + r * row_bytes, row_bytes, columns, x, destination + r);
            }
            continue;
        }
        unpacked_rows w;
        w.values = (int16_t *)(x.sums + some * chunks);
        w.factors = (float *)(w.values + CK_ROW_GROUP * columns);
        w.offsets = w.factors + CK_ROW_GROUP * blocks;
        for (; r < rows; r += CK_ROW_GROUP) {
            size_t group = rows - r < CK_ROW_GROUP ? rows - r : CK_ROW_GROUP, i = 0;
            unpack_rows(format, weights + r * row_bytes, row_bytes, group, columns, w);
            for (; i + TILE_ROWS <= group; i += TILE_ROWS) {
                unpacked_rows part = {w.values + i * columns, w.factors + i * blocks, w.offsets + i * chunks};
                multiply_integer_strip(format.has_offsets, TILE_ROWS, part, columns, x, some, destination + r + i,
                                       output_stride);
            }
            for (; i < group; i++) {
                unpacked_rows part = {w.values + i * columns, w.factors + i * blocks, w.offsets + i * chunks};
                multiply_integer_strip(format.has_offsets, 1, part, columns, x, some, destination + r + i,
                                       output_stride);
            }
        }
    }
}

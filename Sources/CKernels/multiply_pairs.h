// Matrix products over rows of 32-value blocks by products of bytes, as `multiply_bytes.h` has them for blocks of 256. The
// activations of eight blocks have a common scale, every block of weights one of its own: the products of a pair of blocks
// are summed exactly, at most 8 in a lane, and scaled lane by lane.

typedef struct {
    void (*unpack_pair)(const uint8_t *blocks, weight_bytes *out);
    size_t block_bytes;
    /// What is taken from each of the bytes.
    int excess;
    /// Whether a binary16 minimum follows the scale.
    int has_minima;
} pair_format;

/// Rows that are unpacked for several tokens: `stride` integers a row, the scale and the minimum of each block.
typedef struct {
    int16_t *values;
    float *factors;
    float *minima;
} unpacked_pairs;

#define PAIR (2 * CHUNK)
#define GROUP_PAIRS (BLOCK / PAIR)

/// The scales and the minima of at most eight blocks.
INLINE void read_block_factors(pair_format format, const uint8_t *blocks, size_t count, eight *factors, eight *minima) {
    const __m256i index = _mm256_mullo_epi32(_mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0),
                                             _mm256_set1_epi32((int)format.block_bytes));
    __mmask8 mask = (__mmask8)(0xff >> (BLOCK_CHUNKS - count));
    __m256i words = _mm256_mmask_i32gather_epi32(_mm256_setzero_si256(), mask, index, blocks, 1);
    *factors = (eight)_mm256_cvtph_ps(_mm256_cvtepi32_epi16(words));
    if (format.has_minima) *minima = (eight)_mm256_cvtph_ps(_mm256_cvtepi32_epi16(_mm256_srli_epi32(words, 16)));
}

/// Two of eight factors, each for eight lanes.
INLINE vector pair_lanes(const eight *factors, int pair) {
    int f = 2 * pair, s = 2 * pair + 1;
    return (vector)_mm512_permutexvar_ps(_mm512_set_epi32(s, s, s, s, s, s, s, s, f, f, f, f, f, f, f, f),
                                         _mm512_castps256_ps512((__m256)*factors));
}

INLINE void add_pair(pair_format format, const uint8_t *blocks, const int8_t *bytes, const integers *excess,
                     vector factors, vector *total) {
    weight_bytes w;
    format.unpack_pair(blocks, &w);
    activation_bytes x[2];
    memcpy(x, bytes, sizeof x);
    integers sums[2] = {};
    if (format.excess) memcpy(sums, excess, sizeof sums);
    sums[0] = add_byte_products(sums[0], w, x[0]);
    sums[1] = add_byte_products(sums[1], w, x[1]);
    *total += to_floats((sums[0] << 8) + sums[1]) * factors;
}

/// One token by `rows` rows, lane by lane as in a tile.
INLINE void multiply_pair_rows(pair_format format, int rows, const uint8_t *weights, size_t row_bytes, size_t columns,
                               activations input, float *output) {
    vector sums[INTEGER_ROWS] = {};
    eight offsets[INTEGER_ROWS] = {};
    for (size_t left = columns / CHUNK; left > 0;) {
        size_t count = left < BLOCK_CHUNKS ? left : BLOCK_CHUNKS;
        prefetch_rows(rows, weights, row_bytes, BLOCK_CHUNKS * format.block_bytes);
#pragma unroll
        for (int r = 0; r < rows; r++) {
            const uint8_t *blocks = weights + r * row_bytes;
            uint8_t copy[BLOCK_CHUNKS * 34];
            // The second block of a pair may lie behind the row.
            if (count % 2 != 0) {
                memset(copy, 0, sizeof copy);
                memcpy(copy, blocks, count * format.block_bytes);
                blocks = copy;
            }
            eight factors, minima;
            read_block_factors(format, blocks, count, &factors, &minima);
            vector total = {};
            if (count == BLOCK_CHUNKS) {
#pragma unroll
                for (int pair = 0; pair < GROUP_PAIRS; pair++) {
                    add_pair(format, blocks + 2 * pair * format.block_bytes, input.bytes + PART_BYTES * pair,
                             input.excess + 2 * pair, pair_lanes(&factors, pair), &total);
                }
            } else {
#pragma unroll
                for (int pair = 0; pair < GROUP_PAIRS; pair++) {
                    if (2 * pair >= (int)count) break;
                    add_pair(format, blocks + 2 * pair * format.block_bytes, input.bytes + PART_BYTES * pair,
                             input.excess + 2 * pair, pair_lanes(&factors, pair), &total);
                }
            }
            sums[r] += total * splat(*input.scales);
            if (format.has_minima) add_offsets((float *)&minima, input.sums, &offsets[r]);
        }
        input.bytes += 2 * BLOCK;
        input.excess += 2 * GROUP_PAIRS;
        input.scales += 1;
        input.sums += BLOCK_CHUNKS;
        weights += BLOCK_CHUNKS * format.block_bytes;
        left -= count;
    }
#pragma unroll
    for (int r = 0; r < rows; r++) {
        output[r] = sum(sums[r]);
        if (format.has_minima) output[r] += sum_eight(&offsets[r]);
    }
}

/// A tile of `rows` x `tokens`, as one token by some rows; `pairs` of blocks a row.
INLINE void multiply_pair_tile(int has_minima, int rows, int tokens, unpacked_pairs weights, size_t pairs,
                               activations input, float *output, size_t output_stride) {
    vector sums[TILE_ROWS][PAIR_TOKENS] = {};
    size_t groups = (pairs + GROUP_PAIRS - 1) / GROUP_PAIRS, stride = pairs * PAIR, chunks = groups * BLOCK_CHUNKS;
    for (size_t group = 0; group < groups; group++) {
        vector both[TILE_ROWS][PAIR_TOKENS] = {};
        size_t end = pairs < (group + 1) * GROUP_PAIRS ? pairs : (group + 1) * GROUP_PAIRS;
        for (size_t pair = group * GROUP_PAIRS; pair < end; pair++) {
            shorts w[TILE_ROWS][2];
            vector factors[TILE_ROWS];
#pragma unroll
            for (int r = 0; r < rows; r++) {
                memcpy(w[r], weights.values + r * stride + pair * PAIR, sizeof w[r]);
                const float *two = weights.factors + r * chunks + 2 * pair;
                factors[r] = (vector)_mm512_insertf32x8(_mm512_set1_ps(two[0]), _mm256_set1_ps(two[1]), 1);
            }
#pragma unroll
            for (int t = 0; t < tokens; t++) {
                shorts x[2];
                memcpy(x, input.values + t * stride + pair * PAIR, sizeof x);
#pragma unroll
                for (int r = 0; r < rows; r++) {
                    integers sum = {};
                    add_pairs(&sum, &w[r][0], &x[0]);
                    add_pairs(&sum, &w[r][1], &x[1]);
                    both[r][t] += to_floats(sum) * factors[r];
                }
            }
        }
#pragma unroll
        for (int r = 0; r < rows; r++) {
#pragma unroll
            for (int t = 0; t < tokens; t++) sums[r][t] += both[r][t] * splat(input.scales[t * groups + group]);
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int t = 0; t < tokens; t++) {
            float *result = output + t * output_stride + r;
            *result = sum(sums[r][t]);
            if (!has_minima) continue;
            eight offsets = {};
            for (size_t chunk = 0; chunk < chunks; chunk += BLOCK_CHUNKS) {
                add_offsets(weights.minima + r * chunks + chunk, input.sums + t * chunks + chunk, &offsets);
            }
            *result += sum_eight(&offsets);
        }
    }
}

INLINE void multiply_pair_strip(int has_minima, int rows, unpacked_pairs weights, size_t pairs, activations input,
                                size_t tokens, float *output, size_t output_stride) {
    size_t groups = (pairs + GROUP_PAIRS - 1) / GROUP_PAIRS;
    for (size_t t = 0; t < tokens;) {
        activations some = input;
        some.values += t * pairs * PAIR;
        some.scales += t * groups;
        some.sums += t * groups * BLOCK_CHUNKS;
        float *destination = output + t * output_stride;
        if (t + PAIR_TOKENS <= tokens) {
            multiply_pair_tile(has_minima, rows, PAIR_TOKENS, weights, pairs, some, destination, output_stride);
            t += PAIR_TOKENS;
        } else {
            multiply_pair_tile(has_minima, rows, 1, weights, pairs, some, destination, output_stride);
            t += 1;
        }
    }
}

INLINE void unpack_pair_rows(pair_format format, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns,
                             size_t pairs, unpacked_pairs out) {
    size_t groups = (pairs + GROUP_PAIRS - 1) / GROUP_PAIRS;
    for (size_t r = 0; r < rows; r++) {
        size_t left = columns / CHUNK;
        for (size_t group = 0; group < groups; group++) {
            size_t count = left < BLOCK_CHUNKS ? left : BLOCK_CHUNKS;
            uint8_t copy[BLOCK_CHUNKS * 34];
            const uint8_t *blocks = source + r * row_bytes + group * BLOCK_CHUNKS * format.block_bytes;
            if (count % 2 != 0) {
                memset(copy, 0, sizeof copy);
                memcpy(copy, blocks, count * format.block_bytes);
                blocks = copy;
            }
            eight factors, minima = {};
            read_block_factors(format, blocks, count, &factors, &minima);
            memcpy(out.factors, &factors, sizeof factors);
            if (format.has_minima) memcpy(out.minima, &minima, sizeof minima);
            out.factors += BLOCK_CHUNKS;
            out.minima += BLOCK_CHUNKS;
            for (size_t pair = 0; 2 * pair < count; pair++) {
                weight_bytes bytes;
                format.unpack_pair(blocks + 2 * pair * format.block_bytes, &bytes);
                shorts q[2];
                unsigned_chunk halves[2];
                memcpy(halves, &bytes, sizeof bytes);
                q[0] = __builtin_convertvector(halves[0], shorts) - (int16_t)format.excess;
                q[1] = __builtin_convertvector(halves[1], shorts) - (int16_t)format.excess;
                lay_out_pair(q[0], q[1], out.values);
                out.values += PAIR;
            }
            left -= count;
        }
    }
}

INLINE void multiply_pairs_as(pair_format format, const uint8_t *weights, size_t row_bytes, size_t rows,
                              size_t columns, const float *input, size_t input_stride, size_t tokens, float *output,
                              size_t output_stride, float *scratch) {
    size_t pairs = (columns + PAIR - 1) / PAIR, stride = pairs * PAIR;
    size_t groups = (pairs + GROUP_PAIRS - 1) / GROUP_PAIRS, chunks = groups * BLOCK_CHUNKS;
    for (size_t first = 0; first < tokens; first += CK_TOKEN_GROUP) {
        size_t some = tokens - first < CK_TOKEN_GROUP ? tokens - first : CK_TOKEN_GROUP;
        activations x;
        x.scales = scratch;
        x.sums = x.scales + some * groups;
        x.values = (int16_t *)(x.sums + some * chunks);
        x.excess = (integers *)(((uintptr_t)x.values + 63) & ~(uintptr_t)63);
        x.bytes = (int8_t *)(x.excess + 2 * GROUP_PAIRS * groups);
        for (size_t i = 0; i < some * groups; i++) {
            size_t group = i % groups, column = group * BLOCK;
            const float *source = input + (first + i / groups) * input_stride + column;
            size_t count = columns - column < BLOCK ? columns - column : BLOCK;
            float copy[BLOCK];
            if (count < BLOCK) {
                memset(copy, 0, sizeof copy);
                memcpy(copy, source, count * sizeof *source);
                source = copy;
            }
            int16_t values[BLOCK];
            quantize_block(source, values, x.scales + i, x.sums + i * BLOCK_CHUNKS);
            const uint8_t order[4] = {0, 1, 2, 3};
            if (some == 1) {
                for (int half = 0; half < 2; half++) {
                    int8_t *bytes = x.bytes + (2 * i + half) * BLOCK;
                    split_half(values + half * (BLOCK / 2), order, bytes);
                    if (format.excess) sum_excess(format.excess, bytes, x.excess + 4 * (2 * i + half));
                }
                continue;
            }
            for (size_t pair = 0; pair < GROUP_PAIRS && group * GROUP_PAIRS + pair < pairs; pair++) {
                shorts q[2];
                memcpy(q, values + pair * PAIR, sizeof q);
                lay_out_pair(q[0], q[1], x.values + (i / groups) * stride + column + pair * PAIR);
            }
        }
        float *destination = output + first * output_stride;
        size_t r = 0;
        if (some == 1) {
            for (; r + INTEGER_ROWS <= rows; r += INTEGER_ROWS) {
                multiply_pair_rows(format, INTEGER_ROWS, weights + r * row_bytes, row_bytes, columns, x, destination + r);
            }
            for (; r < rows; r++) {
                multiply_pair_rows(format, 1, weights + r * row_bytes, row_bytes, columns, x, destination + r);
            }
            continue;
        }
        unpacked_pairs w;
        w.values = x.values + some * stride;
        w.factors = (float *)(w.values + CK_ROW_GROUP * stride);
        w.minima = w.factors + CK_ROW_GROUP * chunks;
        for (; r < rows; r += CK_ROW_GROUP) {
            size_t group = rows - r < CK_ROW_GROUP ? rows - r : CK_ROW_GROUP, i = 0;
            unpack_pair_rows(format, weights + r * row_bytes, row_bytes, group, columns, pairs, w);
            for (; i < group;) {
                unpacked_pairs part = {w.values + i * stride, w.factors + i * chunks, w.minima + i * chunks};
                if (i + TILE_ROWS <= group) {
                    multiply_pair_strip(format.has_minima, TILE_ROWS, part, pairs, x, some, destination + r + i,
                                        output_stride);
                    i += TILE_ROWS;
                } else {
                    multiply_pair_strip(format.has_minima, 1, part, pairs, x, some, destination + r + i,
                                        output_stride);
                    i += 1;
                }
            }
        }
    }
}

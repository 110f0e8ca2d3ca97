// Attention of one head, RMSNorm and gated SiLU.

INLINE float dot(const float *a, const float *b, size_t count) {
    vector sums = {};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) sums += load(a + i) * load(b + i);
    if (i < count) {
        float x[LANES] = {0}, y[LANES] = {0};
        memcpy(x, a + i, (count - i) * sizeof(float));
        memcpy(y, b + i, (count - i) * sizeof(float));
        sums += load(x) * load(y);
    }
    return sum(sums);
}

/// scores[p] = scale * query . keys[p], four positions at a time.
INLINE void score(const float *query, const float *keys, size_t stride, size_t positions, size_t head_size,
                  float scale, float *scores) {
    size_t p = 0;
    for (; p + 4 <= positions; p += 4, keys += 4 * stride) {
        vector sums[4] = {};
        size_t i = 0;
        for (; i + LANES <= head_size; i += LANES) {
            vector q = load(query + i);
#pragma unroll
            for (int row = 0; row < 4; row++) sums[row] += q * load(keys + row * stride + i);
        }
        quad four = sum_four(sums[0], sums[1], sums[2], sums[3]);
        for (; i < head_size; i++) {
            quad k = {keys[i], keys[stride + i], keys[2 * stride + i], keys[3 * stride + i]};
            four += query[i] * k;
        }
        four *= scale;
        memcpy(scores + p, &four, sizeof four);
    }
    for (; p < positions; p++, keys += stride) scores[p] = scale * dot(query, keys, head_size);
}

/// output = the sum of scores[p] * values[p], for `count` vectors of the head, at most WEIGHTED_VECTORS; even and
/// odd positions are summed apart, so that one addition need not wait for the last.
#define WEIGHTED_VECTORS 4
INLINE void weigh(int count, const float *values, size_t stride, size_t positions, const float *scores,
                  float *output) {
    vector even[WEIGHTED_VECTORS] = {}, odd[WEIGHTED_VECTORS] = {};
    size_t p = 0;
    for (; p + 2 <= positions; p += 2, values += 2 * stride) {
        vector first = splat(scores[p]), second = splat(scores[p + 1]);
#pragma unroll
        for (int v = 0; v < count; v++) {
            even[v] += first * load(values + LANES * v);
            odd[v] += second * load(values + stride + LANES * v);
        }
    }
    if (p < positions) {
#pragma unroll
        for (int v = 0; v < count; v++) even[v] += splat(scores[p]) * load(values + LANES * v);
    }
#pragma unroll
    for (int v = 0; v < count; v++) store(even[v] + odd[v], output + LANES * v);
}

/// scores = e^(scores - largest score), and their sum.
INLINE float exponentials(float *scores, size_t count) {
    vector highest = splat(scores[0]);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vector value = load(scores + i);
        integers higher = value > highest;
        highest = (vector)(((integers)value & higher) | ((integers)highest & ~higher));
    }
    float peak = largest(highest);
    for (; i < count; i++) peak = scores[i] > peak ? scores[i] : peak;

    vector total = {};
    for (i = 0; i + LANES <= count; i += LANES) {
        vector value = exponential(load(scores + i) - splat(peak));
        total += value;
        store(value, scores + i);
    }
    if (i < count) {
        float rest[LANES] = {0};
        memcpy(rest, scores + i, (count - i) * sizeof(float));
        store(exponential(load(rest) - splat(peak)), rest);
        for (size_t lane = count - i; lane < LANES; lane++) rest[lane] = 0;
        total += load(rest);
        memcpy(scores + i, rest, (count - i) * sizeof(float));
    }
    return sum(total);
}

static void attend(const float *query, const float *keys, const float *values, size_t stride, size_t positions,
                   size_t head_size, float scale, float *scores, float *output) {
    score(query, keys, stride, positions, head_size, scale, scores);
    float total = exponentials(scores, positions);
    size_t i = 0;
    for (; i + WEIGHTED_VECTORS * LANES <= head_size; i += WEIGHTED_VECTORS * LANES) {
        weigh(WEIGHTED_VECTORS, values + i, stride, positions, scores, output + i);
    }
    for (; i + 2 * LANES <= head_size; i += 2 * LANES) {
        weigh(2, values + i, stride, positions, scores, output + i);
    }
    for (; i + LANES <= head_size; i += LANES) weigh(1, values + i, stride, positions, scores, output + i);
    for (; i < head_size; i++) {
        output[i] = 0;
        for (size_t p = 0; p < positions; p++) output[i] += scores[p] * values[p * stride + i];
    }
    for (i = 0; i < head_size; i++) output[i] /= total;
}

static void normalize(const float *input, const float *gain, float epsilon, size_t count, float *output) {
    float scale = 1 / __builtin_sqrtf(dot(input, input, count) / count + epsilon);
    for (size_t i = 0; i < count; i++) output[i] = input[i] * scale * gain[i];
}

typedef vector activation(vector x);

INLINE vector silu(vector x) {
    return x / (splat(1) + exponential(-x));
}

/// x * (1 + tanh(y)) / 2 = x / (1 + e^(-2y)) with y = sqrt(2 / pi) * (x + 0.044715 x^3).
INLINE vector gelu(vector x) {
    vector y = x * (splat(1) + splat(0.044715f) * x * x) * splat(0.79788456080286535588f);
    return x / (splat(1) + exponential(splat(-2) * y));
}

INLINE void gate_as(activation function, float *gate, const float *up, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(function(load(gate + i)) * load(up + i), gate + i);
    if (i < count) {
        float g[LANES] = {0}, u[LANES] = {0};
        memcpy(g, gate + i, (count - i) * sizeof(float));
        memcpy(u, up + i, (count - i) * sizeof(float));
        store(function(load(g)) * load(u), g);
        memcpy(gate + i, g, (count - i) * sizeof(float));
    }
}

static void gated_silu(float *gate, const float *up, size_t count) {
    gate_as(silu, gate, up, count);
}

static void gated_gelu(float *gate, const float *up, size_t count) {
    gate_as(gelu, gate, up, count);
}

static void rotate(float *values, size_t heads, size_t head_size, const float *rotation, size_t pairs,
                   int are_neighbours) {
    const float *sines = rotation + pairs;
    for (size_t head = 0; head < heads; head++, values += head_size) {
        size_t pair = 0;
        if (!are_neighbours) {
            for (; pair + LANES <= pairs; pair += LANES) {
                vector x = load(values + pair), y = load(values + pairs + pair);
                vector cosine = load(rotation + pair), sine = load(sines + pair);
                store(x * cosine - y * sine, values + pair);
                store(x * sine + y * cosine, values + pairs + pair);
            }
        }
        for (; pair < pairs; pair++) {
            float *first = values + (are_neighbours ? 2 * pair : pair);
            float *second = are_neighbours ? first + 1 : first + pairs;
            float x = *first, y = *second;
            *first = x * rotation[pair] - y * sines[pair];
            *second = x * sines[pair] + y * rotation[pair];
        }
    }
}

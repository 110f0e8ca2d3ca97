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

/// sums += weight * values.
INLINE void add_scaled(const float *values, float weight, size_t count, float *sums) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(load(sums + i) + splat(weight) * load(values + i), sums + i);
    for (; i < count; i++) sums[i] += weight * values[i];
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
    for (size_t p = 0; p < positions; p++) scores[p] = scale * dot(query, keys + p * stride, head_size);
    float total = exponentials(scores, positions);
    memset(output, 0, head_size * sizeof(float));
    for (size_t p = 0; p < positions; p++) add_scaled(values + p * stride, scores[p], head_size, output);
    for (size_t i = 0; i < head_size; i++) output[i] /= total;
}

static void normalize(const float *input, const float *gain, float epsilon, size_t count, float *output) {
    float scale = 1 / __builtin_sqrtf(dot(input, input, count) / count + epsilon);
    for (size_t i = 0; i < count; i++) output[i] = input[i] * scale * gain[i];
}

static void gated_silu(float *gate, const float *up, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vector g = load(gate + i);
        store(g / (splat(1) + exponential(-g)) * load(up + i), gate + i);
    }
    if (i < count) {
        float g[LANES] = {0}, u[LANES] = {0};
        memcpy(g, gate + i, (count - i) * sizeof(float));
        memcpy(u, up + i, (count - i) * sizeof(float));
        vector x = load(g);
        store(x / (splat(1) + exponential(-x)) * load(u), g);
        memcpy(gate + i, g, (count - i) * sizeof(float));
    }
}

// One token by rows of 256-value blocks, by products of bytes: those take four times as many numbers at a time as products
// of floats. Weights are unsigned bytes, in the K formats of up to six bits. An activation of 16 bits is two signed bytes, of which each is
// multiplied by itself: the sums of four products fit into 16 bits, are multiplied by the small scales, and added exactly.
//
// A lane sums four neighbours of each of four chunks in a half of a block. A tile's lanes sum the same numbers, for which
// its integers are laid out anew: see `lay_out_half`.

/// Rows at a time; more would need more registers than there are.
#define INTEGER_ROWS 4

typedef uint8_t weight_bytes __attribute__((vector_size(64)));
typedef int8_t activation_bytes __attribute__((vector_size(64)));

/// A half of a block: chunks `order[0]` and `order[1]` of it, then the other two.
typedef struct {
    weight_bytes parts[2];
} half_bytes;

/// The scales of a block lane by lane, for the parts of its halves in their order.
typedef struct {
    integers lanes[4];
} lane_scales;

/// Two activations' bytes a part: the upper, then the lower ones.
#define PART_BYTES 128

INLINE integers add_byte_products(integers sums, weight_bytes weights, activation_bytes input) {
    return (integers)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)weights, (__m512i)input);
}

INLINE integers add_short_products(integers sums, integers left, integers right) {
    return (integers)_mm512_dpwssd_epi32((__m512i)sums, (__m512i)left, (__m512i)right);
}

/// Two chunks of integers in the order in which a tile's lanes sum what lanes of bytes do: the first two of each four
/// neighbours, then the others.
INLINE void lay_out_pair(shorts first, shorts second, int16_t *out) {
    integers a = (integers)first, b = (integers)second;
    integers left = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    integers right = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    memcpy(out, &left, sizeof left);
    memcpy(out + CHUNK, &right, sizeof right);
}

/// A half of a block's integers in that order.
INLINE void lay_out_half(const shorts chunks[4], const uint8_t order[4], int16_t *out) {
    lay_out_pair(chunks[order[0]], chunks[order[1]], out);
    lay_out_pair(chunks[order[2]], chunks[order[3]], out + 2 * CHUNK);
}

/// The two bytes of a half's integers, part by part.
INLINE void split_half(const int16_t *values, const uint8_t order[4], int8_t *out) {
    for (int slot = 0; slot < 4; slot++) {
        int8_t *upper = out + PART_BYTES * (slot / 2) + CHUNK * (slot % 2), *lower = upper + PART_BYTES / 2;
        for (int i = 0; i < CHUNK; i++) {
            int16_t value = values[CHUNK * order[slot] + i];
            lower[i] = (int8_t)value;
            upper[i] = (int8_t)((value - lower[i]) >> 8);
        }
    }
}

/// What an excess of the weights adds to the sums of byte products, negated.
INLINE void sum_excess(int excess, const int8_t *bytes, integers *out) {
    const weight_bytes weights = (weight_bytes){} + (uint8_t)excess;
    for (int i = 0; i < 4; i++) {
        activation_bytes x;
        memcpy(&x, bytes + PART_BYTES / 2 * i, sizeof x);
        integers none = {}, sums = none - add_byte_products(none, weights, x);
        memcpy(out + i, &sums, sizeof sums);
    }
}

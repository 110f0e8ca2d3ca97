// Q5_0: blocks of 32 values: a binary16 scale, 32 bits of which bit i is the fifth bit of value i, then nibbles as in
// Q4_0. value = scale * (q - 16).

#define Q5_0_VALUES 32
#define Q5_0_BYTES 22

INLINE void q5_0_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    vector scale = splat(half_to_float(block));
#if LANES == 16
    unpack_five_bits(block + 6, block + 2, (counted() - splat(16)) * scale, splat(16) * scale, out);
#else
    for (int v = 0; v < CHUNK_VECTORS / 2; v++) {
        integers pair = load_unsigned(block + 6 + LANES * v);
        integers low = (pair & 15) | fifth_bits(block + 2, LANES * v);
        integers high = (pair >> 4) | fifth_bits(block + 2, LANES * v + CHUNK / 2);
        out[v] = to_floats(low - 16) * scale;
        out[v + CHUNK_VECTORS / 2] = to_floats(high - 16) * scale;
    }
#endif
}

// Q5_1: as Q5_0, with a binary16 minimum after the scale. value = scale * q + minimum.

#define Q5_1_VALUES 32
#define Q5_1_BYTES 24

INLINE void q5_1_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    vector scale = splat(half_to_float(block)), minimum = splat(half_to_float(block + 2));
#if LANES == 16
    unpack_five_bits(block + 8, block + 4, counted() * scale + minimum, splat(16) * scale, out);
#else
    for (int v = 0; v < CHUNK_VECTORS / 2; v++) {
        integers pair = load_unsigned(block + 8 + LANES * v);
        integers low = (pair & 15) | fifth_bits(block + 4, LANES * v);
        integers high = (pair >> 4) | fifth_bits(block + 4, LANES * v + CHUNK / 2);
        out[v] = to_floats(low) * scale + minimum;
        out[v + CHUNK_VECTORS / 2] = to_floats(high) * scale + minimum;
    }
#endif
}

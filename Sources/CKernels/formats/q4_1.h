// Q4_1: as Q4_0, with a binary16 minimum after the scale. value = scale * q + minimum.

#define Q4_1_VALUES 32
#define Q4_1_BYTES 20

INLINE void q4_1_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    vector scale = splat(half_to_float(block)), minimum = splat(half_to_float(block + 2));
#if LANES == 16
    unpack_nibbles(block + 4, counted() * scale + minimum, out);
#else
    for (int v = 0; v < CHUNK_VECTORS / 2; v++) {
        integers pair = load_unsigned(block + 4 + LANES * v);
        out[v] = to_floats(pair & 15) * scale + minimum;
        out[v + CHUNK_VECTORS / 2] = to_floats(pair >> 4) * scale + minimum;
    }
#endif
}

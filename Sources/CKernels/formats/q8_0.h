// Q8_0: blocks of 32 values: a binary16 scale, then 32 signed bytes. value = scale * q.

#define Q8_0_VALUES 32
#define Q8_0_BYTES 34

INLINE void q8_0_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    vector scale = splat(half_to_float(block));
    for (int v = 0; v < CHUNK_VECTORS; v++) out[v] = to_floats(load_signed(block + 2 + LANES * v)) * scale;
}

// F16: IEEE binary16, two bytes a value.

#define F16_VALUES CHUNK
#define F16_BYTES (2 * CHUNK)

INLINE void f16_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    for (int v = 0; v < CHUNK_VECTORS; v++) out[v] = halves_to_floats(block + 2 * LANES * v);
}

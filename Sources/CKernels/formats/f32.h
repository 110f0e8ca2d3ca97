// F32: four bytes a value.

#define F32_VALUES CHUNK
#define F32_BYTES (4 * CHUNK)

INLINE void f32_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    for (int v = 0; v < CHUNK_VECTORS; v++) memcpy(&out[v], block + 4 * LANES * v, sizeof out[v]);
}

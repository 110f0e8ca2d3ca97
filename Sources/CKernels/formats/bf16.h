// BF16: the upper two bytes of a binary32.

#define BF16_VALUES CHUNK
#define BF16_BYTES (2 * CHUNK)

INLINE void bf16_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    for (int v = 0; v < CHUNK_VECTORS; v++) out[v] = (vector)(load_halves(block + 2 * LANES * v) << 16);
}

// Q4_0: blocks of 32 values: a binary16 scale, then 16 bytes whose low nibbles are the first half of the
// values and whose high nibbles are the second. value = scale * (q - 8).

#define Q4_0_VALUES 32
#define Q4_0_BYTES 18

INLINE void q4_0_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
#if LANES == 16
    unpack_nibbles(block + 2, (counted() - splat(8)) * splat(half_to_float(block)), out);
#else
    vector scale = splat(half_to_float(block));
    for (int v = 0; v < CHUNK_VECTORS / 2; v++) {
        integers pair = load_unsigned(block + 2 + LANES * v);
        out[v] = to_floats((pair & 15) - 8) * scale;
        out[v + CHUNK_VECTORS / 2] = to_floats((pair >> 4) - 8) * scale;
    }
#endif
}

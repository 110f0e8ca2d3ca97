// MXFP4: blocks of 32 values: the exponent of a power of two, then nibbles as in Q4_0, which are floats of four bits
// (Open Compute Project, Microscaling Formats 1.0). The levels are twice the values, and the scale half of the power.

#define MXFP4_VALUES 32
#define MXFP4_BYTES 17

static const float four_bit_floats[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

INLINE void mxfp4_unpack(const uint8_t *block, size_t chunk, vector out[CHUNK_VECTORS]) {
    (void)chunk;
    // The lowest two halves of powers are subnormal.
    uint32_t bits = block[0] < 2 ? 0x00200000u << block[0] : (uint32_t)(block[0] - 1) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    unpack_nibbles(block + 1, scaled_levels(four_bit_floats, scale), out);
}

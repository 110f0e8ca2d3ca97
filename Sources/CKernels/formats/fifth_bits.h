// The fifth bits of Q5_0 and Q5_1: 32 of them in four bytes, value 0 the lowest.

/// Bits first to first + LANES - 1, each moved to the value 16 of its lane.
INLINE integers fifth_bits(const uint8_t *source, int first) {
    uint32_t bits;
    memcpy(&bits, source, sizeof bits);
    words lanes;
#pragma unroll
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = lane;
    return (integers)((((words){} + (bits >> first)) >> lanes) & 1) << 4;
}

// Four floats at a time: SSE2 on x86-64, NEON on ARM, plain code elsewhere.

#define LANES 4
#define HAS_HALF 0
#define TILE_ROWS 4
#define TILE_TOKENS 3
#define PAIR_TOKENS 2
#define VECTOR_ROWS 4
#define TABLE ck_baseline
#define TABLE_NAME "128-bit vectors"
#include "kernels.h"

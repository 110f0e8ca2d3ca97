// Eight floats at a time with AVX2, FMA and F16C.

#if defined(__x86_64__)

#include "include/CKernels.h"
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define LANES 8
#define HAS_HALF 1
#define TILE_ROWS 4
#define TILE_TOKENS 3
#define PAIR_TOKENS 2
#define VECTOR_ROWS 8
#define TABLE ck_avx2
#define TABLE_NAME "AVX2"
#include "kernels.h"
#pragma clang attribute pop

#endif

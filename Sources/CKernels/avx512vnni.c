// Sixteen floats at a time with AVX-512 and its products of bytes (VNNI).

#if defined(__x86_64__)

#include "include/CKernels.h"
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,f16c"))), apply_to = function)
#define LANES 16
#define HAS_HALF 1
#define HAS_BYTE_PRODUCTS 1
#define TILE_ROWS 4
#define TILE_TOKENS 6
#define PAIR_TOKENS 4
#define VECTOR_ROWS 8
#define TABLE ck_avx512_vnni
#define TABLE_NAME "AVX-512 VNNI"
#include "kernels.h"
#pragma clang attribute pop

#endif

// Which kernel tables this processor can run.

#include "include/CKernels.h"

extern const ck_kernels ck_baseline;

#if defined(__x86_64__)

extern const ck_kernels ck_avx2;
extern const ck_kernels ck_avx512;
extern const ck_kernels ck_avx512_vnni;

const ck_kernels *ck_available(size_t index) {
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (index == 0) return &ck_baseline;
    if (index == 1 && avx2) return &ck_avx2;
    if (index == 2 && avx512) return &ck_avx512;
    if (index == 3 && avx512 && __builtin_cpu_supports("avx512vnni")) return &ck_avx512_vnni;
    return NULL;
}

#else

const ck_kernels *ck_available(size_t index) {
    return index == 0 ? &ck_baseline : NULL;
}

#endif

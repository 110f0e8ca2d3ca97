#define _GNU_SOURCE 1

#include "include/CNcurses.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

static int real[3] = {-1, -1, -1};

static int memory_file(void) {
#ifdef __linux__
    return memfd_create("callgate-output", MFD_CLOEXEC);
#else
    char path[] = "/tmp/callgate-output-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor >= 0) unlink(path);
    return descriptor;
#endif
}

void cn_hold_output(void) {
    fflush(stdout);
    fflush(stderr);
    for (int descriptor = 1; descriptor <= 2; descriptor++) {
        if (real[descriptor] >= 0 || !isatty(descriptor)) continue;
        int memory = memory_file();
        int copy = memory < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
        if (copy >= 0 && dup2(memory, descriptor) >= 0) real[descriptor] = copy;
        else if (copy >= 0) close(copy);
        if (memory >= 0) close(memory);
    }
}

void cn_release_output(int *held_output, int *held_error) {
    fflush(stdout);
    fflush(stderr);
    int *held[3] = {NULL, held_output, held_error};
    for (int descriptor = 1; descriptor <= 2; descriptor++) {
        *held[descriptor] = -1;
        if (real[descriptor] < 0) continue;
        *held[descriptor] = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
        dup2(real[descriptor], descriptor);
        close(real[descriptor]);
        real[descriptor] = -1;
    }
}

int cn_real_descriptor(int descriptor) { return real[descriptor] < 0 ? descriptor : real[descriptor]; }

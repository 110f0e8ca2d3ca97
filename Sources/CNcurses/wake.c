#include "include/CNcurses.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

int cn_wake_open(cn_wake *wake) {
#ifdef __linux__
    int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    wake->reader = wake->writer = descriptor;
    return descriptor < 0 ? -1 : 0;
#else
    int ends[2];
    if (pipe(ends) != 0) return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
    wake->reader = ends[0];
    wake->writer = ends[1];
    return 0;
#endif
}

void cn_wake_close(cn_wake wake) {
    close(wake.reader);
    if (wake.writer != wake.reader) close(wake.writer);
}

void cn_wake_ring(int writer) {
    int saved = errno;
    uint64_t one = 1;
    ssize_t written = write(writer, &one, sizeof one);
    (void)written;  // A full bell has been rung.
    errno = saved;
}

bool cn_wake_silence(int reader) {
    uint64_t counts[8];
    bool rung = false;
    while (read(reader, counts, sizeof counts) > 0) rung = true;
    return rung;
}

int cn_wait(int terminal, int wake, int milliseconds) {
    struct pollfd waits[2] = {{.fd = wake, .events = POLLIN}, {.fd = terminal, .events = POLLIN}};
    int ready;
    do {
        ready = poll(waits, 2, milliseconds);
    } while (ready < 0 && errno == EINTR);
    int result = 0;
    if (waits[0].revents & POLLIN) result |= CN_READY_WAKE;
    if (waits[1].revents & POLLIN) result |= CN_READY_INPUT;
    else if (waits[1].revents & (POLLHUP | POLLERR | POLLNVAL)) result |= CN_HUNG_UP;
    return result;
}

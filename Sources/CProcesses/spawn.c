// What happens between a fork and an exec cannot be written in Swift, whose runtime takes locks.
#define _GNU_SOURCE
#include "CProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Writes "+ GROUP\n" for the calling process, whole or not at all: it is shorter than a pipe's atomic write.
static void announce(int file) {
    char line[32];
    char *start = line + sizeof line;
    *--start = '\n';
    for (pid_t rest = getpid(); rest; rest /= 10) *--start = (char)('0' + rest % 10);
    *--start = ' ';
    *--start = '+';
    // A keeper that is gone keeps nothing; SIGPIPE is blocked here.
    ssize_t written = write(file, start, (size_t)(line + sizeof line - start));
    (void)written;
}

static void close_from(unsigned first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
    long most = sysconf(_SC_OPEN_MAX);
    for (long file = first; file < (most > 0 ? most : 1024); file++) close((int)file);
}

// Runs in the child, which shares the parent's memory until it has become the program. Gives an error number.
static int become(const char *path, char *const arguments[], char *const environment[], const char *folder,
                  const int files[3]) {
    int safe[3];
    for (int file = 0; file < 3; file++)
        if ((safe[file] = fcntl(files[file], F_DUPFD, 3)) < 0) return errno;
    for (int file = 0; file < 3; file++)
        if (dup2(safe[file], file) < 0) return errno;
    if (folder && chdir(folder)) return errno;
    close_from(3);
    // A program starts with the default signals, whatever this one ignores or blocks.
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    execve(path, arguments, environment);
    return errno;
}

int cprocesses_spawn(pid_t *pid, const char *path, char *const arguments[], char *const environment[],
                     const char *folder, const int files[3], int keeper) {
    // No handler of this program may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    volatile int fault = 0;
    pid_t child = vfork();
    if (child == 0) {
        setpgid(0, 0);
        if (keeper >= 0) announce(keeper);
        fault = become(path, arguments, environment, folder, files);
        _exit(127);
    }
    int failure = child < 0 ? errno : fault;
    pthread_sigmask(SIG_SETMASK, &before, 0);
    *pid = child;
    if (child > 0 && fault) {
        int status;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    }
    return failure;
}

int cprocesses_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

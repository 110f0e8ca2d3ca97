#define _GNU_SOURCE 1

#include "include/CNcurses.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const int handled[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
#define HANDLED_COUNT (sizeof handled / sizeof handled[0])

static volatile sig_atomic_t pending[HANDLED_COUNT];
static struct sigaction previous[HANDLED_COUNT];
static volatile sig_atomic_t bell = -1;

static void note(int number) {
    for (size_t i = 0; i < HANDLED_COUNT; i++) {
        if (handled[i] == number) pending[i] = 1;
    }
    if (bell >= 0) cn_wake_ring(bell);
}

static void handle(int number) {
    struct sigaction action = {0};
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void cn_signals_install(int wake_writer) {
    bell = wake_writer;
    for (size_t i = 0; i < HANDLED_COUNT; i++) {
        pending[i] = 0;
        sigaction(handled[i], NULL, &previous[i]);
        handle(handled[i]);
    }
}

void cn_signals_remove(void) {
    for (size_t i = 0; i < HANDLED_COUNT; i++) sigaction(handled[i], &previous[i], NULL);
    bell = -1;
}

int cn_signals_take(void) {
    for (size_t i = 0; i < HANDLED_COUNT; i++) {
        if (pending[i]) {
            pending[i] = 0;
            return handled[i];
        }
    }
    return 0;
}

static void forget(int number) {
    for (size_t i = 0; i < HANDLED_COUNT; i++) {
        if (handled[i] == number) pending[i] = 0;
    }
}

void cn_signals_stop(void) {
    sigset_t only, saved;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    signal(SIGTSTP, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &only, &saved);
    // The whole job, as the terminal does: a shell script that waits for us has to stop as well.
    kill(0, SIGTSTP);
    sigprocmask(SIG_SETMASK, &saved, NULL);
    handle(SIGTSTP);
    forget(SIGTSTP);
    forget(SIGCONT);
}

int cn_run(char *const *arguments) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // Standard output and error are held: the program gets the real ones. It stays in our process group, because
    // a program in a group of its own is stopped when it touches the terminal.
    posix_spawn_file_actions_adddup2(&actions, cn_real_descriptor(1), 1);
    posix_spawn_file_actions_adddup2(&actions, cn_real_descriptor(2), 2);
    sigset_t defaults, none;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (size_t i = 0; i < HANDLED_COUNT; i++) sigaddset(&defaults, handled[i]);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    // Control-Z in the program stops us too; Control-C and Control-\ are the program's alone.
    signal(SIGTSTP, SIG_DFL);
    pid_t child;
    int status = -1;
    int failure = posix_spawn(&child, arguments[0], &actions, &attributes, arguments, environ);
    if (failure == 0) {
        while (waitpid(child, &status, 0) < 0) {
            if (errno != EINTR) {
                failure = errno;
                break;
            }
        }
    }
    handle(SIGTSTP);
    forget(SIGTSTP);
    forget(SIGCONT);
    forget(SIGINT);
    forget(SIGQUIT);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failure != 0) {
        errno = failure;
        return -1;
    }
    return status;
}

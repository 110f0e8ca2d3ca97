// Gives the terminal back on the ways out that pass no ordinary code: a fatal signal, exit(), and for what no
// process can catch (SIGKILL, the end of a thread's stack) a guard, a shell that waits for our end of a pipe to close.
#define _GNU_SOURCE 1

#include "include/CNcurses.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
#define FATAL_COUNT (sizeof fatal / sizeof fatal[0])

static struct sigaction previous[FATAL_COUNT];
static char farewell[512];
static size_t farewell_length;
static struct termios cooked_modes;
static volatile sig_atomic_t is_armed;
static pid_t owner;
static int guard_pipe = -1;
static pid_t guard = -1;
static bool at_exit_registered;
static char alternate_stack[65536];

static void write_all(int descriptor, const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}

/// Copies the last of what was held, printable ASCII only: a tool may have written it.
static void spill(int held, int real) {
    off_t size = lseek(held, 0, SEEK_END);
    off_t position = size > 16384 ? size - 16384 : 0;
    char part[512];
    ssize_t count;
    while ((count = pread(held, part, sizeof part, position)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            char c = part[i];
            if (c != '\n' && c != '\t' && (c < 0x20 || c > 0x7E)) part[i] = '?';
        }
        write_all(real, part, (size_t)count);
        position += count;
    }
}

/// Only calls that a signal handler may make.
static void restore(void) {
    if (!is_armed || getpid() != owner) return;
    is_armed = 0;
    int saved = errno;
    if (guard_pipe >= 0) write_all(guard_pipe, "off\n", 4);
    int output = cn_real_descriptor(1);
    write_all(output, farewell, farewell_length);
    // From a background job this would stop us, unless the signal is blocked.
    sigset_t only, mask;
    sigemptyset(&only);
    sigaddset(&only, SIGTTOU);
    sigprocmask(SIG_BLOCK, &only, &mask);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked_modes);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    for (int descriptor = 1; descriptor <= 2; descriptor++) {
        int real = cn_real_descriptor(descriptor);
        if (real == descriptor) continue;
        spill(descriptor, real);
        dup2(real, descriptor);
    }
    errno = saved;
}

static void on_fatal(int number, siginfo_t *info, void *context) {
    restore();
    struct sigaction *before = NULL;
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        if (fatal[i] == number) before = &previous[i];
    }
    if (before != NULL && before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(number, info, context);
    } else if (before != NULL && before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
        before->sa_handler(number);
    }
    // Whoever was asked came back: the process still has to die of this signal, once it is no longer blocked.
    signal(number, SIG_DFL);
    raise(number);
}

static void on_exit_restore(void) { restore(); }

static void install_handlers(void) {
    stack_t present, stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    // Swift's backtraces bring a stack of their own; it serves both.
    if (sigaltstack(NULL, &present) != 0 || present.ss_flags & SS_DISABLE) sigaltstack(&stack, NULL);
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        struct sigaction action = {0};
        action.sa_sigaction = on_fatal;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        sigaction(fatal[i], &action, &previous[i]);
    }
}

/// The modes as `stty -g` writes them, so that stty takes them back.
static void describe_modes(const struct termios *modes, char *text, size_t size) {
#ifdef __linux__
    int length = snprintf(
        text, size, "%x:%x:%x:%x", modes->c_iflag, modes->c_oflag, modes->c_cflag, modes->c_lflag);
    for (int i = 0; i < NCCS && length > 0 && (size_t)length < size; i++) {
        length += snprintf(text + length, size - (size_t)length, ":%x", modes->c_cc[i]);
    }
#else
    snprintf(text, size, "sane");
#endif
}

/// Starts the guard. It acts only where the last word it read is `on`, and touches the modes only where they are
/// still ours, because a shell that is back at its prompt has set its own.
static void start_guard(const struct termios *raw_modes) {
    static char script[] =
        "trap '' HUP INT QUIT TERM TSTP TTIN TTOU\n"
        "exec 3<&1\n"
        "while read -r word; do last=$word; done\n"
        "[ \"$last\" = on ] || exit 0\n"
        "[ \"$(stty -g <&3)\" = \"$2\" ] && stty \"$1\" <&3\n"
        "printf %s \"$3\"\n";
    char cooked_text[256], raw_text[256];
    describe_modes(&cooked_modes, cooked_text, sizeof cooked_text);
    describe_modes(raw_modes, raw_text, sizeof raw_text);
    int ends[2];
    if (pipe(ends) != 0) return;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    // Blocked from the first moment: the shell has not read its `trap` yet when the terminal hangs up at once.
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) sigaddset(&blocked, ignored[i]);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    char *arguments[] = {"sh", "-c", script, "callgate-terminal-guard", cooked_text, raw_text, farewell, NULL};
    if (posix_spawn(&guard, "/bin/sh", &actions, &attributes, arguments, environ) == 0) {
        guard_pipe = ends[1];
    } else {
        guard = -1;
        close(ends[1]);
    }
    close(ends[0]);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
}

void cn_farewell_prepare(const char *text, const void *cooked, const void *raw) {
    farewell_length = strlen(text) < sizeof farewell ? strlen(text) : sizeof farewell - 1;
    memcpy(farewell, text, farewell_length);
    farewell[farewell_length] = 0;
    cooked_modes = *(const struct termios *)cooked;
    owner = getpid();
    start_guard(raw);
    if (!at_exit_registered) atexit(on_exit_restore);
    at_exit_registered = true;
    install_handlers();
    cn_farewell_arm(true);
}

void cn_farewell_arm(bool armed) {
    if (guard_pipe >= 0) write_all(guard_pipe, armed ? "on\n" : "off\n", armed ? 3 : 4);
    is_armed = armed;
}

void cn_farewell_forget(void) {
    cn_farewell_arm(false);
    for (size_t i = 0; i < FATAL_COUNT; i++) sigaction(fatal[i], &previous[i], NULL);
    if (guard_pipe >= 0) close(guard_pipe);
    guard_pipe = -1;
    if (guard > 0) {
        while (waitpid(guard, NULL, 0) < 0 && errno == EINTR) {}
    }
    guard = -1;
}

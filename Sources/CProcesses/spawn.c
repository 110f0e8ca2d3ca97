// The two extensions of posix_spawn that are needed here are hidden from Swift, which sees glibc without them.
#define _GNU_SOURCE
#include "CProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

int cprocesses_spawn(pid_t *pid, const char *path, char *const arguments[], char *const environment[],
                     const char *folder, const int files[3]) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int fault = posix_spawn_file_actions_init(&actions);
    if (fault) return fault;
    fault = posix_spawnattr_init(&attributes);
    if (fault) {
        posix_spawn_file_actions_destroy(&actions);
        return fault;
    }

    for (int file = 0; !fault && file < 3; file++)
        fault = posix_spawn_file_actions_adddup2(&actions, files[file], file);
    if (!fault && folder) fault = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (!fault) fault = posix_spawn_file_actions_addclosefrom_np(&actions, 3);

    // A program starts with the default signals, whatever this one ignores or blocks.
    sigset_t signals;
    sigfillset(&signals);
    if (!fault) fault = posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    if (!fault) fault = posix_spawnattr_setsigmask(&attributes, &signals);
    if (!fault) fault = posix_spawnattr_setpgroup(&attributes, 0);
    if (!fault)
        fault = posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (!fault) fault = posix_spawn(pid, path, &actions, &attributes, arguments, environment);

    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return fault;
}

int cprocesses_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

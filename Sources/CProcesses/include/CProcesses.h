#ifndef CPROCESSES_H
#define CPROCESSES_H

#include <sys/types.h>

/// Starts `path` at the head of a process group of its own, with `files` as its first three open files and no other,
/// default signal handling, and `folder` (where not null) as its working folder. Before it becomes that program it writes
/// `+ GROUP` and a line end to `keeper`, where that is no negative number: whoever reads there knows of the group before
/// the program can have done anything. Gives 0, or an error number; `pid` is then that of a process that has ended, or -1.
int cprocesses_spawn(pid_t *pid, const char *path, char *const arguments[], char *const environment[],
                     const char *folder, const int files[3], int keeper);

/// Opens a pipe whose ends are closed in programs that are started. Gives 0, or an error number.
int cprocesses_pipe(int ends[2]);

#endif

// A few threads that do the parts of a job together, over and over.

#ifndef CWORKERS_H
#define CWORKERS_H

#pragma clang assume_nonnull begin

typedef struct ck_workers ck_workers;

/// One part of a job. `worker` says which worker runs it, counted from 0, which is the caller's own thread.
typedef void ck_job(void *context, int part, int worker);

/// Starts `count` - 1 threads; fewer where the system gives no more. NULL without memory.
ck_workers *_Nullable ck_workers_create(int count);

/// How many workers there are, the caller included.
int ck_workers_count(const ck_workers *workers);

/// Runs all parts of a job, each once, and returns when all are done. One call at a time.
void ck_workers_run(ck_workers *workers, int parts, ck_job *job, void *context);

/// Ends the threads.
void ck_workers_destroy(ck_workers *workers);

#pragma clang assume_nonnull end

#endif

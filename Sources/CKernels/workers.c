// Jobs of a forward pass last microseconds and follow one another at once, so a worker looks for the next job for a
// while before it sleeps. Parts are taken, not given: where another process has a worker's core, the caller does the
// work alone and waits for nobody.

#include "include/CWorkers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() ((void)0)
#endif

enum {
    MOST_WORKERS = 64,
    /// Looks at a counter before a thread gives up its core: some tens of microseconds.
    PATIENCE = 2000,
};

struct ck_workers {
    int count;
    pthread_t threads[MOST_WORKERS];
    /// The number of the job in the upper half, the count of its parts that are not taken in the lower. Whoever lowers
    /// the count owns a part of that very job, which cannot end before the part is done; `job` and `context` are
    /// written only between jobs, when the count is zero.
    _Atomic uint64_t ticket;
    ck_job *job;
    void *context;
    /// Parts of the current job that are done.
    atomic_int done;
    atomic_int sleeping;
    atomic_bool ends;
    pthread_mutex_t mutex;
    pthread_cond_t awake;
    /// Hands each thread its number.
    atomic_int next_number;
};

static uint32_t turn_of(uint64_t ticket) {
    return (uint32_t)(ticket >> 32);
}

/// Takes and runs parts of the current job until none is left.
static void take_parts(ck_workers *workers, int number) {
    uint64_t ticket = atomic_load(&workers->ticket);
    while ((uint32_t)ticket > 0) {
        // A failed exchange leaves the current ticket in `ticket`.
        if (atomic_compare_exchange_weak(&workers->ticket, &ticket, ticket - 1)) {
            workers->job(workers->context, (int)(uint32_t)ticket - 1, number);
            atomic_fetch_add(&workers->done, 1);
            ticket = atomic_load(&workers->ticket);
        }
    }
}

static void wait_for_turn(ck_workers *workers, uint32_t last) {
    for (int i = 0; i < PATIENCE; i++) {
        if (turn_of(atomic_load(&workers->ticket)) != last) return;
        PAUSE();
    }
    pthread_mutex_lock(&workers->mutex);
    atomic_fetch_add(&workers->sleeping, 1);
    // The caller changes the turn before it looks for sleepers: either it sees this one, or this sees the change.
    while (turn_of(atomic_load(&workers->ticket)) == last) pthread_cond_wait(&workers->awake, &workers->mutex);
    atomic_fetch_sub(&workers->sleeping, 1);
    pthread_mutex_unlock(&workers->mutex);
}

static void *work(void *argument) {
    ck_workers *workers = argument;
    int number = atomic_fetch_add(&workers->next_number, 1);
    uint32_t last = 0;
    for (;;) {
        wait_for_turn(workers, last);
        last = turn_of(atomic_load(&workers->ticket));
        if (atomic_load(&workers->ends)) return NULL;
        take_parts(workers, number);
    }
}

static void start_turn(ck_workers *workers, int parts) {
    uint64_t turn = turn_of(atomic_load(&workers->ticket));
    atomic_store(&workers->ticket, (turn + 1) << 32 | (uint32_t)parts);
    if (atomic_load(&workers->sleeping) > 0) {
        pthread_mutex_lock(&workers->mutex);
        pthread_cond_broadcast(&workers->awake);
        pthread_mutex_unlock(&workers->mutex);
    }
}

ck_workers *ck_workers_create(int count) {
    ck_workers *workers = calloc(1, sizeof *workers);
    if (!workers) return NULL;
    if (count > MOST_WORKERS) count = MOST_WORKERS;
    pthread_mutex_init(&workers->mutex, NULL);
    pthread_cond_init(&workers->awake, NULL);
    atomic_store(&workers->next_number, 1);
    workers->count = 1;
    while (workers->count < count && !pthread_create(&workers->threads[workers->count], NULL, work, workers)) {
        workers->count++;
    }
    return workers;
}

int ck_workers_count(const ck_workers *workers) {
    return workers->count;
}

void ck_workers_run(ck_workers *workers, int parts, ck_job *job, void *context) {
    workers->job = job;
    workers->context = context;
    atomic_store(&workers->done, 0);
    start_turn(workers, parts);
    take_parts(workers, 0);
    for (int i = 0; atomic_load(&workers->done) < parts; i++) {
        // A worker that lost its core in the middle of a part needs this one's.
        if (i < PATIENCE) {
            PAUSE();
        } else {
            sched_yield();
        }
    }
}

void ck_workers_destroy(ck_workers *workers) {
    atomic_store(&workers->ends, 1);
    start_turn(workers, 0);
    for (int i = 1; i < workers->count; i++) pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->awake);
    pthread_mutex_destroy(&workers->mutex);
    free(workers);
}

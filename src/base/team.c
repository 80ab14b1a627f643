#include "base/team.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "base/memory.h"

enum { SPINS = 2000 }; /* of the order of 10 to 100 microseconds, by CPU */

/* A counter that one thread advances and others wait for. */
struct gate {
    _Alignas(64) atomic_uint count;
    atomic_int sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t advanced;
};

/* Each member has a share of consecutive items and helps the others when its own is done, so that list after
 * list the same items tend to meet the same cache. */
struct member {
    _Alignas(64) atomic_int unclaimed; /* may go below 0 */
    int end;                           /* item `end - unclaimed` is the next */
    int index;
    struct team *team;
    pthread_t thread;
};

/* The list changes only while no item is claimed but unfinished, so whoever has claimed one may read it; who
 * comes too late for a list claims nothing or, as well, items of the next. */
struct team {
    int threads, spins;
    team_function *function;
    void *context;
    struct gate posted, finished; /* count lists */
    _Alignas(64) atomic_int unfinished;
    atomic_bool stopping;
    struct member members[];
};

static void gate_init(struct gate *gate)
{
    pthread_mutex_init(&gate->mutex, NULL);
    pthread_cond_init(&gate->advanced, NULL);
}

static void gate_finish(struct gate *gate)
{
    pthread_cond_destroy(&gate->advanced);
    pthread_mutex_destroy(&gate->mutex);
}

/* Advancing writes `count` and then reads `sleepers`, waiting does the opposite: one of the two sees the
 * other. */
static void gate_advance(struct gate *gate)
{
    atomic_fetch_add(&gate->count, 1);
    if (atomic_load(&gate->sleepers) == 0)
        return;
    pthread_mutex_lock(&gate->mutex);
    pthread_cond_broadcast(&gate->advanced);
    pthread_mutex_unlock(&gate->mutex);
}

static void pause_briefly(void)
{
#if defined(__SSE2__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Returns the count as soon as it is not `seen`. */
static unsigned gate_wait(struct gate *gate, unsigned seen, int spins)
{
    unsigned count = atomic_load(&gate->count);
    for (; count == seen && spins > 0; spins--) {
        pause_briefly();
        count = atomic_load(&gate->count);
    }
    if (count != seen)
        return count;
    pthread_mutex_lock(&gate->mutex);
    atomic_fetch_add(&gate->sleepers, 1);
    while ((count = atomic_load(&gate->count)) == seen)
        pthread_cond_wait(&gate->advanced, &gate->mutex);
    atomic_fetch_sub(&gate->sleepers, 1);
    pthread_mutex_unlock(&gate->mutex);
    return count;
}

/* Does what can be claimed: first of the member's own share, then of the others'. */
static void take_part(struct team *team, int self)
{
    for (int i = 0; i < team->threads; i++) {
        struct member *owner = &team->members[(self + i) % team->threads];
        int done = 0, left;
        while (atomic_load(&owner->unclaimed) > 0 && (left = atomic_fetch_sub(&owner->unclaimed, 1)) > 0) {
            team->function(team->context, owner->end - left, self);
            done++;
        }
        if (done > 0 && atomic_fetch_sub(&team->unfinished, done) == done)
            gate_advance(&team->finished);
    }
}

static void *member_main(void *argument)
{
    const struct member *self = argument;
    struct team *team = self->team;
    team_flush_denormals();
    for (unsigned seen = 0;;) {
        seen = gate_wait(&team->posted, seen, team->spins);
        if (atomic_load(&team->stopping))
            return NULL;
        take_part(team, self->index);
    }
}

/* Starts the members but the first, which is the caller; the main thread is to get all signals. */
static bool start(struct team *team, int threads, struct assay_error *error)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failure = 0;
    for (int i = 1; i < threads && failure == 0; i++) {
        team->members[i] = (struct member){.index = i, .team = team};
        failure = pthread_create(&team->members[i].thread, NULL, member_main, &team->members[i]);
        if (failure == 0)
            team->threads++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure == 0 || assay_fail(error, ASSAY_MACHINE, "cannot start thread %d of %d: %s",
                                      team->threads + 1, threads, strerror(failure));
}

struct team *team_create(int threads, struct assay_error *error)
{
    assert(threads >= 1);
    struct team *team = memory_allocate_aligned(64, sizeof *team + (size_t)threads * sizeof team->members[0]);
    if (team == NULL) {
        assay_fail_memory(error, "creating threads");
        return NULL;
    }
    team->threads = 1;
    team->spins = threads <= team_cpu_count() ? SPINS : 0;
    gate_init(&team->posted);
    gate_init(&team->finished);
    team_flush_denormals();
    if (!start(team, threads, error)) {
        team_destroy(team);
        return NULL;
    }
    return team;
}

void team_destroy(struct team *team)
{
    if (team == NULL)
        return;
    atomic_store(&team->stopping, true);
    gate_advance(&team->posted);
    for (int i = 1; i < team->threads; i++)
        pthread_join(team->members[i].thread, NULL);
    gate_finish(&team->finished);
    gate_finish(&team->posted);
    memory_free(team);
}

int team_threads(const struct team *team)
{
    return team->threads;
}

void team_run(struct team *team, team_function *function, void *context, int items)
{
    if (team->threads == 1 || items <= 1) {
        for (int item = 0; item < items; item++)
            function(context, item, 0);
        return;
    }
    team->function = function;
    team->context = context;
    atomic_store(&team->unfinished, items);
    const unsigned finished = atomic_load(&team->finished.count);
    for (int i = 0, begin = 0; i < team->threads; i++) {
        struct member *member = &team->members[i];
        member->end = (int)((int64_t)items * (i + 1) / team->threads);
        atomic_store(&member->unclaimed, member->end - begin);
        begin = member->end;
    }
    gate_advance(&team->posted);
    take_part(team, 0);
    gate_wait(&team->finished, finished, team->spins);
}

void team_flush_denormals(void)
{
#if defined(__SSE2__)
    enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x40, ROUNDING = 0x6000 };
    _mm_setcsr((_mm_getcsr() & ~(unsigned)ROUNDING) | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
#elif defined(__aarch64__)
    const uint64_t flush_to_zero = 1U << 24, rounding = 3U << 22;
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    control = (control & ~rounding) | flush_to_zero;
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
#endif
}

int team_cpu_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    const long online = sysconf(_SC_NPROCESSORS_ONLN); /* more CPUs than the set has room for */
    return online > 0 ? (int)online : 1;
}

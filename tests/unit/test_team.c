#include "base/team.h"

#include <float.h>
#include <signal.h>
#include <stdatomic.h>

#include "harness.h"

enum { MOST_ITEMS = 1000, MOST_THREADS = 5 };

struct work {
    int threads, first;
    int done[MOST_ITEMS]; /* written by whoever does the item, without a lock: a list must be ordered after
                             the one before */
    atomic_int wrong_workers, busy[MOST_THREADS];
};

static void do_item(void *context, int item, int worker)
{
    struct work *work = context;
    if (worker < 0 || worker >= work->threads || atomic_fetch_add(&work->busy[worker], 1) != 0)
        atomic_fetch_add(&work->wrong_workers, 1);
    work->done[item] += work->first + item;
    atomic_fetch_sub(&work->busy[worker], 1);
}

/* Lists of all sizes, one right after the other: every item of each exactly once. */
static void test_lists(void)
{
    static const int sizes[] = {0, 1, 2, 3, 7, 64, MOST_ITEMS};
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
        struct team *team = team_create(threads, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(team);
        CU_ASSERT_EQUAL(team_threads(team), threads);
        static struct work work;
        work = (struct work){.threads = threads};
        int wanted[MOST_ITEMS] = {0};
        for (int round = 0; round < 700; round++) {
            const int items = sizes[round % (int)(sizeof sizes / sizeof sizes[0])];
            work.first = round;
            team_run(team, do_item, &work, items);
            for (int i = 0; i < items; i++)
                wanted[i] += round + i;
            CU_ASSERT_FATAL(memcmp(work.done, wanted, sizeof wanted) == 0);
        }
        CU_ASSERT_EQUAL(atomic_load(&work.wrong_workers), 0);
        team_destroy(team);
    }
    team_destroy(NULL);
}

struct meeting {
    int threads;
    atomic_int arrived;
    atomic_uint workers;
};

/* Ends only when every member has an item. */
static void meet(void *context, int item, int worker)
{
    (void)item;
    struct meeting *meeting = context;
    atomic_fetch_or(&meeting->workers, 1U << worker);
    atomic_fetch_add(&meeting->arrived, 1);
    while (atomic_load(&meeting->arrived) < meeting->threads)
        ;
}

static void test_everybody_works(void)
{
    for (int threads = 2; threads <= MOST_THREADS; threads++) {
        struct team *team = team_create(threads, NULL);
        for (int round = 0; round < 3; round++) {
            struct meeting meeting = {.threads = threads};
            team_run(team, meet, &meeting, threads);
            CU_ASSERT_EQUAL(atomic_load(&meeting.workers), (1U << threads) - 1);
        }
        team_destroy(team);
    }
}

struct look {
    struct meeting meeting;
    bool flushes[MOST_THREADS], is_blocked[MOST_THREADS];
};

static void look_around(void *context, int item, int worker)
{
    struct look *look = context;
    meet(&look->meeting, item, worker);
    volatile float small = FLT_MIN;
    volatile float denormal = small * 0.5F;
    look->flushes[worker] = denormal == 0;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    look->is_blocked[worker] = sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGUSR1) == 1;
}

static void test_members(void)
{
    struct look look = {.meeting.threads = 3};
    struct team *team = team_create(3, NULL);
    team_run(team, look_around, &look, 3);
    team_destroy(team);
    for (int i = 0; i < 3; i++) {
#if defined(__SSE2__) || defined(__aarch64__)
        CU_ASSERT(look.flushes[i]);
#endif
        CU_ASSERT_EQUAL(look.is_blocked[i], i > 0); /* signals are for the main thread */
    }
}

static void test_cpu_count(void)
{
    CU_ASSERT(team_cpu_count() >= 1);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"lists", test_lists},     {"everybody works", test_everybody_works},
        {"members", test_members}, {"number of CPUs", test_cpu_count},
        CU_TEST_INFO_NULL,
    };
    return run_suite("team", tests);
}

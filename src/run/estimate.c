#include "run/estimate.h"

#include <math.h>

bool run_state_is_end(enum run_state state)
{
    return state == RUN_FINISHED || state == RUN_DIVERGED || state == RUN_PRUNED || state == RUN_STALE;
}

bool run_state_is_startable(enum run_state state)
{
    return state == RUN_PENDING || state == RUN_INTERRUPTED || state == RUN_FAILED;
}

/* What is known of a point, or of all of them. */
struct experience {
    double run_s; /* of its finished runs */
    size_t runs;
    double epoch_s; /* of all epochs */
    double epochs;
};

struct judge {
    const struct run_plan *plan;
    const struct point_work *work;
    struct experience *points;
    double mean_work;                 /* of an epoch */
    double seconds, work_done;        /* of all epochs */
    double epochs_taken, epochs_most; /* of finished runs */
};

static size_t point_of(const struct judge *judge, size_t run)
{
    return (size_t)(judge->plan->runs[run].point - judge->plan->experiment->points);
}

static double epoch_work(const struct judge *judge, size_t point)
{
    const double work = judge->work != NULL ? judge->work[point].epoch_flops : 0;
    return work > 0 ? work : judge->mean_work;
}

static void set_mean_work(struct judge *judge)
{
    double sum = 0;
    size_t count = 0;
    for (size_t p = 0; judge->work != NULL && p < judge->plan->experiment->point_count; p++)
        if (judge->work[p].epoch_flops > 0) {
            sum += judge->work[p].epoch_flops;
            count++;
        }
    judge->mean_work = count > 0 ? sum / (double)count : 1;
}

static void learn(struct judge *judge, size_t run, const struct run_seen *seen)
{
    const struct run_progress *progress = &seen->progress;
    const size_t point = point_of(judge, run);
    struct experience *own = &judge->points[point];
    if (progress->epochs == 0 || !isfinite(progress->seconds))
        return;
    own->epoch_s += progress->seconds;
    own->epochs += progress->epochs;
    judge->seconds += progress->seconds;
    judge->work_done += progress->epochs * epoch_work(judge, point);
    if (seen->state == RUN_FINISHED) {
        own->run_s += progress->seconds;
        own->runs++;
        judge->epochs_taken += progress->epochs;
        judge->epochs_most += progress->most_epochs;
    }
}

static double expected_seconds(const struct judge *judge, size_t run, const struct run_seen *seen)
{
    const size_t point = point_of(judge, run);
    const struct experience *own = &judge->points[point];
    const bool is_whole = judge->plan->runs[run].stop_after == 0;
    if (own->runs > 0 && is_whole)
        return own->run_s / (double)own->runs;
    const double epoch_s = own->epochs > 0 ? own->epoch_s / own->epochs
                                           : judge->seconds / judge->work_done * epoch_work(judge, point);
    const double share = is_whole && judge->epochs_most > 0 ? judge->epochs_taken / judge->epochs_most : 1;
    return epoch_s * seen->progress.most_epochs * share;
}

const struct run_estimates *run_estimates_create(struct arena *arena, const struct run_plan *plan,
                                                 const struct run_seen *seen, const struct point_work *work)
{
    struct run_estimates *estimates = arena_allocate(arena, 1, sizeof *estimates);
    double *left_s = arena_allocate(arena, plan->count, sizeof *left_s);
    struct judge judge = {.plan = plan, .work = work};
    judge.points = arena_allocate(arena, plan->experiment->point_count, sizeof *judge.points);
    if (estimates == NULL || left_s == NULL || judge.points == NULL)
        return NULL;
    set_mean_work(&judge);
    for (size_t run = 0; run < plan->count; run++)
        learn(&judge, run, &seen[run]);
    for (size_t run = 0; run < plan->count; run++) {
        if (run_state_is_end(seen[run].state) || seen[run].state == RUN_WAITING)
            continue;
        const double left = expected_seconds(&judge, run, &seen[run]) - seen[run].progress.seconds;
        left_s[run] = left < 0 ? 0 : left;
        estimates->seconds += left_s[run];
        estimates->left++;
    }
    estimates->left_s = left_s;
    return estimates;
}

double run_estimates_clock(const struct run_estimates *estimates, int at_once)
{
    const size_t count = estimates->left < (size_t)at_once ? estimates->left : (size_t)at_once;
    return count > 0 ? estimates->seconds / (double)count : 0;
}

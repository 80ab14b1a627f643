#include "run/plan_stages.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "run/measure.h"
#include "run/summary.h"
#include "spec/walk.h"
#include "train/stopping.h"

/* What cannot be read must not count as worse than all others. */
static void diagnose_unread(const struct plan_draft *draft, const struct assay_error *error)
{
    const struct place nowhere = {0};
    if (error->status == ASSAY_INVALID)
        diagnose(draft->diagnostics, nowhere, NULL, "%s", error->text);
    else
        diagnose_machine(draft->diagnostics, nowhere, NULL, "%s", error->text);
}

bool plan_run_has_ended(const struct plan_draft *draft, const struct planned_run *run)
{
    enum run_state state;
    struct assay_error error;
    if (!run_state_of(run, &state, &error)) {
        diagnose_unread(draft, &error);
        return false;
    }
    return state == RUN_FINISHED || state == RUN_DIVERGED;
}

/* The rung of halving that the points of one competition are on. */
struct rung {
    const struct experiment_point **alive;
    size_t count;
    int epochs;
};

static bool is_alive(const struct rung *rung, const struct experiment_point *point)
{
    for (size_t i = 0; i < rung->count; i++)
        if (rung->alive[i] == point)
            return true;
    return false;
}

/* Whether a run has got to the rung's end, whatever it does by now. */
static bool has_arrived(const struct plan_draft *draft, const struct planned_run *run, int epochs)
{
    struct planned_run alone = *run;
    struct run_progress progress;
    enum run_state state;
    struct assay_error error;
    alone.stop_after = 0;
    if (!run_look(&alone, &state, &progress, &error)) {
        diagnose_unread(draft, &error);
        return false;
    }
    switch (state) {
    case RUN_FINISHED:
    case RUN_DIVERGED:
        return true;
    case RUN_RUNNING:
    case RUN_INTERRUPTED:
    case RUN_FAILED:
        return progress.epochs >= epochs;
    default:
        return false;
    }
}

/* Lets the runs of the rung go to its end; false when not all of them are there yet. */
static bool climb(const struct plan_draft *draft, const struct rung *rung)
{
    bool arrived = true;
    for (size_t i = 0; i < draft->count; i++) {
        struct planned_run *run = &draft->runs[i];
        if (!is_alive(rung, run->point))
            continue;
        run->stop_after = rung->epochs < run->config.train.max_epochs ? rung->epochs : 0;
        arrived = arrived && has_arrived(draft, run, rung->epochs);
    }
    return arrived;
}

/* The column whose lowest value makes an epoch the result; NULL: the last epoch is. */
static const char *monitor_of(const struct config *config)
{
    const struct stopping_options *stopping = config->train.early_stopping;
    const int watched =
        stopping_takes_best(stopping) ? stopping_watched(stopping, config->data.validation > 0) : -1;
    return watched >= 0 ? metric_names[watched] : NULL;
}

/* An epoch whose loss is not finite has no row, one whose error is too large has. */
static int diverged_in(const struct assay_run_result *result)
{
    const bool has_row = result->stop_reason == stop_reason_names[STOP_DIVERGENCE];
    return has_row ? result->epochs : result->epochs + 1;
}

/* The lower the better; what is not a number is worse than any. */
static double score_run(const struct plan_draft *draft, struct arena *arena, const struct planned_run *run,
                        const struct experiment_measure *measure, int epochs)
{
    struct run_record record;
    struct assay_error error;
    if (!run_record_load(arena, run->directory, &record, &error)) {
        diagnose_unread(draft, &error);
        return INFINITY;
    }
    const struct assay_run_result *result = &record.found.result;
    if (record.summary != NULL && result_diverged(result) && (epochs == 0 || diverged_in(result) <= epochs))
        return INFINITY;
    const double value = epochs > 0
                             ? run_record_measure_after(&record, measure, epochs, monitor_of(&run->config))
                             : run_record_measure(&record, measure);
    return isnan(value) ? INFINITY : value;
}

/* The mean over a point's runs; epochs 0: of finished ones. */
static double score_point(const struct plan_draft *draft, const struct experiment_point *point,
                          const struct experiment_measure *measure, int epochs)
{
    struct arena *arena = arena_create();
    double sum = 0;
    size_t count = 0;
    if (arena == NULL)
        diagnose_memory(draft->diagnostics);
    for (size_t i = 0; arena != NULL && i < draft->count; i++)
        if (draft->runs[i].point == point) {
            sum += score_run(draft, arena, &draft->runs[i], measure, epochs);
            count++;
        }
    arena_destroy(arena);
    return sum / (double)count;
}

struct scored_point {
    const struct experiment_point *point;
    double score;
};

static int by_score(const void *a, const void *b)
{
    const struct scored_point *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

/* Leaves the better 1/eta of the points, at least one, alive. */
static bool halve(struct plan_draft *draft, struct rung *rung)
{
    const struct experiment_halving *halving = draft->experiment->halving;
    struct scored_point *scored = arena_allocate(draft->arena, rung->count, sizeof *scored);
    if (scored == NULL)
        return diagnose_memory(draft->diagnostics);
    for (size_t i = 0; i < rung->count; i++)
        scored[i] = (struct scored_point){rung->alive[i],
                                          score_point(draft, rung->alive[i], &halving->by, rung->epochs)};
    qsort(scored, rung->count, sizeof *scored, by_score);
    const size_t eta = (size_t)halving->eta, kept = (rung->count + eta - 1) / eta;
    for (size_t i = 0; i < draft->count; i++)
        for (size_t p = kept; p < rung->count; p++)
            if (draft->runs[i].point == scored[p].point)
                draft->runs[i].is_pruned = true;
    for (size_t p = 0; p < kept; p++)
        rung->alive[p] = scored[p].point;
    rung->count = kept;
    return true;
}

static int most_epochs(const struct rung *rung)
{
    int most = 0;
    for (size_t i = 0; i < rung->count; i++)
        if (rung->alive[i]->config->train.max_epochs > most)
            most = rung->alive[i]->config->train.max_epochs;
    return most;
}

/* One competition, from its first rung to the one that its runs are on. */
static bool compete(struct plan_draft *draft, struct rung *rung)
{
    const struct experiment_halving *halving = draft->experiment->halving;
    rung->epochs = halving->first;
    for (;;) {
        const int most = most_epochs(rung);
        if (rung->count <= 1 || rung->epochs > most)
            rung->epochs = most;
        if (!climb(draft, rung) || rung->epochs == most)
            return true;
        if (!halve(draft, rung))
            return false;
        rung->epochs = rung->epochs > most / halving->eta ? most : rung->epochs * halving->eta;
    }
}

/* Where the best setting of each listed point goes on to a final run, these compete among themselves; else
 * all points do. */
bool plan_rungs(struct plan_draft *draft)
{
    const struct experiment *experiment = draft->experiment;
    const size_t problems = diagnostics_count(draft->diagnostics);
    struct rung rung = {.alive = arena_allocate(draft->arena, experiment->point_count, sizeof *rung.alive)};
    if (rung.alive == NULL)
        return diagnose_memory(draft->diagnostics);
    for (size_t listed = 0, seen = 0; seen < experiment->point_count; listed++) {
        rung.count = 0;
        for (size_t p = 0; p < experiment->point_count; p++) {
            const struct experiment_point *point = &experiment->points[p];
            if (experiment->final == NULL || point->listed == listed) {
                seen++;
                if (!point->final)
                    rung.alive[rung.count++] = point;
            }
        }
        if (!compete(draft, &rung) || diagnostics_count(draft->diagnostics) > problems)
            return false;
    }
    return true;
}

static int compare_epochs(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The median best epoch of a point's runs, rounded up. */
static int median_best_epoch(const struct plan_draft *draft, const struct experiment_point *point)
{
    int *epochs = arena_allocate(draft->arena, draft->count, sizeof *epochs);
    size_t count = 0;
    if (epochs == NULL)
        diagnose_memory(draft->diagnostics);
    for (size_t i = 0; epochs != NULL && i < draft->count; i++) {
        struct summary_found found;
        struct assay_error error;
        bool is_there = false;
        if (draft->runs[i].point == point &&
            !summary_read(draft->runs[i].directory, &is_there, &found, &error))
            diagnose_unread(draft, &error);
        if (is_there)
            epochs[count++] = found.result.best_epoch;
    }
    if (count == 0)
        return 0;
    qsort(epochs, count, sizeof *epochs, compare_epochs);
    return (epochs[(count - 1) / 2] + epochs[count / 2] + 1) / 2;
}

/* Whether all that can be chosen from is known. */
static bool has_ended_all(const struct plan_draft *draft, size_t listed)
{
    for (size_t i = 0; i < draft->count; i++) {
        const struct planned_run *run = &draft->runs[i];
        if (run->point->listed == listed && !run->point->final && !run->is_pruned &&
            !plan_run_has_ended(draft, run))
            return false;
    }
    return true;
}

static bool is_pruned(const struct plan_draft *draft, const struct experiment_point *point)
{
    for (size_t i = 0; i < draft->count; i++)
        if (draft->runs[i].point == point)
            return draft->runs[i].is_pruned;
    return false;
}

bool plan_choose(struct plan_draft *draft, const struct experiment_point *final,
                 struct experiment_choice *choice, bool *is_decided)
{
    const struct experiment *experiment = draft->experiment;
    double best = INFINITY;
    *choice = (struct experiment_choice){0};
    *is_decided = has_ended_all(draft, final->listed);
    if (!*is_decided)
        return false;
    for (size_t p = 0; p < experiment_first_final(experiment); p++) {
        const struct experiment_point *point = &experiment->points[p];
        if (point->listed != final->listed || is_pruned(draft, point))
            continue;
        const double score = score_point(draft, point, &experiment->final->by, 0);
        if (score < best) {
            best = score;
            choice->chosen = point;
        }
    }
    if (choice->chosen == NULL)
        return false;
    const int epochs = experiment->final->best_epochs ? median_best_epoch(draft, choice->chosen) : 0;
    return experiment_choose(draft->arena, experiment, choice, epochs, draft->diagnostics);
}

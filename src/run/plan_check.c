/* Whether the runs of a plan can be run: their networks fit, their data suffice. */
#include "assay/run.h"
#include "run/plan.h"
#include "run/prepared.h"
#include "train/split.h"

/* Where the values of a run's config are from, as far as that is known. */
static bool locate(struct assay_config *prepared, const struct run_plan *plan, const struct planned_run *run)
{
    const struct experiment_point *point = run->point;
    struct override *overrides =
        arena_allocate(prepared->arena, point->override_count + 1, sizeof *overrides);
    if (overrides == NULL)
        return false;
    for (size_t i = 0; i < point->override_count; i++)
        overrides[i] = point->overrides[i];
    overrides[point->override_count] =
        (struct override){.path = "data.fold", .place = plan->experiment->folds_place};
    prepared->tree = point->base;
    prepared->overrides = overrides;
    prepared->override_count = point->override_count + 1;
    return true;
}

struct assay_config *planned_run_prepare(const struct run_plan *plan, const struct planned_run *run,
                                         int threads, struct diagnostics *diagnostics,
                                         struct assay_error *error)
{
    struct arena *arena = arena_create();
    struct assay_config *prepared = arena != NULL ? arena_allocate(arena, 1, sizeof *prepared) : NULL;
    bool done = false;
    if (prepared != NULL) {
        *prepared = (struct assay_config){.arena = arena, .config = &run->config, .place = plan->place};
        done = locate(prepared, plan, run) ? prepare_config(prepared, threads, diagnostics, error)
                                           : assay_fail_memory(error, "preparing a run");
    } else {
        assay_fail_memory(error, "preparing a run");
    }
    if (!done)
        arena_destroy(arena);
    return done ? prepared : NULL;
}

static double flops_of_epoch(const struct assay_config *prepared)
{
    const struct config *config = prepared->config;
    struct split_counts counts;
    struct assay_problem problem;
    if (!split_count(&config->data, prepared->shape.train_count, &counts, &problem))
        return 0;
    const double tested = counts.validation +
                          (config_evaluates_test(config) ? prepared->shape.test_count : 0) +
                          (config->train.evaluate_train ? counts.train : 0);
    return counts.train * plan_flops(prepared->plan, true) + tested * plan_flops(prepared->plan, false);
}

static bool check_run(const struct run_plan *plan, const struct planned_run *run, struct point_work *work,
                      struct diagnostics *diagnostics, struct assay_error *error)
{
    struct point_work *of_point = &work[run->point - plan->experiment->points];
    struct assay_config *prepared = planned_run_prepare(plan, run, 1, diagnostics, error);
    *of_point = (struct point_work){true, run->fold, prepared != NULL ? flops_of_epoch(prepared) : 0};
    assay_config_destroy(prepared);
    return prepared != NULL;
}

/* A run like those that a final point will have. */
static struct planned_run sample_final(const struct experiment *experiment,
                                       const struct experiment_point *final)
{
    struct experiment_point point = *final;
    point.config = final->sample;
    const uint64_t seed = experiment->final->seeds[0];
    return (struct planned_run){
        .point = final, .seed = seed, .fold = -1, .config = experiment_config(experiment, &point, seed, -1)};
}

const struct point_work *run_plan_check(struct arena *arena, const struct run_plan *plan,
                                        struct diagnostics *diagnostics, struct assay_error *error)
{
    const struct experiment *experiment = plan->experiment;
    struct point_work *work = arena_allocate(arena, experiment->point_count, sizeof *work);
    if (work == NULL) {
        assay_fail_memory(error, "checking the experiment");
        return NULL;
    }
    bool sound = true;
    for (size_t i = 0; i < plan->count; i++) {
        const struct point_work *of_point = &work[plan->runs[i].point - experiment->points];
        if (of_point->is_checked && plan->runs[i].fold <= of_point->fold)
            continue;
        sound = check_run(plan, &plan->runs[i], work, diagnostics, error) && sound;
        if (!sound && diagnostics_count(diagnostics) == 0)
            return NULL; /* something of the machine, and so of every point */
    }
    for (size_t i = 0; i < experiment->point_count && sound; i++) {
        if (work[i].is_checked)
            continue;
        const struct planned_run run = sample_final(experiment, &experiment->points[i]);
        sound = check_run(plan, &run, work, diagnostics, error);
    }
    return sound ? work : NULL;
}

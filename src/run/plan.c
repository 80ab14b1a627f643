#include "run/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "run/identity.h"
#include "run/plan_stages.h"
#include "spec/walk.h"

/* The runs that may belong to other experiments, by their digests and then as they are listed. */
struct shared_runs {
    struct shared_run {
        const struct planned_run *run;
        size_t place;
    } * items;
    size_t count;
};

static int by_digest(const void *a, const void *b)
{
    const struct shared_run *x = a, *y = b;
    const int order = strcmp(x->run->digest, y->run->digest);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static bool collect_shared(const struct plan_draft *draft, const char *out, struct shared_runs *shared)
{
    const struct experiment *experiment = draft->experiment;
    const struct run_plan **plans = arena_allocate(draft->arena, experiment->runs_from_count, sizeof *plans);
    if (plans == NULL)
        return diagnose_memory(draft->diagnostics);
    size_t count = 0;
    for (size_t i = 0; i < experiment->runs_from_count; i++) {
        plans[i] = run_plan_create(draft->arena, experiment->runs_from[i], out, draft->diagnostics);
        if (plans[i] == NULL)
            return false;
        count += plans[i]->count;
    }
    shared->items = arena_allocate(draft->arena, count, sizeof *shared->items);
    if (shared->items == NULL)
        return diagnose_memory(draft->diagnostics);
    for (size_t i = 0; i < experiment->runs_from_count; i++)
        for (size_t r = 0; r < plans[i]->count; r++, shared->count++)
            shared->items[shared->count] = (struct shared_run){&plans[i]->runs[r], shared->count};
    qsort(shared->items, shared->count, sizeof shared->items[0], by_digest);
    return true;
}

/* Where the data are is no part of a config's digest, but other data make another run. */
static bool is_of_same_data(const struct planned_run *a, const struct planned_run *b)
{
    const char *x = a->config.data.dir, *y = b->config.data.dir;
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

/* The run of another experiment that this one is: of several the first that has ended, else the first. */
static const struct planned_run *find_shared(const struct plan_draft *draft, const struct shared_runs *shared,
                                             const struct planned_run *run)
{
    const struct planned_run *first = NULL;
    const struct shared_run key = {run, 0};
    size_t low = 0, high = shared->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (by_digest(&shared->items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i < shared->count && strcmp(shared->items[i].run->digest, run->digest) == 0; i++) {
        const struct planned_run *candidate = shared->items[i].run;
        if (!is_of_same_data(candidate, run))
            continue;
        if (first != NULL && plan_run_has_ended(draft, first))
            break;
        if (first == NULL || plan_run_has_ended(draft, candidate))
            first = candidate;
    }
    return first;
}

/* "<out>/<experiment>/<point>/seed-<n>[/fold-<k>]" */
static const char *name_directory(const struct plan_draft *draft, const struct planned_run *run,
                                  const char *out)
{
    struct text name = {0};
    text_add(&name, "%s/%s/seed-%" PRIu64, draft->experiment->name, run->point->name, run->seed);
    if (run->fold >= 0)
        text_add(&name, "/fold-%d", run->fold);
    char *path = name.failed ? NULL : path_join(out, name.bytes);
    text_finish(&name);
    return arena_adopt_text(draft->arena, path);
}

/* The next run. Its config is the point's own, unless it is a final one's: `config` then. */
static bool add_run(struct plan_draft *draft, struct planned_run run, const struct config *config,
                    const char *out, const struct shared_runs *shared)
{
    struct experiment_point point = *run.point;
    if (config != NULL)
        point.config = config;
    run.config = experiment_config(draft->experiment, &point, run.seed, run.fold);
    run.directory = name_directory(draft, &run, out);
    if (run.directory == NULL || !config_digest(&run.config, run.digest, NULL))
        return diagnose_memory(draft->diagnostics);
    const struct planned_run *same = find_shared(draft, shared, &run);
    if (same != NULL) {
        run.directory = same->directory;
        run.config = same->config;
    }
    draft->runs[draft->count++] = run;
    return true;
}

static bool add_runs(struct plan_draft *draft, const char *out, const struct shared_runs *shared)
{
    const struct experiment *experiment = draft->experiment;
    const size_t points = experiment_first_final(experiment);
    size_t index = 0;
    for (size_t s = 0; s < experiment->seed_count; s++)
        for (size_t p = 0; p < points; p++)
            for (int fold = experiment->folds > 0 ? 0 : -1; fold < experiment->folds; fold++) {
                const struct planned_run run = {.index = index++,
                                                .point = &experiment->points[p],
                                                .settings = experiment->points[p].settings,
                                                .setting_count = experiment->points[p].setting_count,
                                                .seed = experiment->seeds[s],
                                                .fold = fold};
                if (!add_run(draft, run, NULL, out, shared))
                    return false;
            }
    return true;
}

static bool add_final_runs(struct plan_draft *draft, const char *out, const struct shared_runs *shared,
                           struct run_plan *plan)
{
    const struct experiment *experiment = draft->experiment;
    const size_t first = draft->count;
    const size_t points = experiment_first_final(experiment), finals = experiment->point_count - points;
    struct experiment_choice *choices = arena_allocate(draft->arena, finals, sizeof *choices);
    bool *is_never = arena_allocate(draft->arena, experiment->point_count, sizeof *is_never);
    if (choices == NULL || is_never == NULL)
        return diagnose_memory(draft->diagnostics);
    const size_t problems = diagnostics_count(draft->diagnostics);
    for (size_t f = 0; f < finals; f++) {
        bool is_decided;
        if (plan_choose(draft, &experiment->points[points + f], &choices[f], &is_decided))
            continue;
        plan->later += experiment->final->seed_count;
        plan->never += is_decided ? experiment->final->seed_count : 0;
        is_never[points + f] = is_decided;
    }
    plan->is_never = is_never;
    if (diagnostics_count(draft->diagnostics) > problems)
        return false;
    for (size_t s = 0; s < experiment->final->seed_count; s++)
        for (size_t f = 0; f < finals; f++) {
            const struct planned_run run = {.index = first + s * finals + f,
                                            .point = &experiment->points[points + f],
                                            .chosen = choices[f].chosen,
                                            .settings = choices[f].settings,
                                            .setting_count = choices[f].setting_count,
                                            .seed = experiment->final->seeds[s],
                                            .fold = -1};
            if (choices[f].config != NULL && !add_run(draft, run, choices[f].config, out, shared))
                return false;
        }
    return true;
}

const struct run_plan *run_plan_create(struct arena *arena, const struct experiment *experiment,
                                       const char *out, struct diagnostics *diagnostics)
{
    struct plan_draft draft = {.arena = arena, .experiment = experiment, .diagnostics = diagnostics};
    const size_t problems = diagnostics_count(diagnostics);
    struct shared_runs shared = {0};
    struct run_plan *plan = arena_allocate(arena, 1, sizeof *plan);
    struct source *source = arena_allocate(arena, 1, sizeof *source);
    const char *directory = arena_copy_text(arena, out, strlen(out));
    draft.runs = arena_allocate(arena, experiment_run_count(experiment), sizeof *draft.runs);
    if (plan == NULL || source == NULL || directory == NULL || draft.runs == NULL) {
        diagnose_memory(diagnostics);
        return NULL;
    }
    if (!collect_shared(&draft, directory, &shared) || !add_runs(&draft, directory, &shared) ||
        (experiment->halving != NULL && !plan_rungs(&draft)) ||
        (experiment->final != NULL && !add_final_runs(&draft, directory, &shared, plan)) ||
        diagnostics_count(diagnostics) > problems)
        return NULL;
    *source = (struct source){.name = experiment->path};
    plan->experiment = experiment;
    plan->place.source = source;
    plan->out = directory;
    plan->runs = draft.runs;
    plan->count = draft.count;
    return plan;
}

size_t run_plan_size(const struct run_plan *plan)
{
    return plan->count + plan->later;
}

const struct planned_run *run_plan_find(const struct run_plan *plan, size_t index)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->runs[i].index == index)
            return &plan->runs[i];
    return NULL;
}

/* How far a run is, from its directory alone. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "io/csv.h"
#include "run/directory.h"
#include "run/failure.h"
#include "run/files.h"
#include "run/plan.h"
#include "run/provenance.h"
#include "run/summary.h"

const char *const run_state_names[RUN_STATES] = {
    [RUN_PENDING] = "pending",   [RUN_RUNNING] = "running",   [RUN_INTERRUPTED] = "interrupted",
    [RUN_FAILED] = "failed",     [RUN_WAITING] = "waiting",   [RUN_PRUNED] = "pruned",
    [RUN_DIVERGED] = "diverged", [RUN_FINISHED] = "finished", [RUN_STALE] = "stale",
};

static double cell(const struct csv *csv, size_t row, const char *column)
{
    const size_t index = csv_column(csv, column);
    double value;
    return index != SIZE_MAX && number_parse_double(csv->cells[row][index], &value) ? value : NAN;
}

static void read_errors(const struct csv *curves, struct run_progress *progress)
{
    for (size_t row = 0; row < curves->rows; row++) {
        const double validation = cell(curves, row, "val_error_pct");
        progress->error_pct = isnan(validation) ? cell(curves, row, "train_error_pct") : validation;
        progress->best_error_pct = fmin(progress->best_error_pct, progress->error_pct);
    }
    progress->epochs = (int)curves->rows;
}

static void read_seconds(const struct csv *timing, struct run_progress *progress)
{
    for (size_t row = 0; row < timing->rows; row++)
        progress->seconds += cell(timing, row, "train_s") + cell(timing, row, "eval_s");
}

static bool read_progress(const struct planned_run *run, struct run_progress *progress,
                          struct assay_error *error)
{
    struct arena *arena = arena_create();
    const struct csv *curves, *timing;
    bool done = arena != NULL || assay_fail_memory(error, "looking at a run");
    done = done && csv_find(arena, run->directory, CURVES_FILE, &curves, error) &&
           csv_find(arena, run->directory, TIMING_FILE, &timing, error);
    if (done && curves != NULL)
        read_errors(curves, progress);
    if (done && timing != NULL)
        read_seconds(timing, progress);
    arena_destroy(arena);
    return done;
}

static void take_result(const struct assay_run_result *result, struct run_progress *progress)
{
    progress->epochs = result->epochs;
    progress->error_pct = isnan(result->val_error_pct) ? result->train_error_pct : result->val_error_pct;
    progress->best_error_pct = progress->error_pct;
    progress->seconds = result->train_s + result->eval_s;
}

static struct run_progress no_progress(const struct planned_run *run)
{
    const int most = run->config.train.max_epochs;
    return (struct run_progress){.most_epochs =
                                     run->stop_after > 0 && run->stop_after < most ? run->stop_after : most,
                                 .error_pct = NAN,
                                 .best_error_pct = NAN};
}

/* Of a run with provenance.json and without summary.json that nobody is at. */
static bool find_state_of_begun(const struct planned_run *run, bool has_failed, enum run_state *state,
                                struct assay_error *error)
{
    struct provenance_found there;
    if (!provenance_read(run->directory, &there, error))
        return false;
    *state = has_failed ? RUN_FAILED : RUN_INTERRUPTED;
    if (there.config[0] != '\0' && strcmp(there.config, run->digest) != 0) {
        *state = RUN_STALE;
    } else if (run->stop_after > 0) {
        struct run_progress progress = no_progress(run);
        if (!read_progress(run, &progress, error))
            return false;
        /* Without an outcome its session was killed or failed: it is begun once more, for all to be whole. */
        if (progress.epochs >= run->stop_after && there.has_ended)
            *state = run->is_pruned ? RUN_PRUNED : RUN_WAITING;
    }
    return true;
}

/* Whether there are results, and whether they are this run's; `found` is filled with them. */
static bool find_results(const struct planned_run *run, struct summary_found *found, bool *are_there,
                         bool *are_ours, struct assay_error *error)
{
    *are_ours = false;
    if (!summary_read(run->directory, are_there, found, error))
        return false;
    *are_ours = *are_there && strcmp(found->config, run->digest) == 0;
    return true;
}

/* `found` is filled where the run is finished. What a run changes when it begins is looked at before its
 * lock, and what it leaves at its end after that, so that whoever comes or goes in between does not make it
 * seem interrupted; nor does who begins it again, for its results were looked for at first, too. */
static bool find_state(const struct planned_run *run, enum run_state *state, struct summary_found *found,
                       struct assay_error *error)
{
    bool is_finished, is_ours, is_held = false, is_begun = false, has_failed = false;
    if (!find_results(run, found, &is_finished, &is_ours, error) ||
        (!is_ours && (!run_directory_has(run->directory, PROVENANCE_FILE, &is_begun, error) ||
                      !run_directory_has(run->directory, FAILURE_FILE, &has_failed, error) ||
                      !run_directory_look(run->directory, &is_held, error) ||
                      !find_results(run, found, &is_finished, &is_ours, error))))
        return false;
    if (is_ours)
        *state = result_diverged(&found->result) ? RUN_DIVERGED : RUN_FINISHED;
    else if (is_held)
        *state = RUN_RUNNING;
    else if (is_finished)
        *state = RUN_STALE;
    else if (is_begun)
        return find_state_of_begun(run, has_failed, state, error);
    else
        *state = has_failed ? RUN_FAILED : RUN_PENDING;
    return true;
}

bool run_state_of(const struct planned_run *run, enum run_state *state, struct assay_error *error)
{
    struct summary_found found;
    return find_state(run, state, &found, error);
}

bool run_look(const struct planned_run *run, enum run_state *state, struct run_progress *progress,
              struct assay_error *error)
{
    struct summary_found found;
    *progress = no_progress(run);
    if (!find_state(run, state, &found, error))
        return false;
    if (*state == RUN_FINISHED || *state == RUN_DIVERGED)
        take_result(&found.result, progress);
    else if (*state != RUN_PENDING && *state != RUN_STALE && !read_progress(run, progress, error))
        return false;
    /* Who has it knows of a plan in which it goes further. */
    if (*state == RUN_RUNNING && run->stop_after > 0 && progress->epochs > run->stop_after)
        *state = RUN_WAITING;
    return true;
}

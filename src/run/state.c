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

/* What is in its directory. */
struct look {
    struct provenance_found provenance;
    struct summary_found summary;
    bool is_begun, has_summary, has_failed, is_held;
};

static bool has_results(const struct planned_run *run, const struct look *look)
{
    return look->has_summary && strcmp(look->summary.config, run->digest) == 0;
}

static bool is_of_another_config(const struct planned_run *run, const struct look *look)
{
    const char *config = look->provenance.config;
    return config[0] != '\0' && strcmp(config, run->digest) != 0;
}

/* What a run changes when it begins is looked at before its lock, and what it leaves at its end after that,
 * so that whoever comes or goes in between does not make it seem interrupted; nor does who begins it again,
 * for its results were looked for at first, too. Its outcome is both: find_state_of_begun. */
static bool look_at(const struct planned_run *run, struct look *look, struct assay_error *error)
{
    *look = (struct look){0};
    if (!summary_read(run->directory, &look->has_summary, &look->summary, error))
        return false;
    return has_results(run, look) ||
           (run_directory_has(run->directory, PROVENANCE_FILE, &look->is_begun, error) &&
            provenance_read(run->directory, &look->provenance, error) &&
            run_directory_has(run->directory, FAILURE_FILE, &look->has_failed, error) &&
            run_directory_look(run->directory, &look->is_held, error) &&
            summary_read(run->directory, &look->has_summary, &look->summary, error));
}

/* Of a run with provenance.json and without summary.json that nobody is at. */
static bool find_state_of_begun(const struct planned_run *run, const struct look *look, enum run_state *state,
                                struct assay_error *error)
{
    struct provenance_found now = look->provenance;
    struct run_progress progress = no_progress(run);
    *state = is_of_another_config(run, look) ? RUN_STALE : look->has_failed ? RUN_FAILED : RUN_INTERRUPTED;
    if (*state == RUN_STALE || run->stop_after == 0)
        return true;
    if (!read_progress(run, &progress, error))
        return false;
    if (progress.epochs < run->stop_after)
        return true;
    /* Without an outcome its session ended just now, or was killed or has failed: then it is begun once more,
     * for all to be whole. */
    if (!now.has_ended && !provenance_read(run->directory, &now, error))
        return false;
    if (now.has_ended)
        *state = run->is_pruned ? RUN_PRUNED : RUN_WAITING;
    return true;
}

static bool find_state(const struct planned_run *run, const struct look *look, enum run_state *state,
                       struct assay_error *error)
{
    if (has_results(run, look))
        *state = result_diverged(&look->summary.result) ? RUN_DIVERGED : RUN_FINISHED;
    else if (look->is_held)
        *state = RUN_RUNNING;
    else if (look->has_summary)
        *state = RUN_STALE;
    else if (look->is_begun)
        return find_state_of_begun(run, look, state, error);
    else
        *state = look->has_failed ? RUN_FAILED : RUN_PENDING;
    return true;
}

bool run_state_of(const struct planned_run *run, enum run_state *state, struct assay_error *error)
{
    struct look look;
    return look_at(run, &look, error) && find_state(run, &look, state, error);
}

bool run_look(const struct planned_run *run, enum run_state *state, struct run_progress *progress,
              struct assay_error *error)
{
    struct look look;
    *progress = no_progress(run);
    if (!look_at(run, &look, error) || !find_state(run, &look, state, error))
        return false;
    if (has_results(run, &look))
        take_result(&look.summary.result, progress);
    else if (*state != RUN_PENDING && *state != RUN_STALE && !is_of_another_config(run, &look) &&
             !read_progress(run, progress, error))
        return false;
    if (progress->epochs > progress->most_epochs) /* than this plan wants */
        progress->most_epochs = run->config.train.max_epochs;
    return true;
}

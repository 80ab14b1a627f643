#include "cli/runs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/terminal.h"
#include "run/directory.h"
#include "run/failure.h"
#include "run/ownership.h"
#include "run/summary.h"

void add_run_name(struct text *text, const struct planned_run *run)
{
    text_add_escaped(text, run->point->label, strlen(run->point->label));
    text_add(text, ", seed %" PRIu64, run->seed);
    if (run->fold >= 0)
        text_add(text, ", fold %d", run->fold);
}

const char *short_directory(const struct run_plan *plan, const struct planned_run *run)
{
    const char *rest = run->directory;
    if (strcmp(plan->out, ".") != 0) {
        const size_t length = strlen(plan->out);
        if (strncmp(rest, plan->out, length) != 0)
            return run->directory;
        rest += length;
        rest += *rest == '/';
    }
    const size_t name = strlen(plan->experiment->name);
    return strncmp(rest, plan->experiment->name, name) == 0 && rest[name] == '/' ? rest + name + 1
                                                                                 : run->directory;
}

/* The order in which people ask for them. */
static const enum run_state shown[] = {RUN_FINISHED, RUN_DIVERGED,    RUN_PRUNED,  RUN_RUNNING, RUN_FAILED,
                                       RUN_STALE,    RUN_INTERRUPTED, RUN_WAITING, RUN_PENDING};

void add_counts(struct text *text, const struct run_counts *counts)
{
    bool any = false;
    for (size_t i = 0; i < RUN_STATES; i++)
        if (counts->of[shown[i]] > 0) {
            text_add(text, "%s%zu %s", any ? ", " : "", counts->of[shown[i]], run_state_names[shown[i]]);
            any = true;
        }
}

void open_json_plan(struct json_writer *json, const struct run_plan *plan, const struct run_counts *counts)
{
    json_open(json, NULL, '{');
    json_string(json, "experiment", plan->experiment->name);
    json_integer(json, "run_count", (long long)run_plan_size(plan));
    json_integer(json, "later", (long long)plan->later);
    json_integer(json, "never", (long long)plan->never);
    json_open(json, "totals", '{');
    for (size_t i = 0; i < RUN_STATES; i++)
        json_integer(json, run_state_names[shown[i]], (long long)counts->of[shown[i]]);
    json_close(json);
}

struct run_counts count_view(const struct sweep_view *view)
{
    struct run_counts counts = {0};
    for (size_t i = 0; i < view->plan->count; i++)
        counts.of[view->items[i].is_ours ? RUN_RUNNING : view->seen[i].state]++;
    return counts;
}

size_t count_done(const struct run_counts *counts)
{
    return counts->of[RUN_FINISHED] + counts->of[RUN_DIVERGED] + counts->of[RUN_PRUNED];
}

void add_run_count(struct text *text, size_t count)
{
    text_add(text, "%zu run%s", count, count == 1 ? "" : "s");
}

void add_plan_counts(struct text *text, const struct run_plan *plan, const struct run_counts *counts)
{
    text_add(text, "%s: ", plan->experiment->name);
    add_run_count(text, run_plan_size(plan));
    text_add(text, ": ");
    add_counts(text, counts);
    if (plan->later > plan->never)
        text_add(text, ", %zu final ones later", plan->later - plan->never);
    if (plan->never > 0)
        text_add(text, ", %zu final ones never, for no setting ended with a %s", plan->never,
                 plan->experiment->final->by.metric);
}

static void add_error(struct text *text, const char *name, double error_pct)
{
    if (!isnan(error_pct))
        text_add(text, "%s %.2f %%, ", name, error_pct);
}

void add_outcome(struct text *text, const struct planned_run *run)
{
    struct summary_found found;
    bool is_there;
    if (!summary_read(run->directory, &is_there, &found, NULL) || !is_there)
        return;
    const struct assay_run_result *result = &found.result;
    if (result_diverged(result)) {
        text_add_escaped(text, result->divergence, strlen(result->divergence));
        text_add(text, ", ");
    }
    add_error(text, "test error", result->test_error_pct);
    add_error(text, "held out", result->held_out_error_pct);
    add_error(text, "validation", result->val_error_pct);
    if (result->result_epoch > 0)
        text_add(text, "after epoch %d of %d, ", result->result_epoch, result->epochs);
    add_duration(text, result->train_s + result->eval_s);
}

const struct run_seen *look_at_runs(struct arena *arena, const struct run_plan *plan,
                                    struct run_counts *counts, struct assay_error *error)
{
    struct run_seen *seen = arena_allocate(arena, plan->count, sizeof *seen);
    *counts = (struct run_counts){0};
    if (seen == NULL)
        assay_fail_memory(error, "looking at the runs");
    for (size_t i = 0; seen != NULL && i < plan->count; i++) {
        if (!run_look(&plan->runs[i], &seen[i].state, &seen[i].progress, error))
            return NULL;
        counts->of[seen[i].state]++;
    }
    return seen;
}

void add_stale(struct text *text, const struct planned_run *run)
{
    struct text difference = {0};
    ownership_add_difference(&difference, run->directory, &run->config);
    text_add(text, "another config was run there");
    if (difference.length > 0)
        text_add(text, " (%s)", difference.bytes);
    text->failed |= difference.failed;
    text_finish(&difference);
}

void add_run_note(struct text *text, const struct planned_run *run, const struct run_seen *seen)
{
    const struct run_progress *progress = &seen->progress;
    char owner[RUN_OWNER_SIZE], line[FAILURE_SHORT_SIZE];
    struct run_failure failure;
    switch (seen->state) {
    case RUN_RUNNING:
        run_directory_owner(run->directory, owner);
        text_add(text, "epoch %d of %d done", progress->epochs, progress->most_epochs);
        if (!isnan(progress->error_pct))
            text_add(text, ", error %.2f %%", progress->error_pct);
        text_add(text, ", on ");
        text_add_escaped(text, owner, strlen(owner));
        break;
    case RUN_INTERRUPTED:
    case RUN_WAITING:
    case RUN_PRUNED:
        text_add(text, "after epoch %d of %d", progress->epochs, run->config.train.max_epochs);
        break;
    case RUN_FAILED:
        if (failure_read(run->directory, &failure)) {
            failure_shorten(&failure, line);
            text_add_escaped(text, line, strlen(line));
        }
        break;
    case RUN_STALE:
        add_stale(text, run);
        break;
    case RUN_DIVERGED:
        add_outcome(text, run);
        break;
    default:
        break;
    }
}

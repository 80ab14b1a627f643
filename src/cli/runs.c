#include "cli/runs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/terminal.h"
#include "run/failure.h"
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
        counts.of[view->items[i].is_ours ? RUN_RUNNING : view->items[i].seen.state]++;
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

static void add_json_failure(struct json_writer *json, const struct planned_run *run, enum run_state state)
{
    struct run_failure failure;
    if (state != RUN_FAILED || !failure_read(run->directory, &failure)) {
        json_null(json, "failure");
        return;
    }
    json_open(json, "failure", '{');
    if (failure.signal != 0)
        json_integer(json, "signal", failure.signal);
    else
        json_integer(json, "exit_code", failure.exit_code);
    json_string(json, "ended", failure.ended);
    json_string(json, "text", failure.text);
    json_close(json);
}

static void add_json_run(struct json_writer *json, const struct planned_run *run, const struct run_seen *seen,
                         double left_s)
{
    json_open(json, NULL, '{');
    json_integer(json, "index", (long long)run->index);
    json_string(json, "state", run_state_names[seen->state]);
    json_string(json, "label", run->point->label);
    json_string(json, "point", run->point->name);
    json_integer(json, "seed", (long long)run->seed);
    if (run->fold >= 0)
        json_integer(json, "fold", run->fold);
    else
        json_null(json, "fold");
    json_string(json, "directory", run->directory);
    json_string(json, "config", run->digest);
    json_open(json, "settings", '{');
    for (size_t i = 0; i < run->point->setting_count; i++)
        json_string(json, run->point->settings[i].path, run->point->settings[i].value);
    json_close(json);
    json_integer(json, "epochs", seen->progress.epochs);
    json_integer(json, "most_epochs", seen->progress.most_epochs);
    json_number(json, "error_pct", seen->progress.error_pct);
    json_number(json, "best_error_pct", seen->progress.best_error_pct);
    json_number(json, "seconds", seen->progress.seconds);
    json_number(json, "seconds_left", left_s);
    add_json_failure(json, run, seen->state);
    json_close(json);
}

void add_json_runs(struct json_writer *json, const char *key, const struct run_plan *plan,
                   const struct run_seen *seen, const struct run_estimates *estimates)
{
    json_open(json, key, '[');
    for (size_t i = 0; i < plan->count; i++)
        add_json_run(json, &plan->runs[i], &seen[i], estimates->left_s[i]);
    json_close(json);
}

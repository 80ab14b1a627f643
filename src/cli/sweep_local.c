/* assay sweep --launcher local: processes on this machine. */
#include <math.h>
#include <string.h>

#include "cli/board.h"
#include "cli/launcher.h"
#include "cli/run_rows.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "run/stop.h"

/* --dry-run */

static void add_run_line(struct text *text, const struct run_plan *plan, const struct planned_run *run,
                         enum run_state state, int width)
{
    text_add(text, "%6zu  %-11s  %-*s", run->index, run_state_names[state],
             run->setting_count > 0 ? width : 0, short_directory(plan, run));
    for (size_t i = 0; i < run->setting_count; i++)
        text_add(text, "  %s=%s", run->settings[i].path, run->settings[i].value);
    text_add_char(text, '\n');
}

static void add_dry_text(struct text *text, const struct sweep_request *request, const struct run_seen *seen,
                         const struct run_counts *counts, const struct run_estimates *estimates)
{
    const struct run_plan *plan = request->plan;
    const int slots = sweep_at_once(request);
    const double left_s = run_estimates_clock(estimates, slots);
    size_t width = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (strlen(short_directory(plan, &plan->runs[i])) > width)
            width = strlen(short_directory(plan, &plan->runs[i]));
    add_plan_counts(text, plan, counts);
    text_add_char(text, '\n');
    for (size_t i = 0; i < plan->count; i++)
        add_run_line(text, plan, &plan->runs[i], seen[i].state, (int)width);
    if (plan->later > plan->never)
        text_add(text,
                 "and %zu final ones, of the best setting of each point, once the others are finished\n",
                 plan->later - plan->never);
    if (estimates->left == 0)
        return;
    text_add(text, "%zu to run, %d at once: ", estimates->left, slots);
    if (isfinite(left_s)) {
        text_add(text, "about ");
        add_duration(text, left_s);
        text_add(text, ", as the finished runs and their work say\n");
    } else {
        text_add(text, "how long that takes is not known before the first is finished\n");
    }
}

static void add_dry_json(struct text *text, const struct sweep_request *request, const struct run_seen *seen,
                         const struct run_counts *counts, const struct run_estimates *estimates)
{
    const struct run_plan *plan = request->plan;
    struct json_writer json = {.text = text};
    open_json_plan(&json, plan, counts);
    json_integer(&json, "to_run", (long long)estimates->left);
    json_integer(&json, "at_once", sweep_at_once(request));
    json_number(&json, "seconds_left", run_estimates_clock(estimates, sweep_at_once(request)));
    add_json_runs(&json, "runs", &(struct run_rows){plan, seen, NULL, estimates});
    json_close(&json);
    text_add_char(text, '\n');
}

/* The runs as they were seen, with none there where it is to be replaced; NULL without memory. */
static const struct run_seen *seen_before(struct arena *arena, const struct sweep_request *request,
                                          const struct run_seen *seen)
{
    struct run_seen *before = arena_copy(arena, seen, request->plan->count * sizeof *seen);
    for (size_t i = 0; before != NULL && request->again && i < request->plan->count; i++)
        if (before[i].state == RUN_STALE)
            before[i] = (struct run_seen){RUN_PENDING,
                                          {.most_epochs = request->plan->runs[i].config.train.max_epochs,
                                           .error_pct = NAN,
                                           .best_error_pct = NAN}};
    return before;
}

static enum assay_status dry_run(struct invocation *invocation, struct planned_experiment *planned,
                                 const struct sweep_request *request, struct assay_error *error)
{
    struct run_counts counts;
    const struct run_seen *seen = look_at_runs(planned->arena, request->plan, &counts, error);
    const struct run_seen *before = seen != NULL ? seen_before(planned->arena, request, seen) : NULL;
    const struct run_estimates *estimates =
        before != NULL ? run_estimates_create(planned->arena, request->plan, before, request->work) : NULL;
    if (seen != NULL && estimates == NULL)
        assay_fail_memory(error, "looking at the runs");
    if (estimates == NULL)
        return error->status;
    if (invocation->format == SWEEP_JSON)
        add_dry_json(&invocation->out, request, seen, &counts, estimates);
    else
        add_dry_text(&invocation->out, request, seen, &counts, estimates);
    return ASSAY_DONE;
}

/* The end */

static void add_failed(struct text *text, const struct sweep_view *view, size_t run)
{
    const struct planned_run *failed = &view->plan->runs[run];
    const struct sweep_item *item = &view->items[run];
    text_add(text, "  %zu  %s  ", failed->index, failed->directory);
    add_run_name(text, failed);
    text_add(text, ": ");
    if (item->seen->state == RUN_STALE && item->why[0] == '\0')
        add_stale(text, failed);
    else if (item->seen->state == RUN_DIVERGED)
        add_outcome(text, failed);
    else
        text_add_escaped(text, item->why, strlen(item->why));
    text_add_char(text, '\n');
}

static void add_end(struct text *text, const struct sweep_view *view, const char *command_line)
{
    const struct run_counts counts = count_view(view);
    bool any = false, is_left = false;
    add_plan_counts(text, view->plan, &counts);
    text_add_char(text, '\n');
    for (size_t i = 0; i < view->plan->count; i++)
        if (sweep_view_has_failed(view, i)) {
            text_add(text, "%s", any ? "" : "failed:\n");
            add_failed(text, view, i);
            any = true;
            is_left |= view->seen[i].state == RUN_STALE && view->items[i].why[0] == '\0';
        }
    if (is_left)
        text_add(text, "--again replaces what another config left; or rename the experiment\n");
    if (counts.of[RUN_FAILED] > 0)
        text_add(text, "the same command tries the failed ones again: %s\n", command_line);
}

static void add_json_end(struct text *text, const struct sweep_view *view)
{
    const struct run_counts counts = count_view(view);
    struct json_writer json = {.text = text};
    open_json_plan(&json, view->plan, &counts);
    json_open(&json, "failed", '[');
    for (size_t i = 0; i < view->plan->count; i++)
        if (sweep_view_has_failed(view, i)) {
            json_open(&json, NULL, '{');
            json_integer(&json, "index", (long long)view->plan->runs[i].index);
            json_string(&json, "state", run_state_names[view->seen[i].state]);
            json_string(&json, "directory", view->plan->runs[i].directory);
            json_string(&json, "why", view->items[i].why);
            json_close(&json);
        }
    json_close(&json);
    json_close(&json);
    text_add_char(text, '\n');
}

static void say_stopped(const struct sweep_view *view, enum assay_status status, struct assay_error *error)
{
    const struct run_counts counts = count_view(view);
    const struct stop_way *way = stop_way_of(status);
    if (error->text[0] == '\0')
        assay_fail(error, status, "%s with %zu of %zu runs done; the same command goes on",
                   way != NULL ? way->said : "stopped", count_done(&counts), run_plan_size(view->plan));
}

static enum assay_status launch(struct invocation *invocation, struct planned_experiment *planned,
                                const struct sweep_request *request, struct assay_error *error)
{
    struct board board;
    signals_catch_patiently();
    board_start(&board, invocation->quiet);
    const struct sweep_observer observer = {.cookie = &board,
                                            .stop = signals_status,
                                            .insists = signals_insist,
                                            .begun = board_begun,
                                            .ended = board_ended,
                                            .warn = board_warn,
                                            .show = board_show};
    struct sweep_view view = {0};
    const enum assay_status status =
        sweep_run(planned->arena, request, &observer, &view, planned->diagnostics, error);
    board_end(&board);
    planned_experiment_fail(planned, invocation, error);
    if (view.plan == NULL)
        return status;
    if (status == ASSAY_DONE || status == ASSAY_INCOMPLETE) {
        if (invocation->format == SWEEP_JSON)
            add_json_end(&invocation->out, &view);
        else if (!invocation->quiet || status != ASSAY_DONE)
            add_end(&invocation->out, &view, invocation->command_line);
    } else if (signals_status(NULL) == status) {
        say_stopped(&view, status, error);
    }
    return status;
}

const struct launcher launcher_local = {
    .name = "local", .refused = {"sbatch", NULL}, .dry_run = dry_run, .launch = launch};

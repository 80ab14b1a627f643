/* assay sweep: all runs of an experiment. */
#include <math.h>
#include <string.h>

#include "base/team.h"
#include "cli/arguments.h"
#include "cli/board.h"
#include "cli/config.h"
#include "cli/experiment.h"
#include "cli/runs.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "run/sweep.h"

static const struct option options[] = {
    {"jobs", "N", "runs at once, one for each CPU unless given", 'j'},
    {"launcher", "NAME", "who runs them: local (unless given), processes on this machine"},
    {"dry-run", NULL, "only shows the runs: their numbers, states, what differs, and the expected time"},
    {"fail-fast", NULL, "the first failure ends all; else the others are finished first"},
    OPTION_OUT,
    {"threads", "N", "threads of each run; the CPUs shared out among the runs unless given"},
    {0},
};
enum { TEXT, JSON };
static const char *const formats[] = {"text", "json", NULL};

static const struct launcher *const launchers[] = {&launcher_local};
enum { LAUNCHERS = sizeof launchers / sizeof launchers[0] };

static const struct launcher *find_launcher(const struct invocation *invocation, struct assay_error *error)
{
    const char *name = option_value(invocation, "launcher"), *names[LAUNCHERS];
    for (size_t i = 0; i < LAUNCHERS; i++) {
        if (name == NULL || strcmp(launchers[i]->name, name) == 0)
            return launchers[i];
        names[i] = launchers[i]->name;
    }
    fail_unknown(error, "there is no launcher", name, names, LAUNCHERS);
    return NULL;
}

static int slots_of(const struct sweep_request *request)
{
    if (request->plan->experiment->exclusive)
        return 1;
    return request->jobs > 0 ? request->jobs : team_cpu_count();
}

/* --dry-run */

static void add_run_line(struct text *text, const struct run_plan *plan, const struct planned_run *run,
                         enum run_state state, int width)
{
    text_add(text, "%6zu  %-11s  %-*s", run->index, run_state_names[state],
             run->point->setting_count > 0 ? width : 0, short_directory(plan, run));
    for (size_t i = 0; i < run->point->setting_count; i++)
        text_add(text, "  %s=%s", run->point->settings[i].path, run->point->settings[i].value);
    text_add_char(text, '\n');
}

static void add_dry_text(struct text *text, const struct sweep_request *request, const struct run_seen *seen,
                         const struct run_counts *counts, const struct run_estimates *estimates)
{
    const struct run_plan *plan = request->plan;
    const int slots = slots_of(request);
    const double left_s = run_estimates_clock(estimates, slots);
    size_t width = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (strlen(short_directory(plan, &plan->runs[i])) > width)
            width = strlen(short_directory(plan, &plan->runs[i]));
    text_add(text, "%s: ", plan->experiment->name);
    add_run_count(text, plan->count + plan->later);
    text_add(text, ": ");
    add_counts(text, counts);
    text_add_char(text, '\n');
    for (size_t i = 0; i < plan->count; i++)
        add_run_line(text, plan, &plan->runs[i], seen[i].state, (int)width);
    if (plan->later > 0)
        text_add(text,
                 "and %zu final ones, of the best setting of each point, once the others are finished\n",
                 plan->later);
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
    json_open(&json, NULL, '{');
    json_string(&json, "experiment", plan->experiment->name);
    json_integer(&json, "run_count", (long long)(plan->count + plan->later));
    json_integer(&json, "later", (long long)plan->later);
    json_integer(&json, "to_run", (long long)estimates->left);
    json_integer(&json, "at_once", slots_of(request));
    json_number(&json, "seconds_left", run_estimates_clock(estimates, slots_of(request)));
    add_json_counts(&json, "totals", counts);
    add_json_runs(&json, "runs", plan, seen, estimates);
    json_close(&json);
    text_add_char(text, '\n');
}

static enum assay_status dry_run(struct invocation *invocation, struct arena *arena,
                                 const struct sweep_request *request, struct assay_error *error)
{
    struct run_counts counts;
    const struct run_seen *seen = look_at_runs(arena, request->plan, &counts, error);
    const struct run_estimates *estimates =
        seen != NULL ? run_estimates_create(arena, request->plan, seen, request->work) : NULL;
    if (seen != NULL && estimates == NULL)
        assay_fail_memory(error, "looking at the runs");
    if (estimates == NULL)
        return error->status;
    if (invocation->format == JSON)
        add_dry_json(&invocation->out, request, seen, &counts, estimates);
    else
        add_dry_text(&invocation->out, request, seen, &counts, estimates);
    return ASSAY_DONE;
}

/* The end */

static struct run_counts count_view(const struct sweep_view *view)
{
    struct run_counts counts = {0};
    for (size_t i = 0; i < view->plan->count; i++)
        counts.of[view->items[i].seen.state]++;
    return counts;
}

static bool has_failed(const struct sweep_view *view, size_t run)
{
    return view->items[run].is_given_up ||
           run_state_is_failure(view->plan->experiment, view->items[run].seen.state);
}

static void add_failed(struct text *text, const struct sweep_view *view, size_t run)
{
    const struct planned_run *failed = &view->plan->runs[run];
    const struct sweep_item *item = &view->items[run];
    text_add(text, "  %zu  %s  ", failed->index, failed->directory);
    add_run_name(text, failed);
    text_add(text, ": ");
    if (item->seen.state == RUN_STALE)
        text_add(text, "another config was run there; remove the directory, or rename the experiment");
    else if (item->seen.state == RUN_DIVERGED)
        add_outcome(text, failed);
    else
        text_add_escaped(text, item->why, strlen(item->why));
    text_add_char(text, '\n');
}

static void add_end(struct text *text, const struct sweep_view *view, const char *command_line)
{
    const struct run_counts counts = count_view(view);
    bool any = false;
    text_add(text, "%s: ", view->plan->experiment->name);
    add_run_count(text, view->plan->count + view->plan->later);
    text_add(text, ": ");
    add_counts(text, &counts);
    if (view->plan->later > 0)
        text_add(text, ", %zu final ones later", view->plan->later);
    text_add_char(text, '\n');
    for (size_t i = 0; i < view->plan->count; i++)
        if (has_failed(view, i)) {
            text_add(text, "%s", any ? "" : "failed:\n");
            add_failed(text, view, i);
            any = true;
        }
    if (counts.of[RUN_FAILED] > 0)
        text_add(text, "the same command tries the failed ones again: %s\n", command_line);
}

static void add_json_end(struct text *text, const struct sweep_view *view)
{
    const struct run_counts counts = count_view(view);
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "experiment", view->plan->experiment->name);
    json_integer(&json, "run_count", (long long)(view->plan->count + view->plan->later));
    json_integer(&json, "later", (long long)view->plan->later);
    add_json_counts(&json, "totals", &counts);
    json_open(&json, "failed", '[');
    for (size_t i = 0; i < view->plan->count; i++)
        if (has_failed(view, i)) {
            json_open(&json, NULL, '{');
            json_integer(&json, "index", (long long)view->plan->runs[i].index);
            json_string(&json, "state", run_state_names[view->items[i].seen.state]);
            json_string(&json, "directory", view->plan->runs[i].directory);
            json_string(&json, "why", view->items[i].why);
            json_close(&json);
        }
    json_close(&json);
    json_close(&json);
    text_add_char(text, '\n');
}

static size_t count_done(const struct sweep_view *view)
{
    size_t count = 0;
    for (size_t i = 0; i < view->plan->count; i++)
        count += run_state_is_end(view->items[i].seen.state) && view->items[i].seen.state != RUN_STALE;
    return count;
}

static void say_stopped(const struct sweep_view *view, enum assay_status status, struct assay_error *error)
{
    const char *said = status == ASSAY_INTERRUPTED  ? "interrupted"
                       : status == ASSAY_TERMINATED ? "terminated"
                       : status == ASSAY_HUNG_UP    ? "hung up"
                                                    : "stopped";
    if (error->text[0] == '\0')
        assay_fail(error, status, "%s with %zu of %zu runs done; the same command goes on", said,
                   count_done(view), view->plan->count + view->plan->later);
}

static enum assay_status sweep(struct invocation *invocation, struct planned_experiment *planned,
                               const struct launcher *launcher, const struct sweep_request *request,
                               struct assay_error *error)
{
    struct board board;
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
        launcher->launch(planned->arena, request, &observer, &view, planned->diagnostics, error);
    board_end(&board);
    planned_experiment_fail(planned, invocation, error);
    if (view.plan == NULL)
        return status;
    if (status == ASSAY_DONE || status == ASSAY_INCOMPLETE) {
        if (invocation->format == JSON)
            add_json_end(&invocation->out, &view);
        else if (!invocation->quiet || status != ASSAY_DONE)
            add_end(&invocation->out, &view, invocation->command_line);
    } else if (signals_status(NULL) == status) {
        say_stopped(&view, status, error);
    }
    return status;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    int64_t jobs, threads;
    struct planned_experiment planned;
    signals_catch_patiently();
    const struct launcher *launcher = find_launcher(invocation, error);
    if (launcher == NULL || !option_integer(invocation, "jobs", 1, THREADS_LIMIT, 0, &jobs, error) ||
        !option_integer(invocation, "threads", 1, THREADS_LIMIT, 0, &threads, error))
        return error->status;
    struct sweep_request request = {.program = "/proc/self/exe",
                                    .jobs = (int)jobs,
                                    .threads = (int)threads,
                                    .fail_fast = option_given(invocation, "fail-fast")};
    enum assay_status status = ASSAY_DONE;
    if (planned_experiment_create(&planned, invocation, error)) {
        request.plan = planned.plan;
        request.work = run_plan_check(planned.arena, planned.plan, planned.diagnostics, error);
        planned_experiment_fail(&planned, invocation, error);
    }
    if (request.work != NULL && request.plan->experiment->exclusive && jobs > 1)
        assay_fail(error, ASSAY_INVALID,
                   "%s is exclusive: its runs are timed, and so are one at a time, not %d",
                   request.plan->experiment->name, (int)jobs);
    if (request.work == NULL || error->status != ASSAY_DONE)
        status = error->status;
    else if (option_given(invocation, "dry-run"))
        status = dry_run(invocation, planned.arena, &request, error);
    else
        status = sweep(invocation, &planned, launcher, &request, error);
    planned_experiment_destroy(&planned);
    return status;
}

const struct command sweep_command = {
    .name = "sweep",
    .summary = "all runs of an experiment, several at once",
    .usage = "EXPERIMENT",
    .details =
        "Everything is checked before the first run starts. Each run is a process of its own with a "
        "directory of "
        "its own below\n"
        "<out>/<experiment>. Those that are finished are kept, those that were interrupted go on, those that "
        "failed are tried\n"
        "again; a crash takes one run with it. Several sweeps of one experiment, on machines with a common "
        "file "
        "system too, share\n"
        "the work. SIGINT, SIGTERM, SIGHUP and SIGUSR1 end it after a checkpoint of every run (exit 130, "
        "143, 129, "
        "75); a second\n"
        "SIGINT kills them.\n",
    .examples = "assay sweep experiments/table-2.2.yaml --dry-run\n"
                "assay sweep experiments/table-2.2.yaml -j 4\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};

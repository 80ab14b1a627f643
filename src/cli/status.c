/* assay status: what of an experiment is done, running, failed, left. */
#include <math.h>
#include <string.h>

#include "base/team.h"
#include "cli/experiment.h"
#include "cli/run_rows.h"
#include "cli/terminal.h"
#include "report/grid.h"

static const struct option options[] = {
    OPTION_OUT,
    {0},
};
enum { TEXT };
static const char *const formats[] = {"text", "csv", "json", NULL}; /* in the order of … */

struct overview {
    struct arena *arena;
    const struct run_plan *plan;
    const struct run_seen *seen;
    const struct run_record *const *records; /* NULL: they are not wanted */
    struct run_counts counts;
    const struct run_estimates *estimates;
};

/* How many runs are at work, or could be. */
static int at_once(const struct overview *overview)
{
    const size_t running = overview->counts.of[RUN_RUNNING];
    return running > 0 ? (int)running : overview->plan->experiment->exclusive ? 1 : team_cpu_count();
}

/* The runs of which there is something to say. */
static void add_noted(struct text *text, const struct overview *overview)
{
    static const struct grid_column columns[] = {{"run", true}, {"state", false}, {"", false}, {"", false}};
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    const struct run_plan *plan = overview->plan;
    const char **cells = arena_allocate(overview->arena, plan->count, COLUMNS * sizeof *cells);
    size_t rows = 0;
    text->failed |= cells == NULL;
    for (size_t i = 0; cells != NULL && i < plan->count; i++) {
        const enum run_state state = overview->seen[i].state;
        struct text note = {0};
        add_run_note(&note, &plan->runs[i], &overview->seen[i]);
        text->failed |= note.failed;
        if (state != RUN_PRUNED && note.length > 0) {
            const char **row = &cells[COLUMNS * rows++];
            row[0] = arena_format(overview->arena, "%zu", plan->runs[i].index);
            row[1] = run_state_names[state];
            row[2] = short_directory(plan, &plan->runs[i]);
            row[3] = text_move(&note, overview->arena);
            text->failed |= row[0] == NULL || row[3] == NULL;
        }
        text_finish(&note);
    }
    if (rows > 0) {
        text_add_char(text, '\n');
        grid_add_text(text, &(struct grid){columns, COLUMNS, cells, rows});
    }
}

/* A row for each point: how many of its runs are in each of the states that there are. */
static void add_points(struct text *text, const struct overview *overview)
{
    const struct run_plan *plan = overview->plan;
    const struct experiment *experiment = plan->experiment;
    struct grid_column columns[1 + RUN_STATES] = {{"point", false}};
    enum run_state of_column[1 + RUN_STATES];
    size_t column_count = 1;
    for (enum run_state state = 0; state < RUN_STATES; state++)
        if (overview->counts.of[state] > 0) {
            of_column[column_count] = state;
            columns[column_count++] = (struct grid_column){run_state_names[state], true};
        }
    struct run_counts *counts = arena_allocate(overview->arena, experiment->point_count, sizeof *counts);
    const char **cells =
        arena_allocate(overview->arena, experiment->point_count, column_count * sizeof *cells);
    text->failed |= counts == NULL || cells == NULL;
    if (counts == NULL || cells == NULL)
        return;
    for (size_t i = 0; i < plan->count; i++)
        counts[plan->runs[i].point - experiment->points].of[overview->seen[i].state]++;
    for (size_t p = 0; p < experiment->point_count; p++) {
        cells[p * column_count] = experiment->points[p].final ? arena_format(overview->arena, "%s (final)",
                                                                             experiment->points[p].label)
                                                              : experiment->points[p].label;
        text->failed |= cells[p * column_count] == NULL;
        for (size_t c = 1; c < column_count; c++)
            if (counts[p].of[of_column[c]] > 0) {
                cells[p * column_count + c] =
                    arena_format(overview->arena, "%zu", counts[p].of[of_column[c]]);
                text->failed |= cells[p * column_count + c] == NULL;
            }
    }
    text_add_char(text, '\n');
    grid_add_text(text, &(struct grid){columns, column_count, cells, experiment->point_count});
}

static void add_text(struct text *text, const struct overview *overview)
{
    const struct run_plan *plan = overview->plan;
    const int slots = at_once(overview);
    const double left_s = run_estimates_clock(overview->estimates, slots);
    add_plan_counts(text, plan, &overview->counts);
    text_add_char(text, '\n');
    if (overview->estimates->left > 0 && isfinite(left_s)) {
        text_add(text, "about ");
        add_duration(text, left_s);
        text_add(text, " left with %d at once\n", slots);
    }
    add_points(text, overview);
    add_noted(text, overview);
}

static struct run_rows rows_of(const struct overview *overview)
{
    return (struct run_rows){overview->plan, overview->seen, overview->records, overview->estimates};
}

static void add_csv(struct text *text, const struct overview *overview)
{
    const struct run_rows rows = rows_of(overview);
    add_csv_runs(text, &rows);
}

static void add_json(struct text *text, const struct overview *overview)
{
    const struct run_plan *plan = overview->plan;
    struct json_writer json = {.text = text};
    open_json_plan(&json, plan, &overview->counts);
    json_number(&json, "seconds_left", run_estimates_clock(overview->estimates, at_once(overview)));
    json_integer(&json, "at_once", at_once(overview));
    const struct run_rows rows = rows_of(overview);
    add_json_runs(&json, "runs", &rows);
    json_close(&json);
    text_add_char(text, '\n');
}

static void (*const writers[])(struct text *, const struct overview *) = {add_text, add_csv, add_json};

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    struct planned_experiment planned;
    enum assay_status status = ASSAY_DONE;
    if (planned_experiment_create(&planned, invocation, error)) {
        struct overview overview = {.arena = planned.arena, .plan = planned.plan};
        overview.seen = look_at_runs(planned.arena, planned.plan, &overview.counts, error);
        bool done = overview.seen != NULL;
        if (done && invocation->format != TEXT)
            done = (overview.records = load_records(planned.arena, planned.plan, overview.seen,
                                                    invocation->log, error)) != NULL;
        if (done)
            overview.estimates = run_estimates_create(planned.arena, planned.plan, overview.seen, NULL);
        if (done && overview.estimates == NULL)
            assay_fail_memory(error, "looking at the runs");
        if (overview.estimates != NULL)
            writers[invocation->format](&invocation->out, &overview);
        else
            status = error->status;
    } else {
        status = error->status;
    }
    planned_experiment_destroy(&planned);
    return status;
}

const struct command status_command = {
    .name = "status",
    .summary = "what of an experiment is done, running, failed, left",
    .usage = "EXPERIMENT",
    .details =
        "Everything is read from the run directories, so it is the same whoever runs them, on whatever "
        "machine: a run is\n"
        "running while a living process has it, interrupted when nobody has and it will go on from its "
        "checkpoint, failed\n"
        "when its last attempt said so, stale when another config was run there.\n"
        "As csv and json it has a row for each run, with its settings and, once it has ended, its results.\n",
    .examples = "assay status experiments/table-2.2.yaml\n"
                "assay status experiments/table-2.2.yaml --format json\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};

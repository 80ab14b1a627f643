#include "cli/run_rows.h"

#include <math.h>
#include <string.h>

#include "io/csv.h"
#include "run/failure.h"
#include "spec/measure.h"

const struct run_record *const *load_records(struct arena *arena, const struct run_plan *plan,
                                             const struct run_seen *seen, const struct log *log,
                                             struct assay_error *error)
{
    const struct run_record **records = arena_allocate(arena, plan->count, sizeof *records);
    if (records == NULL) {
        assay_fail_memory(error, "looking at the runs");
        return NULL;
    }
    bool done = true;
    for (size_t i = 0; done && i < plan->count; i++) {
        if (seen[i].state != RUN_FINISHED && seen[i].state != RUN_DIVERGED)
            continue;
        struct run_record *record = arena_allocate(arena, 1, sizeof *record);
        struct assay_error damage = {0};
        if (record == NULL)
            done = assay_fail_memory(error, "looking at the runs");
        else if (run_record_load(arena, plan->runs[i].directory, record, &damage))
            records[i] = record;
        else if (damage.status == ASSAY_INVALID)
            log_say(log, LOG_WARNING, "%s", damage.text);
        else
            done = assay_fail(error, damage.status, "%s", damage.text);
    }
    return done ? records : NULL;
}

/* Metric `m` of metric_list; NaN where there is no such number. */
static double result_of(const struct run_record *record, size_t m)
{
    return record != NULL ? run_record_measure(record, &(struct experiment_measure){.metric = metric_list[m]})
                          : NAN;
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

static void add_json_metrics(struct json_writer *json, const struct run_record *record)
{
    json_open(json, "metrics", '{');
    for (size_t m = 0; metric_list[m] != NULL; m++)
        json_number(json, metric_list[m], result_of(record, m));
    json_close(json);
}

static void add_json_run(struct json_writer *json, const struct planned_run *run, const struct run_seen *seen,
                         const struct run_record *record, double left_s)
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
    json_string(json, "chosen", run->chosen != NULL ? run->chosen->label : NULL);
    json_open(json, "settings", '{');
    for (size_t i = 0; i < run->setting_count; i++)
        json_string(json, run->settings[i].path, run->settings[i].value);
    json_close(json);
    json_integer(json, "epochs", seen->progress.epochs);
    json_integer(json, "most_epochs", seen->progress.most_epochs);
    json_number(json, "error_pct", seen->progress.error_pct);
    json_number(json, "best_error_pct", seen->progress.best_error_pct);
    json_number(json, "seconds", seen->progress.seconds);
    json_number(json, "seconds_left", left_s);
    if (record != NULL)
        add_json_metrics(json, record);
    else
        json_null(json, "metrics");
    add_json_failure(json, run, seen->state);
    json_close(json);
}

void add_json_runs(struct json_writer *json, const char *key, const struct run_rows *rows)
{
    json_open(json, key, '[');
    for (size_t i = 0; i < rows->plan->count; i++)
        add_json_run(json, &rows->plan->runs[i], &rows->seen[i],
                     rows->records != NULL ? rows->records[i] : NULL, rows->estimates->left_s[i]);
    json_close(json);
}

/* csv */

static const struct experiment_setting *find_setting(const struct planned_run *run, const char *path)
{
    for (size_t i = 0; i < run->setting_count; i++)
        if (strcmp(run->settings[i].path, path) == 0)
            return &run->settings[i];
    return NULL;
}

struct columns {
    const char **paths;
    size_t count;
};

/* The settings of all runs, each once; no paths without memory. */
static struct columns find_columns(struct arena *arena, const struct run_plan *plan)
{
    size_t most = 0;
    for (size_t i = 0; i < plan->count; i++)
        most += plan->runs[i].setting_count;
    struct columns columns = {arena_allocate(arena, most, sizeof *columns.paths), 0};
    for (size_t i = 0; columns.paths != NULL && i < plan->count; i++)
        for (size_t k = 0; k < plan->runs[i].setting_count; k++) {
            const char *path = plan->runs[i].settings[k].path;
            size_t same = 0;
            while (same < columns.count && strcmp(columns.paths[same], path) != 0)
                same++;
            if (same == columns.count)
                columns.paths[columns.count++] = path;
        }
    return columns;
}

static void add_header(struct text *text, const struct columns *columns)
{
    static const char *const names[] = {"index",       "state",     "label",     "point",       "chosen",
                                        "seed",        "fold",      "directory", "note",        "epochs_done",
                                        "most_epochs", "error_pct", "seconds",   "seconds_left"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        csv_add_text(text, names[i]);
    for (size_t i = 0; i < columns->count; i++)
        csv_add_text(text, columns->paths[i]);
    for (size_t m = 0; metric_list[m] != NULL; m++)
        csv_add_text(text, metric_list[m]);
    csv_end_row(text);
}

static void add_row(struct text *text, const struct run_rows *rows, size_t i, const struct columns *columns)
{
    const struct planned_run *run = &rows->plan->runs[i];
    const struct run_progress *progress = &rows->seen[i].progress;
    struct text note = {0};
    csv_add_integer(text, (long long)run->index);
    csv_add_text(text, run_state_names[rows->seen[i].state]);
    csv_add_text(text, run->point->label);
    csv_add_text(text, run->point->name);
    csv_add_text(text, run->chosen != NULL ? run->chosen->label : "");
    csv_add_integer(text, (long long)run->seed);
    if (run->fold >= 0)
        csv_add_integer(text, run->fold);
    else
        csv_add_text(text, "");
    csv_add_text(text, run->directory);
    add_run_note(&note, run, &rows->seen[i]);
    csv_add_text(text, note.bytes != NULL ? note.bytes : "");
    text->failed |= note.failed;
    text_finish(&note);
    csv_add_integer(text, progress->epochs);
    csv_add_integer(text, progress->most_epochs);
    csv_add_double(text, progress->error_pct);
    csv_add_double(text, progress->seconds);
    csv_add_double(text, rows->estimates->left_s[i]);
    for (size_t k = 0; k < columns->count; k++) {
        const struct experiment_setting *setting = find_setting(run, columns->paths[k]);
        csv_add_text(text, setting != NULL ? setting->value : "");
    }
    for (size_t m = 0; metric_list[m] != NULL; m++)
        csv_add_double(text, result_of(rows->records != NULL ? rows->records[i] : NULL, m));
    csv_end_row(text);
}

void add_csv_runs(struct text *text, const struct run_rows *rows)
{
    struct arena *arena = arena_create();
    struct columns columns = {0};
    if (arena != NULL)
        columns = find_columns(arena, rows->plan);
    text->failed |= columns.paths == NULL;
    add_header(text, &columns);
    for (size_t i = 0; i < rows->plan->count && !text->failed; i++)
        add_row(text, rows, i, &columns);
    arena_destroy(arena);
}

#include "cli/run_rows.h"

#include <math.h>
#include <string.h>

#include "io/csv.h"
#include "run/failure.h"
#include "spec/measure.h"

const struct run_record *const *load_records(struct arena *arena, const struct run_plan *plan,
                                             const struct run_seen *seen, struct assay_error *error)
{
    const struct run_record **records = arena_allocate(arena, plan->count, sizeof *records);
    bool done = records != NULL || assay_fail_memory(error, "looking at the runs");
    for (size_t i = 0; done && i < plan->count; i++) {
        if (seen[i].state != RUN_FINISHED && seen[i].state != RUN_DIVERGED)
            continue;
        struct run_record *record = arena_allocate(arena, 1, sizeof *record);
        done = record != NULL ? run_record_load(arena, plan->runs[i].directory, record, error)
                              : assay_fail_memory(error, "looking at the runs");
        records[i] = record;
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
    json_string(json, "chosen", run->setting != run->point ? run->setting->label : NULL);
    json_open(json, "settings", '{');
    for (size_t i = 0; i < run->setting->setting_count; i++)
        json_string(json, run->setting->settings[i].path, run->setting->settings[i].value);
    json_close(json);
    json_integer(json, "epochs", seen->progress.epochs);
    json_integer(json, "most_epochs", seen->progress.most_epochs);
    json_number(json, "error_pct", seen->progress.error_pct);
    json_number(json, "best_error_pct", seen->progress.best_error_pct);
    json_number(json, "seconds", seen->progress.seconds);
    json_number(json, "seconds_left", left_s);
    if (record != NULL)
        add_json_metrics(json, record);
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
    for (size_t i = 0; i < run->setting->setting_count; i++)
        if (strcmp(run->setting->settings[i].path, path) == 0)
            return &run->setting->settings[i];
    return NULL;
}

/* The settings of all runs, each once. */
static struct list_of_paths {
    const char **items;
    size_t count;
} find_paths(struct arena *arena, const struct run_plan *plan)
{
    size_t most = 0;
    for (size_t i = 0; i < plan->count; i++)
        most += plan->runs[i].setting->setting_count;
    struct list_of_paths paths = {arena_allocate(arena, most, sizeof *paths.items), 0};
    for (size_t i = 0; paths.items != NULL && i < plan->count; i++)
        for (size_t k = 0; k < plan->runs[i].setting->setting_count; k++) {
            const char *path = plan->runs[i].setting->settings[k].path;
            size_t same = 0;
            while (same < paths.count && strcmp(paths.items[same], path) != 0)
                same++;
            if (same == paths.count)
                paths.items[paths.count++] = path;
        }
    return paths;
}

static void add_header(struct text *text, const struct list_of_paths *paths)
{
    static const char *const columns[] = {
        "index",     "state", "label",       "point",       "chosen",    "seed",    "fold",
        "directory", "note",  "epochs_done", "most_epochs", "error_pct", "seconds", "seconds_left"};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        csv_add_text(text, columns[i]);
    for (size_t i = 0; i < paths->count; i++)
        csv_add_text(text, paths->items[i]);
    for (size_t m = 0; metric_list[m] != NULL; m++)
        csv_add_text(text, metric_list[m]);
    csv_end_row(text);
}

static void add_row(struct text *text, const struct run_rows *rows, size_t i,
                    const struct list_of_paths *paths)
{
    const struct planned_run *run = &rows->plan->runs[i];
    const struct run_progress *progress = &rows->seen[i].progress;
    struct text note = {0};
    csv_add_integer(text, (long long)run->index);
    csv_add_text(text, run_state_names[rows->seen[i].state]);
    csv_add_text(text, run->point->label);
    csv_add_text(text, run->point->name);
    csv_add_text(text, run->setting != run->point ? run->setting->label : "");
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
    for (size_t k = 0; k < paths->count; k++) {
        const struct experiment_setting *setting = find_setting(run, paths->items[k]);
        csv_add_text(text, setting != NULL ? setting->value : "");
    }
    for (size_t m = 0; metric_list[m] != NULL; m++)
        csv_add_double(text, result_of(rows->records != NULL ? rows->records[i] : NULL, m));
    csv_end_row(text);
}

void add_csv_runs(struct text *text, const struct run_rows *rows)
{
    struct arena *arena = arena_create();
    struct list_of_paths paths = {0};
    if (arena != NULL)
        paths = find_paths(arena, rows->plan);
    text->failed |= paths.items == NULL;
    add_header(text, &paths);
    for (size_t i = 0; i < rows->plan->count && !text->failed; i++)
        add_row(text, rows, i, &paths);
    arena_destroy(arena);
}

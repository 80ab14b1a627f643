#include "report/comparison.h"

#include <math.h>
#include <string.h>

#include "io/csv.h"
#include "io/json.h"
#include "spec/walk.h"

static bool all_have(const struct comparison *all, const char *name)
{
    for (size_t run = 0; run < all->run_count; run++)
        if (curves_values(all->runs[run], name) == NULL)
            return false;
    return true;
}

static bool choose_metrics(struct comparison *all, const char *wanted, struct assay_error *error)
{
    const struct curves *first = all->runs[0];
    for (size_t i = 0; i < first->columns && all->metric_count < COMPARISON_METRICS; i++)
        if (all_have(all, first->names[i]))
            all->metrics[all->metric_count++] = first->names[i];
    if (all->metric_count == 0)
        return assay_fail(error, ASSAY_INVALID, "the files have no column of numbers in common");
    if (wanted == NULL)
        return true;
    for (size_t i = 0; i < all->metric_count; i++)
        if (strcmp(all->metrics[i], wanted) == 0) {
            all->metrics[0] = all->metrics[i];
            all->metric_count = 1;
            return true;
        }
    struct text known = {0};
    add_known(&known, wanted, all->metrics, all->metric_count);
    assay_fail(error, ASSAY_INVALID, "not all have a column of numbers called %s%s", wanted,
               known.failed ? "" : known.bytes);
    text_finish(&known);
    return false;
}

static bool test_pairs(struct comparison *all, struct assay_error *error)
{
    for (size_t a = 0; a < all->run_count; a++)
        for (size_t b = a + 1; b < all->run_count; b++) {
            const char *of_a = all->runs[a]->directory, *of_b = all->runs[b]->directory;
            struct mcnemar test;
            bool same;
            if (of_a == NULL || of_b == NULL)
                continue;
            if (!mcnemar_of_runs(of_a, of_b, &test, &same, error))
                return false;
            if (same)
                all->tests[all->test_count++] = (struct comparison_test){a, b, test};
        }
    return true;
}

static bool load_runs(struct comparison *all, struct arena *arena, const char *const *paths, size_t count,
                      const struct log *log, struct assay_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct curves *curves = curves_load(arena, paths[i], error);
        if (curves != NULL)
            all->runs[all->run_count++] = curves;
        else if (error->status == ASSAY_INCOMPLETE)
            log_say(log, LOG_WARNING, "%s; left out", error->text);
        else
            return false;
    }
    return all->run_count > 0 || assay_fail(error, ASSAY_INVALID, "there is nothing to compare yet");
}

static bool load(struct comparison *all, struct arena *arena, const char *metric, struct assay_error *error)
{
    const char *directories[COMPARISON_RUNS];
    for (size_t run = 0; run < all->run_count; run++)
        directories[run] = all->runs[run]->directory;
    all->settings = settings_differing(arena, directories, all->run_count, error);
    return all->settings != NULL && choose_metrics(all, metric, error) && test_pairs(all, error);
}

const struct comparison *comparison_load(struct arena *arena, const char *const *paths, size_t count,
                                         const char *metric, const struct log *log, struct assay_error *error)
{
    struct comparison *all = arena_allocate(arena, 1, sizeof *all);
    if (all == NULL)
        assay_fail_memory(error, "comparing runs");
    else if (count > COMPARISON_RUNS)
        assay_fail(error, ASSAY_INVALID, "at most %d runs can be compared, not %zu", COMPARISON_RUNS, count);
    else if (load_runs(all, arena, paths, count, log, error) && load(all, arena, metric, error))
        return all;
    return NULL;
}

void comparison_add_csv(struct text *text, const struct comparison *all)
{
    text_add(text, "run,metric,epoch,value\n");
    for (size_t run = 0; run < all->run_count; run++)
        for (size_t i = 0; i < all->metric_count; i++)
            for (size_t row = 0; row < all->runs[run]->rows; row++) {
                csv_add_text(text, all->runs[run]->path);
                csv_add_text(text, all->metrics[i]);
                csv_add_double(text, all->runs[run]->epochs[row]);
                csv_add_double(text, curves_values(all->runs[run], all->metrics[i])[row]);
                csv_end_row(text);
            }
}

static void add_numbers(struct json_writer *json, const char *key, const double *values, size_t count)
{
    json_open(json, key, '[');
    for (size_t i = 0; i < count; i++)
        json_number(json, NULL, values[i]);
    json_close(json);
}

static void add_run(struct json_writer *json, const struct comparison *all, size_t run)
{
    const struct curves *curves = all->runs[run];
    json_open(json, NULL, '{');
    json_string(json, "path", curves->path);
    json_number(json, "result_epoch", curves->epochs[curves->result]);
    json_open(json, "settings", '{');
    for (size_t i = 0; i < all->settings->count; i++)
        json_string(json, all->settings->items[i].path, all->settings->items[i].values[run]);
    json_close(json);
    json_open(json, "at_result", '{');
    for (size_t i = 0; i < all->metric_count; i++)
        json_number(json, all->metrics[i], curves_values(curves, all->metrics[i])[curves->result]);
    if (!isnan(curves->held_out_error_pct))
        json_number(json, "held_out_error_pct", curves->held_out_error_pct);
    json_close(json);
    json_open(json, "curves", '{');
    add_numbers(json, "epoch", curves->epochs, curves->rows);
    for (size_t i = 0; i < all->metric_count; i++)
        add_numbers(json, all->metrics[i], curves_values(curves, all->metrics[i]), curves->rows);
    json_close(json);
    json_close(json);
}

static void add_test(struct json_writer *json, const struct comparison *all,
                     const struct comparison_test *test)
{
    json_open(json, NULL, '{');
    json_string(json, "a", all->runs[test->a]->path);
    json_string(json, "b", all->runs[test->b]->path);
    json_integer(json, "images", test->result.images);
    json_integer(json, "only_a_wrong", test->result.only_a);
    json_integer(json, "only_b_wrong", test->result.only_b);
    json_number(json, "p", test->result.p);
    json_close(json);
}

void comparison_add_json(struct text *text, const struct comparison *all)
{
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '{');
    json_open(&json, "runs", '[');
    for (size_t run = 0; run < all->run_count; run++)
        add_run(&json, all, run);
    json_close(&json);
    json_open(&json, "mcnemar", '[');
    for (size_t i = 0; i < all->test_count; i++)
        add_test(&json, all, &all->tests[i]);
    json_close(&json);
    json_close(&json);
    text_add_char(text, '\n');
}

#include "run/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "run/build.h"
#include "run/files.h"
#include "run/provenance.h"
#include "run/tables.h"

enum { FILE_LIMIT = 1 << 20 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of one column of the rows; null without any. */
static void add_median(struct json_writer *writer, const char *key, const struct summary *summary,
                       size_t offset)
{
    const int count = summary->count;
    double median = NAN;
    double *values = count > 0 ? memory_allocate((size_t)count, sizeof *values) : NULL;
    writer->text->failed |= count > 0 && values == NULL;
    for (int i = 0; values != NULL && i < count; i++)
        values[i] = *(const double *)((const char *)&summary->rows[i] + offset);
    if (values != NULL) {
        qsort(values, (size_t)count, sizeof *values, compare);
        median = (values[(count - 1) / 2] + values[count / 2]) / 2;
    }
    json_number(writer, key, median);
    memory_free(values);
}

void result_set_rows(struct assay_run_result *result, const struct epoch_row *rows, int count)
{
    result->epochs = count;
    result->train_s = result->eval_s = 0;
    for (int i = 0; i < count; i++) {
        result->train_s += rows[i].train_s;
        result->eval_s += rows[i].eval_s;
    }
    result->train_loss = result->train_error_pct = result->val_loss = result->val_error_pct =
        result->test_loss = result->test_error_pct = result->held_out_error_pct = NAN;
    if (result->result_epoch == 0)
        return;
    const struct epoch_row *row = &rows[result->result_epoch - 1];
    result->train_loss = row->train_loss;
    result->train_error_pct = row->train_error_pct;
    result->val_loss = row->val_loss;
    result->val_error_pct = row->val_error_pct;
    result->test_loss = row->test_loss;
    result->test_error_pct = row->test_error_pct;
}

bool result_diverged(const struct assay_run_result *result)
{
    return result->stop_reason == stop_reason_names[STOP_NON_FINITE] ||
           result->stop_reason == stop_reason_names[STOP_DIVERGENCE];
}

double held_out_error_pct(const struct summary_counts *counts)
{
    return counts->held_out_images > 0 ? 100.0 * counts->held_out_mistakes / counts->held_out_images : NAN;
}

static void add_epoch(struct json_writer *writer, const char *key, int epoch)
{
    if (epoch > 0)
        json_integer(writer, key, epoch);
    else
        json_null(writer, key);
}

static void add_metrics(struct json_writer *writer, const struct epoch_row *row, bool evaluated)
{
    const struct row_columns columns = curve_columns(evaluated);
    json_open(writer, "metrics", '{');
    for (size_t c = 0; c < columns.count; c++)
        json_number(writer, columns.items[c].name, row_value(row, &columns.items[c]));
    json_close(writer);
}

static void add_times(struct json_writer *writer, const struct summary *summary)
{
    json_open(writer, "timing", '{');
    add_median(writer, "train_ms_per_sample", summary, offsetof(struct epoch_row, train_ms_per_sample));
    add_median(writer, "test_ms_per_sample", summary, offsetof(struct epoch_row, test_ms_per_sample));
    json_number(writer, "train_s", summary->result->train_s);
    json_number(writer, "eval_s", summary->result->eval_s);
    json_close(writer);
}

static void add_counts(struct json_writer *writer, const struct summary_counts *counts)
{
    if (counts->test_images > 0) {
        json_integer(writer, "test_images", counts->test_images);
        json_integer(writer, "test_mistakes", counts->test_mistakes);
    }
    if (counts->held_out_images > 0) {
        json_integer(writer, "held_out_images", counts->held_out_images);
        json_integer(writer, "held_out_mistakes", counts->held_out_mistakes);
    }
}

/* Kinds and versions alone: a summary may be published. */
static void add_machine(struct json_writer *writer, const struct summary *summary)
{
    json_open(writer, "machine", '{');
    json_string(writer, "cpu", summary->cpu);
    json_string(writer, "kernels", summary->kernels);
    json_integer(writer, "threads", summary->threads);
    json_string(writer, "compiler", build.compiler);
    json_string(writer, "version", build.version);
    json_string(writer, "commit", build.commit);
    json_close(writer);
}

void add_summary(struct text *text, const struct summary *summary)
{
    const struct assay_run_result *result = summary->result;
    struct json_writer writer = {.text = text};
    json_open(&writer, NULL, '{');
    json_string(&writer, "identity", summary->identity->digest);
    json_string(&writer, "config", summary->identity->config_digest);
    json_string(&writer, "data_sha256", summary->identity->data);
    json_string(&writer, "test_sha256", summary->test_digest);
    json_string(&writer, "init_from_sha256",
                summary->identity->weights[0] != '\0' ? summary->identity->weights : NULL);
    json_string(&writer, "name", summary->config->name);
    json_integer(&writer, "seed", (long long)summary->config->seed);
    json_string(&writer, "stop_reason", result->stop_reason);
    json_string(&writer, "divergence", result->divergence[0] != '\0' ? result->divergence : NULL);
    json_integer(&writer, "epochs", result->epochs);
    add_epoch(&writer, "best_epoch", result->best_epoch);
    add_epoch(&writer, "result_epoch", result->result_epoch);
    if (result->result_epoch > 0)
        add_metrics(&writer, &summary->rows[result->result_epoch - 1], summary->config->train.evaluate_train);
    else
        json_null(&writer, "metrics");
    add_counts(&writer, &summary->counts);
    json_integer(&writer, "parameters", (long long)summary->parameters);
    add_times(&writer, summary);
    add_machine(&writer, summary);
    json_close(&writer);
    text_add_char(text, '\n');
}

static int read_epoch(const struct json *object, const char *key)
{
    const double value = json_get_number(object, key);
    return value >= 1 && value <= 1e9 ? (int)value : 0;
}

static const char *read_reason(const struct json *object)
{
    const struct json *value = json_get(object, "stop_reason");
    if (value != NULL && value->kind == JSON_STRING)
        for (int reason = STOP_MAX_EPOCHS; reason <= STOP_NON_FINITE; reason++)
            if (strcmp(value->text, stop_reason_names[reason]) == 0)
                return stop_reason_names[reason];
    return NULL;
}

static bool read_found(const struct json *summary, struct summary_found *found)
{
    const char *reason = read_reason(summary);
    json_get_text(summary, "identity", found->identity, SHA256_HEX_SIZE);
    json_get_text(summary, "config", found->config, SHA256_HEX_SIZE);
    if (found->identity[0] == '\0' || reason == NULL)
        return false;
    const struct json *divergence = json_get(summary, "divergence");
    const struct json *metrics = json_get(summary, "metrics"), *timing = json_get(summary, "timing");
    found->counts =
        (struct summary_counts){.test_images = json_get_count(summary, "test_images"),
                                .test_mistakes = json_get_count(summary, "test_mistakes"),
                                .held_out_images = json_get_count(summary, "held_out_images"),
                                .held_out_mistakes = json_get_count(summary, "held_out_mistakes")};
    found->result = (struct assay_run_result){.finished = true,
                                              .stop_reason = reason,
                                              .epochs = read_epoch(summary, "epochs"),
                                              .best_epoch = read_epoch(summary, "best_epoch"),
                                              .result_epoch = read_epoch(summary, "result_epoch"),
                                              .train_loss = json_get_number(metrics, "train_loss"),
                                              .train_error_pct = json_get_number(metrics, "train_error_pct"),
                                              .val_loss = json_get_number(metrics, "val_loss"),
                                              .val_error_pct = json_get_number(metrics, "val_error_pct"),
                                              .test_loss = json_get_number(metrics, "test_loss"),
                                              .test_error_pct = json_get_number(metrics, "test_error_pct"),
                                              .held_out_error_pct = held_out_error_pct(&found->counts),
                                              .train_s = json_get_number(timing, "train_s"),
                                              .eval_s = json_get_number(timing, "eval_s")};
    if (divergence != NULL && divergence->kind == JSON_STRING)
        snprintf(found->result.divergence, sizeof found->result.divergence, "%s", divergence->text);
    return true;
}

bool summary_load(struct arena *arena, const char *directory, const struct json **summary,
                  struct summary_found *found, struct assay_error *error)
{
    if (!json_find(arena, directory, SUMMARY_FILE, FILE_LIMIT, summary, error))
        return false;
    if (*summary != NULL && !read_found(*summary, found))
        *summary = NULL;
    return true;
}

bool summary_read(const char *directory, bool *is_there, struct summary_found *found,
                  struct assay_error *error)
{
    struct arena *arena = arena_create();
    const struct json *summary = NULL;
    const bool done = arena != NULL ? summary_load(arena, directory, &summary, found, error)
                                    : assay_fail_memory(error, "reading a summary");
    *is_there = summary != NULL;
    arena_destroy(arena);
    return done;
}

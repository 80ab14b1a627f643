/* summary.json: what came of a run. It is written last, so where it is the run is finished. */
#ifndef RUN_SUMMARY_H
#define RUN_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/run.h"
#include "base/text.h"
#include "io/json.h"
#include "run/identity.h"
#include "spec/config.h"
#include "train/trainer.h"

/* What the result's weights say of the images of predictions.csv; 0 where there is none. */
struct summary_counts {
    uint32_t test_images, test_mistakes;
    uint32_t held_out_images, held_out_mistakes;
};

double held_out_error_pct(const struct summary_counts *counts); /* NaN without held-out images */

struct summary {
    const struct run_identity *identity;
    const char *test_digest;
    const struct config *config;
    const struct assay_run_result *result;
    const struct epoch_row *rows;
    int count;
    size_t parameters;
    struct summary_counts counts;
    const char *kernels, *cpu;
    int threads;
};
void add_summary(struct text *text, const struct summary *summary);

/* Fills the result's metrics from the row of its result_epoch, which is set before, and its epochs and
 * seconds from all rows; held_out_error_pct becomes NaN. */
void result_set_rows(struct assay_run_result *result, const struct epoch_row *rows, int count);

/* Whether the training ended because a loss was not finite, or above the threshold. */
bool result_diverged(const struct assay_run_result *result);

/* What a summary.json says. */
struct summary_found {
    char identity[SHA256_HEX_SIZE], config[SHA256_HEX_SIZE]; /* config: "" where it is not said */
    struct assay_run_result result;
    struct summary_counts counts;
};

/* *summary: what the file says, in the arena, and `found` is filled; NULL where there is none that says how
 * the run ended. False when the machine would not say. */
bool summary_load(struct arena *arena, const char *directory, const struct json **summary,
                  struct summary_found *found, struct assay_error *error);
/* The same where `found` is all that is wanted. */
bool summary_read(const char *directory, bool *is_there, struct summary_found *found,
                  struct assay_error *error);

#endif

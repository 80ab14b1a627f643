/* summary.json: what came of a run. It is written last, so where it is the run is finished. */
#ifndef RUN_SUMMARY_H
#define RUN_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/run.h"
#include "base/sha256.h"
#include "base/text.h"
#include "spec/config.h"
#include "train/trainer.h"

struct summary {
    const char *identity;
    const struct config *config;
    const struct assay_run_result *result;
    const struct epoch_row *rows;
    int count;
    size_t parameters;
    uint32_t test_images, test_mistakes; /* of predictions.csv; 0 where there is none */
};
void add_summary(struct text *text, const struct summary *summary);

/* Fills the result's metrics from the rows. */
void result_set_rows(struct assay_run_result *result, const struct epoch_row *rows, int count);

/* The result and the identity in a directory's summary.json; false when there is none that can be read. */
bool summary_read(const char *directory, struct assay_run_result *result, char identity[SHA256_HEX_SIZE]);

#endif

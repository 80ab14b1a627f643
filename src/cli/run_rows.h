/* All that is known of each run of an experiment, a row for each: for other programs. */
#ifndef CLI_RUN_ROWS_H
#define CLI_RUN_ROWS_H

#include "base/log.h"
#include "cli/runs.h"
#include "run/measure.h"

struct run_rows {
    const struct run_plan *plan;
    const struct run_seen *seen;
    const struct run_record *const
        *records; /* of those that have ended, else NULL; NULL: they are not wanted */
    const struct run_estimates *estimates;
};

/* What the runs of a plan left that have ended; damage is a warning, and no record. Lives in the arena; NULL
 * on failure. */
const struct run_record *const *load_records(struct arena *arena, const struct run_plan *plan,
                                             const struct run_seen *seen, const struct log *log,
                                             struct assay_error *error);

/* An object for each: number, state, label, point, of a final run the setting that was chosen, seed, fold,
 * directory, digest of its config, settings, epochs, error so far, what is left of it in seconds (null: not
 * known), with records its metrics, and why it failed. */
void add_json_runs(struct json_writer *json, const char *key, const struct run_rows *rows);

/* As a table: what a person wants of that, a column for each key that any run sets, and one for each
 * metric. */
void add_csv_runs(struct text *text, const struct run_rows *rows);

#endif

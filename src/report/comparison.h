/* Curves of several runs side by side: what `assay compare` shows. */
#ifndef REPORT_COMPARISON_H
#define REPORT_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"
#include "base/text.h"
#include "report/curves.h"
#include "report/mcnemar.h"
#include "report/settings.h"

enum { COMPARISON_RUNS = 26, COMPARISON_METRICS = 64 };

struct comparison_test {
    size_t a, b; /* runs */
    struct mcnemar result;
};

struct comparison {
    const struct curves *runs[COMPARISON_RUNS];
    size_t run_count;
    const char
        *metrics[COMPARISON_METRICS]; /* numeric columns that all have, or the one that was asked for */
    size_t metric_count;
    const struct settings *settings; /* in which their configs differ */
    struct comparison_test tests[COMPARISON_RUNS * (COMPARISON_RUNS - 1) / 2];
    size_t test_count; /* pairs of runs with predictions of the same images */
};

/* `paths`: run directories and CSV files, at most COMPARISON_RUNS; metric NULL: all of them. Those without an
 * epoch yet are left out, with a warning. Lives in the arena; NULL on failure. */
const struct comparison *comparison_load(struct arena *arena, const char *const *paths, size_t count,
                                         const char *metric, const struct log *log,
                                         struct assay_error *error);

void comparison_add_text(struct text *text, const struct comparison *comparison);
void comparison_add_csv(struct text *text,
                        const struct comparison *comparison); /* long form: run,metric,epoch,value */
void comparison_add_json(struct text *text, const struct comparison *comparison);

#endif

/* How the runs of an experiment are shown, by `assay sweep` and `assay status` alike. */
#ifndef CLI_RUNS_H
#define CLI_RUNS_H

#include "base/text.h"
#include "io/json.h"
#include "run/estimate.h"
#include "run/plan.h"
#include "run/sweep.h"

/* "L2 pooling + Tanh, seed 1, fold 0" */
void add_run_name(struct text *text, const struct planned_run *run);
/* Its directory below that of the experiment, or all of it where that is elsewhere. */
const char *short_directory(const struct run_plan *plan, const struct planned_run *run);

struct run_counts {
    size_t of[RUN_STATES];
};
/* Of a sweep: those are running that a process of it is at. */
struct run_counts count_view(const struct sweep_view *view);
/* How many are at their end, however they got there. */
size_t count_done(const struct run_counts *counts);
/* "41 finished, 2 running, 27 pending" */
void add_counts(struct text *text, const struct run_counts *counts);
/* An object that begins with what is said of every plan: "experiment", "run_count", "later", "never", and
 * under "totals" the counts. The caller closes it. */
void open_json_plan(struct json_writer *json, const struct run_plan *plan, const struct run_counts *counts);

/* "3 runs", "1 run" */
void add_run_count(struct text *text, size_t count);
/* "pooling: 8 runs: 3 finished, 2 pending, 3 final ones later" */
void add_plan_counts(struct text *text, const struct run_plan *plan, const struct run_counts *counts);

/* What a run that is at its end came to: "test error 0.72 %, validation 0.81 %, after epoch 9 of 14, 6 min 2
 * s". */
void add_outcome(struct text *text, const struct planned_run *run);

/* "another config was run there (train.max_epochs: 3 there, 5 here)" */
void add_stale(struct text *text, const struct planned_run *run);

/* What else there is to say of a run: how far it is, who has it, why it failed; nothing of most. */
void add_run_note(struct text *text, const struct planned_run *run, const struct run_seen *seen);

/* Looks at all runs of a plan. Lives in the arena; NULL when the machine would not. */
const struct run_seen *look_at_runs(struct arena *arena, const struct run_plan *plan,
                                    struct run_counts *counts, struct assay_error *error);

#endif

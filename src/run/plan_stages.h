/* What of a plan depends on how far its runs are: rungs of halving, and final runs; shared by the plan's
 * files. */
#ifndef RUN_PLAN_STAGES_H
#define RUN_PLAN_STAGES_H

#include "run/plan.h"

/* A plan that is being made: run_plan without its consts. */
struct plan_draft {
    struct arena *arena;
    const struct experiment *experiment;
    struct diagnostics *diagnostics;
    struct planned_run *runs;
    size_t count;
};

/* Whether a run is finished or has diverged; false too where that cannot be read, which is diagnosed. */
bool plan_run_has_ended(const struct plan_draft *draft, const struct planned_run *run);

/* Sets stop_after and is_pruned of the runs, which are all but the final ones. False when the machine would
 * not, which is diagnosed. */
bool plan_rungs(struct plan_draft *draft);

/* The best setting of a final point. False, and no config: not known yet; or, where *is_decided, no setting
 * ended with the number it is to be chosen by; or it does not bind, which is diagnosed. */
bool plan_choose(struct plan_draft *draft, const struct experiment_point *final,
                 struct experiment_choice *choice, bool *is_decided);

#endif

/* What the commands that take an EXPERIMENT have in common. */
#ifndef CLI_EXPERIMENT_H
#define CLI_EXPERIMENT_H

#include "base/arena.h"
#include "base/diagnostics.h"
#include "cli/command.h"
#include "run/plan.h"

/* Their option, and what it comes to. */
#define OPTION_OUT                                                                                           \
    {                                                                                                        \
        "out", "DIR", "where run directories are, instead of results"                                        \
    }

const char *experiment_out(const struct invocation *invocation);

struct planned_experiment {
    struct arena *arena; /* all of it lives in it */
    struct diagnostics *diagnostics;
    const struct run_plan *plan;
};

/* The experiment that the invocation's first argument names, and its runs below --out. False when anything is
 * wrong with it: the complaint, or else `error`, says what; the status is error->status. To be destroyed in
 * any case. */
bool planned_experiment_create(struct planned_experiment *planned, struct invocation *invocation,
                               struct assay_error *error);
void planned_experiment_destroy(struct planned_experiment *planned);

/* Plans the network of every point as well: what each is to compute. NULL when anything is wrong, as
 * above. */
const struct point_work *planned_experiment_check(const struct planned_experiment *planned,
                                                  struct invocation *invocation, struct assay_error *error);

/* What has been diagnosed goes to the complaint, its status to `error`, whose text is empty then. Returns
 * false. */
bool planned_experiment_fail(const struct planned_experiment *planned, struct invocation *invocation,
                             struct assay_error *error);

/* The same of a file that could not be loaded; of a config it is said that it is one, and no more. */
bool planned_experiment_fail_at(const struct planned_experiment *planned, const char *path,
                                struct invocation *invocation, struct assay_error *error);

#endif

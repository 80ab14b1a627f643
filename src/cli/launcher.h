/* The ways in which `assay sweep` has runs run. */
#ifndef CLI_LAUNCHER_H
#define CLI_LAUNCHER_H

#include "cli/experiment.h"
#include "run/sweep.h"

enum { SWEEP_TEXT, SWEEP_JSON }; /* formats of the command, in their order */

struct launcher {
    const char *name;
    const char *refused[2]; /* options of the command that are not for it; NULL: none */
    /* Only shows what would be done. */
    enum assay_status (*dry_run)(struct invocation *invocation, struct planned_experiment *planned,
                                 const struct sweep_request *request, struct assay_error *error);
    enum assay_status (*launch)(struct invocation *invocation, struct planned_experiment *planned,
                                const struct sweep_request *request, struct assay_error *error);
};
extern const struct launcher launcher_local, /* processes on this machine, until all is done */
    launcher_slurm;                          /* jobs of a cluster, only submitted */

#endif

/* What `assay check` says of an experiment. */
#ifndef CLI_CHECK_EXPERIMENT_H
#define CLI_CHECK_EXPERIMENT_H

#include "cli/command.h"

/* Loads the file that the invocation names, and prints its points, the number of its runs, its tables,
 * figures and claims. */
enum assay_status check_experiment(struct invocation *invocation, bool json, struct assay_error *error);

#endif

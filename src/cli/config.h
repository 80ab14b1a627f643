/* What the commands that take a CONFIG have in common. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "assay/run.h"
#include "cli/command.h"

enum { THREADS_LIMIT = 1024 };
#define DEFAULT_OUT "results" /* where run directories are unless --out says so */

/* The config that the invocation's arguments name: a file and its overrides. NULL when it is wrong: the
 * complaint, or else `error`, says why; the status is error->status. */
struct assay_config *load_config(struct invocation *invocation, int threads, struct assay_error *error);

#endif

/* The checkpoint of a run, and the one before it, in case that one is damaged. */
#ifndef RUN_CHECKPOINTS_H
#define RUN_CHECKPOINTS_H

#include <stdbool.h>

#include "assay/error.h"
#include "base/log.h"
#include "run/directory.h"
#include "train/trainer.h"

bool checkpoint_write(const struct trainer *trainer, const struct run_directory *directory,
                      const char *identity, const char *machine, struct assay_error *error);

/* Restores from the newest that can be used; an older one than there should be is said to `log`. *restored:
 * there was any. With none usable the error is the newest one's. `machine` NULL: of whatever machine. */
bool checkpoint_restore(struct trainer *trainer, const struct run_directory *directory, const char *identity,
                        const char *machine, const struct log *log, bool *restored,
                        struct assay_error *error);

/* At the end of a run: the last one alone stays. */
bool checkpoint_remove_previous(const struct run_directory *directory, struct assay_error *error);

#endif

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

/* Restores from the newest; where that is damaged, from the one before it, which is said to `log`. A newest
 * one that is refused for any other reason stays where it is, and nothing is restored. `machine` NULL: of
 * whatever machine. */
enum restored checkpoint_restore(struct trainer *trainer, const struct run_directory *directory,
                                 const char *identity, const char *machine, const struct log *log,
                                 struct assay_error *error);

/* At the end of a run: the last one alone stays. */
bool checkpoint_remove_previous(const struct run_directory *directory, struct assay_error *error);

#endif

/* Whose run a directory holds. */
#ifndef RUN_OWNERSHIP_H
#define RUN_OWNERSHIP_H

#include <stdbool.h>

#include "assay/error.h"
#include "run/directory.h"
#include "run/identity.h"

/* Makes sure that there is nothing in it but this run: one with another identity is ASSAY_INVALID, with what
 * differs; or, with `again`, whatever run is there is removed (its own files, nothing else). */
bool ownership_claim(const struct run_directory *directory, const struct run_identity *identity, bool again,
                     struct assay_error *error);

/* Adds what differs between the config.yaml that is there and this config, as far as a line has room for it:
 * "train.max_epochs: 3 there, 5 here; and 2 more". Nothing where that cannot be known. */
void ownership_add_difference(struct text *text, const char *directory, const struct config *config);

#endif

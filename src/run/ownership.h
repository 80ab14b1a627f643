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

#endif

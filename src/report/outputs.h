/* The files that reports leave among the results: written, or held against what is there. */
#ifndef REPORT_OUTPUTS_H
#define REPORT_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"

struct output {
    const char *name; /* in the directory */
    const char *bytes;
    size_t length;
};

/* Writes each atomically, and removes what killed writers left; the directory is created. */
bool outputs_write(const char *directory, const struct output *outputs, size_t count,
                   struct assay_error *error);

/* Whether every one of them is in the directory with these very bytes. ASSAY_INCOMPLETE otherwise, with all
 * that are not, and for texts the first line that differs. */
bool outputs_check(const char *directory, const struct output *outputs, size_t count,
                   struct assay_error *error);

#endif

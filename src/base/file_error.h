/* How the functions of base/file.h fail; shared by their files only. */
#ifndef BASE_FILE_ERROR_H
#define BASE_FILE_ERROR_H

#include "assay/error.h"

/* A call that is interrupted more often than this is an error, not a hang. */
enum { FILE_MOST_INTERRUPTIONS = 1000 };

/* "cannot <step> <path>: <reason>"; the path is escaped. Returns false. */
bool file_fail(struct assay_error *error, enum assay_status status, const char *step, const char *path,
               const char *reason);

#endif

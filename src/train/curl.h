/* One download through the program curl, started without a shell. */
#ifndef TRAIN_CURL_H
#define TRAIN_CURL_H

#include <stddef.h>

#include "base/program.h"

/* Those of curl's exit codes that a caller may want to tell apart (https://curl.se/docs/manpage.html#EXIT),
 * and the one of a program that is not there. */
enum {
    CURL_DONE = 0,
    CURL_WRITE_ERROR = 23,
    CURL_OUT_OF_MEMORY = 27,
    CURL_CANNOT_RESUME = 33,
    CURL_MISSING = PROGRAM_MISSING
};

/* Adds to the file `path` what it lacks of http(s) `url`, at most `limit` bytes in all; what has come stays
 * when the rest does not. Returns curl's exit code, with its last line, escaped, in `complaint`; or
 * PROGRAM_FAILED. */
int curl_download(const char *url, const char *path, size_t limit, struct text *complaint);

#endif

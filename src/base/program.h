/* Another program, started without a shell and waited for: its input is given, what it says is kept. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum {
    PROGRAM_FAILED = -1,   /* it could not be started, or a signal ended it */
    PROGRAM_MISSING = 127, /* there is no such program */
};

struct program {
    const char *const *arguments;   /* the first is looked up in PATH; ended by NULL */
    const char *const *environment; /* "NAME=value", ended by NULL; NULL: ours */
    const char *input;              /* its standard input */
    size_t input_length;
    size_t file_limit;    /* bytes of any file that it writes, 0: no limit */
    size_t output_limit;  /* bytes of each of the following that are kept; the rest is read and forgotten */
    bool ignores_sigterm; /* for what must answer, though what it asks for may end the whole job */
};

/* Its exit code. What it writes is added to `output`, what it complains to `complaint` (which may be the same
 * text), where a PROGRAM_FAILED is explained too. SIGPIPE must be ignored, for it may end before it has read
 * all of its input. */
int program_run(const struct program *program, struct text *output, struct text *complaint);

#endif

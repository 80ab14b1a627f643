/* failure.json: how the last attempt at a run ended, where that was neither the run's end nor asked for. */
#ifndef RUN_FAILURE_H
#define RUN_FAILURE_H

#include <stdbool.h>

#include "assay/error.h"
#include "base/clock.h"

enum { FAILURE_SHORT_SIZE = 160 };

struct run_failure {
    int signal;                       /* that ended the process; 0: it exited … */
    int exit_code;                    /* … with this */
    char ended[CLOCK_TEXT_SIZE];      /* when; set by failure_write */
    char text[ASSAY_ERROR_TEXT_SIZE]; /* what it said last */
};

/* Records it in a run directory, which is created if need be, under its lock. Nothing is written, and that is
 * fine, where another process is at the run by now, or was then and so kept it from us, or it is finished. */
bool failure_write(const char *directory, const struct run_failure *failure, struct assay_error *error);

/* False when there is none that can be read; nothing but words depends on it. */
bool failure_read(const char *directory, struct run_failure *failure);

/* One line of it: "ended by signal 9 (Killed)", "the last thing it said", or "exit code 4". */
void failure_shorten(const struct run_failure *failure, char line[FAILURE_SHORT_SIZE]);

#endif

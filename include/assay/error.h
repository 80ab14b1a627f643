/* What went wrong, as a value: a status that is also the exit code, and one whole sentence. */
#ifndef ASSAY_ERROR_H
#define ASSAY_ERROR_H

#include <stdbool.h>

enum assay_status {
    ASSAY_DONE = 0,
    ASSAY_INCOMPLETE = 1,    /* some runs failed or are missing, or a check differs */
    ASSAY_INVALID = 2,       /* the config, the command line or an input file is wrong */
    ASSAY_DIVERGED = 3,      /* a loss that is not finite, or above the divergence_threshold */
    ASSAY_MACHINE = 4,       /* disk, memory, permission: the machine would not */
    ASSAY_CHECKPOINTED = 75, /* stopped after a checkpoint on SIGUSR1; run again */
    ASSAY_HUNG_UP = 129,     /* SIGHUP */
    ASSAY_INTERRUPTED = 130, /* SIGINT */
    ASSAY_TERMINATED = 143,  /* SIGTERM */
};

enum { ASSAY_ERROR_TEXT_SIZE = 2048 };

/* The caller owns it, `= {0}` before the first use. `text` may hold several lines, without a newline at the
 * end. */
struct assay_error {
    enum assay_status status;
    char text[ASSAY_ERROR_TEXT_SIZE];
};

/* Fills `error` (unless NULL) and returns false, so that a failing function can end with `return
 * assay_fail(…)`. A text that is too long is cut and ends with "…". Control characters in the arguments are
 * the caller's to escape. */
bool assay_fail(struct assay_error *error, enum assay_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "out of memory while <doing>": ASSAY_MACHINE. */
bool assay_fail_memory(struct assay_error *error, const char *doing);

#endif

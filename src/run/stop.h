/* The ways of asking a run or a sweep to end after a checkpoint. */
#ifndef RUN_STOP_H
#define RUN_STOP_H

#include "assay/error.h"

struct stop_way {
    int signal;
    enum assay_status status; /* which is the exit code */
    const char *said;         /* "interrupted" */
};
/* Ended by one whose signal is 0. */
extern const struct stop_way stop_ways[];

/* NULL: that is the status of no such end. */
const struct stop_way *stop_way_of(enum assay_status status);

#endif

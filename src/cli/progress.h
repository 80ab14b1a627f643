/* What a run shows on stderr: one live line on a terminal, one plain line per epoch elsewhere. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

#include "assay/run.h"

struct progress {
    bool quiet, live;
    double shown; /* when the live line last was, on the monotonic clock */
    int width;    /* columns of it that are on the screen */
};

void progress_start(struct progress *progress, bool quiet);
/* Removes the live line. */
void progress_end(struct progress *progress);

/* The functions of struct assay_observer; cookie: the progress. */
void progress_say(void *cookie, enum assay_message kind, const char *line);
void progress_show(void *cookie, const struct assay_progress *now);

#endif

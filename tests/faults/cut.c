/* A run that is stopped at a step that can be named.
 *
 *     cut CONFIG DIRECTORY THREADS CALL     stops, after a checkpoint, when it is asked for the CALL-th time (from 1)
 *
 * Ends as assay does: 75 where it was stopped, 0 where it came to its end before. */
#include <stdio.h>
#include <stdlib.h>

#include "assay/run.h"

static enum assay_status count_down(void *cookie)
{
    long *left = cookie;
    return --*left <= 0 ? ASSAY_CHECKPOINTED : ASSAY_DONE;
}

int main(int count, char **words)
{
    struct assay_error error = {0};
    if (count != 5) {
        fprintf(stderr, "usage: cut CONFIG DIRECTORY THREADS CALL\n");
        return ASSAY_INVALID;
    }
    long left = strtol(words[4], NULL, 10);
    const struct assay_config_request request = {.path = words[1], .threads = atoi(words[3])};
    const struct assay_run_options options = {.directory = words[2], .instructions = getenv("ASSAY_ISA")};
    const struct assay_observer observer = {.cookie = &left, .stop = count_down};
    struct assay_run_result result;
    struct assay_config *config = assay_config_load(&request, NULL, &error);
    const enum assay_status status =
        config != NULL ? assay_run(config, &options, &observer, &result, &error) : error.status;
    if (status != ASSAY_DONE)
        fprintf(stderr, "cut: %s\n", error.text);
    assay_config_destroy(config);
    return (int)status;
}

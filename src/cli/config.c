#include "cli/config.h"

#include <stdlib.h>

struct assay_config *load_config(struct invocation *invocation, int threads, struct assay_error *error)
{
    char *problems = NULL;
    struct assay_config *config =
        assay_config_load(&(struct assay_config_request){.path = invocation->arguments[0],
                                                         .overrides = invocation->arguments + 1,
                                                         .override_count = invocation->argument_count - 1,
                                                         .threads = threads},
                          &problems, error);
    if (problems != NULL) {
        text_add(&invocation->complaint, "%s", problems);
        error->text[0] = '\0';
    }
    free(problems);
    return config;
}

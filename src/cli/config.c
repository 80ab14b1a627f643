#include "cli/config.h"

#include <stdlib.h>

#include "spec/experiment.h"

struct assay_config *load_config(struct invocation *invocation, int threads, struct assay_error *error)
{
    const char *path = invocation->arguments[0];
    char *problems = NULL;
    struct assay_config *config =
        assay_config_load(&(struct assay_config_request){.path = path,
                                                         .overrides = invocation->arguments + 1,
                                                         .override_count = invocation->argument_count - 1,
                                                         .threads = threads},
                          &problems, error);
    if (problems != NULL) {
        text_add(&invocation->complaint, "%s", problems);
        error->text[0] = '\0';
    }
    free(problems);
    enum file_kind kind;
    if (config == NULL && error->status == ASSAY_INVALID && recognize_file(path, &kind, NULL) &&
        kind == FILE_EXPERIMENT) {
        text_finish(&invocation->complaint);
        assay_fail(
            error, ASSAY_INVALID,
            "%s is an experiment, not a config: `assay check` shows its runs, `assay sweep` makes them",
            path);
    }
    return config;
}

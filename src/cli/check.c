/* assay check: validate a config or an experiment, and print what would be run. */
#include <string.h>

#include "cli/check_experiment.h"
#include "cli/config.h"
#include "cli/experiment.h"
#include "net/plan.h"
#include "run/prepared.h"
#include "spec/experiment.h"

static const struct option options[] = {
    {"origin", NULL, "where every value is from, instead of the plan"},
    {"threads", "N", "threads to plan for, one for each CPU unless given"},
    OPTION_OUT,
    {0},
};
enum { TEXT, JSON };
static const char *const formats[] = {"text", "json", NULL};

static void add_heading(struct text *text, const struct assay_config *config)
{
    const struct dataset_shape *shape = &config->shape;
    text_add(text, "%s: %s, %d x %d x %d, %d classes\n\n", config->config->name,
             config->config->data.dataset.variant->name, shape->channels, shape->height, shape->width,
             shape->classes);
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    const bool origin = option_given(invocation, "origin");
    int64_t threads;
    if (!option_integer(invocation, "threads", 1, THREADS_LIMIT, 0, &threads, error))
        return error->status;
    enum file_kind kind;
    if (!recognize_file(invocation->arguments[0], &kind, error))
        return error->status;
    if (kind == FILE_EXPERIMENT) {
        if (!origin && invocation->argument_count == 1)
            return check_experiment(invocation, invocation->format == JSON, error);
        assay_fail(error, ASSAY_INVALID, "%s is an experiment, which takes no %s", invocation->arguments[0],
                   origin ? "--origin" : "key=value");
        return error->status;
    }
    if (kind == FILE_CONFIG && option_given(invocation, "out")) {
        assay_fail(error, ASSAY_INVALID, "%s is a config, which takes no --out", invocation->arguments[0]);
        return error->status;
    }
    if (origin && invocation->format == JSON) {
        assay_fail(error, ASSAY_INVALID, "--origin is text only");
        return error->status;
    }
    struct assay_config *config = load_config(invocation, (int)threads, error);
    if (config == NULL)
        return error->status;
    if (origin) {
        config_origins(config->config, config->tree, &invocation->out);
    } else if (invocation->format == JSON) {
        plan_print_json(config->plan, &invocation->out);
    } else if (!invocation->quiet) {
        add_heading(&invocation->out, config);
        plan_print(config->plan, &invocation->out);
    }
    assay_config_destroy(config);
    return ASSAY_DONE;
}

const struct command check_command = {
    .name = "check",
    .summary = "validate a config and print its plan, or an experiment and its runs",
    .usage = "CONFIG [key=value ...] | EXPERIMENT",
    .details =
        "Reads no data, so it answers at once. As much as can be known of what is wrong with the file is "
        "said in one go. Of a\n"
        "search the final runs are checked as well, once the runs below --out say what they are.\n"
        "A file is an experiment when more of its keys are an experiment's than a config's.\n",
    .examples = "assay check configs/convnet.yaml\n"
                "assay check configs/convnet.yaml train.batch_size=1 --format json\n"
                "assay check configs/overlapping-max-tanh-dropout.yaml --origin\n"
                "assay check experiments/table-2.2.yaml\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = SIZE_MAX,
    .run = run,
};

/* assay run: one run from start to end. */
#include <stdlib.h>

#include "cli/config.h"
#include "cli/signals.h"
#include "cli/training.h"

static const struct option options[] = {
    {"out", "DIR", "where run directories go, instead of results"},
    {"directory", "DIR", "the run directory itself, instead of <out>/<name>/seed-<seed>"},
    {"threads", "N",
     "threads to compute with, one for each CPU unless given; the results do not depend on it"},
    OPTION_AGAIN,
    OPTION_STOP_AFTER,
    OPTION_OTHER_MACHINE,
    {0},
};

static enum assay_status run_in(struct invocation *invocation, const struct assay_config *config,
                                struct training *training, struct assay_error *error)
{
    const char *out = option_value(invocation, "out"), *given = option_value(invocation, "directory");
    char *directory = given == NULL ? assay_run_directory(config, out != NULL ? out : DEFAULT_OUT) : NULL;
    training->config = config;
    training->directory = given != NULL ? given : directory;
    if (training->directory == NULL)
        assay_fail_memory(error, "naming the run directory");
    const enum assay_status status =
        training->directory != NULL ? train_config(invocation, training, error) : error->status;
    free(directory);
    return status;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    int64_t threads;
    struct training training;
    signals_catch();
    if (option_given(invocation, "out") && option_given(invocation, "directory")) {
        assay_fail(error, ASSAY_INVALID, "--out or --directory, not both");
        return error->status;
    }
    if (!option_integer(invocation, "threads", 1, THREADS_LIMIT, 0, &threads, error) ||
        !training_options(invocation, &training, error))
        return error->status;
    struct assay_config *config = load_config(invocation, (int)threads, error);
    if (config == NULL)
        return error->status;
    const enum assay_status status = run_in(invocation, config, &training, error);
    assay_config_destroy(config);
    return status;
}

const struct command run_command = {
    .name = "run",
    .summary = "train, validate and test one config with one seed",
    .usage = "CONFIG [key=value ...]",
    .details =
        "Everything goes to <out>/<config's name>/seed-<seed>, with data.fold to fold-<index> below it: "
        "curves.csv, predictions.csv, weights,\n"
        "summary.json.\n"
        "A run that was interrupted goes on from its checkpoint; one that is finished is not run again.\n"
        "key=value overrides the config: train.batch_size=32, seed=2, 'model[0].conv.maps=16'. The value is "
        "YAML.\n"
        "SIGINT, SIGTERM and SIGHUP end it after a checkpoint (exit 130, 143, 129), SIGUSR1 as well (exit "
        "75).\n",
    .examples = "assay run configs/quickstart-mlp.yaml\n"
                "assay run configs/quickstart-mlp.yaml train.max_epochs=2 seed=2 --out /tmp/results\n"
                "assay run configs/mlp.yaml data.dir=data/mnist --threads 2\n",
    .options = options,
    .formats = training_formats,
    .least_arguments = 1,
    .most_arguments = SIZE_MAX,
    .run = run,
};

/* assay run: one run from start to end. */
#include <math.h>
#include <stdlib.h>

#include "cli/config.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "io/json.h"

static const struct option options[] = {
    {"out", "DIR", "where run directories go, instead of results"},
    {"threads", "N",
     "threads to compute with, one for each CPU unless given; the results do not depend on it"},
    {"again", NULL, "removes what a run left there and starts afresh"},
    {"stop-after", "EPOCH", "stops after this epoch's checkpoint; the same command without it goes on"},
    {"other-machine", NULL,
     "goes on from a checkpoint of another type of machine, where the last bits may differ"},
    {0},
};
enum { TEXT, JSON };
static const char *const formats[] = {"text", "json", NULL};

static void add_text(struct text *text, const struct assay_run_result *result, const char *directory)
{
    if (result->epochs > 0) {
        text_add(text, "test error  %.2f %% after epoch %d", result->test_error_pct, result->result_epoch);
        if (result->result_epoch == result->best_epoch)
            text_add(text, ", the best of %d", result->epochs);
        text_add(text, "\n");
    }
    if (result->epochs > 0 && !isnan(result->val_error_pct))
        text_add(text, "validation  %.2f %%\n", result->val_error_pct);
    if (result->finished)
        text_add(text, "ended by    %s after %d epoch%s, ", result->stop_reason, result->epochs,
                 result->epochs == 1 ? "" : "s");
    else
        text_add(text, "not finished: %d epoch%s done, ", result->epochs, result->epochs == 1 ? "" : "s");
    add_duration(text, result->train_s + result->eval_s);
    text_add(text, result->finished ? "\n" : "; the same command without --stop-after goes on\n");
    text_add(text, "directory   %s\n", directory);
}

static void add_json(struct text *text, const struct assay_run_result *result, const char *directory)
{
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "directory", directory);
    json_bool(&json, "finished", result->finished);
    json_bool(&json, "found_finished", result->found);
    json_string(&json, "stop_reason", result->stop_reason);
    json_string(&json, "divergence", result->divergence[0] != '\0' ? result->divergence : NULL);
    json_integer(&json, "epochs", result->epochs);
    json_integer(&json, "best_epoch", result->best_epoch);
    json_integer(&json, "result_epoch", result->result_epoch);
    json_number(&json, "train_loss", result->train_loss);
    json_number(&json, "train_error_pct", result->train_error_pct);
    json_number(&json, "val_loss", result->val_loss);
    json_number(&json, "val_error_pct", result->val_error_pct);
    json_number(&json, "test_loss", result->test_loss);
    json_number(&json, "test_error_pct", result->test_error_pct);
    json_number(&json, "train_s", result->train_s);
    json_number(&json, "eval_s", result->eval_s);
    json_close(&json);
    text_add_char(text, '\n');
}

static enum assay_status train(struct invocation *invocation, const struct assay_config *config,
                               int stop_after, struct assay_error *error)
{
    const char *out = option_value(invocation, "out");
    char *directory = assay_run_directory(config, out != NULL ? out : "results");
    if (directory == NULL) {
        assay_fail_memory(error, "naming the run directory");
        return error->status;
    }
    struct progress progress;
    progress_start(&progress, invocation->quiet);
    const struct assay_observer observer = {&progress, progress_say, progress_show, signals_status};
    struct assay_run_result result;
    const enum assay_status status =
        assay_run(config,
                  &(struct assay_run_options){.directory = directory,
                                              .again = option_given(invocation, "again"),
                                              .other_machine = option_given(invocation, "other-machine"),
                                              .stop_after = stop_after,
                                              .instructions = getenv("ASSAY_ISA"),
                                              .command = invocation->command_line},
                  &observer, &result, error);
    progress_end(&progress);
    if (result.found)
        log_say(invocation->log, LOG_INFO, "%s: finished before, nothing to do; --again runs it afresh",
                directory);
    if (invocation->format == JSON)
        add_json(&invocation->out, &result, directory);
    else if (!invocation->quiet && (status == ASSAY_DONE || result.finished))
        add_text(&invocation->out, &result, directory);
    free(directory);
    return status;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    int64_t threads, stop_after;
    signals_catch();
    if (!option_integer(invocation, "threads", 1, THREADS_LIMIT, 0, &threads, error) ||
        !option_integer(invocation, "stop-after", 1, INT32_MAX, 0, &stop_after, error))
        return error->status;
    struct assay_config *config = load_config(invocation, (int)threads, error);
    if (config == NULL)
        return error->status;
    const enum assay_status status = train(invocation, config, (int)stop_after, error);
    assay_config_destroy(config);
    return status;
}

const struct command run_command = {
    .name = "run",
    .summary = "train, validate and test one config with one seed",
    .usage = "CONFIG [key=value ...]",
    .details =
        "Everything goes to <out>/<config's name>/seed-<seed>: curves.csv, predictions.csv, weights, "
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
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = SIZE_MAX,
    .run = run,
};

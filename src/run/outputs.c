/* The files that a run leaves, in the order that makes a kill at any moment safe. */
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "run/checkpoints.h"
#include "run/files.h"
#include "run/run.h"
#include "run/summary.h"
#include "run/tables.h"
#include "train/weights.h"

bool run_write_config(struct run *run, struct assay_error *error)
{
    struct text text = {0};
    config_write(run->prepared->config, &text);
    const bool done = run_directory_write(&run->directory, CONFIG_FILE, &text, error);
    text_finish(&text);
    return done;
}

bool run_write_curves(struct run *run, struct assay_error *error)
{
    int count;
    const struct epoch_row *rows = trainer_rows(run->trainer, &count);
    struct text curves = {0}, timing = {0};
    add_curves(&curves, rows, count, run->prepared->config->train.evaluate_train);
    add_timing(&timing, rows, count);
    const bool done = run_directory_write(&run->directory, CURVES_FILE, &curves, error) &&
                      run_directory_write(&run->directory, TIMING_FILE, &timing, error);
    text_finish(&curves);
    text_finish(&timing);
    return done;
}

static bool write_weights(struct run *run, const char *name, float *vector, struct assay_error *error)
{
    struct text config = {0};
    config_write(run->prepared->config, &config);
    char mean[NUMBER_TEXT_SIZE], sd[NUMBER_TEXT_SIZE], classes[NUMBER_TEXT_SIZE];
    const struct tensor_metadata metadata[] = {
        {"config", config.bytes},
        {"input_mean", number_print_double(mean, run->split.mean)},
        {"input_sd", number_print_double(sd, run->split.sd)},
        {"classes", number_print_double(classes, run->dataset.shape.classes)}};
    char *path = run_directory_file(run->directory.path, name, error);
    bool done = path != NULL;
    if (done && config.failed)
        done = assay_fail_memory(error, "writing the weights");
    done = done && weights_save(path, run->prepared->plan, run->network, vector, metadata,
                                sizeof metadata / sizeof metadata[0], error);
    memory_free(path);
    text_finish(&config);
    return done;
}

bool run_write_best(struct run *run, struct assay_error *error)
{
    return write_weights(run, BEST_FILE, network_vectors(run->network).best, error);
}

/* The images that predictions are about: the fold that is held out, else the test set. */
static uint32_t count_predicted(const struct run *run)
{
    if (run->split.counts.held_out > 0)
        return run->split.counts.held_out;
    return config_evaluates_test(run->prepared->config) ? run->dataset.test.count : 0;
}

/* What the weights of the result's epoch say of them; between minibatches it may be stopped. */
static bool predict(struct run *run, struct predictions *predictions, bool *is_stopped,
                    struct assay_error *error)
{
    enum { AT_ONCE = 256 };
    const bool is_fold = run->split.counts.held_out > 0;
    const struct image_set *set = is_fold ? &run->dataset.train : &run->dataset.test;
    const uint32_t count = count_predicted(run), batch = (uint32_t)run->prepared->config->train.batch_size,
                   step = batch < AT_ONCE ? AT_ONCE / batch * batch : batch;
    uint32_t *indices = memory_allocate(count, sizeof *indices);
    if (indices == NULL)
        return assay_fail_memory(error, "testing");
    for (uint32_t i = 0; i < count; i++)
        indices[i] = is_fold ? run->split.held_out[i] : i;
    if (run->result->result_epoch == run->result->best_epoch) {
        const struct network_vectors vectors = network_vectors(run->network);
        memcpy(vectors.values, vectors.best, vectors.all * sizeof *vectors.values);
        network_prepare(run->network);
    }
    predictions_start(predictions);
    for (uint32_t at = 0; at < count && !*is_stopped; at += step) {
        evaluate(run->network, set, indices + at, count - at < step ? count - at : step, (int)batch,
                 collect_prediction, predictions);
        *is_stopped = run_should_stop(run) && count - at > step;
    }
    memory_free(indices);
    return true;
}

static bool write_predictions(struct run *run, struct predictions *predictions, bool *is_stopped,
                              struct assay_error *error)
{
    return predict(run, predictions, is_stopped, error) &&
           (*is_stopped ||
            (run_directory_write(&run->directory, PREDICTIONS_FILE, &predictions->all, error) &&
             run_directory_write(&run->directory, MISTAKES_FILE, &predictions->mistakes, error)));
}

/* What only a training that did not break off has: the last weights, and predictions. */
static bool write_network(struct run *run, struct predictions *predictions, bool *is_stopped,
                          struct assay_error *error)
{
    return write_weights(run, LAST_FILE, network_vectors(run->network).values, error) &&
           (count_predicted(run) == 0 || write_predictions(run, predictions, is_stopped, error));
}

static bool write_summary(struct run *run, const struct predictions *predictions, struct assay_error *error)
{
    struct summary summary = {.identity = &run->identity,
                              .test_digest = run->dataset.test_digest,
                              .config = run->prepared->config,
                              .result = run->result,
                              .parameters = run->prepared->plan->parameter_elements,
                              .kernels = run->kernels->name,
                              .cpu = run->cpu,
                              .threads = run->prepared->plan->threads};
    if (run->split.counts.held_out > 0)
        summary.counts = (struct summary_counts){.held_out_images = predictions->images,
                                                 .held_out_mistakes = predictions->wrong};
    else
        summary.counts =
            (struct summary_counts){.test_images = predictions->images, .test_mistakes = predictions->wrong};
    run->result->held_out_error_pct = held_out_error_pct(&summary.counts);
    summary.rows = trainer_rows(run->trainer, &summary.count);
    struct text text = {0};
    add_summary(&text, &summary);
    const bool done = run_directory_write(&run->directory, SUMMARY_FILE, &text, error);
    text_finish(&text);
    return done;
}

bool run_write_results(struct run *run, bool *is_stopped, struct assay_error *error)
{
    const enum stop_reason reason = trainer_stop_reason(run->trainer);
    struct predictions predictions = {0};
    *is_stopped = false;
    bool done = reason == STOP_NON_FINITE || write_network(run, &predictions, is_stopped, error);
    if (done && !*is_stopped)
        done = provenance_write(&run->provenance, &run->directory, stop_reason_names[reason], error) &&
               checkpoint_remove_previous(&run->directory, error) && write_summary(run, &predictions, error);
    predictions_finish(&predictions);
    return done;
}

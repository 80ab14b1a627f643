#include "run/run.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "run/build.h"
#include "run/checkpoints.h"
#include "run/failure.h"
#include "run/files.h"
#include "run/ownership.h"
#include "run/stop.h"
#include "run/summary.h"
#include "train/stopping.h"
#include "train/weights.h"

static bool read_weights(struct run *run, struct assay_error *error)
{
    const char *path = run->prepared->config->train.init_from;
    return path == NULL || safetensors_load(path, &run->weights, &run->weights_length, error);
}

static bool identify(struct run *run, struct assay_error *error)
{
    return run_identity_init(&run->identity, run->prepared->config, run->dataset.digest, run->weights,
                             run->weights_length, error);
}

/* Whether this very run has been finished before: summary.json is there whole or not at all. */
static bool find_finished(struct run *run, bool *is_finished, struct assay_error *error)
{
    struct summary_found found;
    *is_finished = false;
    if (run->options->again)
        return true;
    if (!summary_read(run->options->directory, is_finished, &found, error))
        return false;
    *is_finished = *is_finished && strcmp(found.identity, run->identity.digest) == 0;
    if (*is_finished) {
        *run->result = found.result;
        run->result->found = true;
    }
    return true;
}

/* Once the directory is open. */
static bool begin(struct run *run, struct assay_error *error)
{
    if (!ownership_claim(&run->directory, &run->identity, run->options->again, error) ||
        !run_directory_remove(&run->directory, FAILURE_FILE, error))
        return false;
    run->provenance = (struct provenance){.identity = &run->identity,
                                          .kernels = run->kernels->name,
                                          .cpu = run->cpu,
                                          .machine = run->machine,
                                          .command = run->options->command,
                                          .threads = run->prepared->plan->threads};
    if (!provenance_start(&run->provenance, run->directory.path, error) ||
        !provenance_write(&run->provenance, &run->directory, NULL, error))
        return false;
    /* Not before it is known whose the directory is: a log alone would be taken for another run's. */
    run->log_path = run_directory_file(run->directory.path, LOG_FILE, error);
    return run->log_path != NULL && run_write_config(run, error);
}

static bool set_weights(struct run *run, struct assay_error *error)
{
    if (run->weights == NULL)
        return true;
    const char *path = run->prepared->config->train.init_from;
    struct arena *arena = arena_create();
    const struct tensor_file *file =
        arena != NULL ? weights_decode(arena, path, run->weights, run->weights_length, error) : NULL;
    const bool done = file != NULL && weights_set(file, path, run->prepared->plan, run->network,
                                                  network_vectors(run->network).values, error);
    if (arena == NULL)
        assay_fail_memory(error, "reading weights");
    arena_destroy(arena);
    return done;
}

static bool create_network(struct run *run, struct assay_error *error)
{
    const struct config *config = run->prepared->config;
    run->team = team_create(run->prepared->plan->threads, error);
    if (run->team == NULL)
        return false;
    run->network =
        network_create(&(struct network_settings){.plan = run->prepared->plan,
                                                  .team = run->team,
                                                  .kernels = run->kernels,
                                                  .loss = (const struct loss *)config->train.loss.variant,
                                                  .mean = run->split.mean,
                                                  .sd = run->split.sd},
                       error);
    if (run->network == NULL)
        return false;
    network_initialize(run->network, config->seed);
    if (!set_weights(run, error))
        return false;
    network_prepare(run->network);
    run->trainer = trainer_create(&(struct trainer_settings){.options = &config->train,
                                                             .seed = config->seed,
                                                             .dataset = &run->dataset,
                                                             .split = &run->split,
                                                             .network = run->network,
                                                             .test = config_evaluates_test(config)},
                                  error);
    return run->trainer != NULL;
}

static int epochs_done(const struct run *run)
{
    int count;
    trainer_rows(run->trainer, &count);
    return count;
}

static bool write_checkpoint(struct run *run, struct assay_error *error)
{
    run->checkpointed = clock_seconds();
    return checkpoint_write(run->trainer, &run->directory, run->identity.digest, run->machine, error);
}

static bool restore(struct run *run, struct assay_error *error)
{
    const enum restored restored =
        checkpoint_restore(run->trainer, &run->directory, run->identity.digest,
                           run->options->other_machine ? NULL : run->machine, &run->log, error);
    if (restored == RESTORED_NOTHING)
        return true;
    if (restored == RESTORE_OTHER_MACHINE)
        return assay_fail(error, error->status,
                          "%s\n--other-machine goes on with it all the same; --again starts this run afresh",
                          error->text);
    if (restored != RESTORED && error->status == ASSAY_INVALID)
        assay_fail(error, error->status, "%s\n--again starts this run afresh", error->text);
    if (restored != RESTORED)
        return false;
    log_say(&run->log, LOG_INFO, "going on after epoch %d", epochs_done(run));
    return epochs_done(run) == 0 || (run_write_curves(run, error) && run_write_best(run, error));
}

bool run_should_stop(struct run *run)
{
    if (run->observer->stop != NULL)
        run->stop = run->observer->stop(run->observer->cookie);
    return run->stop != ASSAY_DONE;
}

static bool should_pause(void *cookie, const struct trainer_progress *progress)
{
    struct run *run = cookie;
    run_report(run, progress);
    const double most = run->options->checkpoint_seconds > 0 ? run->options->checkpoint_seconds : 60;
    const bool due = !progress->evaluating && clock_seconds() - run->checkpointed >= most;
    return run_should_stop(run) || due;
}

/* The curve comes last: what it says has been done need not be done again, whatever happens next. */
static bool end_epoch(struct run *run, struct assay_error *error)
{
    run_say_epoch(run);
    run->marked_samples = UINT32_MAX;
    return (!trainer_improved(run->trainer) || run_write_best(run, error)) && write_checkpoint(run, error) &&
           run_write_curves(run, error);
}

/* Trains until there is nothing left to train, or somebody wants it to stop; *ended tells which. */
static bool train(struct run *run, bool *ended, struct assay_error *error)
{
    *ended = false;
    run->marked_samples = UINT32_MAX;
    run->checkpointed = clock_seconds();
    for (;;) {
        const bool stop_here = run->options->stop_after > 0 && epochs_done(run) >= run->options->stop_after;
        if (trainer_stop_reason(run->trainer) == STOP_NONE && (stop_here || run->stop != ASSAY_DONE))
            return true;
        switch (trainer_advance(run->trainer, should_pause, run)) {
        case TRAINER_PAUSED:
            if (!write_checkpoint(run, error))
                return false;
            break;
        case TRAINER_EPOCH:
            if (!end_epoch(run, error))
                return false;
            run_should_stop(run);
            break;
        case TRAINER_DIVERGED:
            *ended = true;
            return run_write_curves(run, error);
        case TRAINER_DONE:
            *ended = true;
            return true;
        }
    }
}

static void fill_result(struct run *run, bool ended)
{
    const struct stopping_options *stopping = run->prepared->config->train.early_stopping;
    struct assay_run_result *result = run->result;
    int count;
    const struct epoch_row *rows = trainer_rows(run->trainer, &count);
    result->finished = ended;
    result->stop_reason = stop_reason_names[ended ? trainer_stop_reason(run->trainer) : STOP_NONE];
    struct text divergence = {0};
    if (ended)
        trainer_divergence(run->trainer, &divergence);
    snprintf(result->divergence, sizeof result->divergence, "%s",
             divergence.length > 0 ? divergence.bytes : "");
    text_finish(&divergence);
    result->best_epoch = trainer_best_epoch(run->trainer);
    result->result_epoch = stopping_takes_best(stopping) ? result->best_epoch : count;
    result_set_rows(result, rows, count);
}

/* The status of a run that was stopped on the way; its error says how to go on. */
static enum assay_status stopped(struct run *run, struct assay_error *error)
{
    const struct stop_way *way = stop_way_of(run->stop);
    const char *said = way != NULL ? way->said : "stopped"; /* NULL: because of stop_after */
    /* Of a session that trained to its end, but has no results, there is no outcome: it is not on a rung. */
    if (trainer_stop_reason(run->trainer) == STOP_NONE &&
        !provenance_write(&run->provenance, &run->directory, said, error))
        return error->status;
    if (run->stop != ASSAY_DONE)
        assay_fail(error, run->stop,
                   "%s with %d of %d epochs done; the same command%s goes on from the checkpoint", said,
                   epochs_done(run), run->prepared->config->train.max_epochs,
                   run->options->again ? " without --again" : "");
    return run->stop;
}

/* The status of a run that is finished, now or before. */
static enum assay_status conclude(const struct run *run, struct assay_error *error)
{
    if (!result_diverged(run->result))
        return ASSAY_DONE;
    assay_fail(error, ASSAY_DIVERGED, "the training diverged: %s; %s/curves.csv has the curve up to then",
               run->result->divergence, run->options->directory);
    return ASSAY_DIVERGED;
}

static enum assay_status finish(struct run *run, struct assay_error *error)
{
    bool is_stopped;
    if (!run_write_results(run, &is_stopped, error))
        return error->status;
    if (!is_stopped)
        return conclude(run, error);
    fill_result(run, false);
    return stopped(run, error);
}

static enum assay_status start(struct run *run, struct assay_error *error)
{
    run->kernels = kernels_choose(run->options->instructions, error);
    if (run->kernels == NULL || !machine_cpu(run->cpu, error))
        return error->status;
    machine_describe(run->kernels->name, run->cpu, run->machine);
    if (!prepared_load_data(run->prepared, &run->dataset, &run->split, error) || !read_weights(run, error) ||
        !identify(run, error))
        return error->status;
    bool is_finished;
    if (!find_finished(run, &is_finished, error))
        return error->status;
    if (is_finished)
        return conclude(run, error);
    /* The directory comes last: what is there is touched by nothing that could not have run. */
    if (!create_network(run, error) || !run_directory_open(&run->directory, run->options->directory, error))
        return error->status;
    if (!find_finished(run, &is_finished, error))
        return error->status;
    if (is_finished) /* by another process, meanwhile */
        return conclude(run, error);
    if (!begin(run, error))
        return error->status;
    log_say(&run->log, LOG_INFO, "%s assay %s: %s", run->provenance.started, build.version,
            run->directory.path);
    bool ended = false;
    const bool done = restore(run, error) && train(run, &ended, error);
    fill_result(run, ended && done);
    if (!done)
        return error->status;
    return ended ? finish(run, error) : stopped(run, error);
}

enum assay_status assay_run(const struct assay_config *config, const struct assay_run_options *options,
                            const struct assay_observer *observer, struct assay_run_result *result,
                            struct assay_error *error)
{
    static const struct assay_observer nobody;
    struct assay_error unwanted;
    if (error == NULL)
        error = &unwanted;
    struct run run = {.prepared = config,
                      .options = options,
                      .observer = observer != NULL ? observer : &nobody,
                      .result = result};
    run.log = (struct log){run_log, &run};
    *result = (struct assay_run_result){.stop_reason = stop_reason_names[STOP_NONE]};
    result_set_rows(result, NULL, 0);
    const enum assay_status status = start(&run, error);
    if (status != ASSAY_DONE)
        run_write_log(&run, error->text);
    trainer_destroy(run.trainer);
    network_destroy(run.network);
    team_destroy(run.team);
    split_finish(&run.split);
    dataset_finish(&run.dataset);
    memory_free(run.weights);
    provenance_finish(&run.provenance);
    run_identity_finish(&run.identity);
    run_directory_close(&run.directory);
    memory_free(run.log_path);
    return status;
}

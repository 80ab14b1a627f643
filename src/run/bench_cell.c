#include "run/bench_cell.h"

#include "base/clock.h"

/* A training that is over, or that has diverged, starts afresh. */
static bool start(struct bench_cell *cell, struct assay_error *error)
{
    const struct config *config = cell->config;
    trainer_destroy(cell->trainer);
    network_initialize(cell->network, config->seed);
    network_prepare(cell->network);
    cell->trainer = trainer_create(&(struct trainer_settings){.options = &config->train,
                                                              .seed = config->seed,
                                                              .dataset = &cell->data->dataset,
                                                              .split = &cell->data->split,
                                                              .network = cell->network,
                                                              .test = config_evaluates_test(config)},
                                   error);
    return cell->trainer != NULL;
}

bool bench_cell_init(struct bench_cell *cell, const struct config *config, const struct bench_data *data,
                     const struct network_settings *settings, struct assay_error *error)
{
    *cell = (struct bench_cell){.config = config, .data = data, .network = network_create(settings, error)};
    return cell->network != NULL && start(cell, error);
}

void bench_cell_finish(struct bench_cell *cell)
{
    trainer_destroy(cell->trainer);
    network_destroy(cell->network);
}

static bool should_pause(void *cookie, const struct trainer_progress *progress)
{
    struct bench_cell *cell = cookie;
    cell->epoch_s = progress->train_s;
    cell->epoch_samples = progress->samples;
    return !progress->evaluating && cell->past_s + cell->epoch_s >= cell->wanted_s;
}

static void end_epoch(struct bench_cell *cell)
{
    cell->past_s += cell->epoch_s;
    cell->past_samples += cell->epoch_samples;
    cell->epoch_s = 0;
    cell->epoch_samples = 0;
}

static bool fail_diverged(const struct bench_cell *cell, struct assay_error *error)
{
    struct text what = {0};
    trainer_divergence(cell->trainer, &what);
    assay_fail(error, ASSAY_DIVERGED, "the training diverged with batches of %d: %s",
               cell->config->train.batch_size, what.failed ? "" : what.bytes);
    text_finish(&what);
    return false;
}

bool bench_cell_train(struct bench_cell *cell, double seconds, double *ms_per_sample,
                      struct assay_error *error)
{
    const double begin_s = cell->past_s + cell->epoch_s;
    const uint64_t begin_samples = cell->past_samples + cell->epoch_samples;
    cell->wanted_s = begin_s + seconds;
    while (cell->past_s + cell->epoch_s < cell->wanted_s) {
        const enum trainer_event event = trainer_advance(cell->trainer, should_pause, cell);
        if (event == TRAINER_EPOCH) {
            int rows;
            cell->epoch_s = trainer_rows(cell->trainer, &rows)[rows - 1].train_s;
            cell->epoch_samples = cell->data->split.counts.train;
        }
        if (event == TRAINER_DIVERGED && cell->epoch_samples == 0)
            return fail_diverged(cell, error);
        if (event != TRAINER_PAUSED)
            end_epoch(cell);
        if ((event == TRAINER_DIVERGED || event == TRAINER_DONE) && !start(cell, error))
            return false;
    }
    *ms_per_sample = 1000 * (cell->past_s + cell->epoch_s - begin_s) /
                     (double)(cell->past_samples + cell->epoch_samples - begin_samples);
    return true;
}

double bench_cell_test(struct bench_cell *cell, double seconds)
{
    const struct image_set *test = &cell->data->dataset.test;
    const uint32_t batch = (uint32_t)cell->config->train.batch_size;
    uint64_t samples = 0;
    double passed;
    const double start = clock_seconds();
    do {
        const uint32_t left = test->count - cell->tested, count = left < batch ? left : batch;
        evaluate(cell->network, test, cell->data->test_order + cell->tested, count, (int)batch, NULL, NULL);
        cell->tested = count < left ? cell->tested + count : 0;
        samples += count;
        passed = clock_seconds() - start;
    } while (passed < seconds);
    return 1000 * passed / (double)samples;
}

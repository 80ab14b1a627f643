/* One row of `assay bench` while it is measured: a network with a trainer of its own. */
#ifndef RUN_BENCH_CELL_H
#define RUN_BENCH_CELL_H

#include "run/prepared.h"
#include "train/trainer.h"

struct bench_data {
    struct dataset dataset;
    struct split split;
    uint32_t *test_order; /* 0, 1, 2, … */
};

struct bench_cell {
    const struct config *config; /* with the batch size of this row */
    const struct bench_data *data;
    struct network *network;
    struct trainer *trainer;
    /* On the trainer's own clock, which timing.csv shows: of epochs that are over, and of this one. */
    double past_s, epoch_s;
    uint64_t past_samples;
    uint32_t epoch_samples;
    double wanted_s;
    uint32_t tested; /* samples of the test set, in this turn through it */
};

/* `config` and `plan` as they are for this batch size, in the arena like the rest of the settings. */
bool bench_cell_init(struct bench_cell *cell, const struct config *config, const struct bench_data *data,
                     const struct network_settings *settings, struct assay_error *error);
void bench_cell_finish(struct bench_cell *cell); /* {0} is fine */

/* Goes on for at least so many seconds; the ms per sample that it took. False when the training cannot even
 * begin. */
bool bench_cell_train(struct bench_cell *cell, double seconds, double *ms_per_sample,
                      struct assay_error *error);
double bench_cell_test(struct bench_cell *cell, double seconds);

#endif

/* What a trainer remembers: exactly this is in a checkpoint, with the network's vectors. */
#ifndef TRAIN_TRAINER_STATE_H
#define TRAIN_TRAINER_STATE_H

#include "train/trainer.h"

/* Plain data without pointers. */
struct trainer_state {
    int epoch;         /* being trained, from 1 */
    uint32_t position; /* samples of it that are done */
    uint64_t steps;    /* of the whole run */
    double loss_sum;   /* of this epoch so far */
    uint64_t wrong;
    double train_s;  /* of this epoch so far */
    int rows;        /* finished epochs */
    int stop_reason; /* enum stop_reason */
    struct stopping stopping;
};

struct trainer {
    struct trainer_settings settings;
    int batch;
    struct trainer_state state;
    struct epoch_row *history; /* room for max_epochs rows */
    uint32_t *order;           /* of this epoch: training indices */
    int ordered_epoch;         /* the epoch `order` is for */
    uint32_t *test_order;      /* 0, 1, 2, … */
    bool improved;
    int diverged_epoch;     /* 0: not */
    uint64_t diverged_step; /* within the epoch, from 1; 0: in the evaluation after it */
    double diverged_loss;
};

#endif

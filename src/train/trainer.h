/* The training of one network: epochs, minibatches, evaluation. It reads no file, writes none and looks at no
 * clock but to time itself; who drives it does the rest. */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/error.h"
#include "base/text.h"
#include "net/network.h"
#include "train/dataset.h"
#include "train/options.h"
#include "train/split.h"
#include "train/stopping.h"

/* A row of curves.csv (what is not known is NaN), and of timing.csv. Errors in percent, losses in nats (or
 * what the loss is in), means over samples. */
struct epoch_row {
    int epoch;
    double train_loss, train_error_pct, val_loss, val_error_pct, test_loss, test_error_pct, learning_rate,
        penalty;
    double evaluated_train_loss, evaluated_train_error_pct;
    double train_s, eval_s, train_ms_per_sample, test_ms_per_sample;
};

struct trainer;

struct trainer_settings {
    const struct train_options *options;
    uint64_t seed;
    const struct dataset *dataset;
    const struct split *split;
    struct network *network; /* initialised and prepared; the trainer changes it */
    bool test;               /* after each epoch, on the test set */
};

/* Everything in `settings` must outlive the trainer. NULL without memory. */
struct trainer *trainer_create(const struct trainer_settings *settings, struct assay_error *error);
void trainer_destroy(struct trainer *trainer); /* NULL is fine */

enum trainer_event {
    TRAINER_PAUSED,   /* `pause` asked for it, between two steps or while evaluating */
    TRAINER_EPOCH,    /* an epoch has ended: there is a new row, and perhaps a new best */
    TRAINER_DONE,     /* there is nothing left to train: the last TRAINER_EPOCH was the last */
    TRAINER_DIVERGED, /* a loss is not finite; trainer_divergence says where */
};

struct trainer_progress {
    int epoch, max_epochs;
    uint32_t samples, samples_in_epoch; /* of this epoch */
    double loss;                        /* mean so far in this epoch */
    double train_s;                     /* so far in this epoch */
    bool evaluating; /* all samples are done; a pause now means that the evaluation begins anew */
};

/* Trains until one of the events. `pause` is asked between any two steps, and every few batches of an
 * evaluation (NULL: never). Called again, it goes on. */
enum trainer_event trainer_advance(struct trainer *trainer,
                                   bool (*pause)(void *cookie, const struct trainer_progress *progress),
                                   void *cookie);

/* Rows so far, one per finished epoch. */
const struct epoch_row *trainer_rows(const struct trainer *trainer, int *count);

int trainer_best_epoch(const struct trainer *trainer); /* 0: none yet */
bool trainer_improved(const struct trainer *trainer);  /* the last finished epoch is the best so far */
enum stop_reason trainer_stop_reason(const struct trainer *trainer);
/* "the loss became nan in epoch 2 at step 37", "val_error_pct was 95 after epoch 3, above the
 * divergence_threshold of 90"; nothing where the training did not diverge. */
void trainer_divergence(const struct trainer *trainer, struct text *text);

/* What testing says of a set of samples, each in its turn: called once per sample, in the order of `indices`.
 */
typedef void trainer_sample(void *cookie, uint32_t index, int label, int predicted, double nll);
struct evaluation {
    double loss, error_pct;
};
struct evaluation evaluate(struct network *network, const struct image_set *set, const uint32_t *indices,
                           uint32_t count, int batch, trainer_sample *sample, void *cookie);

/* The checkpoint: all that is needed to go on bit for bit, as bytes that begin with a digest of the rest.
 * `identity` (of the run) and `machine` (what equal bits are promised for) are stored, and must be equal to
 * restore (`machine` NULL: any will do): a difference names both. */
bool trainer_save(const struct trainer *trainer, const char *identity, const char *machine,
                  struct text *bytes);

/* The most bytes that a checkpoint of this trainer can have. */
size_t trainer_checkpoint_limit(const struct trainer *trainer);

/* What came of restoring; all but the first two with an error, and the trainer as it was. */
enum restored {
    RESTORED_NOTHING, /* there is no checkpoint */
    RESTORED,
    RESTORE_DAMAGED,       /* cut short or altered, so that an earlier one may do */
    RESTORE_OTHER_MACHINE, /* whole, but written on another type of machine */
    RESTORE_REFUSED,       /* whole, but not of this run or this version; or it could not be read */
};
enum restored trainer_restore(struct trainer *trainer, const char *identity, const char *machine,
                              const char *name, const char *bytes, size_t length, struct assay_error *error);

#endif

/* A training of very few numbers, whose checkpoints and weights are small enough to try every damage. */
#ifndef TESTS_FUZZ_TRAINING_H
#define TESTS_FUZZ_TRAINING_H

#include "net/network.h"
#include "train/trainer.h"

struct training {
    const struct plan *plan;
    struct network *network;
    struct trainer *trainer;
    struct text start; /* its first checkpoint */
};

/* The only one there is; it lives as long as the program. */
const struct training *training_start(void);

/* As trainer_save and trainer_restore, of this run on this machine. */
bool training_save(const struct training *training, struct text *bytes);
enum restored training_restore(const struct training *training, const char *bytes, size_t length,
                               struct assay_error *error);

#endif

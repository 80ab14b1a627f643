/* A training of very few numbers, whose checkpoints and weights are small enough to try every damage. */
#ifndef TESTS_FUZZ_TRAINING_H
#define TESTS_FUZZ_TRAINING_H

#include "base/sha256.h"
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

/* Where a checkpoint says what. */
enum {
    DIGEST_AT = 32,
    OWNER_AT = DIGEST_AT + SHA256_SIZE, /* the run and the machine; the digest is of all from here on */
    FLOATS_AT = OWNER_AT + 512,         /* two counts */
    STATE_AT = FLOATS_AT + 16,          /* struct trainer_state */
};

/* Gives a checkpoint the digest that it should have. */
void training_seal(struct text *file);

/* As trainer_save and trainer_restore, of this run on this machine. */
bool training_save(const struct training *training, struct text *bytes);
enum restored training_restore(const struct training *training, const char *bytes, size_t length,
                               struct assay_error *error);

#endif

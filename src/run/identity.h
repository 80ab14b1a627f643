/* What makes two runs the same run. */
#ifndef RUN_IDENTITY_H
#define RUN_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "spec/config.h"

struct run_identity {
    char digest[SHA256_HEX_SIZE]; /* of all of the following: what "identity" means in files */
    struct text config;           /* resolved, without operational keys */
    char config_digest[SHA256_HEX_SIZE];
    char data[SHA256_HEX_SIZE];    /* of the data set */
    char weights[SHA256_HEX_SIZE]; /* of the file that init_from names; "" without */
};

/* The digest of a config alone, which takes no data: "config" of summary.json. */
bool config_digest(const struct config *config, char digest[SHA256_HEX_SIZE], struct assay_error *error);

/* `weights`: the bytes of that file, NULL without. */
bool run_identity_init(struct run_identity *identity, const struct config *config, const char *data_digest,
                       const char *weights, size_t length, struct assay_error *error);
void run_identity_finish(struct run_identity *identity); /* {0} is fine */

#endif

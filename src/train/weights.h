/* Parameters ↔ safetensors files. */
#ifndef TRAIN_WEIGHTS_H
#define TRAIN_WEIGHTS_H

#include <stdbool.h>

#include "assay/error.h"
#include "base/arena.h"
#include "io/safetensors.h"
#include "net/network.h"
#include "net/plan.h"

/* Writes `vector` (network_vectors' values or best) as <layer>.<parameter> in the layers' order, in the usual
 * layouts. To the metadata is added `sha256`, a digest of all the rest: safetensors itself would not notice a
 * flipped bit. */
bool weights_save(const char *path, const struct plan *plan, const struct network *network, float *vector,
                  const struct tensor_metadata *metadata, size_t metadata_count, struct assay_error *error);

/* As safetensors_read and safetensors_decode; where the metadata have a digest it must be the right one. */
const struct tensor_file *weights_read(struct arena *arena, const char *path, struct assay_error *error);
const struct tensor_file *weights_decode(struct arena *arena, const char *name, const char *bytes,
                                         size_t length, struct assay_error *error);

/* Whether a file has every parameter in its shape, and nothing else: ASSAY_INVALID names the first that
 * differs. */
bool weights_check(const struct tensor_file *file, const char *name, const struct plan *plan,
                   struct assay_error *error);

/* Sets `vector` from a file that passes weights_check, which is done first. */
bool weights_set(const struct tensor_file *file, const char *name, const struct plan *plan,
                 const struct network *network, float *vector, struct assay_error *error);

#endif

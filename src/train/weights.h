/* Parameters ↔ safetensors files. */
#ifndef TRAIN_WEIGHTS_H
#define TRAIN_WEIGHTS_H

#include <stdbool.h>

#include "assay/error.h"
#include "io/safetensors.h"
#include "net/network.h"
#include "net/plan.h"

/* Writes `vector` (network_vectors' values or best) as <layer>.<parameter> in the layers' order, in the usual
 * layouts. */
bool weights_save(const char *path, const struct plan *plan, const struct network *network, float *vector,
                  const struct tensor_metadata *metadata, size_t metadata_count, struct assay_error *error);

/* Sets `vector` from a file that must have every parameter in its shape, and nothing else: ASSAY_INVALID
 * names the first that differs. */
bool weights_set(const struct tensor_file *file, const char *name, const struct plan *plan,
                 const struct network *network, float *vector, struct assay_error *error);

#endif

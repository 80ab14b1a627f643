/* First values of parameters. */
#ifndef NET_INITIAL_H
#define NET_INITIAL_H

#include <stdint.h>

#include "assay/layer.h"

/* Fills the storage of `layer`'s parameter, all of it: what is no element becomes 0. Element i of the file
 * is word i of the stream (seed, RANDOM_INIT, "<layer>.<parameter>"), whatever the storage and its
 * neighbours. */
void initial_fill(const char *layer, const struct assay_parameter *parameter, uint64_t seed, float *storage);

/* Walks the elements in file order: packed[i] = storage[place of i], and back. */
void parameter_gather(const struct assay_parameter *parameter, const float *storage, float *packed);
void parameter_scatter(const struct assay_parameter *parameter, const float *packed, float *storage);
size_t parameter_elements(const struct assay_parameter *parameter);

#endif

/* Which buffers between layers are local: values or gradients that a single chain of phases writes and reads,
 * sample by sample. They need not be kept for all samples: a worker has room for those of one turn of a
 * chain, and it stays in the cache. */
#ifndef NET_LOCAL_H
#define NET_LOCAL_H

#include "net/plan.h"

/* Fills the chains' locals and memory->local_floats, and marks those edges and gradients as NOT_KEPT, the
 * first of those that share memory standing for all; false without memory. What the network gives is always
 * kept. */
bool local_find(const struct plan *plan, struct program *program, struct placement *memory,
                struct arena *arena);

/* Points a layer's work elsewhere, for one of the four kinds of buffer between layers. */
void local_point(struct assay_work *work, enum assay_buffer buffer, float *to);

#endif

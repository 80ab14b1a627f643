/* From phases in order to rounds: what may run together does, and a barrier stands only where a phase reads
 * what another wrote across a cut. */
#ifndef NET_PROGRAM_H
#define NET_PROGRAM_H

#include "net/plan.h"

/* A phase and what it touches: ids of pieces of memory, equal where memory is shared. */
enum { PHASE_RESOURCES = 12 };
struct phase_use {
    struct placed_phase placed;
    int reads[PHASE_RESOURCES], read_count;
    int writes[PHASE_RESOURCES], write_count;
    bool across[PHASE_RESOURCES]; /* of the reads */
};

/* The samples that a phase takes at a time, at least 1. */
int phase_together(const struct assay_phase *phase);

/* Fills the program; false without memory. */
bool program_build(struct program *program, const struct phase_use *uses, int count, struct arena *arena);

#endif

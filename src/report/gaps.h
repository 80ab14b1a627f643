/* What a point lacks, in words: runs that are missing, wait for others, never come, diverged or are another
 * config's. */
#ifndef REPORT_GAPS_H
#define REPORT_GAPS_H

#include <stdbool.h>

#include "report/results.h"

enum gap { GAP_MISSING, GAP_BLOCKED, GAP_NEVER, GAP_STALE, GAP_DIVERGED, GAPS };

/* Adds a sentence without its full stop, or nothing where the point has no such gap:
 *     7 of 10 runs are missing (seeds 1 and 4 to 9)
 *     1 run is another config's and left out (seed 3)
 * The runs of some gaps are made by a command, which the caller names. */
void gap_add(struct text *text, const struct result_point *point, enum gap gap);
extern const bool gap_is_filled_by_sweep[GAPS];

/* "seed 3", "seeds 1 and 4 to 9": of at least one, ascending or not. */
void seeds_add(struct text *text, const uint64_t *seeds, size_t count);

#endif

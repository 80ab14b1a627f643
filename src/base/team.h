/* A team of threads that does one list of items at a time.
 *
 * The items of a list are claimed in any order by any thread, so nothing may depend on who does what; when
 * team_run returns, all of them are done and all that they wrote can be read. Every member runs with
 * denormals flushed to zero and the SSE rounding mode at nearest. */
#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include <stdbool.h>

#include "assay/error.h"

struct team;

typedef void team_function(void *context, int item, int worker); /* worker: 0 … threads-1 */

/* `threads` ≥ 1 counts the caller, so 1 starts none. NULL on failure (ASSAY_MACHINE). Waiting members spin
 * for a few microseconds and then sleep. */
struct team *team_create(int threads, struct assay_error *error);
void team_destroy(struct team *team); /* NULL is fine */
int team_threads(const struct team *team);

/* Runs function(context, item, worker) for item = 0 … items-1; the caller takes part. Not to be called from
 * inside an item. */
void team_run(struct team *team, team_function *function, void *context, int items);

/* Sets flush-to-zero and denormals-are-zero in the calling thread (where the CPU has them); the team does it
 * for its members and its creator. */
void team_flush_denormals(void);

/* The number of CPUs that this process may run on, at least 1. */
int team_cpu_count(void);

#endif

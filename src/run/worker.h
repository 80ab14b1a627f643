/* A process of its own that does one run: this very program, started as `assay run`. */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "assay/error.h"
#include "base/text.h"
#include "run/plan.h"

struct worker {
    pid_t process;    /* 0: none */
    int complaint;    /* the end of a pipe, ours of its stderr */
    struct text said; /* the lines it wrote there that are no warnings, the last few of them */
    size_t scanned;   /* bytes of `said` that are whole lines */
    int interruptions;
};

/* How it ended. */
struct worker_end {
    int signal, exit_code; /* signal 0: it exited */
};

/* The config is handed over, so that it has not to be found again; SIGTERM is what it gets when this
 * process dies in any way, and so it stops after a checkpoint. `program`: the path of assay. `again`: what
 * another run left in its directory is replaced. False, and no process. */
bool worker_start(struct worker *worker, const char *program, const struct planned_run *run, int threads,
                  bool again, struct assay_error *error);

/* Takes what it has written by now, without waiting; a whole line of warning goes to `warn` (may be NULL).
 * False once it is gone, and `end` tells how. */
bool worker_listen(struct worker *worker, void (*warn)(void *cookie, const char *line), void *cookie,
                   struct worker_end *end);

void worker_signal(const struct worker *worker, int number);

/* Ends it the hard way if it is still there. {0} is fine. */
void worker_finish(struct worker *worker);

#endif

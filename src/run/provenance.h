/* provenance.json: what made a run, and when. Nothing in it is ever compared but the digests. */
#ifndef RUN_PROVENANCE_H
#define RUN_PROVENANCE_H

#include <stdbool.h>

#include "assay/error.h"
#include "base/clock.h"
#include "base/text.h"
#include "run/directory.h"
#include "run/identity.h"

enum { MACHINE_TEXT_SIZE = 256, CPU_TEXT_SIZE = 96 };

/* The first "model name" of /proc/cpuinfo, "unknown CPU" where there is none; false when it cannot be read.
 */
bool machine_cpu(char cpu[CPU_TEXT_SIZE], struct assay_error *error);

/* What equal bits are promised for: "avx2 kernels, Intel(R) Xeon(R) …, gcc 12.2.0". */
void machine_describe(const char *kernels, const char *cpu, char machine[MACHINE_TEXT_SIZE]);

/* One session of a run: from a start of the program to its end. */
struct provenance {
    const struct run_identity *identity;
    const char *kernels, *cpu, *machine;
    const char *command; /* NULL when not known */
    int threads;
    char started[CLOCK_TEXT_SIZE];
    struct text earlier; /* JSON: the sessions before this one, each as it was */
};

/* Reads what there is of earlier sessions. */
bool provenance_start(struct provenance *provenance, const char *directory, struct assay_error *error);
/* `outcome`: how the session ended, NULL while it has not. */
bool provenance_write(const struct provenance *provenance, const struct run_directory *directory,
                      const char *outcome, struct assay_error *error);
void provenance_finish(struct provenance *provenance); /* {0} is fine */

/* What the run in a directory is, "" for the digests that are not known, and whether its last session came to
 * its end: what it leaves is whole then. */
struct provenance_found {
    char identity[SHA256_HEX_SIZE], config[SHA256_HEX_SIZE], data[SHA256_HEX_SIZE], weights[SHA256_HEX_SIZE];
    bool has_ended;
};
bool provenance_read(const char *directory, struct provenance_found *found, struct assay_error *error);

#endif

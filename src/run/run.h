/* One run from start to end. What outsiders see of it is include/assay/run.h; this is what its files share.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "assay/run.h"
#include "base/log.h"
#include "base/team.h"
#include "math/kernels.h"
#include "run/directory.h"
#include "run/prepared.h"
#include "run/provenance.h"
#include "train/trainer.h"

struct run {
    const struct assay_config *prepared;
    const struct assay_run_options *options;
    const struct assay_observer *observer;
    struct assay_run_result *result;

    struct log log; /* to the observer and to log.txt */
    char *log_path; /* NULL: not yet */
    struct run_directory directory;
    struct run_identity identity;
    struct provenance provenance;
    char cpu[CPU_TEXT_SIZE], machine[MACHINE_TEXT_SIZE];

    char *weights; /* the bytes of the file that init_from names; NULL without */
    size_t weights_length;
    struct dataset dataset;
    struct split split;
    const struct kernels *kernels;
    struct team *team;
    struct network *network;
    struct trainer *trainer;

    enum assay_status stop;  /* what the observer said */
    double checkpointed;     /* when, on the monotonic clock */
    double marked;           /* speed is measured from here: the clock … */
    uint32_t marked_samples; /* … and the samples of the epoch done by then; UINT32_MAX: not marked yet */
};

/* watch.c: what the run says while it works. */
void run_write_log(const struct run *run, const char *line);        /* to log.txt alone, once there is one */
void run_log(void *cookie, enum log_level level, const char *line); /* cookie: the run */
void run_say_epoch(const struct run *run);
void run_report(struct run *run, const struct trainer_progress *progress);

/* outputs.c: what it leaves. All but the checkpoint, provenance.json and log.txt are functions of the config
 * and the data alone (and of the clock, in timing.csv and summary.json). */
bool run_write_config(struct run *run, struct assay_error *error);
bool run_write_curves(struct run *run, struct assay_error *error);
bool run_write_best(struct run *run, struct assay_error *error);
/* The end of it; summary.json is the last. *is_stopped: somebody wants it to stop while it predicts, and
 * there is none yet. */
bool run_write_results(struct run *run, bool *is_stopped, struct assay_error *error);

/* Asks whoever watches the run, and keeps the answer in run->stop. */
bool run_should_stop(struct run *run);

#endif

/* Running a config from within another program: what `assay run` does, without the printing.
 *
 *     struct assay_error error = {0};
 *     const struct assay_config_request request = {.path = "configs/mlp.yaml"};
 *     struct assay_config *config = assay_config_load(&request, NULL, &error);
 *     char *directory = config != NULL ? assay_run_directory(config, "results") : NULL;
 *     const struct assay_run_options options = {.directory = directory};
 *     struct assay_run_result result;
 *     if (directory != NULL && assay_run(config, &options, NULL, &result, &error) == ASSAY_DONE)
 *         printf("%g %% after %d epochs\n", result.test_error_pct, result.epochs);
 *     else
 *         fprintf(stderr, "%s\n", error.text);
 *     free(directory);
 *     assay_config_destroy(config);
 *
 * The library prints nothing, installs no signal handlers and never exits. From assay_run on, the calling
 * thread flushes denormal numbers to zero. */
#ifndef ASSAY_RUN_H
#define ASSAY_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"

/* A config that is sound: read, bound, and its network planned. */
struct assay_config;

struct assay_config_request {
    const char *path;
    const char *const *overrides; /* "train.batch_size=32", … */
    size_t override_count;
    int threads; /* 0: one for each CPU that this process may use */
};

/* NULL when anything is wrong with the config. `error` then has its status and the beginning of all that is
 * wrong; *problems (unless NULL) has the whole of it, lines for people with file, line and column, to be
 * freed; NULL when it was nothing of the config's. */
struct assay_config *assay_config_load(const struct assay_config_request *request, char **problems,
                                       struct assay_error *error);
void assay_config_destroy(struct assay_config *config); /* NULL is fine */

/* "<out>/<name>/seed-<seed>", and "/fold-<index>" behind it where one is held out; to be freed; NULL without
 * memory. */
char *assay_run_directory(const struct assay_config *config, const char *out);

struct assay_run_options {
    const char *directory; /* the run's own; created */
    bool again;         /* removes the files of the run that is there, whichever it is, and starts afresh */
    bool other_machine; /* goes on from a checkpoint of another type of machine, where the bits may differ */
    int stop_after;     /* stops after the checkpoint of this epoch; 0: does not */
    double checkpoint_seconds; /* of training between two checkpoints at the most; 0: 60 */
    const char *instructions;  /* "plain", "avx2", "avx512"; NULL: the best there is */
    const char *command;       /* for provenance.json; NULL: not known */
};

struct assay_progress {
    int epoch, max_epochs;
    uint32_t samples, samples_in_epoch; /* of this epoch */
    double samples_per_second;
    double train_loss;         /* mean of this epoch so far */
    double val_error_pct;      /* of the last finished epoch; NaN: none yet, or nothing to validate on */
    double best_val_error_pct; /* of best_epoch; NaN likewise */
    int best_epoch;            /* 0: none yet */
    double seconds_left;       /* up to max_epochs; NaN: not known */
};

enum assay_message { ASSAY_MESSAGE_EPOCH, ASSAY_MESSAGE_INFO, ASSAY_MESSAGE_WARNING };

/* Who watches a run. Any function may be NULL. */
struct assay_observer {
    void *cookie;
    void (*say)(void *cookie, enum assay_message kind,
                const char *line); /* a line per epoch, and what else there is to tell */
    void (*progress)(void *cookie, const struct assay_progress *progress); /* after every step */
    /* Asked after every step. Anything but ASSAY_DONE: the run writes a checkpoint and returns that status.
     */
    enum assay_status (*stop)(void *cookie);
};

enum { ASSAY_DIVERGENCE_SIZE = 160 };

struct assay_run_result {
    bool finished;           /* false: stopped by `stop_after` or the observer; run it again to go on */
    bool found;              /* it had been finished before, nothing was done */
    const char *stop_reason; /* "max_epochs", "patience", "threshold", "divergence", "non_finite"; "running"
                                when not finished */
    char divergence[ASSAY_DIVERGENCE_SIZE]; /* "the loss became nan in epoch 2 at step 37"; "" unless the
                                               training diverged */
    int epochs, best_epoch;                 /* 0: none yet */
    int result_epoch; /* whose metrics these are: the best, or the last where restore_best is false */
    double train_loss, train_error_pct, val_loss, val_error_pct, test_loss,
        test_error_pct;        /* NaN: not known, or not looked at */
    double held_out_error_pct; /* of the fold that is held out, once the run is finished; NaN: none */
    double train_s, eval_s;    /* of the whole run */
};

/* One run from where it is to its end: its directory is complete once summary.json is there. `result` is
 * filled as far as the run went, whatever is returned: ASSAY_DONE, or the status of `error`, which then says
 * why: ASSAY_DIVERGED, what the observer's `stop` said, ASSAY_INVALID when the data do not fit or the
 * directory holds another run, ASSAY_MACHINE. */
enum assay_status assay_run(const struct assay_config *config, const struct assay_run_options *options,
                            const struct assay_observer *observer, struct assay_run_result *result,
                            struct assay_error *error);

#endif

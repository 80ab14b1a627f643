/* One run with all that is shown of it: what `assay run` and `assay work` have in common. */
#ifndef CLI_TRAINING_H
#define CLI_TRAINING_H

#include "assay/run.h"
#include "cli/command.h"

/* Their common options. */
// clang-format off
#define OPTION_AGAIN {"again", NULL, "removes what a run left there and starts afresh"}
#define OPTION_STOP_AFTER                                                                                    \
    {"stop-after", "EPOCH", "stops after this epoch's checkpoint; the same command without it goes on"}
#define OPTION_OTHER_MACHINE                                                                                 \
    {"other-machine", NULL, "goes on from a checkpoint of another type of machine; the last bits may differ"}
// clang-format on

extern const char *const training_formats[];

struct training {
    const struct assay_config *config;
    const char *directory;
    int stop_after; /* 0: does not stop */
    bool again, other_machine;
};

/* All but config and directory, from those options; false when one is wrong. */
bool training_options(const struct invocation *invocation, struct training *training,
                      struct assay_error *error);

/* Trains, showing it on stderr, and adds the result to what is printed. */
enum assay_status train_config(struct invocation *invocation, const struct training *training,
                               struct assay_error *error);

/* What it shows at the end: where nothing had to be done, that too. */
void training_show(struct invocation *invocation, const char *directory,
                   const struct assay_run_result *result, enum assay_status status);

#endif

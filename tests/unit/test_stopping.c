/* Early stopping: which epoch is best, and when it is enough. */
#include "harness.h"

#include <math.h>

#include "train/stopping.h"

struct course {
    const char *what;
    struct stopping_options options;
    double values[12]; /* by epoch; ended by -1 */
    int stops_after, best_epoch;
    enum stop_reason reason;
};

/* What a course leaves out: patience 2, from the first epoch on, no thresholds. */
static struct stopping_options complete(struct stopping_options options)
{
    options.patience = options.patience > 0 ? options.patience : 2;
    options.start_from_epoch = options.start_from_epoch > 0 ? options.start_from_epoch : 1;
    options.stopping_threshold = options.stopping_threshold > 0 ? options.stopping_threshold : NAN;
    options.divergence_threshold = options.divergence_threshold > 0 ? options.divergence_threshold : NAN;
    return options;
}

static const struct course courses[] = {
    {"never without a reason", {0}, {5, 4, 3, 2, 1, -1}, 5, 5, STOP_NONE},
    {"patience counts epochs in a row", {0}, {5, 6, 4, 5, 5, 9, -1}, 5, 3, STOP_PATIENCE},
    {"equal is no improvement", {0}, {5, 5, 5, 5, -1}, 3, 1, STOP_PATIENCE},
    {"the first of equals is best", {.patience = 9}, {5, 3, 4, 3, -1}, 4, 2, STOP_NONE},
    {"min_delta: improvements must be larger", {.min_delta = 0.5}, {5, 4.6, 4.5, 4, -1}, 3, 3, STOP_PATIENCE},
    {"min_delta: small ones add up", {.min_delta = 0.5}, {5, 4.7, 4.4, 4.2, 3.8, -1}, 5, 5, STOP_NONE},
    {"start_from_epoch: nothing counts before",
     {.start_from_epoch = 4},
     {1, 2, 3, 4, 5, 6, 7, -1},
     6,
     1,
     STOP_PATIENCE},
    {"patience 1", {.patience = 1}, {5, 4, 4, -1}, 3, 2, STOP_PATIENCE},
    {"stopping_threshold is reached at it",
     {.stopping_threshold = 3},
     {5, 3.1, 3, 2, -1},
     3,
     3,
     STOP_THRESHOLD},
    {"divergence_threshold is passed above it",
     {.divergence_threshold = 7},
     {5, 7, 7.5, -1},
     3,
     1,
     STOP_DIVERGENCE},
    {"not finite", {0}, {5, NAN, -1}, 2, 1, STOP_NON_FINITE},
};

static void courses_end_as_they_should(void)
{
    for (size_t i = 0; i < sizeof courses / sizeof courses[0]; i++) {
        const struct course *course = &courses[i];
        const struct stopping_options options = complete(course->options);
        struct stopping stopping = {0};
        enum stop_reason reason = STOP_NONE;
        int epoch = 0;
        while (reason == STOP_NONE && course->values[epoch] != -1) {
            epoch++;
            reason = stopping_take(&stopping, &options, epoch, course->values[epoch - 1]);
        }
        const bool right = epoch == course->stops_after && reason == course->reason &&
                           stopping.best_epoch == course->best_epoch;
        if (!right)
            fprintf(stderr, "%s: stopped after %d (%s), best %d\n", course->what, epoch,
                    stop_reason_names[reason], stopping.best_epoch);
        CU_ASSERT(right);
    }
}

static void without_options_only_the_best_is_found(void)
{
    struct stopping stopping = {0};
    for (int epoch = 1; epoch <= 50; epoch++)
        CU_ASSERT(stopping_take(&stopping, NULL, epoch, epoch == 7 ? 1 : 2) == STOP_NONE);
    CU_ASSERT(stopping.best_epoch == 7 && stopping.best == 1);
}

int main(void)
{
    CU_TestInfo tests[] = {{"courses end as they should", courses_end_as_they_should},
                           {"without options only the best is found", without_options_only_the_best_is_found},
                           CU_TEST_INFO_NULL};
    return run_suite("stopping", tests);
}

/* McNemar's exact test: whether two networks differ, from the images that only one of them gets wrong. */
#ifndef REPORT_MCNEMAR_H
#define REPORT_MCNEMAR_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/error.h"

/* The two-sided exact p-value when, of two networks on the same images, `only_a` images are wrong for the
 * first alone and `only_b` for the second alone: twice the probability that a fair coin shows its rarer side
 * so seldom, at most 1 (McNemar 1947; exact form as in Fagerland, Lydersen and Laake 2013). */
double mcnemar_p(uint32_t only_a, uint32_t only_b);

struct mcnemar {
    uint32_t images, only_a, only_b;
    double p;
};

/* From the predictions.csv of two run directories. *same is false where they are not about the same images,
 * or one has none. */
bool mcnemar_of_runs(const char *a, const char *b, struct mcnemar *test, bool *same,
                     struct assay_error *error);

#endif

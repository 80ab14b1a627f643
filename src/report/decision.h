/* The verdicts on claims: which side of what was claimed an interval lies on, over a family of claims.
 *
 * One comparison has a difference A - B of means over seeds and two intervals around it: over seeds, and
 * where the mistakes on a common set of images are known also to new images (report/crossed.h). What holds
 * for new images too must hold for these, so where the second came out narrower, having more degrees of
 * freedom, it is taken to be as wide as the first; whatever is said of the interval below is said of it. With
 * m the margin and t the tolerance,
 *
 *                     holds when the interval is within     does not hold when it is within
 *     less            (-inf, t)                             (t, inf), or (-m, m)
 *     equivalent      (-m, m)                               (-inf, -m) or (m, inf)
 *     no better       (-m, inf)                             (-inf, -m)
 *
 * and cannot be told otherwise. Holding comes first: a difference below 0 holds, however small, and
 * within_margin says that it is smaller than what counts. An interval that covers the true difference can
 * only give true verdicts, so at level 0.05 a comparison's verdict is false at most once in 20 times,
 * whichever way; most often half of that, as only one end of the interval can mislead. Equivalence is thus
 * two one-sided tests (Schuirmann 1987), each at half the level, so that verdict and 95 % interval agree.
 *
 * A claim over k comparisons holds when all hold, each at the claim's level (intersection-union: Berger
 * 1982), and does not hold when one does not at that level over k (Bonferroni), for each had its chance to
 * mislead.
 *
 * A claim's p is the smallest level at which it has a verdict. Over a family of m claims Holm's (1979) steps
 * give the levels 0.05/m, 0.05/(m - 1), … to the claims in the order of their p, and end where a p is above
 * its level: that claim and all behind it are left without a verdict, at the level of that step. A claim's
 * interval is the one at its level, so it shows the verdict. */
#ifndef REPORT_DECISION_H
#define REPORT_DECISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"
#include "report/crossed.h"
#include "report/statistics.h"
#include "spec/experiment.h"

/* The runs of one side, one for each seed. `mistakes` are those of the same runs, where the measure is their
 * error rate in percent on images that both sides share; NULL: over seeds only. */
struct claim_side {
    const double *values; /* the measure */
    const struct run_mistakes *mistakes;
    size_t count; /* 0: no run yet */
};

struct claim_evidence {
    const struct claim_comparison *declared;
    struct claim_side sides[2]; /* A and B; of paired ones equally many, in the order of their seeds */
    size_t images;              /* on which all runs were tested; of a single one nothing is said of others */
};

/* One claim of the family. Without any run, which is a member too, its p is 1. */
struct claim_case {
    const struct claim_evidence *comparisons;
    size_t comparison_count; /* at least 1 */
};

enum claim_verdict { CLAIM_HOLDS, CLAIM_DOES_NOT_HOLD, CLAIM_CANNOT_TELL };
extern const char *const claim_verdict_names[3]; /* "holds", "does not hold", "cannot tell" */

/* What follows is about the comparison that decides: of a claim that holds or cannot be told the least
 * favourable one (largest p of holding, the first without data before any), of one that does not hold the
 * one that says so most clearly. Its interval is at the level at which it would do its part: the claim's, at
 * which all must hold; over k, where it speaks against the claim or would at the claim's level. Where the
 * comparison is relative, effect and intervals are differences of
 * logarithms.
 *
 * `seeds_needed` is on each side, for nine chances in ten that each interval at `level` shows a difference as
 * large as the margin, or the tolerance; of equivalent and no better: shows that there is none, when there is
 * none. Without margin and tolerance it is for the observed difference. */
struct claim_decision {
    enum claim_verdict verdict;
    const char *reason; /* why it cannot be told, as a sentence without its full stop; else NULL */
    size_t comparison;  /* its index */
    const char *test;   /* "Welch's t test", "two one-sided paired t tests", … */
    double effect;      /* mean of A - mean of B; NAN without numbers */
    double level;       /* of the intervals: 0.01 for 99 % */
    struct interval over_seeds, to_new_images;
    bool has_images;    /* else to_new_images is empty */
    bool within_margin; /* it holds, and both intervals lie within (-margin, margin) */
    size_t seeds[2];
    double p, corrected_p; /* of the claim; by Holm: at most the family's level where there is a verdict */
    double smallest_p;     /* of an exact permutation test with these seeds: statistics.h */
    int seeds_needed;      /* or SEEDS_UNKNOWN, SEEDS_TOO_MANY, SEEDS_NEVER */
};

/* Decides one family of `members` claims at `level` (0.05), of which claims[0 … count) are at hand; the
 * others count as claims without runs. decisions[0 … count). False when memory cannot be had. */
bool decide_family(const struct claim_case *claims, size_t count, size_t members, double level,
                   struct claim_decision *decisions, struct assay_error *error);

#endif

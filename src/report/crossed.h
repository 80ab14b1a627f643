/* How far a difference over seeds carries to new images: seeds and images crossed.
 *
 * All runs of both sides are tested on the same images, so what is hard in these images is shared by all of
 * them, and more seeds never average it out. The wrongness of run s of side k on image i is taken as
 *
 *     y(k, s, i) = m(k) + seed(k, s) + image(k, i) + rest(k, s, i)
 *
 * with seeds and images drawn at random, and the variance of the difference of the sides' means is
 *
 *     sum over k of (Var seed(k) / n(k) + Var rest(k) / (n(k) N)) + Var(image(A) - image(B)) / N
 *
 * The first sum is what the variance over seeds estimates already. The last term is estimated by the mean
 * squares: the variance over images of the difference of the sides' means on an image, over N, less the
 * interaction that is in it, the mean over images of the variance over seeds within an image, over n(k) N
 * (Cornfield and Tukey 1956; as for readers and cases in Gallas 2006). Where chance makes it negative it
 * counts as 0, so the variance is never below the one over seeds. Its interval may be narrower for all that,
 * by more degrees of freedom; report/decision.h sees to it. */
#ifndef REPORT_CROSSED_H
#define REPORT_CROSSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"
#include "report/statistics.h"

/* The images that a run gets wrong: indices below the number of images, ascending, each once. */
struct run_mistakes {
    const uint32_t *wrong;
    size_t count;
};

/* Fills in image_variance and image_doubt of `difference`, which is over the seeds of the same runs, of
 * error rates in percent or, with `logarithms`, of their logarithms (to first order: a mistake counts 1 over
 * the run's number of mistakes, of which there is at least one). mistakes[0][0 … count[0]) are side A's
 * runs, mistakes[1] side B's; `paired`: run s of A belongs to run s of B. `images`: N, at least 2. Time goes
 * with the number of mistakes, not of images. False when memory cannot be had. */
bool difference_cross(struct difference *difference, const struct run_mistakes *const mistakes[2],
                      size_t images, bool paired, bool logarithms, struct assay_error *error);

#endif

/* What a good program gets out of this machine: the rate of the BLAS library's sgemm on large matrices. */
#ifndef MATH_YARDSTICK_H
#define MATH_YARDSTICK_H

#include "base/team.h"

struct yardstick; /* three matrices of size x size */

struct blas;

/* With a library that is started, which must outlive it; NULL without memory. */
struct yardstick *yardstick_create(const struct blas *blas, int size);
void yardstick_destroy(struct yardstick *yardstick); /* NULL is fine */

/* GFLOP/s of their product, once or for so many seconds: each member of the team computes rows of it of its
 * own, so that the rates of all of them add up. */
double yardstick_measure(struct yardstick *yardstick, struct team *team, double seconds);

#endif

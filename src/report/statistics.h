/* What a few numbers, one per seed, say of the recipe that made them: spread, intervals, differences, power.
 *
 * Levels are the probability of being wrong: 0.05 makes a 95 % interval, two-sided. Numbers that agree to
 * nine digits count as equal, since what is left is rounding. Runs without variance decide nothing: where
 * the spread is 0 or unknown (one number, or one that is not finite), an interval reaches from minus
 * infinity to infinity and every p is 1. Formulas and sources are explained in docs/statistics.md. */
#ifndef REPORT_STATISTICS_H
#define REPORT_STATISTICS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

extern const double usual_level; /* 0.05, where nothing else is said */

struct interval {
    double low, high;
};

struct sample {
    size_t count;
    double mean,
        sd; /* sd with count - 1; NAN for one number. Both NAN when a number is not finite, or none */
};
struct sample sample_of(const double *values, size_t count);

/* Where the recipe's mean lies: mean ± t sd / sqrt(n), n - 1 degrees of freedom (Student 1908). */
struct interval mean_interval(const struct sample *sample, double level);

/* Where one more run of the recipe would fall: mean ± t sd sqrt(1 + 1/n) (Hahn 1969). What a single reported
 * figure is held against. */
struct interval prediction_interval(const struct sample *sample, double level);

/* The difference of the means of two sides, A - B, in parts, so that it can be asked what other numbers of
 * seeds would give. Its variance is spread[0] / count[0] + spread[1] / count[1] + image_variance. What images
 * add (report/crossed.h) is 0 for a difference over seeds alone. */
struct difference {
    double effect;         /* mean of A - mean of B; 0 where that is rounding */
    double spread[2];      /* variance of one number of A, of B; paired: of one pair's difference, and 0 */
    size_t count[2];       /* numbers; paired: pairs, in both */
    double image_variance; /* what drawing other images adds */
    double image_doubt;    /* the variance of that estimate */
};

/* Independent sides (Welch 1947), and pairs a[i], b[i] that belong together. */
struct difference difference_of_samples(const double *a, size_t count_a, const double *b, size_t count_b);
struct difference difference_of_pairs(const double *a, const double *b, size_t count);

/* Whether there are two numbers or more on each side, all finite, and spread on one of them at least: else
 * nothing is decided. */
bool difference_decides(const struct difference *difference);

/* Satterthwaite's (1946) degrees of freedom, 2 V² / Var(V): V is the variance of the difference, and Var(V)
 * the sum of 2 (spread / count)² / (count - 1) of both sides and image_doubt. Without images those of Welch;
 * of pairs count - 1. Never fewer than Welch's can be, those of the side with the fewer numbers. */
double difference_degrees(const struct difference *difference);

/* effect ± t sqrt(variance), two-sided. */
struct interval difference_interval(const struct difference *difference, double level);

/* The smallest level whose interval stays within `distance` of the effect on that side: the two-sided
 * p-value of an effect `distance` away from the observed one. 1 when distance is not above 0. */
double difference_p(const struct difference *difference, double distance);

/* The probability that the interval at `level` stays clear of a bound that the true effect keeps `distance`
 * from, were spreads, counts and images what they are here: the noncentral t (Johnson and Welch 1940). */
double difference_power(const struct difference *difference, double distance, double level);

/* The fewest seeds on each side, 2 to 1,000,000, for which that probability is at least `power`, image_doubt
 * going with the square of the variance. SEEDS_TOO_MANY where it takes more; SEEDS_NEVER where more would
 * not do either, since other images differ too much; SEEDS_UNKNOWN where nothing is decided or the distance
 * is not above 0. In the order of what they ask for. */
enum { SEEDS_UNKNOWN = 0, SEEDS_TOO_MANY = INT_MAX - 1, SEEDS_NEVER = INT_MAX };
int seeds_needed(const struct difference *difference, double distance, double level, double power);

/* The smallest two-sided p that an exact permutation test of so many runs can reach, whatever their numbers,
 * the one-sided p doubled, since each end of an interval has half the level: 2 over the ways of dealing the
 * runs to the two sides, count_a + count_b over count_a; for pairs (count_a of them) 2 over the 2^count_a
 * ways of turning them; at most 1 (Fisher 1935). A t test's p can be smaller, because it takes the numbers to
 * be normal. */
double smallest_p(size_t count_a, size_t count_b, bool paired);

#endif

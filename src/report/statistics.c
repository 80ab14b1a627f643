#include "report/statistics.h"

#include <math.h>

#include "report/distribution.h"

enum { MOST_SEEDS = 1000000 };
const double usual_level = 0.05;
static const double equal_digits = 1e-9;
static const struct interval anywhere = {-INFINITY, INFINITY};

/* Of a[i] - b[i] (b NULL: of a[i]); the variance is 0 where the numbers differ by rounding only. */
struct moments {
    double mean, variance;
    double magnitude; /* of the largest number */
};

static struct moments moments_of(const double *a, const double *b, size_t count)
{
    double sum = 0, squares = 0, low = INFINITY, high = -INFINITY, magnitude = 0;
    for (size_t i = 0; i < count; i++) {
        const double subtracted = b != NULL ? b[i] : 0, value = a[i] - subtracted;
        sum += value;
        low = fmin(low, value);
        high = fmax(high, value);
        magnitude = fmax(magnitude, fmax(fabs(a[i]), fabs(subtracted)));
    }
    const double mean = count > 0 && isfinite(sum) ? sum / (double)count : NAN;
    for (size_t i = 0; i < count; i++) {
        const double rest = a[i] - (b != NULL ? b[i] : 0) - mean;
        squares += rest * rest;
    }
    double variance = count > 1 ? squares / (double)(count - 1) : NAN;
    if (isfinite(variance) && high - low <= equal_digits * magnitude)
        variance = 0;
    return (struct moments){mean, variance, magnitude};
}

/* What is not rounding of numbers of this magnitude. */
static double effect_of(double difference, double magnitude)
{
    return fabs(difference) <= equal_digits * magnitude ? 0 : difference;
}

struct sample sample_of(const double *values, size_t count)
{
    const struct moments moments = moments_of(values, NULL, count);
    return (struct sample){count, moments.mean, sqrt(moments.variance)};
}

static struct interval around(double middle, double half)
{
    return (struct interval){middle - half, middle + half};
}

struct interval mean_interval(const struct sample *sample, double level)
{
    if (!(sample->sd > 0))
        return anywhere;
    const double n = (double)sample->count;
    return around(sample->mean, student_point(level / 2, n - 1) * sample->sd / sqrt(n));
}

struct interval prediction_interval(const struct sample *sample, double level)
{
    if (!(sample->sd > 0))
        return anywhere;
    const double n = (double)sample->count;
    return around(sample->mean, student_point(level / 2, n - 1) * sample->sd * sqrt(1 + 1 / n));
}

struct difference difference_of_samples(const double *a, size_t count_a, const double *b, size_t count_b)
{
    const struct moments of_a = moments_of(a, NULL, count_a), of_b = moments_of(b, NULL, count_b);
    return (struct difference){
        .effect = effect_of(of_a.mean - of_b.mean, fmax(of_a.magnitude, of_b.magnitude)),
        .spread = {of_a.variance, of_b.variance},
        .count = {count_a, count_b},
    };
}

struct difference difference_of_pairs(const double *a, const double *b, size_t count)
{
    const struct moments moments = moments_of(a, b, count);
    return (struct difference){
        .effect = effect_of(moments.mean, moments.magnitude),
        .spread = {moments.variance, 0},
        .count = {count, count},
    };
}

bool difference_decides(const struct difference *difference)
{
    return isfinite(difference->effect) && difference->spread[0] + difference->spread[1] > 0;
}

static double variance_of(const struct difference *difference)
{
    double sum = difference->image_variance;
    for (int side = 0; side < 2; side++)
        sum += difference->spread[side] / (double)difference->count[side];
    return sum;
}

double difference_degrees(const struct difference *difference)
{
    double doubt = difference->image_doubt;
    for (int side = 0; side < 2; side++) {
        const double n = (double)difference->count[side], part = difference->spread[side] / n;
        doubt += 2 * part * part / (n - 1);
    }
    const double variance = variance_of(difference);
    const size_t fewer = difference->count[difference->count[1] < difference->count[0]];
    return fmax((double)fewer - 1, 2 * variance * variance / doubt);
}

struct interval difference_interval(const struct difference *difference, double level)
{
    if (!difference_decides(difference))
        return anywhere;
    const double t = student_point(level / 2, difference_degrees(difference));
    return around(difference->effect, t * sqrt(variance_of(difference)));
}

double difference_p(const struct difference *difference, double distance)
{
    if (!difference_decides(difference) || !(distance > 0))
        return 1;
    return 2 * student_tail(distance / sqrt(variance_of(difference)), difference_degrees(difference));
}

double difference_power(const struct difference *difference, double distance, double level)
{
    if (!difference_decides(difference))
        return 0;
    const double degrees = difference_degrees(difference);
    return noncentral_tail(student_point(level / 2, degrees), degrees,
                           distance / sqrt(variance_of(difference)));
}

/* With so many on each side. The doubt about the images' part is mostly about what seeds do within an image,
 * and shrinks as that does: if it stayed, the degrees would fall with every seed that makes the rest smaller.
 */
static struct difference with_seeds(const struct difference *difference, int seeds)
{
    struct difference other = *difference;
    other.count[0] = other.count[1] = (size_t)seeds;
    const double left = variance_of(&other) / variance_of(difference);
    other.image_doubt *= left * left;
    return other;
}

/* Not where the power is not a number. */
static bool are_enough(int seeds, const struct difference *difference, double distance, double level,
                       double power)
{
    const struct difference other = with_seeds(difference, seeds);
    return difference_power(&other, distance, level) >= power;
}

int seeds_needed(const struct difference *difference, double distance, double level, double power)
{
    if (!difference_decides(difference) || !(distance > 0))
        return SEEDS_UNKNOWN;
    if (!are_enough(MOST_SEEDS, difference, distance, level, power)) {
        const struct difference most = with_seeds(difference, MOST_SEEDS);
        return most.image_variance > variance_of(&most) / 2 ? SEEDS_NEVER : SEEDS_TOO_MANY;
    }
    int few = 1, enough = 2; /* doubled until it is enough, then halved in */
    while (enough < MOST_SEEDS && !are_enough(enough, difference, distance, level, power)) {
        few = enough;
        enough = enough > MOST_SEEDS / 2 ? MOST_SEEDS : 2 * enough;
    }
    while (enough - few > 1) {
        const int middle = few + (enough - few) / 2;
        if (are_enough(middle, difference, distance, level, power))
            enough = middle;
        else
            few = middle;
    }
    return enough;
}

double smallest_p(size_t count_a, size_t count_b, bool paired)
{
    const double a = (double)count_a, b = (double)count_b;
    if (paired)
        return fmin(1, 2 * exp2(-a));
    double ways = 1;
    for (double i = 1; i <= fmin(a, b) && isfinite(ways); i++)
        ways *= (fmax(a, b) + i) / i;
    return fmin(1, 2 / ways);
}

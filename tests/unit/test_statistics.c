#include "harness.h"

#include <math.h>

#include "report/statistics.h"

/* Wanted values: computed with scipy 1.10, its points of t refined with mpmath. */

static const double a[] = {0.66, 0.62, 0.63, 0.71, 0.58, 0.69}, b[] = {0.73, 0.81, 0.70, 0.78, 0.74};

static void check_interval(struct interval found, double low, double high, unsigned line)
{
    const bool equal = fabs(found.low - low) < 1e-10 && fabs(found.high - high) < 1e-10;
    if (!equal)
        fprintf(stderr, "line %u: found %.15g to %.15g\n", line, found.low, found.high);
    CU_assertImplementation(equal, line, "check_interval", __FILE__, "", CU_FALSE);
}

static void check_anywhere(struct interval found, unsigned line)
{
    CU_assertImplementation(found.low == -INFINITY && found.high == INFINITY, line, "check_anywhere",
                            __FILE__, "", CU_FALSE);
}

static void one_sample(void)
{
    const struct sample sample = sample_of(a, 6);
    CU_ASSERT_EQUAL(sample.count, 6);
    CU_ASSERT_DOUBLE_EQUAL(sample.mean, 0.64833333333333332, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(sample.sd, 0.047923550230201714, 1e-15);
    check_interval(mean_interval(&sample, 0.05), 0.5980406517314142, 0.6986260149352524, __LINE__);
    check_interval(prediction_interval(&sample, 0.05), 0.5152714050481019, 0.7813952616185648, __LINE__);
}

static void a_sample_that_says_nothing(void)
{
    const double one[] = {0.6}, equal[] = {0.1 + 0.2, 0.3, 0.3}, wild[] = {0.6, NAN, 0.7},
                 endless[] = {0.6, INFINITY};
    struct sample sample = sample_of(one, 1);
    CU_ASSERT(sample.mean == 0.6 && isnan(sample.sd));
    check_anywhere(mean_interval(&sample, 0.05), __LINE__);
    sample = sample_of(equal, 3); /* 0.1 + 0.2 is not 0.3 */
    CU_ASSERT(fabs(sample.mean - 0.3) < 1e-15 && sample.sd == 0);
    check_anywhere(mean_interval(&sample, 0.05), __LINE__);
    check_anywhere(prediction_interval(&sample, 0.05), __LINE__);
    sample = sample_of(wild, 3);
    CU_ASSERT(isnan(sample.mean) && isnan(sample.sd));
    check_anywhere(prediction_interval(&sample, 0.05), __LINE__);
    sample = sample_of(endless, 2);
    CU_ASSERT(isnan(sample.mean) && isnan(sample.sd));
    sample = sample_of(NULL, 0);
    CU_ASSERT(isnan(sample.mean) && isnan(sample.sd));
}

static void welch(void)
{
    const struct difference difference = difference_of_samples(a, 6, b, 5);
    CU_ASSERT(difference_decides(&difference));
    CU_ASSERT_DOUBLE_EQUAL(difference.effect, -0.1036666666666668, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(difference_degrees(&difference), 8.9106575870508671, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(difference_p(&difference, 0.1036666666666668), 0.004507456969112633, 1e-13);
    CU_ASSERT_EQUAL(difference_p(&difference, 0), 1);
    CU_ASSERT_EQUAL(difference_p(&difference, -0.1), 1);
    check_interval(difference_interval(&difference, 0.05), -0.165992935672825, -0.0413403976605089, __LINE__);
    check_interval(difference_interval(&difference, 0.01), -0.193295676997311, -0.0140376563360226, __LINE__);
    /* p is the level at which an end of the interval is `distance` away. */
    const struct interval interval = difference_interval(&difference, difference_p(&difference, 0.07));
    CU_ASSERT_DOUBLE_EQUAL(interval.high - difference.effect, 0.07, 1e-12);
}

static void pairs(void)
{
    const struct difference difference = difference_of_pairs(a, b, 5);
    CU_ASSERT_DOUBLE_EQUAL(difference.effect, -0.112, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(difference_degrees(&difference), 4, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(difference_p(&difference, 0.112), 0.012822931285174376, 1e-13);
    check_interval(difference_interval(&difference, 0.05), -0.184613461815072, -0.0393865381849279, __LINE__);
}

/* Means that are equal, but not to the last bit. */
static void rounding_is_no_effect(void)
{
    const double first[] = {0.1, 0.2, 0.3}, second[] = {0.3, 0.1, 0.2}, third[] = {0.15, 0.2, 0.25};
    struct difference difference = difference_of_samples(first, 3, third, 3);
    CU_ASSERT(difference_decides(&difference));
    CU_ASSERT_EQUAL(difference.effect, 0);
    difference = difference_of_samples(first, 3, second, 3);
    CU_ASSERT_EQUAL(difference.effect, 0);
    difference = difference_of_pairs(first, second, 3);
    CU_ASSERT(difference_decides(&difference));
    CU_ASSERT_EQUAL(difference.effect, 0);
    CU_ASSERT_EQUAL(seeds_needed(&difference, fabs(difference.effect), 0.05, 0.9), SEEDS_UNKNOWN);
}

static void nothing_decides_without_variance(void)
{
    const double equal[] = {0.5, 0.5, 0.5}, others[] = {0.7, 0.7}, one[] = {0.5}, wild[] = {0.5, NAN, 0.6};
    /* Each pair differs by 0.02, but not to the last bit. */
    const double first[] = {0.62, 0.65, 0.71, 0.58}, second[] = {0.60, 0.63, 0.69, 0.56};
    const struct difference none[] = {
        difference_of_samples(equal, 3, others, 2),
        difference_of_samples(one, 1, a, 6),
        difference_of_samples(a, 6, one, 1),
        difference_of_samples(a, 6, wild, 3),
        difference_of_samples(NULL, 0, a, 6),
        difference_of_pairs(first, second, 4),
        difference_of_pairs(one, a, 1),
        difference_of_pairs(wild, a, 3),
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        CU_ASSERT_FALSE(difference_decides(&none[i]));
        check_anywhere(difference_interval(&none[i], 0.05), __LINE__);
        CU_ASSERT_EQUAL(difference_p(&none[i], 0.2), 1);
        CU_ASSERT_EQUAL(difference_power(&none[i], 0.2, 0.05), 0);
        CU_ASSERT_EQUAL(seeds_needed(&none[i], 0.2, 0.05, 0.9), SEEDS_UNKNOWN);
    }
    /* One side that does not vary is no obstacle: the other's spread is all there is. */
    const struct difference half = difference_of_samples(equal, 3, a, 6);
    CU_ASSERT(difference_decides(&half));
    CU_ASSERT_DOUBLE_EQUAL(difference_degrees(&half), 5, 1e-12);
}

static void power(void)
{
    struct difference difference = {.spread = {0.0025, 0.0025}, .count = {10, 10}};
    CU_ASSERT_DOUBLE_EQUAL(difference_power(&difference, 0.06, 0.05), 0.718402153157813, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(difference_power(&difference, 0.06, 0.05 / 8), 0.37226460717338855, 1e-9);
    CU_ASSERT_EQUAL(seeds_needed(&difference, 0.06, 0.05, 0.9), 16);
    CU_ASSERT_EQUAL(seeds_needed(&difference, 0.06, 0.05 / 8, 0.9), 25);
    CU_ASSERT_EQUAL(seeds_needed(&difference, 5, 0.05, 0.9), 2);
    CU_ASSERT_EQUAL(seeds_needed(&difference, 1e-6, 0.05, 0.9), SEEDS_TOO_MANY);
    difference.image_variance = 1e-15; /* there are images, but it is not they that forbid it */
    CU_ASSERT_EQUAL(seeds_needed(&difference, 1e-6, 0.05, 0.9), SEEDS_TOO_MANY);
    difference.image_variance = 0;
    CU_ASSERT_EQUAL(seeds_needed(&difference, 0, 0.05, 0.9), SEEDS_UNKNOWN);
}

static void power_with_images(void)
{
    struct difference difference = {.spread = {0.0025, 0.0036}, .count = {8, 8}};
    difference.image_variance = 0.0004;
    difference.image_doubt = 1e-8;
    CU_ASSERT_DOUBLE_EQUAL(difference_degrees(&difference), 28.225174825174822, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(difference_power(&difference, 0.1, 0.05 / 8), 0.5019790127639769, 1e-9);
    CU_ASSERT_EQUAL(seeds_needed(&difference, 0.1, 0.05 / 8, 0.9), 30);
    /* The images alone are worth 0.02: no number of seeds shows 0.04 at this level. */
    CU_ASSERT_EQUAL(seeds_needed(&difference, 0.04, 0.05 / 8, 0.9), SEEDS_NEVER);
}

/* Where chance made the images' part negative it counts as 0, but the doubt about it does not. Wanted: by
 * numerical integration. */
static void power_with_images_that_count_as_none(void)
{
    static const struct {
        double doubt;
        int needed;
    } cases[] = {{0, 809}, {1e-9, 810}, {1e-7, 811}, {1e-5, 811}, {1, 811}};
    struct difference difference = {.spread = {0.0025, 0.0025}, .count = {5, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        difference.image_doubt = cases[i].doubt;
        CU_ASSERT(difference_degrees(&difference) >= 4);
        CU_ASSERT_EQUAL(seeds_needed(&difference, 0.01, 0.05 / 8, 0.9), cases[i].needed);
    }
}

static void permutations(void)
{
    CU_ASSERT_DOUBLE_EQUAL(smallest_p(10, 10, false), 2. / 184756, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(smallest_p(3, 5, false), 2. / 56, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(smallest_p(5, 3, false), 2. / 56, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(smallest_p(5, 5, true), 2. / 32, 1e-15);
    CU_ASSERT_EQUAL(smallest_p(1, 1, false), 1);
    CU_ASSERT_EQUAL(smallest_p(1, 1, true), 1);
    CU_ASSERT(smallest_p(5000, 5000, false) < 1e-300);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"mean, spread and intervals of a sample", one_sample},
        {"a sample that says nothing", a_sample_that_says_nothing},
        {"Welch's difference", welch},
        {"paired difference", pairs},
        {"rounding is no effect", rounding_is_no_effect},
        {"nothing decides without variance", nothing_decides_without_variance},
        {"power", power},
        {"power with images", power_with_images},
        {"power with images that count as none", power_with_images_that_count_as_none},
        {"the smallest p of a permutation test", permutations},
        CU_TEST_INFO_NULL,
    };
    return run_suite("statistics", tests);
}

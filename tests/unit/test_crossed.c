#include "harness.h"

#include <math.h>

#include "base/philox.h"
#include "report/crossed.h"

enum { IMAGES = 120, MOST = 6 };

/* y[side][run][image], and the same as lists. */
struct table {
    size_t count[2];
    double y[2][MOST][IMAGES];
    uint32_t wrong[2][MOST][IMAGES];
    struct run_mistakes mistakes[2][MOST];
    double values[2][MOST];
};

static void fill(struct table *table, size_t count_a, size_t count_b, uint32_t number)
{
    *table = (struct table){.count = {count_a, count_b}};
    for (uint32_t side = 0; side < 2; side++)
        for (uint32_t run = 0; run < table->count[side]; run++) {
            struct run_mistakes *mistakes = &table->mistakes[side][run];
            const struct random_stream shared = random_stream(7, RANDOM_DIGITS, "shared", number, 0);
            const struct random_stream luck =
                random_stream(7, RANDOM_DIGITS, "luck", number, 10 * side + run);
            mistakes->wrong = table->wrong[side][run];
            for (uint32_t image = 0; image < IMAGES; image++) {
                const double chance = (side == 0 ? 0.5 : 0.4) * random_unit(&shared, image / (1 + side));
                const bool wrong = random_unit(&luck, image) < chance;
                table->y[side][run][image] = wrong;
                if (wrong)
                    table->wrong[side][run][mistakes->count++] = image;
            }
            table->values[side][run] = 100 * (double)mistakes->count / IMAGES;
        }
}

/* Percent, or shares of the run's own error. */
static void scale(struct table *table, bool logarithms)
{
    for (int side = 0; side < 2; side++)
        for (size_t run = 0; run < table->count[side]; run++)
            for (int image = 0; image < IMAGES; image++)
                table->y[side][run][image] *=
                    logarithms ? IMAGES / (double)table->mistakes[side][run].count : 100;
}

/* Pairs as one side of differences, beside another that is 0. */
static void pair_up(struct table *table)
{
    for (size_t run = 0; run < table->count[0]; run++)
        for (int image = 0; image < IMAGES; image++) {
            table->y[0][run][image] -= table->y[1][run][image];
            table->y[1][run][image] = 0;
        }
}

/* The textbook's two-way table of one side without image `left_out`: mean square of the interaction; and the
 * mean over runs of each image. */
static double interaction(double (*y)[IMAGES], size_t runs, int left_out, double *of_image)
{
    double of_run[MOST] = {0}, mean = 0, sum = 0;
    const double images = left_out < 0 ? IMAGES : IMAGES - 1, n = (double)runs;
    for (int image = 0; image < IMAGES; image++) {
        of_image[image] = 0;
        for (size_t run = 0; run < runs && image != left_out; run++) {
            of_image[image] += y[run][image] / n;
            of_run[run] += y[run][image] / images;
            mean += y[run][image] / (n * images);
        }
    }
    for (int image = 0; image < IMAGES; image++)
        for (size_t run = 0; run < runs && image != left_out; run++) {
            const double rest = y[run][image] - of_image[image] - of_run[run] + mean;
            sum += rest * rest;
        }
    return sum / ((n - 1) * (images - 1));
}

static double slow_variance(struct table *table, int left_out)
{
    double of_image[2][IMAGES], mean = 0, square = 0, variance = 0;
    const double images = left_out < 0 ? IMAGES : IMAGES - 1;
    for (int side = 0; side < 2; side++)
        variance -= interaction(table->y[side], table->count[side], left_out, of_image[side]) /
                    ((double)table->count[side] * images);
    for (int image = 0; image < IMAGES; image++)
        if (image != left_out)
            mean += (of_image[0][image] - of_image[1][image]) / images;
    for (int image = 0; image < IMAGES; image++)
        if (image != left_out)
            square += pow(of_image[0][image] - of_image[1][image] - mean, 2);
    return variance + square / (images - 1) / images;
}

/* The variance of slow_variance by the jackknife over images. */
static double slow_doubt(struct table *table)
{
    double mean = 0, square = 0, without[IMAGES];
    for (int image = 0; image < IMAGES; image++) {
        without[image] = slow_variance(table, image) * (IMAGES - 1) / IMAGES; /* for as many images */
        mean += without[image] / IMAGES;
    }
    for (int image = 0; image < IMAGES; image++)
        square += pow(without[image] - mean, 2);
    return square * (IMAGES - 1) / IMAGES;
}

static void check_against_table(size_t count_a, size_t count_b, bool paired, bool logarithms, uint32_t number)
{
    static struct table table;
    fill(&table, count_a, count_b, number);
    struct difference difference =
        paired ? difference_of_pairs(table.values[0], table.values[1], count_a)
               : difference_of_samples(table.values[0], count_a, table.values[1], count_b);
    const struct difference before = difference;
    const struct run_mistakes *const mistakes[] = {table.mistakes[0], table.mistakes[1]};
    CU_ASSERT_FATAL(difference_cross(&difference, mistakes, IMAGES, paired, logarithms, NULL));
    CU_ASSERT(difference.effect == before.effect && difference.spread[0] == before.spread[0] &&
              difference.spread[1] == before.spread[1]);

    scale(&table, logarithms);
    if (paired)
        pair_up(&table);
    const double variance = slow_variance(&table, -1), doubt = slow_doubt(&table);
    CU_ASSERT_DOUBLE_EQUAL(difference.image_variance, fmax(0, variance), 1e-12 * fabs(variance));
    CU_ASSERT_DOUBLE_EQUAL(difference.image_doubt, doubt, 0.1 * doubt);
}

static void same_as_the_textbook(void)
{
    for (uint32_t number = 0; number < 10; number++) {
        check_against_table(5, 6, false, false, number);
        check_against_table(2, 4, false, false, number);
        check_against_table(5, 6, false, true, number);
        check_against_table(6, 6, true, false, number);
        check_against_table(2, 2, true, true, number);
    }
}

/* Four images, two runs a side. Every run of A is wrong on image 1, of B on image 3, and one of each on image 0:
 * d is 50 - 50, 100, 0, -100 percent; the interaction within image 0 is all there is. */
static void by_hand(void)
{
    static const uint32_t both[] = {0, 1}, only_1[] = {1}, both_b[] = {0, 3}, only_3[] = {3};
    const struct run_mistakes of_a[] = {{both, 2}, {only_1, 1}}, of_b[] = {{both_b, 2}, {only_3, 1}};
    const struct run_mistakes *const mistakes[] = {of_a, of_b};
    const double values[] = {50, 25};
    struct difference difference = difference_of_samples(values, 2, values, 2);
    CU_ASSERT_FATAL(difference_cross(&difference, mistakes, 4, false, false, NULL));
    /* Over images the variance of d is (100² + 100²) / 3; the interaction's mean square of each side is 2 (37.5² + 3
     * 12.5²) / 3. */
    const double interaction = 2 * (37.5 * 37.5 + 3 * 12.5 * 12.5) / 3;
    CU_ASSERT_DOUBLE_EQUAL(difference.image_variance, 20000. / 3 / 4 - 2 * interaction / (2 * 4), 1e-9);
}

/* Sides that get the same images wrong, each run others of them: more images would not differ. */
static void no_less_than_nothing(void)
{
    static const uint32_t first[] = {0, 1}, second[] = {2, 3};
    const struct run_mistakes runs[] = {{first, 2}, {second, 2}, {NULL, 0}};
    const struct run_mistakes *const mistakes[] = {runs, runs};
    const double values[] = {20, 20, 0};
    struct difference difference = difference_of_samples(values, 3, values, 3);
    CU_ASSERT_FATAL(difference_cross(&difference, mistakes, 10, false, false, NULL));
    CU_ASSERT_EQUAL(difference.image_variance, 0);
    CU_ASSERT(difference.image_doubt > 0);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"same as the table of mean squares", same_as_the_textbook},
        {"by hand", by_hand},
        {"no less than nothing", no_less_than_nothing},
        CU_TEST_INFO_NULL,
    };
    return run_suite("crossed", tests);
}

#include "harness.h"

#include <math.h>

#include "report/mcnemar.h"

/* Twice the lower tail of the binomial distribution, summed in whole numbers. */
static double slow_p(uint32_t a, uint32_t b)
{
    const uint32_t n = a + b, fewer = a < b ? a : b;
    double ways = 1, sum = 0;
    for (uint32_t k = 0; k <= fewer; k++) {
        sum += ways;
        ways = ways * (n - k) / (k + 1);
    }
    const double p = 2 * sum / pow(2, n);
    return p < 1 ? p : 1;
}

static void small_counts(void)
{
    for (uint32_t a = 0; a < 25; a++)
        for (uint32_t b = 0; b < 25; b++)
            CU_ASSERT_DOUBLE_EQUAL(mcnemar_p(a, b), slow_p(a, b), 1e-12);
}

static void known_values(void)
{
    CU_ASSERT_EQUAL(mcnemar_p(0, 0), 1);
    CU_ASSERT_DOUBLE_EQUAL(mcnemar_p(0, 6), 0.03125, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(mcnemar_p(1, 7), 0.0703125,
                           1e-15); /* Fagerland et al. 2013, airway hyper-responsiveness */
    CU_ASSERT_DOUBLE_EQUAL(mcnemar_p(59, 6), slow_p(59, 6), 1e-20);
}

static void large_counts(void)
{
    CU_ASSERT_EQUAL(mcnemar_p(3000, 3000), 1);
    CU_ASSERT(mcnemar_p(2950, 3050) > 0.19 &&
              mcnemar_p(2950, 3050) < 0.21); /* a normal deviate of 1.29, less half a step */
    CU_ASSERT_EQUAL(mcnemar_p(2950, 3050), mcnemar_p(3050, 2950));
    CU_ASSERT(mcnemar_p(0, 5000) >= 0 && mcnemar_p(0, 5000) < 1e-300);
    CU_ASSERT(isfinite(mcnemar_p(1000000, 2000000)));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"equals the sum over the tail", small_counts},
        {"known values", known_values},
        {"counts whose terms underflow", large_counts},
        CU_TEST_INFO_NULL,
    };
    return run_suite("mcnemar", tests);
}

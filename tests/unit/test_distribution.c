#include "harness.h"

#include <math.h>

#include "report/distribution.h"

/* Values to 15 digits and more: computed with mpmath 40 digits deep, and checked with scipy 1.10. */
static void check_close(double found, double wanted, double relative, unsigned line)
{
    const bool close = fabs(found - wanted) <= relative * fabs(wanted);
    if (!close)
        fprintf(stderr, "line %u: found %.17g, wanted %.17g\n", line, found, wanted);
    CU_assertImplementation(close, line, "check_close", __FILE__, "", CU_FALSE);
}

static void beta(void)
{
    static const struct {
        double a, b, x, share;
    } cases[] = {
        {0.5, 0.5, 0.25, 0.33333333333333333},  {2, 3, 0.4, 0.5248},
        {0.5, 9, 0.01, 0.32512876737378857},    {30, 0.5, 0.95, 0.080629426906430767},
        {1.5, 200, 0.004, 0.34179089324371784}, {5000, 4000, 0.55, 0.1444434316263252},
        {500, 0.5, 0.999, 0.31731044730971737},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_close(incomplete_beta(cases[i].a, cases[i].b, cases[i].x), cases[i].share, 1e-10, __LINE__);
        check_close(incomplete_beta(cases[i].b, cases[i].a, 1 - cases[i].x), 1 - cases[i].share, 1e-10,
                    __LINE__);
    }
    CU_ASSERT_EQUAL(incomplete_beta(2, 3, 0), 0);
    CU_ASSERT_EQUAL(incomplete_beta(2, 3, 1), 1);
    CU_ASSERT(isnan(incomplete_beta(0, 3, 0.5)));
    CU_ASSERT(isnan(incomplete_beta(2, 3, 1.5)));
}

static void tails(void)
{
    static const struct {
        double t, degrees, tail;
    } cases[] = {
        {0, 3, 0.5},
        {1, 1, 0.25},
        {2.5, 4, 0.033383272405994073},
        {12.706204736432095, 1, 0.024999999999495654},
        {3.2, 9.37, 0.0051465200413319832},
        {40, 6, 8.1591804652712347e-9},
        {0.001, 18, 0.49960655755249359},
        {2.1009220402409605, 18, 0.02500000000000382},
        {6, 1000, 1.3776845866887346e-9},
        {4.5, 25000, 3.4129838944175234e-6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_close(student_tail(cases[i].t, cases[i].degrees), cases[i].tail, 1e-11, __LINE__);
        check_close(student_tail(-cases[i].t, cases[i].degrees), 1 - cases[i].tail, 1e-11, __LINE__);
    }
    CU_ASSERT_EQUAL(student_tail(INFINITY, 3), 0);
    CU_ASSERT(isnan(student_tail(NAN, 3)));
    CU_ASSERT(isnan(student_tail(1, 0)));
    /* At a million degrees the fraction ends and the approximation begins. */
    check_close(student_tail(4, 1000000), student_tail(4, 1000001), 1e-7, __LINE__);
}

static void points(void)
{
    static const struct {
        double tail, degrees, t;
    } cases[] = {
        {0.025, 1, 12.706204736174705},     {0.025, 2, 4.3026527297494639},
        {0.025, 9, 2.2621571627982055},     {0.025, 18, 2.1009220402410385},
        {0.003125, 18, 3.0947997702111456}, {0.003125, 13.7, 3.2256577959174648},
        {0.05, 4, 2.1318467863266503},      {0.4, 5.5, 0.26589945713791734},
        {1e-06, 9, 10.7201604099095},       {0.025, 10000, 1.9602012398906263},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_close(student_point(cases[i].tail, cases[i].degrees), cases[i].t, 1e-12, __LINE__);
        check_close(student_point(1 - cases[i].tail, cases[i].degrees), -cases[i].t, 1e-9, __LINE__);
    }
    CU_ASSERT_EQUAL(student_point(0.5, 7), 0);
    CU_ASSERT(isnan(student_point(0, 7)));
    CU_ASSERT(isnan(student_point(0.025, 0)));
    check_close(student_point(0.003, 1000000), student_point(0.003, 1000001), 1e-7, __LINE__);
}

/* A point and the tail behind it undo each other, over all that may come. */
static void there_and_back(void)
{
    for (double degrees = 0.7; degrees < 1e8; degrees *= 1.9)
        for (double tail = 1e-12; tail < 0.5; tail *= 3)
            check_close(student_tail(student_point(tail, degrees), degrees), tail, 1e-9, __LINE__);
}

static void normal(void)
{
    static const struct {
        double tail, x;
    } cases[] = {
        {0.025, 1.9599639845400545}, {0.05, 1.6448536269514729},  {0.003125, 2.7343687865331812},
        {0.1, 1.2815515655446004},   {1e-09, 5.9978070150076865}, {0.7, -0.52440051270804067},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_close(student_point(cases[i].tail, INFINITY), cases[i].x, 1e-13, __LINE__);
        check_close(normal_tail(cases[i].x), cases[i].tail, 1e-12, __LINE__);
    }
}

static void noncentral(void)
{
    static const struct {
        double t, degrees, shift, tail;
    } cases[] = {
        {2.1009220402409605, 18, 3.3, 0.8768925399031},
        {2.2621571627409915, 9, 0.0, 0.025000000002338},
        {3.0, 13.7, 4.25, 0.87139539157547},
        {2.5, 4, -1.0, 0.0038728535398736},
        {-1.0, 7.5, 0.5, 0.92263204640525},
        {0.0, 5, 1.5, 0.93319279873114},
        {30.0, 60, 35.5, 0.97129913323822},
        {2.0, 9, -3.0, 2.7354379851383e-6},
        {101.85, 1, 100.0, 0.67379604975296},
        {300.0, 20, 310.0, 0.6234930636705},
        {40.0, 50, 37.5, 0.29187211492826},
        {15.0, 2.5, 60.0, 0.99999999400201},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_DOUBLE_EQUAL(noncentral_tail(cases[i].t, cases[i].degrees, cases[i].shift), cases[i].tail,
                               1e-10);
    CU_ASSERT_DOUBLE_EQUAL(noncentral_tail(2.3, 11, 0), student_tail(2.3, 11), 1e-13);
    /* Where the approximation takes over. */
    CU_ASSERT_DOUBLE_EQUAL(noncentral_tail(1000, 90000, 999.999), noncentral_tail(1000, 90000, 1000.001),
                           0.002);
    CU_ASSERT_DOUBLE_EQUAL(noncentral_tail(3, 1000000, 3.5), noncentral_tail(3, 1000001, 3.5), 1e-6);
    CU_ASSERT_EQUAL(noncentral_tail(3, 10, INFINITY), 1);
    CU_ASSERT_EQUAL(noncentral_tail(INFINITY, 4, 3), 0);
    /* With so few degrees the point, or its square, is no number any more. */
    for (double degrees = 0.02; degrees > 1e-9; degrees /= 3)
        CU_ASSERT(noncentral_tail(student_point(0.004, degrees), degrees, 5) < 0.01);
    CU_ASSERT(isnan(noncentral_tail(3, 0, 1)));
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"incomplete beta", beta},
        {"Student's t", tails},
        {"points of Student's t", points},
        {"points and tails undo each other", there_and_back},
        {"normal", normal},
        {"noncentral t", noncentral},
        CU_TEST_INFO_NULL,
    };
    return run_suite("distribution", tests);
}

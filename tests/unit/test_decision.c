#include "harness.h"

#include <math.h>

#include "base/philox.h"
#include "report/decision.h"

/* Of test_statistics.c: A - B = -0.1037, p = 0.0045075 by scipy's ttest_ind; -0.112 and p = 0.012823 as five pairs. */
static const double low[] = {0.66, 0.62, 0.63, 0.71, 0.58, 0.69}, high[] = {0.73, 0.81, 0.70, 0.78, 0.74};
static const double low_p = 0.004507456969112633, pair_p = 0.012822931285174376;

static const struct claim_side side_low = {.values = low, .count = 6},
                               side_high = {.values = high, .count = 5};
static const struct claim_side side_few = {.values = low, .count = 5}; /* as many as there are high ones */

static const struct claim_comparison less = {.kind = CLAIM_LESS};

static struct claim_decision decide_one(const struct claim_comparison *declared, struct claim_side a,
                                        struct claim_side b, size_t members)
{
    const struct claim_evidence evidence = {.declared = declared, .sides = {a, b}};
    const struct claim_case claim = {&evidence, 1};
    struct claim_decision decision;
    CU_ASSERT_FATAL(decide_family(&claim, 1, members, 0.05, &decision, NULL));
    return decision;
}

static void a_difference(void)
{
    struct claim_decision decision = decide_one(&less, side_low, side_high, 1);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_HOLDS);
    CU_ASSERT_PTR_NULL(decision.reason);
    CHECK_TEXT(decision.test, "Welch's t test");
    CU_ASSERT_DOUBLE_EQUAL(decision.effect, -0.1036666666666668, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(decision.p, low_p, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(decision.corrected_p, low_p, 1e-13);
    CU_ASSERT_EQUAL(decision.level, 0.05);
    CU_ASSERT_DOUBLE_EQUAL(decision.over_seeds.low, -0.165992935672825, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(decision.over_seeds.high, -0.0413403976605089, 1e-12);
    CU_ASSERT_FALSE(decision.has_images);
    CU_ASSERT(decision.seeds[0] == 6 && decision.seeds[1] == 5);
    CU_ASSERT_DOUBLE_EQUAL(decision.smallest_p, 2. / 462, 1e-15);
    CU_ASSERT(decision.seeds_needed >= 5 && decision.seeds_needed <= 7);

    decision = decide_one(&less, side_high, side_low, 1);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_DOES_NOT_HOLD);
    CU_ASSERT_PTR_NULL(decision.reason);
    CU_ASSERT_DOUBLE_EQUAL(decision.p, low_p, 1e-13);
    CU_ASSERT(decision.over_seeds.low > 0);

    const struct claim_comparison paired = {.kind = CLAIM_LESS, .paired = true};
    decision = decide_one(&paired, side_few, side_high, 1);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_HOLDS);
    CHECK_TEXT(decision.test, "paired t test");
    CU_ASSERT_DOUBLE_EQUAL(decision.p, pair_p, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(decision.smallest_p, 2. / 32, 1e-15);
}

/* Members that are not at hand count: 11 times 0.0045 is below 0.05, 12 times is not. */
static void absent_members(void)
{
    struct claim_decision decision = decide_one(&less, side_low, side_high, 11);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_HOLDS);
    CU_ASSERT_DOUBLE_EQUAL(decision.level, 0.05 / 11, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(decision.corrected_p, 11 * low_p, 1e-12);
    CU_ASSERT(decision.over_seeds.high < 0);
    decision = decide_one(&less, side_low, side_high, 12);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
    CHECK_TEXT(decision.reason, "the interval reaches across a border of what is claimed");
    CU_ASSERT(decision.over_seeds.high > 0);
}

/* Of the difference -0.1037 its 95 % interval is -0.166 to -0.041. */
static void margins_and_tolerances(void)
{
    static const struct {
        enum claim_kind kind;
        double margin, tolerance;
        bool turned; /* B - A */
        enum claim_verdict verdict;
    } cases[] = {
        {CLAIM_LESS, 0.05, 0, false, CLAIM_HOLDS},        /* below 0 */
        {CLAIM_LESS, 0.05, 0, true, CLAIM_DOES_NOT_HOLD}, /* above 0 */
        {CLAIM_LESS, 0, 0.03, true, CLAIM_DOES_NOT_HOLD}, /* above the tolerance */
        {CLAIM_LESS, 0, 0.1, true, CLAIM_CANNOT_TELL},    /* across it */
        {CLAIM_LESS, 0, 0.17, true, CLAIM_HOLDS},         /* below it */
        {CLAIM_EQUIVALENT, 0.17, 0, false, CLAIM_HOLDS},  /* between -0.17 and 0.17 */
        {CLAIM_EQUIVALENT, 0.17, 0, true, CLAIM_HOLDS},   /* … either way */
        {CLAIM_EQUIVALENT, 0.16, 0, false, CLAIM_CANNOT_TELL},
        {CLAIM_EQUIVALENT, 0.05, 0, true, CLAIM_CANNOT_TELL},
        {CLAIM_EQUIVALENT, 0.04, 0, false, CLAIM_DOES_NOT_HOLD},
        {CLAIM_EQUIVALENT, 0.04, 0, true, CLAIM_DOES_NOT_HOLD},
        {CLAIM_NO_BETTER, 0.17, 0, false, CLAIM_HOLDS},
        {CLAIM_NO_BETTER, 0.1, 0, false, CLAIM_CANNOT_TELL},
        {CLAIM_NO_BETTER, 0.04, 0, false, CLAIM_DOES_NOT_HOLD},
        {CLAIM_NO_BETTER, 0.04, 0, true, CLAIM_HOLDS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct claim_comparison declared = {
            .kind = cases[i].kind, .margin = cases[i].margin, .tolerance = cases[i].tolerance};
        const struct claim_decision decision = decide_one(&declared, cases[i].turned ? side_high : side_low,
                                                          cases[i].turned ? side_low : side_high, 1);
        CU_ASSERT_EQUAL(decision.verdict, cases[i].verdict);
        if (decision.verdict != cases[i].verdict)
            fprintf(stderr, "case %zu: %s\n", i, claim_verdict_names[decision.verdict]);
    }
    const struct claim_comparison equivalent = {.kind = CLAIM_EQUIVALENT, .margin = 0.17};
    CHECK_TEXT(decide_one(&equivalent, side_low, side_high, 1).test, "two one-sided Welch's t tests");
}

/* A difference that is surely smaller than what counts: not below 0, or below it and yet small. */
static void smaller_than_what_counts(void)
{
    const double a[] = {0.61, 0.60, 0.59, 0.60, 0.60}, b[] = {0.60, 0.61, 0.60, 0.60, 0.59};
    const double c[] = {0.62, 0.63, 0.62, 0.61, 0.62};
    const struct claim_side side_a = {.values = a, .count = 5}, side_b = {.values = b, .count = 5},
                            side_c = {.values = c, .count = 5};
    const struct claim_comparison declared = {.kind = CLAIM_LESS, .margin = 0.05};
    CU_ASSERT_EQUAL(decide_one(&less, side_a, side_b, 1).verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_EQUAL(decide_one(&declared, side_a, side_b, 1).verdict, CLAIM_DOES_NOT_HOLD);
    const struct claim_decision decision = decide_one(&declared, side_a, side_c, 1);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_HOLDS);
    CU_ASSERT(decision.within_margin);
    CU_ASSERT_FALSE(decide_one(&declared, side_low, side_high, 1).within_margin);
    CU_ASSERT_FALSE(decide_one(&less, side_a, side_c, 1).within_margin);
}

static void shares(void)
{
    const struct claim_comparison declared = {.kind = CLAIM_LESS, .tolerance = 0.3, .relative = true};
    struct claim_decision decision = decide_one(&declared, side_high, side_low, 1);
    /* The mean of the logarithms of high less that of low, by hand; e^0.150 is 16 %. */
    CU_ASSERT_DOUBLE_EQUAL(decision.effect,
                           (log(0.73) + log(0.81) + log(0.70) + log(0.78) + log(0.74)) / 5 -
                               (log(0.66) + log(0.62) + log(0.63) + log(0.71) + log(0.58) + log(0.69)) / 6,
                           1e-14);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_HOLDS);
    CU_ASSERT(decision.over_seeds.high < log(1.3) && decision.over_seeds.high > log(1.25));
    const double with_zero[] = {0.1, 0, 0.2};
    decision = decide_one(&declared, side_low, (struct claim_side){.values = with_zero, .count = 3}, 1);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
    CHECK_TEXT(decision.reason, "shares are claimed, and a run's number is not above 0");
}

static void reasons(void)
{
    const double equal[] = {0.5, 0.5, 0.5}, shifted[] = {0.7, 0.7, 0.7}, wild[] = {0.5, NAN, 0.6};
    const double first[] = {0.62, 0.65, 0.71, 0.58}, second[] = {0.60, 0.63, 0.69, 0.56};
    const struct claim_comparison paired = {.kind = CLAIM_LESS, .paired = true};
    const struct claim_comparison of_curves = {
        .kind = CLAIM_LESS, .measure_a.statistic = STATISTIC_MEAN, .measure_b.statistic = STATISTIC_MEAN};
    const struct {
        const struct claim_comparison *declared;
        struct claim_side a, b;
        const char *reason;
    } cases[] = {
        {&less, {.count = 0}, side_high, "one side has no runs yet"},
        {&less, side_low, {.count = 0}, "one side has no runs yet"},
        {&less,
         side_low,
         {.values = high, .count = 1},
         "one side has a single run, and it takes two to see how much seeds matter"},
        {&less,
         side_low,
         {.values = wild, .count = 3},
         "a run has no such number, or one that is not finite"},
        {&of_curves,
         side_low,
         {.values = wild, .count = 3},
         "a run ended before the epochs that are asked for, or a number there is not finite"},
        {&less,
         {.values = equal, .count = 3},
         {.values = shifted, .count = 3},
         "each side's runs are all the same, and without variance nothing is decided"},
        {&paired,
         {.values = first, .count = 4},
         {.values = second, .count = 4},
         "the pairs' differences are all the same, and without variance nothing is decided"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct claim_decision decision = decide_one(cases[i].declared, cases[i].a, cases[i].b, 1);
        CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
        CHECK_TEXT(decision.reason, cases[i].reason);
        CU_ASSERT_EQUAL(decision.p, 1);
        CU_ASSERT_EQUAL(decision.corrected_p, 1);
        CU_ASSERT(decision.over_seeds.low == -INFINITY && decision.over_seeds.high == INFINITY);
        CU_ASSERT_EQUAL(decision.seeds_needed, SEEDS_UNKNOWN);
    }
}

/* "A is the best of three". */
static void conjunctions(void)
{
    const struct claim_evidence below = {.declared = &less, .sides = {side_low, side_high}},
                                above = {.declared = &less, .sides = {side_high, side_low}},
                                unclear = {.declared = &less, .sides = {side_low, side_few}},
                                absent = {.declared = &less, .sides = {side_low, {.count = 0}}};
    struct claim_decision decision;

    const struct claim_evidence all_below[] = {below, below, below};
    const struct claim_case holds = {all_below, 3};
    CU_ASSERT_FATAL(decide_family(&holds, 1, 11, 0.05, &decision, NULL)); /* no price for three of them */
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_HOLDS);
    CU_ASSERT_DOUBLE_EQUAL(decision.level, 0.05 / 11, 1e-15);

    const struct claim_evidence one_above[] = {below, above, unclear};
    const struct claim_case fails = {one_above, 3};
    CU_ASSERT_FATAL(decide_family(&fails, 1, 3, 0.05, &decision, NULL));
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_DOES_NOT_HOLD);
    CU_ASSERT_EQUAL(decision.comparison, 1);
    CU_ASSERT_DOUBLE_EQUAL(decision.p, 3 * low_p, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(decision.level, 0.05 / 9, 1e-15);
    CU_ASSERT(decision.over_seeds.low > 0);
    CU_ASSERT_FATAL(decide_family(&fails, 1, 4, 0.05, &decision, NULL)); /* 4 times 3 times 0.0045 */
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_EQUAL(decision.comparison, 1); /* the least favourable */
    CU_ASSERT(decision.over_seeds.low < 0);

    const struct claim_evidence one_unclear[] = {below, unclear, below};
    const struct claim_case open = {one_unclear, 3};
    CU_ASSERT_FATAL(decide_family(&open, 1, 1, 0.05, &decision, NULL));
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_EQUAL(decision.comparison, 1);
    CU_ASSERT_EQUAL(decision.level, 0.05); /* it would do to hold at this */

    /* One that speaks against the claim at the claim's level, and not at a third of it. */
    CU_ASSERT_FATAL(decide_family(&fails, 1, 4, 0.05, &decision, NULL));
    CU_ASSERT_DOUBLE_EQUAL(decision.level, 0.05 / 12, 1e-15);

    const struct claim_evidence one_absent[] = {unclear, absent, above};
    const struct claim_case refuted = {one_absent, 3};
    CU_ASSERT_FATAL(
        decide_family(&refuted, 1, 1, 0.05, &decision, NULL)); /* the absent one changes nothing */
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_DOES_NOT_HOLD);
    CU_ASSERT_EQUAL(decision.comparison, 2);
    const struct claim_case unknown = {one_absent, 2};
    CU_ASSERT_FATAL(decide_family(&unknown, 1, 1, 0.05, &decision, NULL));
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_EQUAL(decision.comparison, 1);
    CHECK_TEXT(decision.reason, "one side has no runs yet");
}

/* p of 1 (absent), 0.0128, 0.0045 and 0.0128 again, and four members that are elsewhere. */
static void steps(void)
{
    const struct claim_comparison paired = {.kind = CLAIM_LESS, .paired = true};
    const struct claim_evidence absent = {.declared = &less, .sides = {side_low, {.count = 0}}},
                                second = {.declared = &paired, .sides = {side_few, side_high}},
                                first = {.declared = &less, .sides = {side_low, side_high}};
    const struct claim_case claims[] = {{&absent, 1}, {&second, 1}, {&first, 1}, {&second, 1}};
    struct claim_decision found[4];
    CU_ASSERT_FATAL(decide_family(claims, 4, 4, 0.05, found, NULL));
    CU_ASSERT_EQUAL(found[0].verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_EQUAL(found[1].verdict, CLAIM_HOLDS);
    CU_ASSERT_EQUAL(found[2].verdict, CLAIM_HOLDS);
    CU_ASSERT_EQUAL(found[3].verdict, CLAIM_HOLDS);
    CU_ASSERT_DOUBLE_EQUAL(found[2].level, 0.05 / 4, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(found[1].level, 0.05 / 3, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(found[3].level, 0.05 / 2, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(found[0].level, 0.05, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(found[2].corrected_p, 4 * low_p, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(found[1].corrected_p, 3 * pair_p, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(found[3].corrected_p, 3 * pair_p, 1e-12); /* never less than the one before */
    CU_ASSERT_EQUAL(found[0].corrected_p, 1);

    /* Of eight, the second step is 0.05 / 7 = 0.0071, and all behind it stay at it. */
    CU_ASSERT_FATAL(decide_family(claims, 4, 8, 0.05, found, NULL));
    CU_ASSERT_EQUAL(found[2].verdict, CLAIM_HOLDS);
    CU_ASSERT_EQUAL(found[1].verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_EQUAL(found[3].verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_DOUBLE_EQUAL(found[1].level, 0.05 / 7, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(found[3].level, 0.05 / 7, 1e-15);
    CU_ASSERT(found[3].over_seeds.high > 0);
    CU_ASSERT_FATAL(decide_family(claims, 0, 8, 0.05, found, NULL));
}

/* Ten images of 1,000 that every run of A gets wrong and eight others that every run of B does, beside what the
 * seeds do: over seeds B is clearly better, for other images it is not. */
static void images_decide(void)
{
    enum { SEEDS = 5, OF_A = 10, OF_B = 8 };
    static uint32_t wrong[2][SEEDS][OF_A + 1];
    struct run_mistakes mistakes[2][SEEDS];
    double values[2][SEEDS];
    for (int side = 0; side < 2; side++)
        for (int seed = 0; seed < SEEDS; seed++) {
            const size_t shared = side == 0 ? OF_A : OF_B;
            for (size_t i = 0; i < shared; i++)
                wrong[side][seed][i] = (uint32_t)(100 * (size_t)side + 7 * i);
            wrong[side][seed][shared] = 900; /* of one seed */
            mistakes[side][seed] = (struct run_mistakes){wrong[side][seed], shared + (seed == 0)};
            values[side][seed] = 100 * (double)mistakes[side][seed].count / 1000;
        }
    const struct claim_evidence evidence = {
        .declared = &less,
        .sides = {{values[1], mistakes[1], SEEDS}, {values[0], mistakes[0], SEEDS}},
        .images = 1000,
    };
    const struct claim_case claim = {&evidence, 1};
    struct claim_decision decision;
    CU_ASSERT_FATAL(decide_family(&claim, 1, 1, 0.05, &decision, NULL));
    CU_ASSERT(decision.has_images);
    CU_ASSERT_DOUBLE_EQUAL(decision.effect, -0.2, 1e-12);
    CU_ASSERT(decision.over_seeds.high < 0);
    CU_ASSERT(decision.to_new_images.high > 0 && decision.to_new_images.low < decision.over_seeds.low);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
    CU_ASSERT_EQUAL(decision.seeds_needed, SEEDS_NEVER);
    CU_ASSERT_EQUAL(decide_one(&less, (struct claim_side){values[1], NULL, SEEDS},
                               (struct claim_side){values[0], NULL, SEEDS}, 1)
                        .verdict,
                    CLAIM_HOLDS);
}

/* A's mistakes differ from seed to seed and B's do not, so over seeds there are two degrees of freedom; the images
 * have many more, and their interval alone would be the narrower one. */
static void what_holds_for_new_images_holds_for_these(void)
{
    enum { SEEDS = 3, MOST = 15 };
    static const size_t counts[2][SEEDS] = {{5, 10, 15}, {10, 10, 10}};
    static uint32_t wrong[2][MOST];
    struct run_mistakes mistakes[2][SEEDS];
    double values[2][SEEDS];
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < MOST; i++)
            wrong[side][i] = (uint32_t)(500 * side + i);
        for (size_t seed = 0; seed < SEEDS; seed++) {
            mistakes[side][seed] = (struct run_mistakes){wrong[side], counts[side][seed]};
            values[side][seed] = 100 * (double)counts[side][seed] / 1000;
        }
    }
    const struct claim_comparison declared = {.kind = CLAIM_EQUIVALENT, .margin = 2};
    const struct claim_side a = {values[0], mistakes[0], SEEDS}, b = {values[1], mistakes[1], SEEDS};
    const struct claim_evidence evidence = {.declared = &declared, .sides = {a, b}, .images = 1000};
    const struct claim_case claim = {&evidence, 1};
    struct claim_decision decision;
    CU_ASSERT_FATAL(decide_family(&claim, 1, 1, 0.05, &decision, NULL));
    CU_ASSERT(decision.has_images);
    CU_ASSERT_EQUAL(decision.to_new_images.low, decision.over_seeds.low);
    CU_ASSERT_EQUAL(decision.to_new_images.high, decision.over_seeds.high);
    const struct claim_decision over_seeds =
        decide_one(&declared, (struct claim_side){values[0], NULL, SEEDS},
                   (struct claim_side){values[1], NULL, SEEDS}, 1);
    CU_ASSERT(over_seeds.seeds_needed > 2);
    CU_ASSERT(decision.seeds_needed >= over_seeds.seeds_needed);
}

/* Nothing can be said of other images than a single one. */
static void a_single_image(void)
{
    static const uint32_t wrong[] = {0};
    const double values[2][3] = {{0, 0, 100}, {100, 0, 100}};
    const struct run_mistakes mistakes[2][3] = {{{wrong, 0}, {wrong, 0}, {wrong, 1}},
                                                {{wrong, 1}, {wrong, 0}, {wrong, 1}}};
    const struct claim_evidence evidence = {
        .declared = &less,
        .sides = {{values[0], mistakes[0], 3}, {values[1], mistakes[1], 3}},
        .images = 1,
    };
    const struct claim_case claim = {&evidence, 1};
    struct claim_decision decision;
    CU_ASSERT_FATAL(decide_family(&claim, 1, 1, 0.05, &decision, NULL));
    CU_ASSERT_FALSE(decision.has_images);
    CU_ASSERT_EQUAL(decision.verdict, CLAIM_CANNOT_TELL);
}

static bool inside(struct interval interval, double low_end, double high_end)
{
    return interval.low >= low_end && interval.high <= high_end;
}

/* What an interval says of a comparison, by the table in decision.h. */
static enum claim_verdict read_off(struct interval interval, const struct claim_comparison *declared)
{
    const double m = declared->margin, t = declared->tolerance;
    if (declared->kind == CLAIM_LESS && inside(interval, -INFINITY, t))
        return CLAIM_HOLDS;
    if (declared->kind == CLAIM_EQUIVALENT && inside(interval, -m, m))
        return CLAIM_HOLDS;
    if (declared->kind == CLAIM_NO_BETTER && inside(interval, -m, INFINITY))
        return CLAIM_HOLDS;
    if (declared->kind == CLAIM_LESS && (inside(interval, t, INFINITY) || inside(interval, -m, m)))
        return CLAIM_DOES_NOT_HOLD;
    if (declared->kind != CLAIM_LESS && inside(interval, -INFINITY, -m))
        return CLAIM_DOES_NOT_HOLD;
    if (declared->kind == CLAIM_EQUIVALENT && inside(interval, m, INFINITY))
        return CLAIM_DOES_NOT_HOLD;
    return CLAIM_CANNOT_TELL;
}

/* Whatever the numbers, a claim's verdict is the one that its printed interval shows. */
static void verdicts_agree_with_intervals(void)
{
    static const struct claim_comparison kinds[] = {
        {.kind = CLAIM_LESS},
        {.kind = CLAIM_LESS, .margin = 0.4},
        {.kind = CLAIM_LESS, .tolerance = 0.3},
        {.kind = CLAIM_EQUIVALENT, .margin = 0.5},
        {.kind = CLAIM_NO_BETTER, .margin = 0.3},
    };
    enum { KINDS = 5, SEEDS = 6, ROUNDS = 400 };
    size_t counts[3] = {0};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        double values[KINDS][3][SEEDS];
        struct claim_evidence evidence[KINDS][2];
        struct claim_case cases[KINDS];
        for (uint32_t i = 0; i < KINDS; i++) {
            const struct random_stream stream = random_stream(3, RANDOM_DIGITS, "", round, i);
            for (size_t side = 0; side < 3; side++)
                for (size_t seed = 0; seed < SEEDS; seed++)
                    values[i][side][seed] = random_unit(&stream, 10 * side + seed) +
                                            2 * random_unit(&stream, 100 + side) * (round % 3 == 0);
            for (size_t k = 0; k < 2; k++)
                evidence[i][k] = (struct claim_evidence){
                    .declared = &kinds[i],
                    .sides = {{values[i][0], NULL, SEEDS}, {values[i][1 + k], NULL, SEEDS}}};
            cases[i] = (struct claim_case){evidence[i], 1 + round % 2};
        }
        struct claim_decision decisions[KINDS];
        CU_ASSERT_FATAL(decide_family(cases, KINDS, KINDS, 0.05, decisions, NULL));
        for (int i = 0; i < KINDS; i++) {
            CU_ASSERT_EQUAL(read_off(decisions[i].over_seeds, &kinds[i]), decisions[i].verdict);
            CU_ASSERT_EQUAL(decisions[i].verdict != CLAIM_CANNOT_TELL, decisions[i].corrected_p <= 0.05);
            counts[decisions[i].verdict]++;
        }
    }
    CU_ASSERT(counts[CLAIM_HOLDS] > 100 && counts[CLAIM_DOES_NOT_HOLD] > 100 &&
              counts[CLAIM_CANNOT_TELL] > 100);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a difference", a_difference},
        {"members that are absent", absent_members},
        {"margins and tolerances", margins_and_tolerances},
        {"smaller than what counts", smaller_than_what_counts},
        {"shares", shares},
        {"why it cannot be told", reasons},
        {"claims over several comparisons", conjunctions},
        {"Holm's steps", steps},
        {"images decide", images_decide},
        {"what holds for new images holds for these", what_holds_for_new_images_holds_for_these},
        {"a single image", a_single_image},
        {"verdicts agree with intervals", verdicts_agree_with_intervals},
        CU_TEST_INFO_NULL,
    };
    return run_suite("decision", tests);
}

#include "report/decision.h"

#include <assert.h>
#include <math.h>

#include "base/arena.h"

static const double wanted_power = 0.9;

const char *const claim_verdict_names[3] = {"holds", "does not hold", "cannot tell"};

/* Where the interval must lie. An empty region holds no interval. */
struct regions {
    struct interval claimed, refuting[2];
};
static const struct interval empty = {0, 0};

static struct regions regions_of_less(double margin, double tolerance)
{
    return (struct regions){{-INFINITY, tolerance}, {{tolerance, INFINITY}, {-margin, margin}}};
}

static struct regions regions_of_equivalent(double margin, double tolerance)
{
    (void)tolerance;
    return (struct regions){{-margin, margin}, {{-INFINITY, -margin}, {margin, INFINITY}}};
}

static struct regions regions_of_no_better(double margin, double tolerance)
{
    (void)tolerance;
    return (struct regions){{-margin, INFINITY}, {{-INFINITY, -margin}, empty}};
}

static const struct kind {
    struct regions (*regions)(double margin, double tolerance);
    int ends;            /* of the claimed region */
    const char *test[2]; /* of independent sides, of pairs */
} kinds[] = {
    [CLAIM_LESS] = {regions_of_less, 1, {"Welch's t test", "paired t test"}},
    [CLAIM_EQUIVALENT] = {regions_of_equivalent,
                          2,
                          {"two one-sided Welch's t tests", "two one-sided paired t tests"}},
    [CLAIM_NO_BETTER] = {regions_of_no_better, 1, {"Welch's t test", "paired t test"}},
};

/* What one comparison shows, before any level is known. */
struct finding {
    const struct claim_comparison *declared;
    double margin, tolerance; /* on the scale of the difference */
    struct difference over_seeds, to_new_images;
    bool has_images;
    double p_holds, p_fails; /* the smallest levels at which it holds, at which it does not */
    const char *reason;      /* why it cannot decide at any level, or NULL */
};

/* The smallest level at which both intervals lie within the region, 1 for none. */
static double p_within(const struct finding *finding, struct interval region)
{
    const double effect = finding->over_seeds.effect, left = effect - region.low,
                 right = region.high - effect;
    const double distance = fmin(left, right);
    const double p = difference_p(&finding->over_seeds, distance);
    return finding->has_images ? fmax(p, difference_p(&finding->to_new_images, distance)) : p;
}

static bool all_finite(const struct claim_side *side)
{
    for (size_t i = 0; i < side->count; i++)
        if (!isfinite(side->values[i]))
            return false;
    return true;
}

static bool all_positive(const struct claim_side *side)
{
    for (size_t i = 0; i < side->count; i++)
        if (!(side->values[i] > 0))
            return false;
    return true;
}

/* NULL when the numbers can be compared. */
static const char *why_not_compared(const struct claim_comparison *declared, const struct claim_side *sides)
{
    for (int side = 0; side < 2; side++)
        if (sides[side].count == 0)
            return "one side has no runs yet";
    for (int side = 0; side < 2; side++)
        if (sides[side].count == 1)
            return "one side has a single run, and it takes two to see how much seeds matter";
    for (int side = 0; side < 2; side++)
        if (!all_finite(&sides[side]))
            return (side == 0 ? &declared->measure_a : &declared->measure_b)->statistic == STATISTIC_RESULT
                       ? "a run has no such number, or one that is not finite"
                       : "a run ended before the epochs that are asked for, or a number there is not finite";
    for (int side = 0; side < 2; side++)
        if (declared->relative && !all_positive(&sides[side]))
            return "shares are claimed, and a run's number is not above 0";
    return NULL;
}

/* NULL when memory cannot be had. */
static const double *logarithms(struct arena *arena, const struct claim_side *side)
{
    double *values = arena_allocate(arena, side->count, sizeof *values);
    for (size_t i = 0; values != NULL && i < side->count; i++)
        values[i] = log(side->values[i]);
    return values;
}

/* Both differences; finding->reason when there is none that decides. */
static bool compare(struct arena *arena, const struct claim_evidence *evidence, struct finding *finding,
                    struct assay_error *error)
{
    const struct claim_side *const a = &evidence->sides[0], *const b = &evidence->sides[1];
    const struct claim_comparison *declared = evidence->declared;
    finding->over_seeds = (struct difference){.effect = NAN, .count = {a->count, b->count}};
    finding->reason = why_not_compared(declared, evidence->sides);
    if (finding->reason != NULL)
        return true;
    const double *of_a = declared->relative ? logarithms(arena, a) : a->values;
    const double *of_b = declared->relative ? logarithms(arena, b) : b->values;
    if (of_a == NULL || of_b == NULL)
        return assay_fail_memory(error, "deciding claims");
    assert(!declared->paired || a->count == b->count);
    finding->over_seeds = declared->paired ? difference_of_pairs(of_a, of_b, a->count)
                                           : difference_of_samples(of_a, a->count, of_b, b->count);
    if (!difference_decides(&finding->over_seeds)) {
        finding->reason =
            declared->paired
                ? "the pairs' differences are all the same, and without variance nothing is decided"
                : "each side's runs are all the same, and without variance nothing is decided";
        return true;
    }
    finding->has_images = a->mistakes != NULL && b->mistakes != NULL && evidence->images > 1;
    finding->to_new_images = finding->over_seeds;
    const struct run_mistakes *const mistakes[2] = {a->mistakes, b->mistakes};
    return !finding->has_images || difference_cross(&finding->to_new_images, mistakes, evidence->images,
                                                    declared->paired, declared->relative, error);
}

static bool find(struct arena *arena, const struct claim_evidence *evidence, struct finding *finding,
                 struct assay_error *error)
{
    const struct claim_comparison *declared = evidence->declared;
    assert(finding != NULL);
    assert(declared->tolerance == 0 || (declared->kind == CLAIM_LESS && declared->margin == 0));
    *finding = (struct finding){
        .declared = declared,
        .margin = declared->relative ? log1p(declared->margin) : declared->margin,
        .tolerance = declared->relative ? log1p(declared->tolerance) : declared->tolerance,
    };
    if (!compare(arena, evidence, finding, error))
        return false;
    const struct regions regions = kinds[declared->kind].regions(finding->margin, finding->tolerance);
    finding->p_holds = p_within(finding, regions.claimed);
    finding->p_fails = fmin(p_within(finding, regions.refuting[0]), p_within(finding, regions.refuting[1]));
    return true;
}

/* What the comparisons of a claim show together. */
struct summary {
    const struct finding *findings;
    size_t count, weakest, clearest; /* the least favourable to the claim; the one most clearly against it */
    double p_holds, p_fails, p;
};

static bool less_favourable(const struct finding *finding, const struct finding *than)
{
    if ((finding->reason != NULL) != (than->reason != NULL))
        return finding->reason != NULL;
    return finding->p_holds > than->p_holds;
}

static struct summary sum_up(const struct finding *findings, size_t count)
{
    struct summary summary = {.findings = findings, .count = count};
    for (size_t i = 1; i < count; i++) {
        if (less_favourable(&findings[i], &findings[summary.weakest]))
            summary.weakest = i;
        if (findings[i].p_fails < findings[summary.clearest].p_fails)
            summary.clearest = i;
    }
    summary.p_holds = findings[summary.weakest].p_holds;
    summary.p_fails = fmin(1, (double)count * findings[summary.clearest].p_fails);
    summary.p = fmin(summary.p_holds, summary.p_fails);
    return summary;
}

static int seeds_for(const struct finding *finding, double level)
{
    double distance = finding->margin > 0 ? finding->margin : finding->tolerance;
    if (!(distance > 0))
        distance = fabs(finding->over_seeds.effect);
    const double power = 1 - (1 - wanted_power) / kinds[finding->declared->kind].ends;
    const int over_seeds = seeds_needed(&finding->over_seeds, distance, level, power);
    if (!finding->has_images)
        return over_seeds;
    const int to_new_images = seeds_needed(&finding->to_new_images, distance, level, power);
    return over_seeds > to_new_images ? over_seeds : to_new_images;
}

/* Of two around the same middle. */
static struct interval wider(struct interval one, struct interval other)
{
    return one.high >= other.high ? one : other;
}

static struct claim_decision decide(const struct summary *summary, double level)
{
    struct claim_decision decision = {.verdict = CLAIM_CANNOT_TELL, .p = summary->p};
    if (summary->p_holds <= level)
        decision.verdict = CLAIM_HOLDS;
    else if (summary->p_fails <= level)
        decision.verdict = CLAIM_DOES_NOT_HOLD;
    const bool holds = decision.verdict == CLAIM_HOLDS, fails = decision.verdict == CLAIM_DOES_NOT_HOLD;
    decision.comparison = fails ? summary->clearest : summary->weakest;

    const struct finding *finding = &summary->findings[decision.comparison];
    decision.level = !holds && finding->p_fails <= level ? level / (double)summary->count : level;
    const struct claim_comparison *declared = finding->declared;
    const size_t *seeds = finding->over_seeds.count;
    if (!holds && !fails)
        decision.reason = finding->reason != NULL ? finding->reason
                                                  : "the interval reaches across a border of what is claimed";
    decision.test = kinds[declared->kind].test[declared->paired];
    decision.effect = finding->over_seeds.effect;
    decision.over_seeds = difference_interval(&finding->over_seeds, decision.level);
    decision.has_images = finding->has_images;
    if (finding->has_images)
        decision.to_new_images =
            wider(difference_interval(&finding->to_new_images, decision.level), decision.over_seeds);
    const struct interval counts_not = {-finding->margin, finding->margin};
    decision.within_margin =
        holds && declared->kind == CLAIM_LESS && p_within(finding, counts_not) <= decision.level;
    decision.seeds[0] = seeds[0], decision.seeds[1] = seeds[1];
    decision.smallest_p = seeds[0] > 0 && seeds[1] > 0 ? smallest_p(seeds[0], seeds[1], declared->paired) : 1;
    decision.seeds_needed = seeds_for(finding, decision.level);
    return decision;
}

/* Holm's steps through the claims in the order of their p. */
static void step_down(const struct summary *summaries, size_t count, size_t members, double level,
                      size_t *order, struct claim_decision *decisions)
{
    for (size_t i = 0; i < count; i++) {
        size_t place = i;
        for (; place > 0 && summaries[order[place - 1]].p > summaries[i].p; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
    double corrected = 0;
    bool stopped = false;
    double at = level;
    for (size_t rank = 0; rank < count; rank++) {
        const struct summary *summary = &summaries[order[rank]];
        const double left = (double)(members - rank);
        at = stopped ? at : level / left;
        stopped = stopped || summary->p > at;
        corrected = fmax(corrected, fmin(1, left * summary->p));
        decisions[order[rank]] = decide(summary, at);
        decisions[order[rank]].corrected_p = corrected;
    }
}

bool decide_family(const struct claim_case *claims, size_t count, size_t members, double level,
                   struct claim_decision *decisions, struct assay_error *error)
{
    assert(members >= count);
    struct arena *arena = arena_create();
    struct summary *summaries = arena == NULL ? NULL : arena_allocate(arena, count, sizeof *summaries);
    size_t *order = arena == NULL ? NULL : arena_allocate(arena, count, sizeof *order);
    bool done = summaries != NULL && order != NULL;
    if (!done)
        assay_fail_memory(error, "deciding claims");
    for (size_t i = 0; done && i < count; i++) {
        const struct claim_case *claim = &claims[i];
        assert(claim->comparison_count > 0);
        struct finding *findings = arena_allocate(arena, claim->comparison_count, sizeof *findings);
        done = findings != NULL || assay_fail_memory(error, "deciding claims");
        for (size_t k = 0; done && k < claim->comparison_count; k++)
            done = find(arena, &claim->comparisons[k], &findings[k], error);
        if (done)
            summaries[i] = sum_up(findings, claim->comparison_count);
    }
    if (done)
        step_down(summaries, count, members, level, order, decisions);
    arena_destroy(arena);
    return done;
}

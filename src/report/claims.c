#include "report/claims.h"

#include <stdlib.h>
#include <string.h>

#include "report/gaps.h"
#include "report/sources.h"

/* Evidence: what the runs of two points say of a comparison. */

static const struct result_point *point_at(const struct results *results, size_t point)
{
    return &results->points[point];
}

static bool is_clean(const struct result_counts *counts)
{
    return counts->finished == counts->wanted;
}

/* The seeds that both sides have, as many as `values` then says. */
static void keep_common(struct result_values *values, const struct result_values *other, uint64_t *seeds,
                        double *numbers)
{
    size_t count = 0;
    for (size_t i = 0; i < values->count; i++)
        for (size_t j = 0; j < other->count; j++)
            if (values->seeds[i] == other->seeds[j]) {
                seeds[count] = values->seeds[i];
                numbers[count++] = values->values[i];
            }
    *values = (struct result_values){count, seeds, numbers};
}

static bool pair_up(struct arena *arena, struct result_values sides[2])
{
    const struct result_values first = sides[0];
    for (int side = 0; side < 2; side++) {
        const struct result_values *other = side == 0 ? &sides[1] : &first;
        uint64_t *seeds = arena_allocate(arena, sides[side].count, sizeof *seeds);
        double *numbers = arena_allocate(arena, sides[side].count, sizeof *numbers);
        if (seeds == NULL || numbers == NULL)
            return false;
        keep_common(&sides[side], other, seeds, numbers);
    }
    return true;
}

/* Whether a run's mistakes on the test images are what the measure counts. */
static bool counts_mistakes(const struct experiment_measure *measure)
{
    return measure->statistic == STATISTIC_RESULT && strcmp(measure->metric, "test_error_pct") == 0;
}

static const struct result_run *run_of_seed(const struct result_point *point, uint64_t seed)
{
    for (size_t i = 0; i < point->run_count; i++)
        if (point->runs[i]->planned->seed == seed && point->runs[i]->state == RUN_FINISHED)
            return point->runs[i];
    return NULL;
}

/* The images that all runs so far were tested on. */
struct common {
    const struct result_run *run; /* the first of them, NULL: none yet */
    size_t images;
};

static bool shares(struct common *common, const struct result_run *run, size_t images, bool *does,
                   struct assay_error *error)
{
    if (common->run == NULL)
        *common = (struct common){run, images};
    *does = common->images == images;
    return !*does || common->run == run || sources_are_same_images(common->run, run, does, error);
}

/* The mistakes of the runs behind a side's values; it is without them where one run has none, or was tested
 * on other images. */
static bool load_mistakes(struct arena *arena, const struct result_point *point, struct claim_side *side,
                          const uint64_t *seeds, struct common *common, struct assay_error *error)
{
    struct run_mistakes *all = arena_allocate(arena, side->count, sizeof *all);
    if (all == NULL)
        return assay_fail_memory(error, "deciding claims");
    for (size_t i = 0; i < side->count; i++) {
        const struct result_run *run = run_of_seed(point, seeds[i]);
        struct result_mistakes mistakes;
        bool found, does_share;
        if (!result_mistakes_load(arena, run, &found, &mistakes, error) ||
            !shares(common, run, mistakes.images, &does_share, error))
            return false;
        if (!found || !does_share)
            return true;
        all[i] = (struct run_mistakes){mistakes.indices, mistakes.count};
    }
    side->mistakes = all;
    return true;
}

static bool gather(struct arena *arena, const struct results *results,
                   const struct claim_comparison *declared, struct claim_evidence *evidence,
                   struct assay_error *error)
{
    const struct result_point *const points[2] = {point_at(results, declared->a),
                                                  point_at(results, declared->b)};
    const struct experiment_measure *const measures[2] = {&declared->measure_a, &declared->measure_b};
    struct result_values values[2];
    struct common common = {0};
    *evidence = (struct claim_evidence){.declared = declared};
    for (int side = 0; side < 2; side++)
        if (!results_values(arena, points[side], measures[side], &values[side]))
            return assay_fail_memory(error, "deciding claims");
    if (declared->paired && !pair_up(arena, values))
        return assay_fail_memory(error, "deciding claims");
    const bool crossed = counts_mistakes(measures[0]) && counts_mistakes(measures[1]) &&
                         points[0]->folds == 1 && points[1]->folds == 1;
    for (int side = 0; side < 2; side++) {
        evidence->sides[side] =
            (struct claim_side){.values = values[side].values, .count = values[side].count};
        if (crossed &&
            !load_mistakes(arena, points[side], &evidence->sides[side], values[side].seeds, &common, error))
            return false;
    }
    evidence->images = common.images;
    return true;
}

/* One claim on its way. */

struct member {
    struct claim_result *result;
    struct claim_case found;   /* of the runs that there are */
    struct claim_case counted; /* in the family: the same, or nothing */
};

static void add_gaps(struct text *text, const struct results *results, const struct experiment_claim *claim)
{
    const size_t points = results->experiment->point_count;
    for (size_t p = 0; p < points; p++) {
        bool is_compared = false;
        for (size_t c = 0; c < claim->comparison_count; c++)
            is_compared |= claim->comparisons[c].a == p || claim->comparisons[c].b == p;
        for (enum gap gap = 0; gap < GAPS && is_compared; gap++) {
            struct text what = {0};
            gap_add(&what, point_at(results, p), gap);
            if (what.length > 0)
                text_add(text, "%sof %s, %s", text->length > 0 ? "; " : "",
                         point_at(results, p)->point->label, what.bytes);
            text->failed |= what.failed;
            text_finish(&what);
        }
    }
}

static bool start_member(struct arena *arena, const struct results *results,
                         const struct experiment_claim *claim, struct claim_result *result,
                         struct member *member, struct assay_error *error)
{
    struct claim_evidence *evidence = arena_allocate(arena, claim->comparison_count, sizeof *evidence),
                          *nothing = arena_allocate(arena, claim->comparison_count, sizeof *nothing);
    if (evidence == NULL || nothing == NULL)
        return assay_fail_memory(error, "deciding claims");
    *result = (struct claim_result){.declared = claim, .results = results};
    *member =
        (struct member){result, {evidence, claim->comparison_count}, {nothing, claim->comparison_count}};
    for (size_t c = 0; c < claim->comparison_count; c++) {
        const struct claim_comparison *declared = &claim->comparisons[c];
        if (!gather(arena, results, declared, &evidence[c], error))
            return false;
        nothing[c].declared = declared;
        for (int side = 0; side < 2; side++) {
            const struct result_point *point = point_at(results, side == 0 ? declared->a : declared->b);
            const struct result_counts *counts = &point->counts;
            result->has_missing |= counts->missing > 0 && point->unplanned == UNPLANNED_YET;
            result->has_stale |= counts->stale > 0 || point->unplanned == UNPLANNED_STALE;
            result->is_provisional |= !is_clean(counts);
        }
    }
    result->is_complete = !result->has_missing && !result->has_stale;
    if (!result->is_provisional) {
        member->counted = member->found;
        return true;
    }
    struct text gaps = {0};
    add_gaps(&gaps, results, claim);
    result->reason = text_move(&gaps, arena);
    return result->reason != NULL || assay_fail_memory(error, "deciding claims");
}

static bool show_side(struct arena *arena, const struct claim_result *result, int side,
                      struct claim_shown *shown)
{
    const struct claim_comparison *comparison = result->comparison;
    struct result_values values;
    shown->point = point_at(result->results, side == 0 ? comparison->a : comparison->b);
    shown->measure = side == 0 ? &comparison->measure_a : &comparison->measure_b;
    if (!results_values(arena, shown->point, shown->measure, &values))
        return false;
    shown->sample = sample_of(values.values, values.count);
    shown->reported = reported_of(shown->point->point, shown->measure, &shown->sample);
    return true;
}

static bool finish_member(struct arena *arena, const struct member *member, size_t members,
                          const struct claim_decision *decision, struct assay_error *error)
{
    struct claim_result *result = member->result;
    result->members = members;
    result->decision = *decision;
    if (result->is_provisional) {
        if (!decide_family(&member->found, 1, members, usual_level, &result->decision, error))
            return false;
        result->decision.verdict = CLAIM_CANNOT_TELL;
    } else {
        result->reason = decision->reason;
    }
    result->comparison = &result->declared->comparisons[result->decision.comparison];
    for (int side = 0; side < 2; side++)
        if (!show_side(arena, result, side, &result->sides[side]))
            return assay_fail_memory(error, "deciding claims");
    return true;
}

/* Families. */

static bool decide_members(struct arena *arena, const struct member *members, size_t count,
                           struct assay_error *error)
{
    struct claim_case *cases = arena_allocate(arena, count, sizeof *cases);
    struct claim_decision *decisions = arena_allocate(arena, count, sizeof *decisions);
    if (cases == NULL || decisions == NULL)
        return assay_fail_memory(error, "deciding claims");
    for (size_t i = 0; i < count; i++)
        cases[i] = members[i].counted;
    if (!decide_family(cases, count, count, usual_level, decisions, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!finish_member(arena, &members[i], count, &decisions[i], error))
            return false;
    return true;
}

static const char *family_of(const struct member *member)
{
    return member->result->declared->family;
}

/* The members of one family after the other; those that are decided move to the front, in their order. */
static bool decide_families(struct arena *arena, struct member *members, size_t count,
                            struct assay_error *error)
{
    struct member *family = arena_allocate(arena, count, sizeof *family);
    bool *is_decided = arena_allocate(arena, count, sizeof *is_decided);
    if (family == NULL || is_decided == NULL)
        return assay_fail_memory(error, "deciding claims");
    for (size_t first = 0; first < count; first++) {
        size_t size = 0;
        for (size_t i = first; i < count && !is_decided[first]; i++)
            if (strcmp(family_of(&members[i]), family_of(&members[first])) == 0)
                family[size++] = members[i];
        if (size > 0 && !decide_members(arena, family, size, error))
            return false;
        for (size_t i = first; i < count && size > 0; i++)
            is_decided[i] |= strcmp(family_of(&members[i]), family_of(&members[first])) == 0;
    }
    return true;
}

static size_t count_claims(const struct results *const *experiments, size_t count)
{
    size_t claims = 0;
    for (size_t i = 0; i < count; i++)
        claims += experiments[i]->experiment->claim_count;
    return claims;
}

static bool start_members(struct arena *arena, const struct results *const *experiments, size_t count,
                          struct claim_result *items, struct member *members, struct assay_error *error)
{
    size_t at = 0;
    for (size_t e = 0; e < count; e++)
        for (size_t c = 0; c < experiments[e]->experiment->claim_count; c++, at++)
            if (!start_member(arena, experiments[e], &experiments[e]->experiment->claims[c], &items[at],
                              &members[at], error))
                return false;
    return true;
}

static bool check_ids(const struct claim_result *items, size_t count, struct assay_error *error)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(items[i].declared->id, items[j].declared->id) == 0)
                return assay_fail(
                    error, ASSAY_INVALID,
                    "two claims have the id \"%s\", in %s and in %s; an id is one claim's in the "
                    "whole report",
                    items[i].declared->id, items[j].results->experiment->path,
                    items[i].results->experiment->path);
    return true;
}

/* 2 stands before 10. */
static int compare_ids(const void *a, const void *b)
{
    return strverscmp(((const struct claim_result *)a)->declared->id,
                      ((const struct claim_result *)b)->declared->id);
}

const struct claims *claims_decide(struct arena *arena, const struct results *const *experiments,
                                   size_t count, struct assay_error *error)
{
    const size_t claim_count = count_claims(experiments, count);
    struct claims *claims = arena_allocate(arena, 1, sizeof *claims);
    struct claim_result *items = arena_allocate(arena, claim_count, sizeof *items);
    struct member *members = arena_allocate(arena, claim_count, sizeof *members);
    if (claims == NULL || items == NULL || members == NULL) {
        assay_fail_memory(error, "deciding claims");
        return NULL;
    }
    *claims = (struct claims){items, claim_count};
    const bool done = start_members(arena, experiments, count, items, members, error) &&
                      check_ids(items, claim_count, error) &&
                      decide_families(arena, members, claim_count, error);
    if (done && claim_count > 0)
        qsort(items, claim_count, sizeof *items, compare_ids);
    return done ? claims : NULL;
}

/* What a verdict rests on, as a list of facts. */
#include "report/claims.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "report/claim_words.h"
#include "spec/measure_words.h"

static void add_interval(struct text *text, const struct claim_comparison *comparison,
                         const struct interval *interval)
{
    few_digits_add(text, shown_effect(comparison, interval->low));
    text_add(text, " to ");
    few_digits_add(text, shown_effect(comparison, interval->high));
}

static void add_side(struct text *text, const struct claim_result *claim, int side)
{
    const struct claim_shown *shown = &claim->sides[side];
    text_add(text, "%s", shown->point->point->label);
    if (isfinite(shown->sample.mean)) {
        text_add(text, ": ");
        few_digits_add(text, shown->sample.mean);
        if (isfinite(shown->sample.sd)) {
            text_add(text, " ± ");
            few_digits_add(text, shown->sample.sd);
        }
        text_add(text, " over %zu seed%s", shown->sample.count, shown->sample.count == 1 ? "" : "s");
    }
    if (isnan(shown->reported.value))
        return;
    text_add(text, "; reported is ");
    few_digits_add(text, shown->reported.value);
    if (shown->reported.place == REPORTED_UNKNOWN)
        return;
    text_add(text, ", %s the ", reported_place_names[shown->reported.place]);
    few_digits_add(text, shown->reported.run.low);
    text_add(text, " to ");
    few_digits_add(text, shown->reported.run.high);
    text_add(text, " of one new run of ours");
}

static void add_claimed(struct text *text, const struct claim_result *claim)
{
    const struct claim_comparison *comparison = claim->comparison;
    claimed_add(text, comparison);
    text_add(text, ", of ");
    measure_add(text, &comparison->measure_a);
    if (strcmp(comparison->measure_a.metric, comparison->measure_b.metric) != 0) {
        text_add(text, " and ");
        measure_add(text, &comparison->measure_b);
    }
    if (claim->declared->comparison_count == 1)
        return;
    text_add(text, "; of %zu comparisons this is %s", claim->declared->comparison_count,
             claim->is_provisional                            ? "one"
             : claim->decision.verdict == CLAIM_DOES_NOT_HOLD ? "the one that says so most clearly"
                                                              : "the least favourable");
}

/* Of the doubt that is left, two digits are told: 95, 99.95. */
static void add_confidence(struct text *text, double level)
{
    char buffer[NUMBER_TEXT_SIZE];
    const int digits = 3 - (int)floor(log10(100 * level));
    text_add(text, "%s", number_print_significant(buffer, 100 * (1 - level), digits < 15 ? digits : 15));
}

static void add_found(struct text *text, const struct claim_result *claim)
{
    if (!isfinite(claim->decision.effect))
        return;
    const struct claim_decision *decision = &claim->decision;
    const struct claim_comparison *comparison = claim->comparison;
    const char *unit = comparison->relative ? "" : measure_unit(&comparison->measure_a);
    text_add(text, comparison->relative ? "A / B = " : "A - B = ");
    few_digits_add(text, shown_effect(comparison, decision->effect));
    text_add(text, "%s%s", unit[0] != '\0' ? " " : "", unit);
    if (!isfinite(decision->over_seeds.low) || !isfinite(decision->over_seeds.high))
        return;
    text_add(text, "; ");
    add_confidence(text, decision->level);
    text_add(text, " %% interval ");
    add_interval(text, comparison, &decision->over_seeds);
    if (decision->has_images) {
        text_add(text, " over seeds, ");
        add_interval(text, comparison, &decision->to_new_images);
        text_add(text, " to new images too");
    }
    if (decision->within_margin)
        text_add(text, "; it is smaller than what counts");
}

static void add_test(struct text *text, const struct claim_result *claim)
{
    if (!isfinite(claim->decision.effect))
        return;
    const struct claim_decision *decision = &claim->decision;
    text_add(text, "%s, p = ", decision->test);
    few_digits_add(text, decision->p);
    if (claim->members > 1) {
        text_add(text, ", corrected for %zu claims ", claim->members);
        few_digits_add(text, decision->corrected_p);
    }
    text_add(text, "; permuting %zu and %zu seeds could not reach a p below ", decision->seeds[0],
             decision->seeds[1]);
    few_digits_add(text, decision->smallest_p);
}

static void add_needed(struct text *text, const struct claim_result *claim)
{
    const int needed = claim->decision.seeds_needed;
    if (needed == SEEDS_NEVER)
        text_add(text, "no number of seeds would do, so much do other images differ");
    else if (needed == SEEDS_TOO_MANY)
        text_add(text, "more than a million a side, for nine chances in ten");
    else if (needed != SEEDS_UNKNOWN)
        text_add(text, "%d a side, for nine chances in ten", needed);
}

static void add_why(struct text *text, const struct claim_result *claim)
{
    if (claim->reason == NULL)
        return;
    text_add(text, "%s", claim->reason);
    if (claim->is_provisional && claim->decision.seeds[0] > 0 && claim->decision.seeds[1] > 0)
        text_add(text, "; the numbers above are of the runs that there are");
}

/* A fact that is not empty; the value is forgotten. */
static bool say(struct arena *arena, struct claim_facts *facts, const char *name, struct text *value)
{
    const char *copy = text_move(value, arena);
    if (copy != NULL && copy[0] != '\0')
        facts->items[facts->count++] = (struct claim_fact){name, copy};
    return copy != NULL;
}

/* In the order in which they are said; each adds nothing where it does not apply. */
typedef void add_fact(struct text *text, const struct claim_result *claim);

static void add_a(struct text *text, const struct claim_result *claim)
{
    add_side(text, claim, 0);
}

static void add_b(struct text *text, const struct claim_result *claim)
{
    add_side(text, claim, 1);
}

static void add_note(struct text *text, const struct claim_result *claim)
{
    text_add(text, "%s", claim->declared->note != NULL ? claim->declared->note : "");
}

/* A sweep touches a stale run only when it is asked to. */
static bool add_to_do(struct arena *arena, const struct claim_list *list, const struct claim_result *claim,
                      struct claim_facts *facts)
{
    const char *command = list->sweep(list->cookie, arena, claim->results->experiment);
    if (command != NULL && claim->has_stale)
        command = arena_format(arena, "%s --again, which replaces what another config left", command);
    facts->items[facts->count++] = (struct claim_fact){"to do", command};
    return command != NULL;
}

bool claim_facts(struct arena *arena, const struct claim_list *list, const struct claim_result *claim,
                 struct claim_facts *facts)
{
    static const struct {
        const char *name;
        add_fact *add;
    } kinds[] = {
        {"A", add_a},         {"B", add_b},       {"claimed", add_claimed},
        {"found", add_found}, {"test", add_test}, {"seeds needed", add_needed},
        {"why", add_why},     {"note", add_note},
    };
    enum { KINDS = sizeof kinds / sizeof kinds[0] };
    *facts = (struct claim_facts){.items = arena_allocate(arena, KINDS + 1, sizeof *facts->items)};
    if (facts->items == NULL)
        return false;
    for (size_t i = 0; i < KINDS; i++) {
        struct text value = {0};
        kinds[i].add(&value, claim);
        if (!say(arena, facts, kinds[i].name, &value))
            return false;
    }
    return claim->is_complete || add_to_do(arena, list, claim, facts);
}

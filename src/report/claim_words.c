#include "report/claim_words.h"

#include <math.h>

#include "base/number.h"
#include "spec/measure_words.h"

enum { FEW = 3 };

void few_digits_add(struct text *text, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    text_add(text, "%s", number_print_significant(buffer, value, FEW));
}

double shown_effect(const struct claim_comparison *comparison, double effect)
{
    return comparison->relative ? exp(effect) : effect;
}

/* A bound that is claimed, `amount` above none (below, where negative): a share, or in the measure's unit. */
static void add_bound(struct text *text, const struct claim_comparison *comparison, double amount)
{
    if (comparison->relative) {
        few_digits_add(text, amount >= 0 ? 1 + amount : 1 / (1 - amount));
        return;
    }
    few_digits_add(text, amount);
    const char *unit = measure_unit(&comparison->measure_a);
    text_add(text, "%s%s", amount != 0 && unit[0] != '\0' ? " " : "", amount != 0 ? unit : "");
}

static void add_between(struct text *text, const struct claim_comparison *comparison)
{
    text_add(text, "between ");
    add_bound(text, comparison, -comparison->margin);
    text_add(text, " and ");
    add_bound(text, comparison, comparison->margin);
}

void claimed_add(struct text *text, const struct claim_comparison *comparison)
{
    text_add(text, comparison->relative ? "A / B is " : "A - B is ");
    switch (comparison->kind) {
    case CLAIM_LESS:
        text_add(text, "below ");
        add_bound(text, comparison, comparison->tolerance);
        break;
    case CLAIM_EQUIVALENT:
        add_between(text, comparison);
        break;
    case CLAIM_NO_BETTER:
        text_add(text, "above ");
        add_bound(text, comparison, -comparison->margin);
        break;
    }
    if (comparison->kind == CLAIM_LESS && comparison->margin > 0) {
        text_add(text, ", where ");
        add_between(text, comparison);
        text_add(text, " counts as none");
    }
}

const char *shown_verdict(const struct claim_result *claim)
{
    return claim->is_complete ? claim_verdict_names[claim->decision.verdict] : "cannot tell yet";
}

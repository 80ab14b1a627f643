#include "report/claim_words.h"

#include <math.h>

#include "base/number.h"

enum { FEW = 3 };

void few_digits_add(struct text *text, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    text_add(text, "%s", number_print_significant(buffer, value, FEW));
}

static void add_epochs(struct text *text, const struct experiment_measure *measure)
{
    if (measure->last >= 0)
        text_add(text, " over epochs %d to %d", measure->first, measure->last);
    else if (measure->first > 1)
        text_add(text, " from epoch %d on", measure->first);
    else
        text_add(text, " over all epochs");
}

void measure_add(struct text *text, const struct experiment_measure *measure)
{
    switch (measure->statistic) {
    case STATISTIC_RESULT:
        text_add(text, "%s", measure->metric);
        break;
    case STATISTIC_MEAN:
        text_add(text, "mean of %s", measure->metric);
        add_epochs(text, measure);
        break;
    case STATISTIC_OSCILLATION:
        text_add(text, "oscillation of %s", measure->metric);
        add_epochs(text, measure);
        break;
    case STATISTIC_REACH:
        text_add(text, "epochs until %s is at most ", measure->metric);
        few_digits_add(text, measure->level);
        break;
    }
}

const char *measure_unit(const struct experiment_measure *measure)
{
    static const struct {
        const char *end, *unit;
    } units[] = {{"_pct", "points"},
                 {"_loss", "nats"},
                 {"_ms_per_sample", "ms"},
                 {"epochs", "epochs"},
                 {"_epoch", "epochs"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0] && measure->statistic != STATISTIC_REACH; i++)
        if (string_ends_with(measure->metric, units[i].end))
            return units[i].unit;
    return measure->statistic == STATISTIC_REACH ? "epochs" : "";
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

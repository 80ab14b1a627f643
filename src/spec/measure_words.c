#include "spec/measure_words.h"

#include "base/number.h"

enum { FEW = 3 }; /* significant digits */

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
    char level[NUMBER_TEXT_SIZE];
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
        text_add(text, "epochs until %s is at most %s", measure->metric,
                 number_print_significant(level, measure->level, FEW));
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

const char *measure_words(struct arena *arena, const struct experiment_measure *measure)
{
    struct text words = {0};
    measure_add(&words, measure);
    return text_move(&words, arena);
}

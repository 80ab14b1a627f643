#include "report/gaps.h"

#include <inttypes.h>

#include "base/memory.h"

const bool gap_is_filled_by_sweep[GAPS] = {[GAP_MISSING] = true};

static enum gap gap_of(enum run_state state)
{
    static const enum gap gaps[RUN_STATES] = {[RUN_FINISHED] = GAPS,
                                              [RUN_DIVERGED] = GAP_DIVERGED,
                                              [RUN_PRUNED] = GAPS,
                                              [RUN_STALE] = GAP_STALE}; /* else missing */
    return gaps[state];
}

/* Of one seed; runs that are not planned are missing, or it is known why not. */
static size_t count_of_seed(const struct result_point *point, uint64_t seed, enum gap gap)
{
    size_t planned = 0, count = 0;
    for (size_t i = 0; i < point->run_count; i++)
        if (point->runs[i]->planned->seed == seed) {
            planned++;
            count += gap_of(point->runs[i]->state) == gap;
        }
    static const enum gap unplanned[] = {
        [UNPLANNED_YET] = GAP_MISSING, [UNPLANNED_STALE] = GAP_BLOCKED, [UNPLANNED_EVER] = GAP_NEVER};
    return count + (gap == unplanned[point->unplanned] ? point->folds - planned : 0);
}

/* How many seeds from `from` on follow each other by one. */
static size_t stretch(const uint64_t *seeds, size_t from, size_t count)
{
    size_t length = 1;
    while (from + length < count && seeds[from + length] == seeds[from] + length)
        length++;
    return length < 3 ? 1 : length;
}

void seeds_add(struct text *text, const uint64_t *seeds, size_t count)
{
    text_add(text, count == 1 ? "seed " : "seeds ");
    for (size_t i = 0, length; i < count; i += length) {
        length = stretch(seeds, i, count);
        text_add(text, "%s%" PRIu64, i == 0 ? "" : i + length == count ? " and " : ", ", seeds[i]);
        if (length > 1)
            text_add(text, " to %" PRIu64, seeds[i + length - 1]);
    }
}

static void add_what(struct text *text, enum gap gap, size_t count, size_t wanted)
{
    static const char *const what[GAPS][2] = {
        [GAP_MISSING] = {"is missing", "are missing"},
        [GAP_BLOCKED] = {"waits for a search, of which some runs are another config's",
                         "wait for a search, of which some runs are another config's"},
        [GAP_NEVER] = {"never comes, for no setting ended with the number it is to be chosen by",
                       "never come, for no setting ended with the number it is to be chosen by"},
        [GAP_STALE] = {"is another config's and left out", "are another config's and left out"},
        [GAP_DIVERGED] = {"diverged and is left out", "diverged and are left out"}};
    text_add(text, "%zu of %zu run%s %s", count, wanted, wanted == 1 ? "" : "s", what[gap][count > 1]);
}

void gap_add(struct text *text, const struct result_point *point, enum gap gap)
{
    uint64_t *seeds = memory_allocate(point->seed_count, sizeof *seeds);
    size_t count = 0, seed_count = 0;
    text->failed |= seeds == NULL;
    for (size_t i = 0; seeds != NULL && i < point->seed_count; i++) {
        const size_t here = count_of_seed(point, point->seeds[i], gap);
        if (here > 0)
            seeds[seed_count++] = point->seeds[i];
        count += here;
    }
    if (count > 0) {
        add_what(text, gap, count, point->counts.wanted);
        text_add(text, " (%s", point->folds > 1 ? "of " : "");
        seeds_add(text, seeds, seed_count);
        text_add_char(text, ')');
    }
    memory_free(seeds);
}

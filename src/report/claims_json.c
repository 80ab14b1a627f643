/* Claims as JSON, for other programs. */
#include "report/claims.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "io/json.h"
#include "report/claim_words.h"
#include "spec/measure_words.h"

enum { DIGITS = 6 };

static const char *const kind_names[] = {
    [CLAIM_LESS] = "less", [CLAIM_EQUIVALENT] = "equivalent", [CLAIM_NO_BETTER] = "no_better"};

static void add_number(struct json_writer *json, const char *key, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    json_raw(json, key, isfinite(value) ? number_print_significant(buffer, value, DIGITS) : "null");
}

static void add_interval(struct json_writer *json, const char *key, const struct claim_comparison *comparison,
                         const struct interval *interval)
{
    if (interval == NULL || !isfinite(interval->low) || !isfinite(interval->high)) {
        json_null(json, key);
        return;
    }
    json_open(json, key, '[');
    add_number(json, NULL, shown_effect(comparison, interval->low));
    add_number(json, NULL, shown_effect(comparison, interval->high));
    json_close(json);
}

static void add_side(struct json_writer *json, const char *key, const struct claim_shown *shown, size_t seeds)
{
    struct text measure = {0};
    measure_add(&measure, shown->measure);
    json->text->failed |= measure.failed;
    json_open(json, key, '{');
    json_string(json, "label", shown->point->point->label);
    json_string(json, "measure", measure.bytes);
    json_integer(json, "seeds", (long long)seeds);
    add_number(json, "mean", shown->sample.mean);
    add_number(json, "sd", shown->sample.sd);
    add_number(json, "reported", shown->reported.value);
    json_string(json, "reported_is",
                shown->reported.place != REPORTED_UNKNOWN ? reported_place_names[shown->reported.place]
                                                          : NULL);
    const struct interval run = shown->reported.run;
    add_number(json, "new_run_low", run.low);
    add_number(json, "new_run_high", run.high);
    json_integer(json, "missing_runs",
                 (long long)(shown->point->counts.missing + shown->point->counts.stale));
    json_integer(json, "diverged_runs", (long long)shown->point->counts.diverged);
    json_close(json);
    text_finish(&measure);
}

static void add_needed(struct json_writer *json, int needed)
{
    if (needed == SEEDS_UNKNOWN)
        json_null(json, "seeds_needed");
    else if (needed == SEEDS_NEVER)
        json_string(json, "seeds_needed", "never");
    else if (needed == SEEDS_TOO_MANY)
        json_string(json, "seeds_needed", "too many");
    else
        json_integer(json, "seeds_needed", needed);
}

static void add_claim(struct json_writer *json, const struct claim_list *list,
                      const struct claim_result *claim, struct arena *arena)
{
    const struct claim_decision *decision = &claim->decision;
    const struct claim_comparison *comparison = claim->comparison;
    json_open(json, NULL, '{');
    json_string(json, "id", claim->declared->id);
    json_string(json, "say", claim->declared->say);
    json_string(json, "verdict", claim_verdict_names[decision->verdict]);
    json_bool(json, "complete", claim->is_complete);
    json_string(json, "reason", claim->reason);
    json_string(json, "experiment", claim->results->experiment->name);
    json_string(json, "family", claim->declared->family);
    json_integer(json, "family_claims", (long long)claim->members);
    json_string(json, "note", claim->declared->note);
    json_integer(json, "comparisons", (long long)claim->declared->comparison_count);
    json_string(json, "kind", kind_names[comparison->kind]);
    add_side(json, "a", &claim->sides[0], decision->seeds[0]);
    add_side(json, "b", &claim->sides[1], decision->seeds[1]);
    add_number(json, "margin", comparison->margin);
    add_number(json, "tolerance", comparison->tolerance);
    json_string(json, "scale", comparison->relative ? "ratio" : "difference");
    json_string(json, "unit", comparison->relative ? "" : measure_unit(&comparison->measure_a));
    json_bool(json, "paired", comparison->paired);
    add_number(json, "effect", shown_effect(comparison, decision->effect));
    add_number(json, "confidence", 1 - decision->level);
    add_interval(json, "interval_over_seeds", comparison, &decision->over_seeds);
    add_interval(json, "interval_to_new_images", comparison,
                 decision->has_images ? &decision->to_new_images : NULL);
    json_bool(json, "within_margin", decision->within_margin);
    json_string(json, "test", decision->test);
    add_number(json, "p", decision->p);
    add_number(json, "corrected_p", decision->corrected_p);
    add_number(json, "smallest_p", decision->smallest_p);
    add_needed(json, decision->seeds_needed);
    const char *command = NULL;
    if (claim->has_missing) {
        command = list->sweep(list->cookie, arena, claim->results->experiment);
        json->text->failed |= command == NULL;
    }
    json_string(json, "command", command);
    json_close(json);
}

void claims_add_json(struct text *text, const struct claim_list *list)
{
    struct json_writer json = {.text = text};
    struct arena *arena = arena_create();
    text->failed |= arena == NULL;
    json_open(&json, NULL, '[');
    for (size_t i = 0; i < list->count && arena != NULL; i++)
        add_claim(&json, list, list->items[i], arena);
    json_close(&json);
    text_add_char(text, '\n');
    arena_destroy(arena);
}

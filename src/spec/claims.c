#include "spec/claims.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "schema/rows.h"
#include "schema/schema.h"
#include "spec/final.h"
#include "spec/labels.h"
#include "spec/measure.h"
#include "spec/measure_words.h"
#include "spec/points.h"

enum { COMPARISONS_LIMIT = 2 * POINTS_LIMIT };

/* The comparisons of a claim on their way. */
struct claimant {
    const struct loader *loader;
    struct claim_comparison *items;
    size_t count;
};

/* What `less: [A, B]` and its like say. */
struct form {
    const char *key;
    enum claim_kind kind;
    bool takes_tolerance, wants_margin;
};
enum { FORMS = 4, BEST_OF = 3 };
static const struct form forms[FORMS] = {
    {"less", CLAIM_LESS, true, false},
    {"equivalent", CLAIM_EQUIVALENT, false, true},
    {"no_better", CLAIM_NO_BETTER, false, true},
    [BEST_OF] = {"best_of", CLAIM_LESS, true, false},
};
static const char form_names[] = "less, best_of, equivalent, no_better";

/* The form that the comparison is said in, which must be one. */
static const struct form *find_form(const struct loader *loader, const struct said_comparison *said,
                                    const struct path *path, const char *others)
{
    const bool given[FORMS] = {said->less.items != NULL, said->equivalent.items != NULL,
                               said->no_better.items != NULL, said->best_of != NULL};
    const struct form *found = NULL;
    for (size_t i = 0; i < FORMS; i++) {
        if (given[i] && found != NULL) {
            loader_refuse(loader, &(struct path){.parent = path, .key = forms[i].key},
                          "stands beside %s; a claim says one thing, or several under all", found->key);
            return NULL;
        }
        if (given[i])
            found = &forms[i];
    }
    if (found == NULL)
        loader_refuse(loader, path, "says nothing: wants one of %s%s", form_names, others);
    return found;
}

/* margin, tolerance and among go with the form. */
static bool check_form(const struct loader *loader, const struct said_comparison *said,
                       const struct form *form, const struct path *path)
{
    const struct path margin = {.parent = path, .key = "margin"};
    const struct path tolerance = {.parent = path, .key = "tolerance"};
    const struct path among = {.parent = path, .key = "among"};
    const bool has_margin = !isnan(said->margin.value), has_tolerance = !isnan(said->tolerance.value);
    bool good = true;
    if (form->wants_margin && !has_margin)
        good = loader_refuse(loader, &margin, "required key is missing: %s means by less than a margin",
                             form->key);
    if (!form->takes_tolerance && has_tolerance)
        good = loader_refuse(loader, &tolerance, "only means something with less and best_of");
    else if (has_margin && has_tolerance)
        good = loader_refuse(loader, &tolerance, "stands beside a margin; wants one of them");
    if (form != &forms[BEST_OF] && said->among.items != NULL)
        good = loader_refuse(loader, &among, "only means something with best_of");
    return good;
}

static double amount_of(const struct assay_amount *amount)
{
    if (isnan(amount->value))
        return 0;
    return amount->relative ? amount->value / 100 : amount->value;
}

/* The comparison but for its points. Curves are claimed about where nothing is tested. */
static bool find_measures(const struct loader *loader, const struct said_comparison *said,
                          const struct path *path, struct claim_comparison *comparison)
{
    const struct path metric = {.parent = path, .key = "metric"};
    const struct path against = {.parent = path, .key = "against"};
    if (said->measure.metric < 0)
        return loader_refuse(loader, &metric, "required key is missing");
    comparison->measure_a = measure_of(&said->measure, said->measure.metric);
    comparison->measure_b =
        measure_of(&said->measure, said->against < 0 ? said->measure.metric : said->against);
    const char *unit_a = measure_unit(&comparison->measure_a), *unit_b = measure_unit(&comparison->measure_b);
    if (strcmp(unit_a, unit_b) != 0)
        return loader_refuse(loader, &against, "wants a metric in the same unit: %s is in %s, %s in %s",
                             comparison->measure_b.metric, unit_b[0] != '\0' ? unit_b : "none",
                             comparison->measure_a.metric, unit_a[0] != '\0' ? unit_a : "none");
    comparison->margin = amount_of(&said->margin);
    comparison->tolerance = amount_of(&said->tolerance);
    comparison->relative = said->margin.relative || said->tolerance.relative;
    comparison->paired = said->paired;
    const bool of_curve = comparison->measure_a.statistic != STATISTIC_RESULT;
    if (of_curve && metric_is_test(comparison->measure_a.metric))
        return loader_refuse(loader, &metric, "a claim about a curve is about training or validation, not %s",
                             comparison->measure_a.metric);
    if (of_curve && metric_is_test(comparison->measure_b.metric))
        return loader_refuse(loader, &against,
                             "a claim about a curve is about training or validation, not %s",
                             comparison->measure_b.metric);
    return true;
}

static bool add_comparison(struct claimant *claimant, struct claim_comparison comparison, size_t a, size_t b,
                           const struct path *path)
{
    const struct loader *loader = claimant->loader;
    const struct experiment_point *points = loader->points.items;
    if (a == b && comparison.measure_a.metric == comparison.measure_b.metric)
        return loader_refuse(loader, path, "\"%s\" is compared with itself; say another metric against it",
                             points[a].label);
    if (comparison.paired && points[a].final != points[b].final)
        return loader_refuse(loader, &(struct path){.parent = path->parent, .key = "paired"},
                             "\"%s\" and \"%s\" have other seeds", points[a].label, points[b].label);
    if (!check_whole(loader, a, path) || !check_whole(loader, b, path))
        return false;
    comparison.a = a;
    comparison.b = b;
    comparison.paired = comparison.paired || a == b;
    claimant->items[claimant->count++] = comparison;
    return check_measure(loader, &comparison.measure_a, a, path->parent) &&
           check_measure(loader, &comparison.measure_b, b, path->parent);
}

static bool add_pair(struct claimant *claimant, const struct assay_list *pair,
                     const struct claim_comparison *comparison, const struct path *path)
{
    const char *const *labels = pair->items;
    size_t points[2];
    for (size_t i = 0; i < 2; i++)
        points[i] = find_point(claimant->loader, labels[i], &(struct path){.parent = path, .index = i});
    return points[0] != SIZE_MAX && points[1] != SIZE_MAX &&
           add_comparison(claimant, *comparison, points[0], points[1], path);
}

/* A against each of the others: those listed, or all of its like. */
static bool add_best_of(struct claimant *claimant, const struct said_comparison *said,
                        const struct claim_comparison *comparison, const struct path *path)
{
    const struct loader *loader = claimant->loader;
    const struct path best_of = {.parent = path, .key = "best_of"}, among = {.parent = path, .key = "among"};
    const size_t a = find_point(loader, said->best_of, &best_of);
    bool *others = arena_allocate(loader->arena, loader->points.count, sizeof *others);
    struct point_list listed = {0};
    if (others == NULL)
        return loader_refuse_memory(loader);
    if (said->among.items != NULL && !find_points(loader, &said->among, &among, &listed))
        return false;
    if (a == SIZE_MAX)
        return false;
    for (size_t i = 0; i < listed.count; i++)
        others[listed.items[i]] = true;
    for (size_t i = 0; said->among.items == NULL && i < loader->points.count; i++)
        others[i] = loader->points.items[i].final == loader->points.items[a].final;
    const size_t before = claimant->count;
    bool good = true;
    for (size_t i = 0; good && i < loader->points.count; i++)
        if (others[i] && i != a)
            good = add_comparison(claimant, *comparison, a, i, &best_of);
    return good && (claimant->count > before ||
                    loader_refuse(loader, &best_of, "there is no other point to be better than"));
}

/* `others`: what may be said instead. */
static bool add_said(struct claimant *claimant, const struct said_comparison *said, const struct path *path,
                     const char *others)
{
    const struct loader *loader = claimant->loader;
    const struct form *form = find_form(loader, said, path, others);
    if (form == NULL)
        return false;
    struct claim_comparison comparison = {.kind = form->kind};
    bool good = check_form(loader, said, form, path);
    good = find_measures(loader, said, path, &comparison) && good;
    if (!good)
        return false;
    if (form == &forms[BEST_OF])
        return add_best_of(claimant, said, &comparison, path);
    const struct assay_list *const pairs[] = {&said->less, &said->equivalent, &said->no_better};
    return add_pair(claimant, pairs[form - forms], &comparison, &(struct path){path, form->key, 0});
}

/* Beside `all` a claim has no comparison of its own. */
static bool check_all_alone(const struct loader *loader, const struct path *path, size_t index)
{
    const struct assay_field *claims = schema_field(&experiment_table_of_keys, "claims");
    const struct assay_table *part = field_table(schema_field(field_table(claims), "all"));
    const struct node *said = node_get(loader->root, "claims")->items[index];
    for (size_t i = 0; i < part->count; i++)
        if (node_get(said, part->fields[i].key) != NULL)
            return loader_refuse(loader, &(struct path){.parent = path, .key = part->fields[i].key},
                                 "stands beside all; say it in each of its items");
    return true;
}

static bool add_all(struct claimant *claimant, const struct said_claim *said, const struct path *path)
{
    const struct said_part *parts = said->all.items;
    const struct path all = {.parent = path, .key = "all"};
    bool good = check_all_alone(claimant->loader, path, path->index);
    for (size_t i = 0; i < said->all.count; i++)
        good =
            add_said(claimant, &parts[i].comparison, &(struct path){.parent = &all, .index = i}, "") && good;
    return good;
}

static size_t count_room(const struct loader *loader, const struct said_comparison *said)
{
    return said->best_of != NULL ? loader->points.count : 1;
}

static bool find_claim(const struct loader *loader, const struct said_claim *said, const struct path *path,
                       struct experiment_claim *claim)
{
    const struct said_part *parts = said->all.items;
    struct claimant claimant = {.loader = loader};
    size_t room = count_room(loader, &said->comparison);
    for (size_t i = 0; i < said->all.count; i++)
        room += count_room(loader, &parts[i].comparison);
    if (room > COMPARISONS_LIMIT)
        return loader_refuse(loader, path, "is more than %d comparisons", COMPARISONS_LIMIT);
    claimant.items = arena_allocate(loader->arena, room, sizeof *claimant.items);
    if (claimant.items == NULL)
        return loader_refuse_memory(loader);
    const bool good = said->all.items != NULL ? add_all(&claimant, said, path)
                                              : add_said(&claimant, &said->comparison, path, ", all");
    *claim = (struct experiment_claim){.id = said->id,
                                       .say = said->say,
                                       .family = said->family,
                                       .note = said->note,
                                       .comparisons = claimant.items,
                                       .comparison_count = claimant.count};
    return good;
}

bool find_claims(const struct loader *loader, struct experiment *experiment)
{
    const struct assay_list *list = &loader->said->claims;
    const struct said_claim *said = list->items;
    struct experiment_claim *claims = arena_allocate(loader->arena, list->count, sizeof *claims);
    if (claims == NULL)
        return loader_refuse_memory(loader);
    const struct path top = {.key = "claims"};
    bool good = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct path path = {.parent = &top, .index = i}, id = {.parent = &path, .key = "id"};
        good = find_claim(loader, &said[i], &path, &claims[i]) && good;
        for (size_t k = 0; k < i; k++)
            if (strcmp(said[i].id, said[k].id) == 0)
                good = loader_refuse(loader, &id, "\"%s\" is the id of claims[%zu] already", said[i].id, k);
    }
    experiment->claims = claims;
    experiment->claim_count = list->count;
    return good;
}

#include "spec/labels.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "spec/walk.h"

enum { NAME_LIMIT = 64, MOST_HINTS = 100 };
static const char all[] = "all", final[] = "final"; /* instead of labels */

static char slug_character(char character)
{
    if (character >= 'A' && character <= 'Z')
        return (char)(character - 'A' + 'a');
    return character != '\0' && strchr("abcdefghijklmnopqrstuvwxyz0123456789._", character) ? character : '-';
}

const char *label_slug(struct arena *arena, const char *label)
{
    char *slug = arena_copy_text(arena, label, strlen(label));
    size_t length = 0;
    for (; slug != NULL && *label != '\0'; label++) {
        const char character = slug_character(*label);
        const bool leads = length == 0 && strchr("-._", character) != NULL;
        if (!leads && !(character == '-' && slug[length - 1] == '-'))
            slug[length++] = character;
    }
    if (slug == NULL)
        return NULL;
    while (length > 0 && slug[length - 1] == '-')
        length--;
    slug[length] = '\0';
    return slug;
}

/* Where its label is said, or else what is behind the base's name, or that name. */
static bool refuse_label(const struct loader *loader, const struct experiment_point *point,
                         const char *message)
{
    enum { CROSSED = 3 };
    static const char *const keys[CROSSED + 1] = {"grid", "zip", "random", "base"};
    const struct path points = {.key = "points"}, item = {.parent = &points, .index = point->listed};
    const struct path label = {.parent = &item, .key = "label"};
    if (loader->said->points.count > 0)
        return loader_refuse(loader, &label, "%s", message);
    size_t i = 0;
    while (i < CROSSED && node_get(loader->root, keys[i]) == NULL)
        i++;
    return loader_refuse(loader, &(struct path){.key = keys[i]}, "%s%s", message,
                         i < CROSSED ? "" : ", with `points: [{label: ...}]`, say");
}

static bool check_label(const struct loader *loader, const struct experiment_point *point)
{
    struct text message = {0};
    const size_t length = strlen(point->name);
    if (strcmp(point->label, all) == 0 || strcmp(point->label, final) == 0)
        text_add(&message, "\"%s\" stands for points where labels are listed; choose another label",
                 point->label);
    else if (length == 0)
        text_add(&message, "\"%s\" has no letter a-z or digit to name a directory by", point->label);
    else if (length > NAME_LIMIT)
        text_add(&message, "\"%s\" names a directory by %zu characters, %s; at most %d are allowed",
                 point->label, length, point->name, NAME_LIMIT);
    const bool good = message.length == 0 && !message.failed;
    if (message.failed)
        loader_refuse_memory(loader);
    else if (!good)
        refuse_label(loader, point, message.bytes);
    text_finish(&message);
    return good;
}

static int compare_names(const void *a, const void *b)
{
    const struct experiment_point *const *x = a, *const *y = b;
    const int order = strcmp((*x)->name, (*y)->name);
    return order != 0 ? order : (*x > *y) - (*x < *y);
}

static bool refuse_clash(const struct loader *loader, const struct experiment_point *first,
                         const struct experiment_point *second)
{
    struct text message = {0};
    if (strcmp(first->label, second->label) == 0)
        text_add(&message, "two points are called \"%s\"", first->label);
    else
        text_add(&message, "\"%s\" and \"%s\" would both be in the directory %s", first->label, second->label,
                 first->name);
    if (message.failed)
        loader_refuse_memory(loader);
    else
        refuse_label(loader, second, message.bytes);
    text_finish(&message);
    return false;
}

bool check_labels(const struct loader *loader)
{
    const struct point_set *points = &loader->points;
    const struct experiment_point **sorted = arena_allocate(loader->arena, points->count, sizeof *sorted);
    if (sorted == NULL)
        return loader_refuse_memory(loader);
    bool good = true;
    for (size_t i = 0; i < points->count; i++) {
        sorted[i] = &points->items[i];
        good = check_label(loader, sorted[i]) && good;
    }
    qsort(sorted, points->count, sizeof *sorted, compare_names);
    for (size_t i = 1; i < points->count; i++)
        if (sorted[i]->name[0] != '\0' && strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
            good = refuse_clash(loader, sorted[i - 1], sorted[i]);
    return good;
}

static const char *listed_label(const struct loader *loader, const struct experiment_point *point)
{
    const struct assay_list *listed = &loader->said->points;
    return listed->count > 0 ? ((const struct said_point *)listed->items)[point->listed].label : NULL;
}

/* Whether the point is made of the listed one of this label, under one of its own. */
static bool is_made_of(const struct loader *loader, const struct experiment_point *point, const char *label)
{
    const char *listed = listed_label(loader, point);
    return !point->final && listed != NULL && strcmp(listed, label) == 0;
}

static bool refuse_unknown(const struct loader *loader, const char *label, const struct path *path)
{
    const struct point_set *points = &loader->points;
    const char **labels = arena_allocate(loader->arena, points->count, sizeof *labels);
    struct text hint = {.failed = labels == NULL};
    for (size_t i = 0; labels != NULL && i < points->count; i++)
        labels[i] = points->items[i].label;
    if (labels != NULL && diagnostics_count(loader->diagnostics) < MOST_HINTS)
        add_known(&hint, label, labels, points->count);
    if (hint.failed)
        loader_refuse_memory(loader);
    else
        loader_refuse(loader, path, "unknown point \"%s\"%s", label, hint.length > 0 ? hint.bytes : "");
    text_finish(&hint);
    return false;
}

size_t find_point(const struct loader *loader, const char *label, const struct path *path)
{
    const struct point_set *points = &loader->points;
    size_t made = 0, first = SIZE_MAX;
    for (size_t i = 0; i < points->count; i++) {
        if (strcmp(points->items[i].label, label) == 0)
            return i;
        if (is_made_of(loader, &points->items[i], label)) {
            first = first == SIZE_MAX ? i : first;
            made++;
        }
    }
    if (made > 0)
        loader_refuse(loader, path, "\"%s\" is %zu point%s here; name one, such as \"%s\"", label, made,
                      made == 1 ? "" : "s", points->items[first].label);
    else if (points->known)
        refuse_unknown(loader, label, path);
    return SIZE_MAX;
}

/* Which points a label may stand for. */
typedef bool meaning(const struct loader *loader, const struct experiment_point *point, const char *label);

static bool is_any(const struct loader *loader, const struct experiment_point *point, const char *label)
{
    (void)loader, (void)label;
    return !point->final;
}

static bool is_final(const struct loader *loader, const struct experiment_point *point, const char *label)
{
    (void)loader, (void)label;
    return point->final;
}

static bool is_itself(const struct loader *loader, const struct experiment_point *point, const char *label)
{
    (void)loader;
    return strcmp(point->label, label) == 0;
}

/* A list of points on its way. */
struct search {
    const struct loader *loader;
    const struct path *path; /* of the label */
    bool *taken;             /* for each point, whether it is in the list */
    size_t *items;
    size_t count;
};

/* Adds the points that the label means, and says how many there are; false where one is in the list. */
static bool add_meant(struct search *search, const char *label, meaning *is_meant, size_t *meant)
{
    const struct point_set *points = &search->loader->points;
    *meant = 0;
    for (size_t i = 0; i < points->count; i++) {
        if (!is_meant(search->loader, &points->items[i], label))
            continue;
        if (search->taken[i])
            return loader_refuse(search->loader, search->path, "\"%s\" is there already", label);
        search->taken[i] = true;
        search->items[search->count++] = i;
        ++*meant;
    }
    return true;
}

static bool add_label(struct search *search, const char *label, bool lone)
{
    size_t meant = 0;
    if (lone && strcmp(label, all) == 0)
        return add_meant(search, label, is_any, &meant);
    if (lone && strcmp(label, final) == 0)
        return add_meant(search, label, is_final, &meant) &&
               (meant > 0 || !search->loader->points.known ||
                loader_refuse(search->loader, search->path, "there are no final points"));
    if (!add_meant(search, label, is_itself, &meant) ||
        (meant == 0 && !add_meant(search, label, is_made_of, &meant)))
        return false;
    return meant > 0 || (search->loader->points.known && refuse_unknown(search->loader, label, search->path));
}

bool find_points(const struct loader *loader, const struct assay_list *labels, const struct path *path,
                 struct point_list *list)
{
    const char *const *items = labels->items;
    struct search search = {
        .loader = loader,
        .taken = arena_allocate(loader->arena, loader->points.count, sizeof *search.taken),
        .items = arena_allocate(loader->arena, loader->points.count, sizeof *search.items),
    };
    if (search.taken == NULL || search.items == NULL)
        return loader_refuse_memory(loader);
    bool good = true;
    for (size_t i = 0; i < labels->count; i++) {
        const struct path item = {.parent = path, .index = i};
        search.path = &item;
        good = add_label(&search, items[i], labels->count == 1) && good;
    }
    *list = (struct point_list){search.items, search.count};
    return good;
}

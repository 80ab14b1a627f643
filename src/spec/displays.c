#include "spec/displays.h"

#include <string.h>

#include "spec/final.h"
#include "spec/labels.h"
#include "spec/measure.h"
#include "spec/measure_words.h"

/* Its files would be those of the one at `first`. */
static bool refuse_twice(const struct loader *loader, const struct path *path, const char *name, size_t first)
{
    const struct path key = {.parent = path, .key = "name"};
    return loader_refuse(loader, &key, "\"%s\" is the name of [%zu] already", name, first);
}

/* The points that a table or figure names, all of whose runs go to their end. */
static bool find_shown(const struct loader *loader, const struct assay_list *labels, const struct path *path,
                       struct point_list *points)
{
    if (!find_points(loader, labels, path, points))
        return false;
    for (size_t i = 0; i < points->count; i++)
        if (!check_whole(loader, points->items[i], path))
            return false;
    return true;
}

/* Whether all runs of the points give the measure. */
static bool check_all(const struct loader *loader, const struct experiment_measure *measure,
                      const struct point_list *points, const struct path *path)
{
    for (size_t i = 0; i < points->count; i++)
        if (!check_measure(loader, measure, points->items[i], path))
            return false;
    return true;
}

static bool find_column(const struct loader *loader, const struct said_column *said,
                        const struct point_list *points, const struct path *path,
                        struct experiment_column *column)
{
    column->measure = measure_of(&said->measure, said->measure.metric);
    column->title = said->title != NULL ? said->title : measure_words(loader->arena, &column->measure);
    if (column->title == NULL)
        return loader_refuse_memory(loader);
    column->digits = said->digits;
    return check_all(loader, &column->measure, points, path);
}

static bool find_table(const struct loader *loader, const struct said_table *said, const struct path *path,
                       struct experiment_table *table)
{
    const struct path labels = {.parent = path, .key = "points"}, list = {.parent = path, .key = "columns"};
    const struct said_column *items = said->columns.items;
    struct experiment_column *columns = arena_allocate(loader->arena, said->columns.count, sizeof *columns);
    struct point_list points = {0};
    if (columns == NULL)
        return loader_refuse_memory(loader);
    bool good = find_shown(loader, &said->points, &labels, &points);
    for (size_t i = 0; i < said->columns.count; i++)
        good = find_column(loader, &items[i], &points, &(struct path){.parent = &list, .index = i},
                           &columns[i]) &&
               good;
    *table = (struct experiment_table){.name = said->name,
                                       .title = said->title != NULL ? said->title : said->name,
                                       .heading = said->heading,
                                       .points = points.items,
                                       .point_count = points.count,
                                       .columns = columns,
                                       .column_count = said->columns.count};
    return good;
}

bool find_tables(const struct loader *loader, struct experiment *experiment)
{
    const struct assay_list *list = &loader->said->tables;
    const struct said_table *said = list->items;
    struct experiment_table *tables = arena_allocate(loader->arena, list->count, sizeof *tables);
    if (tables == NULL)
        return loader_refuse_memory(loader);
    const struct path top = {.key = "tables"};
    bool good = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct path path = {.parent = &top, .index = i};
        good = find_table(loader, &said[i], &path, &tables[i]) && good;
        for (size_t k = 0; k < i; k++)
            if (strcmp(tables[i].name, tables[k].name) == 0)
                good = refuse_twice(loader, &path, tables[i].name, k);
    }
    experiment->tables = tables;
    experiment->table_count = list->count;
    return good;
}

static bool find_figure(const struct loader *loader, const struct said_figure *said, const struct path *path,
                        struct experiment_figure *figure)
{
    const struct path labels = {.parent = path, .key = "points"}, list = {.parent = path, .key = "columns"};
    const int *items = said->columns.items;
    const char **columns = arena_allocate(loader->arena, said->columns.count, sizeof *columns);
    struct point_list points = {0};
    if (columns == NULL)
        return loader_refuse_memory(loader);
    bool good = find_shown(loader, &said->points, &labels, &points);
    for (size_t i = 0; i < said->columns.count; i++) {
        for (size_t k = 0; k < i; k++)
            if (items[k] == items[i])
                good = loader_refuse(loader, &(struct path){.parent = &list, .index = i},
                                     "this column is there already");
        const struct experiment_measure measure = {.metric = curve_metric_list[items[i]]};
        columns[i] = measure.metric;
        good = check_all(loader, &measure, &points, path) && good;
    }
    *figure = (struct experiment_figure){.name = said->name,
                                         .title = said->title != NULL ? said->title : said->name,
                                         .points = points.items,
                                         .point_count = points.count,
                                         .columns = columns,
                                         .column_count = said->columns.count};
    return good;
}

bool find_figures(const struct loader *loader, struct experiment *experiment)
{
    const struct assay_list *list = &loader->said->figures;
    const struct said_figure *said = list->items;
    struct experiment_figure *figures = arena_allocate(loader->arena, list->count, sizeof *figures);
    if (figures == NULL)
        return loader_refuse_memory(loader);
    const struct path top = {.key = "figures"};
    bool good = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct path path = {.parent = &top, .index = i};
        good = find_figure(loader, &said[i], &path, &figures[i]) && good;
        for (size_t k = 0; k < i; k++)
            if (strcmp(figures[i].name, figures[k].name) == 0)
                good = refuse_twice(loader, &path, figures[i].name, k);
    }
    experiment->figures = figures;
    experiment->figure_count = list->count;
    return good;
}

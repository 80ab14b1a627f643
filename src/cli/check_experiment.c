#include "cli/check_experiment.h"

#include <string.h>

#include "cli/experiment.h"
#include "io/json.h"

/* text */

static void add_count(struct text *text, size_t count, const char *noun)
{
    text_add(text, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

static void add_heading(const struct experiment *experiment, struct text *text)
{
    const size_t searched = experiment_first_final(experiment), finals = experiment->point_count - searched;
    text_add(text, "%s: %s\n", experiment->name, experiment->title);
    add_count(text, searched, "point");
    text_add(text, " x ");
    add_count(text, experiment->seed_count, "seed");
    if (experiment->folds > 0)
        text_add(text, " x %d folds", experiment->folds);
    if (finals > 0) {
        text_add(text, ", then ");
        add_count(text, finals, "final point");
        text_add(text, " x ");
        add_count(text, experiment->final->seed_count, "seed");
    }
    text_add(text, ": ");
    add_count(text, experiment_run_count(experiment), "run");
    text_add(text, "%s\n", experiment->exclusive ? ", one at a time" : "");
    if (experiment->halving != NULL)
        text_add(text, "successive halving: %d epochs first, one of %d points goes on\n",
                 experiment->halving->first, experiment->halving->eta);
    for (size_t i = 0; i < experiment->runs_from_count; i++)
        text_add(text, "shares runs with %s\n", experiment->runs_from[i]->path);
}

static int name_width(const struct experiment *experiment)
{
    size_t width = 0;
    for (size_t i = 0; i < experiment->point_count; i++)
        if (strlen(experiment->points[i].name) > width)
            width = strlen(experiment->points[i].name);
    return (int)width;
}

static void add_points(const struct experiment *experiment, struct text *text)
{
    const int width = name_width(experiment);
    text_add(text, "\npoints\n");
    for (size_t i = 0; i < experiment->point_count; i++) {
        const struct experiment_point *point = &experiment->points[i];
        text_add(text, "  %-*s  %s\n", width, point->name, point->label);
        if (point->final)
            text_add(text, "      the best of its settings\n");
        for (size_t k = 0; k < point->setting_count; k++)
            text_add(text, "%s%s=%s", k > 0 ? "  " : "      ", point->settings[k].path,
                     point->settings[k].value);
        text_add(text, point->setting_count > 0 ? "\n" : "");
    }
}

static void add_displays(const struct experiment *experiment, struct text *text)
{
    if (experiment->table_count > 0)
        text_add(text, "\ntables\n");
    for (size_t i = 0; i < experiment->table_count; i++) {
        const struct experiment_table *table = &experiment->tables[i];
        text_add(text, "  %s: %s, ", table->name, table->title);
        add_count(text, table->point_count, "row");
        for (size_t k = 0; k < table->column_count; k++)
            text_add(text, ", %s", table->columns[k].measure.metric);
        text_add_char(text, '\n');
    }
    if (experiment->figure_count > 0)
        text_add(text, "\nfigures\n");
    for (size_t i = 0; i < experiment->figure_count; i++) {
        const struct experiment_figure *figure = &experiment->figures[i];
        text_add(text, "  %s: %s, ", figure->name, figure->title);
        add_count(text, figure->point_count, "point");
        for (size_t k = 0; k < figure->column_count; k++)
            text_add(text, ", %s", figure->columns[k]);
        text_add_char(text, '\n');
    }
}

static void add_claims(const struct experiment *experiment, struct text *text)
{
    if (experiment->claim_count > 0)
        text_add(text, "\nclaims\n");
    for (size_t i = 0; i < experiment->claim_count; i++) {
        const struct experiment_claim *claim = &experiment->claims[i];
        text_add(text, "  %s: %s (%s, ", claim->id, claim->say, claim->family);
        add_count(text, claim->comparison_count, "comparison");
        text_add(text, ")\n");
    }
}

/* json */

static void add_json_points(const struct experiment *experiment, struct json_writer *json)
{
    json_open(json, "points", '[');
    for (size_t i = 0; i < experiment->point_count; i++) {
        const struct experiment_point *point = &experiment->points[i];
        json_open(json, NULL, '{');
        json_string(json, "label", point->label);
        json_string(json, "name", point->name);
        json_bool(json, "final", point->final);
        json_open(json, "settings", '{');
        for (size_t k = 0; k < point->setting_count; k++)
            json_string(json, point->settings[k].path, point->settings[k].value);
        json_close(json);
        json_open(json, "reported", '{');
        for (size_t k = 0; k < point->reported_count; k++)
            json_number(json, point->reported[k].metric, point->reported[k].value);
        json_close(json);
        json_close(json);
    }
    json_close(json);
}

static void add_json_labels(const struct experiment *experiment, const size_t *points, size_t count,
                            struct json_writer *json)
{
    json_open(json, "points", '[');
    for (size_t i = 0; i < count; i++)
        json_string(json, NULL, experiment->points[points[i]].label);
    json_close(json);
}

static void add_json_displays(const struct experiment *experiment, struct json_writer *json)
{
    json_open(json, "tables", '[');
    for (size_t i = 0; i < experiment->table_count; i++) {
        const struct experiment_table *table = &experiment->tables[i];
        json_open(json, NULL, '{');
        json_string(json, "name", table->name);
        json_string(json, "title", table->title);
        add_json_labels(experiment, table->points, table->point_count, json);
        json_open(json, "columns", '[');
        for (size_t k = 0; k < table->column_count; k++)
            json_string(json, NULL, table->columns[k].measure.metric);
        json_close(json);
        json_close(json);
    }
    json_close(json);
    json_open(json, "figures", '[');
    for (size_t i = 0; i < experiment->figure_count; i++) {
        const struct experiment_figure *figure = &experiment->figures[i];
        json_open(json, NULL, '{');
        json_string(json, "name", figure->name);
        json_string(json, "title", figure->title);
        add_json_labels(experiment, figure->points, figure->point_count, json);
        json_open(json, "columns", '[');
        for (size_t k = 0; k < figure->column_count; k++)
            json_string(json, NULL, figure->columns[k]);
        json_close(json);
        json_close(json);
    }
    json_close(json);
}

static void add_json_claims(const struct experiment *experiment, struct json_writer *json)
{
    json_open(json, "claims", '[');
    for (size_t i = 0; i < experiment->claim_count; i++) {
        const struct experiment_claim *claim = &experiment->claims[i];
        json_open(json, NULL, '{');
        json_string(json, "id", claim->id);
        json_string(json, "say", claim->say);
        json_string(json, "family", claim->family);
        json_integer(json, "comparisons", (long long)claim->comparison_count);
        json_close(json);
    }
    json_close(json);
}

static void add_json(const struct experiment *experiment, struct text *text)
{
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "name", experiment->name);
    json_string(&json, "title", experiment->title);
    json_open(&json, "seeds", '[');
    for (size_t i = 0; i < experiment->seed_count; i++)
        json_integer(&json, NULL, (long long)experiment->seeds[i]);
    json_close(&json);
    json_integer(&json, "folds", experiment->folds);
    json_bool(&json, "exclusive", experiment->exclusive);
    json_integer(&json, "runs", (long long)experiment_run_count(experiment));
    add_json_points(experiment, &json);
    add_json_displays(experiment, &json);
    add_json_claims(experiment, &json);
    json_close(&json);
    text_add_char(text, '\n');
}

static void add_text(const struct experiment *experiment, struct text *text)
{
    add_heading(experiment, text);
    add_points(experiment, text);
    add_displays(experiment, text);
    add_claims(experiment, text);
}

enum assay_status check_experiment(struct invocation *invocation, bool json, struct assay_error *error)
{
    struct planned_experiment planned;
    if (planned_experiment_create(&planned, invocation, error) &&
        planned_experiment_check(&planned, invocation, error) != NULL) {
        const struct experiment *experiment = planned.plan->experiment;
        if (json)
            add_json(experiment, &invocation->out);
        else if (!invocation->quiet)
            add_text(experiment, &invocation->out);
    }
    planned_experiment_destroy(&planned);
    return error->status;
}

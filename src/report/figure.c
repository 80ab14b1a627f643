#include "report/figure.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* How much higher than where the curves end up the axis reaches, and what share of their epochs that is. */
static const double room = 2.5, settled_share = 0.5;

/* "test_error_pct" is the "test" curve of "error, %". */
static const struct {
    const char *column, *who, *what;
} words[] = {
    {"train_loss", "training", "loss, nats"},
    {"train_error_pct", "training", "error, %"},
    {"val_loss", "validation", "loss, nats"},
    {"val_error_pct", "validation", "error, %"},
    {"test_loss", "test", "loss, nats"},
    {"test_error_pct", "test", "error, %"},
    {"evaluated_train_loss", "training, dropout off", "loss, nats"},
    {"evaluated_train_error_pct", "training, dropout off", "error, %"},
};

static const char *who_of(const char *column)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].column, column) == 0)
            return words[i].who;
    return column;
}

static const char *what_of(const char *column)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].column, column) == 0)
            return words[i].what;
    return "";
}

/* What all columns are, with the one where there is but one. */
static const char *value_of(struct arena *arena, const struct experiment_figure *declared)
{
    const char *first = declared->columns[0], *what = what_of(first);
    if (declared->column_count == 1)
        return what[0] != '\0' ? arena_format(arena, "%s %s", who_of(first), what) : first;
    for (size_t i = 1; i < declared->column_count; i++)
        if (strcmp(what_of(declared->columns[i]), what) != 0)
            return "";
    return what;
}

/* What tells a column from the others: whose it is, and of what where they are not all of the same. */
static const char *column_label(struct arena *arena, const struct figure *figure, const char *column)
{
    const char *what = what_of(column);
    const bool says_what = figure->value[0] == '\0' && what[0] != '\0';
    return says_what ? arena_format(arena, "%s %s", who_of(column), what) : who_of(column);
}

/* The point where there are several, the column where there are several, how many runs where some are
 * missing. */
static const char *label_of(struct arena *arena, const struct figure *figure,
                            const struct result_point *point, const char *column, size_t runs)
{
    const struct experiment_figure *declared = figure->declared;
    const bool points = declared->point_count > 1 || declared->column_count == 1,
               columns = declared->column_count > 1;
    const char *missing = "", *name = column_label(arena, figure, column);
    if (runs < point->counts.wanted)
        missing = arena_format(arena, " (%zu of %zu runs)", runs, point->counts.wanted);
    return missing == NULL || name == NULL
               ? NULL
               : arena_format(arena, "%s%s%s%s", points ? point->point->label : "",
                              points && columns ? ", " : "", columns ? name : "", missing);
}

/* The curves of a point's finished runs. */
struct loaded {
    const struct curves **runs;
    size_t count;
};

static bool load_curves(struct arena *arena, const struct result_point *point, struct loaded *loaded,
                        struct assay_error *error)
{
    *loaded = (struct loaded){arena_allocate(arena, point->run_count, sizeof *loaded->runs), 0};
    if (loaded->runs == NULL)
        return assay_fail_memory(error, "reading curves");
    for (size_t i = 0; i < point->run_count; i++) {
        if (point->runs[i]->state != RUN_FINISHED)
            continue;
        const struct curves *curves = curves_load(arena, point->runs[i]->planned->directory, error);
        if (curves == NULL)
            return false;
        loaded->runs[loaded->count++] = curves;
    }
    return true;
}

static bool make_line(struct arena *arena, const struct loaded *loaded, const char *column,
                      struct figure_line *line)
{
    struct band_curve *curves = arena_allocate(arena, loaded->count, sizeof *curves);
    size_t count = 0;
    for (size_t i = 0; curves != NULL && i < loaded->count; i++) {
        const double *values = curves_values(loaded->runs[i], column);
        if (values != NULL)
            curves[count++] = (struct band_curve){loaded->runs[i]->epochs, values, loaded->runs[i]->rows};
    }
    return curves != NULL && band_of(arena, curves, count, &line->band);
}

static bool make_lines(struct arena *arena, const struct results *results, struct figure *figure,
                       struct assay_error *error)
{
    const struct experiment_figure *declared = figure->declared;
    struct figure_line *lines =
        arena_allocate(arena, declared->point_count * declared->column_count, sizeof *lines);
    if (lines == NULL)
        return assay_fail_memory(error, "making a figure");
    for (size_t p = 0; p < declared->point_count; p++) {
        const struct result_point *point = &results->points[declared->points[p]];
        struct loaded loaded;
        if (!load_curves(arena, point, &loaded, error))
            return false;
        for (size_t c = 0; c < declared->column_count; c++) {
            struct figure_line *line = &lines[figure->line_count++];
            *line = (struct figure_line){.point = p, .column = c};
            if (!make_line(arena, &loaded, declared->columns[c], line))
                return assay_fail_memory(error, "making a figure");
            line->label = label_of(arena, figure, point, declared->columns[c], line->band.runs);
            if (line->label == NULL)
                return assay_fail_memory(error, "making a figure");
        }
    }
    figure->lines = lines;
    return true;
}

/* The range of what the bands cover of their epochs, from a share of these on. */
static void cover(const struct figure *figure, double share, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < figure->line_count; i++) {
        const struct band *band = &figure->lines[i].band;
        for (size_t e = (size_t)(share * (double)band->epochs); e < band->epochs; e++) {
            *low = fmin(*low, band->low[e]);
            *high = fmax(*high, band->high[e]);
        }
    }
}

static void choose_range(struct figure *figure)
{
    double low, high, settled_low, settled_high;
    cover(figure, 0, &low, &high);
    cover(figure, settled_share, &settled_low, &settled_high);
    if (low > high) {
        figure->top = 1;
        return;
    }
    figure->top = settled_high > 0 ? fmin(high, room * settled_high) : high;
    const double margin = figure->top > low ? 0.05 * (figure->top - low) : fmax(0.05 * fabs(low), 1e-6);
    figure->top += margin;
    figure->bottom = low >= 0 && low < 0.5 * figure->top ? 0 : low - margin;
}

/* What is the same of all lines is said once. */
static const char *subtitle_of(struct arena *arena, const struct figure *figure)
{
    size_t least = SIZE_MAX, most = 0;
    bool ends_early = false;
    for (size_t i = 0; i < figure->line_count; i++) {
        const struct band *band = &figure->lines[i].band;
        least = band->runs < least ? band->runs : least;
        most = band->runs > most ? band->runs : most;
        ends_early |= band->epochs > 0 && band->counts[band->epochs - 1] < band->runs;
    }
    if (most == 0)
        return "no run is finished yet";
    if (most == 1)
        return "one run each";
    const char *runs = least == most ? arena_format(arena, " of %zu runs", most) : "";
    return runs == NULL ? NULL
                        : arena_format(arena, "mean, lowest and highest%s%s", runs,
                                       ends_early ? ", for as long as half of them went on" : "");
}

const struct figure *figure_create(struct arena *arena, const struct results *results,
                                   const struct experiment_figure *declared, struct assay_error *error)
{
    struct figure *figure = arena_allocate(arena, 1, sizeof *figure);
    const char *value = value_of(arena, declared);
    if (figure == NULL || value == NULL) {
        assay_fail_memory(error, "making a figure");
        return NULL;
    }
    *figure = (struct figure){.declared = declared, .value = value};
    if (!make_lines(arena, results, figure, error))
        return NULL;
    assert(figure->lines != NULL);
    figure->subtitle = subtitle_of(arena, figure);
    if (figure->subtitle == NULL) {
        assay_fail_memory(error, "making a figure");
        return NULL;
    }
    for (size_t i = 0; i < figure->line_count; i++) {
        const struct band *band = &figure->lines[i].band;
        if (band->epochs > 0)
            figure->last_epoch = fmax(figure->last_epoch, band->epoch[band->epochs - 1]);
    }
    choose_range(figure);
    return figure;
}

struct figure_look figure_look(const struct figure *figure, const struct figure_line *line)
{
    const size_t columns = figure->declared->column_count;
    if (figure->declared->point_count == 1)
        return (struct figure_look){line->column % FIGURE_COLOURS,
                                    line->column / FIGURE_COLOURS % FIGURE_DASHES};
    const size_t rounds = line->point / FIGURE_COLOURS;
    return (struct figure_look){line->point % FIGURE_COLOURS,
                                (columns - 1 - line->column + rounds * columns) % FIGURE_DASHES};
}

double figure_step(double range, int most, double least)
{
    static const int steps[] = {1, 2, 5};
    double step = 0;
    for (int exponent = -9; exponent < DBL_MAX_10_EXP; exponent++)
        for (int i = 0; i < 3; i++) {
            /* of whole numbers, so that it is rounded once */
            step = exponent < 0 ? steps[i] / pow(10, -exponent) : steps[i] * pow(10, exponent);
            if (step >= least && range / step <= most)
                return step;
        }
    return step;
}

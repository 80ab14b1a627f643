/* Figures: curves of an experiment's points, each the mean and range over its seeds. */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "report/band.h"
#include "report/results.h"

struct figure_line {
    const char *label;    /* "L2 pooling + Tanh, test": what tells it from the other lines */
    size_t point, column; /* of the declared figure's */
    struct band band;
};

struct figure {
    const struct experiment_figure *declared;
    const char *subtitle; /* what mean and range are of */
    const char *value;    /* of the vertical axis: "test error, %" */
    const struct figure_line *lines;
    size_t line_count;
    double last_epoch;
    double bottom, top; /* of the vertical axis: what matters later is not pressed flat by the first epochs,
                           which may leave it at the top */
};

/* Finished runs alone are drawn. NULL on failure. Lives in the arena. */
const struct figure *figure_create(struct arena *arena, const struct results *results,
                                   const struct experiment_figure *declared, struct assay_error *error);

/* Colours tell points apart and dashes columns, the last being solid: usually the test's. Of a single point,
 * colours do for columns. By number; whoever draws has so many. */
enum { FIGURE_COLOURS = 7, FIGURE_DASHES = 4 };
struct figure_look {
    size_t colour, dash;
};
struct figure_look figure_look(const struct figure *figure, const struct figure_line *line);

/* Between the tics of an axis: the smallest of 1, 2 or 5 times a power of ten (1e-9 at the least), from
 * `least` on, of which a range holds at most `most`. */
double figure_step(double range, int most, double least);

enum figure_format { FIGURE_SVG, FIGURE_PNG, FIGURE_FORMATS };
extern const char *const figure_extensions[FIGURE_FORMATS]; /* "svg", "png" */

/* Adds the picture, drawn by gnuplot: of an SVG the same bytes wherever the same gnuplot draws it. Colours
 * that people see apart who are colour-blind (Okabe and Ito 2008), on white whatever the page is. */
bool figure_draw(const struct figure *figure, enum figure_format format, struct text *picture,
                 struct assay_error *error);

#endif

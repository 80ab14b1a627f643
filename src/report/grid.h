/* A table of texts, and how it is written: for a terminal, as Markdown, LaTeX or HTML. */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct grid_column {
    const char *title;
    bool number; /* set to the right */
};

/* Cells are plain texts; each format escapes what means something to it. */
struct grid {
    const struct grid_column *columns;
    size_t column_count;
    const char **cells; /* rows x columns, NULL: empty */
    size_t row_count;
};

/* Columns as wide as their widest cell, two spaces between them, nothing at the ends of lines. */
void grid_add_text(struct text *text, const struct grid *grid);
/* A GitHub Flavored Markdown table (https://github.github.com/gfm/#tables-extension-), columns padded alike.
 */
void grid_add_markdown(struct text *text, const struct grid *grid);
/* A tabular environment with the rules of the package booktabs. */
void grid_add_latex(struct text *text, const struct grid *grid);
/* A table element in one that can be scrolled where it is too wide; the first cell of each row is its header.
 */
void grid_add_html(struct text *text, const struct grid *grid);

#endif

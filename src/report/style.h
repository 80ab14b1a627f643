/* What a text format does with titles, tables, sentences and notes: the terminal, Markdown, LaTeX, HTML. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include <stdbool.h>

#include "report/grid.h"

/* All texts are plain; the style escapes them. */
struct style {
    void (*document)(struct text *text, const char *title);                /* what stands at its head */
    void (*begin)(struct text *text, const char *name, const char *title); /* of a table; the name is an id */
    void (*grid)(struct text *text, const struct grid *grid);
    void (*paragraph)(struct text *text, const char *sentences); /* with an empty line before it */
    /* One of several: what is to be said of somebody, and the command that mends it (NULL: none). */
    void (*note)(struct text *text, bool is_first, const char *who, const char *what, const char *command);
    void (*end)(struct text *text);
};

extern const struct style text_style, markdown_style, latex_style;
extern const struct style html_style; /* parts of a page, whose head has the title of the document */

#endif

/* The parts of a page that are no table or claim. Each adds a section of HTML with its heading, or nothing
 * where there is nothing to show, and is false on failure, which is said in `error`. */
#ifndef REPORT_PAGE_SECTIONS_H
#define REPORT_PAGE_SECTIONS_H

#include <stdbool.h>

#include "assay/error.h"
#include "base/text.h"
#include "report/figure.h"
#include "report/results.h"

/* One figure: its key, and a picture of its curves. With `numbers` also what a script makes a chart of. */
void page_add_figure(struct text *text, const struct figure *figure, bool numbers);

/* In what the configs of the points differ, of which a run is finished. */
bool page_add_settings(struct text *text, const struct results *results, struct assay_error *error);

/* What runs were made with: the program, the processor, the compiler. */
bool page_add_machines(struct text *text, const struct results *results, struct assay_error *error);

/* The runs that there are, with links to their directories. */
bool page_add_runs(struct text *text, const struct results *results, struct assay_error *error);

#endif

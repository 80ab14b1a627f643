/* An experiment as one HTML page that needs nothing beside itself: no network, no server, and for all but
 * charts that answer to the mouse no script either. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdbool.h>

#include "assay/error.h"
#include "report/claims.h"
#include "report/table.h"

struct page {
    const struct tables *tables;     /* all that the experiment declares, with its results */
    const struct claim_list *claims; /* that it declares */
    bool has_charts;                 /* with the library for them, and the numbers that they show */
};

/* Whether the program has the library that draws charts. Without it, a page with charts has none. */
bool page_can_chart(void);

/* Adds the page: its tables, its claims, curves as pictures, the settings in which its points differ, the
 * machines that its runs were made on, and links to these, relative to the experiment's directory among the
 * results. The curves are those of its figures or, where it declares none, of what its tables measure.
 *
 * The same files give the same bytes. Texts of others are escaped, and the page forbids the browser to fetch
 * anything (https://www.w3.org/TR/CSP3). */
bool page_add(struct text *text, const struct page *page, struct assay_error *error);

#endif

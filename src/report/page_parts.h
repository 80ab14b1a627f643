/* What pages are made with that is no text of an experiment: how a section begins, their style, their script,
 * and the library that draws charts. All are part of the program. */
#ifndef REPORT_PAGE_PARTS_H
#define REPORT_PAGE_PARTS_H

#include "base/text.h"

/* A section with a heading; the caller ends it with "</section>\n". */
void page_begin_section(struct text *text, const char *id, const char *title);

extern const char page_style[], page_script[];
/* dygraphs (https://dygraphs.com), as its package had it when the program was built; "" without. */
extern const char page_chart_style[], page_chart_script[];

#endif

/* A small chart in plain characters, for the terminal. */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include <stddef.h>

#include "base/text.h"

struct series {
    char mark;
    const double *x, *y; /* what is not finite is left out */
    size_t count;
};

/* All series over common axes, with their ranges; where two meet, the mark is '*'. Nothing when there is
 * nothing to draw. */
void chart_add(struct text *text, const char *title, const struct series *series, size_t count);

#endif

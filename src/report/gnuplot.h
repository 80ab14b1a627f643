/* Pictures drawn by the program gnuplot, from a script that holds its data. */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include <stdbool.h>

#include "assay/error.h"
#include "base/text.h"

/* Adds what the script, without `set output`, draws. Nobody's settings but the script's have a say: gnuplot
 * reads no start-up file and sees no environment but where programs and fonts are. ASSAY_MACHINE without
 * gnuplot, naming its package, or when it complains of anything. */
bool gnuplot_draw(const struct text *script, struct text *picture, struct assay_error *error);

/* `plain` as a string of gnuplot's: in single quotes, one line. */
void gnuplot_add_quoted(struct text *text, const char *plain);

#endif

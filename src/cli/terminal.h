/* What there is to know of the terminal that stderr may be. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>

#include "base/text.h"

/* Whether lines on it can be drawn again. */
bool terminal_is_live(void);
/* Whether colours are welcome there: not with NO_COLOR (https://no-color.org). */
bool terminal_has_colours(void);

/* Prints a text to stderr, with its newlines and one more, whatever else is in it made visible. */
void terminal_say(const char *before, const char *text);

struct terminal_size {
    int rows, columns;
};
struct terminal_size terminal_size(void);

/* As much of a line as fits into so many columns, its last one being … where something is missing. */
void add_clipped(struct text *text, const char *line, int columns);

/* How many rows of the screen the lines of a text take, each ended by its newline. */
int count_rows(const char *lines, int columns);

/* "3.2 s", "6 min 52 s", "1 h 2 min" */
void add_duration(struct text *text, double seconds);

#endif

/* Texts of others in the terminal and inside Markdown, LaTeX, and XML or HTML: one line, showing the very
 * characters. */
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include "base/text.h"

/* Control characters and bytes that are no UTF-8 are spelled out: text_add_escaped. */
void terminal_add(struct text *text, const char *plain);

/* Control characters and line ends become spaces, and bytes that are no UTF-8 U+FFFD. */
void markdown_add(struct text *text, const char *plain);
void markdown_add_code(struct text *text, const char *plain);
void latex_add(struct text *text, const char *plain);
void xml_add(struct text *text, const char *plain); /* inside an attribute too */

#endif

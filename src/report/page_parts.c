#include "report/page_parts.h"

void page_begin_section(struct text *text, const char *id, const char *title)
{
    text_add(text, "\n<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n", id,
             id, id, title);
}

/* Made by tools/embed.c of the files that src/meson.build names. */
const char page_style[] = {
#include "page_style.inc"
    0};
const char page_script[] = {
#include "page_script.inc"
    0};
const char page_chart_style[] = {
#include "page_chart_style.inc"
    0};
const char page_chart_script[] = {
#include "page_chart_script.inc"
    0};

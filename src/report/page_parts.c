#include "report/page_parts.h"

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

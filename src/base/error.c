/* Filling an error: assay/error.h. */
#include "assay/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char ellipsis[] = "…";

/* Drops the end of a full buffer, never half a character, and puts the ellipsis there. */
static void cut(char text[ASSAY_ERROR_TEXT_SIZE])
{
    size_t end = ASSAY_ERROR_TEXT_SIZE - sizeof ellipsis;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    memcpy(text + end, ellipsis, sizeof ellipsis);
}

bool assay_fail(struct assay_error *error, enum assay_status status, const char *format, ...)
{
    if (error == NULL)
        return false;
    char text[ASSAY_ERROR_TEXT_SIZE] = ""; /* the arguments may point into error->text */
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= ASSAY_ERROR_TEXT_SIZE)
        cut(text);
    error->status = status;
    memcpy(error->text, text, sizeof text);
    return false;
}

bool assay_fail_memory(struct assay_error *error, const char *doing)
{
    return assay_fail(error, ASSAY_MACHINE, "out of memory while %s", doing);
}

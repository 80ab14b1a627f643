#include "base/log.h"

#include "base/text.h"

void log_say(const struct log *log, enum log_level level, const char *format, ...)
{
    if (log == NULL || log->write == NULL)
        return;
    struct text line = {0};
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&line, format, arguments);
    va_end(arguments);
    log->write(log->cookie, level, line.failed ? "(no memory for this line)" : line.bytes);
    text_finish(&line);
}

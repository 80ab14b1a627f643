/* What the program says while it works. The library never prints: it calls back. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_PROGRESS, LOG_INFO, LOG_WARNING };

/* `write` gets one line without its newline. Without it, or without a log, there is silence. */
struct log {
    void (*write)(void *cookie, enum log_level level, const char *line);
    void *cookie;
};

void log_say(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

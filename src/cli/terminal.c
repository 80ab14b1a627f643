#include "cli/terminal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

bool terminal_is_live(void)
{
    const char *terminal = getenv("TERM");
    const bool dumb = terminal != NULL && strcmp(terminal, "dumb") == 0;
    return !dumb && isatty(STDERR_FILENO);
}

bool terminal_has_colours(void)
{
    const char *unwanted = getenv("NO_COLOR");
    return terminal_is_live() && (unwanted == NULL || unwanted[0] == '\0');
}

void terminal_say(const char *before, const char *text)
{
    struct text shown = {0};
    text_add_escaped_lines(&shown, text);
    fputs(before, stderr);
    if (!shown.failed && shown.length > 0)
        fwrite(shown.bytes, 1, shown.length, stderr);
    /* That there is no memory can be said without any. */
    for (const char *at = text; shown.failed && *at != '\0'; at++)
        fputc(*at == '\n' || (*at >= ' ' && *at <= '~') ? *at : '?', stderr);
    fputc('\n', stderr);
    text_finish(&shown);
}

struct terminal_size terminal_size(void)
{
    struct winsize size;
    struct terminal_size found = {24, 80};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0) {
        found.rows = size.ws_row > 0 ? size.ws_row : found.rows;
        found.columns = size.ws_col > 1 ? size.ws_col : found.columns;
    }
    return found;
}

static size_t character_size(const char *line)
{
    uint32_t character;
    const size_t size = utf8_decode(line, strlen(line), &character);
    return size > 0 ? size : 1;
}

void add_clipped(struct text *text, const char *line, int columns)
{
    const char *end = line, *last = line;
    int count = 0;
    for (; *end != '\0' && count < columns; count++) {
        last = end;
        end += character_size(end);
    }
    if (*end == '\0')
        text_add(text, "%s", line);
    else if (columns > 0)
        text_add(text, "%.*s…", (int)(last - line), line);
}

int count_rows(const char *lines, int columns)
{
    assert(columns > 0);
    int rows = 0;
    while (*lines != '\0') {
        int width = 0;
        for (; *lines != '\n' && *lines != '\0'; width++)
            lines += character_size(lines);
        rows += width > columns ? (width + columns - 1) / columns : 1;
        lines += *lines == '\n';
    }
    return rows;
}

void add_duration(struct text *text, double seconds)
{
    const long long whole = llround(seconds);
    if (seconds < 99.95)
        text_add(text, "%.1f s", seconds);
    else if (whole < 3600)
        text_add(text, "%lld min %lld s", whole / 60, whole % 60);
    else
        text_add(text, "%lld h %lld min", whole / 3600, whole % 3600 / 60);
}

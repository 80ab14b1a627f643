#include "run/failure.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "io/json.h"
#include "run/directory.h"
#include "run/files.h"
#include "run/summary.h"

static const char name[] = FAILURE_FILE;

static void add_failure(struct text *text, const struct run_failure *failure)
{
    char now[CLOCK_TEXT_SIZE];
    clock_now_text(now);
    struct json_writer writer = {.text = text};
    json_open(&writer, NULL, '{');
    if (failure->signal != 0)
        json_integer(&writer, "signal", failure->signal);
    else
        json_integer(&writer, "exit_code", failure->exit_code);
    json_string(&writer, "ended", now);
    json_string(&writer, "text", failure->text);
    json_close(&writer);
    text_add_char(text, '\n');
}

bool failure_write(const char *directory, const struct run_failure *failure, struct assay_error *error)
{
    struct run_directory opened;
    const bool was_held = failure->exit_code == ASSAY_MACHINE && run_directory_was_held(failure->text);
    if (was_held) /* and by now it may not be any more */
        return true;
    if (!run_directory_open(&opened, directory, error))
        return opened.is_held;
    struct summary_found summary;
    struct text text = {0};
    bool is_finished;
    add_failure(&text, failure);
    const bool done = summary_read(directory, &is_finished, &summary, error) &&
                      (is_finished || run_directory_write(&opened, name, &text, error));
    text_finish(&text);
    run_directory_close(&opened);
    return done;
}

static int read_integer(const struct json *object, const char *key)
{
    const double value = json_get_number(object, key);
    return value >= 0 && value < 1000 ? (int)value : 0;
}

bool failure_read(const char *directory, struct run_failure *failure)
{
    enum { FILE_LIMIT = 1 << 16 };
    struct arena *arena = arena_create();
    const struct json *json = NULL;
    const bool found =
        arena != NULL && json_find(arena, directory, name, FILE_LIMIT, &json, NULL) && json != NULL;
    if (found) {
        *failure = (struct run_failure){.signal = read_integer(json, "signal"),
                                        .exit_code = read_integer(json, "exit_code")};
        json_get_text(json, "ended", failure->ended, sizeof failure->ended);
        json_get_text(json, "text", failure->text, sizeof failure->text);
    }
    arena_destroy(arena);
    return found;
}

void failure_shorten(const struct run_failure *failure, char line[FAILURE_SHORT_SIZE])
{
    const char *said = failure->text;
    size_t length = strcspn(said, "\n");
    if (failure->signal != 0)
        snprintf(line, FAILURE_SHORT_SIZE, "ended by signal %d (%s)%s%.*s", failure->signal,
                 strsignal(failure->signal), length > 0 ? ": " : "", (int)length, said);
    else if (length > 0)
        snprintf(line, FAILURE_SHORT_SIZE, "%.*s", (int)length, said);
    else
        snprintf(line, FAILURE_SHORT_SIZE, "exit code %d", failure->exit_code);
}

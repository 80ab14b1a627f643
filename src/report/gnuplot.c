#include "report/gnuplot.h"

#include <stdlib.h>
#include <string.h>

#include "base/program.h"
#include "base/utf8.h"

enum { PICTURE_LIMIT = 64 << 20, VARIABLES = 3 };

/* The environment that it sees: these of ours, in a locale that is everywhere. */
static void choose_environment(const char *environment[VARIABLES + 2], struct text values[VARIABLES])
{
    static const char *const names[VARIABLES] = {"PATH", "HOME", "XDG_CACHE_HOME"};
    size_t count = 0;
    environment[count++] = "LC_ALL=C";
    for (size_t i = 0; i < VARIABLES; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL)
            continue;
        text_add(&values[i], "%s=%s", names[i], value);
        if (!values[i].failed)
            environment[count++] = values[i].bytes;
    }
    environment[count] = NULL;
}

static bool explain(int code, const struct text *complaint, struct assay_error *error)
{
    if (code == PROGRAM_MISSING)
        return assay_fail(error, ASSAY_MACHINE,
                          "figures are drawn by gnuplot, which is not here; Debian and Ubuntu have it in the "
                          "package gnuplot-nox");
    struct text shown = {0};
    text_add_escaped(&shown, complaint->length > 0 ? complaint->bytes : "it drew nothing",
                     complaint->length > 0 ? complaint->length : strlen("it drew nothing"));
    assay_fail(error, ASSAY_MACHINE, "gnuplot failed: %s", shown.failed ? "" : shown.bytes);
    text_finish(&shown);
    return false;
}

bool gnuplot_draw(const struct text *script, struct text *picture, struct assay_error *error)
{
    if (script->failed)
        return assay_fail_memory(error, "drawing a figure");
    const char *environment[VARIABLES + 2];
    struct text values[VARIABLES] = {0}, complaint = {0};
    choose_environment(environment, values);
    const struct program gnuplot = {.arguments = (const char *const[]){"gnuplot", "-d", NULL},
                                    .environment = environment,
                                    .input = script->bytes,
                                    .input_length = script->length,
                                    .output_limit = PICTURE_LIMIT};
    const size_t before = picture->length;
    const int code = program_run(&gnuplot, picture, &complaint);
    bool done = code == 0 && picture->length > before;
    if (picture->failed || complaint.failed)
        done = assay_fail_memory(error, "drawing a figure");
    else if (!done)
        explain(code, &complaint, error);
    for (size_t i = 0; i < VARIABLES; i++)
        text_finish(&values[i]);
    text_finish(&complaint);
    return done;
}

void gnuplot_add_quoted(struct text *text, const char *plain)
{
    uint32_t character = 0;
    text_add_char(text, '\'');
    for (size_t left = strlen(plain), size; left > 0; plain += size, left -= size) {
        size = utf8_decode(plain, left, &character);
        if (size == 0 || utf8_is_control(character))
            text_add_char(text, ' ');
        else if (character == '\'')
            text_add(text, "''");
        else
            text_add_bytes(text, plain, size);
        size += size == 0;
    }
    text_add_char(text, '\'');
}

#include "base/diagnostics.h"

#include <string.h>

#include "base/arena.h"
#include "base/memory.h"

enum { MOST_KEPT = 20, MOST_SHOWN = 100 };

struct diagnostic {
    struct place place;
    size_t rank; /* of its source, by when it was first seen */
    const char *path, *message;
};

struct diagnostics {
    struct diagnostic kept[MOST_KEPT]; /* in the order of printing */
    size_t said_count, kept_count, dropped_count, rank_count;
    bool machine; /* one of them is of the machine */
    struct arena *arena;
};

struct diagnostics *diagnostics_create(void)
{
    struct diagnostics *diagnostics = memory_allocate(1, sizeof *diagnostics);
    if (diagnostics == NULL)
        return NULL;
    diagnostics->arena = arena_create();
    if (diagnostics->arena == NULL) {
        memory_free(diagnostics);
        return NULL;
    }
    return diagnostics;
}

void diagnostics_destroy(struct diagnostics *diagnostics)
{
    if (diagnostics == NULL)
        return;
    arena_destroy(diagnostics->arena);
    memory_free(diagnostics);
}

/* A file that is read twice is one. */
static bool is_same_source(const struct source *a, const struct source *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a->name, b->name) == 0);
}

static bool is_same(const struct diagnostic *a, const struct diagnostic *b)
{
    return is_same_source(a->place.source, b->place.source) && a->place.line == b->place.line &&
           a->place.column == b->place.column && strcmp(a->path, b->path) == 0 &&
           strcmp(a->message, b->message) == 0;
}

static bool is_before(const struct diagnostic *a, const struct diagnostic *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line;
    return a->place.column < b->place.column;
}

static void keep(struct diagnostics *diagnostics, struct diagnostic new)
{
    new.rank = diagnostics->rank_count;
    for (size_t i = 0; i < diagnostics->kept_count; i++) {
        const struct diagnostic *old = &diagnostics->kept[i];
        if (is_same(old, &new))
            return;
        if (old->place.source == new.place.source)
            new.rank = old->rank;
    }
    if (diagnostics->kept_count == MOST_KEPT) {
        diagnostics->dropped_count++;
        return;
    }
    if (new.rank == diagnostics->rank_count)
        diagnostics->rank_count++;
    size_t at = diagnostics->kept_count++;
    for (; at > 0 && is_before(&new, &diagnostics->kept[at - 1]); at--)
        diagnostics->kept[at] = diagnostics->kept[at - 1];
    diagnostics->kept[at] = new;
}

static char *escape(struct arena *arena, const char *bytes, size_t length)
{
    struct text text = {0};
    text_add_escaped(&text, bytes, length);
    return text_move(&text, arena);
}

static void add(struct diagnostics *diagnostics, struct place place, const char *path, const char *format,
                va_list arguments)
{
    struct text message = {0};
    text_add_arguments(&message, format, arguments);
    const struct diagnostic new = {
        .place = place,
        .path = path == NULL ? "" : escape(diagnostics->arena, path, strlen(path)),
        .message = message.failed ? NULL : escape(diagnostics->arena, message.bytes, message.length),
    };
    text_finish(&message);
    diagnostics->said_count++;
    if (new.path != NULL &&new.message != NULL) {
        keep(diagnostics, new);
    } else {
        diagnostics->dropped_count++;
        diagnostics->machine = true;
    }
}

bool diagnose(struct diagnostics *diagnostics, struct place place, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, place, path, format, arguments);
    va_end(arguments);
    return false;
}

bool diagnose_machine(struct diagnostics *diagnostics, struct place place, const char *path,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, place, path, format, arguments);
    va_end(arguments);
    diagnostics->machine = true;
    return false;
}

size_t diagnostics_count(const struct diagnostics *diagnostics)
{
    return diagnostics->said_count;
}

enum assay_status diagnostics_status(const struct diagnostics *diagnostics)
{
    if (diagnostics->machine)
        return ASSAY_MACHINE;
    return diagnostics_count(diagnostics) > 0 ? ASSAY_INVALID : ASSAY_DONE;
}

/* The line without its end; false when the source has no such line. */
static bool find_line(const struct source *source, int line, const char **bytes, size_t *length)
{
    if (source == NULL || source->bytes == NULL || line < 1)
        return false;
    const char *start = source->bytes, *end = source->bytes + source->length;
    const char *newline = memchr(start, '\n', source->length);
    for (; line > 1 && newline != NULL; line--) {
        start = newline + 1;
        newline = memchr(start, '\n', (size_t)(end - start));
    }
    if (line > 1)
        return false;
    *bytes = start;
    *length = (size_t)((newline != NULL ? newline : end) - start);
    if (*length > 0 && start[*length - 1] == '\r')
        --*length;
    return true;
}

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The start of the character that holds byte `at`. */
static size_t snap(const char *bytes, size_t length, size_t at)
{
    while (at > 0 && at < length && continues(bytes[at]))
        at--;
    return at;
}

/* A tab takes one column here, and nothing else may move the cursor. */
static void add_shown(struct text *text, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    for (const char *tab; (tab = memchr(bytes, '\t', (size_t)(end - bytes))) != NULL; bytes = tab + 1) {
        text_add_escaped(text, bytes, (size_t)(tab - bytes));
        text_add_char(text, ' ');
    }
    text_add_escaped(text, bytes, (size_t)(end - bytes));
}

static void print_excerpt(struct place place, struct text *text)
{
    const char *line;
    size_t length;
    if (!find_line(place.source, place.line, &line, &length))
        return;
    size_t caret = place.column > 1 ? (size_t)place.column - 1 : 0;
    caret = caret < length ? snap(line, length, caret) : length;
    size_t start = 0, end = length;
    if (length > MOST_SHOWN) {
        const size_t before = caret > MOST_SHOWN / 2 ? caret - MOST_SHOWN / 2 : 0;
        start = before < length - MOST_SHOWN ? before : length - MOST_SHOWN;
        end = snap(line, length, start + MOST_SHOWN);
        start = snap(line, length, start);
    }
    text_add(text, "%5d | %s", place.line, start > 0 ? "…" : "");
    const size_t shown = text->length;
    add_shown(text, line + start, caret - start);
    size_t indent = start > 0 ? 1 : 0;
    for (size_t i = shown; i < text->length; i++)
        indent += continues(text->bytes[i]) ? 0 : 1;
    add_shown(text, line + caret, end - caret);
    text_add(text, "%s\n      | %*s^\n", end < length ? "…" : "", (int)indent, "");
}

static void print_one(const struct diagnostic *diagnostic, struct text *text)
{
    const struct place place = diagnostic->place;
    if (place.source != NULL) {
        text_add_escaped(text, place.source->name, strlen(place.source->name));
        if (place.line > 0)
            text_add(text, ":%d:%d", place.line, place.column);
        text_add(text, ": ");
    }
    text_add(text, "%s%s%s\n", diagnostic->path, diagnostic->path[0] != '\0' ? ": " : "",
             diagnostic->message);
    print_excerpt(place, text);
}

void diagnostics_print(const struct diagnostics *diagnostics, struct text *text)
{
    for (size_t i = 0; i < diagnostics->kept_count; i++)
        print_one(&diagnostics->kept[i], text);
    if (diagnostics->dropped_count > 0 && diagnostics->kept_count == 0)
        text_add(text, "out of memory while finding out what is wrong\n");
    else if (diagnostics->dropped_count > 0)
        text_add(text, "and %zu more\n", diagnostics->dropped_count);
}

bool diagnostics_fail(const struct diagnostics *diagnostics, const char *before, const char *doing,
                      struct assay_error *error)
{
    struct text text = {0};
    text_add(&text, "%s", before);
    const size_t length = text.length;
    if (diagnostics != NULL)
        diagnostics_print(diagnostics, &text);
    if (text.failed || text.length == length)
        assay_fail_memory(error, doing);
    else
        assay_fail(error, diagnostics_status(diagnostics), "%.*s", (int)text.length - 1, text.bytes);
    text_finish(&text);
    return false;
}

/* From bytes to a tree: libyaml driven event by event, and its complaints in our words. */
#include "io/tree.h"

#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/tree_build.h"

/* A place in the source, both as libyaml counts (characters) and as we do (bytes). */
struct cursor {
    size_t characters, bytes;
    size_t line_start; /* in bytes */
    int line;
};

struct loader {
    const struct source *source;
    struct cursor cursor;
    struct builder builder;
};

static struct place place_of_cursor(const struct loader *loader, const struct cursor *cursor)
{
    return (struct place){loader->source, cursor->line, (int)(cursor->bytes - cursor->line_start) + 1};
}

/* Marks hardly ever go back, so that walking to all of them walks once through the source. */
static struct place place_of(struct loader *loader, yaml_mark_t mark)
{
    const struct source *source = loader->source;
    struct cursor *cursor = &loader->cursor;
    if (mark.index < cursor->characters)
        *cursor = (struct cursor){.line = 1};
    for (; cursor->characters < mark.index && cursor->bytes < source->length; cursor->characters++) {
        uint32_t character;
        cursor->bytes +=
            utf8_decode(source->bytes + cursor->bytes, source->length - cursor->bytes, &character);
        if (character == '\n') {
            cursor->line++;
            cursor->line_start = cursor->bytes;
        }
    }
    return place_of_cursor(loader, cursor);
}

static bool fail_memory(const struct loader *loader, struct place place)
{
    return diagnose_machine(loader->builder.diagnostics, place, NULL, "out of memory while reading YAML");
}

/* Refuses what is not UTF-8 or what nobody should hide in a config; libyaml need not be asked then. */
static bool check_source(struct loader *loader)
{
    const char *bytes = loader->source->bytes;
    struct cursor cursor = {.line = 1};
    for (size_t size; cursor.bytes < loader->source->length; cursor.bytes += size) {
        const char *at = bytes + cursor.bytes;
        uint32_t character;
        size = utf8_decode(at, loader->source->length - cursor.bytes, &character);
        if (size == 0)
            return diagnose(loader->builder.diagnostics, place_of_cursor(loader, &cursor), NULL,
                            "not UTF-8; save the file in that encoding");
        const bool white = at[0] == '\t' || at[0] == '\n' || (at[0] == '\r' && at[1] == '\n');
        if (utf8_is_control(character) && !white)
            return diagnose(loader->builder.diagnostics, place_of_cursor(loader, &cursor), NULL,
                            "the control character U+%04X is not allowed", (unsigned)character);
        if (character == '\n') {
            cursor.line++;
            cursor.line_start = cursor.bytes + 1;
        }
    }
    return true;
}

/* YAML takes the brackets of ${a.b} and a[0].b for flow style inside flow style: there the word before them
 * is over. */
static bool diagnose_unquoted(struct loader *loader, struct place place)
{
    const char *at = loader->source->bytes + loader->cursor.bytes;
    const char before = loader->cursor.bytes == 0 ? ' ' : at[-1];
    const bool inside = at[0] == '{' && before == '$';
    if (inside || (at[0] == '$' && at[1] == '{')) {
        place.column -= inside;
        diagnose(loader->builder.diagnostics, place, NULL,
                 "in flow style ({…}, […]) \"${…}\" must be quoted");
        return true;
    }
    if (at[0] != '[' || strchr(" \t\r\n,[]{}:\"'", before) != NULL)
        return false;
    diagnose(loader->builder.diagnostics, place, NULL,
             "in flow style ({…}, […]) a text such as \"a[0].b\" must be quoted");
    return true;
}

/* What libyaml says, in words that do not take knowing YAML's grammar. */
struct wording {
    const char *problem, *words;
    bool at_context; /* say it where the thing begins, not where it was found to be wrong */
};

static const struct wording *find_wording(const char *problem)
{
    static const struct wording wordings[] = {
        {"mapping values are not allowed in this context",
         "a ':' cannot stand here; quote the text that it belongs to, or look at the indentation"},
        {"could not find expected ':'", "a key wants a colon and a plain space behind it",
         .at_context = true},
        {"found character that cannot start any token", "no value begins with this character; quote it"},
        {"found unexpected end of stream", "this quote is never closed", .at_context = true},
        {"did not find expected <document start>", "nothing can follow the end of a document"},
        {"found incompatible YAML document", "no such version of YAML is known; leave the line out"},
        {"did not find expected node content", "a value is missing here"},
        {"did not find expected key",
         "neither part of a value nor a key; look at the quotes, and the indentation of the map"},
        {"did not find expected '-' indicator", "no item; look at the indentation of the list"},
        {"did not find expected ',' or ']'", "a ',' or ']' is missing in the list"},
        {"did not find expected ',' or '}'", "a ',' or '}' is missing in the map"},
    };
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
        if (strcmp(wordings[i].problem, problem) == 0)
            return &wordings[i];
    return NULL;
}

static bool fail_syntax(struct loader *loader, const yaml_parser_t *parser)
{
    struct diagnostics *diagnostics = loader->builder.diagnostics;
    const struct place place = place_of(loader, parser->problem_mark);
    if (parser->error == YAML_MEMORY_ERROR)
        return fail_memory(loader, place);
    const char *context = parser->context == NULL ? "" : parser->context;
    if (strstr(context, "flow") != NULL && diagnose_unquoted(loader, place))
        return false;
    if (loader->source->bytes[loader->cursor.bytes] == '\t')
        return diagnose(diagnostics, place, NULL, "a tab cannot indent; use spaces");
    const struct wording *wording = find_wording(parser->problem);
    if (wording == NULL)
        return diagnose(diagnostics, place, NULL, "not YAML: %s%s%s", parser->problem,
                        context[0] == '\0' ? "" : " ", context);
    if (wording->at_context)
        return diagnose(diagnostics, place_of(loader, parser->context_mark), NULL, "not YAML: %s",
                        wording->words);
    const int line = (int)parser->context_mark.line + 1;
    if (context[0] == '\0' || line == place.line)
        return diagnose(diagnostics, place, NULL, "not YAML: %s", wording->words);
    return diagnose(diagnostics, place, NULL, "not YAML: %s that begins on line %d", wording->words, line);
}

static bool take_events(struct loader *loader)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return fail_memory(loader, place_of_cursor(loader, &loader->cursor));
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)loader->source->bytes,
                                 loader->source->length);
    bool fine = true;
    for (bool ended = false; fine && !ended;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            fine = fail_syntax(loader, &parser);
            break;
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        fine = builder_take(&loader->builder, &event, place_of(loader, event.start_mark));
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return fine;
}

/* A copy in the arena, for diagnostics to point into; NULL without memory. */
static struct source *copy_source(struct arena *arena, const char *name, const char *bytes, size_t length)
{
    struct source *source = arena_allocate(arena, 1, sizeof *source);
    if (source == NULL)
        return NULL;
    source->name = arena_copy_text(arena, name, strlen(name));
    source->bytes = arena_copy_text(arena, bytes, length);
    source->length = length;
    return source->name == NULL || source->bytes == NULL ? NULL : source;
}

struct node *tree_parse(struct arena *arena, const char *name, const char *bytes, size_t length,
                        struct diagnostics *diagnostics)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t mark_length =
        length >= strlen(mark) && memcmp(bytes, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
    const bool too_large = length > TREE_FILE_LIMIT;
    const size_t wrong_before = diagnostics_count(diagnostics);
    struct loader loader = {.builder = {.arena = arena, .diagnostics = diagnostics}, .cursor = {.line = 1}};
    loader.source = copy_source(arena, name, bytes + mark_length, too_large ? 0 : length - mark_length);
    if (loader.source == NULL) {
        fail_memory(&loader, (struct place){0});
        return NULL;
    }
    const struct place start = place_of_cursor(&loader, &loader.cursor);
    if (too_large) {
        diagnose(diagnostics, (struct place){.source = loader.source}, NULL, "larger than %d bytes",
                 TREE_FILE_LIMIT);
        return NULL;
    }
    if (!check_source(&loader) || !take_events(&loader) || diagnostics_count(diagnostics) > wrong_before)
        return NULL;
    const bool empty = loader.builder.root == NULL ||
                       (node_is_scalar(loader.builder.root, "") && !loader.builder.root->quoted);
    struct node *root = empty ? node_create(arena, NODE_MAP, start) : loader.builder.root;
    if (root == NULL)
        fail_memory(&loader, start);
    return root;
}

/* What a user keeps in a file; a single value, as in key=value, is for tree_parse. */
static bool check_root(const struct node *root, struct diagnostics *diagnostics)
{
    if (root->kind == NODE_MAP)
        return true;
    struct text found = {0};
    node_describe(root, &found);
    diagnose(diagnostics, root->place, NULL, "wants a map of keys, found %s",
             found.failed ? "" : found.bytes);
    text_finish(&found);
    return false;
}

struct node *tree_load(struct arena *arena, const char *path, struct place at,
                       struct diagnostics *diagnostics)
{
    char *bytes;
    size_t length;
    struct assay_error error = {0};
    if (!file_read(path, TREE_FILE_LIMIT, &bytes, &length, &error)) {
        if (error.status == ASSAY_MACHINE)
            diagnose_machine(diagnostics, at, NULL, "%s", error.text);
        else
            diagnose(diagnostics, at, NULL, "%s", error.text);
        return NULL;
    }
    struct node *root = tree_parse(arena, path, bytes, length, diagnostics);
    memory_free(bytes);
    return root != NULL && check_root(root, diagnostics) ? root : NULL;
}

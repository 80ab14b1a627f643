#include "spec/walk.h"

#include <string.h>

#include "base/nearest.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define DIGITS "0123456789"

static char *parse_key(char *text, struct step *step)
{
    *step = (struct step){.key = text};
    return strspn(text, LETTERS) > 0 ? text + strspn(text, LETTERS DIGITS "-") : NULL;
}

/* "12]" */
static char *parse_index(const char *text, struct step *step)
{
    enum { MOST_DIGITS = 6 };
    const size_t length = strspn(text, DIGITS);
    *step = (struct step){.key = NULL};
    for (size_t i = 0; i < length && i < MOST_DIGITS; i++)
        step->index = 10 * step->index + (size_t)(text[i] - '0');
    return length >= 1 && length <= MOST_DIGITS && text[length] == ']' ? (char *)text + length + 1 : NULL;
}

bool walk_parse(char *text, struct walk *walk)
{
    walk->count = 0;
    for (char separator = '.'; separator != '\0';) {
        if (walk->count == WALK_STEPS || strchr(".[", separator) == NULL)
            return false;
        struct step *step = &walk->steps[walk->count++];
        char *end = separator == '.' ? parse_key(text, step) : parse_index(text, step);
        if (end == NULL)
            return false;
        separator = *end;
        *end = '\0';
        text = end + 1;
    }
    return true;
}

size_t path_enter(struct text *path, struct step step)
{
    const size_t length = path->length;
    if (step.key == NULL)
        text_add(path, "[%zu]", step.index);
    else
        text_add(path, "%s%s", length > 0 ? "." : "", step.key);
    return length;
}

void path_leave(struct text *path, size_t length)
{
    if (path->failed || path->bytes == NULL)
        return;
    path->length = length;
    path->bytes[length] = '\0';
}

const char *path_name(const struct text *path)
{
    return path->length > 0 ? path->bytes : "the config";
}

void add_known(struct text *text, const char *word, const char *const *names, size_t count)
{
    enum { MOST_NAMES = 10 };
    const char *nearest = nearest_name(word, names, count);
    if (nearest != NULL)
        text_add(text, "; did you mean %s?", nearest);
    for (size_t i = 0; nearest == NULL && i < count && i <= MOST_NAMES; i++)
        text_add(text, "%s%s",
                 i > 0        ? ", "
                 : count == 1 ? "; known is "
                              : "; known are ",
                 i < MOST_NAMES ? names[i] : "…");
}

void add_known_keys(struct text *text, const char *word, const struct node *map, struct arena *arena)
{
    const char **names = arena_allocate(arena, map->count, sizeof *names);
    text->failed = text->failed || names == NULL;
    if (names == NULL)
        return;
    for (size_t i = 0; i < map->count; i++)
        names[i] = map->keys[i]->text;
    add_known(text, word, names, map->count);
}

struct node *walk_step(const struct node *node, struct step step, const struct text *path,
                       struct arena *arena, struct text *why)
{
    const bool is_right = node->kind == (step.key != NULL ? NODE_MAP : NODE_LIST);
    struct node *next = NULL;
    if (is_right && step.key != NULL)
        next = node_get(node, step.key);
    else if (is_right && step.index < node->count)
        next = node->items[step.index];
    if (next != NULL)
        return next;
    text_add(why, "%s ", path_name(path));
    if (!is_right) {
        text_add(why, "is ");
        node_describe(node, why);
        text_add(why, ", not %s", step.key != NULL ? "a map" : "a list");
    } else if (step.key != NULL) {
        text_add(why, "has no key %s", step.key);
        add_known_keys(why, step.key, node, arena);
    } else if (node->count > 0) {
        text_add(why, "has %zu items, [0] to [%zu]", node->count, node->count - 1);
    } else {
        text_add(why, "is an empty list");
    }
    return NULL;
}

void leaf_write(const struct node *node, struct text *text)
{
    if (node == NULL)
        text_add(text, "nothing");
    else if (node_is_null(node))
        text_add(text, "null");
    else if (node->kind == NODE_SCALAR && node->quoted)
        node_write_string(node->text, text);
    else if (node->kind == NODE_SCALAR)
        text_add_escaped(text, node->text, strlen(node->text));
    else if (node->count > 0)
        node_describe(node, text);
    else
        text_add(text, node->kind == NODE_MAP ? "{}" : "[]");
}

bool diagnose_memory(struct diagnostics *diagnostics)
{
    return diagnose_machine(diagnostics, (struct place){0}, NULL, "out of memory while reading and planning");
}

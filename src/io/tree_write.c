/* Writing a tree as YAML that every reader reads alike. */
#include "io/tree.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* What YAML 1.1 takes for a null or a boolean; 1.2 takes fewer. */
static bool is_word_of_yaml(const char *string)
{
    static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(string, words[i]) == 0)
            return true;
    return false;
}

/* Narrow on purpose: what begins with a letter is no number, date or indicator in any YAML, and the rest
 * holds none either. */
static bool is_plainly_safe(const char *string)
{
    static const char others[] = "0123456789_./+- ";
    if (!is_letter(string[0]) || is_word_of_yaml(string))
        return false;
    for (const char *at = string; *at != '\0'; at++)
        if (!is_letter(*at) && strchr(others, *at) == NULL)
            return false;
    return string[strlen(string) - 1] != ' ';
}

void node_write_string(const char *string, struct text *text)
{
    if (is_plainly_safe(string))
        text_add_bytes(text, string, strlen(string));
    else
        text_add_quoted(text, string);
}

/* A plain scalar keeps what it looks like; a number is written so that YAML 1.1 sees one too (1e-3 is a
 * string there). */
static void write_scalar(const struct node *node, struct text *text)
{
    int64_t integer;
    double real;
    if (node->quoted)
        node_write_string(node->text, text);
    else if (node_is_null(node))
        text_add(text, "null");
    else if (number_parse_int(node->text, &integer) || node_is_scalar(node, "true") ||
             node_is_scalar(node, "false"))
        text_add_bytes(text, node->text, strlen(node->text));
    else if (number_parse_double(node->text, &real))
        text_add_double(text, real);
    else
        node_write_string(node->text, text);
}

static void write_indent(int indent, struct text *text)
{
    for (int i = 0; i < indent; i++)
        text_add_char(text, ' ');
}

/* Whole lines, the first of which is indented already. */
static void write_lines(const struct node *node, int indent, struct text *text)
{
    if (node->kind == NODE_SCALAR)
        write_scalar(node, text);
    else if (node->count == 0)
        text_add(text, node->kind == NODE_MAP ? "{}" : "[]");
    if (node->kind == NODE_SCALAR || node->count == 0)
        text_add_char(text, '\n');
    for (size_t i = 0; node->kind != NODE_SCALAR && i < node->count; i++) {
        const struct node *item = node->items[i];
        if (i > 0)
            write_indent(indent, text);
        if (node->kind == NODE_LIST) {
            text_add(text, "- ");
        } else {
            node_write_string(node->keys[i]->text, text);
            const bool nested = item->kind != NODE_SCALAR && item->count > 0;
            text_add(text, nested ? ":\n" : ": ");
            write_indent(nested ? indent + 2 : 0, text);
        }
        write_lines(item, indent + 2, text);
    }
}

void node_write(const struct node *node, int indent, struct text *text)
{
    write_indent(indent, text);
    write_lines(node, indent, text);
}

void node_write_flow(const struct node *node, struct text *text)
{
    if (node->kind == NODE_SCALAR) {
        write_scalar(node, text);
        return;
    }
    text_add_char(text, node->kind == NODE_MAP ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        text_add(text, i > 0 ? ", " : "");
        if (node->kind == NODE_MAP) {
            node_write_string(node->keys[i]->text, text);
            text_add(text, ": ");
        }
        node_write_flow(node->items[i], text);
    }
    text_add_char(text, node->kind == NODE_MAP ? '}' : ']');
}

void node_describe(const struct node *node, struct text *text)
{
    enum { MOST_SHOWN = 40 };
    if (node->kind != NODE_SCALAR || node_is_null(node)) {
        text_add(text, node->kind == NODE_MAP ? "a map" : node->kind == NODE_LIST ? "a list" : "nothing");
        return;
    }
    const size_t length = strlen(node->text);
    size_t shown = length;
    if (length > MOST_SHOWN)
        for (shown = MOST_SHOWN; shown > 0 && ((unsigned char)node->text[shown] & 0xC0) == 0x80;)
            shown--;
    text_add_char(text, '"');
    text_add_escaped(text, node->text, shown);
    text_add(text, shown < length ? "…\"" : "\"");
}

#include "report/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

struct escape {
    uint32_t character;
    const char *written;
};

static const char *find_escape(const struct escape *escapes, uint32_t character)
{
    while (escapes->written != NULL && escapes->character != character)
        escapes++;
    return escapes->written;
}

/* Control characters and line ends become spaces, bytes that are no UTF-8 U+FFFD. */
static void add_escaped(struct text *text, const char *plain, const struct escape *escapes)
{
    uint32_t character = 0;
    for (size_t left = strlen(plain), size; left > 0; plain += size, left -= size) {
        size = utf8_decode(plain, left, &character);
        const char *written = size == 0                    ? "\xEF\xBF\xBD"
                              : utf8_is_control(character) ? " "
                                                           : find_escape(escapes, character);
        size += size == 0;
        text_add_bytes(text, written != NULL ? written : plain, written != NULL ? strlen(written) : size);
    }
}

/* A backslash before ASCII punctuation always stands for that character
 * (https://github.github.com/gfm/#backslash-escapes). */
static const struct escape markdown_escapes[] = {
    {'\\', "\\\\"}, {'`', "\\`"}, {'*', "\\*"}, {'_', "\\_"}, {'[', "\\["}, {']', "\\]"}, {'<', "\\<"},
    {'>', "\\>"},   {'|', "\\|"}, {'&', "\\&"}, {'~', "\\~"}, {'$', "\\$"}, {'#', "\\#"}, {0},
};

/* [ and * mean something behind a line's end; what is not ASCII is not in every font, nor a plain quote. */
static const struct escape latex_escapes[] = {
    {'\\', "\\textbackslash{}"},
    {'{', "\\{"},
    {'}', "\\}"},
    {'$', "\\$"},
    {'&', "\\&"},
    {'#', "\\#"},
    {'%', "\\%"},
    {'_', "\\_"},
    {'^', "\\textasciicircum{}"},
    {'~', "\\textasciitilde{}"},
    {'<', "\\textless{}"},
    {'>', "\\textgreater{}"},
    {'|', "\\textbar{}"},
    {'"', "''"},
    {'`', "\\textasciigrave{}"},
    {'[', "{[}"},
    {'*', "{*}"},
    {0xB1, "$\\pm$"},
    {0x2013, "--"},
    {0x2014, "---"},
    {0x2026, "\\dots{}"},
    {0x2212, "$-$"},
    {0},
};

static const struct escape no_escapes[] = {{0}};

static const struct escape xml_escapes[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}, {0},
};

void terminal_add(struct text *text, const char *plain)
{
    text_add_escaped(text, plain, strlen(plain));
}

void markdown_add(struct text *text, const char *plain)
{
    add_escaped(text, plain, markdown_escapes);
}

/* Nothing is escaped inside a code span, so what could not stand there is shown as text. */
void markdown_add_code(struct text *text, const char *plain)
{
    const char *mark = strchr(plain, '`') == NULL ? "`" : "";
    text_add(text, "%s", mark);
    add_escaped(text, plain, mark[0] != '\0' ? no_escapes : markdown_escapes);
    text_add(text, "%s", mark);
}

void latex_add(struct text *text, const char *plain)
{
    add_escaped(text, plain, latex_escapes);
}

void xml_add(struct text *text, const char *plain)
{
    add_escaped(text, plain, xml_escapes);
}

/* Claims for people: in the terminal, as Markdown and as HTML. */
#include "report/claims.h"

#include "report/claim_words.h"
#include "report/escape.h"
#include "report/grid.h"

/* What a format does with a claim's heading and with what it rests on, plain texts all. */
struct format {
    void (*overview)(struct text *text, const struct claim_list *list); /* NULL: none */
    void (*heading)(struct text *text, bool is_first, const char *verdict, const char *id, const char *say);
    void (*fact)(struct text *text, const char *name, const char *value);
    const char *end; /* stands behind each claim */
};

static void add_claims(struct text *text, const struct claim_list *list, const struct format *format)
{
    struct arena *arena = arena_create();
    text->failed |= arena == NULL;
    if (format->overview != NULL)
        format->overview(text, list);
    for (size_t i = 0; i < list->count && !text->failed; i++) {
        const struct claim_result *claim = list->items[i];
        struct claim_facts facts;
        text->failed |= !claim_facts(arena, list, claim, &facts);
        format->heading(text, i == 0, shown_verdict(claim), claim->declared->id, claim->declared->say);
        for (size_t f = 0; f < facts.count && !text->failed; f++)
            format->fact(text, facts.items[f].name, facts.items[f].value);
        text_add(text, "%s", format->end);
    }
    arena_destroy(arena);
}

/* For the terminal. */

static void add_text_heading(struct text *text, bool is_first, const char *verdict, const char *id,
                             const char *say)
{
    text_add(text, "%s%s: ", is_first ? "" : "\n", verdict);
    terminal_add(text, say);
    text_add(text, " [");
    terminal_add(text, id);
    text_add(text, "]\n");
}

static void add_text_fact(struct text *text, const char *name, const char *value)
{
    text_add(text, "  %-13s ", name);
    terminal_add(text, value);
    text_add_char(text, '\n');
}

void claims_add_text(struct text *text, const struct claim_list *list)
{
    static const struct format format = {NULL, add_text_heading, add_text_fact, ""};
    add_claims(text, list, &format);
}

/* Markdown. */

static void add_markdown_overview(struct text *text, const struct claim_list *list)
{
    enum { COLUMNS = 3 };
    static const struct grid_column columns[COLUMNS] = {{"", true}, {"claim", false}, {"verdict", false}};
    struct arena *arena = arena_create();
    const char **cells = arena != NULL ? arena_allocate(arena, COLUMNS * list->count, sizeof *cells) : NULL;
    text->failed |= cells == NULL;
    for (size_t i = 0; cells != NULL && i < list->count; i++) {
        cells[COLUMNS * i] = list->items[i]->declared->id;
        cells[COLUMNS * i + 1] = list->items[i]->declared->say;
        cells[COLUMNS * i + 2] = shown_verdict(list->items[i]);
    }
    text_add(text, "# Claims\n\n");
    if (cells != NULL)
        grid_add_markdown(text, &(struct grid){columns, COLUMNS, cells, list->count});
    text_add_char(text, '\n');
    arena_destroy(arena);
}

static void add_markdown_heading(struct text *text, bool is_first, const char *verdict, const char *id,
                                 const char *say)
{
    text_add(text, "%s## ", is_first ? "" : "\n");
    markdown_add(text, id);
    text_add(text, ". ");
    markdown_add(text, say);
    text_add(text, ": %s\n\n", verdict);
}

static void add_markdown_fact(struct text *text, const char *name, const char *value)
{
    text_add(text, "- **%s**: ", name);
    markdown_add(text, value);
    text_add_char(text, '\n');
}

void claims_add_markdown(struct text *text, const struct claim_list *list)
{
    static const struct format format = {add_markdown_overview, add_markdown_heading, add_markdown_fact, ""};
    add_claims(text, list, &format);
}

/* HTML. */

static void add_html_heading(struct text *text, bool is_first, const char *verdict, const char *id,
                             const char *say)
{
    (void)is_first;
    text_add(text,
             "<article class=\"claim\" data-verdict=\"%s\" aria-labelledby=\"claim-%s\">\n<h3 "
             "id=\"claim-%s\"><strong>%s</strong> ",
             verdict, id, id, verdict);
    xml_add(text, say);
    text_add(text, "</h3>\n<dl>\n");
}

static void add_html_fact(struct text *text, const char *name, const char *value)
{
    text_add(text, "<dt>%s</dt><dd>", name);
    xml_add(text, value);
    text_add(text, "</dd>\n");
}

void claims_add_html(struct text *text, const struct claim_list *list)
{
    static const struct format format = {NULL, add_html_heading, add_html_fact, "</dl>\n</article>\n"};
    add_claims(text, list, &format);
}

#include "report/style.h"

#include "report/escape.h"

static void end_nothing(struct text *text)
{
    (void)text;
}

static void start_nothing(struct text *text, const char *title)
{
    (void)text, (void)title;
}

static void begin_text(struct text *text, const char *name, const char *title)
{
    (void)name;
    terminal_add(text, title);
    text_add(text, "\n\n");
}

static void add_text_paragraph(struct text *text, const char *sentences)
{
    text_add_char(text, '\n');
    terminal_add(text, sentences);
    text_add_char(text, '\n');
}

static void add_text_note(struct text *text, bool is_first, const char *who, const char *what,
                          const char *command)
{
    text_add(text, "%s- ", is_first ? "\n" : "");
    terminal_add(text, who);
    text_add(text, ": ");
    terminal_add(text, what);
    if (command != NULL) {
        text_add(text, "; this runs what is missing:\n      ");
        terminal_add(text, command);
    }
    text_add_char(text, '\n');
}

static void start_markdown(struct text *text, const char *title)
{
    text_add(text, "# ");
    markdown_add(text, title);
    text_add(text, "\n\n");
}

static void begin_markdown(struct text *text, const char *name, const char *title)
{
    (void)name;
    text_add(text, "## ");
    markdown_add(text, title);
    text_add(text, "\n\n");
}

static void add_markdown_paragraph(struct text *text, const char *sentences)
{
    text_add_char(text, '\n');
    markdown_add(text, sentences);
    text_add_char(text, '\n');
}

static void add_markdown_note(struct text *text, bool is_first, const char *who, const char *what,
                              const char *command)
{
    text_add(text, "%s- ", is_first ? "\n" : "");
    markdown_add(text, who);
    text_add(text, ": ");
    markdown_add(text, what);
    if (command != NULL) {
        text_add(text, "; ");
        markdown_add_code(text, command);
        text_add(text, " runs what is missing");
    }
    text_add_char(text, '\n');
}

static void start_latex(struct text *text, const char *title)
{
    (void)title;
    text_add(text, "%% wants \\usepackage{booktabs}\n\n");
}

static void begin_latex(struct text *text, const char *name, const char *title)
{
    text_add(text, "\\begin{table}\n\\centering\n\\caption{");
    latex_add(text, title);
    text_add(text, "}\n\\label{tab:%s}\n", name);
}

static void add_latex_paragraph(struct text *text, const char *sentences)
{
    text_add(text, "\n\\smallskip\\footnotesize ");
    latex_add(text, sentences);
    text_add_char(text, '\n');
}

static void add_latex_note(struct text *text, bool is_first, const char *who, const char *what,
                           const char *command)
{
    (void)is_first;
    text_add_char(text, '\n');
    latex_add(text, who);
    text_add(text, ": ");
    latex_add(text, what);
    if (command != NULL) {
        text_add(text, "; \\texttt{");
        latex_add(text, command);
        text_add(text, "} runs what is missing");
    }
    text_add_char(text, '\n');
}

static void end_latex(struct text *text)
{
    text_add(text, "\\end{table}\n");
}

static void begin_html(struct text *text, const char *name, const char *title)
{
    text_add(text, "<section aria-labelledby=\"table-%s\">\n<h3 id=\"table-%s\">", name, name);
    xml_add(text, title);
    text_add(text, "</h3>\n");
}

static void add_html_paragraph(struct text *text, const char *sentences)
{
    text_add(text, "<p class=\"legend\">");
    xml_add(text, sentences);
    text_add(text, "</p>\n");
}

static void add_html_note(struct text *text, bool is_first, const char *who, const char *what,
                          const char *command)
{
    (void)is_first;
    text_add(text, "<p class=\"gap\">");
    xml_add(text, who);
    text_add(text, ": ");
    xml_add(text, what);
    if (command != NULL) {
        text_add(text, "; <code>");
        xml_add(text, command);
        text_add(text, "</code> runs what is missing");
    }
    text_add(text, "</p>\n");
}

static void end_html(struct text *text)
{
    text_add(text, "</section>\n");
}

const struct style text_style = {start_nothing,      begin_text,    grid_add_text,
                                 add_text_paragraph, add_text_note, end_nothing};
const struct style markdown_style = {start_markdown,         begin_markdown,    grid_add_markdown,
                                     add_markdown_paragraph, add_markdown_note, end_nothing};
const struct style latex_style = {start_latex,         begin_latex,    grid_add_latex,
                                  add_latex_paragraph, add_latex_note, end_latex};
const struct style html_style = {start_nothing,      begin_html,    grid_add_html,
                                 add_html_paragraph, add_html_note, end_html};

#include "report/grid.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "report/escape.h"

/* A cell as a format has it. */
typedef void add_plain(struct text *text, const char *plain);

static void add_times(struct text *text, char character, size_t count)
{
    while (count-- > 0)
        text_add_char(text, character);
}

static const char *cell_at(const struct grid *grid, size_t row, size_t column)
{
    const char *cell = grid->cells[row * grid->column_count + column];
    return cell != NULL ? cell : "";
}

/* The title of a column, or one of its cells. */
enum { TITLES = -1 };
static const char *line_cell(const struct grid *grid, long row, size_t column)
{
    return row == TITLES ? grid->columns[column].title : cell_at(grid, (size_t)row, column);
}

/* As written to `text`, which has failed where it cannot be known. */
static size_t cell_width(struct text *text, const char *cell, add_plain *add)
{
    struct text written = {0};
    add(&written, cell);
    const size_t width = written.length > 0 && !written.failed ? utf8_count(written.bytes) : 0;
    text->failed |= written.failed;
    text_finish(&written);
    return width;
}

/* Of every column, to be freed; NULL without memory, and then the text has failed. */
static size_t *column_widths(struct text *text, const struct grid *grid, size_t least, add_plain *add)
{
    size_t *widths = memory_allocate(grid->column_count, sizeof *widths);
    text->failed |= widths == NULL;
    for (size_t column = 0; widths != NULL && column < grid->column_count; column++) {
        widths[column] = least;
        for (long row = TITLES; row < (long)grid->row_count; row++) {
            const size_t width = cell_width(text, line_cell(grid, row, column), add);
            if (widths[column] < width)
                widths[column] = width;
        }
    }
    return widths;
}

static void add_padded(struct text *text, const char *cell, size_t width, bool number, add_plain *add)
{
    const size_t own = cell_width(text, cell, add), room = width > own ? width - own : 0;
    add_times(text, ' ', number ? room : 0);
    add(text, cell);
    add_times(text, ' ', number ? 0 : room);
}

static void drop_spaces(struct text *text)
{
    while (text->length > 0 && text->bytes[text->length - 1] == ' ')
        text->bytes[--text->length] = '\0';
}

void grid_add_text(struct text *text, const struct grid *grid)
{
    size_t *widths = column_widths(text, grid, 0, terminal_add);
    for (long row = TITLES; widths != NULL && row < (long)grid->row_count; row++) {
        for (size_t column = 0; column < grid->column_count; column++) {
            text_add(text, "%s", column > 0 ? "  " : "");
            add_padded(text, line_cell(grid, row, column), widths[column], grid->columns[column].number,
                       terminal_add);
        }
        drop_spaces(text);
        text_add_char(text, '\n');
    }
    memory_free(widths);
}

static void add_delimiters(struct text *text, const struct grid *grid, const size_t *widths)
{
    for (size_t column = 0; column < grid->column_count; column++) {
        text_add_char(text, '|');
        add_times(text, '-', widths[column] + 1);
        text_add_char(text, grid->columns[column].number ? ':' : '-');
    }
    text_add(text, "|\n");
}

void grid_add_markdown(struct text *text, const struct grid *grid)
{
    size_t *widths = column_widths(text, grid, 1, markdown_add);
    for (long row = TITLES; widths != NULL && row < (long)grid->row_count; row++) {
        for (size_t column = 0; column < grid->column_count; column++) {
            text_add(text, "| ");
            add_padded(text, line_cell(grid, row, column), widths[column], grid->columns[column].number,
                       markdown_add);
            text_add_char(text, ' ');
        }
        text_add(text, "|\n");
        if (row == TITLES)
            add_delimiters(text, grid, widths);
    }
    memory_free(widths);
}

void grid_add_latex(struct text *text, const struct grid *grid)
{
    text_add(text, "\\begin{tabular}{");
    for (size_t column = 0; column < grid->column_count; column++)
        text_add_char(text, grid->columns[column].number ? 'r' : 'l');
    text_add(text, "}\n\\toprule\n");
    for (long row = TITLES; row < (long)grid->row_count; row++) {
        for (size_t column = 0; column < grid->column_count; column++) {
            text_add(text, "%s", column > 0 ? " & " : "");
            latex_add(text, line_cell(grid, row, column));
        }
        text_add(text, " \\\\\n%s", row == TITLES ? "\\midrule\n" : "");
    }
    text_add(text, "\\bottomrule\n\\end{tabular}\n");
}

static void add_html_cell(struct text *text, const char *cell, const char *element, const char *scope,
                          bool number)
{
    text_add(text, "<%s%s%s>", element, scope, number ? " class=\"number\"" : "");
    xml_add(text, cell);
    text_add(text, "</%s>", element);
}

void grid_add_html(struct text *text, const struct grid *grid)
{
    text_add(text,
             "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"table\">\n<table>\n<thead><tr>");
    for (size_t column = 0; column < grid->column_count; column++)
        add_html_cell(text, grid->columns[column].title, "th", " scope=\"col\"",
                      grid->columns[column].number);
    text_add(text, "</tr></thead>\n<tbody>\n");
    for (size_t row = 0; row < grid->row_count; row++) {
        text_add(text, "<tr>");
        for (size_t column = 0; column < grid->column_count; column++)
            add_html_cell(text, cell_at(grid, row, column), column == 0 ? "th" : "td",
                          column == 0 ? " scope=\"row\"" : "", grid->columns[column].number);
        text_add(text, "</tr>\n");
    }
    text_add(text, "</tbody>\n</table>\n</div>\n");
}

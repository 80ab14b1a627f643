/* The curves of a page: a picture that needs no script, whose letters stay as large as the page's however
 * small the screen, and the numbers that a script makes a chart of. */
#include "report/page_sections.h"

#include <math.h>

#include "base/number.h"
#include "io/json.h"
#include "report/escape.h"

/* Of the picture, which is stretched to its place. */
enum { WIDTH = 1000, HEIGHT = 400, EPOCH_TICS = 12, VALUE_TICS = 8, DIGITS = 6 };

static const double first_epoch = 1;

static double last_epoch(const struct figure *figure)
{
    return fmax(figure->last_epoch, 2);
}

/* How far from the left, and from the top: from 0 to 1 inside the picture. */
static double share_of_epoch(const struct figure *figure, double epoch)
{
    return (epoch - first_epoch) / (last_epoch(figure) - first_epoch);
}

/* Far outside the picture one value is as good as another, and may have no number of its own. */
static double share_of_value(const struct figure *figure, double value)
{
    const double far = 1e6;
    return fmax(-far, fmin((figure->top - value) / (figure->top - figure->bottom), far));
}

static void add_fixed(struct text *text, double value, int digits)
{
    char buffer[NUMBER_TEXT_SIZE];
    text_add(text, "%s", number_print_fixed(buffer, value, digits));
}

static void add_point(struct text *text, const struct figure *figure, double epoch, double value)
{
    add_fixed(text, WIDTH * share_of_epoch(figure, epoch), 1);
    text_add_char(text, ' ');
    add_fixed(text, HEIGHT * share_of_value(figure, value), 1);
}

/* "colour-1 dash-2": by these classes the style gives a line its look. */
static void add_classes(struct text *text, const struct figure *figure, const struct figure_line *line)
{
    const struct figure_look look = figure_look(figure, line);
    text_add(text, "colour-%zu dash-%zu", look.colour, look.dash);
}

static void begin_path(struct text *text, const char *kind, const struct figure *figure,
                       const struct figure_line *line)
{
    text_add(text, "<path class=\"%s ", kind);
    add_classes(text, figure, line);
    text_add(text, "\" d=\"M");
}

static void add_band(struct text *text, const struct figure *figure, const struct figure_line *line)
{
    const struct band *band = &line->band;
    if (band->epochs < 2 || band->runs < 2)
        return;
    begin_path(text, "band", figure, line);
    for (size_t e = 0; e < band->epochs; e++) {
        add_point(text, figure, band->epoch[e], band->high[e]);
        text_add_char(text, ' ');
    }
    for (size_t e = band->epochs; e-- > 0;) {
        add_point(text, figure, band->epoch[e], band->low[e]);
        text_add_char(text, e > 0 ? ' ' : 'z');
    }
    text_add(text, "\"/>\n");
}

/* The line, and a dot at each epoch: a stroke without length. */
static void add_line(struct text *text, const struct figure *figure, const struct figure_line *line)
{
    const struct band *band = &line->band;
    if (band->epochs == 0)
        return;
    begin_path(text, "line", figure, line);
    for (size_t e = 0; e < band->epochs; e++) {
        text_add(text, "%s", e > 0 ? " " : "");
        add_point(text, figure, band->epoch[e], band->mean[e]);
    }
    text_add(text, "\"/>\n");
    begin_path(text, "dots", figure, line);
    for (size_t e = 0; e < band->epochs; e++) {
        text_add(text, "%s", e > 0 ? "M" : "");
        add_point(text, figure, band->epoch[e], band->mean[e]);
        text_add(text, "h0");
    }
    text_add(text, "\"/>\n");
}

/* Tics of an axis. */
struct tics {
    double first, step;
    int count;
};

static struct tics tics_between(double low, double high, int most, double least)
{
    const double step = figure_step(high - low, most, least), first = ceil(low / step - 1e-9);
    return (struct tics){first * step, step, (int)(floor(high / step + 1e-9) - first) + 1};
}

static double tic_at(const struct tics *tics, int number)
{
    return tics->first + number * tics->step;
}

static struct tics epoch_tics(const struct figure *figure)
{
    return tics_between(first_epoch, last_epoch(figure), EPOCH_TICS, 1);
}

static struct tics value_tics(const struct figure *figure)
{
    return tics_between(figure->bottom, figure->top, VALUE_TICS, 0);
}

static void add_tics(struct text *text, const char *axis, const char *side, const struct figure *figure,
                     const struct tics *tics, double (*share)(const struct figure *figure, double value))
{
    char buffer[NUMBER_TEXT_SIZE];
    for (int i = 0; i < tics->count; i++) {
        text_add(text, "<span class=\"tic %s\" style=\"%s:", axis, side);
        add_fixed(text, 100 * share(figure, tic_at(tics, i)), 2);
        text_add(text, "%%\">%s</span>\n", number_print_significant(buffer, tic_at(tics, i), DIGITS));
    }
}

static void add_picture(struct text *text, const struct figure *figure)
{
    const struct tics epochs = epoch_tics(figure), values = value_tics(figure);
    text_add(text, "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
             WIDTH, HEIGHT);
    xml_add(text, figure->declared->title);
    text_add(text, "\">\n<path class=\"grid\" d=\"");
    for (int i = 0; i < values.count; i++) {
        text_add(text, "M0 ");
        add_fixed(text, HEIGHT * share_of_value(figure, tic_at(&values, i)), 1);
        text_add(text, "h%d", WIDTH);
    }
    text_add(text, "\"/>\n");
    for (size_t i = 0; i < figure->line_count; i++)
        add_band(text, figure, &figure->lines[i]);
    for (size_t i = 0; i < figure->line_count; i++)
        add_line(text, figure, &figure->lines[i]);
    text_add(text, "</svg>\n");
    add_tics(text, "epoch", "left", figure, &epochs, share_of_epoch);
    add_tics(text, "value", "top", figure, &values, share_of_value);
}

static void add_key(struct text *text, const struct figure *figure)
{
    text_add(text, "<ul class=\"key\">\n");
    for (size_t i = 0; i < figure->line_count; i++) {
        text_add(text, "<li class=\"");
        add_classes(text, figure, &figure->lines[i]);
        text_add(text,
                 "\"><svg viewBox=\"0 0 32 8\" aria-hidden=\"true\"><path class=\"line\" d=\"M1 4h30\"/>"
                 "</svg><span>");
        xml_add(text, figure->lines[i].label);
        text_add(text, "</span></li>\n");
    }
    text_add(text, "</ul>\n");
}

static void add_numbers(struct json_writer *json, const char *key, const double *values, size_t count)
{
    char buffer[NUMBER_TEXT_SIZE];
    json_open(json, key, '[');
    for (size_t i = 0; i < count; i++)
        json_raw(json, NULL, number_print_significant(buffer, values[i], DIGITS));
    json_close(json);
}

/* Numbers alone, so that nothing in them can end the element; their lines are those of the key. */
static void add_data(struct text *text, const struct figure *figure)
{
    const double range[] = {figure->bottom, figure->top}, epochs[] = {first_epoch, last_epoch(figure)};
    struct json_writer json = {.text = text, .compact = true};
    text_add(text, "<script type=\"application/json\">");
    json_open(&json, NULL, '{');
    add_numbers(&json, "values", range, 2);
    add_numbers(&json, "epochs", epochs, 2);
    json_open(&json, "lines", '[');
    for (size_t i = 0; i < figure->line_count; i++) {
        const struct band *band = &figure->lines[i].band;
        json_open(&json, NULL, '{');
        add_numbers(&json, "epoch", band->epoch, band->epochs);
        add_numbers(&json, "mean", band->mean, band->epochs);
        add_numbers(&json, "low", band->low, band->epochs);
        add_numbers(&json, "high", band->high, band->epochs);
        json_close(&json);
    }
    json_close(&json);
    json_close(&json);
    text_add(text, "</script>\n");
}

static void add_plot(struct text *text, const struct figure *figure, bool numbers)
{
    add_key(text, figure);
    text_add(text, "<p class=\"unit\">");
    xml_add(text, figure->value);
    text_add(text, "</p>\n<div class=\"plot\">\n");
    add_picture(text, figure);
    text_add(text, "</div>\n<p class=\"unit epoch\">epoch</p>\n");
    if (numbers)
        add_data(text, figure);
}

void page_add_figure(struct text *text, const struct figure *figure, bool numbers)
{
    const char *name = figure->declared->name;
    text_add(text, "<figure aria-labelledby=\"figure-%s\">\n<figcaption>\n<h3 id=\"figure-%s\">", name, name);
    xml_add(text, figure->declared->title);
    text_add(text, "</h3>\n<p class=\"legend\">");
    xml_add(text, figure->subtitle);
    text_add(text, "</p>\n</figcaption>\n");
    if (figure->last_epoch > 0)
        add_plot(text, figure, numbers);
    text_add(text, "</figure>\n");
}

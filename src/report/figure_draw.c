/* A figure as gnuplot's script, data included, and as the picture that comes of it. */
#include "report/figure.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "report/escape.h"
#include "report/gnuplot.h"

const char *const figure_extensions[FIGURE_FORMATS] = {[FIGURE_SVG] = "svg", [FIGURE_PNG] = "png"};

/* Pixels of the SVG, whose measures the PNG has at twice the density. How wide letters are is known by their
 * mean only. */
enum {
    WIDTH = 800,
    TITLE = 42,
    ROW = 22,
    GAP = 10,
    PLOT = 340,
    UNDER = 100,
    CAPTION = 13,
    LEFT = 72,
    STROKE = 46, /* of a line in the key */
    SAMPLE = 76, /* that, and the gaps beside it */
    CHARACTER = 10,
    FONT = 14,
    SMALLEST_FONT = 5,
    LABELS = 3, /* of gnuplot: title and subtitle come before those of the key */
};

static const struct {
    const char *name, *options;
    int density;
} terminals[FIGURE_FORMATS] = {
    [FIGURE_SVG] = {"svg", "font 'sans-serif,14'", 1},
    [FIGURE_PNG] = {"pngcairo", "font 'sans,14' fontscale 2 linewidth 2", 2},
};

/* Okabe and Ito's, those first that are strongest on white; their yellow is left out. */
static const char *const colours[FIGURE_COLOURS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                    "#e69f00", "#56b4e9", "#000000"};
static const char *const dashes[FIGURE_DASHES] = {"solid", "(12,6)", "(3,5)", "(12,5,3,5)"};
enum {
    DIGITS = 6, /* of the numbers in the script */
    MOST_TICS = 15,
};

static void add_number(struct text *text, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    text_add(text, " %s", number_print_significant(buffer, value, DIGITS));
}

static void add_row(struct text *text, double epoch, double low, double high)
{
    add_number(text, epoch);
    add_number(text, low);
    add_number(text, high);
    text_add_char(text, '\n');
}

/* Where between two epochs a line through `from` and `to` meets `level`; NaN where it does not. */
static double crossing(double from, double to, double level)
{
    return (from < level) != (to < level) && from != to ? (level - from) / (to - from) : NAN;
}

/* The band under the top of the axis: gnuplot would cut a polygon, but not always at the axis. */
static void add_band(struct text *text, const struct band *band, double top)
{
    for (size_t e = 0; e < band->epochs; e++) {
        add_row(text, band->epoch[e], fmin(band->low[e], top), fmin(band->high[e], top));
        if (e + 1 == band->epochs)
            break;
        const double first = crossing(band->low[e], band->low[e + 1], top),
                     second = crossing(band->high[e], band->high[e + 1], top);
        const double shares[] = {fmin(first, second), fmax(first, second)}; /* NaN only where both are */
        for (int i = 0; i < 2; i++)
            if (!isnan(shares[i]) && (i == 0 || shares[1] > shares[0])) {
                const double share = shares[i];
                add_row(text, band->epoch[e] + share * (band->epoch[e + 1] - band->epoch[e]),
                        fmin(band->low[e] + share * (band->low[e + 1] - band->low[e]), top),
                        fmin(band->high[e] + share * (band->high[e + 1] - band->high[e]), top));
            }
    }
}

static void add_data(struct text *script, const struct figure *figure)
{
    for (size_t i = 0; i < figure->line_count; i++) {
        const struct band *band = &figure->lines[i].band;
        text_add(script, "$mean%zu << END\n", i);
        for (size_t e = 0; e < band->epochs; e++) {
            add_number(script, band->epoch[e]);
            add_number(script, band->mean[e]);
            text_add_char(script, '\n');
        }
        text_add(script, "END\n$band%zu << END\n", i);
        add_band(script, band, figure->top);
        text_add(script, "END\n");
    }
}

/* The key stands above the plot, in as many columns as its longest label leaves room for; one that is longer
 * than the picture is wide is written small. */
struct key {
    size_t rows;
    int width, font; /* of a column, pixels; of its labels, points */
};

static struct key key_of(const struct figure *figure)
{
    size_t widest = 1;
    for (size_t i = 0; i < figure->line_count; i++) {
        const size_t width = utf8_count(figure->lines[i].label);
        widest = widest > width ? widest : width;
    }
    const size_t room = (WIDTH - LEFT) / (SAMPLE + CHARACTER * widest), columns = room > 0 ? room : 1;
    const int font = FONT * (WIDTH - LEFT - SAMPLE) / (CHARACTER * (int)widest);
    return (struct key){(figure->line_count + columns - 1) / columns, (WIDTH - LEFT) / (int)columns,
                        font < SMALLEST_FONT ? SMALLEST_FONT
                        : font > FONT        ? FONT
                                             : font};
}

/* From the top: title, key, a gap, plot, what is under it. */
static int height_of(const struct figure *figure)
{
    return TITLE + ROW * (int)key_of(figure).rows + GAP + PLOT + UNDER;
}

/* So many pixels from the bottom, as a share of the height. */
static void add_height(struct text *script, const struct figure *figure, int pixels)
{
    add_number(script, (double)pixels / height_of(figure));
}

static void add_terminal(struct text *script, const struct figure *figure, enum figure_format format)
{
    const int density = terminals[format].density;
    text_add(script, "set terminal %s size %d,%d %s background '#ffffff' noenhanced\nset encoding utf8\n",
             terminals[format].name, density * WIDTH, density * height_of(figure), terminals[format].options);
}

static void add_colour(struct text *script, struct figure_look look)
{
    text_add(script, " linewidth 2 linecolor rgb '%s' dashtype %s", colours[look.colour], dashes[look.dash]);
}

/* Drawn piece by piece: gnuplot's own key leaves the picture where it becomes long. */
static void add_key(struct text *script, const struct figure *figure)
{
    const struct key key = key_of(figure);
    text_add(script, "unset key\n");
    for (size_t i = 0; i < figure->line_count; i++) {
        const int left = LEFT + key.width * (int)(i / key.rows),
                  bottom = height_of(figure) - TITLE - ROW * (int)(i % key.rows) - ROW / 2;
        text_add(script, "set arrow %zu from screen", i + 1);
        add_number(script, (double)left / WIDTH);
        text_add(script, ", screen");
        add_height(script, figure, bottom);
        text_add(script, " to screen");
        add_number(script, (double)(left + STROKE) / WIDTH);
        text_add(script, ", screen");
        add_height(script, figure, bottom);
        text_add(script, " nohead");
        add_colour(script, figure_look(figure, &figure->lines[i]));
        text_add(script, "\nset label %zu ", i + LABELS);
        gnuplot_add_quoted(script, figure->lines[i].label);
        text_add(script, " at screen");
        add_number(script, (double)(left + STROKE + GAP) / WIDTH);
        text_add(script, ", screen");
        add_height(script, figure, bottom);
        text_add(script, " left font ',%d'\n", key.font);
    }
}

static void add_axes(struct text *script, const struct figure *figure)
{
    const int height = height_of(figure);
    text_add(script, "set label 1 ");
    gnuplot_add_quoted(script, figure->declared->title);
    text_add(script, " at screen 0.5, screen");
    add_height(script, figure, height - TITLE / 2);
    text_add(script, " center font ',16'\nset label 2 ");
    gnuplot_add_quoted(script, figure->subtitle);
    text_add(script, " at screen 0.5, screen");
    add_height(script, figure, CAPTION);
    text_add(script, " center font ',11' textcolor rgb '#595959'\nset tmargin at screen");
    add_height(script, figure, UNDER + PLOT);
    text_add(script, "\nset bmargin at screen");
    add_height(script, figure, UNDER);
    text_add(script, "\nset rmargin 3\n"
                     "set border 3 linecolor rgb '#595959'\n"
                     "set tics nomirror out textcolor rgb '#333333'\n"
                     "set grid linecolor rgb '#dddddd' linewidth 1 linetype 1\n"
                     "set xlabel 'epoch'\nset ylabel ");
    gnuplot_add_quoted(script, figure->value);
    text_add(script, "\nset xtics %.0f\nset xrange [", figure_step(figure->last_epoch, MOST_TICS, 1));
    add_number(script, 1);
    text_add_char(script, ':');
    add_number(script, fmax(figure->last_epoch, 2));
    text_add(script, "]\nset yrange [");
    add_number(script, figure->bottom);
    text_add_char(script, ':');
    add_number(script, figure->top);
    text_add(script, "]\n");
}

/* Bands lie under all lines. */
static void add_plot(struct text *script, const struct figure *figure)
{
    text_add(script, "plot NaN notitle");
    for (size_t i = 0; i < figure->line_count; i++)
        if (figure->lines[i].band.epochs > 1 && figure->lines[i].band.runs > 1)
            text_add(
                script,
                ", $band%zu using 1:2:3 with filledcurves linecolor rgb '%s' fillstyle transparent solid "
                "0.15 noborder notitle",
                i, colours[figure_look(figure, &figure->lines[i]).colour]);
    for (size_t i = 0; i < figure->line_count; i++)
        if (figure->lines[i].band.epochs > 0) {
            text_add(script, ", $mean%zu using 1:2 with linespoints pointtype 7 pointsize 0.3", i);
            add_colour(script, figure_look(figure, &figure->lines[i]));
            text_add(script, " notitle");
        }
    text_add_char(script, '\n');
}

/* Browsers show an SVG's title, which gnuplot has its own idea of. */
static void add_titled(struct text *picture, const struct text *drawn, const char *title)
{
    static const char theirs[] = "<title>Gnuplot</title>";
    const char *at = strstr(drawn->bytes, theirs);
    if (at == NULL) {
        text_add_bytes(picture, drawn->bytes, drawn->length);
        return;
    }
    text_add_bytes(picture, drawn->bytes, (size_t)(at - drawn->bytes));
    text_add(picture, "<title>");
    xml_add(picture, title);
    text_add(picture, "</title>%s", at + strlen(theirs));
}

bool figure_draw(const struct figure *figure, enum figure_format format, struct text *picture,
                 struct assay_error *error)
{
    struct text script = {0}, drawn = {0};
    add_terminal(&script, figure, format);
    add_data(&script, figure);
    add_key(&script, figure);
    add_axes(&script, figure);
    add_plot(&script, figure);
    const bool done = gnuplot_draw(&script, &drawn, error);
    if (done && format == FIGURE_SVG)
        add_titled(picture, &drawn, figure->declared->title);
    else if (done)
        text_add_bytes(picture, drawn.bytes, drawn.length);
    text_finish(&script);
    text_finish(&drawn);
    return done && (!picture->failed || assay_fail_memory(error, "drawing a figure"));
}

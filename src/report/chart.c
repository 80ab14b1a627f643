#include "report/chart.h"

#include <math.h>
#include <string.h>

#include "report/escape.h"

enum { WIDTH = 64, HEIGHT = 14 };

struct range {
    double least, most;
};

static void take(struct range *range, double value)
{
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

static int place(struct range range, double value, int cells)
{
    const double span = range.most - range.least;
    return span > 0 ? (int)lround((value - range.least) / span * (cells - 1)) : (cells - 1) / 2;
}

static void add_axis(struct text *text, struct range x)
{
    struct text first = {0}, last = {0};
    text_add_double(&first, x.least);
    text_add_double(&last, x.most);
    text_add(text, "  %10s +", "");
    for (int column = 0; column < WIDTH; column++)
        text_add_char(text, '-');
    text_add(text, "\n  %10s  %s%*s\n", "", first.failed ? "" : first.bytes, WIDTH - (int)first.length,
             last.failed ? "" : last.bytes);
    text->failed |= first.failed || last.failed;
    text_finish(&first);
    text_finish(&last);
}

void chart_add(struct text *text, const char *title, const struct series *series, size_t count)
{
    struct range x = {INFINITY, -INFINITY}, y = x;
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < series[s].count; i++)
            if (isfinite(series[s].x[i]) && isfinite(series[s].y[i])) {
                take(&x, series[s].x[i]);
                take(&y, series[s].y[i]);
            }
    if (x.least > x.most)
        return;

    char cells[HEIGHT][WIDTH];
    memset(cells, ' ', sizeof cells);
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < series[s].count; i++)
            if (isfinite(series[s].x[i]) && isfinite(series[s].y[i])) {
                char *cell =
                    &cells[HEIGHT - 1 - place(y, series[s].y[i], HEIGHT)][place(x, series[s].x[i], WIDTH)];
                *cell = *cell == ' ' || *cell == series[s].mark ? series[s].mark : '*';
            }
    terminal_add(text, title);
    text_add(text, " by epoch\n");
    for (int row = 0; row < HEIGHT; row++) {
        if (row == 0 || row == HEIGHT - 1)
            text_add(text, "  %10.4g |", row == 0 ? y.most : y.least);
        else
            text_add(text, "  %10s |", "");
        int end = WIDTH;
        while (end > 0 && cells[row][end - 1] == ' ')
            end--;
        text_add(text, "%.*s\n", end, cells[row]);
    }
    add_axis(text, x);
}

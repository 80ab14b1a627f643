/* Curves of several runs as bands and figures, and the pictures that gnuplot makes of them. */
#include "results_case.h"

#include <math.h>
#include <signal.h>

#include "report/figure.h"
#include "report/gnuplot.h"

static void check_band(const struct band *band, const char *wanted)
{
    struct text text = {0};
    for (size_t e = 0; e < band->epochs; e++)
        text_add(&text, "%g: %g in %g to %g of %zu\n", band->epoch[e], band->mean[e], band->low[e],
                 band->high[e], band->counts[e]);
    CHECK_TEXT(text.length > 0 ? text.bytes : "", wanted);
    text_finish(&text);
}

/* A mean goes on for as long as half of the runs do. */
static void bands(void)
{
    static const double epochs[] = {1, 2, 3, 4}, a[] = {4, 3, 2, 1}, b[] = {6, 1}, c[] = {5, NAN, 8},
                        nothing[] = {NAN, NAN};
    const struct band_curve curves[] = {{epochs, a, 4}, {epochs, b, 2}, {epochs, c, 3}, {epochs, nothing, 2}};
    struct arena *arena = arena_create();
    struct band band;
    CU_ASSERT_TRUE(band_of(arena, curves, 4, &band));
    CU_ASSERT_EQUAL(band.runs, 3);
    check_band(&band, "1: 5 in 4 to 6 of 3\n2: 2 in 1 to 3 of 2\n3: 5 in 2 to 8 of 2\n");
    CU_ASSERT_TRUE(band_of(arena, curves, 1, &band));
    check_band(&band, "1: 4 in 4 to 4 of 1\n2: 3 in 3 to 3 of 1\n3: 2 in 2 to 2 of 1\n4: 1 in 1 to 1 of 1\n");
    CU_ASSERT_TRUE(band_of(arena, curves + 3, 1, &band));
    CU_ASSERT_EQUAL(band.runs, 0);
    check_band(&band, "");
    CU_ASSERT_TRUE(band_of(arena, NULL, 0, &band));
    check_band(&band, "");
    arena_destroy(arena);
}

static void steps(void)
{
    static const struct {
        double range, least, wanted;
    } cases[] = {{0.7, 0, 0.2}, {10, 0, 2},    {9, 1, 2},       {1e-7, 0, 2e-8},   {1e-30, 0, 1e-9},
                 {3, 1, 1},     {4e9, 0, 1e9}, {1e17, 0, 2e16}, {1e300, 1, 2e299}, {INFINITY, 0, 5e307}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(figure_step(cases[i].range, 5, cases[i].least), cases[i].wanted);
}

static const char experiment[] =
    "name: e\nbase: net.yaml\nseeds: [1, 2]\n"
    "points: [{label: A, set: {train.batch_size: 1}}, "
    "{label: \"it's <B> & more\", set: {train.batch_size: 2}}]\n"
    "figures:\n"
    "  - {name: both, title: \"A & 'B'\", columns: [train_error_pct, val_error_pct]}\n"
    "  - {name: one, points: [A], columns: [val_error_pct]}\n"
    "  - {name: other, points: [A], columns: [learning_rate, val_error_pct]}\n";

struct figures {
    struct results_case opened;
    const struct results *results;
    struct assay_error error;
};

/* Of B a run is missing. */
static struct figures set_up(void)
{
    enter_directory();
    write_case_config();
    write_text("e.yaml", experiment);
    struct figures figures = {.opened = results_case_open("e.yaml")};
    make_run(case_run(&figures.opened, "A", 1, -1), &(struct made_run){.val_errors = "80 9 2 2 2"});
    make_run(case_run(&figures.opened, "A", 2, -1), &(struct made_run){.val_errors = "60 7 4 3"});
    make_run(case_run(&figures.opened, "it's <B> & more", 2, -1), &(struct made_run){.val_errors = "70 5 3"});
    figures.results = results_load(figures.opened.arena, figures.opened.plan, &figures.error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(figures.results);
    return figures;
}

static void tear_down(struct figures *figures)
{
    results_case_close(&figures->opened);
    leave_directory();
}

static const struct figure *figure_at(struct figures *figures, size_t index)
{
    const struct figure *figure =
        figure_create(figures->opened.arena, figures->results, &figures->results->experiment->figures[index],
                      &figures->error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(figure);
    return figure;
}

static void says_what_lines_are(void)
{
    struct figures figures = set_up();
    const struct figure *both = figure_at(&figures, 0), *one = figure_at(&figures, 1),
                        *other = figure_at(&figures, 2);
    CU_ASSERT_EQUAL(both->line_count, 4);
    CHECK_TEXT(both->lines[0].label, "A, training");
    CHECK_TEXT(both->lines[1].label, "A, validation");
    CHECK_TEXT(both->lines[3].label, "it's <B> & more, validation (1 of 2 runs)");
    CHECK_TEXT(both->value, "error, %");
    CHECK_TEXT(both->subtitle, "mean, lowest and highest, for as long as half of them went on");
    CHECK_TEXT(one->lines[0].label, "A");
    CHECK_TEXT(one->value, "validation error, %");
    CHECK_TEXT(one->subtitle, "mean, lowest and highest of 2 runs, for as long as half of them went on");
    CHECK_TEXT(other->lines[0].label, "learning_rate (0 of 2 runs)");
    CHECK_TEXT(other->lines[1].label, "validation error, %");
    CHECK_TEXT(other->value, "");
    CU_ASSERT_EQUAL(one->last_epoch, 5);
    check_band(&one->lines[0].band, "1: 70 in 60 to 80 of 2\n2: 8 in 7 to 9 of 2\n3: 3 in 2 to 4 of 2\n"
                                    "4: 2.5 in 2 to 3 of 2\n5: 2 in 2 to 2 of 1\n");
    tear_down(&figures);
}

/* Two columns of fourteen points are told apart. */
static void lines_look_different(void)
{
    enum { POINTS = 14, COLUMNS = 2 };
    const struct experiment_figure declared = {.point_count = POINTS, .column_count = COLUMNS};
    const struct figure figure = {.declared = &declared};
    bool is_taken[FIGURE_COLOURS][FIGURE_DASHES] = {{false}};
    for (size_t i = 0; i < POINTS * COLUMNS; i++) {
        const struct figure_line line = {.point = i / COLUMNS, .column = i % COLUMNS};
        const struct figure_look look = figure_look(&figure, &line);
        CU_ASSERT_FATAL(look.colour < FIGURE_COLOURS && look.dash < FIGURE_DASHES);
        CU_ASSERT_FALSE(is_taken[look.colour][look.dash]);
        is_taken[look.colour][look.dash] = true;
    }
}

/* The axis follows where curves end up: at most 4 in their second half. */
static void axis_shows_what_matters(void)
{
    struct figures figures = set_up();
    const struct figure *one = figure_at(&figures, 1);
    CU_ASSERT_EQUAL(one->bottom, 0);
    CU_ASSERT_DOUBLE_EQUAL(one->top, 2.5 * 4 + 0.05 * (2.5 * 4 - 2), 1e-12);
    tear_down(&figures);
}

static bool has_gnuplot(void)
{
    struct text script = {0}, picture = {0};
    struct assay_error error = {0};
    text_add(&script, "set terminal dumb\nplot x\n");
    const bool drawn = gnuplot_draw(&script, &picture, &error);
    if (!drawn)
        printf("skipped: %s ", error.text);
    text_finish(&script);
    text_finish(&picture);
    return drawn;
}

static void pictures_are_the_same_each_time(void)
{
    if (!has_gnuplot())
        return;
    struct figures figures = set_up();
    for (size_t f = 0; f < figures.results->experiment->figure_count; f++) {
        const struct figure *figure = figure_at(&figures, f);
        struct text first = {0}, second = {0}, png = {0};
        CU_ASSERT_TRUE_FATAL(figure_draw(figure, FIGURE_SVG, &first, &figures.error));
        setenv("LC_ALL", "de_DE.UTF-8", 1);
        setenv("GNUTERM", "dumb", 1);
        CU_ASSERT_TRUE_FATAL(figure_draw(figure, FIGURE_SVG, &second, &figures.error));
        CHECK_TEXT(second.bytes, first.bytes);
        CU_ASSERT_TRUE_FATAL(figure_draw(figure, FIGURE_PNG, &png, &figures.error));
        CU_ASSERT(png.length > 8 && memcmp(png.bytes, "\x89PNG\r\n\x1A\n", 8) == 0);
        if (f == 0) {
            CU_ASSERT_PTR_NOT_NULL(strstr(first.bytes, "<title>A &amp; &#39;B&#39;</title>"));
            CU_ASSERT_PTR_NOT_NULL(strstr(first.bytes, "it's &lt;B> &amp; more, validation (1 of 2 runs)"));
        }
        text_finish(&first);
        text_finish(&second);
        text_finish(&png);
    }
    tear_down(&figures);
}

static void says_where_gnuplot_is_to_be_had(void)
{
    struct text script = {0}, picture = {0};
    struct assay_error error = {0};
    text_add(&script, "plot x\n");
    char *const path = strdup(getenv("PATH"));
    setenv("PATH", "/nowhere", 1);
    CU_ASSERT_FALSE(gnuplot_draw(&script, &picture, &error));
    setenv("PATH", path, 1);
    free(path);
    CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
    CHECK_TEXT(error.text,
               "figures are drawn by gnuplot, which is not here; Debian and Ubuntu have it in the package "
               "gnuplot-nox");
    CU_ASSERT_EQUAL(picture.length, 0);
    text_finish(&script);
    text_finish(&picture);
}

static void quotes(void)
{
    struct text text = {0};
    gnuplot_add_quoted(&text, "it's \\n `date` \"x\"\n\xFF é");
    CHECK_TEXT(text.bytes, "'it''s \\n `date` \"x\"   é'");
    text_finish(&text);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    CU_TestInfo tests[] = {
        {"bands", bands},
        {"steps of an axis", steps},
        {"says what lines are", says_what_lines_are},
        {"lines look different", lines_look_different},
        {"the axis shows what matters", axis_shows_what_matters},
        {"pictures are the same each time", pictures_are_the_same_each_time},
        {"says where gnuplot is to be had", says_where_gnuplot_is_to_be_had},
        {"quotes", quotes},
        CU_TEST_INFO_NULL,
    };
    return run_suite("figures", tests);
}

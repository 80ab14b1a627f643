#include "harness.h"

#include "report/escape.h"
#include "report/grid.h"

static const struct grid_column columns[] = {{"Model", false}, {"error, %", true}, {"", false}};
static const char *cells[] = {
    "L2 + Tanh", "0.69 ± 0.05", "", "[a*b|c] $x$", "10", "new\nline", "", NULL, "50 % of <i>&amp;</i>",
};
static const struct grid grid = {columns, 3, cells, 3};

static void check_grid(void (*add)(struct text *, const struct grid *), const char *wanted)
{
    struct text text = {0};
    add(&text, &grid);
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
}

static void as_text(void)
{
    check_grid(grid_add_text, "Model           error, %\n"
                              "L2 + Tanh    0.69 ± 0.05\n"
                              "[a*b|c] $x$           10  new\\x0Aline\n"
                              "                          50 % of <i>&amp;</i>\n");
}

static void as_markdown(void)
{
    check_grid(grid_add_markdown, "| Model             |    error, % |                           |\n"
                                  "|-------------------|------------:|---------------------------|\n"
                                  "| L2 + Tanh         | 0.69 ± 0.05 |                           |\n"
                                  "| \\[a\\*b\\|c\\] \\$x\\$ |          10 | new line                  |\n"
                                  "|                   |             | 50 % of \\<i\\>\\&amp;\\</i\\> |\n");
}

static void as_latex(void)
{
    check_grid(grid_add_latex,
               "\\begin{tabular}{lrl}\n"
               "\\toprule\n"
               "Model & error, \\% &  \\\\\n"
               "\\midrule\n"
               "L2 + Tanh & 0.69 $\\pm$ 0.05 &  \\\\\n"
               "{[}a{*}b\\textbar{}c] \\$x\\$ & 10 & new line \\\\\n"
               " &  & 50 \\% of \\textless{}i\\textgreater{}\\&amp;\\textless{}/i\\textgreater{} \\\\\n"
               "\\bottomrule\n"
               "\\end{tabular}\n");
}

static void of_others(void)
{
    struct text text = {0};
    latex_add(&text, "\\input{/etc/passwd} 100% ~^ \"x\" \xFF\x01 – — … −1 é");
    CHECK_TEXT(text.bytes,
               "\\textbackslash{}input\\{/etc/passwd\\} 100\\% \\textasciitilde{}\\textasciicircum{} "
               "''x'' \xEF\xBF\xBD  -- --- \\dots{} $-$1 é");
    text_finish(&text);
    markdown_add(&text, "`x` ~~y~~ #1 \\ \xC3\xA9 \xC3");
    CHECK_TEXT(text.bytes, "\\`x\\` \\~\\~y\\~\\~ \\#1 \\\\ \xC3\xA9 \xEF\xBF\xBD");
    text_finish(&text);
    xml_add(&text, "<a href=\"x\">Tom's & \n</a>");
    CHECK_TEXT(text.bytes, "&lt;a href=&quot;x&quot;&gt;Tom&#39;s &amp;  &lt;/a&gt;");
    text_finish(&text);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"as text", as_text},   {"as Markdown", as_markdown},
        {"as LaTeX", as_latex}, {"what others wrote", of_others},
        CU_TEST_INFO_NULL,
    };
    return run_suite("grid", tests);
}

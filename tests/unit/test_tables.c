/* Tables of results: what rows say, what is left out, and each format to the byte. */
#include "results_case.h"

#include "report/table.h"

static const char experiment[] =
    "name: e\ntitle: A & B\nbase: net.yaml\nseeds: [1, 2, 3]\n"
    "points:\n"
    "  - {label: L2 + Tanh, set: {train.batch_size: 8}, reported: {test_error_pct: 0.69}}\n"
    "  - {label: 'a|b_c', set: {train.batch_size: 4}, reported: {test_error_pct: 0.1}}\n"
    "tables:\n"
    "  - {name: t, title: Test & error, heading: Model,\n"
    "     columns: [{metric: test_error_pct, title: 'error, %'}]}\n";

/* Test errors of 0.6, 0.7 and 0.8 %; and the same run three times. */
static void make_plain(const struct results_case *opened)
{
    for (int seed = 1; seed <= 3; seed++) {
        make_run(case_run(opened, "L2 + Tanh", (uint64_t)seed, -1), &(struct made_run){.wrong = 5 + seed});
        make_run(case_run(opened, "a|b_c", (uint64_t)seed, -1), &(struct made_run){.wrong = 12});
    }
}

static const struct style *const no_style = NULL; /* CSV */

static void check_tables(const char *yaml, void (*make)(const struct results_case *opened),
                         const struct style *style, const char *wanted)
{
    enter_directory();
    write_case_config();
    write_text("e.yaml", yaml);
    struct results_case opened = results_case_open("e.yaml");
    make(&opened);
    struct assay_error error = {0};
    struct text text = {0};
    const struct results *results = results_load(opened.arena, opened.plan, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(results);
    const struct tables *tables = tables_create(opened.arena, results, "assay sweep e.yaml", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tables);
    if (style != no_style)
        tables_add(&text, tables, style);
    else
        tables_add_csv(&text, tables);
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
    results_case_close(&opened);
    leave_directory();
}

#define LEGEND "Mean ± standard deviation over the seeds; 95 % interval of the mean by Student's t."
#define REPORTED                                                                                             \
    " A reported figure is one run: it lies inside, below or above the interval in which one new run of "    \
    "ours would fall with a probability of 95 %."

/* With t = 4.302653 at 2 degrees of freedom: 0.7 ± t 0.1 / sqrt(3), and 0.7 ± t 0.1 sqrt(4/3). */
static void in_every_format(void)
{
    check_tables(experiment, make_plain, &markdown_style,
                 "# A \\& B\n\n## Test \\& error\n\n"
                 "| Model     | seeds |    error, % | 95 % interval |     reported |  one new run |\n"
                 "|-----------|------:|------------:|--------------:|-------------:|-------------:|\n"
                 "| L2 + Tanh |     3 | 0.70 ± 0.10 |  0.45 to 0.95 | 0.69, inside | 0.20 to 1.20 |\n"
                 "| a\\|b\\_c   |     3 | 1.20 ± 0.00 |             — |         0.10 |            — |\n"
                 "\n" LEGEND REPORTED "\n");
    check_tables(experiment, make_plain, &text_style,
                 "Test & error\n\n"
                 "Model      seeds     error, %  95 % interval      reported   one new run\n"
                 "L2 + Tanh      3  0.70 ± 0.10   0.45 to 0.95  0.69, inside  0.20 to 1.20\n"
                 "a|b_c          3  1.20 ± 0.00              —          0.10             —\n"
                 "\n" LEGEND REPORTED "\n");
    check_tables(
        experiment, make_plain, &latex_style,
        "% wants \\usepackage{booktabs}\n\n"
        "\\begin{table}\n\\centering\n\\caption{Test \\& error}\n\\label{tab:t}\n"
        "\\begin{tabular}{lrrrrr}\n\\toprule\n"
        "Model & seeds & error, \\% & 95 \\% interval & reported & one new run \\\\\n\\midrule\n"
        "L2 + Tanh & 3 & 0.70 $\\pm$ 0.10 & 0.45 to 0.95 & 0.69, inside & 0.20 to 1.20 \\\\\n"
        "a\\textbar{}b\\_c & 3 & 1.20 $\\pm$ 0.00 & --- & 0.10 & --- \\\\\n"
        "\\bottomrule\n\\end{tabular}\n\n"
        "\\smallskip\\footnotesize Mean $\\pm$ standard deviation over the seeds; 95 \\% interval of the "
        "mean "
        "by Student's t. A reported figure is one run: it lies inside, below or above the interval in which "
        "one new run of ours would fall with a probability of 95 \\%.\n"
        "\\end{table}\n");
    check_tables(
        experiment, make_plain, no_style,
        "table,row,column,metric,seeds,wanted_seeds,mean,sd,low,high,reported,reported_is,run_low,run_high,"
        "missing_runs,stale_runs,diverged_runs\n"
        "t,L2 + Tanh,\"error, %\",test_error_pct,3,3,0.7,0.1,0.451586,0.948414,0.69,inside,0.203172,1.19683,"
        "0,0,0\n"
        "t,a|b_c,\"error, %\",test_error_pct,3,3,1.2,0,,,0.1,,,,0,0,0\n");
}

/* One run missing, one of another config, one diverged; a row with nothing at all. */
static void make_gaps(const struct results_case *opened)
{
    make_run(case_run(opened, "L2 + Tanh", 1, -1), &(struct made_run){.wrong = 6});
    make_run(case_run(opened, "L2 + Tanh", 2, -1), &(struct made_run){.wrong = 9, .is_stale = true});
    make_run(case_run(opened, "L2 + Tanh", 3, -1), &(struct made_run){.wrong = 900, .diverged = true});
}

static void make_nothing(const struct results_case *opened)
{
    (void)opened;
}

static void says_what_is_missing(void)
{
    check_tables(
        experiment, make_gaps, &markdown_style,
        "# A \\& B\n\n## Test \\& error\n\n"
        "| Model     |  seeds | error, % | 95 % interval | reported | one new run |\n"
        "|-----------|-------:|---------:|--------------:|---------:|------------:|\n"
        "| L2 + Tanh | 1 of 3 |     0.60 |             — |     0.69 |           — |\n"
        "| a\\|b\\_c   | 0 of 3 |        — |             — |     0.10 |           — |\n"
        "\n" LEGEND REPORTED "\n\n"
        "- L2 + Tanh: 1 of 3 runs is another config's and left out (seed 2)\n"
        "- L2 + Tanh: 1 of 3 runs diverged and is left out (seed 3)\n"
        "- a\\|b\\_c: 3 of 3 runs are missing (seeds 1 to 3); `assay sweep e.yaml` runs what is missing\n");
    check_tables("name: e\nbase: net.yaml\nseeds: [7, 3, 4]\ngrid: {train.batch_size: [1, 2]}\n"
                 "tables: [{name: t, columns: [{metric: best_epoch, digits: 1}]}]\n",
                 make_nothing, &text_style,
                 "t\n\n"
                 "setting        seeds  best_epoch  95 % interval\n"
                 "batch_size 1  0 of 3           —              —\n"
                 "batch_size 2  0 of 3           —              —\n"
                 "\n" LEGEND "\n\n"
                 "- every row: 3 of 3 runs are missing (seeds 7, 3 and 4); this runs what is missing:\n"
                 "      assay sweep e.yaml\n");
}

/* Means over folds; of seed 2 a fold is missing. */
static void make_folds(const struct results_case *opened)
{
    for (int fold = 0; fold < 2; fold++) {
        make_run(case_run(opened, "A", 1, fold),
                 &(struct made_run){.has_no_test = true, .val_errors = "4 3"});
        make_run(case_run(opened, "A", 3, fold),
                 &(struct made_run){.has_no_test = true, .val_errors = fold == 0 ? "2 8" : "4"});
    }
    make_run(case_run(opened, "A", 2, 0), &(struct made_run){.has_no_test = true, .val_errors = "4 3"});
}

static void several_columns(void)
{
    check_tables("name: e\nbase: net.yaml\nseeds: [1, 2, 3]\npoints: [{label: A}]\nfolds: 2\n"
                 "tables: [{name: t, columns: [{metric: best_epoch}, {metric: val_error_pct, digits: 3,\n"
                 "  title: swing, statistic: {oscillation: {first: 1}}}]}]\n",
                 make_folds, &text_style,
                 "t\n\n"
                 "setting   seeds   best_epoch  best_epoch: 95 % interval  swing  swing: 95 % interval\n"
                 "A        2 of 3  1.75 ± 0.35              -1.43 to 4.93  1.000                     —\n"
                 "\n" LEGEND " A seed counts with the mean over its folds.\n\n"
                 "- A: 1 of 6 runs is missing (of seed 2); this runs what is missing:\n"
                 "      assay sweep e.yaml\n"
                 "- A: 1 finished seed has no swing\n");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"in every format", in_every_format},
        {"says what is missing", says_what_is_missing},
        {"several columns, over folds", several_columns},
        CU_TEST_INFO_NULL,
    };
    return run_suite("tables", tests);
}

/* assay table, claims, figures and report as programs: what they print, write and check, and how they end. */
#include "results_case.h"

static const char experiment[] = "name: e\ntitle: Two\nbase: ../net.yaml\nseeds: [1, 2, 3]\n"
                                 "points: [{label: A, set: {train.batch_size: 1}}, "
                                 "{label: B, set: {train.batch_size: 2}}]\n"
                                 "tables: [{name: t, columns: [{metric: test_error_pct}]}]\n"
                                 "figures: [{name: f, columns: [val_error_pct]}]\n"
                                 "claims:\n"
                                 "  - {id: '1', say: A beats B, less: [A, B], metric: test_error_pct}\n"
                                 "  - {id: '2', say: B beats A, less: [B, A], metric: test_error_pct}\n";

static void make_all(void)
{
    struct results_case opened = results_case_open("x/e.yaml");
    for (int seed = 1; seed <= 3; seed++) {
        make_run(case_run(&opened, "A", (uint64_t)seed, -1), &(struct made_run){.wrong = 20 + seed});
        make_run(case_run(&opened, "B", (uint64_t)seed, -1), &(struct made_run){.wrong = 60 + seed});
    }
    results_case_close(&opened);
}

static void set_up(void)
{
    enter_directory();
    write_case_config();
    CU_ASSERT_TRUE(directory_create("x", NULL));
    write_text("x/e.yaml", experiment);
    write_text("x/bare.yaml", "base: ../net.yaml\nseeds: 1\n");
    make_all();
}

static void alter(const char *path, const char *from, const char *to)
{
    char *text = read_text(path), *at = strstr(text, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    CU_ASSERT_EQUAL_FATAL(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
    write_text(path, text);
    memory_free(text);
}

static void tables(void)
{
    set_up();
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml"), 0);
    check_contains("out", "| A       |     3 |      2.20 ± 0.10 |  1.95 to 2.45 |\n");
    check_file("err", "");
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--check"), 1);
    check_file("err", "assay: results/e/table.md is not there\nresults/e/table.csv is not there\n"
                      "results/e/table.tex is not there\n");
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--write"), 0);
    check_file("out", "");
    check_file("err", "results/e/table.md\nresults/e/table.csv\nresults/e/table.tex\n");
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--check", "--quiet"), 0);
    check_file("err", "");

    alter("results/e/table.md", "2.20", "2.21");
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--check"), 1);
    check_file("err", "assay: results/e/table.md, line 7, is not what the runs give:\n"
                      "  there: | A       |     3 |      2.21 ± 0.10 |  1.95 to 2.45 |\n"
                      "  runs:  | A       |     3 |      2.20 ± 0.10 |  1.95 to 2.45 |\n");
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--check", "--write"), 2);
    check_file("err", "assay: --write or --check, not both\n");
    leave_directory();
}

/* Where a writer was killed; while another one writes, what is there may be its own. */
static void leftovers_go(void)
{
    static const char *const left[] = {"results/e/.table.md.tmp.99", "results/e/.table.csv.tmp.98"};
    static const char others[] = "results/e/.notes.md.tmp.97";
    set_up();
    write_text(left[0], "");
    write_text(left[1], "");
    write_text(others, "");
    bool is_held;
    struct file_lock *lock = file_lock_acquire("results/e/.lock", &is_held, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lock);
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--write", "--quiet"), 0);
    CU_ASSERT(file_exists("results/e/table.md") && file_exists(left[0]) && file_exists(left[1]));
    file_lock_release(lock);
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--write", "--quiet"), 0);
    CU_ASSERT(!file_exists(left[0]) && !file_exists(left[1]) && !file_exists("results/e/.lock"));
    CU_ASSERT_TRUE(file_exists(others));
    leave_directory();
}

/* A file among the results says nothing of where it was made, and is checked from anywhere. */
static void files_name_no_paths(void)
{
    set_up();
    CU_ASSERT_TRUE(file_remove("results/e/b/seed-2/summary.json", NULL));
    char *here = getcwd(NULL, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(here);
    char path[512], out[512];
    snprintf(path, sizeof path, "%s/x/e.yaml", here);
    snprintf(out, sizeof out, "%s/results", here);
    CU_ASSERT_EQUAL(RUN("table", path, "--out", out, "--write"), 1);
    CU_ASSERT_EQUAL(RUN("claims", path, "--out", out, "--write"), 1);
    check_contains("results/e/table.md", "- B: 1 of 3 runs is missing (seed 2); `assay sweep e.yaml` runs");
    check_contains("results/e/claims.json", "\"command\": \"assay sweep e.yaml\"");
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--check", "--quiet"), 0);
    CU_ASSERT_EQUAL(RUN("claims", "x", "--check", "--quiet"),
                    1); /* claims.md beside the directories is not there */
    check_file("err", "assay: results/claims.md is not there\nresults/claims.json is not there\n");
    CU_ASSERT_EQUAL(RUN("table", "x/e.yaml", "--out", "results/"), 1);
    check_contains("out", "`assay sweep x/e.yaml --out results/` runs what is missing\n");
    check_file("err", "assay: e: 1 of 6 runs is missing\n");
    free(here);
    leave_directory();
}

static void claims(void)
{
    set_up();
    CU_ASSERT_EQUAL(RUN("claims", "x/e.yaml"), 0);
    check_contains("out", "holds: A beats B [1]\n");
    check_contains("out", "\ndoes not hold: B beats A [2]\n");
    CU_ASSERT_EQUAL(RUN("claims", "x", "x/e.yaml", "x/", "--format", "json"), 0); /* each once */
    char *text = read_text("out"), *first = strstr(text, "\"id\": \"1\"");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NULL(strstr(first + 1, "\"id\": \"1\""));
    memory_free(text);
    CU_ASSERT_EQUAL(RUN("claims", "x/bare.yaml"), 0);
    check_file("out", "");
    check_file("err", "x/bare.yaml declares no claims\n");

    CU_ASSERT_EQUAL(RUN("claims", "x", "--write"), 0);
    check_file("err", "results/e/claims.md\nresults/e/claims.json\nresults/claims.md\nresults/claims.json\n");
    CU_ASSERT_EQUAL(RUN("claims", "x", "--check", "--quiet"), 0);
    alter("results/claims.json", "\"holds\"", "\"foldz\"");
    CU_ASSERT_EQUAL(RUN("claims", "x", "--check", "--quiet"), 1);
    check_contains("err", "assay: results/claims.json, line 5, is not what the runs give:\n"
                          "  there:     \"verdict\": \"foldz\",\n");

    alter("results/e/claims.md", "holds", "foldz"); /* all that differ are said, not the first directory's */
    CU_ASSERT_EQUAL(RUN("claims", "x", "--check", "--quiet"), 1);
    check_contains("err", "assay: results/e/claims.md, line ");
    check_contains("err", "assay: results/claims.json, line 5, is not what the runs give:\n");

    CU_ASSERT_TRUE(file_remove("results/e/a/seed-1/summary.json", NULL));
    CU_ASSERT_EQUAL(RUN("claims", "x/e.yaml"), 1);
    check_contains("out", "cannot tell yet: A beats B [1]\n");
    check_contains("out", "\n  to do         assay sweep x/e.yaml\n");
    check_file("err", "assay: 2 of 2 claims wait for missing runs\n");
    leave_directory();
}

/* A sweep leaves them alone, so it alone is no way out. */
static void stale_runs(void)
{
    set_up();
    struct results_case opened = results_case_open("x/e.yaml");
    make_run(case_run(&opened, "A", 1, -1), &(struct made_run){.wrong = 21, .is_stale = true});
    CU_ASSERT_EQUAL(RUN("claims", "x/e.yaml"), 1);
    check_contains(
        "out", "\n  to do         assay sweep x/e.yaml --again, which replaces what another config left\n");
    CU_ASSERT_EQUAL(RUN("claims", "x/e.yaml", "--format", "json"), 1);
    check_contains("out", "\"command\": null\n");
    CU_ASSERT_EQUAL(RUN("report", "x/e.yaml"), 1);
    check_contains("results/e/report.html",
                   "5 of 6 runs are finished. 1 is another config's; once its directory is removed, "
                   "<code>assay sweep e.yaml</code> runs what is missing.");
    CU_ASSERT_TRUE(file_remove("results/e/b/seed-2/summary.json", NULL));
    CU_ASSERT_EQUAL(RUN("claims", "x/e.yaml", "--format", "json"), 1);
    check_contains("out", "\"command\": \"assay sweep x/e.yaml\"\n");
    results_case_close(&opened);
    leave_directory();
}

static void figures(void)
{
    if (system("command -v gnuplot >/dev/null") != 0) {
        printf("skipped: gnuplot is not here ");
        return;
    }
    set_up();
    CU_ASSERT_EQUAL(RUN("figures", "x/e.yaml"), 0);
    check_file("err", "results/e/f.svg\nresults/e/f.png\n");
    CU_ASSERT_EQUAL(RUN("figures", "x/e.yaml", "--check"), 0);
    check_file("err", "results/e/f.svg: as the runs give it\n");
    make_all(); /* the same again */
    CU_ASSERT_EQUAL(RUN("figures", "x/e.yaml", "--check", "--quiet"), 0);
    struct results_case opened = results_case_open("x/e.yaml");
    make_run(case_run(&opened, "A", 2, -1), &(struct made_run){.wrong = 22, .val_errors = "5 3 2.6"});
    results_case_close(&opened);
    CU_ASSERT_EQUAL(RUN("figures", "x/e.yaml", "--check", "--quiet"), 1);
    check_contains("err", "assay: results/e/f.svg, line ");
    CU_ASSERT_EQUAL(RUN("figures", "x/bare.yaml"), 0);
    check_file("err", "bare declares no figures\n");
    leave_directory();
}

/* How often `part` is in the file. */
static int count_in(const char *path, const char *part)
{
    char *text = read_text(path);
    int count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    memory_free(text);
    return count;
}

static void pages(void)
{
    set_up();
    CU_ASSERT_EQUAL(RUN("report", "x/e.yaml", "--static", "--check"), 1);
    check_file("err", "assay: results/e/report.html is not there\n");
    CU_ASSERT_EQUAL(RUN("report", "x/e.yaml", "--static"), 0);
    check_file("out", "");
    check_file("err", "results/e/report.html\n");
    check_contains("results/e/report.html", "<td class=\"number\">2.20 ± 0.10</td>");
    check_contains("results/e/report.html", "<strong>holds</strong> A beats B</h3>");
    check_contains("results/e/report.html", "<strong>does not hold</strong> B beats A</h3>");
    check_contains("results/e/report.html", "<h3 id=\"figure-f\">f</h3>");
    check_contains("results/e/report.html", "<a href=\"b/seed-3/curves.csv\">curves.csv</a>");
    CU_ASSERT_EQUAL(count_in("results/e/report.html", "class=\"line "), 2);
    CU_ASSERT_EQUAL(count_in("results/e/report.html", "<script"), 0);
    make_all(); /* the same again */
    CU_ASSERT_EQUAL(RUN("report", "x/e.yaml", "--static", "--check"), 0);
    check_file("err", "results/e/report.html: as the runs give it\n");
    alter("results/e/report.html", "2.20", "2.21");
    CU_ASSERT_EQUAL(RUN("report", "x/e.yaml", "--static", "--check"), 1);
    check_contains("err", "<td class=\"number\">2.21 ± 0.10</td>");
    leave_directory();
}

/* Where runs are missing, and of an experiment without figures and claims. */
static void bare_pages(void)
{
    set_up();
    write_text("x/shared.yaml",
               "base: ../net.yaml\nseeds: [1, 2]\nruns_from: [e.yaml]\n"
               "points: [{label: same, set: {train.batch_size: 1}}, {label: other}]\n"
               "tables: [{name: t, columns: [{metric: val_error_pct}, {metric: epochs}]}]\n");
    CU_ASSERT_EQUAL(RUN("report", "x/shared.yaml"), 1);
    check_contains("err", "assay: shared: 2 of 4 runs are missing\n");
    check_contains("results/shared/report.html",
                   "2 of 4 runs are finished. <code>assay sweep shared.yaml</code>");
    check_contains("results/shared/report.html", "<a href=\"../e/a/seed-1/\">directory</a>");
    check_contains("results/shared/report.html", "<h3 id=\"figure-t-1\">t: val_error_pct</h3>");
    CU_ASSERT_EQUAL(count_in("results/shared/report.html", "<figure"), 1);
    CU_ASSERT_EQUAL(RUN("report", "x/bare.yaml"), 1);
    check_contains("results/bare/report.html", "0 of 1 runs are finished");
    CU_ASSERT_EQUAL(count_in("results/bare/report.html", "<section"), 0);
    leave_directory();
}

/* All texts of others are shown as they are, and no path is. */
static void pages_escape(void)
{
    set_up();
    write_text("x/odd.yaml",
               "title: '<script>alert(1)</script> \"&'\nbase: ../net.yaml\nseeds: 1\n"
               "points: [{label: '</table><b>', set: {train.batch_size: 3}}, {label: '\"x'' onclick='}]\n"
               "tables: [{name: t, title: '</h3><i>', heading: <u>, columns: [{metric: test_error_pct, "
               "title: <s>}]}]\n"
               "figures: [{name: f, title: '</svg>', columns: [val_error_pct]}]\n"
               "claims: [{id: odd, say: '</article>', note: '<em>', less: ['</table><b>', '\"x'' onclick='], "
               "metric: test_error_pct, family: odd}]\n");
    struct results_case opened = results_case_open("x/odd.yaml");
    for (size_t i = 0; i < opened.plan->count; i++)
        make_run(&opened.plan->runs[i], &(struct made_run){.wrong = 20});
    results_case_close(&opened);
    CU_ASSERT_EQUAL(RUN("report", "x/odd.yaml", "--static"), 0);
    check_contains("results/odd/report.html", "<h1>&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;</h1>");
    check_contains("results/odd/report.html", "<th scope=\"row\">&quot;x&#39; onclick=</th>");
    static const char *const tags[] = {"<script", "<b>", "<i>", "<u>", "<s>", "<em>", "\"x' ", "assay-end-"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        CU_ASSERT_EQUAL(count_in("results/odd/report.html", tags[i]), 0);
    CU_ASSERT_EQUAL(count_in("results/odd/report.html", "</table>"), 3);
    CU_ASSERT_EQUAL(count_in("results/odd/report.html", "</article>"), 1);
    leave_directory();
}

/* A hundred runs of a hundred epochs, in a page that can still be mailed. */
static void pages_are_small(void)
{
    struct text large = {0}, errors = {0};
    set_up();
    text_add(&large, "base: ../net.yaml\nseeds: 5\npoints:\n");
    for (int i = 1; i <= 20; i++)
        text_add(&large, "  - {label: point %d, set: {train.batch_size: %d}}\n", i, i);
    text_add(&large, "tables: [{name: t, columns: [{metric: test_error_pct}]}]\n"
                     "figures: [{name: f, columns: [val_error_pct, test_error_pct]}, {name: g, columns: "
                     "[train_error_pct]}]\n");
    for (int epoch = 1; epoch <= 100; epoch++)
        text_add(&errors, "%s%.1f", epoch > 1 ? " " : "", 90.0 / epoch);
    write_text("x/large.yaml", large.bytes);
    struct results_case opened = results_case_open("x/large.yaml");
    for (size_t i = 0; i < opened.plan->count; i++)
        make_run(&opened.plan->runs[i], &(struct made_run){.wrong = 20 + (int)i, .val_errors = errors.bytes});
    results_case_close(&opened);
    CU_ASSERT_EQUAL(RUN("report", "x/large.yaml"), 0);
    char *page = read_text("results/large/report.html");
    CU_ASSERT_TRUE(strlen(page) > 100000 && strlen(page) < 1000000);
    memory_free(page);
    text_finish(&large);
    text_finish(&errors);
    leave_directory();
}

static void refuses(void)
{
    set_up();
    CU_ASSERT_EQUAL(RUN("table", "x/none.yaml"), 2);
    check_contains("err", "x/none.yaml");
    CU_ASSERT_EQUAL(RUN("table", "x/bare.yaml"), 0);
    check_file("err", "bare declares no tables\n");
    write_text("x/wrong.yaml", "base: ../net.yaml\nseeds: 1\ntables: [{name: t, colums: []}]\n");
    CU_ASSERT_EQUAL(RUN("table", "x/wrong.yaml"), 2);
    check_contains("err", "x/wrong.yaml:3:20: tables[0].colums: unknown key; did you mean columns?");
    CU_ASSERT_EQUAL(RUN("claims", "x/e.yaml"), 2); /* its neighbour may belong to the family */
    check_contains("err", "x/wrong.yaml:3:20: ");
    CU_ASSERT_EQUAL(RUN("claims", "nowhere"), 2);
    leave_directory();
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"tables", tables},
        {"leftovers go", leftovers_go},
        {"files name no paths", files_name_no_paths},
        {"claims", claims},
        {"stale runs", stale_runs},
        {"figures", figures},
        {"pages", pages},
        {"bare pages", bare_pages},
        {"pages escape", pages_escape},
        {"pages are small", pages_are_small},
        {"refuses", refuses},
        CU_TEST_INFO_NULL,
    };
    return run_suite("reports", tests);
}

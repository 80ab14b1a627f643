/* assay table, claims and figures as programs: what they print, write and check, and how they end. */
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

    CU_ASSERT_TRUE(file_remove("results/e/a/seed-1/summary.json", NULL));
    CU_ASSERT_EQUAL(RUN("claims", "x/e.yaml"), 1);
    check_contains("out", "cannot tell yet: A beats B [1]\n");
    check_contains("out", "\n  to do         assay sweep x/e.yaml\n");
    check_file("err", "assay: 2 of 2 claims wait for missing runs\n");
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
        {"tables", tables},   {"files name no paths", files_name_no_paths},
        {"claims", claims},   {"figures", figures},
        {"refuses", refuses}, CU_TEST_INFO_NULL,
    };
    return run_suite("reports", tests);
}

/* Claims of a directory: one family over several experiments, what counts as evidence, what waits for runs. */
#include "results_case.h"

#include <math.h>

#include "io/json.h"
#include "report/claims.h"

#define HEAD                                                                                                 \
    "base: ../net.yaml\nseeds: [1, 2, 3, 4]\n"                                                               \
    "points: [{label: A, set: {train.batch_size: 1}, reported: {test_error_pct: 4.0}}, "                     \
    "{label: B, set: {train.batch_size: 2}}]\n"

static const char first[] =
    "name: first\n" HEAD "claims:\n"
    "  - {id: '10', say: A beats B, less: [A, B], metric: test_error_pct}\n"
    "  - {id: '2', say: B beats A, less: [B, A], metric: test_error_pct, note: Mind it.}\n";
static const char second[] =
    "name: second\n" HEAD "claims:\n"
    "  - {id: x, say: Alike, equivalent: [A, B], metric: test_error_pct, margin: 2}\n"
    "  - {id: own, say: Alone, less: [A, B], metric: val_error_pct, paired: true, family: own}\n";

/* Clear differences: A around 3 %, B around 5 %, the mistakes spread over the images. */
static const int wrong_of_a[] = {30, 31, 29, 32}, wrong_of_b[] = {50, 52, 49, 51};

static void make_all(const struct results_case *opened, const char *a_val, const char *b_val)
{
    for (int i = 0; i < 4; i++) {
        make_run(case_run(opened, "A", (uint64_t)i + 1, -1),
                 &(struct made_run){.wrong = wrong_of_a[i], .val_errors = i % 2 == 0 ? a_val : "4 2"});
        make_run(case_run(opened, "B", (uint64_t)i + 1, -1),
                 &(struct made_run){.wrong = wrong_of_b[i], .val_errors = i % 2 == 0 ? b_val : "4 3"});
    }
}

static void set_up(void)
{
    enter_directory();
    write_case_config();
    CU_ASSERT_TRUE(directory_create("experiments", NULL));
    write_text("experiments/first.yaml", first);
    write_text("experiments/second.yaml", second);
    write_text("experiments/net.yaml", "data: {dataset: digits}\nmodel: [linear: 10]\n"); /* no experiment */
    write_text("experiments/notes.txt", "nothing of ours");
    struct results_case opened = results_case_open("experiments/first.yaml");
    make_all(&opened, "4 2", "4 3");
    results_case_close(&opened);
    opened = results_case_open("experiments/second.yaml");
    make_all(&opened, "4 2.1", "4 3.2");
    results_case_close(&opened);
}

static const char *sweep(void *cookie, struct arena *arena, const struct experiment *experiment)
{
    (void)cookie;
    return arena_format(arena, "assay sweep %s", experiment->path);
}

struct decided {
    struct arena *arena;
    const struct claims *claims;
    struct text problems;
    struct assay_error error;
};

static struct decided decide(const char *directory, const char *also)
{
    struct decided decided = {.arena = arena_create()};
    struct diagnostics *diagnostics = diagnostics_create();
    decided.claims = claims_load(decided.arena, directory, also, "results", diagnostics, &decided.error);
    diagnostics_print(diagnostics, &decided.problems);
    diagnostics_destroy(diagnostics);
    return decided;
}

static void drop(struct decided *decided)
{
    text_finish(&decided->problems);
    arena_destroy(decided->arena);
}

static void list_add(const struct decided *decided, struct text *text,
                     void (*add)(struct text *, const struct claim_list *))
{
    const struct claim_result *items[8];
    for (size_t i = 0; i < decided->claims->count; i++)
        items[i] = &decided->claims->items[i];
    const struct claim_list list = {items, decided->claims->count, sweep, NULL};
    add(text, &list);
}

/* The claim of that id as an object of the JSON. */
static const struct json *claim_json(const struct json *all, const char *id)
{
    const struct json *found = NULL;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(json_get(&all->items[i], "id")->text, id) == 0) {
            CU_ASSERT_PTR_NULL(found); /* each once */
            found = &all->items[i];
        }
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}

static const struct json *parse(const struct decided *decided)
{
    struct text text = {0};
    struct assay_error error = {0};
    list_add(decided, &text, claims_add_json);
    const struct json *all = json_parse(decided->arena, "claims.json", text.bytes, text.length, &error);
    text_finish(&text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(all);
    return all;
}

static void check_number(const struct json *object, const char *key, double wanted)
{
    const struct json *value = json_get(object, key);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    if (value->kind != JSON_NUMBER || fabs(value->number - wanted) > 1e-5 * fabs(wanted))
        fprintf(stderr, "%s is %s\n", key, value->kind == JSON_NUMBER ? value->text : "no number");
    CU_ASSERT(value->kind == JSON_NUMBER && fabs(value->number - wanted) <= 1e-5 * fabs(wanted));
}

static void one_family_over_experiments(void)
{
    set_up();
    struct decided decided = decide("experiments", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(decided.claims);
    CU_ASSERT_EQUAL(decided.claims->count, 4);
    const char *const ids[] = {"2", "10", "own", "x"};
    for (size_t i = 0; i < decided.claims->count && i < 4; i++)
        CHECK_TEXT(decided.claims->items[i].declared->id, ids[i]);

    const struct json *all = parse(&decided);
    const struct json *beats = claim_json(all, "10"), *loses = claim_json(all, "2"),
                      *own = claim_json(all, "own");
    CU_ASSERT_EQUAL(all->count, 4);
    CHECK_TEXT(json_get(beats, "verdict")->text, "holds");
    CHECK_TEXT(json_get(loses, "verdict")->text, "does not hold");
    CHECK_TEXT(json_get(loses, "note")->text, "Mind it.");
    CHECK_TEXT(json_get(beats, "experiment")->text, "first");
    check_number(beats, "family_claims", 3);
    check_number(own, "family_claims", 1);
    check_number(beats, "effect", -2);
    check_number(beats, "smallest_p", 2.0 / 70);
    check_number(json_get(beats, "a"), "mean", 3.05);
    check_number(json_get(beats, "a"), "reported", 4);
    CHECK_TEXT(json_get(json_get(beats, "a"), "reported_is")->text, "above");
    check_number(json_get(beats, "b"), "seeds", 4);
    CU_ASSERT_EQUAL(json_get(json_get(beats, "b"), "reported")->kind, JSON_NULL);
    CU_ASSERT_EQUAL(json_get(beats, "interval_to_new_images")->kind, JSON_ARRAY); /* of test errors */
    CU_ASSERT_EQUAL(json_get(own, "interval_to_new_images")->kind, JSON_NULL);
    CU_ASSERT_EQUAL(json_get(beats, "complete")->kind, JSON_TRUE);
    CU_ASSERT_EQUAL(json_get(beats, "command")->kind, JSON_NULL);
    /* Corrected by the claims of the other file too: at least as much as by its own file's alone. */
    CU_ASSERT(json_get(beats, "corrected_p")->number >= 2 * json_get(beats, "p")->number);
    drop(&decided);
    leave_directory();
}

static void waits_for_runs(void)
{
    set_up();
    struct results_case opened = results_case_open("experiments/first.yaml");
    char *path = path_join(case_run(&opened, "A", 2, -1)->directory, "summary.json");
    CU_ASSERT_TRUE(file_remove(path, NULL));
    memory_free(path);
    make_run(case_run(&opened, "A", 3, -1), &(struct made_run){.wrong = 30, .is_stale = true});
    results_case_close(&opened);

    struct decided decided = decide("experiments", NULL);
    const struct json *all = parse(&decided), *claim = claim_json(all, "10");
    CHECK_TEXT(json_get(claim, "verdict")->text, "cannot tell");
    CHECK_TEXT(
        json_get(claim, "reason")->text,
        "of A, 1 of 4 runs is missing (seed 2); of A, 1 of 4 runs is another config's and left out (seed 3)");
    CHECK_TEXT(json_get(claim, "command")->text, "assay sweep experiments/first.yaml");
    CU_ASSERT_EQUAL(json_get(claim, "complete")->kind, JSON_FALSE);
    check_number(claim, "effect", (30 + 32) / 20.0 - 5.05); /* of those that there are */
    check_number(json_get(claim, "a"), "missing_runs", 2);
    check_number(claim_json(all, "x"), "family_claims", 3);
    CHECK_TEXT(json_get(claim_json(all, "own"), "verdict")->text, "holds");
    drop(&decided);
    leave_directory();
}

static void diverged_runs_decide_nothing(void)
{
    set_up();
    struct results_case opened = results_case_open("experiments/first.yaml");
    make_run(case_run(&opened, "B", 4, -1), &(struct made_run){.wrong = 900, .diverged = true});
    results_case_close(&opened);
    struct decided decided = decide("experiments", NULL);
    const struct json *claim = claim_json(parse(&decided), "10");
    CHECK_TEXT(json_get(claim, "verdict")->text, "cannot tell");
    CHECK_TEXT(json_get(claim, "reason")->text, "of B, 1 of 4 runs diverged and is left out (seed 4)");
    CU_ASSERT_EQUAL(json_get(claim, "complete")->kind, JSON_TRUE); /* more runs would not help */
    CU_ASSERT_EQUAL(json_get(claim, "command")->kind, JSON_NULL);
    drop(&decided);
    leave_directory();
}

/* A file that contradicts its summary is no evidence. */
static void refuse_mistakes(const char *content, const char *wanted)
{
    write_text("results/first/a/seed-1/mistakes.csv", content);
    struct decided decided = decide("experiments", NULL);
    CU_ASSERT_PTR_NULL(decided.claims);
    CHECK_TEXT(decided.error.text, wanted);
    drop(&decided);
}

static void refuses_mistakes(void)
{
    set_up();
    refuse_mistakes("index,label,predicted\n7,1,2\n",
                    "results/first/a/seed-1/mistakes.csv: has 1 mistakes where summary.json says 30");
    refuse_mistakes(
        "index,label,predicted\n7,1,2\n7,1,2\n",
        "results/first/a/seed-1/mistakes.csv:3: wants the index of one of 1000 images, each once and in "
        "order");
    refuse_mistakes(
        "index,label,predicted\n1000,1,2\n",
        "results/first/a/seed-1/mistakes.csv:2: wants the index of one of 1000 images, each once and in "
        "order");
    refuse_mistakes("image\n1\n", "results/first/a/seed-1/mistakes.csv: has no column index");
    CU_ASSERT_TRUE(file_remove("results/first/a/seed-1/mistakes.csv", NULL));
    struct decided decided = decide("experiments", NULL);
    CU_ASSERT_PTR_NULL(decided.claims);
    CHECK_TEXT(decided.error.text,
               "cannot open results/first/a/seed-1/mistakes.csv: No such file or directory");
    drop(&decided);
    leave_directory();
}

/* What is said to people. */
static void facts(void)
{
    set_up();
    struct text file = {0}, said = {0};
    text_add(&file,
             "name: third\n" HEAD "claims:\n"
             "  - {id: share, say: By a tenth, less: [A, B], metric: test_error_pct, margin: 10%%, "
             "family: share}\n"
             "  - {id: alone, say: One of many, less: [A, B], metric: test_error_pct, family: many}\n");
    for (int i = 0; i < 98; i++)
        text_add(&file, "  - {id: m%d, say: Another, less: [A, B], metric: test_error_pct, family: many}\n",
                 i);
    write_text("experiments/third.yaml", file.bytes);
    struct results_case opened = results_case_open("experiments/third.yaml");
    make_all(&opened, "4 2", "4 3");
    results_case_close(&opened);
    struct decided decided = decide("experiments", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(decided.claims);
    struct claim_result const *items[2] = {NULL, NULL};
    for (size_t i = 0; i < decided.claims->count; i++) {
        const char *id = decided.claims->items[i].declared->id;
        if (strcmp(id, "share") == 0 || strcmp(id, "alone") == 0)
            items[id[0] == 'a'] = &decided.claims->items[i];
    }
    const struct claim_list list = {items, 2, sweep, NULL};
    claims_add_text(&said, &list);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(said.bytes, "A / B is below 1, where between 0.909 and 1.1 counts as none, of"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.bytes, " points; 99.949 % interval "));
    text_finish(&said);
    text_finish(&file);
    drop(&decided);
    leave_directory();
}

static void refuses(void)
{
    set_up();
    write_text("experiments/third.yaml",
               "name: third\n" HEAD
               "claims: [{id: '2', say: Again, less: [A, B], metric: test_error_pct}]\n");
    struct decided decided = decide("experiments", NULL);
    CU_ASSERT_PTR_NULL(decided.claims);
    CHECK_TEXT(decided.error.text, "two claims have the id \"2\", in experiments/first.yaml and in "
                                   "experiments/third.yaml; an id is one claim's in the whole report");
    drop(&decided);

    write_text("experiments/third.yaml",
               "name: third\n" HEAD "claims: [{id: '3', say: No, less: [A, C], metric: test_error_pct}]\n");
    decided = decide("experiments", NULL);
    CU_ASSERT_PTR_NULL(decided.claims);
    CU_ASSERT_PTR_NOT_NULL(decided.problems.bytes != NULL ? strstr(decided.problems.bytes, "third.yaml:5:")
                                                          : NULL);
    drop(&decided);

    decided = decide("nowhere", NULL);
    CU_ASSERT_PTR_NULL(decided.claims);
    CHECK_TEXT(decided.error.text, "cannot open nowhere: No such file or directory");
    drop(&decided);
    leave_directory();
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"one family over experiments", one_family_over_experiments},
        {"waits for runs", waits_for_runs},
        {"diverged runs decide nothing", diverged_runs_decide_nothing},
        {"facts", facts},
        {"refuses experiments", refuses},
        {"refuses mistakes", refuses_mistakes},
        CU_TEST_INFO_NULL,
    };
    return run_suite("families", tests);
}

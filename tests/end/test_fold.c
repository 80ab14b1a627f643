/* Runs that hold a fold out, or leave the test set alone: what they look at, and what they leave. */
#include "program.h"

#include "io/csv.h"
#include "io/idx.h"
#include "run/summary.h"

enum { IMAGES = 200, FOLDS = 3, LIMIT = 1 << 20 };

static const char tiny[] =
    "data:\n"
    "  dataset: {idx: {train_images: train-images-idx3-ubyte, train_labels: train-labels-idx1-ubyte,\n"
    "                  test_images: t10k-images-idx3-ubyte, test_labels: t10k-labels-idx1-ubyte}}\n"
    "  dir: digits\n"
    "  validation: 40\n"
    "model: [conv: {maps: 3, kernel: 5, stride: 2}, tanh, dropout: 0.2, linear: 10]\n"
    "train: {max_epochs: 4, batch_size: 8, optimizer: {sgd: 0.1}, early_stopping: {patience: 4}}\n";

static const char *const folds[FOLDS] = {"data.fold={count: 3, index: 0}", "data.fold={count: 3, index: 1}",
                                         "data.fold={count: 3, index: 2}"};

static void check_lacks(const char *path, const char *unwanted)
{
    char *found = read_text(path);
    CU_ASSERT_PTR_NULL(strstr(found, unwanted));
    memory_free(found);
}

static const struct csv *load_csv(struct arena *arena, const char *path)
{
    struct assay_error error = {0};
    const struct csv *csv = csv_load(arena, path, &error);
    CHECK_TEXT(error.text, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(csv);
    return csv;
}

static const char *cell(const struct csv *csv, size_t row, const char *column)
{
    const size_t at = csv_column(csv, column);
    CU_ASSERT_FATAL(at != SIZE_MAX);
    return csv->cells[row][at];
}

/* Of curves.csv: the columns are there, with nothing in them. */
static void check_untested(const char *path, size_t epochs)
{
    struct arena *arena = arena_create();
    const struct csv *csv = load_csv(arena, path);
    CU_ASSERT_EQUAL(csv->rows, epochs);
    for (size_t row = 0; row < csv->rows; row++) {
        CHECK_TEXT(cell(csv, row, "test_loss"), "");
        CHECK_TEXT(cell(csv, row, "test_error_pct"), "");
        CU_ASSERT(cell(csv, row, "val_error_pct")[0] != '\0');
    }
    arena_destroy(arena);
}

/* Counts the images of predictions.csv, whose labels must be those of the training images. */
static uint32_t count_predicted(const char *path, const struct idx *labels, int times[IMAGES])
{
    struct arena *arena = arena_create();
    const struct csv *csv = load_csv(arena, path);
    const uint32_t rows = (uint32_t)csv->rows;
    for (size_t row = 0; row < csv->rows; row++) {
        const long index = strtol(cell(csv, row, "index"), NULL, 10);
        CU_ASSERT_FATAL(index >= 0 && index < IMAGES);
        CU_ASSERT_EQUAL(strtol(cell(csv, row, "label"), NULL, 10), labels->bytes[index]);
        times[index]++;
    }
    arena_destroy(arena);
    return rows;
}

static uint32_t count_rows(const char *path)
{
    struct arena *arena = arena_create();
    const uint32_t rows = (uint32_t)load_csv(arena, path)->rows;
    arena_destroy(arena);
    return rows;
}

/* What summary.json says of a fold is what the tables say. */
static void check_summary(const char *directory, uint32_t images, uint32_t mistakes)
{
    struct summary_found found;
    bool is_there;
    CU_ASSERT_TRUE_FATAL(summary_read(directory, &is_there, &found, NULL) && is_there);
    CU_ASSERT_EQUAL(found.counts.held_out_images, images);
    CU_ASSERT_EQUAL(found.counts.held_out_mistakes, mistakes);
    CU_ASSERT_EQUAL(found.counts.test_images, 0);
    CU_ASSERT_EQUAL(found.result.held_out_error_pct, 100.0 * mistakes / images);
    CU_ASSERT(found.result.test_error_pct != found.result.test_error_pct);
}

static void predicts_what_it_holds_out(void)
{
    struct idx labels;
    int times[IMAGES] = {0};
    CU_ASSERT_EQUAL_FATAL(RUN("data", "digits", "--train", "200", "--test", "60", "--out", "digits"), 0);
    CU_ASSERT_TRUE_FATAL(idx_read("digits/train-labels-idx1-ubyte", LIMIT, &labels, NULL));
    for (int i = 0; i < FOLDS; i++) {
        char directory[64], path[96];
        snprintf(directory, sizeof directory, "results/tiny/seed-1/fold-%d", i);
        CU_ASSERT_EQUAL_FATAL(RUN("run", "tiny.yaml", folds[i]), 0);
        check_contains("out", "held out    ");
        check_lacks("out", "test error");
        check_lacks("err", "test error");
        snprintf(path, sizeof path, "%s/curves.csv", directory);
        check_untested(path, 4);
        snprintf(path, sizeof path, "%s/predictions.csv", directory);
        const uint32_t images = count_predicted(path, &labels, times);
        CU_ASSERT(images == IMAGES / FOLDS || images == IMAGES / FOLDS + 1);
        snprintf(path, sizeof path, "%s/mistakes.csv", directory);
        check_summary(directory, images, count_rows(path));
    }
    for (int i = 0; i < IMAGES; i++)
        CU_ASSERT_EQUAL(times[i], 1);
    idx_finish(&labels);
}

/* The line of predictions.csv for each image that it has, among those for all training images. */
static void agrees_with_predict(void)
{
    CU_ASSERT_EQUAL(RUN("predict", "results/tiny/seed-1/fold-1", "digits/train-images-idx3-ubyte", "--labels",
                        "digits/train-labels-idx1-ubyte"),
                    0);
    char *all = read_text("out"), *held_out = read_text("results/tiny/seed-1/fold-1/predictions.csv");
    int lines = 0;
    for (char *line = strtok(held_out, "\n"); line != NULL; line = strtok(NULL, "\n"), lines++)
        CU_ASSERT_PTR_NOT_NULL(strstr(all, line));
    CU_ASSERT(lines > 1);
    memory_free(all);
    memory_free(held_out);
}

/* By the independent reader; 77 is its way of saying that it cannot read YAML. */
static void can_be_rebuilt(void)
{
    const int status = system("python3 \"$ASSAY_SOURCE/tests/end/rebuild.py\" results/tiny/seed-1/fold-1 "
                              "digits/train-images-idx3-ubyte --limit 10 > rebuilt");
    CU_ASSERT(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77));
    if (status != 0)
        check_contains("rebuilt", "skipped");
}

static void is_found_finished(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", folds[1]), 0);
    check_file("err", "results/tiny/seed-1/fold-1: finished before, nothing to do; --again runs it afresh\n");
    check_contains("out", "held out    ");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", folds[1], "--format", "json", "--quiet"), 0);
    check_contains("out", "\"test_error_pct\": null,\n  \"held_out_error_pct\": ");
    check_lacks("out", "\"held_out_error_pct\": null");
}

static void goes_on_after_a_stop(void)
{
    CU_ASSERT_EQUAL(
        RUN("run", "tiny.yaml", folds[2], "--out", "stopped", "--stop-after", "2", "--threads", "1"), 0);
    check_lacks("out", "held out");
    check_contains("out", "validation  ");
    CU_ASSERT_FALSE(file_exists("stopped/tiny/seed-1/fold-2/predictions.csv"));
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", folds[2], "--out", "stopped", "--threads", "3"), 0);
    check_contains("err", "\ngoing on after epoch 2\n");
    check_same_run("results/tiny/seed-1/fold-2", "stopped/tiny/seed-1/fold-2");
}

static void keeps_folds_apart(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "data.fold={count: 4, index: 1}"), 2);
    check_contains("err", "results/tiny/seed-1/fold-1 holds files of another run:\n"
                          "    data.fold.count: 3 there, 4 here\n");
}

static void leaves_the_test_set_alone(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml"), 0);
    CU_ASSERT_TRUE(file_exists("results/tiny/seed-1/predictions.csv"));
    check_contains("results/tiny/seed-1/summary.json", "\"test_images\": 60,");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "train.evaluate_test=false"), 2);
    check_contains("err", "    train.evaluate_test: true there, false here\n");

    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "train.evaluate_test=false", "--again"), 0);
    check_lacks("out", "test error");
    check_contains("out", "validation  ");
    check_contains("out", " % after epoch ");
    check_lacks("err", "test error");
    check_untested("results/tiny/seed-1/curves.csv", 4);
    CU_ASSERT_FALSE(file_exists("results/tiny/seed-1/predictions.csv"));
    CU_ASSERT_FALSE(file_exists("results/tiny/seed-1/mistakes.csv"));
    CU_ASSERT_TRUE(file_exists("results/tiny/seed-1/last.safetensors"));
    check_lacks("results/tiny/seed-1/summary.json", "_images");
    check_lacks("results/tiny/seed-1/summary.json", "_mistakes");
    CU_ASSERT_TRUE(file_exists("results/tiny/seed-1/fold-1/summary.json")); /* a run of its own */
}

/* Other test images, and all of the run is the same but its identity. */
static void does_not_look(void)
{
    static const char *const overrides[] = {"data.fold={count: 3, index: 1}", "train.evaluate_test=false"};
    static const char *const directories[][2] = {{"results/tiny/seed-1/fold-1", "other/tiny/seed-1/fold-1"},
                                                 {"results/tiny/seed-1", "other/tiny/seed-1"}};
    CU_ASSERT_EQUAL_FATAL(system("cp -r digits changed"), 0);
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train", "1", "--test", "60", "--seed", "9", "--out", "new"), 0);
    CU_ASSERT_EQUAL(rename("new/t10k-images-idx3-ubyte", "changed/t10k-images-idx3-ubyte"), 0);
    for (int i = 0; i < 2; i++) {
        char of_a[96], of_b[96];
        CU_ASSERT_EQUAL(
            RUN("run", "tiny.yaml", overrides[i], "data.dir=changed", "--out", "other", "--quiet"), 0);
        static const char *const names[] = {"curves.csv", "predictions.csv", "mistakes.csv"};
        for (int k = 0; k < (i == 0 ? 3 : 1); k++) {
            snprintf(of_a, sizeof of_a, "%s/%s", directories[i][0], names[k]);
            snprintf(of_b, sizeof of_b, "%s/%s", directories[i][1], names[k]);
            CU_ASSERT_TRUE(same_bytes(of_a, of_b));
        }
        struct summary_found a, b;
        bool has_a, has_b;
        CU_ASSERT_TRUE(summary_read(directories[i][0], &has_a, &a, NULL) &&
                       summary_read(directories[i][1], &has_b, &b, NULL) && has_a && has_b);
        CHECK_TEXT(a.config, b.config);
        CU_ASSERT(strlen(a.config) == SHA256_HEX_SIZE - 1 && strcmp(a.identity, b.identity) != 0);
    }
}

static void says_on_what_machine(void)
{
    char host[256] = "", line[64];
    gethostname(host, sizeof host - 1);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", folds[0], "--out", "machine", "--threads", "3", "--quiet"), 0);
    static const char path[] = "machine/tiny/seed-1/fold-0/summary.json";
    static const char *const keys[] = {"cpu", "kernels", "compiler", "version", "commit"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        snprintf(line, sizeof line, "    \"%s\": \"", keys[i]);
        check_contains(path, line);
    }
    check_contains(path, "  \"machine\": {\n");
    check_contains(path, "    \"threads\": 3,\n");
    check_lacks(path, program_root);
    if (strlen(host) > 3)
        check_lacks(path, host);
}

static void is_timed_where_it_can_be(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=blind", "train.evaluate_test=false", "data.validation=0",
                        "train.early_stopping=null"),
                    0);
    check_lacks("out", " %");
    check_contains("results/blind/seed-1/summary.json", "\"test_ms_per_sample\": null,");
    struct arena *arena = arena_create();
    const struct csv *blind = load_csv(arena, "results/blind/seed-1/timing.csv"),
                     *validated = load_csv(arena, "results/tiny/seed-1/timing.csv");
    CHECK_TEXT(cell(blind, 0, "test_ms_per_sample"), "");
    CU_ASSERT(strtod(cell(validated, 0, "test_ms_per_sample"), NULL) > 0);
    arena_destroy(arena);
}

/* One step that leaves numbers too large to go on with, and nothing else that would notice. */
static void notices_that_it_diverged(void)
{
    static const char *const more[] = {"train.evaluate_test=false", "data.fold={count: 3, index: 0}",
                                       "train.evaluate_train=true"};
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=wild", more[i], "train.evaluate_test=false",
                            "model=[linear: 30, linear: 30, linear: 30, linear: 10]", "data.validation=0",
                            "train.early_stopping=null", "train.max_epochs=1", "train.batch_size=1000",
                            "train.optimizer.sgd.learning_rate=1000000", "train.penalty.lambda=1000000",
                            "--again", "--quiet"),
                        3);
        check_contains("err", "the training diverged: the loss became nan when testing after epoch 1; ");
    }
}

static void refuses_what_the_data_do_not_allow(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "data.fold={count: 201, index: 0}"), 2);
    check_file("err", "command line:1:11: data.fold: cuts 200 training images into 201 folds, which leaves "
                      "some without any\n"
                      "    1 | data.fold={count: 201, index: 0}\n"
                      "      |           ^\n");
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "data.fold={count: 21, index: 0}", "data.limit=20"), 2);
    check_contains("err",
                   "data.fold: cuts 20 training images into 21 folds, which leaves some without any\n");
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "data.fold={count: 2, index: 1}", "data.limit=80"), 2);
    check_contains("err", "tiny.yaml:5:15: data.validation: holds out 40 of 40 training images outside the "
                          "fold, which leaves none to train on\n");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "data.fold={count: 3, index: 3}"), 2);
    check_contains("err", "command line:1:29: data.fold.index: wants 0 to 2 where count is 3, found 3\n");
}

static void is_compared(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", folds[1], "name=relu", "model[1]=relu", "--quiet"), 0);
    CU_ASSERT_EQUAL(RUN("compare", "results/tiny/seed-1/fold-1", "results/relu/seed-1/fold-1"), 0);
    check_contains("out", "\n  model[1]                tanh  relu\n");
    check_contains("out", "\n  held_out_error_pct ");
    check_contains("out", "A against B on 67 images: ");
    check_lacks("out", "test_error_pct");
    CU_ASSERT_EQUAL(RUN("compare", "results/tiny/seed-1/fold-1", "results/tiny/seed-1/fold-2"), 0);
    check_lacks("out", " against ");
    CU_ASSERT_EQUAL(RUN("compare", "results/tiny/seed-1/fold-1", "results/tiny/seed-1", "--format", "json"),
                    0);
    check_contains("out", "\"held_out_error_pct\": ");
    CU_ASSERT_EQUAL(RUN("compare", "results/tiny/seed-1"), 0);
    check_lacks("out", "held_out_error_pct");
}

int main(void)
{
    enter_directory();
    write_text("tiny.yaml", tiny);
    CU_TestInfo tests[] = {
        {"a fold's run predicts what it holds out", predicts_what_it_holds_out},
        {"so does predict", agrees_with_predict},
        {"so does the independent reader", can_be_rebuilt},
        {"a finished fold is not run again", is_found_finished},
        {"stopped and resumed", goes_on_after_a_stop},
        {"another fold's directory", keeps_folds_apart},
        {"evaluate_test: false", leaves_the_test_set_alone},
        {"the test set has no say", does_not_look},
        {"the machine in summary.json", says_on_what_machine},
        {"times without a test set", is_timed_where_it_can_be},
        {"a training that diverges unseen", notices_that_it_diverged},
        {"folds that cannot be", refuses_what_the_data_do_not_allow},
        {"folds side by side", is_compared},
        CU_TEST_INFO_NULL,
    };
    const int status = run_suite("fold", tests);
    leave_directory();
    return status;
}

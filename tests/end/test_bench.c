/* `assay bench`: what it prints and what it refuses. Never how fast anything is. */
#include "program.h"

#include <math.h>

#include "base/arena.h"
#include "io/csv.h"
#include "io/json.h"
#include "math/kernels.h"

/* A layer of every kind that there is to measure: with parameters and without, with state, absent. */
static const char tiny[] =
    "data: {dataset: {digits: {train: 150, test: 40}}, validation: 30, pad: 1}\n"
    "model: [conv: {maps: 3, kernel: 5, stride: 2}, batch-norm, tanh, pool: {type: lp, p: 2}, dropout: 0,\n"
    "  subtractive-norm: {kernel: 3}, dropout: 0.2, conv: {maps: 4, kernel: 3, name: second}, relu,\n"
    "  linear: 10]\n"
    "train: {max_epochs: 3, batch_size: 6, optimizer: {sgd: 0.1}}\n";

static struct arena *arena;

static const struct json *read_json(void)
{
    struct assay_error error = {0};
    char *bytes = read_text("out");
    const struct json *json = json_parse(arena, "out", bytes, strlen(bytes), &error);
    CHECK_TEXT(error.text, "");
    memory_free(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    return json;
}

static double number(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);
    if (value == NULL || value->kind != JSON_NUMBER)
        fprintf(stderr, "no number %s\n", key);
    CU_ASSERT_FATAL(value != NULL && value->kind == JSON_NUMBER);
    return value->number;
}

static const char *string(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);
    CU_ASSERT_FATAL(value != NULL && value->kind == JSON_STRING);
    return value->text;
}

/* Least and median above 0, the least being that. */
static void check_spread(const struct json *object, const char *key)
{
    char iqr[64], least[64];
    snprintf(iqr, sizeof iqr, "%s_iqr", key);
    snprintf(least, sizeof least, "%s_min", key);
    CU_ASSERT_TRUE(number(object, least) > 0 && number(object, least) <= number(object, key));
    CU_ASSERT_TRUE(number(object, iqr) >= 0);
}

static void has_a_row_for_each(void)
{
    static const int wanted[][2] = {{3, 2}, {1, 2}, {128, 2}, {3, 1}, {1, 1}, {128, 1}};
    CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "--batch-sizes", "3,1,128", "--threads=2,1", "--seconds",
                        "0.02", "--format", "json", "--quiet"),
                    0);
    const struct json *json = read_json(), *rows = json_get(json, "rows");
    CU_ASSERT_EQUAL_FATAL(rows->count, sizeof wanted / sizeof wanted[0]);
    for (size_t r = 0; r < rows->count; r++) {
        CU_ASSERT_EQUAL(number(&rows->items[r], "batch"), wanted[r][0]);
        CU_ASSERT_EQUAL(number(&rows->items[r], "threads"), wanted[r][1]);
        check_spread(&rows->items[r], "train_ms_per_sample");
        check_spread(&rows->items[r], "test_ms_per_sample");
        CU_ASSERT_TRUE(number(&rows->items[r], "sgemm_gflops") > 0);
    }
    CU_ASSERT_EQUAL(number(json, "layers_batch"), 3);
    CU_ASSERT_EQUAL(number(json, "layers_threads"), 2);
    CU_ASSERT_EQUAL(number(json, "sgemm_gflops"), number(&rows->items[0], "sgemm_gflops"));
    CU_ASSERT_EQUAL(number(json, "sgemm_size"), 512);
    CHECK_TEXT(string(json, "config"), "tiny");
    CHECK_TEXT(string(json, "dataset"), "digits");
    static const char *const facts[] = {"cpu",      "kernels", "blas",  "blas_core",
                                        "compiler", "version", "commit"};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        CU_ASSERT_TRUE(strlen(string(json_get(json, "machine"), facts[i])) > 0);
    CU_ASSERT_TRUE(number(json_get(json, "machine"), "cpus") >= 1);
    CU_ASSERT_PTR_NOT_NULL(json_get(json_get(json, "machine"), "load_average"));
}

static void measures_table_2_1(void)
{
    static const int wanted[] = {1, 2, 4, 8, 10, 16, 32, 128, 6};
    CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "--seconds=0.02", "--format=json"), 0);
    check_contains("err", "9 rows and 9 layers, in turns: about ");
    const struct json *json = read_json(), *rows = json_get(json, "rows");
    CU_ASSERT_EQUAL_FATAL(rows->count, sizeof wanted / sizeof wanted[0]);
    for (size_t r = 0; r < rows->count; r++)
        CU_ASSERT_EQUAL(number(&rows->items[r], "batch"), wanted[r]);
    CU_ASSERT_EQUAL(number(json, "layers_batch"), 6);
}

/* The layers are those of `assay check`, with the same work. */
static void has_the_layers_of_check(void)
{
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "--format", "json"), 0);
    const struct json *checked = read_json(), *plan = json_get(checked, "layers");
    CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "--layers", "--seconds=0.02", "--format=json"), 0);
    const struct json *json = read_json(), *layers = json_get(json, "layers");
    CU_ASSERT_EQUAL(json_get(json, "rows")->count, 0);
    CU_ASSERT_EQUAL_FATAL(layers->count, plan->count);
    double flops = 0, test_flops = 0;
    for (size_t l = 0; l < layers->count; l++) {
        const struct json *layer = &layers->items[l], *passes = json_get(layer, "passes");
        CHECK_TEXT(string(layer, "name"), string(&plan->items[l], "name"));
        CHECK_TEXT(string(layer, "type"), string(&plan->items[l], "type"));
        CU_ASSERT_TRUE(number(layer, "ms_per_sample") > 0 && number(layer, "bytes_per_sample") > 0);
        flops += number(layer, "flops_per_sample");
        double in_passes = 0;
        for (size_t p = 0; p < passes->count; p++) {
            check_spread(&passes->items[p], "ms_per_sample");
            if (strcmp(string(&passes->items[p], "pass"), "test") == 0)
                test_flops += number(&passes->items[p], "flops_per_sample");
            else
                in_passes += number(&passes->items[p], "flops_per_sample");
        }
        CU_ASSERT_DOUBLE_EQUAL(in_passes, number(layer, "flops_per_sample"), 0.5);
    }
    CU_ASSERT_DOUBLE_EQUAL(flops, number(checked, "train_flops"), 1);
    CU_ASSERT_DOUBLE_EQUAL(test_flops, number(checked, "test_flops"), 1);
}

static void names_passes(void)
{
    static const struct {
        const char *layer, *passes;
    } cases[] = {
        {"conv1", "forward, weight gradient, test"}, /* nobody wants the gradient of the images */
        {"tanh1", "forward, backward, test"},
        {"second", "prepare, forward, data gradient, weight gradient, test"},
        {"relu1", "forward, backward, test"},
        {"linear1", "forward, data gradient, weight gradient, test"},
        {"input", "forward, test"},
        {"loss", "forward, test"},
        {"update", "update"},
    };
    CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "--layers", "--seconds=0.02", "--format=csv"), 0);
    check_contains("out", "layer,type,pass,batch,threads,ms_per_sample,ms_per_sample_iqr,ms_per_sample_min,"
                          "flops_per_sample,bytes_per_sample,gflops,sgemm_pct\ninput,,forward,6,");
    struct assay_error error = {0};
    const struct csv *csv = csv_load(arena, "out", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(csv);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char passes[256] = "";
        for (size_t r = 0; r < csv->rows; r++)
            if (strcmp(csv->cells[r][0], cases[i].layer) == 0)
                snprintf(passes + strlen(passes), sizeof passes - strlen(passes), "%s%s",
                         passes[0] != '\0' ? ", " : "", csv->cells[r][2]);
        CHECK_TEXT(passes, cases[i].passes);
    }
}

static void writes_rows_as_csv(void)
{
    CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "--batch-sizes", "2,5", "--threads", "1", "--seconds", "0.02",
                        "--format", "csv"),
                    0);
    check_contains("out",
                   "batch,threads,train_ms_per_sample,train_ms_per_sample_iqr,train_ms_per_sample_min,"
                   "test_ms_per_sample,test_ms_per_sample_iqr,test_ms_per_sample_min,sgemm_gflops\n2,1,");
    struct assay_error error = {0};
    const struct csv *csv = csv_load(arena, "out", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(csv);
    CU_ASSERT_EQUAL_FATAL(csv->rows, 2);
    CHECK_TEXT(csv->cells[1][0], "5");
    CHECK_TEXT(csv->cells[1][1], "1");
    for (size_t c = 2; c < csv->columns; c++)
        CU_ASSERT_TRUE(strlen(csv->cells[1][c]) > 0);
}

static void writes_text(void)
{
    static const char *const wanted[] = {
        "tiny: digits, 120 training images, 40 test images\n",
        "\n  batch  threads   train ms      iqr      min    test ms      iqr      min\n      4        1 ",
        "\n  layer                pass                    ms       KiB     MFLOP   GFLOP/s  of sgemm\n",
        "\n  second               prepare  ",
        "\n                       data gradient  ",
        "\n  all                  training  ",
        "\n  per sample, in batches of 4 on 1 thread, each phase alone",
        "\n  sgemm 512 x 512 x 512 on 1 thread: ",
    };
    CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "--batch-sizes=4", "--threads=1", "--seconds=0.02"), 0);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        check_contains("out", wanted[i]);
}

/* Some run into numbers that are not finite sooner or later; that one begins afresh is not the reader's
 * business. One that does so at once cannot be measured. */
static void bears_divergence(void)
{
    enum { DEEP = 320 };
    struct text deep = {0};
    write_text("wild.yaml", "data: {dataset: {digits: {train: 150, test: 40}}}\n"
                            "model: [linear: 8, relu, linear: 10]\n"
                            "train: {max_epochs: 2, batch_size: 1, optimizer: {sgd: 1.0e+6}}\n");
    CU_ASSERT_EQUAL(RUN("run", "wild.yaml", "--out", "wild"), 3);
    check_contains("err", "the loss became nan in epoch 1 at step ");
    CU_ASSERT_EQUAL(RUN("bench", "wild.yaml", "--batch-sizes=1", "--seconds=0.02", "--format=csv"), 0);
    check_contains("out", "\n1,");
    text_add(&deep, "data: {dataset: {digits: {train: 20, test: 5}}}\nmodel:\n");
    for (int l = 0; l < DEEP; l++)
        text_add(&deep, "  - linear: {units: 10, init: he}\n");
    text_add(&deep, "train: {max_epochs: 2, batch_size: 4, optimizer: {sgd: 1}}\n");
    write_text("deep.yaml", deep.bytes);
    text_finish(&deep);
    CU_ASSERT_EQUAL(RUN("bench", "deep.yaml", "--batch-sizes=4", "--seconds=0.02", "--quiet"), 3);
    check_contains(
        "err", "assay: the training diverged with batches of 4: the loss became nan in epoch 1 at step 1\n");
    check_file("out", "");
}

/* As it takes a CPU that is newer than itself. */
static void says_that_openblas_is_slow(void)
{
    static const char *const isas[] = {"avx512", "avx2", "plain"}, *const helps[] = {"SkylakeX", "Haswell",
                                                                                     NULL};
    struct assay_error error;
    setenv("OPENBLAS_CORETYPE", "Prescott", 1);
    for (size_t i = 0; i < sizeof isas / sizeof isas[0]; i++) {
        char wanted[160];
        if (kernels_choose(isas[i], &error) == NULL)
            continue; /* not on this CPU */
        setenv("ASSAY_ISA", isas[i], 1);
        CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "--layers", "--threads=1", "--seconds=0.02"), 0);
        snprintf(wanted, sizeof wanted,
                 "this OpenBLAS does not know this CPU, so its sgemm is slow; OPENBLAS_CORETYPE=%s helps\n",
                 helps[i] != NULL ? helps[i] : "");
        char *said = read_text("err");
        CU_ASSERT_EQUAL(strstr(said, wanted) != NULL, helps[i] != NULL);
        CU_ASSERT_EQUAL(strstr(said, "OPENBLAS_CORETYPE") != NULL, helps[i] != NULL);
        memory_free(said);
    }
    unsetenv("ASSAY_ISA");
    unsetenv("OPENBLAS_CORETYPE");
}

static void refuses(void)
{
    static const struct {
        const char *words[4];
        const char *err;
    } cases[] = {
        {{"tiny.yaml", "--batch-sizes", "0"},
         "assay: --batch-sizes wants at most 32 whole numbers from 1 to 65536 with commas between them, not "
         "0\n"},
        {{"tiny.yaml", "--batch-sizes", "1,,2"},
         "assay: --batch-sizes wants at most 32 whole numbers from 1 to 65536 with commas between them, not "
         "1,,2\n"},
        {{"tiny.yaml", "--batch-sizes=4,"},
         "assay: --batch-sizes wants at most 32 whole numbers from 1 to 65536 with commas between them, not "
         "4,\n"},
        {{"tiny.yaml", "--threads", "1025"},
         "assay: --threads wants at most 32 whole numbers from 1 to 1024 with commas between them, not "
         "1025\n"},
        {{"tiny.yaml", "--seconds", "0"},
         "assay: --seconds wants a number above 0 and of at most 3600, not 0\n"},
        {{"missing.yaml"}, "cannot open missing.yaml: No such file or directory\n"},
        {{"tiny.yaml", "data.limit=151"},
         "command line:1:12: data.limit: wants 151 training images, the data set has 150\n"
         "    1 | data.limit=151\n"
         "      |            ^\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const *words = cases[i].words;
        CU_ASSERT_EQUAL(RUN("bench", words[0], words[1], words[2], words[3]), 2);
        check_file("err", cases[i].err);
        check_file("out", "");
    }
    setenv("XDG_CACHE_HOME", program_root, 1);
    CU_ASSERT_EQUAL(RUN("bench", "tiny.yaml", "data.dataset=mnist"), 2);
    check_contains("err", "assay: the data set mnist is in none of the places where it is looked for:\n");
    CU_ASSERT_FALSE(file_exists("results"));
}

int main(void)
{
    enter_directory();
    write_text("tiny.yaml", tiny);
    arena = arena_create();
    CU_TestInfo tests[] = {
        {"a row for each batch size and number of threads", has_a_row_for_each},
        {"Table 2.1", measures_table_2_1},
        {"the layers of check", has_the_layers_of_check},
        {"passes", names_passes},
        {"rows as CSV", writes_rows_as_csv},
        {"text", writes_text},
        {"a training that diverges", bears_divergence},
        {"an OpenBLAS that does not know the CPU", says_that_openblas_is_slow},
        {"what it refuses", refuses},
        CU_TEST_INFO_NULL,
    };
    const int status = run_suite("bench", tests);
    arena_destroy(arena);
    leave_directory();
    return status;
}

#include "config_case.h"

#include "run/identity.h"
#include "schema/schema.h"

#define SMALL                                                                                                \
    "seed: 7\n"                                                                                              \
    "data: {dataset: digits, dir: here, validation: 100, pad: 2}\n"                                          \
    "knobs: {pool: {type: lp, p: 2}, word: \"no\", rate: 1e-3}\n"                                            \
    "model:\n"                                                                                               \
    "  - conv: {maps: 4, kernel: 5}\n"                                                                       \
    "  - tanh\n"                                                                                             \
    "  - pool: ${knobs.pool}\n"                                                                              \
    "  - dropout: 0.5\n"                                                                                     \
    "train: {max_epochs: 3, optimizer: {sgd: \"${knobs.rate}\"}, early_stopping: {patience: 5}}\n"

#define RESOLVED_DATA                                                                                        \
    "  dataset:\n"                                                                                           \
    "    digits:\n"                                                                                          \
    "      train: 10000\n"                                                                                   \
    "      test: 2000\n"                                                                                     \
    "      seed: 1\n"

#define RESOLVED_REST                                                                                        \
    "  limit: null\n"                                                                                        \
    "  fold: null\n"                                                                                         \
    "  validation: 100\n"                                                                                    \
    "  split_seed: 1\n"                                                                                      \
    "  pad: 2\n"                                                                                             \
    "  normalize: standard\n"

#define RESOLVED_MODEL                                                                                       \
    "model:\n"                                                                                               \
    "  - conv:\n"                                                                                            \
    "      name: null\n"                                                                                     \
    "      maps: 4\n"                                                                                        \
    "      kernel: 5\n"                                                                                      \
    "      stride: 1\n"                                                                                      \
    "      pad: 0\n"                                                                                         \
    "      init: torch\n"                                                                                    \
    "  - tanh:\n"                                                                                            \
    "      name: null\n"                                                                                     \
    "  - pool:\n"                                                                                            \
    "      name: null\n"                                                                                     \
    "      type: lp\n"                                                                                       \
    "      p: 2\n"                                                                                           \
    "      size: 2\n"                                                                                        \
    "      stride: 2\n"                                                                                      \
    "      pad: 0\n"                                                                                         \
    "  - dropout:\n"                                                                                         \
    "      name: null\n"                                                                                     \
    "      rate: 0.5\n"                                                                                      \
    "train:\n"                                                                                               \
    "  loss:\n"                                                                                              \
    "    nll: {}\n"                                                                                          \
    "  loss_reduction: mean\n"                                                                               \
    "  max_epochs: 3\n"                                                                                      \
    "  batch_size: 16\n"                                                                                     \
    "  convolution: fast\n"                                                                                  \
    "  shuffle: true\n"                                                                                      \
    "  evaluate_train: false\n"                                                                              \
    "  evaluate_test: true\n"                                                                                \
    "  optimizer:\n"                                                                                         \
    "    sgd:\n"                                                                                             \
    "      learning_rate: 0.001\n"                                                                           \
    "      momentum: 0\n"                                                                                    \
    "      dampening: 0\n"                                                                                   \
    "      schedule:\n"                                                                                      \
    "        constant: {}\n"                                                                                 \
    "  penalty:\n"                                                                                           \
    "    lambda: 0\n"                                                                                        \
    "    C: 0\n"                                                                                             \
    "  early_stopping:\n"                                                                                    \
    "    monitor: val_error_pct\n"                                                                           \
    "    patience: 5\n"                                                                                      \
    "    min_delta: 0\n"                                                                                     \
    "    start_from_epoch: 1\n"                                                                              \
    "    stopping_threshold: null\n"                                                                         \
    "    divergence_threshold: null\n"                                                                       \
    "    restore_best: true\n"                                                                               \
    "  init_from: null\n"

static const char resolved[] = "# resolved by assay; every key, nothing left to defaults\n"
                               "name: small\n"
                               "seed: 7\n"
                               "data:\n" RESOLVED_DATA "  dir: here\n" RESOLVED_REST "knobs:\n"
                               "  pool:\n"
                               "    type: lp\n"
                               "    p: 2\n"
                               "  word: \"no\"\n"
                               "  rate: 0.001\n" RESOLVED_MODEL;

static const char identity[] = "seed: 7\ndata:\n" RESOLVED_DATA RESOLVED_REST RESOLVED_MODEL;

static void test_table(void)
{
    struct text problems = {0};
    schema_audit(&config_table, &problems);
    CHECK_TEXT(problems.length > 0 ? problems.bytes : "", "");
    text_finish(&problems);
}

static void check_written(const struct config_case *test, void write(const struct config *, struct text *))
{
    struct loaded loaded = load_case(test);
    struct text text = {0};
    if (loaded.config != NULL)
        write(loaded.config, &text);
    else
        add_messages(&loaded, &text);
    CHECK_TEXT(text.bytes, test->wanted);
    text_finish(&text);
    unload(&loaded);
}

static void test_written(void)
{
    static const struct config_case cases[] = {
        {.files = {{"small.yaml", SMALL}}, .wanted = resolved},
        {.files = {{"config.yaml", resolved}}, .wanted = resolved},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_written(&cases[i], config_write);
}

static void test_identity(void)
{
    static const struct config_case cases[] = {
        {.files = {{"small.yaml", SMALL}}, .wanted = identity},
        {.files = {{"config.yaml", resolved}}, .wanted = identity},
        {.files = {{"config.yaml", resolved}},
         .arguments = {"name=other", "data.dir=null", "knobs={}"},
         .wanted = identity},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_written(&cases[i], config_write_identity);
}

/* By which a summary.json is recognised without the data. */
static void test_digest(void)
{
    const struct config_case test = {.files = {{"small.yaml", SMALL}}};
    struct loaded loaded = load_case(&test);
    struct sha256 sha256;
    uint8_t digest[SHA256_SIZE];
    char wanted[SHA256_HEX_SIZE], found[SHA256_HEX_SIZE];
    sha256_init(&sha256);
    sha256_add(&sha256, identity, strlen(identity));
    sha256_end(&sha256, digest);
    sha256_hex(digest, wanted);
    CU_ASSERT_PTR_NOT_NULL_FATAL(loaded.config);
    CU_ASSERT_TRUE(config_digest(loaded.config, found, NULL));
    CHECK_TEXT(found, wanted);

    struct run_identity whole;
    CU_ASSERT_TRUE_FATAL(run_identity_init(&whole, loaded.config, wanted, "weights", 7, NULL));
    CHECK_TEXT(whole.config_digest, wanted);
    run_identity_finish(&whole);
    unload(&loaded);
}

static void test_tested(void)
{
    static const struct {
        const char *arguments[CASE_ARGUMENTS];
        bool wanted;
    } cases[] = {
        {{"seed=1"}, true},
        {{"train.evaluate_test=true"}, true},
        {{"train.evaluate_test=false"}, false},
        {{"data.fold={count: 2, index: 1}"}, false},
        {{"data.fold={count: 2, index: 1}", "train.evaluate_test=false"}, false},
        {{"data.fold={count: 2, index: 1}", "data.fold=null"}, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config_case test = {.files = {{"small.yaml", SMALL}}};
        memcpy(test.arguments, cases[i].arguments, sizeof test.arguments);
        struct loaded loaded = load_case(&test);
        CU_ASSERT_PTR_NOT_NULL_FATAL(loaded.config);
        CU_ASSERT_EQUAL(config_evaluates_test(loaded.config), cases[i].wanted);
        unload(&loaded);
    }
}

static void test_bound(void)
{
    const struct config_case test = {.files = {{"small.yaml", SMALL}}};
    struct loaded loaded = load_case(&test);
    const struct config *config = loaded.config;
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CHECK_TEXT(config->name, "small");
    CU_ASSERT_EQUAL(config->seed, 7);
    CHECK_TEXT(config->data.dir, "here");
    CHECK_TEXT(config->data.dataset.variant->name, "digits");
    CU_ASSERT_EQUAL(config->data.limit, -1);
    CU_ASSERT_PTR_NULL(config->data.fold);
    CU_ASSERT_EQUAL(config->model.count, 4);
    CHECK_TEXT(config->model.items[2].variant->name, "pool");
    CU_ASSERT_EQUAL(config->model.items[2].line, 7);
    CU_ASSERT_EQUAL(config->train.early_stopping->patience, 5);
    CU_ASSERT_PTR_EQUAL(config->knobs, node_get(loaded.tree, "knobs"));
    unload(&loaded);
}

static void test_names(void)
{
    static const struct config_case cases[] = {
        {.files = {{"l2-tanh.yaml", DATA MODEL TRAIN}}, .wanted = "name: l2-tanh   default\n"},
        {.files = {{"x/l2.5.yml", DATA MODEL TRAIN}}, .wanted = "name: l2.5   default\n"},
        {.files = {{"plain", DATA MODEL TRAIN}}, .wanted = "name: plain   default\n"},
        {.files = {{"a.yaml", "name: null\n" DATA MODEL TRAIN}}, .wanted = "name: a   default\n"},
        {.files = {{"a.yaml", "name: mine\n" DATA MODEL TRAIN}}, .wanted = "name: mine   a.yaml:1:7\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_origins(&cases[i]);
}

static void test_refused(void)
{
    static const struct config_case cases[] = {
        {.files = {{"My Net.yaml", DATA MODEL TRAIN}},
         .wanted = "My Net.yaml: name: wants a name of a-z, 0-9, '.', '_' and '-', at most 64 characters, "
                   "the first a letter or digit, found \"My Net\"\n"},
        {.files = {{"a.yaml", DATA "model: []\n" TRAIN}},
         .wanted = "a.yaml:2:8: model: wants at least one layer\n"},
        {.files = {{"a.yaml", DATA TRAIN}}, .wanted = "a.yaml:1:1: model: required key is missing\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs: [1]\n"}},
         .wanted = "a.yaml:4:8: knobs: wants a map, found a list\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs: x\n"}},
         .wanted = "a.yaml:4:8: knobs: wants a map, found \"x\"\n"},
        {.files = {{"a.yaml", DATA MODEL "train: {max_epochs: 1, optimizer: {sgd: 1}, early_stopping: "
                                         "{monitor: val_loss, patience: 1}}\n"}},
         .wanted = "a.yaml:3:71: train.early_stopping.monitor: val_loss needs images to validate on, and "
                   "data.validation is 0\n"},
        {.files = {{"a.yaml", DATA MODEL
                    "train: {max_epochs: 1, optimizer: {sgd: 1}, early_stopping: {patience: 1}}\n"}},
         .wanted = "a.yaml:3:61: train.early_stopping.monitor: val_error_pct needs images to validate on, "
                   "and data.validation is 0\n"},
        /* all of it at once */
        {.files = {{"a.yaml", "seed: -1\nmodel: []\nknobs: 1\ndata: {dataset: \"${x}\"}\n" TRAIN}},
         .wanted = "a.yaml:1:7: seed: wants a whole number from 0 to 9007199254740992, found -1\n"
                   "a.yaml:2:8: model: wants at least one layer\n"
                   "a.yaml:3:8: knobs: wants a map, found \"1\"\n"
                   "a.yaml:4:17: data.dataset: ${x}: the config has no key x; known are seed, model, knobs, "
                   "data, train, name\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_refused(&cases[i]);
}

static void test_accepted(void)
{
    static const struct config_case cases[] = {
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs:\n"}}, .wanted = "knobs: null   a.yaml:4:7\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN}}, .wanted = "seed: 1   default\nknobs: null   default\n"},
        {.files = {{"a.yaml", DATA MODEL "train: {max_epochs: 1, optimizer: {sgd: 1}, early_stopping: "
                                         "{monitor: train_loss, patience: 1}}\n"}},
         .wanted = "train.early_stopping.monitor: train_loss   a.yaml:3:71\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_origins(&cases[i]);
}

static void test_differences(void)
{
    static const struct {
        const char *there, *here;
        size_t most;
        const char *wanted;
    } cases[] = {
        {"a: 1\n", "a: 1\n", 9, ""},
        {"a: {b: 1, c: 2}\n", "a: {c: 3, b: 1}\n", 9, "a.c: 2 there, 3 here\n"},
        {"a: {b: 1}\nc: 2\n", "a: {b: null}\nd: 2\n", 9,
         "a.b: 1 there, null here\nc: 2 there, nothing here\nd: nothing there, 2 here\n"},
        {"m: [{conv: {maps: 1, pad: 0}}, {tanh: {}}]\n", "m: [{conv: {maps: 2, pad: 0}}, {relu: {}}]\n", 9,
         "m[0].conv.maps: 1 there, 2 here\nm[1]: tanh there, relu here\n"},
        {"m: [{tanh: {}}]\n", "m: [{tanh: {}}, {dropout: {rate: 1}}]\n", 9,
         "m[1]: nothing there, dropout here\n"},
        {"a: [1]\nb: {}\n", "a: {x: 1, y: 2}\nb: []\n", 9,
         "a: a list there, a map here\nb: {} there, [] here\n"},
        {"a:\n", "a: 1\n", 9, "a: null there, 1 here\n"},
        {"a: \"no\"\n", "a: true\n", 9, "a: \"no\" there, true here\n"},
        {"a: 1\nb: 1\nc: 1\n", "a: 2\nb: 2\nc: 2\n", 2, "a: 1 there, 2 here\nb: 1 there, 2 here\n"},
        {"a: [", "a: 1\n", 9, "the config.yaml there cannot be read\n"},
        {resolved, resolved, 9, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text lines = {0};
        config_differences(cases[i].there, cases[i].here, cases[i].most, &lines);
        CHECK_TEXT(lines.length > 0 ? lines.bytes : "", cases[i].wanted);
        text_finish(&lines);
    }
}

int main(void)
{
    return run_suite("config", (CU_TestInfo[]){
                                   {"the table", test_table},
                                   {"written", test_written},
                                   {"identity", test_identity},
                                   {"digest", test_digest},
                                   {"bound", test_bound},
                                   {"tested", test_tested},
                                   {"names", test_names},
                                   {"refused", test_refused},
                                   {"accepted", test_accepted},
                                   {"differences", test_differences},
                                   CU_TEST_INFO_NULL,
                               });
}

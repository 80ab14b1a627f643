#include "config_case.h"

static void test_merged(void)
{
    static const struct config_case cases[] = {
        /* what the extending file does not say is the base's */
        {.files = {{"a.yaml", "extends: b.yaml\nseed: 2\n"}, {"b.yaml", "seed: 3\n" DATA MODEL TRAIN}},
         .wanted = "seed: 2   a.yaml:2:7\n"
                   "data.dataset.digits.train: 10000   default\n"
                   "train.max_epochs: 1   b.yaml:4:21\n"
                   "train.optimizer.sgd.learning_rate: 0.1   b.yaml:4:41\n"},
        {.files = {{"a.yaml", "extends: b.yaml\ntrain: {batch_size: 8}\n"}, {"b.yaml", DATA MODEL TRAIN}},
         .wanted = "train.max_epochs: 1   b.yaml:3:21\n"
                   "train.batch_size: 8   a.yaml:2:21\n"},
        /* a list replaces a list */
        {.files = {{"a.yaml", "extends: b.yaml\nmodel: [relu]\n"},
                   {"b.yaml", DATA "model: [tanh, tanh]\n" TRAIN}},
         .wanted = "model[0].relu.name: null   default\n"
                   "train.loss.nll: {}   default\n"},
        /* null replaces a map, a map replaces null */
        {.files = {{"a.yaml", "extends: b.yaml\ntrain: {early_stopping: null}\n"},
                   {"b.yaml", DATA MODEL
                    "train: {max_epochs: 1, optimizer: {sgd: 0.1}, early_stopping: {patience: 5}}\n"}},
         .wanted = "train.early_stopping: null   a.yaml:2:25\n"},
        {.files = {{"a.yaml",
                    "extends: b.yaml\ntrain: {early_stopping: {monitor: train_loss, patience: 3}}\n"},
                   {"b.yaml",
                    DATA MODEL "train: {max_epochs: 1, optimizer: {sgd: 0.1}, early_stopping: null}\n"}},
         .wanted = "train.early_stopping.monitor: train_loss   a.yaml:2:35\n"
                   "train.early_stopping.patience: 3   a.yaml:2:57\n"},
        /* the same choice is merged, however it is written; another one replaces it */
        {.files = {{"a.yaml", "extends: b.yaml\ntrain: {optimizer: {sgd: {momentum: 0.5}}}\n"},
                   {"b.yaml", DATA MODEL TRAIN}},
         .wanted = "train.optimizer.sgd.learning_rate: 0.1   b.yaml:3:41\n"
                   "train.optimizer.sgd.momentum: 0.5   a.yaml:2:37\n"},
        {.files = {{"a.yaml", "extends: b.yaml\ntrain: {optimizer: sgd}\n"}, {"b.yaml", DATA MODEL TRAIN}},
         .wanted = "train.optimizer.sgd.learning_rate: 0.1   b.yaml:3:41\n"},
        {.files = {{"a.yaml",
                    "extends: b.yaml\ntrain: {optimizer: {sgd: {schedule: {step: {factor: 0.5}}}}}\n"},
                   {"b.yaml", DATA MODEL
                    "train: {max_epochs: 1, optimizer: {sgd: {learning_rate: 1, schedule: {step: 3}}}}\n"}},
         .wanted = "train.optimizer.sgd.schedule.step.every: 3   b.yaml:3:77\n"
                   "train.optimizer.sgd.schedule.step.factor: 0.5   a.yaml:2:53\n"},
        {.files = {{"a.yaml", "extends: b.yaml\ntrain: {optimizer: {sgd: {schedule: constant}}}\n"},
                   {"b.yaml", DATA MODEL
                    "train: {max_epochs: 1, optimizer: {sgd: {learning_rate: 1, schedule: {step: 3}}}}\n"}},
         .wanted = "train.optimizer.sgd.learning_rate: 1   b.yaml:3:57\n"
                   "train.optimizer.sgd.schedule.constant: {}   a.yaml:2:37\n"},
        {.files = {{"a.yaml",
                    "extends: b.yaml\ntrain: {optimizer: {sgd: {schedule: {cosine: {final: 0.5}}}}}\n"},
                   {"b.yaml", DATA MODEL
                    "train: {max_epochs: 1, optimizer: {sgd: {learning_rate: 1, schedule: {step: 3}}}}\n"}},
         .wanted = "train.optimizer.sgd.schedule.cosine.final: 0.5   a.yaml:2:54\n"},
        {.files = {{"a.yaml", "extends: b.yaml\ndata: {dataset: {digits: {test: 7}}}\n"},
                   {"b.yaml", "data: {dataset: mnist, pad: 2}\n" MODEL TRAIN}},
         .wanted = "data.dataset.digits.train: 10000   default\n"
                   "data.dataset.digits.test: 7   a.yaml:2:33\n"
                   "data.pad: 2   b.yaml:1:29\n"},
        /* knobs: merged, but replaced whole once the type or the variant changes */
        {.files = {{"a.yaml", "extends: b.yaml\nknobs: {pool: {size: 3}}\n"},
                   {"b.yaml", "knobs: {pool: {type: lp, p: 4}, rate: 0.5}\n" DATA MODEL TRAIN}},
         .wanted = "knobs.pool.type: lp   b.yaml:1:22\n"
                   "knobs.pool.p: 4   b.yaml:1:29\n"
                   "knobs.pool.size: 3   a.yaml:2:22\n"
                   "knobs.rate: 0.5   b.yaml:1:39\n"},
        {.files = {{"a.yaml", "extends: b.yaml\nknobs: {pool: {type: lp, size: 3}}\n"},
                   {"b.yaml", "knobs: {pool: {type: lp, p: 4}}\n" DATA MODEL TRAIN}},
         .wanted = "knobs.pool.type: lp   a.yaml:2:22\n"
                   "knobs.pool.p: 4   b.yaml:1:29\n"
                   "knobs.pool.size: 3   a.yaml:2:32\n"},
        {.files = {{"a.yaml", "extends: b.yaml\nknobs: {pool: {type: max, size: 3}}\n"},
                   {"b.yaml",
                    "knobs: {pool: {type: lp, p: 4}}\nmodel: [pool: \"${knobs.pool}\"]\n" DATA TRAIN}},
         .wanted = "knobs.pool.type: max   a.yaml:2:22\n"
                   "knobs.pool.size: 3   a.yaml:2:33\n"
                   "model[0].pool.name: null   default\n"
                   "model[0].pool.type: max   a.yaml:2:22\n"
                   "model[0].pool.p: null   default\n"},
        {.files = {{"a.yaml", "extends: b.yaml\nknobs: {with: {dropout: {rate: 0.5}}}\n"},
                   {"b.yaml", "knobs: {with: {pool: {size: 3}}}\nmodel: [\"${knobs.with}\"]\n" DATA TRAIN}},
         .wanted = "knobs.with.dropout.rate: 0.5   a.yaml:2:32\n"
                   "model[0].dropout.name: null   default\n"
                   "model[0].dropout.rate: 0.5   a.yaml:2:32\n"},
        {.files = {{"a.yaml", "extends: b.yaml\nknobs: {dropout: 1}\n"},
                   {"b.yaml", "knobs: {pool: 2}\n" DATA MODEL TRAIN}},
         .wanted = "knobs.pool: 2   b.yaml:1:15\n"
                   "knobs.dropout: 1   a.yaml:2:18\n"},
        /* a chain, relative to the file that says it; null extends nothing; a name is its own file's */
        {.files = {{"x/a.yaml", "extends: y/b.yaml\nseed: 1\n"},
                   {"x/y/b.yaml", "extends: ../../c.yaml\nname: b\ntrain: {max_epochs: 2}\n"},
                   {"c.yaml", "extends: null\nname: c\nseed: 3\n" DATA MODEL TRAIN}},
         .wanted = "name: a   default\n"
                   "seed: 1   x/a.yaml:2:7\n"
                   "data.dataset.digits.train: 10000   default\n"
                   "train.max_epochs: 2   x/y/b.yaml:3:21\n"
                   "train.optimizer.sgd.learning_rate: 0.1   x/y/../../c.yaml:6:41\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_origins(&cases[i]);
}

static void test_replaced_list_is_gone(void)
{
    const struct config_case test = {.files = {{"a.yaml", "extends: b.yaml\nmodel: [relu]\n"},
                                               {"b.yaml", DATA "model: [tanh, tanh]\n" TRAIN}}};
    struct loaded loaded = load_case(&test);
    CU_ASSERT_EQUAL_FATAL(loaded.config->model.count, 1);
    CHECK_TEXT(loaded.config->model.items[0].variant->name, "relu");
    unload(&loaded);
}

static void test_refused(void)
{
    static const struct config_case cases[] = {
        {.files = {{"a.yaml", "extends: a.yaml\n"}},
         .wanted = "a.yaml:1:10: extends: a cycle: a.yaml -> a.yaml\n"},
        {.files = {{"a.yaml", "extends: x/b.yaml\n"},
                   {"x/b.yaml", "extends: c.yaml\n"},
                   {"x/c.yaml", "extends: ./b.yaml\n"}},
         .wanted = "x/c.yaml:1:10: extends: a cycle: x/b.yaml -> x/c.yaml -> x/./b.yaml\n"},
        {.files = {{"a.yaml", "extends: [b.yaml]\n"}},
         .wanted = "a.yaml:1:10: extends: wants the name of a file, found a list\n"},
        {.files = {{"a.yaml", "extends: \"\"\n"}},
         .wanted = "a.yaml:1:10: extends: wants the name of a file, found \"\"\n"},
        {.files = {{"a.yaml", "knobs: {x: b.yaml}\nextends: ${knobs.x}\n"}},
         .wanted = "a.yaml:2:10: extends: cannot refer to anything, found \"${knobs.x}\"\n"},
        {.files = {{"a.yaml", "extends: b.yaml\nseed: x\n"}, {"b.yaml", "seed: 1\nseed: 2\n"}},
         .wanted = "b.yaml:2:1: duplicate key \"seed\"; first on line 1\n"},
        {.files = {{"a.yaml", "extends: b.yaml\nseed: x\n"}, {"b.yaml", "- seed\n"}},
         .wanted = "b.yaml:1:1: wants a map of keys, found a list\n"},
        /* everything that is wrong in two files at once */
        {.files = {{"a.yaml",
                    "extends: b.yaml\nsed: 1\ntrain: {batch_size: 0}\nmodel: [tahn, {dropout: 2}]\n"},
                   {"b.yaml", "seed: x\ndata: {dataset: mist, pad: -1}\nmodel: [nothing]\ntrain: "
                              "{max_epochs: [1], optimizer: {sgd: 0}}\n"}},
         .wanted = "a.yaml:2:1: sed: unknown key; did you mean seed?\n"
                   "a.yaml:3:21: train.batch_size: wants a whole number from 1 to 65536, found 0\n"
                   "a.yaml:4:9: model[0]: unknown layer \"tahn\"; did you mean tanh?\n"
                   "a.yaml:4:25: model[1].dropout: wants a number of at least 0 and below 1, found 2\n"
                   "b.yaml:1:7: seed: wants a whole number, found \"x\"\n"
                   "b.yaml:2:17: data.dataset: unknown data set \"mist\"; did you mean mnist?\n"
                   "b.yaml:2:28: data.pad: wants a whole number from 0 to 64, found -1\n"
                   "b.yaml:4:21: train.max_epochs: wants a whole number, found a list\n"
                   "b.yaml:4:43: train.optimizer.sgd: wants a number above 0 and at most 1000000, found 0\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_refused(&cases[i]);
}

static void test_missing_file(void)
{
    const struct config_case test = {.files = {{"a.yaml", "seed: 1\nextends: x/b.yaml\n"}}};
    struct loaded loaded = load_case(&test);
    struct text messages = {0};
    add_messages(&loaded, &messages);
    CU_ASSERT_PTR_NOT_NULL_FATAL(messages.bytes);
    CU_ASSERT_PTR_EQUAL(strstr(messages.bytes, "a.yaml:2:10: "), messages.bytes);
    CU_ASSERT_PTR_NOT_NULL(strstr(messages.bytes, "x/b.yaml"));
    CU_ASSERT_EQUAL(diagnostics_status(loaded.diagnostics), ASSAY_INVALID);
    text_finish(&messages);
    unload(&loaded);
}

/* config_tree of 0.yaml, which extends 1.yaml, … up to `count` files. */
static size_t count_errors_of_chain(int count)
{
    char directory[DIRECTORY_SIZE], path[DIRECTORY_SIZE + 32], text[32];
    make_directory(directory);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%d.yaml", directory, i);
        snprintf(text, sizeof text, i + 1 < count ? "extends: %d.yaml\n" : "seed: %d\n", i + 1);
        write_file(path, text);
    }
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    snprintf(path, sizeof path, "%s/0.yaml", directory);
    const struct node *tree = config_tree(arena, path, (struct place){0}, diagnostics);
    const size_t errors = diagnostics_count(diagnostics);
    CU_ASSERT_EQUAL(tree == NULL, errors > 0);
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%d.yaml", directory, i);
        remove_file(path);
    }
    CU_ASSERT_FALSE(is_directory(directory));
    return errors;
}

static void test_chain_limit(void)
{
    CU_ASSERT_EQUAL(count_errors_of_chain(16), 0);
    CU_ASSERT_EQUAL(count_errors_of_chain(17), 1);
}

int main(void)
{
    return run_suite("extends", (CU_TestInfo[]){
                                    {"merged", test_merged},
                                    {"a replaced list is gone", test_replaced_list_is_gone},
                                    {"refused", test_refused},
                                    {"a missing file", test_missing_file},
                                    {"at most 16 files", test_chain_limit},
                                    CU_TEST_INFO_NULL,
                                });
}

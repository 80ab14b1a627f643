#include "config_case.h"

static void test_replaced(void)
{
    static const struct config_case cases[] = {
        /* any kind of node, anywhere; a copy has the places of the original */
        {.files = {{"a.yaml",
                    "knobs: {n: 3, pool: {type: lp, p: 2}, rates: [0.2, [0.5]], act: tanh}\n" DATA TRAIN
                    "seed: ${knobs.n}\n"
                    "model:\n"
                    "  - ${knobs.act}\n"
                    "  - pool: ${knobs.pool}\n"
                    "  - dropout: ${knobs.rates[0]}\n"
                    "  - dropout: {rate: \"${knobs.rates[1][0]}\"}\n"}},
         .wanted = "seed: 3   a.yaml:1:12\n"
                   "model[0].tanh.name: null   default\n"
                   "model[1].pool.type: lp   a.yaml:1:28\n"
                   "model[2].dropout.rate: 0.2   a.yaml:1:47\n"
                   "model[3].dropout.rate: 0.5   a.yaml:1:53\n"},
        /* to what is itself a reference, or holds or lies behind one; to what is no knob */
        {.files = {{"a.yaml",
                    "knobs: {a: \"${knobs.b.x[1]}\", b: \"${knobs.c}\", c: {x: [1, \"${knobs.d}\"]}, d: 4, "
                    "e: {f: 5, g: \"${knobs.e.f}\"}}\n"
                    "seed: ${knobs.a}\n" DATA MODEL
                    "train: {max_epochs: 7, batch_size: \"${train.max_epochs}\", optimizer: {sgd: 0.1}}\n"}},
         .wanted = "seed: 4   a.yaml:1:78\n"
                   "knobs.a: 4   a.yaml:1:78\n"
                   "knobs.b.x[1]: 4   a.yaml:1:78\n"
                   "knobs.e.g: 5   a.yaml:1:88\n"
                   "train.batch_size: 7   a.yaml:5:21\n"},
        /* after everything else, so that what is changed is seen wherever it is referred to */
        {.files = {{"a.yaml", "extends: b.yaml\nknobs: {n: 5}\n"},
                   {"b.yaml", "knobs: {n: 4, m: 4}\nseed: ${knobs.n}\ntrain: {batch_size: \"${knobs.m}\", "
                              "max_epochs: 1, optimizer: {sgd: 1}}\n" DATA MODEL}},
         .arguments = {"knobs.m=6"},
         .wanted = "seed: 5   a.yaml:2:12\n"
                   "train.batch_size: 6   command line:1:9\n"},
        {.files = {{"a.yaml", "name: x\nknobs: {name: z}\n" DATA MODEL TRAIN}},
         .arguments = {"name=${knobs.name}"},
         .wanted = "name: z   a.yaml:2:15\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs: {name: \"${name}\"}\n"}},
         .wanted = "name: a   default\nknobs.name: a   default\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_origins(&cases[i]);
}

static void test_refused(void)
{
    static const struct config_case cases[] = {
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs:\n  a: ${knobs.a}\n"}},
         .wanted = "a.yaml:5:6: knobs.a: a cycle: knobs.a -> knobs.a\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN
                    "knobs:\n  a: ${knobs.b}\n  b: ${knobs.a}\n  c: ${knobs.b}\nseed: ${knobs.a}\n"}},
         .wanted = "a.yaml:5:6: knobs.a: a cycle: knobs.a -> knobs.b -> knobs.a\n"},
        {.files = {{"a.yaml",
                    "seed: ${knobs.a}\n" DATA MODEL TRAIN "knobs:\n  a: ${knobs.b}\n  b: ${knobs.a}\n"}},
         .wanted = "a.yaml:6:6: knobs.a: a cycle: knobs.a -> knobs.b -> knobs.a\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs:\n  a:\n    b: [1, \"${knobs}\"]\n"}},
         .wanted = "a.yaml:6:12: knobs.a.b[1]: a cycle: knobs.a.b[1] -> knobs\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs: {pool: {p: 2}, dropout: [1, 2], none: []}\n"
                                               "seed: ${knobs.pol}\n"}},
         .wanted = "a.yaml:5:7: seed: ${knobs.pol}: knobs has no key pol; did you mean pool?\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs: {pool: {p: 2}, dropout: [1, 2], none: []}\n"
                                               "seed: ${knobs.learning_rate}\n"}},
         .wanted = "a.yaml:5:7: seed: ${knobs.learning_rate}: knobs has no key learning_rate; known are "
                   "pool, dropout, none\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs: {pool: {p: 2}, dropout: [1, 2], none: []}\n"
                                               "seed: ${knobs.dropout[2]}\n"}},
         .wanted = "a.yaml:5:7: seed: ${knobs.dropout[2]}: knobs.dropout has 2 items, [0] to [1]\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "knobs: {pool: {p: 2}, dropout: [1, 2], none: []}\n"
                                               "seed: ${knobs.none[0]}\n"}},
         .wanted = "a.yaml:5:7: seed: ${knobs.none[0]}: knobs.none is an empty list\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "seed: ${knob.pool}\nknobs: {}\n"}},
         .wanted = "a.yaml:4:7: seed: ${knob.pool}: the config has no key knob; did you mean knobs?\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "seed: ${data.pad}\n"}},
         .wanted = "a.yaml:4:7: seed: ${data.pad}: data has no key pad; known is dataset\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "seed: ${model.tanh}\n"}},
         .wanted = "a.yaml:4:7: seed: ${model.tanh}: model is a list, not a map\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "seed: ${data[0]}\n"}},
         .wanted = "a.yaml:4:7: seed: ${data[0]}: data is a map, not a list\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: run-${seed}\n"}},
         .wanted = "a.yaml:4:7: name: a reference stands for a whole value, found \"run-${seed}\"\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: ${seed\n"}},
         .wanted = "a.yaml:4:7: name: a reference stands for a whole value, found \"${seed\"\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: ${seed}${seed}\n"}},
         .wanted = "a.yaml:4:7: name: a reference stands for a whole value, found \"${seed}${seed}\"\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: ${}\n"}},
         .wanted =
             "a.yaml:4:7: name: ${} is no reference; write it like ${knobs.pool} or ${knobs.dropout[0]}\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: ${a..b}\n"}},
         .wanted = "a.yaml:4:7: name: ${a..b} is no reference; write it like ${knobs.pool} or "
                   "${knobs.dropout[0]}\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: ${a[x]}\n"}},
         .wanted = "a.yaml:4:7: name: ${a[x]} is no reference; write it like ${knobs.pool} or "
                   "${knobs.dropout[0]}\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: ${a[1234567]}\n"}},
         .wanted = "a.yaml:4:7: name: ${a[1234567]} is no reference; write it like ${knobs.pool} or "
                   "${knobs.dropout[0]}\n"},
        {.files = {{"a.yaml", DATA MODEL TRAIN "name: ${a.}\n"}},
         .wanted =
             "a.yaml:4:7: name: ${a.} is no reference; write it like ${knobs.pool} or ${knobs.dropout[0]}\n"},
        /* together with all else that is wrong, and nothing twice, wherever a value could stand */
        {.files =
             {{"a.yaml",
               "knobs: {bad: \"${knobs.x}\", map: {type: \"${knobs.y}\"}}\n"
               "seed: ${z}\n"
               "data: {dataset: \"${z}\", pad: 100}\n"
               "train: {max_epochs: \"${knobs.bad}\", optimizer: {sgd: \"${z}\"}, early_stopping: \"${z}\"}\n"
               "model:\n"
               "  - ${knobs.bad}\n"
               "  - conv: ${knobs.bad}\n"
               "  - pool: ${knobs.map}\n"
               "  - dropout: ${z}\n"
               "  - dropout: 1\n"}},
         .wanted = "a.yaml:1:14: knobs.bad: ${knobs.x}: knobs has no key x; known are bad, map\n"
                   "a.yaml:1:40: knobs.map.type: ${knobs.y}: knobs has no key y; known are bad, map\n"
                   "a.yaml:2:7: seed: ${z}: the config has no key z; known are knobs, seed, data, train, "
                   "model, name\n"
                   "a.yaml:3:17: data.dataset: ${z}: the config has no key z; known are knobs, seed, data, "
                   "train, model, name\n"
                   "a.yaml:3:30: data.pad: wants a whole number from 0 to 64, found 100\n"
                   "a.yaml:4:54: train.optimizer.sgd: ${z}: the config has no key z; known are knobs, seed, "
                   "data, train, model, name\n"
                   "a.yaml:4:79: train.early_stopping: ${z}: the config has no key z; known are knobs, seed, "
                   "data, train, model, name\n"
                   "a.yaml:9:14: model[3].dropout: ${z}: the config has no key z; known are knobs, seed, "
                   "data, train, model, name\n"
                   "a.yaml:10:14: model[4].dropout: wants a number of at least 0 and below 1, found 1\n"},
        {.files = {{"a.yaml", DATA TRAIN "knobs: ${z}\nmodel: ${z}\n"}},
         .wanted =
             "a.yaml:3:8: knobs: ${z}: the config has no key z; known are data, train, knobs, model, name\n"
             "a.yaml:4:8: model: ${z}: the config has no key z; known are data, train, knobs, model, name\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_refused(&cases[i]);
}

/* knobs k0 … with k<i> holding `width` references to k<i+1>, the last being 1; what is said of them, or NULL.
 */
static void check_growth(int length, int width, const char *wanted)
{
    struct text yaml = {0};
    text_add(&yaml, DATA MODEL TRAIN "knobs:\n");
    for (int i = 0; i < length; i++) {
        text_add(&yaml, "  k%d:\n", i);
        for (int j = 0; j < width; j++)
            text_add(&yaml, "    - ${knobs.k%d}\n", i + 1);
    }
    text_add(&yaml, "  k%d: 1\n", length);
    const struct config_case test = {.files = {{"a.yaml", yaml.bytes}}};
    struct loaded loaded = load_case(&test);
    struct text messages = {0};
    diagnostics_print(loaded.diagnostics, &messages);
    CU_ASSERT_EQUAL(messages.length == 0, wanted == NULL);
    if (wanted != NULL && (messages.length == 0 || strstr(messages.bytes, wanted) == NULL))
        CHECK_TEXT(messages.bytes, wanted);
    text_finish(&messages);
    text_finish(&yaml);
    unload(&loaded);
}

static void test_budgets(void)
{
    check_growth(30, 1, NULL);
    check_growth(31, 1, "with ${knobs.k1} replaced, the config is nested more than 32 deep");
    check_growth(33, 1, "more than 32 references lead into each other");
    check_growth(1000, 1, "more than 32 references lead into each other");
    check_growth(4, 10, NULL);
    check_growth(5, 10, "with every ${…} replaced, the config has more than 100000 values");
    check_growth(9, 100, "with every ${…} replaced, the config has more than 100000 values");
}

int main(void)
{
    return run_suite("reference", (CU_TestInfo[]){
                                      {"replaced", test_replaced},
                                      {"refused", test_refused},
                                      {"budgets", test_budgets},
                                      CU_TEST_INFO_NULL,
                                  });
}

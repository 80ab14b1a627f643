#include "schema_example.h"

static void everything_binds(void)
{
    struct bench bench = bench_bind(everything);
    CU_ASSERT_FATAL(bench.bound);
    const struct options *options = &bench.options;
    CHECK_TEXT(options->name, "l2-tanh");
    CHECK_TEXT(options->title, "no");
    CU_ASSERT(options->seed == UINT64_C(1) << 53);
    CU_ASSERT(!options->shuffle);
    CU_ASSERT(options->level == 0.001);
    CHECK_TEXT(options->data.dir, "16");
    CU_ASSERT(options->data.limit == 100 && options->data.pad == 2);
    CU_ASSERT(node_get(options->knobs, "list")->count == 2);
    CU_ASSERT_EQUAL_FATAL(options->model.count, 6);
    const struct assay_variant_value *items = options->model.items;
    const struct conv_options *first = items[0].options;
    CU_ASSERT(items[0].variant == &conv && items[0].line == 9 && items[0].column == 5);
    CU_ASSERT(first->maps == 64 && first->kernel == 5 && first->stride == 1);
    CHECK_TEXT(first->common.name, "first");
    CU_ASSERT(items[1].variant == &relu && items[1].line == 10);
    CU_ASSERT_PTR_NULL(((const struct layer_common *)items[1].options)->name);
    const struct pool_options *lp = items[2].options, *max = items[3].options;
    CU_ASSERT(lp->type == 1 && lp->p == 2 && lp->size == 3 && lp->stride == 3);
    CU_ASSERT(max->type == 0 && isnan(max->p) && max->size == 2 && max->stride == 2);
    CU_ASSERT(((const struct dropout_options *)items[4].options)->rate == 0.5);
    CHECK_TEXT(((const struct layer_common *)items[5].options)->name, "last");
    const struct sgd_options *steps = options->optimizer.options;
    CU_ASSERT(steps->learning_rate == 1e-3 && steps->momentum == 0.9);
    CU_ASSERT(steps->schedule.variant == &step);
    CU_ASSERT(((const struct step_options *)steps->schedule.options)->every == 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(options->stopping);
    CU_ASSERT(options->stopping->patience == 7 && options->stopping->monitor == 1);
    bench_finish(&bench);
}

static void defaults_come_from_nowhere(void)
{
    struct bench bench = bench_bind("{name: a, model: []}");
    CU_ASSERT_FATAL(bench.bound);
    CHECK_TEXT(bench.options.title, "");
    CU_ASSERT(bench.options.seed == 1 && bench.options.shuffle && bench.options.level == 95);
    CU_ASSERT(bench.options.data.limit == -1 && bench.options.data.dir == NULL);
    CU_ASSERT(bench.options.knobs == NULL && bench.options.stopping == NULL);
    CU_ASSERT(bench.options.model.count == 0);
    CU_ASSERT(bench.options.optimizer.variant == &sgd && bench.options.optimizer.line == 0);
    bench_finish(&bench);
}

static void names_are_found(void)
{
    CU_ASSERT(schema_field(&table, "seed") == &fields[2]);
    CU_ASSERT_PTR_NULL(schema_field(&table, "see"));
    CU_ASSERT(schema_variant(&layers, "pool") == &pool);
    CU_ASSERT_PTR_NULL(schema_variant(&layers, "name"));
}

/* Values that are refused, each in a file that is right but for it. */

#define NAME "a name of a-z, 0-9, '.', '_' and '-', at most 64 characters, the first a letter or digit"

static void wrong_values_are_refused(void)
{
    static const struct {
        const char *key, *value, *message;
    } cases[] = {
        {"seed", "abc", "seed: wants a whole number, found \"abc\""},
        {"seed", "\"16\"", "seed: wants a whole number, found the text \"16\"; write it without quotes"},
        {"seed", "1.0", "seed: wants a whole number, found \"1.0\"; write 1"},
        {"seed", "1e3", "seed: wants a whole number, found \"1e3\"; write 1000"},
        {"seed", "-1_000", "seed: wants a whole number, found \"-1_000\"; write -1000"},
        {"seed", "1_", "seed: wants a whole number, found \"1_\"; write 1"},
        {"seed", "_", "seed: wants a whole number, found \"_\""},
        {"seed", "'x'", "seed: wants a whole number, found the text \"x\""},
        {"seed", "00000000000000000000000000000000000000000",
         "seed: wants a whole number, found \"0000000000000000000000000000000000000000…\"; write 0"},
        {"knobs", "[1]", "knobs: wants a map, found a list"},
        {"seed", "007", "seed: wants a whole number, found \"007\"; write 7"},
        {"seed", "null", "seed: wants a whole number, found nothing"},
        {"seed", "", "seed: wants a whole number, found nothing"},
        {"seed", "{a: 1}", "seed: wants a whole number, found a map"},
        {"seed", "-1", "seed: wants a whole number from 0 to 9007199254740992, found -1"},
        {"seed", "9007199254740993",
         "seed: wants a whole number from 0 to 9007199254740992, found 9007199254740993"},
        {"data", "{pad: 15}", "data.pad: wants a whole number from 0 to 14, found 15"},
        {"data", "{limit: 0}", "data.limit: wants a whole number of at least 1, found 0"},
        {"data", "{limit: 2147483648}",
         "data.limit: wants a whole number from 1 to 2147483647, found 2147483648"},
        {"data", "{limit: 99999999999999999999}",
         "data.limit: wants a whole number from 1 to 2147483647, found 99999999999999999999"},
        {"data", "{limit: -99999999999999999999}",
         "data.limit: wants a whole number of at least 1, found -99999999999999999999"},
        {"data", "[]", "data: wants a map, found a list"},
        {"data", "null", "data: wants a map, found nothing"},
        {"data", "{dir: []}", "data.dir: wants text, found a list"},
        {"level", "0", "level: wants a number above 0 and at most 100, found 0"},
        {"level", "1e3", "level: wants a number above 0 and at most 100, found 1e3"},
        {"level", "nan", "level: wants a number, found \"nan\""},
        {"level", "1e999", "level: wants a number, found \"1e999\""},
        {"level", "'5'", "level: wants a number, found the text \"5\"; write it without quotes"},
        {"shuffle", "1", "shuffle: wants true or false, found \"1\""},
        {"shuffle", "yes", "shuffle: wants true or false, found \"yes\"; write true or false"},
        {"shuffle", "True", "shuffle: wants true or false, found \"True\"; write true or false"},
        {"shuffle", "'true'",
         "shuffle: wants true or false, found the text \"true\"; write true or false without quotes"},
        {"title", "~", "title: wants text, found nothing"},
        {"title", "{a: b}", "title: wants text, found a map"},
        {"name", "L2", "name: wants " NAME ", found \"L2\""},
        {"name", "-a", "name: wants " NAME ", found \"-a\""},
        {"name", "../x", "name: wants " NAME ", found \"../x\""},
        {"name", "a\\e[31m", "name: wants " NAME ", found \"a\\e[31m\""},
        {"stopping", "5", "stopping: wants a map, found \"5\""},
        {"stopping", "{monitor: val_los}",
         "stopping.monitor: wants one of val_loss, val_error_pct, found "
         "\"val_los\"; did you mean val_loss?"},
        {"stopping", "{monitor: x}", "stopping.monitor: wants one of val_loss, val_error_pct, found \"x\""},
        {"stopping", "{monitor: [x]}",
         "stopping.monitor: wants one of val_loss, val_error_pct, found a list"},
        {"stopping", "{min_delta: -1}", "stopping.min_delta: wants a number of at least 0, found -1"},
        {"optimizer", "sgd2", "optimizer: unknown optimizer \"sgd2\"; did you mean sgd?"},
        {"optimizer", "adam", "optimizer: unknown optimizer \"adam\"; known is sgd"},
        {"optimizer", "null", "optimizer: wants an optimizer, found nothing"},
        {"optimizer", "[sgd]", "optimizer: wants an optimizer, found a list"},
        {"optimizer", "{}", "optimizer: wants one optimizer, found an empty map"},
        {"optimizer", "{sgd: 3}", "optimizer.sgd: wants a map of options, found \"3\""},
        {"optimizer", "{sgd: {learning_rate: -1}}",
         "optimizer.sgd.learning_rate: wants a number above 0, found -1"},
        {"optimizer", "{sgd: {schedule: {constant: {x: 1}}}}",
         "optimizer.sgd.schedule.constant.x: unknown key; none is known here"},
        {"optimizer", "{sgd: {schedule: step}}",
         "optimizer.sgd.schedule.step.every: required key is missing"},
        {"model", "{conv: 1}", "model: wants a list, found a map"},
        {"model", "[cnv]", "model[0]: unknown layer \"cnv\"; did you mean conv?"},
        {"model", "[transformer]",
         "model[0]: unknown layer \"transformer\"; known are conv, pool, dropout, relu"},
        {"model", "[relu, 7]", "model[1]: unknown layer \"7\"; known are conv, pool, dropout, relu"},
        {"model", "[~]", "model[0]: wants a layer, found nothing"},
        {"model", "[{relu: {}, pool: {}}]", "model[0]: wants one layer per item, found 2 keys: relu, pool"},
        {"model", "[{conv: , maps: 64}]",
         "model[0]: wants one layer per item, found 2 keys: conv, maps; "
         "indent the options of conv further"},
        {"model", "[{conv: {maps: 0, kernel: 5}}]",
         "model[0].conv.maps: wants a whole number from 1 to 4096, found 0"},
        {"model", "[{dropout: 1}]", "model[0].dropout: wants a number of at least 0 and below 1, found 1"},
        {"model", "[{dropout: {rate: 1}}]",
         "model[0].dropout.rate: wants a number of at least 0 and below 1, found 1"},
        {"model", "[{dropout: [1]}]", "model[0].dropout: wants a number, found a list"},
        {"model", "[dropout]", "model[0].dropout.rate: required key is missing"},
        {"model", "[{dropout: }]", "model[0].dropout.rate: required key is missing"},
        {"model", "[{dropout: {rte: 0, rate: 0}}]", "model[0].dropout.rte: unknown key; did you mean rate?"},
        {"model", "[{relu: {name: A}}]", "model[0].relu.name: wants " NAME ", found \"A\""},
        {"model", "[{relu: {size: 3}}]", "model[0].relu.size: unknown key; known is name"},
        {"model", "[{pool: {p: 3}}]", "model[0].pool.p: only means something with type lp"},
        {"knob", "{a: 1}", "knob: unknown key; did you mean knobs?"},
        {"momentum", "1", "momentum: unknown key; did you mean optimizer.sgd.momentum?"},
        {"colour", "1",
         "colour: unknown key; known are name, title, seed, shuffle, level, data, knobs, "
         "model, optimizer, stopping"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text yaml = {0};
        static const char *const needed[][2] = {{"name", "a"}, {"model", "[]"}};
        for (size_t k = 0; k < 2; k++)
            if (strcmp(cases[i].key, needed[k][0]) != 0)
                text_add(&yaml, "%s: %s\n", needed[k][0], needed[k][1]);
        text_add(&yaml, "%s: %s\n", cases[i].key, cases[i].value);
        struct bench bench = bench_bind(yaml.bytes);
        struct text messages = {0};
        add_messages(&bench, &messages);
        CU_ASSERT(!bench.bound);
        CU_ASSERT_EQUAL(diagnostics_count(bench.diagnostics), 1);
        const char *path = messages.length > 0 ? strstr(messages.bytes, ": ") : NULL;
        CHECK_TEXT(path != NULL ? path + 2 : NULL, cases[i].message);
        text_finish(&yaml);
        text_finish(&messages);
        bench_finish(&bench);
    }
}

static void errors_have_their_place(void)
{
    check_messages("name: a\nmodel: []\ndata:\n  pad: x\n",
                   "t:4:8: data.pad: wants a whole number, found \"x\"");
    check_messages("name: a\nmodel: []\ndata:\n  pat: 1\n",
                   "t:4:3: data.pat: unknown key; did you mean pad?");
    check_messages("name: a\nmodel:\n  - conv: {maps: 3, kernal: 5}\n",
                   "t:3:21: model[0].conv.kernal: unknown key; did you mean kernel?");
    check_messages("model:\n  - conv:\n      maps: 3\n",
                   "t:1:1: name: required key is missing\n"
                   "t:3:7: model[0].conv.kernel: required key is missing");
    check_messages("name: a\nmodel: [pool: {size: 1, p: 3}]\n",
                   "t:2:28: model[0].pool.p: only means something with type lp");
    check_messages("[]", "t:1:1: wants a map, found a list");
    check_messages("{name: a, model: [relu]}", "");
}

static void all_errors_are_found_at_once(void)
{
    check_messages("seed: -1\n"
                   "shufle: true\n"
                   "data: {pad: x, limt: 5, dir: []}\n"
                   "model: [cnv, {conv: {kernel: 0}}, {pool: {p: 0}}]\n"
                   "optimizer: {sgd: {momentum: 1}}\n",
                   "t:1:1: name: required key is missing\n"
                   "t:1:7: seed: wants a whole number from 0 to 9007199254740992, found -1\n"
                   "t:2:1: shufle: unknown key; did you mean shuffle?\n"
                   "t:3:13: data.pad: wants a whole number, found \"x\"\n"
                   "t:3:16: data.limt: unknown key; did you mean limit?\n"
                   "t:3:30: data.dir: wants text, found a list\n"
                   "t:4:9: model[0]: unknown layer \"cnv\"; did you mean conv?\n"
                   "t:4:21: model[1].conv.maps: required key is missing\n"
                   "t:4:30: model[1].conv.kernel: wants a whole number from 1 to 64, found 0\n"
                   "t:4:46: model[2].pool.p: wants a number of at least 1, found 0\n"
                   "t:5:29: optimizer.sgd.momentum: wants a number of at least 0 and below 1, found 1");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"everything binds", everything_binds},
        {"defaults come from nowhere", defaults_come_from_nowhere},
        {"names are found", names_are_found},
        {"wrong values are refused", wrong_values_are_refused},
        {"errors have their place", errors_have_their_place},
        {"all errors are found at once", all_errors_are_found_at_once},
        CU_TEST_INFO_NULL,
    };
    return run_suite("schema", tests);
}

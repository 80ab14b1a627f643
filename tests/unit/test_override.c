#include "config_case.h"

#define CONFIG                                                                                               \
    "seed: 1\n"                                                                                              \
    "data: {dataset: digits, validation: 100}\n"                                                             \
    "knobs: {pool: {type: lp, p: 2}, dropout: [0.2, 0.5], activation: tanh}\n"                               \
    "model:\n"                                                                                               \
    "  - conv: {maps: 4, kernel: 5}\n"                                                                       \
    "  - tanh\n"                                                                                             \
    "  - ${knobs.activation}\n"                                                                              \
    "  - pool: ${knobs.pool}\n"                                                                              \
    "  - dropout: 0.5\n"                                                                                     \
    "train: {max_epochs: 3, optimizer: {sgd: 0.1}, early_stopping: {patience: 5}}\n"

static void test_applied(void)
{
    static const struct config_case cases[] = {
        {.arguments = {"seed=7", "train.batch_size=32", "data.dir=a=b c", "model[0].conv.maps=8"},
         .wanted = "seed: 7   command line:1:6\n"
                   "data.dir: \"a=b c\"   command line:1:10\n"
                   "model[0].conv.maps: 8   command line:1:20\n"
                   "model[0].conv.kernel: 5   a.yaml:5:29\n"
                   "train.batch_size: 32   command line:1:18\n"},
        /* the last one wins */
        {.arguments = {"seed=7", "seed=8"}, .wanted = "seed: 8   command line:1:6\n"},
        /* what is named is replaced, never merged */
        {.arguments = {"knobs.pool={type: max}", "knobs.dropout=[0, 0]",
                       "train.optimizer={sgd: {learning_rate: 1}}"},
         .wanted = "knobs.pool.type: max   command line:1:19\n"
                   "knobs.dropout[0]: 0   command line:1:16\n"
                   "knobs.dropout[1]: 0   command line:1:19\n"
                   "train.optimizer.sgd.learning_rate: 1   command line:1:39\n"},
        {.arguments = {"knobs.dropout[1]=0.1", "knobs.pool.p=4"},
         .wanted = "knobs.pool.p: 4   command line:1:14\n"
                   "knobs.dropout[0]: 0.2   a.yaml:3:43\n"
                   "knobs.dropout[1]: 0.1   command line:1:18\n"
                   "model[3].pool.p: 4   command line:1:14\n"},
        /* nothing, and from nothing */
        {.arguments = {"train.early_stopping=null"},
         .wanted = "train.early_stopping: null   command line:1:22\n"},
        {.arguments = {"train.early_stopping="},
         .wanted = "train.early_stopping: null   command line:1:22\n"},
        {.arguments = {"train.early_stopping=null", "train.early_stopping.patience=2"},
         .wanted = "train.early_stopping.patience: 2   command line:1:31\n"},
        {.arguments = {"train.penalty.lambda=0.01"},
         .wanted = "train.penalty.lambda: 0.01   command line:1:22\n"},
        /* a choice written short is written out where a path goes through it */
        {.arguments = {"model[1].tanh.name=first", "model[4].dropout.rate=0.3"},
         .wanted = "model[1].tanh.name: first   command line:1:20\n"
                   "model[4].dropout.rate: 0.3   command line:1:23\n"},
        {.arguments = {"model[4].dropout.name=last"},
         .wanted = "model[4].dropout.name: last   command line:1:23\n"
                   "model[4].dropout.rate: 0.5   a.yaml:9:14\n"},
        {.arguments = {"train.optimizer.sgd.momentum=0.9"},
         .wanted = "train.optimizer.sgd.learning_rate: 0.1   a.yaml:10:41\n"
                   "train.optimizer.sgd.momentum: 0.9   command line:1:30\n"},
        /* another choice, except in a list */
        {.arguments = {"train.optimizer.sgd.schedule.step.every=4"},
         .wanted = "train.optimizer.sgd.schedule.step.every: 4   command line:1:41\n"},
        {.arguments = {"data.dataset.idx.classes=3", "data.dataset.digits.test=9"},
         .wanted = "data.dataset.digits.train: 10000   default\n"
                   "data.dataset.digits.test: 9   command line:1:26\n"},
        {.arguments = {"model[2]=relu", "model[3]={pool: {type: max}}"},
         .wanted = "model[2].relu.name: null   default\n"
                   "model[3].pool.type: max   command line:1:24\n"},
        {.arguments = {"model=[linear: {units: 5}]", "model[0].linear.units=6"},
         .wanted = "model[0].linear.units: 6   command line:1:23\n"},
        /* references are replaced afterwards */
        {.arguments = {"model[2]=${knobs.activation}", "knobs.activation=relu"},
         .wanted = "model[2].relu.name: null   default\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config_case test = cases[i];
        test.files[0].path = "a.yaml";
        test.files[0].text = CONFIG;
        check_origins(&test);
    }
}

static void test_refused(void)
{
    static const struct {
        const char *argument, *wanted;
    } cases[] = {
        {"seed", "command line:1:1: wants key=value, as in train.batch_size=32\n"},
        {"=1", "command line:1:1: \"\" is no path; write it like train.batch_size or model[0].conv.maps\n"},
        {"a..b=1",
         "command line:1:1: \"a..b\" is no path; write it like train.batch_size or model[0].conv.maps\n"},
        {"model[-1]=tanh", "command line:1:1: \"model[-1]\" is no path; write it like train.batch_size or "
                           "model[0].conv.maps\n"},
        {"model[0]x=1", "command line:1:1: \"model[0]x\" is no path; write it like train.batch_size or "
                        "model[0].conv.maps\n"},
        {"seed=[1", "command line:1:3: not YAML: a ',' or ']' is missing in the list\n"},
        {"seed=abc", "command line:1:6: seed: wants a whole number, found \"abc\"\n"},
        {"sed=1", "command line:1:1: sed: unknown key; did you mean seed?\n"},
        {"train.batch_sise=1", "command line:1:1: train.batch_sise: unknown key; did you mean batch_size?\n"},
        {"train.penalty.lamda=1",
         "command line:1:1: train.penalty.lamda: unknown key; did you mean lambda?\n"},
        {"model[0].conv.mops=1", "command line:1:1: model[0].conv.mops: unknown key; did you mean maps?\n"},
        {"extends=b.yaml", "command line:1:1: extends: can only stand in a file\n"},
        {"knobs.dorpout=[0, 0]", "command line:1:1: knobs.dorpout: unknown knob; did you mean dropout?\n"},
        {"knobs.rate=1", "command line:1:1: knobs.rate: unknown knob; known are pool, dropout, activation\n"},
        {"knobs.dropout[2]=1", "command line:1:1: knobs.dropout[2]: knobs.dropout has 2 items, [0] to [1]\n"},
        {"model[5]=tanh", "command line:1:1: model[5]: model has 5 items, [0] to [4]\n"},
        {"model.conv.maps=1", "command line:1:1: model.conv.maps: model is a list, not a map\n"},
        {"data[0]=1", "command line:1:1: data[0]: data is a map, not a list\n"},
        {"seed.x=1", "command line:1:1: seed.x: seed is \"1\", not a map\n"},
        {"seed[0]=1", "command line:1:1: seed[0]: seed is \"1\", not a list\n"},
        {"train.penalty[0]=1", "command line:1:1: train.penalty[0]: train.penalty is nothing, not a list\n"},
        {"model[0].linear.units=1",
         "command line:1:1: model[0].linear.units: model[0] is conv, not linear\n"},
        {"model[1].tahn.name=a", "command line:1:1: model[1].tahn.name: unknown layer tahn; the options of "
                                 "this one are under model[1].tanh\n"},
        {"train.optimizer.learning_rate=1",
         "command line:1:1: train.optimizer.learning_rate: unknown optimizer learning_rate; "
         "the options of this one are under train.optimizer.sgd\n"},
        {"train.loss.nl.x=1", "command line:1:1: train.loss.nl.x: unknown loss nl; did you mean nll?\n"},
        {"model[2].tanh.name=a", "command line:1:1: model[2].tanh.name: model[2] is ${knobs.activation}; "
                                 "override knobs.activation instead\n"},
        {"model[3].pool.p=3",
         "command line:1:1: model[3].pool.p: model[3].pool is ${knobs.pool}; override knobs.pool instead\n"},
        {"train.batch_size=${knobs.x}", "command line:1:18: train.batch_size: ${knobs.x}: knobs has no key "
                                        "x; known are pool, dropout, activation\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct config_case test = {
            .files = {{"a.yaml", CONFIG}}, .arguments = {cases[i].argument}, .wanted = cases[i].wanted};
        check_refused(&test);
    }
}

/* No knobs at all; several that are wrong, together with what is wrong in the file. */
static void test_refused_together(void)
{
    static const struct config_case cases[] = {
        {.files = {{"a.yaml", DATA MODEL TRAIN}},
         .arguments = {"knobs.x=1"},
         .wanted = "command line:1:1: knobs.x: unknown knob\n"},
        {.files = {{"a.yaml", "seed: x\n" DATA MODEL TRAIN}},
         .arguments = {"model[1]=tanh", "train.batch_size=0", "data.pad=1"},
         .wanted = "command line:1:1: model[1]: model has 1 items, [0] to [0]\n"
                   "a.yaml:1:7: seed: wants a whole number, found \"x\"\n"
                   "command line:1:18: train.batch_size: wants a whole number from 1 to 65536, found 0\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_refused(&cases[i]);
}

int main(void)
{
    return run_suite("override", (CU_TestInfo[]){
                                     {"applied", test_applied},
                                     {"refused", test_refused},
                                     {"refused together", test_refused_together},
                                     CU_TEST_INFO_NULL,
                                 });
}

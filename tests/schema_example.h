/* Tables with one of everything, and a YAML text on its way into their struct. */
#ifndef TESTS_SCHEMA_EXAMPLE_H
#define TESTS_SCHEMA_EXAMPLE_H

#include "harness.h"

#include <math.h>

#include "schema/schema.h"

struct layer_common {
    const char *name;
};

struct conv_options {
    struct layer_common common;
    int maps, kernel, stride;
};

struct pool_options {
    struct layer_common common;
    int type, size, stride;
    double p;
};

struct dropout_options {
    struct layer_common common;
    double rate;
};

struct sgd_options {
    double learning_rate, momentum;
    struct assay_variant_value schedule;
};

struct step_options {
    int every;
};

struct stopping_options {
    int monitor, patience;
    double min_delta;
};

struct data_options {
    const char *dir;
    int limit, pad;
};

struct options {
    const char *name, *title;
    uint64_t seed;
    bool shuffle;
    double level;
    struct data_options data;
    const struct node *knobs;
    struct assay_variant_list model;
    struct assay_variant_value optimizer;
    const struct stopping_options *stopping;
};

static const char *const pool_types[] = {"max", "lp", "average", NULL};
static const char *const metrics[] = {"val_loss", "val_error_pct", NULL};

static const struct assay_field common_fields[] = {
    {ASSAY_NAME(struct layer_common, name), .key = "name", .help = "what it is called", .fallback = "null",
     .optional = true},
};
static const struct assay_table common_table = ASSAY_TABLE(struct layer_common, common_fields);

static const struct assay_field conv_fields[] = {
    {ASSAY_INT(struct conv_options, maps), .key = "maps", .help = "output maps", .least = 1, .most = 4096},
    {ASSAY_INT(struct conv_options, kernel), .key = "kernel", .help = "side of the window", .unit = "pixels",
     .least = 1, .most = 64},
    {ASSAY_INT(struct conv_options, stride), .key = "stride", .help = "step of the window", .unit = "pixels",
     .fallback = "1", .least = 1, .most = INFINITY},
};
static const struct assay_table conv_table = ASSAY_TABLE(struct conv_options, conv_fields);
static const struct assay_variant conv = {"conv", "convolution", "LeCun et al. 1998", "{maps: 64, kernel: 5}",
                                          NULL,   &conv_table};

static inline bool check_pool(void *options, struct assay_problem *problem)
{
    struct pool_options *pool = options;
    if (pool->stride == -1)
        pool->stride = pool->size;
    if (pool->type == 1 || isnan(pool->p))
        return true;
    problem->key = "p";
    snprintf(problem->text, sizeof problem->text, "only means something with type lp");
    return false;
}

static const struct assay_field pool_fields[] = {
    {ASSAY_CHOICE(struct pool_options, type), .key = "type", .help = "how a window becomes a number",
     .fallback = "max", .choices = pool_types},
    {ASSAY_INT(struct pool_options, size), .key = "size", .help = "side of the window", .fallback = "2",
     .least = 1, .most = 64},
    {ASSAY_INT(struct pool_options, stride), .key = "stride",
     .help = "step of the window; the size unless given", .fallback = "null", .optional = true, .least = 1,
     .most = 64},
    {ASSAY_REAL(struct pool_options, p), .key = "p", .help = "the norm's exponent", .fallback = "null",
     .optional = true, .least = 1, .most = INFINITY},
};
static const struct assay_table pool_table = {pool_fields, 4, sizeof(struct pool_options), check_pool};
static const struct assay_variant pool = {"pool", "pooling", NULL, "{type: lp, p: 2}", NULL, &pool_table};

static const struct assay_field dropout_fields[] = {
    {ASSAY_REAL(struct dropout_options, rate), .key = "rate", .help = "probability to drop", .least = 0,
     .most = 1, .below = true},
};
static const struct assay_table dropout_table = ASSAY_TABLE(struct dropout_options, dropout_fields);
static const struct assay_variant dropout = {"dropout", "dropout", NULL, "0.5", "rate", &dropout_table};

static const struct assay_table relu_table = {.size = sizeof(struct layer_common)};
static const struct assay_variant relu = {"relu", "max(0, x)", NULL, "", NULL, &relu_table};

static const struct assay_variant *const layer_list[] = {&conv, &pool, &dropout, &relu};
static const struct assay_variants layers = {"layer", layer_list, 4, &common_table};

static const struct assay_field step_fields[] = {
    {ASSAY_INT(struct step_options, every), .key = "every", .help = "how often it falls", .unit = "epochs",
     .least = 1, .most = INFINITY},
};
static const struct assay_table step_table = ASSAY_TABLE(struct step_options, step_fields);
static const struct assay_variant step = {"step", "falls by steps", NULL, "{every: 3}", "every", &step_table};
static const struct assay_table constant_table = {.size = 0};
static const struct assay_variant constant = {"constant", "never changes", NULL, "", NULL, &constant_table};
static const struct assay_variant *const schedule_list[] = {&constant, &step};
static const struct assay_variants schedules = {"schedule", schedule_list, 2, NULL};

static const struct assay_field sgd_fields[] = {
    {ASSAY_REAL(struct sgd_options, learning_rate), .key = "learning_rate", .help = "size of a step",
     .fallback = "1e-3", .least = 0, .above = true, .most = INFINITY},
    {ASSAY_REAL(struct sgd_options, momentum), .key = "momentum", .help = "share of the last step kept",
     .fallback = "0", .least = 0, .most = 1, .below = true},
    {ASSAY_VARIANT(struct sgd_options, schedule), .key = "schedule", .help = "how the learning rate changes",
     .fallback = "constant", .variants = &schedules},
};
static const struct assay_table sgd_table = ASSAY_TABLE(struct sgd_options, sgd_fields);
static const struct assay_variant sgd = {
    "sgd", "stochastic gradient descent", NULL, "{momentum: 0.9}", NULL, &sgd_table};
static const struct assay_variant *const optimizer_list[] = {&sgd};
static const struct assay_variants optimizers = {"optimizer", optimizer_list, 1, NULL};

static const struct assay_field stopping_fields[] = {
    {ASSAY_CHOICE(struct stopping_options, monitor), .key = "monitor", .help = "what is watched",
     .fallback = "val_error_pct", .choices = metrics},
    {ASSAY_INT(struct stopping_options, patience), .key = "patience", .help = "how long it waits",
     .unit = "epochs", .fallback = "5", .least = 1, .most = 1000},
    {ASSAY_REAL(struct stopping_options, min_delta), .key = "min_delta", .help = "what counts as better",
     .fallback = "0", .least = 0, .most = INFINITY},
};
static const struct assay_table stopping_table = ASSAY_TABLE(struct stopping_options, stopping_fields);

static const struct assay_field data_fields[] = {
    {ASSAY_STRING(struct data_options, dir), .key = "dir", .help = "where the files are", .fallback = "null",
     .optional = true, .operational = true},
    {ASSAY_INT(struct data_options, limit), .key = "limit", .help = "only the first training images",
     .fallback = "null", .optional = true, .least = 1, .most = INFINITY},
    {ASSAY_INT(struct data_options, pad), .key = "pad", .help = "background on each side", .unit = "pixels",
     .fallback = "2", .least = 0, .most = 14},
};
static const struct assay_table data_table = ASSAY_TABLE(struct data_options, data_fields);

static const struct assay_field fields[] = {
    {ASSAY_NAME(struct options, name), .key = "name", .help = "what it is called"},
    {ASSAY_STRING(struct options, title), .key = "title", .help = "for people", .fallback = "\"\""},
    {ASSAY_SEED(struct options, seed), .key = "seed", .help = "of all that is random", .fallback = "1"},
    {ASSAY_BOOL(struct options, shuffle), .key = "shuffle", .help = "draw in a fresh order | or not",
     .fallback = "true"},
    {ASSAY_REAL(struct options, level), .key = "level", .help = "how sure to be", .unit = "%",
     .fallback = "95", .least = 0, .above = true, .most = 100},
    {ASSAY_SUBTABLE(struct options, data), .key = "data", .help = "the images", .table = &data_table},
    {ASSAY_ANY(struct options, knobs), .key = "knobs", .help = "what experiments turn"},
    {ASSAY_VARIANTS(struct options, model), .key = "model", .help = "the network, first to last",
     .variants = &layers},
    {ASSAY_VARIANT(struct options, optimizer), .key = "optimizer", .help = "how weights change",
     .fallback = "sgd", .variants = &optimizers},
    {ASSAY_OPTIONAL(struct options, stopping), .key = "stopping", .help = "when to stop early",
     .fallback = "null", .table = &stopping_table},
};
static const struct assay_table table = ASSAY_TABLE(struct options, fields);

/* A smaller table, for what is made to be read. */

struct trial {
    struct data_options data;
    struct assay_variant_value layer;
};

static const struct assay_variant *const short_list[] = {&conv, &dropout, &relu};
static const struct assay_variants short_layers = {"odd layer", short_list, 3, &common_table};
static const struct assay_field trial_fields[] = {
    {ASSAY_SUBTABLE(struct trial, data), .key = "data", .help = "a | b", .table = &data_table},
    {ASSAY_VARIANT(struct trial, layer), .key = "layer", .help = "the only one", .fallback = "relu",
     .optional = true, .variants = &short_layers},
};
static const struct assay_table trial_table = ASSAY_TABLE(struct trial, trial_fields);

static const char everything[] = "name: l2-tanh\n"
                                 "title: no\n"
                                 "seed: 9007199254740992\n"
                                 "shuffle: false\n"
                                 "level: 1e-3\n"
                                 "data: {dir: \"16\", limit: 100}\n"
                                 "knobs: {rate: .5, list: [1, two]}\n"
                                 "model:\n"
                                 "  - conv: {maps: 64, kernel: 5, name: first}\n"
                                 "  - relu\n"
                                 "  - pool: {type: lp, p: 2, size: 3}\n"
                                 "  - pool:\n"
                                 "  - dropout: 0.5\n"
                                 "  - relu: {name: last}\n"
                                 "optimizer: {sgd: {momentum: .9, schedule: {step: 3}}}\n"
                                 "stopping: {patience: 7}\n";

/* A YAML text on its way into `options`. */
struct bench {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct options options;
    bool bound;
};

static inline struct bench bench_bind(const char *yaml)
{
    struct bench bench = {.arena = arena_create(), .diagnostics = diagnostics_create()};
    CU_ASSERT_FATAL(bench.arena != NULL && bench.diagnostics != NULL);
    const struct node *node = tree_parse(bench.arena, "t", yaml, strlen(yaml), bench.diagnostics);
    bench.bound =
        node != NULL && schema_bind(&table, node, "", &bench.options, bench.arena, bench.diagnostics);
    return bench;
}

static inline void bench_finish(struct bench *bench)
{
    diagnostics_destroy(bench->diagnostics);
    arena_destroy(bench->arena);
}

/* What was diagnosed, without the lines shown below each message. */
static inline void add_messages(const struct bench *bench, struct text *text)
{
    struct text all = {0};
    diagnostics_print(bench->diagnostics, &all);
    for (const char *line = all.bytes; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1)
        if (line[0] != ' ')
            text_add(text, "%s%.*s", text->length > 0 ? "\n" : "", (int)strcspn(line, "\n"), line);
    text_finish(&all);
}

static inline void check_messages(const char *yaml, const char *wanted)
{
    struct bench bench = bench_bind(yaml);
    struct text messages = {0};
    add_messages(&bench, &messages);
    CHECK_TEXT(messages.length > 0 ? messages.bytes : "", wanted);
    CU_ASSERT_EQUAL(bench.bound, wanted[0] == '\0');
    text_finish(&messages);
    bench_finish(&bench);
}

#endif

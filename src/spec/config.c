#include "spec/config.h"

#include <stdint.h>
#include <string.h>

#include "assay/layer.h"
#include "schema/schema.h"
#include "spec/reference.h"
#include "spec/relative.h"
#include "spec/walk.h"

/* Operational, and so not part of a run's identity: the name, and the knobs, whose values are where they are
 * referred to. */
static const struct assay_field fields[] = {
    {ASSAY_NAME(struct config, name), .key = "name", .optional = true, .operational = true,
     .fallback = "null", .help = "what its runs are called; null for the name of the file"},
    {ASSAY_SEED(struct config, seed), .key = "seed", .fallback = "1",
     .help = "seed of every random number of the run but those that split the data"},
    {ASSAY_SUBTABLE(struct config, data), .key = "data", .table = &data_table,
     .help = "the images: which, how many, how split and normalised"},
    {ASSAY_ANY(struct config, knobs), .key = "knobs", .operational = true,
     .help = "named values that experiments turn, of any form; ${knobs.pool} refers to the one called pool"},
    {ASSAY_VARIANTS(struct config, model), .key = "model", .variants = &assay_layers, .least = 1,
     .most = 1000, .help = "the layers in order, each as name, {name: options} or {name: its main option}"},
    {ASSAY_SUBTABLE(struct config, train), .key = "train", .table = &train_table,
     .help = "how it is trained, and when that stops"},
};
const struct assay_table config_table = ASSAY_TABLE(struct config, fields);

const struct config *config_load(struct arena *arena, const char *path, const struct override *overrides,
                                 size_t override_count, struct node **tree, struct diagnostics *diagnostics)
{
    const char *name = name_of_file(arena, path);
    if (name == NULL) {
        diagnose_memory(diagnostics);
        return NULL;
    }
    struct node *root = config_tree(arena, path, (struct place){0}, diagnostics);
    if (root == NULL)
        return NULL;
    bool sound = true;
    for (size_t i = 0; i < override_count; i++)
        sound = config_override(arena, root, &overrides[i], diagnostics) && sound;
    const struct config *config = config_bind(arena, root, name, diagnostics);
    if (tree != NULL)
        *tree = root;
    return sound ? config : NULL;
}

/* The place of the key where the file has it, else of what it would stand in. */
static struct place place_of(const struct node *tree, const char *const *keys, size_t count)
{
    const struct node *node = tree;
    for (size_t i = 0; i < count && node_get(node, keys[i]) != NULL; i++)
        node = node_get(node, keys[i]);
    return node->place;
}

static bool check_monitor(const struct config *config, const struct node *tree,
                          struct diagnostics *diagnostics)
{
    static const char *const keys[] = {"train", "early_stopping", "monitor"};
    const struct stopping_options *stopping = config->train.early_stopping;
    const bool watches_validation = stopping != NULL && (stopping->monitor == METRIC_VAL_LOSS ||
                                                         stopping->monitor == METRIC_VAL_ERROR_PCT);
    if (!watches_validation || config->data.validation > 0)
        return true;
    return diagnose(diagnostics, place_of(tree, keys, sizeof keys / sizeof *keys),
                    "train.early_stopping.monitor",
                    "%s needs images to validate on, and data.validation is 0",
                    stopping->monitor == METRIC_VAL_LOSS ? "val_loss" : "val_error_pct");
}

const struct config *config_bind(struct arena *arena, struct node *tree, const char *default_name,
                                 struct diagnostics *diagnostics)
{
    struct config *config = arena_allocate(arena, 1, sizeof *config);
    if (config == NULL || (tree->kind == NODE_MAP && !add_name_of_file(arena, tree, default_name))) {
        diagnose_memory(diagnostics);
        return NULL;
    }
    bool sound = references_resolve(arena, tree, diagnostics);
    sound = schema_bind(&config_table, tree, "", config, arena, diagnostics) && sound;
    return sound && check_monitor(config, tree, diagnostics) ? config : NULL;
}

bool config_evaluates_test(const struct config *config)
{
    return config->train.evaluate_test && config->data.fold == NULL;
}

void config_write(const struct config *config, struct text *text)
{
    text_add(text, "# resolved by assay; every key, nothing left to defaults\n");
    schema_write(&config_table, config, 0, false, text);
}

void config_write_identity(const struct config *config, struct text *text)
{
    schema_write(&config_table, config, 0, true, text);
}

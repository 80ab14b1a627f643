/* A config: everything that determines one run, as a const struct. */
#ifndef SPEC_CONFIG_H
#define SPEC_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/schema.h"
#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/text.h"
#include "io/tree.h"
#include "train/options.h"

struct config {
    const char *name;
    uint64_t seed;
    struct data_options data;
    const struct node *knobs;        /* a map, NULL for none; kept for the reader of config.yaml */
    struct assay_variant_list model; /* of assay_layers */
    struct train_options train;
};

/* The whole table of a config file but `extends`, which is gone before anything is bound. */
extern const struct assay_table config_table;

/* One change that is not in the file: `path` as in `train.batch_size` or `model[0].conv.maps`, the value as a
 * node; the order given is the order applied. */
struct override {
    const char *path;
    struct place place; /* of the path, for messages */
    struct node *value;
};

/* "key.path=value" from the command line, the value being YAML (flow style too). The source of its place is
 * named "command line". */
bool override_parse(const char *argument, struct override *override, struct arena *arena,
                    struct diagnostics *diagnostics);

/* Loads a file, its chain of `extends` (relative to the file that says it; a cycle is an error that shows the
 * cycle), applies the overrides, replaces every ${…} (a cycle is an error that shows it) and binds.
 * Everything wrong is diagnosed at once, wherever it was written; NULL then. Also checked here: at least one
 * layer; a monitored validation metric needs validation images; `name` defaults to the file's name without
 * .yaml, and is not inherited by `extends`. The tree that was bound (after everything) is *tree unless NULL;
 * every node keeps the place it came from, which is what --origin prints. */
const struct config *config_load(struct arena *arena, const char *path, const struct override *overrides,
                                 size_t override_count, struct node **tree, struct diagnostics *diagnostics);

/* The steps of config_load, for experiments: the merged tree before overrides; overrides; references and
 * binding. */
struct node *config_tree(struct arena *arena, const char *path, struct place at,
                         struct diagnostics *diagnostics);
bool config_override(struct arena *arena, struct node *tree, const struct override *override,
                     struct diagnostics *diagnostics);
const struct config *config_bind(struct arena *arena, struct node *tree, const char *default_name,
                                 struct diagnostics *diagnostics);

/* Whether its run looks at the test set: not where a fold is held out, nor where it is told not to. */
bool config_evaluates_test(const struct config *config);

/* The resolved config.yaml: every key, what every layer's options are, numbers as numbers, knobs as they came
 * out. `assay run` on it gives the same bits. */
void config_write(const struct config *config, struct text *text);

/* What a run's identity is the digest of: the resolved config without name, knobs and operational keys. */
void config_write_identity(const struct config *config, struct text *text);

/* The lines "path: value" of every leaf of two bound trees (as config_write writes them) that differ, a line
 * each: "train.batch_size: 16 there, 32 here"; at most `most`. */
void config_differences(const char *there, const char *here, size_t most, struct text *text);

/* Where every value is from: "train.batch_size: 16   configs/convnet.yaml:31:15", defaults as "default". */
void config_origins(const struct config *config, const struct node *tree, struct text *text);

#endif

/* Telling an experiment's file from a config's. */
#include "schema/schema.h"
#include "spec/experiment.h"

static size_t count_keys(const struct node *tree, const struct assay_table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < tree->count; i++)
        count += schema_field(table, tree->keys[i]->text) != NULL;
    return count;
}

bool recognize_file(const char *path, enum file_kind *kind, struct assay_error *error)
{
    struct arena *arena = arena_create();
    struct diagnostics *unsaid = diagnostics_create();
    const struct node *tree = NULL;
    bool done = arena != NULL && unsaid != NULL;
    if (done) {
        tree = tree_load(arena, path, (struct place){0}, unsaid);
        done = diagnostics_status(unsaid) != ASSAY_MACHINE;
    }
    *kind = FILE_UNREADABLE;
    if (tree != NULL) {
        const size_t extends = node_get(tree, "extends") != NULL; /* a config's, though not in its table */
        const size_t of_config = count_keys(tree, &config_table) + extends,
                     of_experiment = count_keys(tree, &experiment_table_of_keys);
        *kind = of_experiment > of_config   ? FILE_EXPERIMENT
                : of_config > of_experiment ? FILE_CONFIG
                                            : FILE_UNKNOWN;
    }
    if (!done)
        diagnostics_fail(unsaid, "", "looking at a file", error);
    diagnostics_destroy(unsaid);
    arena_destroy(arena);
    return done;
}

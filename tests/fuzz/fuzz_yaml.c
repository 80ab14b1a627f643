/* YAML to plan. The input is a config; behind a NUL, one that it may lay itself over with `extends: base.yaml`.
 * Without one base.yaml is whole, and so are the other bases that the configs of the repository name. */
#include <string.h>

#include "configs.h"
#include "target.h"

static const char base[] = "data: {dataset: digits, validation: 100}\n"
                           "model: [linear: 10]\n"
                           "train: {max_epochs: 3, optimizer: {sgd: 0.1}, early_stopping: {patience: 2}}\n";

static void write_files(const uint8_t *bytes, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(bytes, '\0', size) : NULL;
    const size_t first = end != NULL ? (size_t)(end - bytes) : size;
    target_named("config.yaml", bytes, first);
    if (end != NULL)
        target_named("base.yaml", end + 1, size - first - 1);
    else
        target_named("base.yaml", base, sizeof base - 1);
    target_named("convnet.yaml", base, sizeof base - 1);
    target_named("quickstart-base.yaml", base, sizeof base - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    struct node *tree;
    write_files(bytes, size);
    const struct config *config = config_load(arena, "config.yaml", NULL, 0, &tree, diagnostics);
    REQUIRE((config == NULL) == (diagnostics_count(diagnostics) > 0));
    if (config != NULL) {
        struct text origins = {0};
        config_origins(config, tree, &origins);
        text_finish(&origins);
        check_round_trip(arena, config);
        check_plan(arena, config);
        target_accepted++;
    } else {
        REQUIRE(diagnostics_status(diagnostics) == ASSAY_INVALID);
        check_diagnostics(diagnostics);
    }
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
    return 0;
}

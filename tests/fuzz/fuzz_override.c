/* Overrides: each line of the input is a word of the command line, all are laid over one config. */
#include <string.h>

#include "configs.h"
#include "target.h"

static const char base[] = "name: base\n"
                           "data: {dataset: digits, validation: 100}\n"
                           "knobs: {activation: tanh, pool: {type: lp, p: 2, size: 2}, dropout: [0.2, 0.5]}\n"
                           "model:\n"
                           "  - conv: {maps: 4, kernel: 5}\n"
                           "  - ${knobs.activation}\n"
                           "  - pool: ${knobs.pool}\n"
                           "  - dropout: ${knobs.dropout[0]}\n"
                           "  - linear: {units: 10}\n"
                           "train:\n"
                           "  max_epochs: 3\n"
                           "  optimizer: {sgd: {learning_rate: 0.1, momentum: 0.7}}\n"
                           "  early_stopping: {monitor: val_error_pct, patience: 2}\n";

enum { WORDS = 8 };

/* The words that are overrides; false where one is not. */
static bool parse_words(struct arena *arena, const uint8_t *bytes, size_t size,
                        struct override overrides[WORDS], size_t *count, struct diagnostics *diagnostics)
{
    bool parsed = true;
    for (*count = 0; size > 0 && *count < WORDS;) {
        const uint8_t *end = memchr(bytes, '\n', size);
        const size_t length = end != NULL ? (size_t)(end - bytes) : size, taken = length + (end != NULL);
        const char *word = arena_copy_text(arena, (const char *)bytes, length);
        parsed = override_parse(word, &overrides[*count], arena, diagnostics) && parsed;
        ++*count;
        bytes += taken;
        size -= taken;
    }
    return parsed;
}

static struct arena *base_arena;

static void finish(void)
{
    arena_destroy(base_arena);
}

/* Parsed once, for as long as the program lives. */
static const struct node *base_tree(void)
{
    static const struct node *tree;
    if (tree == NULL) {
        struct diagnostics *diagnostics = diagnostics_create();
        base_arena = arena_create();
        atexit(finish);
        tree = tree_parse(base_arena, "base.yaml", base, strlen(base), diagnostics);
        REQUIRE(tree != NULL);
        diagnostics_destroy(diagnostics);
    }
    return tree;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    struct override overrides[WORDS];
    size_t count;
    const bool parsed = parse_words(arena, bytes, size, overrides, &count, diagnostics);
    REQUIRE(parsed == (diagnostics_count(diagnostics) == 0));
    struct node *tree = node_copy(arena, base_tree());
    bool done = parsed;
    for (size_t i = 0; parsed && i < count; i++)
        done = config_override(arena, tree, &overrides[i], diagnostics) && done;
    const struct config *config = done ? config_bind(arena, tree, "base", diagnostics) : NULL;
    REQUIRE((config == NULL) == (diagnostics_count(diagnostics) > 0));
    if (config != NULL) {
        check_round_trip(arena, config);
        target_accepted++;
    } else {
        REQUIRE(diagnostics_status(diagnostics) == ASSAY_INVALID);
        check_diagnostics(diagnostics);
    }
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
    return 0;
}

/* YAML to plan. The input is a config; behind a NUL, one that it is laid over with `extends: base.yaml`. */
#include <string.h>

#include "base/file.h"
#include "configs.h"
#include "spec/merge.h"
#include "target.h"

static struct node *parse(struct arena *arena, const uint8_t *bytes, size_t size,
                          struct diagnostics *diagnostics)
{
    return tree_parse(arena, "input", (const char *)bytes, size, diagnostics);
}

/* As extends.c does it, but that its base is at hand. */
static struct node *parse_both(struct arena *arena, const uint8_t *bytes, size_t size, const uint8_t *end,
                               struct diagnostics *diagnostics)
{
    const size_t first = (size_t)(end - bytes);
    struct node *base = parse(arena, end + 1, size - first - 1, diagnostics);
    struct node *over = parse(arena, bytes, first, diagnostics);
    if (base == NULL || over == NULL || base->kind != NODE_MAP || over->kind != NODE_MAP)
        return NULL;
    return merge(arena, base, over);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    const uint8_t *end = size > 0 ? memchr(bytes, '\0', size) : NULL;
    struct node *tree = end != NULL ? parse_both(arena, bytes, size, end, diagnostics)
                                    : parse(arena, bytes, size, diagnostics);
    const struct config *config = tree != NULL ? config_bind(arena, tree, "input", diagnostics) : NULL;
    REQUIRE(tree == NULL || (config == NULL) == (diagnostics_count(diagnostics) > 0));
    if (config != NULL) {
        struct text origins = {0};
        config_origins(config, tree, &origins);
        text_finish(&origins);
        check_round_trip(arena, config);
        check_plan(arena, config);
    } else if (diagnostics_count(diagnostics) > 0) {
        REQUIRE(diagnostics_status(diagnostics) == ASSAY_INVALID);
        check_diagnostics(diagnostics);
    }
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
    return 0;
}

/* Where every value of a config is from. */
#include <string.h>

#include "spec/config.h"
#include "spec/slot.h"
#include "spec/walk.h"

struct origins {
    struct arena *arena;
    struct text path, *lines;
};

static void add_line(struct origins *origins, const struct node *leaf, const struct node *said)
{
    struct text *lines = origins->lines;
    text_add(lines, "%s: ", path_name(&origins->path));
    leaf_write(leaf, lines);
    if (said == NULL || said->place.line == 0) {
        text_add(lines, "   default\n");
        return;
    }
    text_add(lines, "   ");
    text_add_escaped(lines, said->place.source->name, strlen(said->place.source->name));
    text_add(lines, ":%d:%d\n", said->place.line, said->place.column);
}

/* The leaves of `resolved` and where `said`, which stands at the same place of the tree that was bound, says
 * them; NULL where nothing does. */
static void list(struct origins *origins, const struct node *resolved, struct node *said, struct slot slot)
{
    if (resolved->kind == NODE_SCALAR || resolved->count == 0) {
        add_line(origins, resolved, said);
        return;
    }
    const struct assay_variant *variant =
        said != NULL && slot_is_choice(slot) ? choice_of(slot.variants, said) : NULL;
    if (variant != NULL && !choice_expand(origins->arena, variant, said))
        origins->lines->failed = true;
    for (size_t i = 0; i < resolved->count; i++) {
        const char *key = resolved->kind == NODE_MAP ? resolved->keys[i]->text : NULL;
        struct node *below = NULL;
        if (said != NULL && key != NULL)
            below = node_get(said, key);
        else if (said != NULL && said->kind == NODE_LIST && i < said->count)
            below = said->items[i];
        const size_t length = path_enter(&origins->path, (struct step){key, i});
        list(origins, resolved->items[i], below, key != NULL ? slot_key(slot, key) : slot_item(slot));
        path_leave(&origins->path, length);
    }
}

void config_origins(const struct config *config, const struct node *tree, struct text *text)
{
    struct text written = {0};
    config_write(config, &written);
    struct arena *arena = arena_create();
    struct diagnostics *none = diagnostics_create();
    const bool ready = !written.failed && arena != NULL && none != NULL;
    const struct node *resolved =
        ready ? tree_parse(arena, "config.yaml", written.bytes, written.length, none) : NULL;
    struct node *said = ready ? node_copy(arena, tree) : NULL;
    struct origins origins = {.arena = arena, .lines = text};
    if (resolved != NULL && said != NULL)
        list(&origins, resolved, said, slot_top());
    else
        text->failed = true;
    text->failed = text->failed || origins.path.failed;
    text_finish(&origins.path);
    text_finish(&written);
    diagnostics_destroy(none);
    arena_destroy(arena);
}

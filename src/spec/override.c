/* Overrides: values from the command line or an experiment, set in a config's tree before it is bound. */
#include <stdint.h>
#include <string.h>

#include "schema/schema.h"
#include "spec/config.h"
#include "spec/reference.h"
#include "spec/slot.h"
#include "spec/walk.h"

/* Moves the places of a value that was parsed alone to where it stands in `source`. */
static void relocate(struct node *node, const struct source *source, int columns)
{
    node->place.source = source;
    node->place.column += node->place.line == 1 ? columns : 0;
    for (size_t i = 0; i < node->count; i++) {
        relocate(node->items[i], source, columns);
        if (node->kind == NODE_MAP)
            relocate(node->keys[i], source, columns);
    }
}

static struct node *parse_value(const char *value, struct place place, struct arena *arena,
                                struct diagnostics *diagnostics)
{
    if (value[strspn(value, " \t\r\n")] == '\0')
        return node_create_scalar(arena, "", place);
    return tree_parse(arena, place.source->name, value, strlen(value), diagnostics);
}

bool override_parse(const char *argument, struct override *override, struct arena *arena,
                    struct diagnostics *diagnostics)
{
    const size_t length = strlen(argument), before = diagnostics_count(diagnostics);
    struct source *source = arena_allocate(arena, 1, sizeof *source);
    const char *copy = arena_copy_text(arena, argument, length);
    if (source == NULL || copy == NULL)
        return diagnose_memory(diagnostics);
    *source = (struct source){"command line", copy, length};
    const struct place place = {source, 1, 1};
    const char *equals = strchr(copy, '=');
    if (equals == NULL)
        return diagnose(diagnostics, place, NULL, "wants key=value, as in train.batch_size=32");
    const int columns = (int)(equals + 1 - copy);
    *override = (struct override){
        .path = arena_copy_text(arena, copy, (size_t)(equals - copy)),
        .place = place,
        .value = parse_value(equals + 1, place, arena, diagnostics),
    };
    if (override->path != NULL && override->value != NULL) {
        relocate(override->value, source, columns);
        return true;
    }
    if (diagnostics_count(diagnostics) == before)
        diagnose_memory(diagnostics);
    return false;
}

/* One override on its way into a tree. */
struct setting {
    struct arena *arena;
    const struct override *override;
    struct text path; /* of the node that was reached */
    struct text why;  /* it cannot go on */
};

static bool become_map(struct setting *setting, struct node *node)
{
    const struct node *map = node_create(setting->arena, NODE_MAP, setting->override->place);
    if (map != NULL)
        *node = *map;
    return map != NULL;
}

static bool refuse_variant(struct setting *setting, const struct assay_variants *variants, const char *key,
                           const struct assay_variant *found)
{
    struct text *why = &setting->why;
    text_add(why, "unknown %s %s", variants->what, key);
    if (found != NULL) {
        text_add(why, "; the options of this one are under %s.%s", path_name(&setting->path), found->name);
        return false;
    }
    const char **names = arena_allocate(setting->arena, variants->count, sizeof *names);
    for (size_t i = 0; names != NULL && i < variants->count; i++)
        names[i] = variants->items[i]->name;
    if (names != NULL)
        add_known(why, key, names, variants->count);
    return false;
}

/* Gets a choice ready for its options under `key` to be set: one item of a list keeps what it is, any other
 * may become another. */
static bool open_choice(struct setting *setting, struct node *node, const struct assay_variants *variants,
                        const char *key, bool is_item)
{
    const struct assay_variant *wanted = schema_variant(variants, key), *found = choice_of(variants, node);
    if (wanted == NULL)
        return refuse_variant(setting, variants, key, found);
    if (wanted == found)
        return choice_expand(setting->arena, found, node);
    if (is_item && !node_is_null(node)) {
        text_add(&setting->why, "%s is ", setting->path.bytes);
        if (found != NULL)
            text_add(&setting->why, "%s", found->name);
        else
            node_describe(node, &setting->why);
        text_add(&setting->why, ", not %s", key);
        return false;
    }
    return become_map(setting, node);
}

/* A knob that nothing refers to would be set in vain, so there can be no new ones. */
static bool check_knob(struct setting *setting, const struct node *knobs, const char *key)
{
    if (strcmp(path_name(&setting->path), "knobs") != 0 || node_get(knobs, key) != NULL)
        return true;
    text_add(&setting->why, "unknown knob");
    if (knobs->kind == NODE_MAP)
        add_known_keys(&setting->why, key, knobs, setting->arena);
    return false;
}

/* Makes sure that `node` is a map that has the key. A new one is `wrong` until it gets its value, for if it
 * never does that has been said. */
static bool open_key(struct setting *setting, struct node *node, const char *key)
{
    if (!check_knob(setting, node, key) || (node_is_null(node) && !become_map(setting, node)))
        return false;
    if (node->kind != NODE_MAP || node_get(node, key) != NULL)
        return true;
    struct node *name = node_create_scalar(setting->arena, key, setting->override->place);
    struct node *nothing = node_create_scalar(setting->arena, "", setting->override->place);
    if (name == NULL || nothing == NULL)
        return false;
    nothing->wrong = true;
    return node_set(setting->arena, node, name, nothing);
}

/* Goes from `node` at `slot` one step further, making what is not there yet; NULL when that cannot be. */
static struct node *advance(struct setting *setting, struct node *node, struct slot slot, bool is_item,
                            struct step step)
{
    if (is_reference(node)) {
        const int length = (int)strlen(node->text) - 3;
        text_add(&setting->why, "%s is %s; override %.*s instead", path_name(&setting->path), node->text,
                 length, node->text + 2);
        return NULL;
    }
    if (step.key != NULL && slot_is_choice(slot) &&
        !open_choice(setting, node, slot.variants, step.key, is_item))
        return NULL;
    if (step.key != NULL && !open_key(setting, node, step.key))
        return NULL;
    struct node *next = walk_step(node, step, &setting->path, setting->arena, &setting->why);
    path_enter(&setting->path, step);
    return setting->path.failed ? NULL : next;
}

static bool set(struct setting *setting, struct node *tree, const struct walk *walk)
{
    struct slot slot = slot_top();
    struct node *node = tree;
    for (size_t i = 0; i < walk->count && node != NULL; i++) {
        const struct step step = walk->steps[i];
        const bool is_item = i > 0 && walk->steps[i - 1].key == NULL;
        node = advance(setting, node, slot, is_item, step);
        slot = step.key != NULL ? slot_key(slot, step.key) : slot_item(slot);
    }
    const struct node *value = node != NULL ? node_copy(setting->arena, setting->override->value) : NULL;
    if (value != NULL)
        *node = *value;
    return value != NULL;
}

bool config_override(struct arena *arena, struct node *tree, const struct override *override,
                     struct diagnostics *diagnostics)
{
    struct setting setting = {.arena = arena, .override = override};
    struct walk walk;
    char *path = arena_copy_text(arena, override->path, strlen(override->path));
    if (path == NULL)
        return diagnose_memory(diagnostics);
    if (!walk_parse(path, &walk))
        return diagnose(diagnostics, override->place, NULL,
                        "\"%s\" is no path; write it like train.batch_size or model[0].conv.maps",
                        override->path);
    if (strcmp(walk.steps[0].key, "extends") == 0)
        return diagnose(diagnostics, override->place, override->path, "can only stand in a file");
    const bool done = set(&setting, tree, &walk);
    if (!done && setting.why.length > 0 && !setting.why.failed)
        diagnose(diagnostics, override->place, override->path, "%s", setting.why.bytes);
    else if (!done)
        diagnose_memory(diagnostics);
    text_finish(&setting.path);
    text_finish(&setting.why);
    return done;
}

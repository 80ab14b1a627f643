#include "configs.h"

#include <string.h>

#include "net/network.h"
#include "run/prepared.h"
#include "target.h"
#include "train/split.h"

void check_round_trip(struct arena *arena, const struct config *config)
{
    struct text written = {0}, identity = {0}, identity_again = {0};
    config_write(config, &written);
    config_write_identity(config, &identity);
    struct diagnostics *diagnostics = diagnostics_create();
    struct node *tree = tree_parse(arena, "again", written.bytes, written.length, diagnostics);
    const struct config *again = tree != NULL ? config_bind(arena, tree, "again", diagnostics) : NULL;
    if (again == NULL)
        fprintf(stderr, "%s", written.bytes);
    REQUIRE(again != NULL && strcmp(again->name, config->name) == 0);
    config_write_identity(again, &identity_again);
    REQUIRE(!identity.failed && !identity_again.failed && identity.length == identity_again.length &&
            memcmp(identity.bytes, identity_again.bytes, identity.length) == 0);
    diagnostics_destroy(diagnostics);
    text_finish(&written);
    text_finish(&identity);
    text_finish(&identity_again);
}

void check_plan(struct arena *arena, const struct config *config)
{
    const struct dataset_shape shape = {1, 28, 28, 10, 60000, 10000};
    struct split_counts counts;
    struct assay_problem problem = {0};
    struct diagnostics *diagnostics = diagnostics_create();
    REQUIRE(split_count(&config->data, shape.train_count, &counts, &problem) || problem.key != NULL);
    const struct plan *plan = plan_config(arena, config, &shape, 2, false, diagnostics);
    REQUIRE((plan == NULL) == (diagnostics_count(diagnostics) > 0));
    if (plan != NULL) {
        struct text text = {0};
        REQUIRE(network_bytes(plan) > 0);
        plan_print(plan, &text);
        plan_print_json(plan, &text);
        REQUIRE(!text.failed);
        text_finish(&text);
    } else {
        check_diagnostics(diagnostics);
    }
    diagnostics_destroy(diagnostics);
}

/* No byte that a terminal would obey gets through. */
void check_diagnostics(const struct diagnostics *diagnostics)
{
    struct text text = {0};
    diagnostics_print(diagnostics, &text);
    REQUIRE(!text.failed && text.length > 0);
    for (size_t i = 0; i < text.length; i++)
        REQUIRE(text.bytes[i] == '\n' || ((unsigned char)text.bytes[i] >= 0x20 && text.bytes[i] != 0x7F));
    text_finish(&text);
}

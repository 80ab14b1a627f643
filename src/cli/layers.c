/* assay layers: the registry. */
#include "assay/layer.h"
#include "cli/arguments.h"
#include "schema/schema.h"

static bool fail_type(const char *name, struct assay_error *error)
{
    const char *names[256];
    size_t count = 0;
    for (; count < assay_layers.count && count < sizeof names / sizeof names[0]; count++)
        names[count] = assay_layers.items[count]->name;
    return fail_unknown(error, "there is no layer", name, names, count);
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    struct assay_variants shown = assay_layers;
    const struct assay_variant *one = NULL;
    if (invocation->argument_count > 0) {
        one = schema_variant(&assay_layers, invocation->arguments[0]);
        if (one == NULL) {
            fail_type(invocation->arguments[0], error);
            return error->status;
        }
        shown.items = &one;
        shown.count = 1;
    }
    schema_list_variants(&shown, &invocation->out);
    return ASSAY_DONE;
}

const struct command layers_command = {
    .name = "layers",
    .summary = "list the layer types, their formulas' sources and their keys",
    .usage = "[TYPE]",
    .examples = "assay layers\n"
                "assay layers pool\n",
    .most_arguments = 1,
    .run = run,
};

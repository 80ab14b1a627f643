/* assay layers: the registry. */
#include "assay/layer.h"
#include "cli/arguments.h"
#include "io/json.h"
#include "schema/rows.h"
#include "schema/schema.h"

enum { TEXT, JSON };
static const char *const formats[] = {"text", "json", NULL};

static bool fail_type(const char *name, struct assay_error *error)
{
    const char *names[256];
    size_t count = 0;
    for (; count < assay_layers.count && count < sizeof names / sizeof names[0]; count++)
        names[count] = assay_layers.items[count]->name;
    return fail_unknown(error, "there is no layer", name, names, count);
}

static void add_key(struct json_writer *json, const struct assay_field *field)
{
    struct text value = {0};
    field_describe(field, &value);
    json_open(json, NULL, '{');
    json_string(json, "key", field->key);
    json_string(json, "help", field->help);
    json_string(json, "unit", field->unit);
    json_string(json, "value", value.failed ? NULL : value.bytes);
    json_string(json, "default", field->fallback);
    json_bool(json, "required", field_is_required(field));
    json_close(json);
    text_finish(&value);
}

static void add_json(struct text *text, const struct assay_variants *layers)
{
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '[');
    for (size_t i = 0; i < layers->count; i++) {
        const struct assay_variant *layer = layers->items[i];
        const struct rows rows = rows_of_variant(layers, layer);
        json_open(&json, NULL, '{');
        json_string(&json, "name", layer->name);
        json_string(&json, "summary", layer->summary);
        json_string(&json, "source", layer->source);
        json_string(&json, "example", layer->example);
        json_string(&json, "main_key", layer->main_key);
        json_open(&json, "keys", '[');
        for (size_t row = 0; row < rows_count(rows); row++)
            add_key(&json, rows_at(rows, row));
        json_close(&json);
        json_close(&json);
    }
    json_close(&json);
    text_add_char(text, '\n');
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
    if (invocation->format == JSON)
        add_json(&invocation->out, &shown);
    else
        schema_list_variants(&shown, &invocation->out);
    return ASSAY_DONE;
}

const struct command layers_command = {
    .name = "layers",
    .summary = "list the layer types, their formulas' sources and their keys",
    .usage = "[TYPE]",
    .examples = "assay layers\n"
                "assay layers pool\n"
                "assay layers --format json\n",
    .formats = formats,
    .most_arguments = 1,
    .run = run,
};

/* The layer types, from the list in src/layers/meson.build: layer_list.inc holds one LAYER(<name>) per word.
 */
#include "assay/layer.h"

#define LAYER(name) extern const struct assay_layer_type name##_layer;
#include "layer_list.inc"
#undef LAYER

#define LAYER(name) &name##_layer.variant,
static const struct assay_variant *const items[] = {
#include "layer_list.inc"
};
#undef LAYER

static const struct assay_field common_fields[] = {
    {ASSAY_NAME(struct assay_layer_common, name), .key = "name",
     .help = "what its parameters are called in files; otherwise its type and its count", .fallback = "null",
     .optional = true},
};
static const struct assay_table common_table = ASSAY_TABLE(struct assay_layer_common, common_fields);

const struct assay_variants assay_layers = {
    .what = "layer", .items = items, .count = sizeof items / sizeof items[0], .common = &common_table};

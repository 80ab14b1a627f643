/* What `assay check` shows. */
#include <stdio.h>

#include "io/json.h"
#include "net/initial.h"
#include "net/network.h"
#include "net/plan.h"

static double mebibytes(size_t bytes)
{
    return (double)bytes / (1 << 20);
}

static size_t elements_of(const struct assay_layer_plan *layer)
{
    size_t elements = 0;
    for (int i = 0; i < layer->parameter_count; i++)
        elements += layer->parameters[i].trained ? parameter_elements(&layer->parameters[i]) : 0;
    return elements;
}

static void add_shape(struct text *text, const struct assay_shape *shape)
{
    if (shape->height == 1 && shape->width == 1)
        text_add(text, "%d", shape->channels);
    else
        text_add(text, "%d x %d x %d", shape->channels, shape->height, shape->width);
}

static void add_row(struct text *text, const char *name, const char *type, const struct assay_shape *shape,
                    size_t parameters, double flops, const char *algorithm)
{
    struct text shape_text = {0}, count = {0}, work = {0};
    add_shape(&shape_text, shape);
    if (parameters > 0)
        text_add(&count, "%zu", parameters);
    if (flops > 0)
        text_add(&work, "%.3f", flops / 1e6);
    text_add(text, "  %-20s %-18s %-14s %12s %12s  %s\n", name, type,
             shape_text.bytes ? shape_text.bytes : "", count.bytes ? count.bytes : "",
             work.bytes ? work.bytes : "", algorithm ? algorithm : "");
    text->failed |= shape_text.failed || count.failed || work.failed;
    text_finish(&shape_text);
    text_finish(&count);
    text_finish(&work);
}

double plan_flops(const struct plan *plan, bool backward)
{
    double flops = 0;
    for (int l = 0; l < plan->layer_count; l++)
        flops += plan->layers[l].train.forward_flops + (backward ? plan->layers[l].train.backward_flops : 0);
    return flops;
}

void plan_print(const struct plan *plan, struct text *text)
{
    text_add(text, "  %-20s %-18s %-14s %12s %12s  %s\n", "layer", "type", "output", "parameters", "MFLOP",
             "algorithm");
    add_row(text, "input", "", &plan->image, 0, 0, NULL);
    for (int l = 0; l < plan->layer_count; l++) {
        const struct assay_layer_plan *layer = &plan->layers[l].train;
        add_row(text, layer->name, plan->layers[l].type->variant.name, &layer->output.shape,
                elements_of(layer), layer->forward_flops + layer->backward_flops, layer->algorithm);
    }
    text_add(text, "\n  %zu parameters; per sample %.1f MFLOP to train, %.1f to test\n",
             plan->parameter_elements, plan_flops(plan, true) / 1e6, plan_flops(plan, false) / 1e6);
    char parts[48] = "";
    if (plan->part < plan->batch)
        snprintf(parts, sizeof parts, " in parts of %d", plan->part);
    text_add(text,
             "  batch of %d%s on %d thread%s: %.1f MiB in one allocation; %d rounds for a training step, %d "
             "for a test\n",
             plan->batch, parts, plan->threads, plan->threads == 1 ? "" : "s", mebibytes(network_bytes(plan)),
             plan->train.round_count, plan->test.round_count);
}

static void add_json_shape(struct json_writer *json, const struct assay_shape *shape)
{
    json_open(json, "output", '[');
    json_integer(json, NULL, shape->channels);
    json_integer(json, NULL, shape->height);
    json_integer(json, NULL, shape->width);
    json_close(json);
}

void plan_print_json(const struct plan *plan, struct text *text)
{
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '{');
    json_open(&json, "layers", '[');
    for (int l = 0; l < plan->layer_count; l++) {
        const struct assay_layer_plan *layer = &plan->layers[l].train;
        json_open(&json, NULL, '{');
        json_string(&json, "name", layer->name);
        json_string(&json, "type", plan->layers[l].type->variant.name);
        add_json_shape(&json, &layer->output.shape);
        json_integer(&json, "parameters", (long long)elements_of(layer));
        json_number(&json, "forward_flops", layer->forward_flops);
        json_number(&json, "backward_flops", layer->backward_flops);
        json_string(&json, "algorithm", layer->algorithm);
        json_close(&json);
    }
    json_close(&json);
    json_integer(&json, "parameters", (long long)plan->parameter_elements);
    json_number(&json, "train_flops", plan_flops(plan, true));
    json_number(&json, "test_flops", plan_flops(plan, false));
    json_integer(&json, "batch", plan->batch);
    json_integer(&json, "part", plan->part);
    json_integer(&json, "threads", plan->threads);
    json_integer(&json, "bytes", (long long)network_bytes(plan));
    json_close(&json);
    text_add_char(text, '\n');
}

#include "solo.h"

#include <stdio.h>
#include <string.h>

#include "base/diagnostics.h"
#include "io/tree.h"
#include "math/kernels.h"
#include "net/initial.h"
#include "net/program.h"
#include "schema/schema.h"

static void *bound_options(struct arena *arena, const struct assay_layer_type *type, const char *yaml)
{
    struct diagnostics *diagnostics = diagnostics_create();
    const struct node *map = tree_parse(arena, "options", yaml, strlen(yaml), diagnostics);
    void *options = arena_allocate(arena, 1, type->variant.table->size);
    if (map == NULL ||
        !schema_bind(type->variant.table, map, type->variant.name, options, arena, diagnostics)) {
        struct text text = {0};
        diagnostics_print(diagnostics, &text);
        fprintf(stderr, "%s: %s\n", type->variant.name, text.bytes);
        options = NULL;
    }
    diagnostics_destroy(diagnostics);
    return options;
}

static float *floats(struct solo *solo, size_t count)
{
    return arena_allocate(solo->arena, count + ASSAY_LANES, sizeof(float));
}

bool solo_init(struct solo *solo, const struct assay_layer_type *type, const char *options,
               struct assay_shape input, int batch, bool training)
{
    *solo = (struct solo){.arena = arena_create()};
    struct assay_problem problem = {0};
    struct assay_layer_plan *plan = &solo->plan;
    *plan = (struct assay_layer_plan){.name = type->variant.name,
                                      .options = bound_options(solo->arena, type, options),
                                      .input = assay_edge(input),
                                      .batch = batch,
                                      .training = training,
                                      .input_gradient = training,
                                      .arena = solo->arena};
    if (plan->options == NULL || !type->plan(plan, &problem)) {
        fprintf(stderr, "%s: %s %s\n", type->variant.name, problem.key ? problem.key : "", problem.text);
        return false;
    }
    const size_t in = assay_edge_floats(&plan->input) * (size_t)batch,
                 out = assay_edge_floats(&plan->output) * (size_t)batch;
    solo->input = floats(solo, in);
    solo->input_gradient = floats(solo, in);
    solo->output = floats(solo, out);
    solo->output_gradient = floats(solo, out);
    solo->scratch = floats(solo, plan->scratch_bytes / sizeof(float));
    for (int s = 0; s < 16; s++)
        solo->indices[s] = (uint32_t)(100 + 7 * s);
    solo->step = (struct assay_step){
        .seed = 1, .epoch = 3, .samples = batch, .indices = solo->indices, .beta = 0, .alpha = 1};
    size_t available;
    const struct kernels *const *kernels = kernels_available(&available);
    solo->work = (struct assay_work){.plan = plan,
                                     .step = &solo->step,
                                     .kernels = kernels[available - 1],
                                     .input = solo->input,
                                     .output = solo->output,
                                     .output_gradient = solo->output_gradient,
                                     .input_gradient = training ? solo->input_gradient : NULL,
                                     .derived = floats(solo, plan->derived_floats),
                                     .kept = floats(solo, plan->kept_bytes / sizeof(float))};
    for (int i = 0; i < plan->parameter_count; i++) {
        const struct assay_parameter *parameter = &plan->parameters[i];
        solo->storage[i] = floats(solo, parameter->floats);
        solo->gradient[i] = floats(solo, parameter->floats);
        initial_fill(plan->name, parameter, 1, solo->storage[i]);
        solo->work.values[i] = solo->storage[i];
        solo->work.gradients[i] = parameter->trained ? solo->gradient[i] : NULL;
        solo->work.state[i] = parameter->trained ? NULL : solo->storage[i];
    }
    return true;
}

void solo_finish(struct solo *solo)
{
    arena_destroy(solo->arena);
}

void solo_run(struct solo *solo, enum assay_pass pass, int skip)
{
    for (int p = 0; p < solo->plan.phase_count[pass]; p++) {
        const struct assay_phase *phase = &solo->plan.phases[pass][p];
        const int items = phase->per_sample > 0 ? phase->per_sample * solo->step.samples : phase->items;
        const int step = phase_together(phase);
        for (int item = p == skip ? step : 0; item < items; item += step)
            phase->kernel(&solo->work, item, solo->scratch);
    }
}

int solo_elements(const struct assay_edge *edge)
{
    return edge->shape.channels * edge->shape.height * edge->shape.width;
}

size_t solo_place(const struct assay_edge *edge, int sample, int i)
{
    const int plane = edge->shape.height * edge->shape.width;
    return (size_t)sample * assay_edge_floats(edge) + (size_t)(i % plane) * (size_t)edge->pitch +
           (size_t)(i / plane);
}

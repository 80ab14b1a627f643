#include "net/plan.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "net/initial.h"
#include "net/local.h"
#include "net/phases.h"
#include "net/program.h"

struct assay_edge assay_edge(struct assay_shape shape)
{
    return (struct assay_edge){shape, (shape.channels + ASSAY_LANES - 1) / ASSAY_LANES * ASSAY_LANES};
}

size_t assay_edge_floats(const struct assay_edge *edge)
{
    return (size_t)edge->shape.height * (size_t)edge->shape.width * (size_t)edge->pitch;
}

struct assay_parameter *assay_add_parameter(struct assay_layer_plan *plan, struct assay_parameter parameter)
{
    assert(plan->parameter_count < ASSAY_PARAMETERS);
    for (int i = 0; i < ASSAY_AXES; i++)
        if (parameter.axes[i].size == 0)
            parameter.axes[i].size = 1;
    plan->parameters[plan->parameter_count] = parameter;
    return &plan->parameters[plan->parameter_count++];
}

void assay_add_phase(struct assay_layer_plan *plan, enum assay_pass pass, struct assay_phase phase)
{
    assert(plan->phase_count[pass] < ASSAY_PHASES);
    assert((phase.per_sample > 0) != (phase.items > 0));
    assert(phase.together <= 1 || phase.per_sample == 1);
    plan->phases[pass][plan->phase_count[pass]++] = phase;
}

void *assay_design(struct assay_layer_plan *plan, size_t size)
{
    void *design = arena_allocate(plan->arena, 1, size);
    plan->design = design;
    return design;
}

int assay_bands(const struct assay_layer_plan *plan, int height)
{
    enum { ENOUGH_ITEMS = 8 };
    const int wanted = (ENOUGH_ITEMS + plan->batch - 1) / plan->batch;
    return wanted < height ? wanted : height;
}

struct assay_band assay_band(int item, int bands, int height)
{
    const int band = item % bands;
    return (struct assay_band){item / bands, height * band / bands, height * (band + 1) / bands};
}

int assay_together(const struct assay_work *work, int together, int sample)
{
    const int left = work->step->samples - sample;
    return together < left ? together : left;
}

/* Building. */

struct builder {
    struct arena *arena;
    const struct plan_request *request;
    struct diagnostics *diagnostics;
    struct plan *plan; /* its part is known before its layers */
};

static struct place place_of_item(const struct builder *builder, size_t item)
{
    const struct assay_variant_value *value = &builder->request->model->items[item];
    return (struct place){value->source, value->line, value->column};
}

static bool refuse(const struct builder *builder, size_t item, const char *key, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "model[%zu].%s%s%s", item, builder->request->model->items[item].variant->name,
             key ? "." : "", key ? key : "");
    return diagnose(builder->diagnostics, place_of_item(builder, item), path, "%s", text);
}

static bool refuse_large(const struct builder *builder, size_t item, const struct assay_shape *shape)
{
    char text[160];
    snprintf(text, sizeof text, "gives %d x %d x %d values for each of %d samples, which is too large",
             shape->channels, shape->height, shape->width, builder->plan->part);
    return refuse(builder, item, NULL, text);
}

static bool refuse_name(const struct builder *builder, size_t item, const char *name)
{
    char text[160];
    snprintf(text, sizeof text, "is %s, which is the name of an earlier layer", name);
    return refuse(builder, item, "name", text);
}

static bool refuse_memory(const struct builder *builder)
{
    return diagnose_machine(builder->diagnostics, (struct place){0}, NULL,
                            "out of memory while planning the network");
}

/* conv1, conv2, linear1: the type and its count among that type, unless the config names it. */
static const char *layer_name(const struct builder *builder, const struct assay_variant_value *value)
{
    const struct assay_layer_common *common = value->options;
    if (common->name != NULL)
        return common->name;
    int count = 1;
    for (int i = 0; i < builder->plan->layer_count; i++)
        count += &builder->plan->layers[i].type->variant == value->variant;
    return arena_format(builder->arena, "%s%d", value->variant->name, count);
}

static bool plan_layer(struct builder *builder, size_t item, struct assay_edge input, bool training,
                       struct assay_layer_plan *plan)
{
    const struct assay_variant_value *value = &builder->request->model->items[item];
    const struct assay_layer_type *type = (const struct assay_layer_type *)value->variant;
    const char *name = layer_name(builder, value);
    if (name == NULL)
        return refuse_memory(builder);
    *plan = (struct assay_layer_plan){.name = name,
                                      .options = value->options,
                                      .input = input,
                                      .batch = builder->plan->part,
                                      .direct = builder->request->direct,
                                      .training = training,
                                      .input_gradient = training && builder->plan->layer_count > 0,
                                      .arena = builder->arena};
    struct assay_problem problem = {0};
    if (!type->plan(plan, &problem))
        return problem.text[0] ? refuse(builder, item, problem.key, problem.text) : refuse_memory(builder);
    assert(plan->output.pitch % ASSAY_LANES == 0);
    const struct assay_shape out = plan->output.shape;
    size_t floats;
    const size_t dimensions[] = {(size_t)out.height, (size_t)out.width, (size_t)plan->output.pitch,
                                 (size_t)builder->plan->part};
    if (!size_of_dimensions(dimensions, 4, sizeof(float), (size_t)1 << 36, &floats))
        return refuse_large(builder, item, &out);
    return true;
}

static bool place_layers(struct builder *builder)
{
    const struct plan_request *request = builder->request;
    struct plan *plan = builder->plan;
    struct assay_edge edge = {plan->image, plan->image.channels};
    bool first = true;
    assert(request->model->count > 0);
    for (size_t item = 0; item < request->model->count; item++) {
        const struct assay_variant_value *value = &request->model->items[item];
        const struct assay_layer_type *type = (const struct assay_layer_type *)value->variant;
        if (type->absent != NULL && type->absent(value->options))
            continue;
        if (first && !type->any_pitch)
            edge = assay_edge(plan->image);
        first = false;
        struct placed_layer *layer = &plan->layers[plan->layer_count];
        layer->type = type;
        if (!plan_layer(builder, item, edge, true, &layer->train) ||
            !plan_layer(builder, item, edge, false, &layer->test))
            return false;
        for (int i = 0; i < plan->layer_count; i++)
            if (strcmp(plan->layers[i].train.name, layer->train.name) == 0)
                return refuse_name(builder, item, layer->train.name);
        edge = layer->train.output;
        plan->layer_count++;
    }
    if (plan->layer_count == 0)
        return diagnose(builder->diagnostics, place_of_item(builder, 0), "model",
                        "every layer is one that does nothing, such as dropout with rate 0");
    if (edge.shape.height != 1 || edge.shape.width != 1 || edge.shape.channels != plan->classes) {
        char text[160];
        snprintf(text, sizeof text,
                 "the last layer gives %d x %d x %d values, but the data have %d classes; end with linear: "
                 "{units: %d}",
                 edge.shape.channels, edge.shape.height, edge.shape.width, plan->classes, plan->classes);
        return refuse(builder, request->model->count - 1, NULL, text);
    }
    return true;
}

static bool check_weights(const struct builder *builder)
{
    const struct plan *plan = builder->plan;
    size_t elements = 0;
    for (int l = 0; l < plan->layer_count; l++)
        for (int i = 0; i < plan->layers[l].train.parameter_count; i++)
            elements += parameter_elements(&plan->layers[l].train.parameters[i]);
    return elements <= PLAN_WEIGHTS_LIMIT ||
           diagnose(builder->diagnostics, place_of_item(builder, 0), "model",
                    "has %zu weights, running state among them; a file of weights holds at most %d", elements,
                    PLAN_WEIGHTS_LIMIT);
}

/* Parameters first, running state behind them, each aligned to a cache line. */
static void place_parameters(struct plan *plan)
{
    for (int trained = 1; trained >= 0; trained--)
        for (int l = 0; l < plan->layer_count; l++) {
            struct placed_layer *layer = &plan->layers[l];
            for (int i = 0; i < layer->train.parameter_count; i++) {
                const struct assay_parameter *parameter = &layer->train.parameters[i];
                if (parameter->trained != trained)
                    continue;
                size_t *total = trained ? &plan->trained_floats : &plan->state_floats;
                layer->values[i] = *total;
                *total += size_round_up(parameter->floats, ASSAY_LANES);
                plan->parameter_elements += trained ? parameter_elements(parameter) : 0;
            }
        }
    for (int l = 0; l < plan->layer_count; l++) {
        plan->layers[l].derived = plan->derived_floats;
        plan->derived_floats += size_round_up(plan->layers[l].train.derived_floats, ASSAY_LANES);
    }
}

const struct assay_layer_plan *placed_plan(const struct placed_layer *layer, bool training)
{
    return training ? &layer->train : &layer->test;
}

/* Whether layer l may write its output over its input: nobody reads the input afterwards, and both lie alike.
 */
static bool shares_memory(const struct plan *plan, int l, bool training)
{
    const struct assay_layer_plan *layer = placed_plan(&plan->layers[l], training);
    if (!layer->in_place || layer->input.pitch != layer->output.pitch)
        return false;
    return !training ||
           (!layer->backward_reads_input && (l == 0 || !plan->layers[l - 1].train.backward_reads_output));
}

const struct assay_edge *plan_edge(const struct plan *plan, int e)
{
    return e == 0 ? &plan->layers[0].train.input : &plan->layers[e - 1].train.output;
}

static bool share_memory(struct plan *plan, bool training, struct arena *arena)
{
    struct placement *memory = training ? &plan->train_memory : &plan->test_memory;
    const size_t edges = (size_t)plan->layer_count + 1;
    memory->same = arena_allocate(arena, edges, sizeof *memory->same);
    memory->edges = arena_allocate(arena, edges, sizeof *memory->edges);
    memory->gradients = arena_allocate(arena, edges, sizeof *memory->gradients);
    memory->kept = arena_allocate(arena, edges, sizeof *memory->kept);
    if (!memory->same || !memory->edges || !memory->gradients || !memory->kept)
        return false;
    for (int e = 0; e <= plan->layer_count; e++)
        memory->same[e] = e > 0 && shares_memory(plan, e - 1, training) ? memory->same[e - 1] : e;
    return true;
}

static void take(size_t *place, size_t *end, size_t count)
{
    if (*place == NOT_KEPT)
        return;
    *place = *end;
    *end += count;
}

/* After share_memory, and after local_find where there are local buffers. */
static void place_memory(struct plan *plan, bool training)
{
    struct placement *memory = training ? &plan->train_memory : &plan->test_memory;
    const size_t samples = (size_t)plan->part;
    for (int e = 0; e <= plan->layer_count; e++) {
        const int same = memory->same[e];
        const size_t floats = size_round_up(assay_edge_floats(plan_edge(plan, e)) * samples, ASSAY_LANES);
        if (same == e) {
            take(&memory->edges[e], &memory->floats, floats);
            take(&memory->gradients[e], &memory->floats, training ? floats : 0);
        }
        memory->edges[e] = memory->edges[same];
        memory->gradients[e] = memory->gradients[same];
    }
    for (int l = 0; l < plan->layer_count; l++) {
        const struct assay_layer_plan *layer = placed_plan(&plan->layers[l], training);
        memory->kept[l] = memory->kept_bytes;
        memory->kept_bytes += size_round_up(layer->kept_bytes, 64);
        if (layer->scratch_bytes > memory->scratch_bytes)
            memory->scratch_bytes = size_round_up(layer->scratch_bytes, 64);
    }
}

/* Programs. */

/* The id of what `buffer` means to layer l; the kinds of buffer share one numbering in which an edge's
 * two sides have the same id. */
static int resource(const struct placement *memory, int layer_count, int l, unsigned buffer)
{
    enum { EDGES, GRADIENTS, VALUES, PARAMETER_GRADIENTS, STATE, DERIVED, KEPT, KEPT_2, KEPT_3, KEPT_4 };
    const struct {
        unsigned buffer;
        int kind, index;
    } map[] = {
        {ASSAY_INPUT, EDGES, memory->same[l < 0 ? 0 : l]},
        {ASSAY_OUTPUT, EDGES, memory->same[l + 1 > layer_count ? layer_count : l + 1]},
        {ASSAY_INPUT_GRADIENT, GRADIENTS, memory->same[l < 0 ? 0 : l]},
        {ASSAY_OUTPUT_GRADIENT, GRADIENTS, memory->same[l + 1 > layer_count ? layer_count : l + 1]},
        {ASSAY_VALUES, VALUES, l},
        {ASSAY_GRADIENTS, PARAMETER_GRADIENTS, l},
        {ASSAY_STATE, STATE, l},
        {ASSAY_DERIVED, DERIVED, l},
        {ASSAY_KEPT, KEPT, l},
        {ASSAY_KEPT_2, KEPT_2, l},
        {ASSAY_KEPT_3, KEPT_3, l},
        {ASSAY_KEPT_4, KEPT_4, l},
    };
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (map[i].buffer == buffer)
            return map[i].kind * (layer_count + 2) + map[i].index + 1;
    return -1;
}

static struct phase_use use_of(const struct placement *memory, int layer_count, int l,
                               const struct assay_phase *phase)
{
    struct phase_use use = {.placed = {phase, l}};
    for (unsigned buffer = 1; buffer <= ASSAY_KEPT_4; buffer <<= 1) {
        if (phase->reads & buffer) {
            use.across[use.read_count] = (phase->across & buffer) != 0;
            use.reads[use.read_count++] = resource(memory, layer_count, l, buffer);
        }
        /* Nobody reads gradients before the step is over, and no two phases write the same one. */
        if (phase->writes & buffer & ~(unsigned)ASSAY_GRADIENTS)
            use.writes[use.write_count++] = resource(memory, layer_count, l, buffer);
    }
    return use;
}

struct use_list {
    struct phase_use *uses;
    int count;
    const struct plan *plan;
    const struct placement *memory;
};

static void add_phase(struct use_list *list, int l, const struct assay_phase *phase)
{
    list->uses[list->count++] = use_of(list->memory, list->plan->layer_count, l, phase);
}

static void add_pass(struct use_list *list, int l, bool training, enum assay_pass pass)
{
    const struct assay_layer_plan *layer = placed_plan(&list->plan->layers[l], training);
    for (int i = 0; i < layer->phase_count[pass]; i++)
        add_phase(list, l, &layer->phases[pass][i]);
}

static bool build_programs(struct plan *plan, struct arena *arena)
{
    const int layers = plan->layer_count;
    const size_t most = (size_t)(2 * layers + 1) * ASSAY_PHASES + 2;
    struct phase_use *uses = arena_allocate(arena, most, sizeof *uses);
    if (uses == NULL)
        return false;

    struct use_list list = {uses, 0, plan, &plan->train_memory};
    for (int l = 0; l < layers; l++)
        add_pass(&list, l, true, ASSAY_PREPARE);
    if (!program_build(&plan->prepare, uses, list.count, arena))
        return false;

    list.count = 0;
    add_phase(&list, -1, &phase_gather);
    for (int l = 0; l < layers; l++)
        add_pass(&list, l, true, ASSAY_FORWARD);
    add_phase(&list, layers, &phase_loss);
    for (int l = layers - 1; l >= 0; l--)
        add_pass(&list, l, true, ASSAY_BACKWARD);
    if (!program_build(&plan->train, uses, list.count, arena))
        return false;

    list = (struct use_list){uses, 0, plan, &plan->test_memory};
    add_phase(&list, -1, &phase_gather);
    for (int l = 0; l < layers; l++)
        add_pass(&list, l, false, ASSAY_FORWARD);
    add_phase(&list, layers, &phase_score);
    return program_build(&plan->test, uses, list.count, arena);
}

/* The plan for at most `part` samples at a time; NULL without one. */
static struct plan *plan_part(struct arena *arena, const struct plan_request *request, int part,
                              struct diagnostics *diagnostics)
{
    struct plan *plan = arena_allocate(arena, 1, sizeof *plan);
    struct builder builder = {arena, request, diagnostics, plan};
    if (plan != NULL)
        plan->layers = arena_allocate(arena, request->model->count + 1, sizeof *plan->layers);
    if (plan == NULL || plan->layers == NULL) {
        refuse_memory(&builder);
        return NULL;
    }
    plan->part = part;
    plan->image = (struct assay_shape){request->image.channels, request->image.height + 2 * request->pad,
                                       request->image.width + 2 * request->pad};
    plan->pad = request->pad;
    plan->classes = request->classes;
    plan->batch = request->batch;
    plan->threads = request->threads;
    if (!place_layers(&builder) || !check_weights(&builder))
        return NULL;
    place_parameters(plan);
    if (!share_memory(plan, true, arena) || !share_memory(plan, false, arena) ||
        !build_programs(plan, arena) ||
        (!request->keep_edges && !(local_find(plan, &plan->train, &plan->train_memory, arena) &&
                                   local_find(plan, &plan->test, &plan->test_memory, arena)))) {
        refuse_memory(&builder);
        return NULL;
    }
    place_memory(plan, true);
    place_memory(plan, false);
    return plan;
}

/* Equal parts, so that what they keep does not grow with the batch for ever; but not of fewer than about
 * LEAST samples. Parts cost time, for each goes through all weights and their gradients again: parts as small
 * as the caches were slower than none. A function of the network, the batch and whether edges are kept. */
static int samples_at_a_time(const struct plan *plan)
{
    enum { LEAST = 16 };
    const size_t most_bytes = (size_t)128 << 20;
    const size_t bytes = plan->train_memory.floats * sizeof(float) + plan->train_memory.kept_bytes;
    for (int l = 0; l < plan->layer_count; l++)
        if (plan->layers[l].train.whole_batch)
            return plan->batch;
    const size_t fitting = (size_t)plan->batch * most_bytes / bytes;
    const int most = fitting > LEAST ? fitting < INT_MAX ? (int)fitting : INT_MAX : LEAST;
    const int parts = most < plan->batch ? (plan->batch - 1) / most + 1 : 1;
    return (plan->batch - 1) / parts + 1;
}

const struct plan *plan_create(struct arena *arena, const struct plan_request *request,
                               struct diagnostics *diagnostics)
{
    const struct plan *whole = plan_part(arena, request, request->batch, diagnostics);
    const int part = whole != NULL ? samples_at_a_time(whole) : request->batch;
    return part == request->batch ? whole : plan_part(arena, request, part, diagnostics);
}

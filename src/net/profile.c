#include "net/profile.h"

#include "base/clock.h"
#include "net/phases.h"
#include "net/program.h"

const char *const profile_pass_names[PROFILE_PASSES] = {
    [PROFILE_PREPARE] = "prepare",
    [PROFILE_FORWARD] = "forward",
    [PROFILE_BACKWARD] = "backward",
    [PROFILE_DATA_GRADIENT] = "data gradient",
    [PROFILE_WEIGHT_GRADIENT] = "weight gradient",
    [PROFILE_UPDATE] = "update",
    [PROFILE_TEST] = "test",
};

/* One of the plan's programs with a round for each phase, and the part that each phase belongs to. */
struct serial {
    struct program program;
    struct profile_part **parts;
};

struct profile {
    struct plan plan; /* what the network goes by: its programs are windows of one round on these */
    struct serial prepare, train, test;
    struct profile_part *parts; /* PROFILE_PASSES for the input, each layer, the loss and the update */
    struct network *network;
    uint64_t seed;
};

static struct profile_part *part_of(const struct profile *profile, int layer, enum profile_pass pass)
{
    return &profile->parts[(layer + 1) * PROFILE_PASSES + (int)pass];
}

const struct profile_part *profile_part(const struct profile *profile, int layer, enum profile_pass pass)
{
    const struct profile_part *part = part_of(profile, layer, pass);
    return part->phases > 0 ? part : NULL;
}

static int find_phase(const struct assay_layer_plan *layer, enum assay_pass pass,
                      const struct assay_phase *phase)
{
    for (int i = 0; i < layer->phase_count[pass]; i++)
        if (phase == &layer->phases[pass][i])
            return i;
    return -1;
}

/* Which gradients need phase i of a backward pass: those it writes, and those that phases need which read
 * what it writes. */
static unsigned serves(const struct assay_layer_plan *layer, int i)
{
    const struct assay_phase *phases = layer->phases[ASSAY_BACKWARD];
    unsigned served = phases[i].writes & (ASSAY_INPUT_GRADIENT | ASSAY_GRADIENTS);
    for (int later = i + 1; later < layer->phase_count[ASSAY_BACKWARD]; later++)
        if (phases[later].reads & phases[i].writes)
            served |= serves(layer, later);
    return served;
}

static enum profile_pass backward_pass(const struct assay_layer_plan *layer, int i)
{
    const unsigned served = serves(layer, i);
    if (layer->parameter_count > 0 && layer->phases[ASSAY_BACKWARD][i].writes & ASSAY_INPUT_GRADIENT)
        return PROFILE_DATA_GRADIENT;
    if (layer->parameter_count == 0 || (served & ASSAY_INPUT_GRADIENT && served & ASSAY_GRADIENTS))
        return PROFILE_BACKWARD;
    return served & ASSAY_GRADIENTS ? PROFILE_WEIGHT_GRADIENT : PROFILE_DATA_GRADIENT;
}

static enum profile_pass pass_of(const struct plan *plan, const struct placed_phase *placed, bool training)
{
    if (!training)
        return PROFILE_TEST;
    if (placed->layer < 0 || placed->layer == plan->layer_count)
        return PROFILE_FORWARD;
    const struct assay_layer_plan *layer = &plan->layers[placed->layer].train;
    if (find_phase(layer, ASSAY_PREPARE, placed->phase) >= 0)
        return PROFILE_PREPARE;
    const int backward = find_phase(layer, ASSAY_BACKWARD, placed->phase);
    return backward >= 0 ? backward_pass(layer, backward) : PROFILE_FORWARD;
}

static double parameter_floats(const struct assay_layer_plan *layer, bool trained)
{
    size_t floats = 0;
    for (int i = 0; i < layer->parameter_count; i++)
        floats += layer->parameters[i].trained == trained ? layer->parameters[i].floats : 0;
    return (double)floats;
}

/* Floats, per sample, of a set of buffers as layer `l` knows them. */
static double floats_of(const struct plan *plan, int l, bool training, unsigned buffers)
{
    const int last = plan->layer_count - 1;
    const struct assay_layer_plan *layer =
        l >= 0 && l <= last ? placed_plan(&plan->layers[l], training) : NULL;
    const struct assay_edge *input = l > last ? &plan->layers[last].train.output
                                     : layer  ? &layer->input
                                              : NULL,
                            *output = layer   ? &layer->output
                                      : l < 0 ? &plan->layers[0].train.input
                                              : NULL;
    double floats = 0, shared = 0; /* shared: by the samples of a minibatch */
    if (input != NULL)
        floats += (double)assay_edge_floats(input) *
                  (!!(buffers & ASSAY_INPUT) + !!(buffers & ASSAY_INPUT_GRADIENT));
    if (output != NULL)
        floats += (double)assay_edge_floats(output) *
                  (!!(buffers & ASSAY_OUTPUT) + !!(buffers & ASSAY_OUTPUT_GRADIENT));
    if (layer != NULL)
        shared =
            parameter_floats(layer, true) * (!!(buffers & ASSAY_VALUES) + !!(buffers & ASSAY_GRADIENTS)) +
            parameter_floats(layer, false) * !!(buffers & ASSAY_STATE) +
            (double)layer->derived_floats * !!(buffers & ASSAY_DERIVED);
    return floats + shared / plan->batch;
}

/* Gives every phase of the program a round of its own, and adds it to its part. */
static bool serialize(struct profile *profile, const struct program *program, bool training,
                      struct serial *serial, struct arena *arena)
{
    const size_t count = (size_t)program->phase_count;
    struct phase_chain *chains = arena_allocate(arena, count, sizeof *chains);
    struct phase_group *groups = arena_allocate(arena, count, sizeof *groups);
    struct phase_round *rounds = arena_allocate(arena, count, sizeof *rounds);
    unsigned *touched =
        arena_allocate(arena, (size_t)(profile->plan.layer_count + 3) * PROFILE_PASSES * 2, sizeof *touched);
    serial->parts = arena_allocate(arena, count, sizeof(struct profile_part *));
    if (chains == NULL || groups == NULL || rounds == NULL || touched == NULL || serial->parts == NULL)
        return false;
    for (int p = 0; p < program->phase_count; p++) {
        const struct placed_phase *placed = &program->phases[p];
        const struct assay_phase *phase = placed->phase;
        const int together = phase_together(phase);
        chains[p] = (struct phase_chain){.first = p, .count = 1, .together = together};
        groups[p] = (struct phase_group){p, 1, phase->per_sample, phase->items, together, p, 1};
        rounds[p] = (struct phase_round){p, 1};
        struct profile_part *part =
            part_of(profile, placed->layer, pass_of(&profile->plan, placed, training));
        unsigned *seen = &touched[2 * (part - profile->parts)];
        part->bytes +=
            sizeof(float) * (floats_of(&profile->plan, placed->layer, training, phase->reads & ~seen[0]) +
                             floats_of(&profile->plan, placed->layer, training, phase->writes & ~seen[1]));
        seen[0] |= phase->reads;
        seen[1] |= phase->writes;
        part->phases++;
        serial->parts[p] = part;
    }
    serial->program = (struct program){program->phases,
                                       chains,
                                       groups,
                                       rounds,
                                       program->phase_count,
                                       program->phase_count,
                                       program->phase_count,
                                       program->phase_count};
    return true;
}

static void share_flops(struct profile *profile, int l)
{
    const struct placed_layer *layer = &profile->plan.layers[l];
    struct profile_part *data = part_of(profile, l, PROFILE_DATA_GRADIENT),
                        *weight = part_of(profile, l, PROFILE_WEIGHT_GRADIENT);
    part_of(profile, l, PROFILE_FORWARD)->flops = layer->train.forward_flops;
    part_of(profile, l, PROFILE_TEST)->flops = layer->test.forward_flops;
    if (data->phases > 0 && weight->phases > 0)
        data->flops = weight->flops = layer->train.backward_flops / 2;
    else if (data->phases > 0 || weight->phases > 0)
        (data->phases > 0 ? data : weight)->flops = layer->train.backward_flops;
    else
        part_of(profile, l, PROFILE_BACKWARD)->flops = layer->train.backward_flops;
}

static bool build(struct profile *profile, struct arena *arena)
{
    struct plan *plan = &profile->plan;
    profile->parts =
        arena_allocate(arena, (size_t)(plan->layer_count + 3) * PROFILE_PASSES, sizeof *profile->parts);
    if (profile->parts == NULL || !serialize(profile, &plan->prepare, true, &profile->prepare, arena) ||
        !serialize(profile, &plan->train, true, &profile->train, arena) ||
        !serialize(profile, &plan->test, false, &profile->test, arena))
        return false;
    for (int l = 0; l < plan->layer_count; l++)
        share_flops(profile, l);
    /* Values and directions are read, and values written. */
    *part_of(profile, plan->layer_count + 1, PROFILE_UPDATE) = (struct profile_part){
        .bytes = 3.0 * sizeof(float) * (double)plan->trained_floats / plan->batch, .phases = 1};
    return true;
}

struct profile *profile_create(struct arena *arena, const struct network_settings *settings, uint64_t seed,
                               struct assay_error *error)
{
    struct profile *profile = arena_allocate(arena, 1, sizeof *profile);
    if (profile == NULL) {
        assay_fail_memory(error, "profiling the network");
        return NULL;
    }
    profile->plan = *settings->plan;
    profile->seed = seed;
    if (!build(profile, arena)) {
        assay_fail_memory(error, "profiling the network");
        return NULL;
    }
    struct network_settings own = *settings;
    own.plan = &profile->plan;
    profile->network = network_create(&own, error);
    if (profile->network == NULL)
        return NULL;
    network_initialize(profile->network, seed);
    network_prepare(profile->network);
    return profile;
}

void profile_destroy(struct profile *profile)
{
    if (profile != NULL)
        network_destroy(profile->network);
}

static void run_prepare(struct profile *profile, const struct minibatch *minibatch)
{
    (void)minibatch;
    network_prepare(profile->network);
}

static void run_train(struct profile *profile, const struct minibatch *minibatch)
{
    network_train(profile->network, minibatch, profile->seed, 1, 1.0f / (float)minibatch->samples, 0.5f, 1);
}

static void run_test(struct profile *profile, const struct minibatch *minibatch)
{
    network_test(profile->network, minibatch);
}

/* Shows the network one round of a program after another. */
static void run_serial(struct profile *profile, const struct serial *serial, struct program *shown,
                       void (*run)(struct profile *, const struct minibatch *),
                       const struct minibatch *minibatch)
{
    *shown = serial->program;
    shown->round_count = 1;
    for (int p = 0; p < serial->program.phase_count; p++, shown->rounds++) {
        const double start = clock_seconds();
        run(profile, minibatch);
        serial->parts[p]->seconds += clock_seconds() - start;
    }
}

void profile_step(struct profile *profile, const struct minibatch *minibatch)
{
    struct plan *plan = &profile->plan;
    run_serial(profile, &profile->train, &plan->train, run_train, minibatch);
    plan->prepare.round_count = 0;
    const double start = clock_seconds();
    network_update(profile->network, 0, 1, 0, 0);
    part_of(profile, plan->layer_count + 1, PROFILE_UPDATE)->seconds += clock_seconds() - start;
    run_serial(profile, &profile->prepare, &plan->prepare, run_prepare, minibatch);
    run_serial(profile, &profile->test, &plan->test, run_test, minibatch);
}

void profile_clear(struct profile *profile)
{
    for (int i = 0; i < (profile->plan.layer_count + 3) * PROFILE_PASSES; i++)
        profile->parts[i].seconds = 0;
}

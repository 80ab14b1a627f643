#include "net/network.h"

#include <string.h>

#include "base/memory.h"
#include "net/feed.h"
#include "net/initial.h"
#include "net/local.h"
#include "net/phases.h"

/* Where everything lies in the one allocation, in bytes. */
struct layout {
    size_t values, best, direction, derived, floats, kept, scratch, local, loss, nll, predicted, blocks, work,
        end;
};

/* A piece of the parameter vector that one item of the update takes. */
struct update_block {
    size_t first, count;
    bool penalized;
};
enum { UPDATE_BLOCK = 1 << 13 };

struct network {
    const struct plan *plan;
    struct team *team;
    const struct kernels *kernels;
    struct layout layout;
    char *memory;
    struct feed feed;
    struct assay_step step;
    struct assay_layer_plan gather_plan, loss_plan;
    /* Of testing, then of training; of every worker: the network's own first phase, the layers, the loss. */
    struct assay_work *work[2];
    struct update_block *blocks;
    int block_count;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t count_blocks(const struct plan *plan)
{
    size_t count = 0;
    for (int l = 0; l < plan->layer_count; l++)
        for (int i = 0; i < plan->layers[l].train.parameter_count; i++)
            count += plan->layers[l].train.parameters[i].floats / UPDATE_BLOCK + 1;
    return count;
}

/* What a worker has for itself: room for the local buffers, and a work for each layer that points at it. */
static size_t local_bytes(const struct plan *plan)
{
    return size_round_up(
        larger(plan->train_memory.local_floats, plan->test_memory.local_floats) * sizeof(float), 64);
}

static size_t works_of(const struct plan *plan)
{
    return (size_t)plan->layer_count + 2;
}

static struct layout lay_out(const struct plan *plan)
{
    const struct placement *train = &plan->train_memory, *test = &plan->test_memory;
    const size_t trained = plan->trained_floats * sizeof(float),
                 all = trained + plan->state_floats * sizeof(float);
    const size_t batch = (size_t)plan->batch;
    size_t end = 0;
    struct layout layout;
#define PLACE(member, bytes) (layout.member = end, end += size_round_up((bytes), 64))
    PLACE(values, all);
    PLACE(best, all);
    PLACE(direction, trained);
    PLACE(derived, plan->derived_floats * sizeof(float));
    PLACE(floats, larger(train->floats, test->floats) * sizeof(float));
    PLACE(kept, larger(train->kept_bytes, test->kept_bytes));
    PLACE(scratch, larger(train->scratch_bytes, test->scratch_bytes) * (size_t)plan->threads);
    PLACE(local, local_bytes(plan) * (size_t)plan->threads);
    PLACE(loss, batch * sizeof(double));
    PLACE(nll, batch * sizeof(double));
    PLACE(predicted, batch * sizeof(int));
    PLACE(blocks, count_blocks(plan) * sizeof(struct update_block));
    PLACE(work, 2 * works_of(plan) * (size_t)plan->threads * sizeof(struct assay_work));
#undef PLACE
    layout.end = end;
    return layout;
}

size_t network_bytes(const struct plan *plan)
{
    return lay_out(plan).end + sizeof(struct network);
}

struct network_vectors network_vectors(struct network *network)
{
    const struct plan *plan = network->plan;
    return (struct network_vectors){.values = (float *)(network->memory + network->layout.values),
                                    .best = (float *)(network->memory + network->layout.best),
                                    .direction = (float *)(network->memory + network->layout.direction),
                                    .trained = plan->trained_floats,
                                    .all = plan->trained_floats + plan->state_floats};
}

float *network_parameter(const struct network *network, float *vector, int l, int i)
{
    const struct placed_layer *layer = &network->plan->layers[l];
    return vector + layer->values[i] +
           (layer->train.parameters[i].trained ? 0 : network->plan->trained_floats);
}

static float *place_of(float *floats, size_t place)
{
    return place == NOT_KEPT ? NULL : floats + place;
}

/* Points each layer's work of one worker at its memory; local buffers follow when their chain is run. */
static void connect(struct network *network, bool training, int worker)
{
    const struct plan *plan = network->plan;
    const struct placement *memory = training ? &plan->train_memory : &plan->test_memory;
    const struct network_vectors vectors = network_vectors(network);
    float *floats = (float *)(network->memory + network->layout.floats);
    float *derived = (float *)(network->memory + network->layout.derived);
    char *kept = network->memory + network->layout.kept;
    const int layers = plan->layer_count;
    struct assay_work *work = network->work[training] + works_of(plan) * (size_t)worker;

    work[0] = (struct assay_work){.plan = &network->gather_plan,
                                  .step = &network->step,
                                  .kernels = network->kernels,
                                  .output = place_of(floats, memory->edges[0]),
                                  .kept = &network->feed};
    for (int l = 0; l < layers; l++) {
        const struct assay_layer_plan *layer = placed_plan(&plan->layers[l], training);
        struct assay_work *w = &work[l + 1];
        *w = (struct assay_work){.plan = layer, .step = &network->step, .kernels = network->kernels};
        w->input = place_of(floats, memory->edges[l]);
        w->output = place_of(floats, memory->edges[l + 1]);
        w->output_gradient = training ? place_of(floats, memory->gradients[l + 1]) : NULL;
        w->input_gradient = training && layer->input_gradient ? place_of(floats, memory->gradients[l]) : NULL;
        for (int i = 0; i < layer->parameter_count; i++) {
            w->values[i] = network_parameter(network, vectors.values, l, i);
            w->gradients[i] =
                layer->parameters[i].trained ? network_parameter(network, vectors.direction, l, i) : NULL;
            w->state[i] =
                layer->parameters[i].trained ? NULL : network_parameter(network, vectors.values, l, i);
        }
        w->derived = derived + plan->layers[l].derived;
        w->kept = kept + memory->kept[l];
    }
    work[layers + 1] = (struct assay_work){.plan = &network->loss_plan,
                                           .step = &network->step,
                                           .kernels = network->kernels,
                                           .input = floats + memory->edges[layers],
                                           .input_gradient = floats + memory->gradients[layers],
                                           .kept = &network->feed};
}

static void cut_update(struct network *network)
{
    const struct plan *plan = network->plan;
    for (int l = 0; l < plan->layer_count; l++)
        for (int i = 0; i < plan->layers[l].train.parameter_count; i++) {
            const struct assay_parameter *parameter = &plan->layers[l].train.parameters[i];
            for (size_t first = 0; parameter->trained && first < parameter->floats; first += UPDATE_BLOCK) {
                const size_t left = parameter->floats - first;
                network->blocks[network->block_count++] =
                    (struct update_block){plan->layers[l].values[i] + first,
                                          left < UPDATE_BLOCK ? left : UPDATE_BLOCK, parameter->penalized};
            }
        }
}

struct network *network_create(const struct network_settings *settings, struct assay_error *error)
{
    const struct plan *plan = settings->plan;
    struct network *network = memory_allocate(1, sizeof *network);
    if (network == NULL)
        goto fail;
    network->plan = plan;
    network->team = settings->team;
    network->kernels = settings->kernels;
    network->layout = lay_out(plan);
    network->memory = memory_allocate_aligned(64, network->layout.end);
    if (network->memory == NULL)
        goto fail;
    network->blocks = (struct update_block *)(network->memory + network->layout.blocks);
    network->work[0] = (struct assay_work *)(network->memory + network->layout.work);
    network->work[1] = network->work[0] + works_of(plan) * (size_t)plan->threads;
    network->gather_plan.output = plan->layers[0].train.input;
    network->loss_plan.input = plan->layers[plan->layer_count - 1].train.output;
    network->feed = (struct feed){.pad = plan->pad,
                                  .function = settings->loss,
                                  .loss = (double *)(network->memory + network->layout.loss),
                                  .nll = (double *)(network->memory + network->layout.nll),
                                  .predicted = (int *)(network->memory + network->layout.predicted)};
    for (int byte = 0; byte < 256; byte++)
        network->feed.value_of_byte[byte] = (float)((byte / 255.0 - settings->mean) / settings->sd);
    for (int worker = 0; worker < plan->threads; worker++) {
        connect(network, false, worker);
        connect(network, true, worker);
    }
    cut_update(network);
    return network;
fail:
    network_destroy(network);
    assay_fail_memory(error, "creating the network");
    return NULL;
}

void network_destroy(struct network *network)
{
    if (network == NULL)
        return;
    memory_free(network->memory);
    memory_free(network);
}

void network_initialize(struct network *network, uint64_t seed)
{
    const struct plan *plan = network->plan;
    const struct network_vectors vectors = network_vectors(network);
    for (int l = 0; l < plan->layer_count; l++)
        for (int i = 0; i < plan->layers[l].train.parameter_count; i++)
            initial_fill(plan->layers[l].train.name, &plan->layers[l].train.parameters[i], seed,
                         network_parameter(network, vectors.values, l, i));
    memset(vectors.direction, 0, vectors.trained * sizeof *vectors.direction);
}

/* Running a program. */

struct round_context {
    struct network *network;
    const struct program *program;
    const struct phase_round *round;
    bool training;
};

static int group_items(const struct phase_group *group, int samples)
{
    if (group->per_sample == 0)
        return group->items;
    return (group->per_sample * samples + group->together - 1) / group->together;
}

/* Lets the pointers to local buffers be such that `sample` is where they begin. */
static void point_locals(const struct phase_chain *chain, struct assay_work *work, float *local, int sample)
{
    for (int i = 0; i < chain->local_count; i++) {
        const struct local_buffer *buffer = &chain->locals[i];
        const uintptr_t before = (size_t)sample * buffer->sample * sizeof(float);
        local_point(&work[buffer->layer + 1], buffer->buffer,
                    (float *)((uintptr_t)(local + buffer->at) - before));
    }
}

/* One item of a group, chain after chain. */
static void run_group(const struct round_context *c, const struct phase_group *group, int item, int worker)
{
    struct network *network = c->network;
    const struct plan *plan = network->plan;
    const size_t scratch_bytes = larger(plan->train_memory.scratch_bytes, plan->test_memory.scratch_bytes);
    void *scratch = network->memory + network->layout.scratch + scratch_bytes * (size_t)worker;
    float *local = (float *)(network->memory + network->layout.local + local_bytes(plan) * (size_t)worker);
    struct assay_work *work = network->work[c->training] + works_of(plan) * (size_t)worker;

    const int first = item * group->together;
    int end = first + group->together;
    if (group->together > 1 && end > network->step.samples)
        end = network->step.samples;
    for (int j = group->first_chain; j < group->first_chain + group->chain_count; j++) {
        const struct phase_chain *chain = &c->program->chains[j];
        for (int i = first; i < end; i += chain->together) {
            point_locals(chain, work, local, i);
            for (int p = chain->first; p < chain->first + chain->count; p++) {
                const struct placed_phase *placed = &c->program->phases[p];
                placed->phase->kernel(&work[placed->layer + 1], i, scratch);
            }
        }
    }
}

static void run_item(void *context, int item, int worker)
{
    const struct round_context *c = context;
    const struct phase_group *group = &c->program->groups[c->round->first];
    for (int items; item >= (items = group_items(group, c->network->step.samples)); group++)
        item -= items;
    run_group(c, group, item, worker);
}

static void run_program(struct network *network, const struct program *program, bool training)
{
    for (int r = 0; r < program->round_count; r++) {
        struct round_context context = {network, program, &program->rounds[r], training};
        int items = 0;
        for (int g = 0; g < context.round->count; g++)
            items += group_items(&program->groups[context.round->first + g], network->step.samples);
        team_run(network->team, run_item, &context, items);
    }
}

void network_prepare(struct network *network)
{
    run_program(network, &network->plan->prepare, true);
}

/* The samples part by part. Their gradients add up: after the first, what is there counts whole. */
static struct network_results run_parts(struct network *network, const struct program *program, bool training,
                                        const struct minibatch *minibatch)
{
    const struct feed whole = network->feed;
    for (int first = 0; first < minibatch->samples; first += network->plan->part) {
        const int left = minibatch->samples - first;
        const int samples = left < network->plan->part ? left : network->plan->part;
        network->feed.minibatch = *minibatch;
        network->feed.minibatch.indices = minibatch->indices + first;
        network->feed.loss = whole.loss + first;
        network->feed.nll = whole.nll + first;
        network->feed.predicted = whole.predicted + first;
        network->step.samples = samples;
        network->step.indices = network->feed.minibatch.indices;
        run_program(network, program, training);
        network->step.beta = 1;
    }
    network->feed = whole;
    return (struct network_results){whole.loss, whole.nll, whole.predicted};
}

struct network_results network_train(struct network *network, const struct minibatch *minibatch,
                                     uint64_t seed, uint32_t epoch, float scale, float beta, float alpha)
{
    network->feed.scale = scale;
    network->step = (struct assay_step){.seed = seed, .epoch = epoch, .beta = beta, .alpha = alpha};
    return run_parts(network, &network->plan->train, true, minibatch);
}

struct network_results network_test(struct network *network, const struct minibatch *minibatch)
{
    network->step = (struct assay_step){0};
    return run_parts(network, &network->plan->test, false, minibatch);
}

struct update_context {
    struct network *network;
    float learning_rate, alpha, l1, l2;
};

static void update_item(void *context, int item, int worker)
{
    (void)worker;
    const struct update_context *c = context;
    const struct update_block *block = &c->network->blocks[item];
    const struct network_vectors vectors = network_vectors(c->network);
    c->network->kernels->update(block->count, vectors.values + block->first, vectors.direction + block->first,
                                c->learning_rate, c->alpha, block->penalized ? c->l1 : 0,
                                block->penalized ? c->l2 : 0);
}

void network_update(struct network *network, float learning_rate, float alpha, float l1, float l2)
{
    struct update_context context = {network, learning_rate, alpha, l1, l2};
    team_run(network->team, update_item, &context, network->block_count);
    network_prepare(network);
}

double network_penalty(const struct network *network, double lambda, double C)
{
    const float *values = (const float *)(network->memory + network->layout.values);
    double absolute = 0, squares = 0;
    for (int b = 0; b < network->block_count && lambda != 0; b++)
        for (size_t i = 0; network->blocks[b].penalized && i < network->blocks[b].count; i++) {
            const double value = values[network->blocks[b].first + i];
            absolute += value < 0 ? -value : value;
            squares += value * value;
        }
    return lambda * (C * absolute + (1 - C) * squares / 2);
}

const float *network_edge(const struct network *network, bool training, int edge)
{
    const struct placement *memory = training ? &network->plan->train_memory : &network->plan->test_memory;
    return place_of((float *)(network->memory + network->layout.floats), memory->edges[edge]);
}

const float *network_edge_gradient(const struct network *network, int edge)
{
    return place_of((float *)(network->memory + network->layout.floats),
                    network->plan->train_memory.gradients[edge]);
}

#include "net/local.h"

#include "base/memory.h"

static const enum assay_buffer sides[] = {ASSAY_INPUT, ASSAY_OUTPUT, ASSAY_INPUT_GRADIENT,
                                          ASSAY_OUTPUT_GRADIENT};
enum { SIDES = sizeof sides / sizeof sides[0] };
static const unsigned gradients = ASSAY_INPUT_GRADIENT | ASSAY_OUTPUT_GRADIENT,
                      outputs = ASSAY_OUTPUT | ASSAY_OUTPUT_GRADIENT;

void local_point(struct assay_work *work, enum assay_buffer buffer, float *to)
{
    if (buffer == ASSAY_INPUT)
        work->input = to;
    else if (buffer == ASSAY_OUTPUT)
        work->output = to;
    else if (buffer == ASSAY_INPUT_GRADIENT)
        work->input_gradient = to;
    else
        work->output_gradient = to;
}

/* An edge's values or its gradient, whatever the layers on its two sides call it. */
struct target {
    const struct plan *plan;
    const struct placement *memory;
    int edge; /* the first that has this memory */
    bool gradient;
};

static bool is_target(const struct target *target, int layer, enum assay_buffer buffer)
{
    const int edge = layer + ((buffer & outputs) != 0);
    return edge >= 0 && edge <= target->plan->layer_count && target->memory->same[edge] == target->edge &&
           target->gradient == ((buffer & gradients) != 0);
}

enum touch { NO_TOUCH, TOUCH_BY_SAMPLE, TOUCH_ACROSS };

static enum touch touch_of(const struct target *target, const struct program *program,
                           const struct phase_chain *chain)
{
    enum touch touch = NO_TOUCH;
    for (int p = chain->first; p < chain->first + chain->count; p++) {
        const struct assay_phase *phase = program->phases[p].phase;
        for (int i = 0; i < SIDES; i++)
            if ((phase->reads | phase->writes) & sides[i] &&
                is_target(target, program->phases[p].layer, sides[i])) {
                if (phase->per_sample != 1 || phase->across & sides[i])
                    return TOUCH_ACROSS;
                touch = TOUCH_BY_SAMPLE;
            }
    }
    return touch;
}

/* The number of the only chain that touches it; -1 where there are several or none, or one that does not go
 * by samples. */
static int only_chain(const struct target *target, const struct program *program)
{
    int only = -1;
    for (int c = 0; c < program->chain_count; c++) {
        const enum touch touch = touch_of(target, program, &program->chains[c]);
        if (touch == TOUCH_ACROSS || (touch == TOUCH_BY_SAMPLE && only >= 0))
            return -1;
        only = touch == TOUCH_BY_SAMPLE ? c : only;
    }
    return only;
}

/* What the layers on both sides of the edge, and those that share its memory, call it. */
static void add_local(const struct target *target, struct phase_chain *chain, size_t at, size_t sample)
{
    for (int layer = target->edge - 1; layer <= target->plan->layer_count; layer++) {
        if (layer >= 0 && target->memory->same[layer] > target->edge)
            break;
        for (int i = 0; i < SIDES; i++)
            if (is_target(target, layer, sides[i]))
                chain->locals[chain->local_count++] = (struct local_buffer){layer, sides[i], at, sample};
    }
}

static struct target target_of(const struct plan *plan, const struct placement *memory, int i)
{
    return (struct target){plan, memory, i / 2, i % 2 != 0};
}

/* Of every target the only chain, -1 where it must be kept. */
static int *find_chains(const struct plan *plan, const struct program *program,
                        const struct placement *memory, struct arena *arena)
{
    int *chains = arena_allocate(arena, 2 * (size_t)plan->layer_count, sizeof *chains);
    for (int i = 0; chains != NULL && i < 2 * plan->layer_count; i++) {
        const struct target target = target_of(plan, memory, i);
        const bool kept =
            memory->same[target.edge] != target.edge || memory->same[plan->layer_count] == target.edge;
        chains[i] = kept ? -1 : only_chain(&target, program);
    }
    return chains;
}

bool local_find(const struct plan *plan, struct program *program, struct placement *memory,
                struct arena *arena)
{
    const int *chains = find_chains(plan, program, memory, arena);
    struct local_buffer *locals =
        arena_allocate(arena, ((size_t)plan->layer_count + 2) * SIDES, sizeof *locals);
    if (chains == NULL || locals == NULL)
        return false;
    for (int c = 0; c < program->chain_count; c++) {
        struct phase_chain *chain = &program->chains[c];
        size_t end = 0;
        chain->locals = locals;
        for (int i = 0; i < 2 * plan->layer_count; i++) {
            if (chains[i] != c)
                continue;
            const struct target target = target_of(plan, memory, i);
            const size_t sample = assay_edge_floats(plan_edge(plan, target.edge));
            add_local(&target, chain, end, sample);
            end += size_round_up(sample * (size_t)chain->together, ASSAY_LANES);
            (target.gradient ? memory->gradients : memory->edges)[target.edge] = NOT_KEPT;
        }
        locals += chain->local_count;
        memory->local_floats = end > memory->local_floats ? end : memory->local_floats;
    }
    return true;
}

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

/* The only chain that touches it; NULL where there are several or none, or one that does not go by
 * samples. */
static struct phase_chain *only_chain(const struct target *target, const struct program *program)
{
    struct phase_chain *only = NULL;
    for (int c = 0; c < program->chain_count; c++) {
        const enum touch touch = touch_of(target, program, &program->chains[c]);
        if (touch == TOUCH_ACROSS || (touch == TOUCH_BY_SAMPLE && only != NULL))
            return NULL;
        only = touch == TOUCH_BY_SAMPLE ? &program->chains[c] : only;
    }
    return only;
}

static void add_local(const struct target *target, struct phase_chain *chain, size_t at, size_t sample)
{
    for (int layer = -1; layer <= target->plan->layer_count; layer++)
        for (int i = 0; i < SIDES; i++)
            if (is_target(target, layer, sides[i]))
                chain->locals[chain->local_count++] = (struct local_buffer){layer, sides[i], at, sample};
}

bool local_find(const struct plan *plan, struct program *program, struct placement *memory,
                struct arena *arena)
{
    const size_t room = ((size_t)plan->layer_count + 2) * SIDES;
    const size_t chains = (size_t)program->chain_count;
    size_t *used = arena_allocate(arena, chains + 1, sizeof *used);
    if (used == NULL)
        return false;
    for (int c = 0; c < program->chain_count; c++) {
        program->chains[c].locals = arena_allocate(arena, room, sizeof *program->chains[c].locals);
        if (program->chains[c].locals == NULL)
            return false;
    }
    for (int e = 0; e < plan->layer_count; e++)
        for (int gradient = 0; gradient < 2; gradient++) {
            const struct target target = {plan, memory, e, gradient != 0};
            struct phase_chain *chain = memory->same[e] == e && memory->same[plan->layer_count] != e
                                            ? only_chain(&target, program)
                                            : NULL;
            if (chain == NULL)
                continue;
            const size_t sample = assay_edge_floats(plan_edge(plan, e));
            size_t *end = &used[chain - program->chains];
            add_local(&target, chain, *end, sample);
            *end += size_round_up(sample * (size_t)chain->together, ASSAY_LANES);
            memory->local_floats = *end > memory->local_floats ? *end : memory->local_floats;
            (gradient ? memory->gradients : memory->edges)[e] = NOT_KEPT;
        }
    return true;
}

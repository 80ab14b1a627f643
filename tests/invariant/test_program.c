/* The schedule: whatever one phase must leave for another is there in time, in every program of many
 * networks; and barriers stand where they are expected, no more. */
#include "harness.h"

#include "base/philox.h"
#include "base/text.h"
#include "net/phases.h"
#include "net/program.h"
#include "support.h"

/* A phase at its turn of a run without groups or threads, and where the program has it. */
struct turn {
    const struct assay_phase *phase;
    int layer;
    int found; /* how often it is in the program */
    int round, group, position;
};

enum { MOST_TURNS = 256 };

/* One of a plan's programs, as it would run phase by phase. */
struct schedule {
    const struct plan *plan;
    const struct program *program;
    const struct placement *memory;
    bool training;
    struct turn turns[MOST_TURNS];
    int count;
};

static void add(struct schedule *schedule, int layer, const struct assay_phase *phase)
{
    CU_ASSERT_FATAL(schedule->count < MOST_TURNS);
    schedule->turns[schedule->count++] = (struct turn){.phase = phase, .layer = layer};
}

static void add_pass(struct schedule *schedule, int l, enum assay_pass pass)
{
    const struct assay_layer_plan *layer = placed_plan(&schedule->plan->layers[l], schedule->training);
    for (int i = 0; i < layer->phase_count[pass]; i++)
        add(schedule, l, &layer->phases[pass][i]);
}

/* Finds every turn in the program. */
static void locate(struct turn *turns, int count, const struct program *program)
{
    CU_ASSERT_EQUAL(program->phase_count, count);
    for (int r = 0; r < program->round_count; r++)
        for (int g = program->rounds[r].first; g < program->rounds[r].first + program->rounds[r].count; g++)
            for (int p = program->groups[g].first; p < program->groups[g].first + program->groups[g].count;
                 p++)
                for (int t = 0; t < count; t++)
                    if (turns[t].phase == program->phases[p].phase &&
                        turns[t].layer == program->phases[p].layer) {
                        turns[t].found++;
                        turns[t].round = r;
                        turns[t].group = g;
                        turns[t].position = p;
                    }
    for (int t = 0; t < count; t++) {
        const struct phase_group *group = &program->groups[turns[t].group];
        CU_ASSERT_EQUAL(turns[t].found, 1);
        CU_ASSERT_TRUE(group->per_sample == turns[t].phase->per_sample &&
                       group->items == turns[t].phase->items);
    }
}

enum which { PREPARE, TRAIN, TEST, PROGRAMS };

static struct schedule schedule_of(const struct plan *plan, enum which which)
{
    const struct program *const programs[] = {
        [PREPARE] = &plan->prepare, [TRAIN] = &plan->train, [TEST] = &plan->test};
    struct schedule schedule = {.plan = plan,
                                .program = programs[which],
                                .training = which != TEST,
                                .memory = which == TEST ? &plan->test_memory : &plan->train_memory};
    const int layers = plan->layer_count;
    if (which != PREPARE)
        add(&schedule, -1, &phase_gather);
    for (int l = 0; l < layers; l++)
        add_pass(&schedule, l, which == PREPARE ? ASSAY_PREPARE : ASSAY_FORWARD);
    if (which != PREPARE)
        add(&schedule, layers, which == TRAIN ? &phase_loss : &phase_score);
    for (int l = layers - 1; l >= 0 && which == TRAIN; l--)
        add_pass(&schedule, l, ASSAY_BACKWARD);
    locate(schedule.turns, schedule.count, schedule.program);
    return schedule;
}

/* Floats [first, end) of the network's memory for activations, or a number of its own for what a layer has
 * alone. */
struct range {
    size_t first, end;
};

static struct range range_of(const struct schedule *schedule, const struct turn *turn,
                             enum assay_buffer buffer)
{
    const struct plan *plan = schedule->plan;
    const bool out = (buffer & (ASSAY_OUTPUT | ASSAY_OUTPUT_GRADIENT)) != 0;
    const int edge = turn->layer + out;
    if (buffer & (ASSAY_INPUT | ASSAY_OUTPUT | ASSAY_INPUT_GRADIENT | ASSAY_OUTPUT_GRADIENT)) {
        const struct assay_edge *shape =
            edge == 0 ? &plan->layers[0].train.input : &plan->layers[edge - 1].train.output;
        const bool values = (buffer & (ASSAY_INPUT | ASSAY_OUTPUT)) != 0;
        const size_t first = (values ? schedule->memory->edges : schedule->memory->gradients)[edge];
        return (struct range){first, first + assay_edge_floats(shape) * (size_t)plan->part};
    }
    const size_t own = SIZE_MAX / 2 + (size_t)turn->layer * 2 * ASSAY_KEPT_4 + buffer;
    return (struct range){own, own + 1};
}

static bool overlap(struct range x, struct range y)
{
    return x.first < y.end && y.first < x.end;
}

enum { LOCAL = 1, GLOBAL = 2 };

/* How b depends on a, before it: not (0), item by item (LOCAL), or on more than the same item (GLOBAL).
 * Gradients of parameters are left out: each has one phase that writes it, and nobody reads them in a step.
 */
static int dependence(const struct schedule *schedule, const struct turn *a, const struct turn *b)
{
    const bool same_cut = a->phase->per_sample > 0 && a->phase->per_sample == b->phase->per_sample;
    int dependence = 0;
    for (unsigned x = 1; x <= ASSAY_KEPT_4; x <<= 1)
        for (unsigned y = 1; y <= ASSAY_KEPT_4; y <<= 1) {
            const bool write_read = (a->phase->writes & x) && (b->phase->reads & y);
            const bool read_write = (a->phase->reads & x) && (b->phase->writes & y);
            const bool write_write = (a->phase->writes & x) && (b->phase->writes & y);
            if (!write_read && !read_write && !write_write)
                continue;
            if (((x | y) & ASSAY_GRADIENTS) || !overlap(range_of(schedule, a, x), range_of(schedule, b, y)))
                continue;
            const bool across =
                (write_read && (b->phase->across & y)) || (read_write && (a->phase->across & x));
            dependence |= same_cut && !across ? LOCAL : GLOBAL;
        }
    return dependence;
}

/* What must come first does. */
static bool in_order(int dependence, const struct turn *earlier, const struct turn *later)
{
    if (dependence == 0 || earlier->round < later->round)
        return true;
    return dependence == LOCAL && earlier->group == later->group && earlier->position < later->position;
}

static void check_schedule(const struct schedule *schedule, const char *layers)
{
    for (int t = 0; t < schedule->count; t++)
        for (int e = 0; e < t; e++) {
            const struct turn *later = &schedule->turns[t], *earlier = &schedule->turns[e];
            const bool sound = in_order(dependence(schedule, earlier, later), earlier, later);
            if (!sound)
                fprintf(stderr, "%s, batch %d: %s of layer %d does not wait for %s of layer %d\n", layers,
                        schedule->plan->batch, later->phase->name, later->layer, earlier->phase->name,
                        earlier->layer);
            CU_ASSERT_TRUE(sound);
        }
}

/* "a+b, c | d": groups of phases that an item goes through, side by side in a round; a bar is a barrier. */
static void describe(const struct plan *plan, const struct program *program, struct text *text)
{
    for (int r = 0; r < program->round_count; r++)
        for (int g = program->rounds[r].first; g < program->rounds[r].first + program->rounds[r].count; g++)
            for (int p = program->groups[g].first; p < program->groups[g].first + program->groups[g].count;
                 p++) {
                const struct placed_phase *placed = &program->phases[p];
                const bool first_in_group = p == program->groups[g].first,
                           first_in_round = g == program->rounds[r].first;
                text_add(text, "%s", p == 0 ? "" : !first_in_group ? "+" : first_in_round ? " | " : ", ");
                if (placed->layer >= 0 && placed->layer < plan->layer_count)
                    text_add(text, "%s ", plan->layers[placed->layer].train.name);
                text_add(text, "%s", placed->phase->name);
            }
}

static struct model plan_of(const char *layers, int batch)
{
    struct model model;
    struct model_request request = every_layer_request(batch, 1);
    request.keep_edges = true;
    if (layers != NULL) {
        request.layers = layers;
        request.image = (struct assay_shape){1, 24, 20};
    }
    CU_ASSERT_TRUE_FATAL(model_create(&model, request));
    return model;
}

static const char *const networks[] = {
    NULL, /* the network with every layer type */
    "[linear: 4]",
    "[tanh, linear: 4]",
    "[linear: 9, sigmoid, linear: 4, softmax]",
    "[conv: {maps: 4, kernel: 3}, tanh, conv: {maps: 4, kernel: 3, pad: 1}, tanh, conv: {maps: 4, kernel: 5, "
    "pad: 2, stride: 2}, linear: 4]",
    "[conv: {maps: 4, kernel: 3}, tanh, pool: {type: lp, p: 2}, dropout: 0.2, subtractive-norm, conv: {maps: "
    "4, kernel: 3}, tanh, "
    "pool: {type: max, size: 3, stride: 1, pad: 2}, dropout: 0.2, subtractive-norm: {kernel: 3}, linear: 8, "
    "tanh, linear: 4]",
    "[dropout: 0.1, dropout: 0.2, subtractive-norm: {kernel: 3}, subtractive-norm: {kernel: 5}, relu, relu, "
    "linear: 4]",
    "[pool: {type: max}, pool: {type: lp, p: 1}, pool: {type: average, size: 3, stride: 1, pad: 1}, linear: "
    "4]",
    "[conv: {maps: 16, kernel: 3}, tanh, conv: {maps: 20, kernel: 5}, tanh, conv: {maps: 5, kernel: 3, pad: "
    "1}, linear: 4]", /* the last two by Winograd's algorithm */
    "[batch-norm, batch-norm, conv: {maps: 3, kernel: 1}, batch-norm, relu, batch-norm, linear: 4]",
};

static void test_order(void)
{
    static const int batches[] = {1, 2, 3, 5, 8, 16};
    for (size_t n = 0; n < sizeof networks / sizeof *networks; n++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
            struct model model = plan_of(networks[n], batches[b]);
            for (enum which which = 0; which < PROGRAMS; which++) {
                const struct schedule schedule = schedule_of(model.plan, which);
                check_schedule(&schedule, networks[n] != NULL ? networks[n] : "every layer");
            }
            model_destroy(&model);
        }
}

/* Programs of random phases over a few pieces of memory: dependences that no network has yet. */

enum { RANDOM_PROGRAMS = 500, RANDOM_PHASES = 12, RANDOM_RESOURCES = 6 };

static int draw(uint64_t *element, uint32_t bound)
{
    const struct random_stream stream = random_stream(1, RANDOM_SHUFFLE, "program", 0, 0);
    return (int)random_below(&stream, (*element)++, bound);
}

/* Each piece is read, read across, written or left alone. */
static struct phase_use random_use(const struct assay_phase *phase, int index, uint64_t *element)
{
    struct phase_use use = {.placed = {phase, index}};
    for (int resource = 0; resource < RANDOM_RESOURCES; resource++) {
        const int kind = draw(element, 8);
        if (kind < 2) {
            use.across[use.read_count] = kind == 1;
            use.reads[use.read_count++] = resource;
        }
        if (kind == 2)
            use.writes[use.write_count++] = resource;
    }
    return use;
}

static int use_dependence(const struct phase_use *a, const struct phase_use *b)
{
    const int cut = a->placed.phase->per_sample;
    const int local = cut > 0 && cut == b->placed.phase->per_sample ? LOCAL : GLOBAL;
    int dependence = 0;
    for (int x = 0; x < a->write_count; x++) {
        for (int y = 0; y < b->read_count; y++)
            dependence |= a->writes[x] != b->reads[y] ? 0 : b->across[y] ? GLOBAL : local;
        for (int y = 0; y < b->write_count; y++)
            dependence |= a->writes[x] != b->writes[y] ? 0 : local;
    }
    for (int x = 0; x < a->read_count; x++)
        for (int y = 0; y < b->write_count; y++)
            dependence |= a->reads[x] != b->writes[y] ? 0 : a->across[x] ? GLOBAL : local;
    return dependence;
}

static void test_random_programs(void)
{
    uint64_t element = 0;
    for (int i = 0; i < RANDOM_PROGRAMS; i++) {
        struct assay_phase phases[RANDOM_PHASES];
        struct phase_use uses[RANDOM_PHASES];
        struct turn turns[RANDOM_PHASES];
        struct program program = {0};
        struct arena *arena = arena_create();
        for (int p = 0; p < RANDOM_PHASES; p++) {
            const int cut = draw(&element, 4);
            phases[p] = (struct assay_phase){.per_sample = cut < 2    ? 1
                                                           : cut == 2 ? 2
                                                                      : 0,
                                             .items = cut == 3 ? 5 : 0};
            uses[p] = random_use(&phases[p], p, &element);
            turns[p] = (struct turn){.phase = &phases[p], .layer = p};
        }
        CU_ASSERT_TRUE_FATAL(program_build(&program, uses, RANDOM_PHASES, arena));
        locate(turns, RANDOM_PHASES, &program);
        for (int p = 0; p < RANDOM_PHASES; p++)
            for (int e = 0; e < p; e++)
                CU_ASSERT_TRUE(in_order(use_dependence(&uses[e], &uses[p]), &turns[e], &turns[p]));
        arena_destroy(arena);
    }
}

#define BLOCK                                                                                                \
    "[conv: {maps: 4, kernel: 3}, tanh, pool: {type: max}, subtractive-norm: {kernel: 3}, linear: 4]"
#define NORMED "[conv: {maps: 3, kernel: 3}, batch-norm, relu, conv: {maps: 3, kernel: 3, pad: 1}, linear: 4]"

static const struct {
    const char *layers;
    int batch;
    enum which which;
    const char *wanted;
} shapes[] = {
    /* a minibatch large enough: a sample goes through a whole block in one piece, there and back */
    {BLOCK, 16, TEST,
     "gather+conv1 forward+tanh1 forward+pool1 forward+subtractive-norm1 forward | linear1 forward | score"},
    {BLOCK, 16, TRAIN,
     "gather+conv1 forward+tanh1 forward+pool1 forward+subtractive-norm1 forward | linear1 forward | loss"
     " | linear1 backward data, linear1 backward weight, linear1 backward bias"
     " | subtractive-norm1 backward+pool1 backward+tanh1 backward+conv1 backward part | conv1 backward sum"},
    /* a single sample, cut into bands: what looks over the edge of a band waits for all of them */
    {BLOCK, 1, TRAIN,
     "gather | conv1 forward+tanh1 forward | pool1 forward | subtractive-norm1 forward | linear1 forward | "
     "loss"
     " | linear1 backward data, linear1 backward weight, linear1 backward bias"
     " | subtractive-norm1 backward | pool1 backward+tanh1 backward | conv1 backward part | conv1 backward "
     "sum"},
    /* statistics over the minibatch stand between two barriers */
    {NORMED, 16, TRAIN,
     "gather+conv1 forward | batch-norm1 statistics | batch-norm1 forward+relu1 forward+conv2 pad+conv2 "
     "forward"
     " | linear1 forward | loss | linear1 backward data, linear1 backward weight, linear1 backward bias"
     " | conv2 backward data+relu1 backward, conv2 backward weight, conv2 backward bias"
     " | batch-norm1 backward sums | batch-norm1 backward data+conv1 backward part | conv1 backward sum"},
    {NORMED, 16, PREPARE, "conv2 transpose"},
};

static void test_shapes(void)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct model model = plan_of(shapes[i].layers, shapes[i].batch);
        const struct schedule schedule = schedule_of(model.plan, shapes[i].which);
        struct text text = {0};
        describe(model.plan, schedule.program, &text);
        CHECK_TEXT(text.bytes, shapes[i].wanted);
        text_finish(&text);
        model_destroy(&model);
    }
}

int main(void)
{
    return run_suite("program", (CU_TestInfo[]){
                                    {"order", test_order},
                                    {"order in random programs", test_random_programs},
                                    {"shapes", test_shapes},
                                    CU_TEST_INFO_NULL,
                                });
}

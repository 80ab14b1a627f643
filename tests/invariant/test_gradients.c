/* Every backward pass against differences of its forward pass: all layers of the registry from their own
 * examples, inputs and parameters, and all losses. */
#include "harness.h"

#include <math.h>

#include "base/philox.h"
#include "net/initial.h"
#include "net/loss.h"
#include "solo.h"

/* A central difference over 2 STEP of a float function has an error of about 1e-7 / STEP from rounding. */
static const double STEP = 1.0 / 128, TOLERANCE = 2e-3;
/* Where the slopes on both sides differ by more than this there is a kink, and no derivative to compare with.
 */
static const double KINK = 0.01;

enum { BATCH = 3 };

/* The function that is differentiated: the outputs' sum weighted by the output gradient. */
static double weighted_output(struct solo *solo)
{
    const struct assay_edge *edge = &solo->plan.output;
    double sum = 0;
    solo_run(solo, ASSAY_PREPARE, -1);
    solo_run(solo, ASSAY_FORWARD, -1);
    for (int s = 0; s < solo->step.samples; s++)
        for (int i = 0; i < solo_elements(edge); i++)
            sum +=
                (double)solo->output[solo_place(edge, s, i)] * solo->output_gradient[solo_place(edge, s, i)];
    return sum;
}

struct tally {
    int compared, kinks, wrong;
};

/* Compares one derivative; *value is moved and put back. */
static void compare(struct solo *solo, float *value, double backward, const char *tensor, int index,
                    bool loud, struct tally *tally)
{
    const float kept = *value;
    const double here = weighted_output(solo);
    *value = kept + (float)STEP;
    const double above = weighted_output(solo);
    *value = kept - (float)STEP;
    const double below = weighted_output(solo);
    *value = kept;
    const double difference = (above - below) / (2 * STEP), bend = fabs(above - 2 * here + below) / STEP;
    const double scale = fmax(1, fmax(fabs(difference), fabs(backward)));
    if (bend > KINK * scale) {
        tally->kinks++;
        return;
    }
    tally->compared++;
    if (fabs(difference - backward) <= TOLERANCE * scale)
        return;
    if (loud && tally->wrong < 5)
        fprintf(stderr, "%s: %s[%d]: backward gives %.6f, differences give %.6f\n", solo->plan.name, tensor,
                index, backward, difference);
    tally->wrong++;
}

static void draw(struct solo *solo)
{
    const struct random_stream stream = random_stream(5, RANDOM_INIT, "gradient check", 0, 0);
    uint64_t word = 0;
    for (int s = 0; s < BATCH; s++) {
        for (int i = 0; i < solo_elements(&solo->plan.input); i++)
            solo->input[solo_place(&solo->plan.input, s, i)] = 2 * random_unit(&stream, word++) - 1;
        for (int i = 0; i < solo_elements(&solo->plan.output); i++)
            solo->output_gradient[solo_place(&solo->plan.output, s, i)] =
                2 * random_unit(&stream, word++) - 1;
    }
    for (int i = 0; i < solo->plan.parameter_count; i++)
        for (size_t f = 0; f < solo->plan.parameters[i].floats; f++)
            solo->storage[i][f] += solo->plan.parameters[i].trained && solo->storage[i][f] != 0
                                       ? 0.2f * random_unit(&stream, word++)
                                       : 0;
}

/* Checks a layer type over `samples` samples; with `skip` ≥ 0 one item of that backward phase is left out,
 * and the check ought to find it. */
static struct tally check_layer(const struct assay_layer_type *type, int samples, int skip, bool loud)
{
    struct tally tally = {0};
    struct solo solo;
    const struct assay_shape shape =
        type->example_input.channels > 0 ? type->example_input : (struct assay_shape){3, 6, 5};
    if (!solo_init(&solo, type, type->variant.example, shape, BATCH, true)) {
        tally.wrong++;
        solo_finish(&solo);
        return tally;
    }
    solo.step.samples = samples;
    draw(&solo);
    const struct assay_edge *edge = &solo.plan.input;
    for (size_t f = 0; f < assay_edge_floats(edge) * BATCH; f++)
        solo.input_gradient[f] = 7;
    for (int i = 0; i < solo.plan.parameter_count; i++)
        for (size_t f = 0; f < solo.plan.parameters[i].floats; f++)
            solo.gradient[i][f] = 7;
    weighted_output(&solo);
    solo_run(&solo, ASSAY_BACKWARD, skip);

    for (int s = 0; s < samples; s++)
        for (int i = 0; i < solo_elements(edge); i++) {
            const size_t place = solo_place(edge, s, i);
            compare(&solo, &solo.input[place], solo.input_gradient[place], "input",
                    s * solo_elements(edge) + i, loud, &tally);
        }
    for (int p = 0; p < solo.plan.parameter_count; p++) {
        const struct assay_parameter *parameter = &solo.plan.parameters[p];
        const size_t count = parameter_elements(parameter);
        float *values = arena_allocate(solo.arena, count, sizeof *values),
              *gradient = arena_allocate(solo.arena, count, sizeof *gradient);
        int index[ASSAY_AXES] = {0};
        parameter_gather(parameter, solo.storage[p], values);
        parameter_gather(parameter, solo.gradient[p], gradient);
        for (size_t e = 0; parameter->trained && e < count; e++) {
            size_t place = 0;
            for (int a = 0; a < ASSAY_AXES; a++)
                place += (size_t)index[a] * parameter->axes[a].stride;
            CU_ASSERT_FATAL(solo.storage[p][place] == values[e]);
            compare(&solo, &solo.storage[p][place], gradient[e], parameter->name, (int)e, loud, &tally);
            for (int a = ASSAY_AXES - 1; a >= 0 && ++index[a] == parameter->axes[a].size; a--)
                index[a] = 0;
        }
    }
    solo_finish(&solo);
    return tally;
}

static void every_layer(void)
{
    for (size_t t = 0; t < assay_layers.count; t++) {
        const struct assay_layer_type *type = (const struct assay_layer_type *)assay_layers.items[t];
        for (int samples = BATCH; samples >= BATCH - 1; samples--) {
            const struct tally tally = check_layer(type, samples, -1, true);
            CU_ASSERT(tally.wrong == 0);
            CU_ASSERT(tally.compared > 20);
            CU_ASSERT(tally.kinks * 5 < tally.compared);
        }
    }
}

/* The pool and conv options that their examples leave out. */
static void more_options(void)
{
    static const char *const pools[] = {"{type: max, size: 2}",
                                        "{type: max, size: 3, stride: 2, pad: 1}",
                                        "{type: average, size: 3, stride: 2, pad: 1}",
                                        "{type: lp, p: 1}",
                                        "{type: lp, p: 4}",
                                        "{type: lp, p: 8, size: 3}",
                                        "{type: lp, p: 2.5}"};
    static const char *const convs[] = {"{maps: 2, kernel: 1}", "{maps: 17, kernel: 3}",
                                        "{maps: 2, kernel: 6}", "{maps: 2, kernel: 2, stride: 3}",
                                        "{maps: 1, kernel: 3, pad: 2}"};
    static const struct {
        const char *name, *const *options;
        size_t count;
    } layers[] = {{"pool", pools, sizeof pools / sizeof pools[0]},
                  {"conv", convs, sizeof convs / sizeof convs[0]}};
    for (size_t l = 0; l < 2; l++)
        for (size_t t = 0; t < assay_layers.count; t++)
            for (size_t o = 0;
                 strcmp(assay_layers.items[t]->name, layers[l].name) == 0 && o < layers[l].count; o++) {
                struct assay_layer_type type = *(const struct assay_layer_type *)assay_layers.items[t];
                type.variant.example = layers[l].options[o];
                const struct tally tally = check_layer(&type, BATCH, -1, true);
                CU_ASSERT(tally.wrong == 0);
                CU_ASSERT(tally.compared > 20);
            }
}

/* The check is worth something only if it notices: every backward phase of every layer loses one item in
 * turn. */
static void broken_backward_is_found(void)
{
    for (size_t t = 0; t < assay_layers.count; t++) {
        const struct assay_layer_type *type = (const struct assay_layer_type *)assay_layers.items[t];
        struct solo solo;
        const struct assay_shape shape =
            type->example_input.channels > 0 ? type->example_input : (struct assay_shape){3, 6, 5};
        CU_ASSERT_FATAL(solo_init(&solo, type, type->variant.example, shape, BATCH, true));
        const int phases = solo.plan.phase_count[ASSAY_BACKWARD];
        solo_finish(&solo);
        CU_ASSERT(phases > 0);
        for (int phase = 0; phase < phases; phase++) {
            const struct tally tally = check_layer(type, BATCH, phase, false);
            if (tally.wrong == 0)
                fprintf(stderr, "%s: nobody noticed that backward phase %d lost an item\n",
                        type->variant.name, phase);
            CU_ASSERT(tally.wrong > 0);
        }
    }
}

static void every_loss(void)
{
    enum { CLASSES = 7 };
    const struct random_stream stream = random_stream(6, RANDOM_INIT, "losses", 0, 0);
    for (size_t i = 0; i < losses.count; i++) {
        const struct loss *loss = (const struct loss *)losses.items[i];
        for (int label = 0; label < CLASSES; label++) {
            float outputs[CLASSES], gradient[CLASSES];
            for (int c = 0; c < CLASSES; c++)
                outputs[c] = 6 * random_unit(&stream, (uint64_t)(label * CLASSES + c)) - 3;
            loss->evaluate(CLASSES, outputs, label, 0.5f, gradient);
            for (int c = 0; c < CLASSES; c++) {
                const float kept = outputs[c];
                outputs[c] = kept + 0.0078125f;
                const double above = loss->evaluate(CLASSES, outputs, label, 1, NULL);
                outputs[c] = kept - 0.0078125f;
                const double below = loss->evaluate(CLASSES, outputs, label, 1, NULL);
                outputs[c] = kept;
                const double difference = 0.5 * (above - below) / 0.015625;
                if (fabs(difference - gradient[c]) > 1e-4)
                    fprintf(stderr, "%s: output[%d]: gradient %.6f, differences %.6f\n", loss->variant.name,
                            c, gradient[c], difference);
                CU_ASSERT(fabs(difference - gradient[c]) <= 1e-4);
            }
        }
    }
}

/* Report (1.1): dE/dx = dE/dy exp(-x) / (1 + exp(-x))² */
static void sigmoid_formula(void)
{
    extern const struct assay_layer_type sigmoid_layer;
    struct solo solo;
    CU_ASSERT_FATAL(solo_init(&solo, &sigmoid_layer, "", (struct assay_shape){3, 5, 4}, BATCH, true));
    const struct assay_edge *edge = &solo.plan.input;
    for (int s = 0; s < BATCH; s++)
        for (int i = 0; i < solo_elements(edge); i++) {
            solo.input[solo_place(edge, s, i)] = (float)(i - 30) / 5;
            solo.output_gradient[solo_place(edge, s, i)] = (float)(s + 1);
        }
    solo_run(&solo, ASSAY_FORWARD, -1);
    solo_run(&solo, ASSAY_BACKWARD, -1);
    for (int s = 0; s < BATCH; s++)
        for (int i = 0; i < solo_elements(edge); i++) {
            const size_t place = solo_place(edge, s, i);
            const double e = exp(-(double)solo.input[place]);
            CU_ASSERT_DOUBLE_EQUAL(solo.output[place], 1 / (1 + e), 2e-7);
            CU_ASSERT_DOUBLE_EQUAL(solo.input_gradient[place], (s + 1) * e / ((1 + e) * (1 + e)), 1e-6);
        }
    solo_finish(&solo);
}

/* Report (1.2) on the diagonal and (1.3) off it, the latter with the slip in its second line put right. */
static void softmax_formulas(void)
{
    extern const struct assay_layer_type softmax_layer;
    static const double betas[] = {-1, 0.5, 1, 3};
    for (size_t b = 0; b < sizeof betas / sizeof betas[0]; b++) {
        enum { CLASSES = 6 };
        struct solo solo;
        char options[32];
        snprintf(options, sizeof options, "{beta: %g}", betas[b]);
        CU_ASSERT_FATAL(
            solo_init(&solo, &softmax_layer, options, (struct assay_shape){CLASSES, 1, 1}, 1, true));
        double sum = 0, e[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            solo.input[i] = (float)(0.4 * i - 1);
            e[i] = exp(-betas[b] * solo.input[i]);
            sum += e[i];
        }
        solo_run(&solo, ASSAY_FORWARD, -1);
        for (int i = 0; i < CLASSES; i++) {
            for (int j = 0; j < CLASSES; j++)
                solo.output_gradient[j] = i == j;
            solo_run(&solo, ASSAY_BACKWARD, -1);
            CU_ASSERT_DOUBLE_EQUAL(solo.output[i], e[i] / sum, 1e-7);
            for (int j = 0; j < CLASSES; j++) {
                const double jacobian = i == j ? -betas[b] * (e[i] / sum) * (1 - e[i] / sum)
                                               : betas[b] * e[i] * e[j] / (sum * sum);
                CU_ASSERT_DOUBLE_EQUAL(solo.input_gradient[j], jacobian, 1e-6);
            }
        }
        solo_finish(&solo);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {{"every layer's backward pass is the derivative of its forward pass", every_layer},
                           {"pool and conv with other options than their examples'", more_options},
                           {"a backward pass that loses an item is found", broken_backward_is_found},
                           {"every loss's gradient is its derivative", every_loss},
                           {"the sigmoid's gradient is the report's (1.1)", sigmoid_formula},
                           {"the softmax's Jacobian is the report's (1.2) and (1.3)", softmax_formulas},
                           CU_TEST_INFO_NULL};
    return run_suite("gradients", tests);
}

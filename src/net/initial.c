#include "net/initial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/philox.h"

const char *const assay_initial_names[] = {
    [ASSAY_TORCH] = "torch", [ASSAY_GLOROT] = "glorot", [ASSAY_HE] = "he", [ASSAY_LECUN] = "lecun", NULL};

enum assay_initial assay_initial_of_bias(enum assay_initial weights)
{
    return weights == ASSAY_TORCH ? ASSAY_TORCH : ASSAY_ZERO;
}

/* Values are base ± bound. */
struct distribution {
    float base;
    double (*bound)(double fan_in, double fan_out);
};

static double torch_bound(double fan_in, double fan_out)
{
    (void)fan_out;
    return 1 / sqrt(fan_in);
}

static double glorot_bound(double fan_in, double fan_out)
{
    return sqrt(6 / (fan_in + fan_out));
}

static double he_bound(double fan_in, double fan_out)
{
    (void)fan_out;
    return sqrt(6 / fan_in);
}

static double lecun_bound(double fan_in, double fan_out)
{
    (void)fan_out;
    return sqrt(3 / fan_in);
}

static double no_bound(double fan_in, double fan_out)
{
    (void)fan_in, (void)fan_out;
    return 0;
}

static const struct distribution distributions[] = {
    [ASSAY_TORCH] = {0, torch_bound}, [ASSAY_GLOROT] = {0, glorot_bound}, [ASSAY_HE] = {0, he_bound},
    [ASSAY_LECUN] = {0, lecun_bound}, [ASSAY_ZERO] = {0, no_bound},       [ASSAY_ONE] = {1, no_bound},
};

size_t parameter_elements(const struct assay_parameter *parameter)
{
    size_t count = 1;
    for (int i = 0; i < ASSAY_AXES; i++)
        count *= (size_t)parameter->axes[i].size;
    return count;
}

/* Where the element at `index` lies; next_element steps through them in file order. */
static size_t place_of(const struct assay_parameter *parameter, const int index[ASSAY_AXES])
{
    size_t place = 0;
    for (int i = 0; i < ASSAY_AXES; i++)
        place += (size_t)index[i] * parameter->axes[i].stride;
    return place;
}

static void next_element(const struct assay_parameter *parameter, int index[ASSAY_AXES])
{
    for (int i = ASSAY_AXES - 1; i >= 0 && ++index[i] == parameter->axes[i].size; i--)
        index[i] = 0;
}

void initial_fill(const char *layer, const struct assay_parameter *parameter, uint64_t seed, float *storage)
{
    char name[160];
    snprintf(name, sizeof name, "%s.%s", layer, parameter->name);
    const struct random_stream stream = random_stream(seed, RANDOM_INIT, name, 0, 0);
    const struct distribution *distribution = &distributions[parameter->initial];
    const float bound = (float)distribution->bound(parameter->fan_in, parameter->fan_out);
    const size_t count = parameter_elements(parameter);
    int index[ASSAY_AXES] = {0};

    memset(storage, 0, parameter->floats * sizeof *storage);
    for (size_t i = 0; i < count; i++, next_element(parameter, index))
        storage[place_of(parameter, index)] = distribution->base + bound * (2 * random_unit(&stream, i) - 1);
}

void parameter_gather(const struct assay_parameter *parameter, const float *storage, float *packed)
{
    const size_t count = parameter_elements(parameter);
    int index[ASSAY_AXES] = {0};
    for (size_t i = 0; i < count; i++, next_element(parameter, index))
        packed[i] = storage[place_of(parameter, index)];
}

void parameter_scatter(const struct assay_parameter *parameter, const float *packed, float *storage)
{
    const size_t count = parameter_elements(parameter);
    int index[ASSAY_AXES] = {0};
    for (size_t i = 0; i < count; i++, next_element(parameter, index))
        storage[place_of(parameter, index)] = packed[i];
}

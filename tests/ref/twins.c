#include "ref/twins.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"
#include "ref/naive.h"
#include "schema/schema.h"

/* The value of an option, whose struct only the layer's own file knows. */
static const void *option(const struct twin_site *site, const char *key)
{
    return (const char *)site->plan->options + schema_field(site->type->variant.table, key)->offset;
}

static int whole(const struct twin_site *site, const char *key)
{
    return *(const int *)option(site, key);
}

static double real(const struct twin_site *site, const char *key)
{
    return *(const double *)option(site, key);
}

static struct assay_shape in_of(const struct twin_site *site)
{
    return site->plan->input.shape;
}

static size_t elements_of(const struct twin_site *site)
{
    return naive_count(site->samples, in_of(site));
}

enum { WEIGHT, BIAS, RUNNING_MEAN, RUNNING_VARIANCE };

static struct naive_window conv_window(const struct twin_site *site)
{
    return naive_window(site->samples, in_of(site), whole(site, "maps"), whole(site, "kernel"),
                        whole(site, "stride"), whole(site, "pad"));
}

static void conv_forward(const struct twin_site *site, const double *x, double *y)
{
    const struct naive_window w = conv_window(site);
    naive_conv_forward(&w, x, site->parameters[WEIGHT], site->parameters[BIAS], y);
}

static void conv_backward(const struct twin_site *site, const double *x, const double *y, const double *dy,
                          double *dx, double *const *gradients)
{
    (void)y;
    const struct naive_window w = conv_window(site);
    naive_conv_backward_data(&w, dy, site->parameters[WEIGHT], dx);
    naive_conv_backward_weight(&w, x, dy, gradients[WEIGHT]);
    naive_backward_bias(site->samples, w.out, dy, gradients[BIAS]);
}

static void linear_forward(const struct twin_site *site, const double *x, double *y)
{
    naive_linear_forward(site->samples, (int)naive_count(1, in_of(site)), whole(site, "units"), x,
                         site->parameters[WEIGHT], site->parameters[BIAS], y);
}

static void linear_backward(const struct twin_site *site, const double *x, const double *y, const double *dy,
                            double *dx, double *const *gradients)
{
    (void)y;
    const int inputs = (int)naive_count(1, in_of(site)), outputs = whole(site, "units");
    naive_linear_backward_data(site->samples, inputs, outputs, dy, site->parameters[WEIGHT], dx);
    naive_linear_backward_weight(site->samples, inputs, outputs, x, dy, gradients[WEIGHT]);
    naive_backward_bias(site->samples, site->plan->output.shape, dy, gradients[BIAS]);
}

#define ACTIVATION(name)                                                                                     \
    static void name##_forward(const struct twin_site *site, const double *x, double *y)                     \
    {                                                                                                        \
        naive_##name##_forward(elements_of(site), x, y);                                                     \
    }                                                                                                        \
    static void name##_backward(const struct twin_site *site, const double *x, const double *y,              \
                                const double *dy, double *dx, double *const *gradients)                      \
    {                                                                                                        \
        (void)y, (void)gradients;                                                                            \
        naive_##name##_backward(elements_of(site), dy, x, dx);                                               \
    }
ACTIVATION(tanh)
ACTIVATION(sigmoid)
ACTIVATION(relu)

static void softmax_forward(const struct twin_site *site, const double *x, double *y)
{
    naive_softmax_forward(site->samples, in_of(site), real(site, "beta"), x, y);
}

static void softmax_backward(const struct twin_site *site, const double *x, const double *y, const double *dy,
                             double *dx, double *const *gradients)
{
    (void)x, (void)gradients;
    naive_softmax_backward(site->samples, in_of(site), real(site, "beta"), dy, y, dx);
}

enum { POOL_MAX, POOL_LP };

static struct naive_window pool_window(const struct twin_site *site)
{
    return naive_window(site->samples, in_of(site), in_of(site).channels, whole(site, "size"),
                        whole(site, "stride"), whole(site, "pad"));
}

static void pool_forward(const struct twin_site *site, const double *x, double *y)
{
    const struct naive_window w = pool_window(site);
    const int type = whole(site, "type");
    if (type == POOL_MAX)
        naive_max_forward(&w, x, y);
    else if (type == POOL_LP)
        naive_lp_forward(&w, real(site, "p"), x, y);
    else
        naive_average_forward(&w, x, y);
}

static void pool_backward(const struct twin_site *site, const double *x, const double *y, const double *dy,
                          double *dx, double *const *gradients)
{
    (void)gradients;
    const struct naive_window w = pool_window(site);
    const int type = whole(site, "type");
    if (type == POOL_MAX)
        naive_max_backward(&w, dy, x, dx);
    else if (type == POOL_LP)
        naive_lp_backward(&w, real(site, "p"), dy, x, y, dx);
    else
        naive_average_backward(&w, dy, dx);
}

static void subtractive_forward(const struct twin_site *site, const double *x, double *y)
{
    naive_subtractive_forward(site->samples, in_of(site), whole(site, "kernel"), x, y);
}

static void subtractive_backward(const struct twin_site *site, const double *x, const double *y,
                                 const double *dy, double *dx, double *const *gradients)
{
    (void)x, (void)y, (void)gradients;
    naive_subtractive_backward(site->samples, in_of(site), whole(site, "kernel"), dy, dx);
}

/* Element (c, y, x) stays when word (y W + x) C + c of the sample's stream is at least rate 2^32. */
static void dropout_forward(const struct twin_site *site, const double *x, double *y)
{
    const struct assay_shape shape = in_of(site);
    const double rate = site->plan->training ? real(site, "rate") : 0;
    const int pixels = shape.height * shape.width;
    uint8_t *mask = memory_allocate(elements_of(site), 1), *at = mask;
    for (int s = 0; s < site->samples; s++) {
        const struct random_stream stream =
            random_stream(site->seed, RANDOM_DROPOUT, site->plan->name, site->epoch, site->indices[s]);
        for (int c = 0; c < shape.channels; c++)
            for (int pixel = 0; pixel < pixels; pixel++)
                *at++ =
                    random_word(&stream, (uint64_t)(pixel * shape.channels + c)) >= floor(ldexp(rate, 32));
    }
    naive_dropout(elements_of(site), rate, mask, x, y);
    memory_free(mask);
}

static void dropout_backward(const struct twin_site *site, const double *x, const double *y, const double *dy,
                             double *dx, double *const *gradients)
{
    (void)x, (void)y, (void)gradients;
    dropout_forward(site, dy, dx);
}

enum { MOST_CHANNELS = 256 };

static void batch_norm_forward(const struct twin_site *site, const double *x, double *y)
{
    double mean[MOST_CHANNELS], variance[MOST_CHANNELS];
    naive_statistics(site->samples, in_of(site), x, mean, variance);
    const bool training = site->plan->training;
    naive_batch_norm_forward(site->samples, in_of(site), real(site, "epsilon"), x, site->parameters[WEIGHT],
                             site->parameters[BIAS], training ? mean : site->parameters[RUNNING_MEAN],
                             training ? variance : site->parameters[RUNNING_VARIANCE], y);
}

static void batch_norm_backward(const struct twin_site *site, const double *x, const double *y,
                                const double *dy, double *dx, double *const *gradients)
{
    (void)y;
    naive_batch_norm_backward(site->samples, in_of(site), real(site, "epsilon"), dy, x,
                              site->parameters[WEIGHT], gradients[WEIGHT], gradients[BIAS], dx);
}

/* The running variance takes the unbiased one. */
static void batch_norm_state(const struct twin_site *site, const double *x, double *const *state)
{
    double mean[MOST_CHANNELS], variance[MOST_CHANNELS];
    const double count = (double)elements_of(site) / in_of(site).channels, momentum = real(site, "momentum");
    naive_statistics(site->samples, in_of(site), x, mean, variance);
    for (int c = 0; c < in_of(site).channels; c++) {
        const double unbiased = count > 1 ? variance[c] * count / (count - 1) : variance[c];
        state[RUNNING_MEAN][c] = (1 - momentum) * site->parameters[RUNNING_MEAN][c] + momentum * mean[c];
        state[RUNNING_VARIANCE][c] =
            (1 - momentum) * site->parameters[RUNNING_VARIANCE][c] + momentum * unbiased;
    }
}

static const struct twin twins[] = {
    {"conv", conv_forward, conv_backward, NULL},
    {"linear", linear_forward, linear_backward, NULL},
    {"tanh", tanh_forward, tanh_backward, NULL},
    {"sigmoid", sigmoid_forward, sigmoid_backward, NULL},
    {"relu", relu_forward, relu_backward, NULL},
    {"softmax", softmax_forward, softmax_backward, NULL},
    {"pool", pool_forward, pool_backward, NULL},
    {"subtractive-norm", subtractive_forward, subtractive_backward, NULL},
    {"dropout", dropout_forward, dropout_backward, NULL},
    {"batch-norm", batch_norm_forward, batch_norm_backward, batch_norm_state},
};

const struct twin *twin_of(const struct assay_layer_type *type)
{
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
        if (strcmp(twins[i].type, type->variant.name) == 0)
            return &twins[i];
    return NULL;
}

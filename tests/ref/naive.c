#include "ref/naive.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

void naive_product(const struct product *p, double *c)
{
    for (int row = 0; row < p->rows; row++)
        for (int column = 0; column < p->columns; column++) {
            double sum = 0;
            for (int o = 0; o < p->outer; o++)
                for (int k = 0; k < p->inner; k++)
                    sum += (double)p->a[row * p->a_row + o * p->a_outer + k * p->a_inner] *
                           p->b[o * p->b_outer + k * p->b_inner + column];
            double *to = &c[row * p->c_row + column];
            *to =
                p->alpha * sum + (p->beta != 0 ? p->beta * *to : 0) + (p->bias != NULL ? p->bias[column] : 0);
        }
}

size_t naive_count(int samples, struct assay_shape shape)
{
    return (size_t)samples * (size_t)shape.channels * (size_t)shape.height * (size_t)shape.width;
}

static size_t place(struct assay_shape shape, int sample, int channel, int row, int column)
{
    return (((size_t)sample * (size_t)shape.channels + (size_t)channel) * (size_t)shape.height +
            (size_t)row) *
               (size_t)shape.width +
           (size_t)column;
}

static bool inside(struct assay_shape shape, int row, int column)
{
    return row >= 0 && row < shape.height && column >= 0 && column < shape.width;
}

static void clear(size_t count, double *values)
{
    memset(values, 0, count * sizeof *values);
}

/* Every element of a shape, for `samples` samples. */
#define FOR_ELEMENTS(samples, shape, s, c, y, x)                                                             \
    for (int s = 0; s < (samples); s++)                                                                      \
        for (int c = 0; c < (shape).channels; c++)                                                           \
            for (int y = 0; y < (shape).height; y++)                                                         \
                for (int x = 0; x < (shape).width; x++)

/* Every element (row, column) of the input under the window of the output (y, x), at (ky, kx) in the window.
 */
#define FOR_WINDOW(w, y, x, ky, kx, row, column)                                                             \
    for (int ky = 0, row = (y) * (w)->stride - (w)->pad; ky < (w)->size; ky++, row++)                        \
        for (int kx = 0, column = (x) * (w)->stride - (w)->pad; kx < (w)->size; kx++, column++)              \
            if (inside((w)->in, row, column))

struct naive_window naive_window(int samples, struct assay_shape in, int maps, int size, int stride, int pad)
{
    const struct assay_shape out = {maps, (in.height + 2 * pad - size) / stride + 1,
                                    (in.width + 2 * pad - size) / stride + 1};
    return (struct naive_window){samples, in, out, size, stride, pad};
}

static size_t weight_place(const struct naive_window *w, int out, int in, int ky, int kx)
{
    return place((struct assay_shape){w->in.channels, w->size, w->size}, out, in, ky, kx);
}

void naive_conv_forward(const struct naive_window *w, const double *x, const double *weight,
                        const double *bias, double *y)
{
    FOR_ELEMENTS(w->samples, w->out, s, o, i, j)
    {
        double sum = bias[o];
        for (int c = 0; c < w->in.channels; c++)
            FOR_WINDOW(w, i, j, ky, kx, row, column)
            {
                sum += weight[weight_place(w, o, c, ky, kx)] * x[place(w->in, s, c, row, column)];
            }
        y[place(w->out, s, o, i, j)] = sum;
    }
}

void naive_conv_backward_data(const struct naive_window *w, const double *dy, const double *weight,
                              double *dx)
{
    clear(naive_count(w->samples, w->in), dx);
    FOR_ELEMENTS(w->samples, w->out, s, o, i, j)
    {
        for (int c = 0; c < w->in.channels; c++)
            FOR_WINDOW(w, i, j, ky, kx, row, column)
            {
                dx[place(w->in, s, c, row, column)] +=
                    weight[weight_place(w, o, c, ky, kx)] * dy[place(w->out, s, o, i, j)];
            }
    }
}

void naive_conv_backward_weight(const struct naive_window *w, const double *x, const double *dy,
                                double *gradient)
{
    clear(naive_count(w->out.channels, (struct assay_shape){w->in.channels, w->size, w->size}), gradient);
    FOR_ELEMENTS(w->samples, w->out, s, o, i, j)
    {
        for (int c = 0; c < w->in.channels; c++)
            FOR_WINDOW(w, i, j, ky, kx, row, column)
            {
                gradient[weight_place(w, o, c, ky, kx)] +=
                    x[place(w->in, s, c, row, column)] * dy[place(w->out, s, o, i, j)];
            }
    }
}

void naive_backward_bias(int samples, struct assay_shape out, const double *dy, double *gradient)
{
    clear((size_t)out.channels, gradient);
    FOR_ELEMENTS(samples, out, s, o, i, j)
    {
        gradient[o] += dy[place(out, s, o, i, j)];
    }
}

void naive_linear_forward(int samples, int inputs, int outputs, const double *x, const double *weight,
                          const double *bias, double *y)
{
    for (int s = 0; s < samples; s++)
        for (int o = 0; o < outputs; o++) {
            double sum = bias[o];
            for (int i = 0; i < inputs; i++)
                sum += weight[o * inputs + i] * x[s * inputs + i];
            y[s * outputs + o] = sum;
        }
}

void naive_linear_backward_data(int samples, int inputs, int outputs, const double *dy, const double *weight,
                                double *dx)
{
    clear((size_t)samples * (size_t)inputs, dx);
    for (int s = 0; s < samples; s++)
        for (int o = 0; o < outputs; o++)
            for (int i = 0; i < inputs; i++)
                dx[s * inputs + i] += weight[o * inputs + i] * dy[s * outputs + o];
}

void naive_linear_backward_weight(int samples, int inputs, int outputs, const double *x, const double *dy,
                                  double *gradient)
{
    clear((size_t)outputs * (size_t)inputs, gradient);
    for (int s = 0; s < samples; s++)
        for (int o = 0; o < outputs; o++)
            for (int i = 0; i < inputs; i++)
                gradient[o * inputs + i] += x[s * inputs + i] * dy[s * outputs + o];
}

/* The element of the input that wins under the window of an output. */
static size_t winner(const struct naive_window *w, const double *x, int s, int c, int i, int j)
{
    double best = -INFINITY;
    size_t at = 0;
    FOR_WINDOW(w, i, j, ky, kx, row, column)
    {
        const size_t from = place(w->in, s, c, row, column);
        if (x[from] > best || isnan(x[from])) {
            best = x[from];
            at = from;
        }
    }
    return at;
}

void naive_max_forward(const struct naive_window *w, const double *x, double *y)
{
    FOR_ELEMENTS(w->samples, w->out, s, c, i, j)
    {
        y[place(w->out, s, c, i, j)] = x[winner(w, x, s, c, i, j)];
    }
}

void naive_max_backward(const struct naive_window *w, const double *dy, const double *x, double *dx)
{
    clear(naive_count(w->samples, w->in), dx);
    FOR_ELEMENTS(w->samples, w->out, s, c, i, j)
    {
        dx[winner(w, x, s, c, i, j)] += dy[place(w->out, s, c, i, j)];
    }
}

void naive_lp_forward(const struct naive_window *w, double p, const double *x, double *y)
{
    FOR_ELEMENTS(w->samples, w->out, s, c, i, j)
    {
        double sum = 0;
        FOR_WINDOW(w, i, j, ky, kx, row, column)
        {
            sum += pow(fabs(x[place(w->in, s, c, row, column)]), p);
        }
        y[place(w->out, s, c, i, j)] = pow(sum, 1 / p);
    }
}

void naive_lp_backward(const struct naive_window *w, double p, const double *dy, const double *x,
                       const double *y, double *dx)
{
    clear(naive_count(w->samples, w->in), dx);
    FOR_ELEMENTS(w->samples, w->out, s, c, i, j)
    {
        const size_t at = place(w->out, s, c, i, j);
        FOR_WINDOW(w, i, j, ky, kx, row, column)
        {
            const double value = x[place(w->in, s, c, row, column)];
            const double sign = value > 0 ? 1 : value < 0 ? -1 : 0;
            if (y[at] > 0)
                dx[place(w->in, s, c, row, column)] += dy[at] * sign * pow(fabs(value) / y[at], p - 1);
        }
    }
}

void naive_average_forward(const struct naive_window *w, const double *x, double *y)
{
    FOR_ELEMENTS(w->samples, w->out, s, c, i, j)
    {
        double sum = 0;
        FOR_WINDOW(w, i, j, ky, kx, row, column)
        {
            sum += x[place(w->in, s, c, row, column)];
        }
        y[place(w->out, s, c, i, j)] = sum / (w->size * w->size);
    }
}

void naive_average_backward(const struct naive_window *w, const double *dy, double *dx)
{
    clear(naive_count(w->samples, w->in), dx);
    FOR_ELEMENTS(w->samples, w->out, s, c, i, j)
    {
        FOR_WINDOW(w, i, j, ky, kx, row, column)
        {
            dx[place(w->in, s, c, row, column)] += dy[place(w->out, s, c, i, j)] / (w->size * w->size);
        }
    }
}

/* The gaussian at (v, u) from its centre, not yet of sum 1: that cancels against the mass. */
static double gaussian(int kernel, int v, int u)
{
    const double sigma = 0.25 * kernel;
    return exp(-(u * u + v * v) / (2 * sigma * sigma));
}

/* What (row, column) of the image weighs in the mean around (y, x): g / (C m). */
static double share(struct assay_shape shape, int kernel, int y, int x, int row, int column)
{
    const int r = kernel / 2;
    double mass = 0;
    for (int v = -r; v <= r; v++)
        for (int u = -r; u <= r; u++)
            if (inside(shape, y + v, x + u))
                mass += gaussian(kernel, v, u);
    return gaussian(kernel, row - y, column - x) / (shape.channels * mass);
}

/* y = x less, for each pair of pixels under one window, from's share in the mean around to (forward) or to's
 * in that around from (backward). */
static void subtract_means(int samples, struct assay_shape shape, int kernel, bool adjoint, const double *x,
                           double *y)
{
    const int r = kernel / 2;
    memcpy(y, x, naive_count(samples, shape) * sizeof *y);
    for (int i = 0; i < shape.height; i++)
        for (int j = 0; j < shape.width; j++)
            for (int row = i - r; row <= i + r; row++)
                for (int column = j - r; column <= j + r; column++) {
                    if (!inside(shape, row, column))
                        continue;
                    const double weight = adjoint ? share(shape, kernel, row, column, i, j)
                                                  : share(shape, kernel, i, j, row, column);
                    for (int s = 0; s < samples; s++)
                        for (int c = 0; c < shape.channels; c++)
                            for (int from = 0; from < shape.channels; from++)
                                y[place(shape, s, c, i, j)] -= weight * x[place(shape, s, from, row, column)];
                }
}

void naive_subtractive_forward(int samples, struct assay_shape shape, int kernel, const double *x, double *y)
{
    subtract_means(samples, shape, kernel, false, x, y);
}

void naive_subtractive_backward(int samples, struct assay_shape shape, int kernel, const double *dy,
                                double *dx)
{
    subtract_means(samples, shape, kernel, true, dy, dx);
}

void naive_tanh_forward(size_t count, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = tanh(x[i]);
}

void naive_tanh_backward(size_t count, const double *dy, const double *x, double *dx)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = dy[i] / (cosh(x[i]) * cosh(x[i]));
}

void naive_sigmoid_forward(size_t count, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = 1 / (1 + exp(-x[i]));
}

void naive_sigmoid_backward(size_t count, const double *dy, const double *x, double *dx)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = dy[i] / ((1 + exp(-x[i])) * (1 + exp(x[i])));
}

void naive_relu_forward(size_t count, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = isnan(x[i]) ? x[i] : fmax(x[i], 0);
}

void naive_relu_backward(size_t count, const double *dy, const double *x, double *dx)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = x[i] > 0 ? dy[i] : 0;
}

void naive_dropout(size_t count, double rate, const uint8_t *mask, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = mask[i] ? x[i] / (1 - rate) : 0;
}

void naive_softmax_forward(int samples, struct assay_shape shape, double beta, const double *x, double *y)
{
    FOR_ELEMENTS(samples, shape, s, c, i, j)
    {
        double sum = 0;
        for (int d = 0; d < shape.channels; d++)
            sum += exp(-beta * (x[place(shape, s, d, i, j)] - x[place(shape, s, c, i, j)]));
        y[place(shape, s, c, i, j)] = 1 / sum;
    }
}

void naive_softmax_backward(int samples, struct assay_shape shape, double beta, const double *dy,
                            const double *y, double *dx)
{
    FOR_ELEMENTS(samples, shape, s, c, i, j)
    {
        double sum = 0;
        for (int d = 0; d < shape.channels; d++) {
            const double dy_dx =
                -beta * y[place(shape, s, d, i, j)] * ((c == d) - y[place(shape, s, c, i, j)]);
            sum += dy[place(shape, s, d, i, j)] * dy_dx;
        }
        dx[place(shape, s, c, i, j)] = sum;
    }
}

void naive_statistics(int samples, struct assay_shape shape, const double *x, double *mean, double *variance)
{
    const double count = (double)samples * shape.height * shape.width;
    clear((size_t)shape.channels, mean);
    clear((size_t)shape.channels, variance);
    FOR_ELEMENTS(samples, shape, s, c, i, j)
    {
        mean[c] += x[place(shape, s, c, i, j)] / count;
    }
    FOR_ELEMENTS(samples, shape, s, c, i, j)
    {
        variance[c] += pow(x[place(shape, s, c, i, j)] - mean[c], 2) / count;
    }
}

void naive_batch_norm_forward(int samples, struct assay_shape shape, double epsilon, const double *x,
                              const double *weight, const double *bias, const double *mean,
                              const double *variance, double *y)
{
    FOR_ELEMENTS(samples, shape, s, c, i, j)
    {
        const size_t at = place(shape, s, c, i, j);
        y[at] = weight[c] * (x[at] - mean[c]) / sqrt(variance[c] + epsilon) + bias[c];
    }
}

/* Term by term through mean and variance. With n the pixels, xc = x - mean and d = variance + epsilon:
 *     dvariance = -sum dy weight xc d^(-3/2) / 2,  dmean = -sum dy weight / sqrt(d),  dx = dy weight /
 * sqrt(d) + dvariance 2 xc / n + dmean / n. */
void naive_batch_norm_backward(int samples, struct assay_shape shape, double epsilon, const double *dy,
                               const double *x, const double *weight, double *weight_gradient,
                               double *bias_gradient, double *dx)
{
    enum { MOST = 256 };
    assert(shape.channels <= MOST);
    const double count = (double)samples * shape.height * shape.width;
    double mean[MOST], variance[MOST], dmean[MOST] = {0}, dvariance[MOST] = {0};
    naive_statistics(samples, shape, x, mean, variance);
    clear((size_t)shape.channels, weight_gradient);
    clear((size_t)shape.channels, bias_gradient);
    FOR_ELEMENTS(samples, shape, s, c, i, j)
    {
        const size_t at = place(shape, s, c, i, j);
        const double sd = sqrt(variance[c] + epsilon), centred = x[at] - mean[c];
        weight_gradient[c] += dy[at] * centred / sd;
        bias_gradient[c] += dy[at];
        dmean[c] -= dy[at] * weight[c] / sd;
        dvariance[c] -= dy[at] * weight[c] * centred / (2 * sd * sd * sd);
    }
    FOR_ELEMENTS(samples, shape, s, c, i, j)
    {
        const size_t at = place(shape, s, c, i, j);
        dx[at] = dy[at] * weight[c] / sqrt(variance[c] + epsilon) +
                 dvariance[c] * 2 * (x[at] - mean[c]) / count + dmean[c] / count;
    }
}

void naive_update(size_t count, double *value, double *direction, double learning_rate, double alpha,
                  double l1, double l2)
{
    for (size_t i = 0; i < count; i++) {
        const double sign = value[i] > 0 ? 1 : value[i] < 0 ? -1 : 0;
        direction[i] += alpha * (l1 * sign + l2 * value[i]);
        value[i] -= learning_rate * direction[i];
    }
}

double naive_nll(int classes, const double *x, int label, double *gradient)
{
    double sum = 0;
    for (int c = 0; c < classes; c++)
        sum += exp(x[c]);
    for (int c = 0; c < classes; c++)
        gradient[c] = exp(x[c]) / sum - (c == label);
    return -log(exp(x[label]) / sum);
}

double naive_mse(int classes, const double *x, int label, double *gradient)
{
    double sum = 0;
    for (int c = 0; c < classes; c++) {
        sum += pow(x[c] - (c == label), 2) / classes;
        gradient[c] = 2 * (x[c] - (c == label)) / classes;
    }
    return sum;
}

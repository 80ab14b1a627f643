/* The slow, obvious twins of the kernels and layers, straight from their formulas (docs and the layers' own
 * `source` name them). Everything is a double in canonical order, [sample][channel][row][column]; every
 * output is overwritten, a gradient is the plain sum over the samples. */
#ifndef REF_NAIVE_H
#define REF_NAIVE_H

#include <stddef.h>
#include <stdint.h>

#include "assay/layer.h"
#include "math/kernels.h"

/* c: as product->c, before and after. */
void naive_product(const struct product *product, double *c);

/* A square window that slides over the input: that of a convolution or of a pooling. */
struct naive_window {
    int samples;
    struct assay_shape in, out;
    int size, stride, pad;
};
struct naive_window naive_window(int samples, struct assay_shape in, int maps, int size, int stride, int pad);

size_t naive_count(int samples, struct assay_shape shape); /* elements */

/* weight[out][in][row][column] */
void naive_conv_forward(const struct naive_window *w, const double *x, const double *weight,
                        const double *bias, double *y);
void naive_conv_backward_data(const struct naive_window *w, const double *dy, const double *weight,
                              double *dx);
void naive_conv_backward_weight(const struct naive_window *w, const double *x, const double *dy,
                                double *gradient);
void naive_backward_bias(int samples, struct assay_shape out, const double *dy, double *gradient);

/* weight[out][in] */
void naive_linear_forward(int samples, int inputs, int outputs, const double *x, const double *weight,
                          const double *bias, double *y);
void naive_linear_backward_data(int samples, int inputs, int outputs, const double *dy, const double *weight,
                                double *dx);
void naive_linear_backward_weight(int samples, int inputs, int outputs, const double *x, const double *dy,
                                  double *gradient);

/* Of equals the first in row-major order wins; a NaN is larger than any number, and the last one wins. */
void naive_max_forward(const struct naive_window *w, const double *x, double *y);
void naive_max_backward(const struct naive_window *w, const double *dy, const double *x, double *dx);
void naive_lp_forward(const struct naive_window *w, double p, const double *x, double *y);
void naive_lp_backward(const struct naive_window *w, double p, const double *dy, const double *x,
                       const double *y, double *dx);
void naive_average_forward(const struct naive_window *w, const double *x, double *y);
void naive_average_backward(const struct naive_window *w, const double *dy, double *dx);

void naive_subtractive_forward(int samples, struct assay_shape shape, int kernel, const double *x, double *y);
void naive_subtractive_backward(int samples, struct assay_shape shape, int kernel, const double *dy,
                                double *dx);

/* Element by element; backward from x, not from y. */
void naive_tanh_forward(size_t count, const double *x, double *y);
void naive_tanh_backward(size_t count, const double *dy, const double *x, double *dx);
void naive_sigmoid_forward(size_t count, const double *x, double *y);
void naive_sigmoid_backward(size_t count, const double *dy, const double *x, double *dx);
void naive_relu_forward(size_t count, const double *x, double *y);
void naive_relu_backward(size_t count, const double *dy, const double *x, double *dx);

/* Forward and backward are the same: what is kept is divided by 1 - rate. */
void naive_dropout(size_t count, double rate, const uint8_t *mask, const double *x, double *y);

/* Over the channels of every pixel, exp(-beta x); backward through the whole Jacobian. */
void naive_softmax_forward(int samples, struct assay_shape shape, double beta, const double *x, double *y);
void naive_softmax_backward(int samples, struct assay_shape shape, double beta, const double *dy,
                            const double *y, double *dx);

/* Of each channel over samples and pixels; the variance divides by their number. */
void naive_statistics(int samples, struct assay_shape shape, const double *x, double *mean, double *variance);
void naive_batch_norm_forward(int samples, struct assay_shape shape, double epsilon, const double *x,
                              const double *weight, const double *bias, const double *mean,
                              const double *variance, double *y);
void naive_batch_norm_backward(int samples, struct assay_shape shape, double epsilon, const double *dy,
                               const double *x, const double *weight, double *weight_gradient,
                               double *bias_gradient, double *dx);

/* direction += alpha (l1 sign(value) + l2 value), value -= learning_rate direction */
void naive_update(size_t count, double *value, double *direction, double learning_rate, double alpha,
                  double l1, double l2);

/* The loss of one sample, and its gradient. */
double naive_nll(int classes, const double *x, int label, double *gradient);
double naive_mse(int classes, const double *x, int label, double *gradient);

#endif

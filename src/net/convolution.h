/* The algorithms of convolution layers: who plans a conv picks one of them, and forward and backward then
 * follow it.
 *
 * The weight is parameter 0, laid as [ky][kx][P][Q] with P and Q the input's and the output's pitch, the bias
 * parameter 1; both, and the output's shape, are declared before. */
#ifndef NET_CONVOLUTION_H
#define NET_CONVOLUTION_H

#include "assay/layer.h"

struct convolution {
    int kernel, stride, pad;
    struct assay_edge padded; /* the input with its border: what the kernels read */
};

/* Each declares the phases and memory of one algorithm; false without memory. */
bool convolution_direct(struct assay_layer_plan *plan, const struct convolution *convolution);
bool convolution_winograd(struct assay_layer_plan *plan, const struct convolution *convolution);

/* Whether Winograd's algorithm can and should do it: a static rule of shapes alone. */
bool convolution_suits_winograd(const struct assay_layer_plan *plan, const struct convolution *convolution);

/* For the algorithms: a phase that copies the input into a border of zeros, [sample][padded], at the start of
 * the kept block. With pad 0 there is none and the input itself is read. convolution_source is the set of
 * buffers it lies in. */
void convolution_add_padding(struct assay_layer_plan *plan, const struct convolution *convolution);
const float *convolution_input(const struct assay_work *work, const struct convolution *convolution);
unsigned convolution_source(const struct convolution *convolution);
size_t convolution_kept_bytes(const struct assay_layer_plan *plan, const struct convolution *convolution);

/* Copies rows [first, end) of the input out of a border: `padded` holds those rows with their border left and
 * right. Without padding nothing is to be done. */
void convolution_crop(const struct convolution *convolution, const struct assay_edge *input, int first,
                      int end, float *to, const float *padded);

#endif

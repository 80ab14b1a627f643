#include "net/convolution.h"

#include <string.h>

unsigned convolution_source(const struct convolution *convolution)
{
    return convolution->pad > 0 ? ASSAY_KEPT : ASSAY_INPUT;
}

const float *convolution_input(const struct assay_work *work, const struct convolution *convolution)
{
    return convolution->pad > 0 ? work->kept : work->input;
}

size_t convolution_kept_bytes(const struct assay_layer_plan *plan, const struct convolution *convolution)
{
    return convolution->pad > 0
               ? (size_t)plan->batch * assay_edge_floats(&convolution->padded) * sizeof(float)
               : 0;
}

/* kept: [sample][height + 2 pad][width + 2 pad][P] */
static void pad_input(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct convolution *c = work->plan->design;
    const struct assay_edge *in = &work->plan->input;
    const size_t row = (size_t)in->shape.width * (size_t)in->pitch,
                 padded_row = (size_t)c->padded.shape.width * (size_t)in->pitch;
    const float *from = work->input + (size_t)sample * assay_edge_floats(in);
    float *to = (float *)work->kept + (size_t)sample * assay_edge_floats(&c->padded);
    memset(to, 0, assay_edge_floats(&c->padded) * sizeof *to);
    to += (size_t)c->pad * padded_row + (size_t)c->pad * (size_t)in->pitch;
    for (int y = 0; y < in->shape.height; y++)
        memcpy(to + (size_t)y * padded_row, from + (size_t)y * row, row * sizeof *to);
}

void convolution_add_padding(struct assay_layer_plan *plan, const struct convolution *convolution)
{
    if (convolution->pad > 0)
        assay_add_phase(plan, ASSAY_FORWARD,
                        (struct assay_phase){.name = "pad",
                                             .kernel = pad_input,
                                             .per_sample = 1,
                                             .reads = ASSAY_INPUT,
                                             .writes = ASSAY_KEPT});
}

void convolution_crop(const struct convolution *convolution, const struct assay_edge *input, int first,
                      int end, float *to, const float *padded)
{
    const size_t row = (size_t)input->shape.width * (size_t)input->pitch;
    const size_t padded_row = (size_t)convolution->padded.shape.width * (size_t)input->pitch;
    padded += (size_t)convolution->pad * (size_t)input->pitch;
    for (int y = 0; y < end - first && convolution->pad > 0; y++)
        memcpy(to + (size_t)y * row, padded + (size_t)y * padded_row, row * sizeof *to);
}

/* Inverted dropout: what is kept is scaled up while training, so that testing does nothing. */
#include "math/kernels/kernel.h"

void KERNEL(dropout_forward)(size_t count, float *y, const float *x, const uint32_t *words,
                             uint32_t threshold, float scale, uint8_t *mask)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t kept = words[i] >= threshold;
        mask[i] = kept;
        y[i] = kept ? x[i] * scale : 0.0f;
    }
}

void KERNEL(dropout_backward)(size_t count, float *dx, const float *dy, const uint8_t *mask, float scale)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = mask[i] ? dy[i] * scale : 0.0f;
}

/* Sums over channels and over rows, and what is done with them. */
#include "math/kernels/kernel.h"

void KERNEL(channel_sums)(int pixels, int pitch, float *sums, const float *x)
{
    for (int pixel = 0; pixel < pixels; pixel++, x += pitch) {
        float lanes[LANES] = {0};
        for (int c = 0; c < pitch; c += LANES)
            for (int l = 0; l < LANES; l++)
                lanes[l] += x[c + l];
        for (int half = LANES / 2; half > 0; half /= 2)
            for (int l = 0; l < half; l++)
                lanes[l] += lanes[l + half];
        sums[pixel] = lanes[0];
    }
}

void KERNEL(subtract_mean)(int pixels, int channels, int pitch, float *y, const float *x, const float *mean)
{
    for (int pixel = 0; pixel < pixels; pixel++, x += pitch, y += pitch) {
        for (int c = 0; c < channels; c++)
            y[c] = x[c] - mean[pixel];
        for (int c = channels; c < pitch; c++)
            y[c] = 0;
    }
}

void KERNEL(column_sums)(size_t rows, ptrdiff_t stride, int columns, float *sums, const float *x, float beta,
                         float alpha)
{
    enum { CHAINS = 4 };
    for (int c = 0; c < columns; c += WIDTH) {
        vector chains[CHAINS] = {0};
        size_t row = 0;
        for (; row + CHAINS <= rows; row += CHAINS)
            for (int i = 0; i < CHAINS; i++)
                chains[i] += *(const vector *)(x + (ptrdiff_t)(row + (size_t)i) * stride + c);
        for (; row < rows; row++)
            chains[0] += *(const vector *)(x + (ptrdiff_t)row * stride + c);
        const vector sum = (chains[0] + chains[1]) + (chains[2] + chains[3]);
        vector *out = (vector *)(sums + c);
        *out = beta != 0 ? beta * *out + alpha * sum : alpha * sum;
    }
}

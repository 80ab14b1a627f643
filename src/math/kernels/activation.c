/* Activations, element by element. */
#include "math/kernels/kernel.h"

/* tanh(x) = x P(x²) / Q(x²) on [-9, 9], saturated outside. Coefficients fitted for this file by iteratively
 * reweighted least squares towards the minimax relative error, 2.1e-8 before rounding. */
static inline float tanh_of(float x)
{
    const float bounded = x < -9.0f ? -9.0f : x > 9.0f ? 9.0f : x;
    const float u = bounded * bounded;
    float p = 1.3354490e-08f;
    p = MULTIPLY_ADD(p, u, 2.0608955e-05f);
    p = MULTIPLY_ADD(p, u, 3.4955804e-03f);
    p = MULTIPLY_ADD(p, u, 1.3381019e-01f);
    p = MULTIPLY_ADD(p, u, 1.0f);
    float q = 7.7764868e-07f;
    q = MULTIPLY_ADD(q, u, 3.2856221e-04f);
    q = MULTIPLY_ADD(q, u, 2.5876953e-02f);
    q = MULTIPLY_ADD(q, u, 4.6714335e-01f);
    q = MULTIPLY_ADD(q, u, 1.0f);
    const float y = bounded * p / q;
    return y > 1.0f ? 1.0f : y < -1.0f ? -1.0f : y;
}

void KERNEL(tanh_forward)(size_t count, float *y, const float *x)
{
    for (size_t i = 0; i < count; i++)
        y[i] = tanh_of(x[i]);
}

void KERNEL(tanh_backward)(size_t count, float *dx, const float *dy, const float *y)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = dy[i] * (1.0f - y[i] * y[i]);
}

/* 1 / (1 + exp(-x)) = (1 + tanh(x/2)) / 2 */
void KERNEL(sigmoid_forward)(size_t count, float *y, const float *x)
{
    for (size_t i = 0; i < count; i++)
        y[i] = 0.5f + 0.5f * tanh_of(0.5f * x[i]);
}

void KERNEL(sigmoid_backward)(size_t count, float *dx, const float *dy, const float *y)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = dy[i] * (y[i] * (1.0f - y[i]));
}

void KERNEL(relu_forward)(size_t count, float *y, const float *x)
{
    for (size_t i = 0; i < count; i++)
        y[i] = x[i] > 0 ? x[i] : x[i] != x[i] ? x[i] : 0.0f; /* NaN passes through: it must be seen */
}

void KERNEL(relu_backward)(size_t count, float *dx, const float *dy, const float *y)
{
    for (size_t i = 0; i < count; i++)
        dx[i] = y[i] > 0 ? dy[i] : 0.0f;
}

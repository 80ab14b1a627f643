/* Activations, element by element. */
#include "math/kernels/kernel.h"

/* tanh(x) = x P(x²) / Q(x²) on [-9, 9], saturated outside. Coefficients fitted for this file by iteratively
 * reweighted least squares towards the minimax relative error, 2.1e-8 before rounding. */
static inline vector tanh_of(vector x)
{
    const vector bounded = SMALLER(broadcast(9.0f), LARGER(broadcast(-9.0f), x)), u = bounded * bounded;
    vector p = broadcast(1.3354490e-08f);
    p = FUSED(p, u, broadcast(2.0608955e-05f));
    p = FUSED(p, u, broadcast(3.4955804e-03f));
    p = FUSED(p, u, broadcast(1.3381019e-01f));
    p = FUSED(p, u, broadcast(1.0f));
    vector q = broadcast(7.7764868e-07f);
    q = FUSED(q, u, broadcast(3.2856221e-04f));
    q = FUSED(q, u, broadcast(2.5876953e-02f));
    q = FUSED(q, u, broadcast(4.6714335e-01f));
    q = FUSED(q, u, broadcast(1.0f));
    return LARGER(broadcast(-1.0f), SMALLER(broadcast(1.0f), bounded * p / q));
}

/* 1 / (1 + exp(-x)) = (1 + tanh(x/2)) / 2 */
static inline vector sigmoid_of(vector x)
{
    return 0.5f + 0.5f * tanh_of(0.5f * x);
}

/* NaN passes through: it must be seen. */
static inline vector relu_of(vector x)
{
    return (vector)(((x > 0) | (x != x)) & (int_vector)x);
}

/* dx from dy and the output y */
static inline vector tanh_back(vector dy, vector y)
{
    return dy * (1.0f - y * y);
}

static inline vector sigmoid_back(vector dy, vector y)
{
    return dy * (y * (1.0f - y));
}

static inline vector relu_back(vector dy, vector y)
{
    return (vector)((y > 0) & (int_vector)dy);
}

#define ACTIVATION(name)                                                                                     \
    void KERNEL(name##_forward)(size_t count, float *y, const float *x)                                      \
    {                                                                                                        \
        size_t i = 0;                                                                                        \
        for (; i + WIDTH <= count; i += WIDTH)                                                               \
            *(vector *)(y + i) = name##_of(*(const vector *)(x + i));                                        \
        vector last = {0};                                                                                   \
        memcpy(&last, x + i, (count - i) * sizeof *x);                                                       \
        last = name##_of(last);                                                                              \
        memcpy(y + i, &last, (count - i) * sizeof *y);                                                       \
    }                                                                                                        \
    void KERNEL(name##_backward)(size_t count, float *dx, const float *dy, const float *y)                   \
    {                                                                                                        \
        size_t i = 0;                                                                                        \
        for (; i + WIDTH <= count; i += WIDTH)                                                               \
            *(vector *)(dx + i) = name##_back(*(const vector *)(dy + i), *(const vector *)(y + i));          \
        vector last_dy = {0}, last_y = {0};                                                                  \
        memcpy(&last_dy, dy + i, (count - i) * sizeof *dy);                                                  \
        memcpy(&last_y, y + i, (count - i) * sizeof *y);                                                     \
        last_dy = name##_back(last_dy, last_y);                                                              \
        memcpy(dx + i, &last_dy, (count - i) * sizeof *dx);                                                  \
    }
ACTIVATION(tanh)
ACTIVATION(sigmoid)
ACTIVATION(relu)

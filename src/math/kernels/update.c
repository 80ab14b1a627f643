/* The optimiser's step over a block of parameters. */
#include "math/kernels/kernel.h"

/* The penalty is lambda (C |w| + (1 - C) w² / 2) with l1 = lambda C and l2 = lambda (1 - C); the derivative
 * of |w| at 0 is 0. */
void KERNEL(update)(size_t count, float *value, float *direction, float learning_rate, float alpha, float l1,
                    float l2)
{
    if (l1 != 0 || l2 != 0)
        for (size_t i = 0; i < count; i++) {
            const float sign = value[i] > 0 ? 1.0f : value[i] < 0 ? -1.0f : 0.0f;
            direction[i] = direction[i] + alpha * (l1 * sign + l2 * value[i]);
        }
    for (size_t i = 0; i < count; i++)
        value[i] = value[i] - learning_rate * direction[i];
}

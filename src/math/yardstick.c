#include "math/yardstick.h"

#include "base/clock.h"
#include "base/memory.h"
#include "math/blas.h"

struct yardstick {
    const struct blas *blas;
    int size, slices;
    float *a, *b, *c; /* size x size each */
};

struct yardstick *yardstick_create(const struct blas *blas, int size)
{
    const size_t floats = (size_t)size * (size_t)size;
    struct yardstick *yardstick = memory_allocate(1, sizeof *yardstick);
    float *matrices = memory_allocate_aligned(64, 3 * floats * sizeof *matrices);
    if (yardstick == NULL || matrices == NULL) {
        memory_free(yardstick);
        memory_free(matrices);
        return NULL;
    }
    for (size_t i = 0; i < 2 * floats; i++)
        matrices[i] = (float)(i % 7) - 3;
    *yardstick = (struct yardstick){
        .blas = blas, .size = size, .a = matrices, .b = matrices + floats, .c = matrices + 2 * floats};
    return yardstick;
}

void yardstick_destroy(struct yardstick *yardstick)
{
    if (yardstick == NULL)
        return;
    memory_free(yardstick->a);
    memory_free(yardstick);
}

/* c[first … end) = a[first … end) b */
static void multiply(void *context, int slice, int worker)
{
    (void)worker;
    const struct yardstick *y = context;
    const int first = y->size * slice / y->slices, end = y->size * (slice + 1) / y->slices;
    const size_t offset = (size_t)first * (size_t)y->size;
    blas_sgemm(y->blas, false, false, end - first, y->size, y->size, 1, y->a + offset, y->size, y->b, y->size,
               0, y->c + offset, y->size);
}

double yardstick_measure(struct yardstick *yardstick, struct team *team, double seconds)
{
    const double size = yardstick->size, start = clock_seconds();
    double passed;
    int products = 0;
    yardstick->slices = team_threads(team);
    do {
        team_run(team, multiply, yardstick, yardstick->slices);
        products++;
        passed = clock_seconds() - start;
    } while (passed < seconds);
    return 2e-9 * size * size * size * products / passed;
}

/* Pooling over channels-last data, a register of channels at a time. A window may hang over the border by
 * `pad`: max sees nothing there, lp and average see zeros. */
#include <math.h>
#include <stdbool.h>

#include "math/kernels/kernel.h"

/* The part of a window that lies inside: rows [y0, y1) and columns [x0, x1) of the input, beginning at (top,
 * left) with the padding. */
struct window {
    int top, left, y0, y1, x0, x1;
};

static inline struct window window_at(const struct pooling *p, int out_y, int out_x)
{
    const int top = out_y * p->stride - p->pad, left = out_x * p->stride - p->pad;
    const int bottom = top + p->size, right = left + p->size;
    return (struct window){top,
                           left,
                           top > 0 ? top : 0,
                           bottom < p->in_height ? bottom : p->in_height,
                           left > 0 ? left : 0,
                           right < p->in_width ? right : p->in_width};
}

static inline ptrdiff_t place(const struct pooling *p, int row, int column)
{
    return ((ptrdiff_t)row * p->in_width + column) * p->pitch;
}

/* Every window of the output rows [first, end); `offset` is its place in the output. */
#define FOR_OUTPUTS(p, first, end, w, offset)                                                                \
    for (int out_y = (first); out_y < (end); out_y++)                                                        \
        for (int out_x = 0; out_x < (p)->out_width; out_x++)                                                 \
            for (struct window w = window_at((p), out_y, out_x), *once = &w; once; once = NULL)              \
                for (ptrdiff_t offset = ((ptrdiff_t)out_y * (p)->out_width + out_x) * (p)->pitch; once;      \
                     once = NULL)

#define FOR_CHANNELS(p, c) for (ptrdiff_t c = 0; c < (p)->pitch; c += WIDTH)

/* `size` is a constant that the window has, whole; or 0. */
#define FOR_WINDOW(w, size, row, column)                                                                     \
    for (int row = (w).y0; row < ((size) > 0 ? (w).y0 + (size) : (w).y1); row++)                             \
        for (int column = (w).x0; column < ((size) > 0 ? (w).x0 + (size) : (w).x1); column++)

static inline bool is_whole(const struct pooling *p, const struct window *w, int size)
{
    return p->size == size && w->y1 - w->y0 == size && w->x1 - w->x0 == size;
}

/* The number of a window's element, row-major. */
static inline int number_of(const struct pooling *p, const struct window *w, const int size, int row,
                            int column)
{
    return size > 0 ? (row - w->y0) * size + column - w->x0 : (row - w->top) * p->size + column - w->left;
}

/* Small windows that are whole have code of their own, their loops unrolled. */
#define WITH_SIZE(p, w, function, ...)                                                                       \
    (is_whole((p), &(w), 2)   ? function((p), (w), __VA_ARGS__, 2)                                           \
     : is_whole((p), &(w), 3) ? function((p), (w), __VA_ARGS__, 3)                                           \
                              : function((p), (w), __VA_ARGS__, 0))

INLINED void max_of(const struct pooling *p, struct window w, ptrdiff_t offset, float *y, const float *x,
                    uint8_t *choice, const int size)
{
    FOR_CHANNELS(p, c)
    {
        vector best = (vector){0} - INFINITY;
        int_vector winner = {0};
        FOR_WINDOW(w, size, row, column)
        {
            const vector value = *(const vector *)(x + place(p, row, column) + c);
            const int_vector better = (value > best) | (value != value);
            best = (vector)where(better, (int_vector)value, (int_vector)best);
            winner = where(better, (int_vector){0} + number_of(p, &w, size, row, column), winner);
        }
        *(vector *)(y + offset + c) = best;
        if (choice != NULL)
            narrow(choice + offset + c, winner);
    }
}

void KERNEL(max_forward)(const struct pooling *p, int first, int end, float *y, const float *x,
                         uint8_t *choice)
{
    FOR_OUTPUTS(p, first, end, w, offset)
    WITH_SIZE(p, w, max_of, offset, y, x, choice);
}

INLINED void average_of(const struct pooling *p, struct window w, ptrdiff_t offset, float *y, const float *x,
                        const int size)
{
    const float scale = 1.0f / (float)(p->size * p->size);
    FOR_CHANNELS(p, c)
    {
        vector sum = {0};
        FOR_WINDOW(w, size, row, column)
        sum += *(const vector *)(x + place(p, row, column) + c);
        *(vector *)(y + offset + c) = sum * scale;
    }
}

void KERNEL(average_forward)(const struct pooling *p, int first, int end, float *y, const float *x)
{
    FOR_OUTPUTS(p, first, end, w, offset)
    WITH_SIZE(p, w, average_of, offset, y, x);
}

/* |x|^p for the powers that need no pow, and its root. */
static inline float raise(float x, const int power)
{
    const float square = x * x;
    return power == 1   ? fabsf(x)
           : power == 2 ? square
           : power == 4 ? square * square
                        : square * square * (square * square);
}

static inline float root(float x, const int power)
{
    return power == 1 ? x : power == 2 ? sqrtf(x) : power == 4 ? sqrtf(sqrtf(x)) : sqrtf(sqrtf(sqrtf(x)));
}

static inline vector magnitude(vector x)
{
    return (vector)((int_vector)x & INT32_MAX);
}

INLINED void norm_of(const struct pooling *p, struct window w, ptrdiff_t offset, float *y, const float *x,
                     const int power, const int size)
{
    FOR_CHANNELS(p, c)
    {
        float sum[WIDTH] = {0};
        FOR_WINDOW(w, size, row, column)
        {
            const float *from = x + place(p, row, column) + c;
            for (int l = 0; l < WIDTH; l++)
                sum[l] += raise(from[l], power);
        }
        for (int l = 0; l < WIDTH; l++)
            y[offset + c + l] = root(sum[l], power);
    }
}

INLINED void lp_forward_power(const struct pooling *p, int first, int end, float *y, const float *x,
                              const int power)
{
    FOR_OUTPUTS(p, first, end, w, offset)
    WITH_SIZE(p, w, norm_of, offset, y, x, power);
}

/* As norm_of, by the window's largest element: where powers are high, small values would vanish. */
INLINED void scaled_norm_of(const struct pooling *p, struct window w, ptrdiff_t offset, float *y,
                            const float *x, const int power, const int size)
{
    const float exponent = (float)p->p, inverse = (float)(1 / p->p);
    FOR_CHANNELS(p, c)
    {
        vector largest = {0}, sum = {0};
        FOR_WINDOW(w, size, row, column)
        {
            const vector value = magnitude(*(const vector *)(x + place(p, row, column) + c));
            const int_vector better = (value > largest) | (value != value);
            largest = (vector)where(better, (int_vector)value, (int_vector)largest);
        }
        const vector scale = (vector)((int_vector)(1.0f / largest) & (largest != 0));
        FOR_WINDOW(w, size, row, column)
        {
            const vector value = magnitude(*(const vector *)(x + place(p, row, column) + c)) * scale;
            float part[WIDTH];
            for (int l = 0; l < WIDTH; l++)
                part[l] = power ? raise(value[l], power) : powf(value[l], exponent);
            sum += *(const vector *)part;
        }
        float *to = y + offset + c;
        for (int l = 0; l < WIDTH; l++)
            to[l] = power ? root(sum[l], power) : powf(sum[l], inverse);
        *(vector *)to *= largest;
    }
}

INLINED void lp_forward_scaled(const struct pooling *p, int first, int end, float *y, const float *x,
                               const int power)
{
    FOR_OUTPUTS(p, first, end, w, offset)
    WITH_SIZE(p, w, scaled_norm_of, offset, y, x, power);
}

void KERNEL(lp_forward)(const struct pooling *p, int first, int end, float *y, const float *x)
{
    if (p->p == 1)
        lp_forward_power(p, first, end, y, x, 1);
    else if (p->p == 2)
        lp_forward_power(p, first, end, y, x, 2);
    else if (p->p == 4)
        lp_forward_power(p, first, end, y, x, 4);
    else if (p->p == 8)
        lp_forward_scaled(p, first, end, y, x, 8);
    else
        lp_forward_scaled(p, first, end, y, x, 0);
}

/* The output rows whose windows reach into input rows [first, end). */
static void reaching(const struct pooling *p, int first, int end, int *out_first, int *out_end)
{
    const int low = first + p->pad - p->size + 1, high = (end - 1 + p->pad) / p->stride + 1;
    *out_first = low > 0 ? (low + p->stride - 1) / p->stride : 0;
    *out_end = high < p->out_height ? high : p->out_height;
}

/* Every input is in exactly one window. */
static bool is_partition(const struct pooling *p)
{
    return p->stride == p->size && p->pad == 0 && p->out_height * p->size == p->in_height &&
           p->out_width * p->size == p->in_width;
}

static void clear_rows(const struct pooling *p, int first, int end, float *dx)
{
    if (is_partition(p))
        return;
    const size_t row = (size_t)p->in_width * (size_t)p->pitch;
    memset(dx + (size_t)first * row, 0, (size_t)(end - first) * row * sizeof *dx);
}

/* Like FOR_OUTPUTS, over the outputs that reach into input rows [first, end), with each window cut to those
 * rows. */
#define FOR_REACHING(p, first, end, w, offset)                                                               \
    int out_first, out_end;                                                                                  \
    reaching((p), (first), (end), &out_first, &out_end);                                                     \
    clear_rows((p), (first), (end), dx);                                                                     \
    FOR_OUTPUTS(p, out_first, out_end, w, offset)                                                            \
    for (int *cut = (w.y0 = w.y0 > (first) ? w.y0 : (first), w.y1 = w.y1 < (end) ? w.y1 : (end), &w.y0);     \
         cut; cut = NULL)

/* What an output adds to one of its inputs' gradient; where no other does, there is nothing to add to. */
static inline void give(float *to, vector part, bool alone)
{
    if (alone)
        *(vector *)to = part;
    else
        *(vector *)to += part;
}

INLINED void give_winner(const struct pooling *p, struct window w, ptrdiff_t offset, float *dx,
                         const float *dy, const uint8_t *choice, bool alone, const int size)
{
    FOR_CHANNELS(p, c)
    {
        const int_vector gradient = *(const int_vector *)(dy + offset + c);
        const int_vector winner = widen(choice + offset + c);
        FOR_WINDOW(w, size, row, column)
        give(dx + place(p, row, column) + c,
             (vector)((winner == number_of(p, &w, size, row, column)) & gradient), alone);
    }
}

void KERNEL(max_backward)(const struct pooling *p, int first, int end, float *dx, const float *dy,
                          const uint8_t *choice)
{
    const bool alone = is_partition(p);
    FOR_REACHING(p, first, end, w, offset)
    WITH_SIZE(p, w, give_winner, offset, dx, dy, choice, alone);
}

INLINED void give_all(const struct pooling *p, struct window w, ptrdiff_t offset, float *dx, const float *dy,
                      bool alone, const int size)
{
    const float scale = 1.0f / (float)(p->size * p->size);
    FOR_CHANNELS(p, c)
    {
        FOR_WINDOW(w, size, row, column)
        give(dx + place(p, row, column) + c, *(const vector *)(dy + offset + c) * scale, alone);
    }
}

void KERNEL(average_backward)(const struct pooling *p, int first, int end, float *dx, const float *dy)
{
    const bool alone = is_partition(p);
    FOR_REACHING(p, first, end, w, offset)
    WITH_SIZE(p, w, give_all, offset, dx, dy, alone);
}

/* d|x|^p-norm/dx = sign(x) (|x| / y)^(p-1), and 0 where the whole window is 0. */
INLINED vector lp_slope(vector x, vector inverse_y, const int power, float exponent)
{
    const vector ratio = x * inverse_y, square = ratio * ratio, none = {0};
    if (power == 1)
        return (vector)where(
            x > none, (int_vector)(none + 1.0f),
            (int_vector)(vector)where(x < none, (int_vector)(none - 1.0f), (int_vector)none));
    if (power == 2)
        return ratio;
    if (power == 4)
        return ratio * square;
    if (power == 8)
        return ratio * square * (square * square);
    vector slope;
    for (int l = 0; l < WIDTH; l++)
        slope[l] = copysignf(powf(fabsf(ratio[l]), exponent), x[l]);
    return slope;
}

INLINED void give_slopes(const struct pooling *p, struct window w, ptrdiff_t offset, float *dx,
                         const float *dy, const float *x, const float *y, bool alone, const int power,
                         const int size)
{
    const float exponent = (float)(p->p - 1);
    FOR_CHANNELS(p, c)
    {
        const vector norm = *(const vector *)(y + offset + c), gradient = *(const vector *)(dy + offset + c);
        const vector inverse = (vector)((int_vector)(1.0f / norm) & (norm != 0));
        FOR_WINDOW(w, size, row, column)
        {
            const vector from = *(const vector *)(x + place(p, row, column) + c);
            give(dx + place(p, row, column) + c, gradient * lp_slope(from, inverse, power, exponent), alone);
        }
    }
}

INLINED void lp_backward_power(const struct pooling *p, int first, int end, float *dx, const float *dy,
                               const float *x, const float *y, const int power)
{
    const bool alone = is_partition(p);
    FOR_REACHING(p, first, end, w, offset)
    WITH_SIZE(p, w, give_slopes, offset, dx, dy, x, y, alone, power);
}

void KERNEL(lp_backward)(const struct pooling *p, int first, int end, float *dx, const float *dy,
                         const float *x, const float *y)
{
    if (p->p == 1)
        lp_backward_power(p, first, end, dx, dy, x, y, 1);
    else if (p->p == 2)
        lp_backward_power(p, first, end, dx, dy, x, y, 2);
    else if (p->p == 4)
        lp_backward_power(p, first, end, dx, dy, x, y, 4);
    else if (p->p == 8)
        lp_backward_power(p, first, end, dx, dy, x, y, 8);
    else
        lp_backward_power(p, first, end, dx, dy, x, y, 0);
}

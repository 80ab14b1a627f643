/* The transforms of Winograd's minimal filtering F(m, r) with m + r - 1 = 8 points: 0, ±1, ±2, ±1/2 and
 * infinity (Lavin and Gray 2016; the matrices are those of Toom and Cook for these points). With the 1-D
 * matrices Bᵀ (8 x 8), G (8 x r) and Aᵀ (m x 8), each applied along both axes,
 *
 *     y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A
 *
 * and the backward passes are the exact adjoints: with Q = A dy Aᵀ, V = Bᵀ x B and U = G w Gᵀ,
 *
 *     dx = B [U ⊙ Q] Bᵀ,    dw = Gᵀ [sum of Q ⊙ V] G
 *
 * B does not depend on r, so kernels of 3 (m = 6) and 5 (m = 4) share the most of it. All work on a
 * register of channels at a time. */
#include "math/kernels/kernel.h"

enum { POINTS = 8 };

/* v[i] = Bᵀ d, `step` vectors apart in both */
static inline void to_points(vector *v, const vector *d, const int v_step, const int d_step)
{
#define D(i) d[(i)*d_step]
#define V(i) v[(i)*v_step]
    const vector even1 = D(2) - 4.25f * D(4) + D(6), odd1 = D(1) - 4.25f * D(3) + D(5);
    const vector even2 = 0.25f * D(2) - 1.25f * D(4) + D(6), odd2 = 0.5f * D(1) - 2.5f * D(3) + 2.0f * D(5);
    const vector even3 = 4.0f * D(2) - 5.0f * D(4) + D(6), odd3 = 2.0f * D(1) - 2.5f * D(3) + 0.5f * D(5);
    const vector first = D(6) - D(0) + 5.25f * (D(2) - D(4)), last = D(7) - D(1) + 5.25f * (D(3) - D(5));
    V(0) = first;
    V(1) = even1 + odd1;
    V(2) = even1 - odd1;
    V(3) = even2 + odd2;
    V(4) = even2 - odd2;
    V(5) = even3 + odd3;
    V(6) = even3 - odd3;
    V(7) = last;
}

/* The adjoint of to_points: d = B v */
static inline void from_points(vector *d, const vector *v, const int d_step, const int v_step)
{
    const vector s1 = V(1) + V(2), d1 = V(1) - V(2), s2 = V(3) + V(4), d2 = V(3) - V(4), s3 = V(5) + V(6),
                 d3 = V(5) - V(6);
    const vector first = V(0), last = V(7);
    D(0) = -first;
    D(1) = d1 + 0.5f * d2 + 2.0f * d3 - last;
    D(2) = s1 + 0.25f * s2 + 4.0f * s3 + 5.25f * first;
    D(3) = 5.25f * last - 4.25f * d1 - 2.5f * d2 - 2.5f * d3;
    D(4) = -4.25f * s1 - 1.25f * s2 - 5.0f * s3 - 5.25f * first;
    D(5) = d1 + 2.0f * d2 + 0.5f * d3 - 5.25f * last;
    D(6) = s1 + s2 + s3 + first;
    D(7) = last;
}

/* y[k] = Aᵀ v for k < m: the points' k-th powers; infinity has a part in the last one alone */
static inline void evaluate(vector *y, const vector *v, const int y_step, const int v_step, const int m)
{
    const vector s1 = V(1) + V(2), d1 = V(1) - V(2), s2 = V(3) + V(4), d2 = V(3) - V(4), s3 = V(5) + V(6),
                 d3 = V(5) - V(6);
    const vector first = V(0), last = V(7), none = {0};
#define Y(i) y[(i)*y_step]
    Y(0) = first + s1 + s2 + s3;
    Y(1) = d1 + 2.0f * d2 + 0.5f * d3;
    Y(2) = s1 + 4.0f * s2 + 0.25f * s3 + (m == 3 ? last : none);
    if (m > 3)
        Y(3) = d1 + 8.0f * d2 + 0.125f * d3 + (m == 4 ? last : none);
    if (m > 4)
        Y(4) = s1 + 16.0f * s2 + 0.0625f * s3 + (m == 5 ? last : none);
    if (m > 5)
        Y(5) = d1 + 32.0f * d2 + 0.03125f * d3 + last;
}

/* The adjoint of evaluate: v = A y */
static inline void evaluate_adjoint(vector *v, const vector *y, const int v_step, const int y_step,
                                    const int m)
{
    const vector none = {0}, y0 = Y(0), y1 = Y(1), y2 = Y(2), y3 = m > 3 ? Y(3) : none,
                 y4 = m > 4 ? Y(4) : none, y5 = m > 5 ? Y(5) : none;
    const vector e1 = y0 + y2 + y4, o1 = y1 + y3 + y5;
    const vector e2 = y0 + 4.0f * y2 + 16.0f * y4, o2 = 2.0f * y1 + 8.0f * y3 + 32.0f * y5;
    const vector e3 = y0 + 0.25f * y2 + 0.0625f * y4, o3 = 0.5f * y1 + 0.125f * y3 + 0.03125f * y5;
    const vector last = Y(m - 1);
    V(0) = y0;
    V(1) = e1 + o1;
    V(2) = e1 - o1;
    V(3) = e2 + o2;
    V(4) = e2 - o2;
    V(5) = e3 + o3;
    V(6) = e3 - o3;
    V(7) = last;
}

/* G is A for r outputs with its rows scaled. */
static const float scales[POINTS] = {-1,        -2.0f / 9,  -2.0f / 9,  1.0f / 90,
                                     1.0f / 90, 32.0f / 45, 32.0f / 45, 1};

typedef vector tile[POINTS * POINTS];

static inline int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Loads up to rows x columns pixels of a register of channels, the rest zeros. */
static inline void load(vector *to, const float *from, ptrdiff_t row, ptrdiff_t pixel, int rows, int columns,
                        int side)
{
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            to[y * side + x] =
                y < rows && x < columns ? *(const vector *)(from + y * row + x * pixel) : (vector){0};
}

static inline void store_points(float *to, ptrdiff_t step, const vector *from)
{
    for (int i = 0; i < POINTS * POINTS; i++)
        *(vector *)(to + i * step) = from[i];
}

static inline void load_points(vector *to, const float *from, ptrdiff_t step)
{
    for (int i = 0; i < POINTS * POINTS; i++)
        to[i] = *(const vector *)(from + i * step);
}

/* points: [64][tiles][pitch], the 64 being `step` floats apart */
#define FOR_TILES(w, pitch, ty, tx, c)                                                                       \
    for (int ty = 0; ty < (w)->tiles_y; ty++)                                                                \
        for (int tx = 0; tx < (w)->tiles_x; tx++)                                                            \
            for (int c = 0; c < (pitch); c += WIDTH)

void KERNEL(winograd_input)(const struct winograd *w, float *points, ptrdiff_t step, const float *x)
{
    const ptrdiff_t pixel = w->in_pitch, row = w->in_width * pixel;
    FOR_TILES(w, w->in_pitch, ty, tx, c)
    {
        const int top = ty * w->outputs, left = tx * w->outputs;
        tile d, v;
        load(d, x + top * row + left * pixel + c, row, pixel, w->in_height - top, w->in_width - left, POINTS);
        for (int i = 0; i < POINTS; i++)
            to_points(v + i, d + i, POINTS, POINTS);
        for (int i = 0; i < POINTS; i++)
            to_points(d + i * POINTS, v + i * POINTS, 1, 1);
        store_points(points + (ty * w->tiles_x + tx) * pixel + c, step, d);
    }
}

void KERNEL(winograd_input_adjoint)(const struct winograd *w, float *dx, const float *points, ptrdiff_t step)
{
    const ptrdiff_t pixel = w->in_pitch, row = w->in_width * pixel;
    memset(dx, 0, (size_t)(w->in_height * row) * sizeof *dx);
    FOR_TILES(w, w->in_pitch, ty, tx, c)
    {
        const int top = ty * w->outputs, left = tx * w->outputs;
        const int rows = smaller(POINTS, w->in_height - top), columns = smaller(POINTS, w->in_width - left);
        float *to = dx + top * row + left * pixel + c;
        tile v, d;
        load_points(v, points + (ty * w->tiles_x + tx) * pixel + c, step);
        for (int i = 0; i < POINTS; i++)
            from_points(d + i, v + i, POINTS, POINTS);
        for (int i = 0; i < rows; i++) {
            from_points(v + i * POINTS, d + i * POINTS, 1, 1);
            for (int j = 0; j < columns; j++)
                *(vector *)(to + i * row + j * pixel) += v[i * POINTS + j];
        }
    }
}

static inline __attribute__((always_inline)) void output_tiles(const struct winograd *w, float *y,
                                                               const float *points, ptrdiff_t step,
                                                               const float *bias, const int m)
{
    const ptrdiff_t pixel = w->out_pitch, row = w->out_width * pixel;
    FOR_TILES(w, w->out_pitch, ty, tx, c)
    {
        const int top = ty * m, left = tx * m, rows = smaller(m, w->out_height - top),
                  columns = smaller(m, w->out_width - left);
        float *to = y + top * row + left * pixel + c;
        const vector offset = *(const vector *)(bias + c);
        tile v, part;
        load_points(v, points + (ty * w->tiles_x + tx) * pixel + c, step);
        for (int i = 0; i < POINTS; i++)
            evaluate(part + i, v + i, POINTS, POINTS, m);
        for (int i = 0; i < rows; i++) {
            evaluate(v, part + i * POINTS, 1, 1, m);
            for (int j = 0; j < columns; j++)
                *(vector *)(to + i * row + j * pixel) = v[j] + offset;
        }
    }
}

void KERNEL(winograd_output)(const struct winograd *w, float *y, const float *points, ptrdiff_t step,
                             const float *bias)
{
    w->outputs == 4 ? output_tiles(w, y, points, step, bias, 4) : output_tiles(w, y, points, step, bias, 6);
}

static inline __attribute__((always_inline)) void
output_tiles_adjoint(const struct winograd *w, float *points, ptrdiff_t step, const float *dy, const int m)
{
    const ptrdiff_t pixel = w->out_pitch, row = w->out_width * pixel;
    FOR_TILES(w, w->out_pitch, ty, tx, c)
    {
        const int top = ty * m, left = tx * m;
        vector g[6 * 6];
        tile part, q;
        load(g, dy + top * row + left * pixel + c, row, pixel, w->out_height - top, w->out_width - left, m);
        for (int i = 0; i < m; i++)
            evaluate_adjoint(part + i, g + i, m, m, m);
        for (int i = 0; i < POINTS; i++)
            evaluate_adjoint(q + i * POINTS, part + i * m, 1, 1, m);
        store_points(points + (ty * w->tiles_x + tx) * pixel + c, step, q);
    }
}

void KERNEL(winograd_output_adjoint)(const struct winograd *w, float *points, ptrdiff_t step, const float *dy)
{
    w->outputs == 4 ? output_tiles_adjoint(w, points, step, dy, 4)
                    : output_tiles_adjoint(w, points, step, dy, 6);
}

/* A tap's weights of one input channel, for so many output channels. Taps lie a power of two apart, where few
 * of them fit the first-level cache at a time, so each is read or written in one piece. */
enum { PIECE = 4 * LANES };

/* The weights of input channel p: points[i] is [P][Q], weight is [ky][kx][P][Q]. */
static inline __attribute__((always_inline)) void
weight_points(const struct winograd *w, int p, float *points, const float *weight, const int r)
{
    const ptrdiff_t tap = (ptrdiff_t)w->in_pitch * w->out_pitch;
    for (int first = 0; first < w->out_pitch; first += PIECE) {
        const ptrdiff_t at = (ptrdiff_t)p * w->out_pitch + first;
        const int count = smaller(PIECE, w->out_pitch - first);
        float taps[5 * 5][PIECE];
        for (int i = 0; i < r * r; i++)
            memcpy(taps[i], weight + i * tap + at, (size_t)count * sizeof(float));
        for (int q = 0; q < count; q += WIDTH) {
            vector g[5 * 5];
            tile part, u;
            for (int i = 0; i < r * r; i++)
                g[i] = *(const vector *)(taps[i] + q);
            for (int i = 0; i < r; i++)
                evaluate_adjoint(part + i, g + i, r, r, r);
            for (int i = 0; i < POINTS; i++) {
                evaluate_adjoint(u + i * POINTS, part + i * r, 1, 1, r);
                for (int j = 0; j < POINTS; j++)
                    u[i * POINTS + j] *= scales[i] * scales[j];
            }
            store_points(points + at + q, w->weight_step, u);
        }
    }
}

void KERNEL(winograd_weight)(const struct winograd *w, int p, float *points, const float *weight)
{
    w->kernel == 5 ? weight_points(w, p, points, weight, 5) : weight_points(w, p, points, weight, 3);
}

static inline __attribute__((always_inline)) void weight_points_adjoint(const struct winograd *w, int p,
                                                                        float *gradient, const float *points,
                                                                        float beta, float alpha, const int r)
{
    const ptrdiff_t tap = (ptrdiff_t)w->in_pitch * w->out_pitch;
    for (int first = 0; first < w->out_pitch; first += PIECE) {
        const ptrdiff_t at = (ptrdiff_t)p * w->out_pitch + first;
        const int count = smaller(PIECE, w->out_pitch - first);
        float taps[5 * 5][PIECE];
        for (int q = 0; q < count; q += WIDTH) {
            tile u, part;
            vector g[5];
            load_points(u, points + at + q, w->weight_step);
            for (int i = 0; i < POINTS; i++)
                for (int j = 0; j < POINTS; j++)
                    u[i * POINTS + j] *= scales[i] * scales[j];
            for (int i = 0; i < POINTS; i++)
                evaluate(part + i, u + i, POINTS, POINTS, r);
            for (int i = 0; i < r; i++) {
                evaluate(g, part + i * POINTS, 1, 1, r);
                for (int j = 0; j < r; j++)
                    *(vector *)(taps[i * r + j] + q) = alpha * g[j];
            }
        }
        for (int i = 0; i < r * r; i++) {
            float *to = gradient + i * tap + at;
            for (int q = 0; q < count; q += WIDTH) {
                vector part = *(const vector *)(taps[i] + q);
                if (beta != 0)
                    part += beta * *(const vector *)(to + q);
                *(vector *)(to + q) = part;
            }
        }
    }
}

void KERNEL(winograd_weight_adjoint)(const struct winograd *w, int p, float *gradient, const float *points,
                                     float beta, float alpha)
{
    w->kernel == 5 ? weight_points_adjoint(w, p, gradient, points, beta, alpha, 5)
                   : weight_points_adjoint(w, p, gradient, points, beta, alpha, 3);
}

/* Winograd's minimal filtering in two dimensions: tiles of n x n inputs give m x m outputs of an r x r
 * kernel, n = m + r - 1. With the matrices of one axis (winograd_axis.h), Bᵀ (n x n), G (n x r) and
 * Aᵀ (m x n), each applied along both axes,
 *
 *     y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A
 *
 * and the backward passes are the exact adjoints: with Q = A dy Aᵀ, V = Bᵀ x B and U = G w Gᵀ,
 *
 *     dx = B [U ⊙ Q] Bᵀ,    dw = Gᵀ [sum of Q ⊙ V] G
 *
 * Kernels of 5 use n = 9, m = 5, kernels of 3 n = 8, m = 6 or n = 9, m = 7. */
#include "math/kernels/winograd_axis.h"

typedef vector tile[MOST_POINTS * MOST_POINTS];

/* Everything here is compiled for each n and r. */
#define WITH_POINTS(w, function, ...)                                                                        \
    ((w)->kernel == 5       ? function(__VA_ARGS__, 9, 5)                                                    \
     : (w)->points == 9 * 9 ? function(__VA_ARGS__, 9, 3)                                                    \
                            : function(__VA_ARGS__, 8, 3))

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

static inline void store_points(float *to, ptrdiff_t step, const vector *from, const int n)
{
    for (int i = 0; i < n * n; i++)
        *(vector *)(to + i * step) = from[i];
}

static inline void load_points(vector *to, const float *from, ptrdiff_t step, const int n)
{
    for (int i = 0; i < n * n; i++)
        to[i] = *(const vector *)(from + i * step);
}

/* points: [n n][tiles][pitch], the n n being `step` floats apart */
#define FOR_TILES(w, pitch, ty, tx, c)                                                                       \
    for (int ty = 0; ty < (w)->tiles_y; ty++)                                                                \
        for (int tx = 0; tx < (w)->tiles_x; tx++)                                                            \
            for (int c = 0; c < (pitch); c += WIDTH)

INLINED void input_tiles(const struct winograd *w, float *points, ptrdiff_t step, const float *x, const int n,
                         const int r)
{
    const int m = n + 1 - r;
    const ptrdiff_t pixel = w->in_pitch, row = w->in_width * pixel;
    FOR_TILES(w, w->in_pitch, ty, tx, c)
    {
        const int top = ty * m, left = tx * m;
        tile d, v;
        load(d, x + top * row + left * pixel + c, row, pixel, w->in_height - top, w->in_width - left, n);
        for (int i = 0; i < n; i++)
            to_points(v + i, d + i, n, n, n);
        for (int i = 0; i < n; i++)
            to_points(d + i * n, v + i * n, 1, 1, n);
        store_points(points + (ty * w->tiles_x + tx) * pixel + c, step, d, n);
    }
}

void KERNEL(winograd_input)(const struct winograd *w, float *points, ptrdiff_t step, const float *x)
{
    WITH_POINTS(w, input_tiles, w, points, step, x);
}

INLINED void input_tiles_adjoint(const struct winograd *w, float *dx, const float *points, ptrdiff_t step,
                                 const int n, const int r)
{
    const int m = n + 1 - r;
    const ptrdiff_t pixel = w->in_pitch, row = w->in_width * pixel;
    memset(dx, 0, (size_t)(w->in_height * row) * sizeof *dx);
    FOR_TILES(w, w->in_pitch, ty, tx, c)
    {
        const int top = ty * m, left = tx * m;
        const int rows = smaller(n, w->in_height - top), columns = smaller(n, w->in_width - left);
        float *to = dx + top * row + left * pixel + c;
        tile v, d;
        load_points(v, points + (ty * w->tiles_x + tx) * pixel + c, step, n);
        for (int i = 0; i < n; i++)
            from_points(d + i, v + i, n, n, n);
        for (int i = 0; i < rows; i++) {
            from_points(v + i * n, d + i * n, 1, 1, n);
            for (int j = 0; j < columns; j++)
                *(vector *)(to + i * row + j * pixel) += v[i * n + j];
        }
    }
}

void KERNEL(winograd_input_adjoint)(const struct winograd *w, float *dx, const float *points, ptrdiff_t step)
{
    WITH_POINTS(w, input_tiles_adjoint, w, dx, points, step);
}

INLINED void output_tiles(const struct winograd *w, float *y, const float *points, ptrdiff_t step,
                          const float *bias, const int n, const int r)
{
    const int m = n + 1 - r;
    const ptrdiff_t pixel = w->out_pitch, row = w->out_width * pixel;
    FOR_TILES(w, w->out_pitch, ty, tx, c)
    {
        const int top = ty * m, left = tx * m, rows = smaller(m, w->out_height - top),
                  columns = smaller(m, w->out_width - left);
        float *to = y + top * row + left * pixel + c;
        const vector offset = *(const vector *)(bias + c);
        tile v, part;
        load_points(v, points + (ty * w->tiles_x + tx) * pixel + c, step, n);
        for (int i = 0; i < n; i++)
            evaluate(part + i, v + i, n, n, n, m);
        for (int i = 0; i < rows; i++) {
            evaluate(v, part + i * n, 1, 1, n, m);
            for (int j = 0; j < columns; j++)
                *(vector *)(to + i * row + j * pixel) = v[j] + offset;
        }
    }
}

void KERNEL(winograd_output)(const struct winograd *w, float *y, const float *points, ptrdiff_t step,
                             const float *bias)
{
    WITH_POINTS(w, output_tiles, w, y, points, step, bias);
}

INLINED void output_tiles_adjoint(const struct winograd *w, float *points, ptrdiff_t step, const float *dy,
                                  const int n, const int r)
{
    const int m = n + 1 - r;
    const ptrdiff_t pixel = w->out_pitch, row = w->out_width * pixel;
    FOR_TILES(w, w->out_pitch, ty, tx, c)
    {
        const int top = ty * m, left = tx * m;
        vector g[7 * 7];
        tile part, q;
        load(g, dy + top * row + left * pixel + c, row, pixel, w->out_height - top, w->out_width - left, m);
        for (int i = 0; i < m; i++)
            evaluate_adjoint(part + i, g + i, m, m, n, m);
        for (int i = 0; i < n; i++)
            evaluate_adjoint(q + i * n, part + i * m, 1, 1, n, m);
        store_points(points + (ty * w->tiles_x + tx) * pixel + c, step, q, n);
    }
}

void KERNEL(winograd_output_adjoint)(const struct winograd *w, float *points, ptrdiff_t step, const float *dy)
{
    WITH_POINTS(w, output_tiles_adjoint, w, points, step, dy);
}

/* A tap's weights of one input channel, for so many output channels. Taps lie a power of two apart, where few
 * of them fit the first-level cache at a time, so each is read or written in one piece. */
enum { PIECE = 4 * LANES };

/* The weights of input channel p: points[i] is [P][Q], weight is [ky][kx][P][Q]. */
INLINED void weight_points(const struct winograd *w, int p, float *points, const float *weight, const int n,
                           const int r)
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
                evaluate_adjoint(part + i, g + i, r, r, n, r);
            for (int i = 0; i < n; i++) {
                evaluate_adjoint(u + i * n, part + i * r, 1, 1, n, r);
                for (int j = 0; j < n; j++)
                    u[i * n + j] *= scale(i, n) * scale(j, n);
            }
            store_points(points + at + q, w->weight_step, u, n);
        }
    }
}

void KERNEL(winograd_weight)(const struct winograd *w, int p, float *points, const float *weight)
{
    WITH_POINTS(w, weight_points, w, p, points, weight);
}

INLINED void weight_points_adjoint(const struct winograd *w, int p, float *gradient, const float *points,
                                   float beta, float alpha, const int n, const int r)
{
    const ptrdiff_t tap = (ptrdiff_t)w->in_pitch * w->out_pitch;
    for (int first = 0; first < w->out_pitch; first += PIECE) {
        const ptrdiff_t at = (ptrdiff_t)p * w->out_pitch + first;
        const int count = smaller(PIECE, w->out_pitch - first);
        float taps[5 * 5][PIECE];
        for (int q = 0; q < count; q += WIDTH) {
            tile u, part;
            vector g[5];
            load_points(u, points + at + q, w->weight_step, n);
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    u[i * n + j] *= scale(i, n) * scale(j, n);
            for (int i = 0; i < n; i++)
                evaluate(part + i, u + i, n, n, n, r);
            for (int i = 0; i < r; i++) {
                evaluate(g, part + i * n, 1, 1, n, r);
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
    WITH_POINTS(w, weight_points_adjoint, w, p, gradient, points, beta, alpha);
}

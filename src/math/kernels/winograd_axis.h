/* The transforms of Winograd's minimal filtering F(m, r) along one axis (Lavin and Gray 2016; the matrices
 * are those of Toom and Cook for the points), on a register of channels at a time: Bᵀ and Aᵀ, of
 * n = m + r - 1 points, and their adjoints. B does not depend on m or r. `…_step` are vectors apart.
 *
 * Eight points, for kernels of 3 (m = 6): 0, ±1, ±2, ±1/2 and infinity.
 *
 * Nine points, for kernels of 5 (m = 5) and of 3 (m = 7): 0, ±7/16, ±7/8, ±3/2, ±4. Infinity and the
 * usual small whole numbers would lose half a digit more here; these were searched for the least sum of the
 * products of the three matrices' row norms, among numbers whose powers are exact. With z = x², the rows of
 * Bᵀ are x (x ± p) times the product of z - q over the other squares q, so even and odd inputs part and share
 * their factors. */
#ifndef KERNELS_WINOGRAD_AXIS_H
#define KERNELS_WINOGRAD_AXIS_H

#include "math/kernels/kernel.h"

enum { MOST_POINTS = 9, PAIRS = 4 };

#define D(i) d[(i)*d_step]
#define V(i) v[(i)*v_step]
#define Y(i) y[(i)*y_step]

/* v = Bᵀ d */
INLINED void to_8_points(vector *v, const vector *d, const int v_step, const int d_step)
{
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

/* The adjoint of to_8_points: d = B v */
INLINED void from_8_points(vector *d, const vector *v, const int d_step, const int v_step)
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

/* y[k] = Aᵀ v for k < m, 3 or 6: the points' k-th powers; infinity has a part in the last one alone */
INLINED void evaluate_8(vector *y, const vector *v, const int y_step, const int v_step, const int m)
{
    const vector s1 = V(1) + V(2), d1 = V(1) - V(2), s2 = V(3) + V(4), d2 = V(3) - V(4), s3 = V(5) + V(6),
                 d3 = V(5) - V(6);
    const vector first = V(0), last = V(7), none = {0};
    Y(0) = first + s1 + s2 + s3;
    Y(1) = d1 + 2.0f * d2 + 0.5f * d3;
    Y(2) = s1 + 4.0f * s2 + 0.25f * s3 + (m == 3 ? last : none);
    if (m == 3)
        return;
    Y(3) = d1 + 8.0f * d2 + 0.125f * d3;
    Y(4) = s1 + 16.0f * s2 + 0.0625f * s3;
    Y(5) = d1 + 32.0f * d2 + 0.03125f * d3 + last;
}

/* The adjoint of evaluate_8: v = A y */
INLINED void evaluate_8_adjoint(vector *v, const vector *y, const int v_step, const int y_step, const int m)
{
    const vector none = {0}, y0 = Y(0), y1 = Y(1), y2 = Y(2), y3 = m > 3 ? Y(3) : none,
                 y4 = m > 3 ? Y(4) : none, y5 = m > 3 ? Y(5) : none;
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

#define P0 (7.0 / 16)
#define P1 (7.0 / 8)
#define P2 (3.0 / 2)
#define P3 4.0
#define Q0 (P0 * P0)
#define Q1 (P1 * P1)
#define Q2 (P2 * P2)
#define Q3 (P3 * P3)
/* The product of z - a, z - b and z - c is z³ - SUM z² + PAIRED z - a b c. */
#define SUM(a, b, c) ((a) + (b) + (c))
#define PAIRED(a, b, c) ((a) * (b) + (a) * (c) + (b) * (c))

/* powers[i][k] is the k-th power of the i-th pair's point */
#define CUBE(p) ((p) * (p) * (p))
#define POWERS(p)                                                                                            \
    {                                                                                                        \
        1, (p), (p) * (p), CUBE(p), (p)*CUBE(p), (p) * (p)*CUBE(p), CUBE(p) * CUBE(p)                        \
    }
static const float powers[PAIRS][7] = {POWERS(P0), POWERS(P1), POWERS(P2), POWERS(P3)};
/* others[i] are SUM, PAIRED and the product of the other pairs' squares, all_squares those of all four. */
#define OTHERS(a, b, c)                                                                                      \
    {                                                                                                        \
        SUM(a, b, c), PAIRED(a, b, c), (a) * (b) * (c)                                                       \
    }
static const float others[PAIRS][3] = {OTHERS(Q1, Q2, Q3), OTHERS(Q0, Q2, Q3), OTHERS(Q0, Q1, Q3),
                                       OTHERS(Q0, Q1, Q2)};
static const float all_squares[4] = {SUM(Q0, Q1, Q2) + Q3, PAIRED(Q0, Q1, Q2) + Q3 *SUM(Q0, Q1, Q2),
                                     Q0 *Q1 *Q2 + Q3 *PAIRED(Q0, Q1, Q2), Q0 *Q1 *Q2 *Q3};

/* v = Bᵀ d; after the point 0 the pairs + p, - p */
INLINED void to_9_points(vector *v, const vector *d, const int v_step, const int d_step)
{
    const vector d1 = D(1), d2 = D(2), d3 = D(3), d4 = D(4), d5 = D(5), d6 = D(6), d7 = D(7), d8 = D(8);
    vector sum = FUSED(broadcast(all_squares[3]), D(0), d8);
    sum = FUSED(broadcast(-all_squares[2]), d2, sum);
    sum = FUSED(broadcast(all_squares[1]), d4, sum);
    V(0) = FUSED(broadcast(-all_squares[0]), d6, sum);
    UNROLL(4)
    for (int i = 0; i < PAIRS; i++) {
        const vector sums = broadcast(-others[i][0]), paired = broadcast(others[i][1]),
                     product = broadcast(-others[i][2]), p = broadcast(powers[i][1]);
        const vector even = FUSED(sums, d6, FUSED(paired, d4, FUSED(product, d2, d8)));
        const vector odd = FUSED(sums, d5, FUSED(paired, d3, FUSED(product, d1, d7)));
        V(1 + 2 * i) = FUSED(p, odd, even);
        V(2 + 2 * i) = FUSED(-p, odd, even);
    }
}

/* The adjoint of to_9_points: d = B v */
INLINED void from_9_points(vector *d, const vector *v, const int d_step, const int v_step)
{
    const vector zero = V(0);
    vector d8 = zero, d6 = broadcast(-all_squares[0]) * zero, d4 = broadcast(all_squares[1]) * zero,
           d2 = broadcast(-all_squares[2]) * zero, d7 = {0}, d5 = {0}, d3 = {0}, d1 = {0};
    UNROLL(4)
    for (int i = 0; i < PAIRS; i++) {
        const vector even = V(1 + 2 * i) + V(2 + 2 * i),
                     odd = broadcast(powers[i][1]) * (V(1 + 2 * i) - V(2 + 2 * i));
        const vector sums = broadcast(-others[i][0]), paired = broadcast(others[i][1]),
                     product = broadcast(-others[i][2]);
        d8 += even;
        d6 = FUSED(sums, even, d6);
        d4 = FUSED(paired, even, d4);
        d2 = FUSED(product, even, d2);
        d7 += odd;
        d5 = FUSED(sums, odd, d5);
        d3 = FUSED(paired, odd, d3);
        d1 = FUSED(product, odd, d1);
    }
    D(0) = broadcast(all_squares[3]) * zero;
    D(1) = d1;
    D(2) = d2;
    D(3) = d3;
    D(4) = d4;
    D(5) = d5;
    D(6) = d6;
    D(7) = d7;
    D(8) = d8;
}

/* y[k] = Aᵀ v for k < m: the points' k-th powers */
INLINED void evaluate_9(vector *y, const vector *v, const int y_step, const int v_step, const int m)
{
    vector sums[7] = {V(0)};
    UNROLL(4)
    for (int i = 0; i < PAIRS; i++) {
        const vector even = V(1 + 2 * i) + V(2 + 2 * i), odd = V(1 + 2 * i) - V(2 + 2 * i);
        sums[0] += even;
        UNROLL(7)
        for (int k = 1; k < m; k++)
            sums[k] = FUSED(broadcast(powers[i][k]), k % 2 == 0 ? even : odd, sums[k]);
    }
    UNROLL(7)
    for (int k = 0; k < m; k++)
        Y(k) = sums[k];
}

/* The adjoint of evaluate_9: v = A y */
INLINED void evaluate_9_adjoint(vector *v, const vector *y, const int v_step, const int y_step, const int m)
{
    vector terms[7] = {{0}};
    UNROLL(7)
    for (int k = 0; k < m; k++)
        terms[k] = Y(k);
    V(0) = terms[0];
    UNROLL(4)
    for (int i = 0; i < PAIRS; i++) {
        const vector p = broadcast(powers[i][1]), square = broadcast(powers[i][2]);
        /* even and odd terms by Horner's rule, in the square */
        vector even = terms[(m - 1) / 2 * 2], odd = terms[m / 2 * 2 - 1];
        UNROLL(3)
        for (int k = (m - 1) / 2 * 2 - 2; k >= 0; k -= 2)
            even = FUSED(square, even, terms[k]);
        UNROLL(3)
        for (int k = m / 2 * 2 - 3; k > 0; k -= 2)
            odd = FUSED(square, odd, terms[k]);
        V(1 + 2 * i) = FUSED(p, odd, even);
        V(2 + 2 * i) = FUSED(-p, odd, even);
    }
}

/* G is A for r outputs with its rows scaled: by one over the product of the differences to the other
 * points. */
#define SCALE_9(q, a, b, c) (float)(1 / (2 * (q) * ((q) - (a)) * ((q) - (b)) * ((q) - (c))))
#define SCALES_9(q, a, b, c) SCALE_9(q, a, b, c), SCALE_9(q, a, b, c)
static const float scales_8[] = {-1, -2.0f / 9, -2.0f / 9, 1.0f / 90, 1.0f / 90, 32.0f / 45, 32.0f / 45, 1};
static const float scales_9[] = {(float)(1 / (Q0 * Q1 * Q2 * Q3)), SCALES_9(Q0, Q1, Q2, Q3),
                                 SCALES_9(Q1, Q0, Q2, Q3), SCALES_9(Q2, Q0, Q1, Q3),
                                 SCALES_9(Q3, Q0, Q1, Q2)};

/* By the number of points, a constant wherever these are used: the kernel is compiled once for each. */
INLINED void to_points(vector *v, const vector *d, const int v_step, const int d_step, const int n)
{
    n == 9 ? to_9_points(v, d, v_step, d_step) : to_8_points(v, d, v_step, d_step);
}

INLINED void from_points(vector *d, const vector *v, const int d_step, const int v_step, const int n)
{
    n == 9 ? from_9_points(d, v, d_step, v_step) : from_8_points(d, v, d_step, v_step);
}

INLINED void evaluate(vector *y, const vector *v, const int y_step, const int v_step, const int n,
                      const int m)
{
    n == 9 ? evaluate_9(y, v, y_step, v_step, m) : evaluate_8(y, v, y_step, v_step, m);
}

INLINED void evaluate_adjoint(vector *v, const vector *y, const int v_step, const int y_step, const int n,
                              const int m)
{
    n == 9 ? evaluate_9_adjoint(v, y, v_step, y_step, m) : evaluate_8_adjoint(v, y, v_step, y_step, m);
}

INLINED float scale(int i, const int n)
{
    return n == 9 ? scales_9[i] : scales_8[i];
}

#undef D
#undef V
#undef Y

#endif

#include "report/distribution.h"

#include <math.h>
#include <stdbool.h>

enum { MOST_STEPS = 100000 };
static const double many_degrees = 1e6, large_shift = 1000;

/* ln Gamma(z) - ((z - 1/2) ln z - z + ln(2 pi) / 2), z >= 10: Abramowitz and Stegun 6.1.41. */
static double stirling_rest(double z)
{
    const double r = 1 / (z * z);
    return (1. / 12 - r * (1. / 360 - r * (1. / 1260 - r * (1. / 1680 - r / 1188)))) / z;
}

/* ln B(a, b). Of two large lgamma the difference would be all rounding, so the larger argument goes by
 * Stirling. */
static double log_beta(double a, double b)
{
    const double large = a > b ? a : b, small = a > b ? b : a;
    if (large < 10)
        return lgamma(a) + lgamma(b) - lgamma(a + b);
    return lgamma(small) - (large - 0.5) * log1p(small / large) - small * log(large + small) + small +
           stirling_rest(large) - stirling_rest(large + small);
}

/* 1 / (1 + d1 / (1 + d2 / (1 + …))) of DLMF 8.17.22. */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double product = d;
    for (int m = 1; m < MOST_STEPS; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step = 1;
        for (int part = 0; part < 2; part++) {
            const double coefficient = part == 0 ? even : odd;
            d = 1 + coefficient * d;
            c = 1 + coefficient / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            step = c * d;
            product *= step;
        }
        if (fabs(step - 1) < 1e-15)
            break;
    }
    return product;
}

/* ln x, y = 1 - x. */
static double log_of(double x, double y)
{
    return x < 0.5 ? log(x) : log1p(-y);
}

/* I_x(a, b) with y = 1 - x given as well, so that neither end loses digits. */
static double beta_share(double a, double b, double x, double y)
{
    if (x <= 0 || y <= 0)
        return x <= 0 ? 0 : 1;
    const double front = exp(a * log_of(x, y) + b * log_of(y, x) - log_beta(a, b));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, y) / b;
}

double incomplete_beta(double a, double b, double x)
{
    return a > 0 && b > 0 && x >= 0 && x <= 1 ? beta_share(a, b, x, 1 - x) : NAN;
}

double normal_tail(double x)
{
    return erfc(x * M_SQRT1_2) / 2;
}

/* t² / (n + t²) and n / (n + t²), of a t whose square may be too large for a number. */
struct shares {
    double square, rest;
};

static struct shares shares_of(double t, double degrees)
{
    const double ratio = degrees / t / t;
    return (struct shares){1 / (1 + ratio), ratio < 1 ? ratio / (1 + ratio) : 1 / (1 + 1 / ratio)};
}

double student_tail(double t, double degrees)
{
    if (isnan(t) || !(degrees > 0))
        return NAN;
    if (t < 0)
        return 1 - student_tail(-t, degrees);
    if (isinf(t))
        return 0;
    if (degrees > many_degrees)
        return normal_tail(t * (1 - 1 / (4 * degrees)) / sqrt(1 + t * t / (2 * degrees)));
    const struct shares shares = shares_of(t, degrees);
    return beta_share(degrees / 2, 0.5, shares.rest, shares.square) / 2;
}

/* Minus the slope of student_tail. */
static double student_density(double t, double degrees)
{
    if (isinf(degrees))
        return exp(-t * t / 2) / sqrt(2 * M_PI);
    return exp(-(degrees + 1) / 2 * log1p(t * t / degrees) - log_beta(0.5, degrees / 2)) / sqrt(degrees);
}

/* The t > `start` whose tail is `tail` < 1/2: Newton's steps only ever go up, the tail being convex. */
static double point_above(double start, double tail, double degrees)
{
    double t, next = start;
    do {
        t = next;
        next = t + (student_tail(t, degrees) - tail) / student_density(t, degrees);
    } while (next > t);
    return t;
}

double student_point(double tail, double degrees)
{
    if (!(tail > 0 && tail < 1 && degrees > 0))
        return NAN;
    if (tail == 0.5)
        return 0;
    if (tail > 0.5)
        return -student_point(1 - tail, degrees);
    const double z = point_above(0, tail, INFINITY), slope = 1 - 1 / (4 * degrees);
    if (degrees <= many_degrees)
        return point_above(z, tail, degrees); /* t has more in its tails */
    return z / sqrt(slope * slope - z * z / (2 * degrees));
}

/* One term of the series, j, and what leads to its neighbours: I(a + 1) is I(a) less
 * x^a (1 - x)^b / (a B(a, b)). */
struct term {
    double j, p, q;             /* weights */
    double odd, even;           /* I_x(j + 1/2, b), I_x(j + 1, b) */
    double odd_step, even_step; /* what they lose on the way to j + 1 */
};

static double step_of(double a, double b, double x, double y)
{
    return exp(a * log_of(x, y) + b * log_of(y, x) - log_beta(a, b)) / a;
}

static double value_of(const struct term *term)
{
    return term->p * term->odd + term->q * term->even;
}

/* P(0 < T <= t), t > 0: half the sum over j of p_j I_x(j + 1/2, n/2) + q_j I_x(j + 1, n/2), from the largest
 * weights up and down. */
static double noncentral_body(double t, double degrees, double shift)
{
    const struct shares shares = shares_of(t, degrees);
    const double b = degrees / 2, x = shares.square, y = shares.rest;
    const double half = shift * shift / 2, j = floor(half);
    const double power = (j > 0 ? j * log(half) : 0) - half;
    const struct term middle = {
        .j = j,
        .p = exp(power - lgamma(j + 1)),
        .q = shift * M_SQRT1_2 * exp(power - lgamma(j + 1.5)),
        .odd = beta_share(j + 0.5, b, x, y),
        .even = beta_share(j + 1, b, x, y),
        .odd_step = step_of(j + 0.5, b, x, y),
        .even_step = step_of(j + 1, b, x, y),
    };
    double sum = value_of(&middle);
    for (struct term up = middle; up.p + fabs(up.q) > 1e-16;) {
        up.odd -= up.odd_step;
        up.even -= up.even_step;
        up.odd_step *= x * (up.j + 0.5 + b) / (up.j + 1.5);
        up.even_step *= x * (up.j + 1 + b) / (up.j + 2);
        up.p *= half / (up.j + 1);
        up.q *= half / (up.j + 1.5);
        up.j++;
        sum += value_of(&up);
    }
    for (struct term down = middle; down.j > 0 && down.p + fabs(down.q) > 1e-16;) {
        down.p *= down.j / half;
        down.q *= (down.j + 0.5) / half;
        down.odd_step *= (down.j + 0.5) / (x * (down.j - 0.5 + b));
        down.even_step *= (down.j + 1) / (x * (down.j + b));
        down.odd += down.odd_step;
        down.even += down.even_step;
        down.j--;
        sum += value_of(&down);
    }
    return sum / 2;
}

double noncentral_tail(double t, double degrees, double shift)
{
    if (isnan(t) || isnan(shift) || !(degrees > 0))
        return NAN;
    if (t < 0)
        return 1 - noncentral_tail(-t, degrees, -shift);
    if (fabs(shift) > large_shift || degrees > many_degrees)
        return normal_tail((t * (1 - 1 / (4 * degrees)) - shift) / sqrt(1 + t * t / (2 * degrees)));
    const double tail = normal_tail(-shift) - (t > 0 ? noncentral_body(t, degrees, shift) : 0);
    return isnan(tail) ? tail : fmax(0, fmin(1, tail));
}

/* The distributions behind intervals and verdicts: normal, Student's t, and the noncentral t for power.
 *
 * Tails are upper ones, P(X > x), since the p-values of clear differences are small and 1 - P(X <= x) would
 * lose their digits; a lower tail is the upper one of -x. Degrees of freedom are any number above 0. Where an
 * argument is not a number, or degrees are not above 0, the result is not a number. */
#ifndef REPORT_DISTRIBUTION_H
#define REPORT_DISTRIBUTION_H

/* The regularised incomplete beta function I_x(a, b), for a, b > 0 and 0 <= x <= 1: the continued fraction of
 * DLMF 8.17.22 by the modified Lentz method (Press et al., Numerical Recipes, section 5.2), with
 * I_x(a, b) = 1 - I_(1-x)(b, a) on the side where it converges slowly. Ten digits for a and b in the
 * thousands, more below. */
double incomplete_beta(double a, double b, double x);

double normal_tail(double x);

/* Student's t: I_(n/(n+t²))(n/2, 1/2) / 2 for t >= 0 (Abramowitz and Stegun 26.7.1 with 26.5.27); above a
 * million degrees the normal tail of 26.7.8. */
double student_tail(double t, double degrees);

/* The t with an upper tail of `tail`, 0 < tail < 1, infinite where its square is no number any more. Of
 * infinitely many degrees it is the normal one. */
double student_point(double tail, double degrees);

/* P(T > t) where T = (Z + shift) / sqrt(chi-squared / degrees): what a t statistic does when there is an
 * effect of `shift` standard errors. The series of Lenth (1989, Algorithm AS 243), summed from its largest
 * weights as Benton and Krishnamoorthy (2003) do; above 1,000 standard errors and above a million degrees the
 * normal approximation of Abramowitz and Stegun 26.7.10. Nine digits behind the point, by the series. */
double noncentral_tail(double t, double degrees, double shift);

#endif

/* Claims in words: what was measured, what was claimed, in which unit. */
#ifndef REPORT_CLAIM_WORDS_H
#define REPORT_CLAIM_WORDS_H

#include "base/text.h"
#include "report/claims.h"

/* "A - B is below 0", "A / B is between 0.952 and 1.05". */
void claimed_add(struct text *text, const struct claim_comparison *comparison);

/* A number as people want it, to three significant digits. */
void few_digits_add(struct text *text, double value);

/* A difference of logarithms as the ratio that it is, where the comparison is relative; else itself. */
double shown_effect(const struct claim_comparison *comparison, double effect);

/* "holds", …; "cannot tell yet" while runs are missing. */
const char *shown_verdict(const struct claim_result *claim);

#endif

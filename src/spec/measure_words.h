/* Measures in words. */
#ifndef SPEC_MEASURE_WORDS_H
#define SPEC_MEASURE_WORDS_H

#include "base/text.h"
#include "spec/experiment.h"

/* "test_error_pct", "oscillation of train_loss from epoch 5", "epochs until val_error_pct is at most 2". */
void measure_add(struct text *text, const struct experiment_measure *measure);
/* The same in an arena; NULL without memory. */
const char *measure_words(struct arena *arena, const struct experiment_measure *measure);

/* Of a difference of it: "points" (of percent), "nats", "ms", "epochs"; "" where it has none. */
const char *measure_unit(const struct experiment_measure *measure);

#endif

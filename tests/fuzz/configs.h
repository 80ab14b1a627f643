/* What is done with a config that was accepted: shared by the targets that make one. */
#ifndef TESTS_FUZZ_CONFIGS_H
#define TESTS_FUZZ_CONFIGS_H

#include "spec/config.h"

/* Written and loaded again it is the same. */
void check_round_trip(struct arena *arena, const struct config *config);

/* Plans it for images of MNIST's shape. */
void check_plan(struct arena *arena, const struct config *config);

/* What is wrong has been said: all of it can be shown, and says something. */
void check_diagnostics(const struct diagnostics *diagnostics);

#endif

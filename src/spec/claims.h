/* Claims: what is said of which points, and that it can be decided. */
#ifndef SPEC_CLAIMS_H
#define SPEC_CLAIMS_H

#include "spec/loader.h"

/* Once the points are there. False, and said, where something is wrong with one. */
bool find_claims(const struct loader *loader, struct experiment *experiment);

#endif

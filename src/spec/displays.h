/* Tables and figures: whose numbers and curves they show. */
#ifndef SPEC_DISPLAYS_H
#define SPEC_DISPLAYS_H

#include "spec/loader.h"

/* Once the points are there. False, and said, where something is wrong with one. */
bool find_tables(const struct loader *loader, struct experiment *experiment);
bool find_figures(const struct loader *loader, struct experiment *experiment);

#endif

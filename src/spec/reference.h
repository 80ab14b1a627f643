/* ${a.b[i]}: the node at that path of the whole config. */
#ifndef SPEC_REFERENCE_H
#define SPEC_REFERENCE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diagnostics.h"
#include "io/tree.h"

/* A scalar that is ${…} and nothing else. */
bool is_reference(const struct node *node);

/* Puts in the place of every reference a copy of what it refers to, with the places of the original. What
 * cannot be replaced is diagnosed and marked as `wrong`, so that binding it says nothing more; false then. */
bool references_resolve(struct arena *arena, struct node *root, struct diagnostics *diagnostics);

#endif

/* One config's tree over another's. */
#ifndef SPEC_MERGE_H
#define SPEC_MERGE_H

#include "base/arena.h"
#include "io/tree.h"

/* `over` laid over `base`: maps key by key, anything else whole, and so a choice whose tag differs: another
 * variant, another `type`. Both trees are used up; NULL without memory. */
struct node *merge(struct arena *arena, struct node *base, struct node *over);

#endif

/* Searches: the choice of a setting, and the runs that come after it. */
#ifndef SPEC_FINAL_H
#define SPEC_FINAL_H

#include "spec/loader.h"

/* What comes after the choice, into loader->final; NULL where there is no such thing. */
bool find_final(struct loader *loader);

/* Adds a final point for each listed one, behind all others; each setting that may be chosen is bound with
 * what is set then. Nothing without loader->final. */
bool add_final_points(struct loader *loader, const struct said_point *listed, size_t listed_count);

/* Once the points are there: whether what chooses may, and every run has it. */
bool check_final(const struct loader *loader);
/* The same of `method: halving`, into *halving; NULL where every run goes to its end. */
bool find_halving(const struct loader *loader, const struct experiment_halving **halving);

/* Whether the point's runs go to their end, so that tables, figures and claims may name it; `path` does. */
bool check_whole(const struct loader *loader, size_t point, const struct path *path);

#endif

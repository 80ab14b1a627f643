/* An experiment on its way from its file to the struct: what the rooms along that road share. */
#ifndef SPEC_LOADER_H
#define SPEC_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/path.h"
#include "spec/experiment.h"
#include "spec/experiment_file.h"

/* The points, as they become known. */
struct point_set {
    struct experiment_point *items;
    size_t count;
    bool known; /* all of them are here, so a label that none of them has is wrong */
};

struct loader {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const char *path;                   /* of the file */
    const struct node *root;            /* what is in it */
    const struct said_experiment *said; /* of which only what is sound may be looked at … */
    bool bound;                         /* … which is all of it */
    struct point_set points;
    const struct experiment_final *final; /* NULL: none */
    struct base *bases;                   /* the configs that points are based on, each loaded once */
};

/* Of the node that `path` leads to, or of the last one on the way that is there. */
struct place loader_place(const struct loader *loader, const struct path *path);

/* Diagnoses at loader_place, or at a place that is known better. Return false. */
bool loader_refuse(const struct loader *loader, const struct path *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool loader_refuse_at(const struct loader *loader, struct place place, const struct path *path,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));
bool loader_refuse_memory(const struct loader *loader);

#endif

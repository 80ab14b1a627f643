/* In what the configs of runs differ. */
#ifndef REPORT_SETTINGS_H
#define REPORT_SETTINGS_H

#include <stddef.h>

#include "assay/error.h"
#include "base/arena.h"

/* One key: its path, and its value in each run ("" where it has none, or no config.yaml is known). */
struct setting {
    const char *path;
    const char **values;
};
struct settings {
    const struct setting *items;
    size_t count;
};

/* The keys of `count` run directories' config.yaml (NULL: a run without one) that are not the same in all
 * that have one, null being the same as absent; in the order of the files, and without knobs, whose effect
 * shows where they are used. Of an item like {tanh: {…}} there is also what it is: "model[1]", "tanh". NULL
 * where a file is there that cannot be read or makes no sense, or without memory. */
const struct settings *settings_differing(struct arena *arena, const char *const *directories, size_t count,
                                          struct assay_error *error);

#endif

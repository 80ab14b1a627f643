/* Names of files: where a file is that another one names, and what a file without a name is called. */
#ifndef SPEC_RELATIVE_H
#define SPEC_RELATIVE_H

#include <stdbool.h>

#include "base/arena.h"
#include "io/tree.h"

/* `name`, which the file `from` says, from the current directory; NULL without memory. */
const char *relative_path(struct arena *arena, const char *from, const char *name);

/* "l2-tanh.yaml", "l2-tanh.yml" */
bool is_yaml_file(const char *name);

/* "configs/l2-tanh.yaml" → "l2-tanh"; NULL without memory. */
const char *name_of_file(struct arena *arena, const char *path);

/* Gives a file's map that has no `name`, or null, this one, which no place says; false without memory. */
bool add_name_of_file(struct arena *arena, struct node *tree, const char *name);

#endif

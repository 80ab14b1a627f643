/* Tables of fields ↔ YAML: binding, and everything else that is made from the same rows. */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stdbool.h>

#include "assay/schema.h"
#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/text.h"
#include "io/tree.h"

/* Fills the struct that `table` describes from a map node, defaults first; `path` is the map's own path (""
 * at the top, "train", "model[2].conv"). All that is wrong is diagnosed, each with its place, its path and
 * what was wanted:
 *     unknown key; did you mean batch_size?
 *     required key is missing                          (at the map)
 *     wants a whole number of at least 1, found 0
 *     wants one of max, lp, average, found "mx"; did you mean max?
 *     unknown layer "cnv"; did you mean conv?
 *     wants a map, found a list
 * True when nothing was wrong. Strings and variant options are copied to the arena. */
bool schema_bind(const struct assay_table *table, const struct node *map, const char *path, void *options,
                 struct arena *arena, struct diagnostics *diagnostics);

/* Block style YAML of a bound struct, every key with its value (variants always as {name: {all options}},
 * numbers so that every YAML reader sees numbers, `any` as it came). `identity`: operational keys are left
 * out. */
void schema_write(const struct assay_table *table, const void *options, int indent, bool identity,
                  struct text *text);

/* The rows of `table` as Markdown: a heading of `level` #s with `title`, a table (key, what it is, kind,
 * default, range), then its sub-tables and the variants of its fields (each once), with summary, source,
 * example and their own tables. */
void schema_document(const struct assay_table *table, const char *title, int level, struct text *text);

/* One block per variant for `assay layers`: name, summary, source, example, and a line per key. */
void schema_list_variants(const struct assay_variants *variants, struct text *text);

/* JSON Schema draft 7 of files described by `table`: closed objects, one definition per variant, and wherever
 * a value may stand also a "${…}" reference, but for literal fields. Keys are never required (a base may hold
 * them) except inside variants' own options. `alone`: files that extend no other, in which keys are required,
 * and that hold no references. */
void schema_json(const struct assay_table *table, const char *title, bool alone, struct text *text);

/* YAML with every key at its default and its help as a comment (configs/full.yaml). `examples[i]` gives the
 * text of a key that has no default or should show something else: pairs of "path", "YAML value in flow style
 * or a block", ended by NULL. */
void schema_full(const struct assay_table *table, const char *const *examples, struct text *text);

/* Everything that is wrong with the tables themselves, a line each (duplicate keys, a default that does not
 * bind, missing help, a range upside down, a choice without names, a main_key that is no key, an example that
 * does not bind); empty when sane. For the tests. */
void schema_audit(const struct assay_table *table, struct text *problems);

/* The row for a key, NULL when there is none; a variant by name. */
const struct assay_field *schema_field(const struct assay_table *table, const char *key);
const struct assay_variant *schema_variant(const struct assay_variants *variants, const char *name);

#endif

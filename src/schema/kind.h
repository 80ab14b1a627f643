/* What a kind of field is: one constant per kind, and all that is done with fields asks it. */
#ifndef SCHEMA_KIND_H
#define SCHEMA_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/schema.h"
#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/text.h"
#include "io/json.h"
#include "io/tree.h"
#include "schema/path.h"
#include "schema/rows.h"

struct binder {
    struct arena *arena;
    struct diagnostics *diagnostics;
    bool nowhere; /* what is bound is a default: no file says it */
};

struct writer {
    struct text *text;
    int indent;
    bool identity; /* without operational keys */
};

struct json_schema {
    struct json_writer writer;
    struct binder binder;     /* for defaults */
    struct variant_sets sets; /* that the definitions must hold */
    bool alone;               /* no file is merged over another, and there are no references */
};

struct assay_kind {
    const char *name; /* with its article: "a whole number"; NULL where only a field can say */
    bool textual;     /* its scalars are strings, whatever they look like */
    bool nullable;    /* null is always one of its values */
    const void *null; /* the `size` bytes of a member that is null; NULL: it never is */
    size_t size;      /* of a member; a table says its own */

    /* Fills the member from a node; says what is wrong and returns false. */
    bool (*bind)(const struct binder *binder, const struct assay_field *field, const struct node *node,
                 const struct path *path, void *member);
    /* What becomes of a key without default that `map` does not have; NULL: it is required. */
    bool (*bind_absent)(const struct binder *binder, const struct assay_field *field, const struct node *map,
                        const struct path *path, void *member);
    /* All that follows "key:" (whose indent the writer has), to the end of the last line. */
    void (*write)(const struct assay_field *field, const void *member, const struct writer *writer);
    /* What values the field takes: "a whole number from 1 to 64". NULL: what the name says. */
    void (*describe)(const struct assay_field *field, struct text *text);
    /* The JSON Schema of a value (no null, no reference), into an open object. NULL: anything. */
    void (*json)(const struct assay_field *field, struct json_schema *schema);
    /* What is wrong with the row itself, as one clause; NULL: nothing. */
    const char *(*audit)(const struct assay_field *field);
};

/* bind.c */

/* Adds "message" at `place`; finishes the message and returns false. */
bool refuse(const struct binder *binder, struct place place, const struct path *path, struct text *message);
/* "wants a whole number, found …" */
bool refuse_node(const struct binder *binder, const char *wanted, const struct node *node,
                 const struct path *path);
bool refuse_memory(const struct binder *binder, struct place place, const struct path *path);

/* "; did you mean max?" where a name is near, and whether one is; "; known are max, lp"; ", "-separated
 * names. */
bool add_nearest(struct text *message, const char *word, const char *const *names, size_t count);
void add_all_names(struct text *message, const char *const *names, size_t count);
void add_names(struct text *text, const char *const *names, size_t count);

/* One map on its way into one struct. */
struct scope {
    struct rows rows;
    const struct node *map;
    const struct path *path;
    bool shorthand; /* the map stands for a variant's main value, whose path is the map's own */
};
bool bind_rows(const struct binder *binder, const struct scope *scope, void *options);
/* Null where the field takes it, else as its kind binds. */
bool bind_value(const struct binder *binder, const struct assay_field *field, const struct node *node,
                const struct path *path, void *member);
bool bind_default(const struct binder *binder, const struct assay_field *field, const struct path *path,
                  void *member);
const struct node *default_node(const struct binder *binder, const struct assay_field *field);

/* kind_list.c */

/* The bytes of a member; 0 where that is not known. */
size_t field_size(const struct assay_field *field);

/* write.c */

void write_indent(const struct writer *writer);
/* All that follows "key:" or "-", null too. */
void write_value(const struct assay_field *field, const void *member, const struct writer *writer);

/* The rest of the key's line, and the map's lines `deeper` than it; " {}" for a map without any. */
void write_map(struct rows rows, const void *options, int deeper, const struct writer *writer);

/* json_schema.c */

/* "#/definitions/layer", or "#/definitions/layer.conv" for one of them. */
enum { DEFINITION_NAME_SIZE = 128 };
char *definition_reference(char name[DEFINITION_NAME_SIZE], const struct assay_variants *variants,
                           const struct assay_variant *variant);
/* The members of a closed object's schema; `required`: keys without default must be there. */
void json_rows(struct json_schema *schema, struct rows rows, bool required);
/* All that may stand for a field's value, null and references too, into an open object. */
void json_value(struct json_schema *schema, const struct assay_field *field);
/* The schema of a "${…}", as the next item of an open array; nothing where files hold none. */
void json_reference(struct json_schema *schema);

#endif

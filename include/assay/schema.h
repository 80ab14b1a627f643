/* Tables of fields: what a YAML map may hold, and the C struct it fills.
 *
 * One row says all there is to know of a key: parsing, defaults, ranges, messages, docs/configuration.md, the
 * JSON Schema, configs/full.yaml and the resolved config all come from it. The macros check at compile time
 * that a row's kind fits the member it fills:
 *
 *     struct conv_options { int maps, kernel; };
 *     static const struct assay_field conv_fields[] = {
 *         {ASSAY_INT(struct conv_options, maps), .key = "maps", .help = "output maps",
 *          .least = 1, .most = 4096},
 *         {ASSAY_INT(struct conv_options, kernel), .key = "kernel", .help = "side of the window",
 *          .unit = "pixels", .least = 1, .most = 64},
 *     };
 *     static const struct assay_table conv_table = ASSAY_TABLE(struct conv_options, conv_fields);
 */
#ifndef ASSAY_SCHEMA_H
#define ASSAY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct assay_field;
struct assay_table;

/* What a member can be. Each is a constant of the schema floor. */
struct assay_kind;
extern const struct assay_kind assay_kind_bool; /* bool: true | false */
extern const struct assay_kind assay_kind_int;  /* int */
extern const struct assay_kind assay_kind_seed; /* uint64_t, 0 … 2^53 so that every JSON reader agrees */
extern const struct assay_kind assay_kind_real; /* double */
extern const struct assay_kind
    assay_kind_string;                          /* const char *; NULL for null where the field is optional */
extern const struct assay_kind assay_kind_name; /* const char *: [a-z0-9][a-z0-9._-]{0,63} */
extern const struct assay_kind assay_kind_choice;   /* int: index into `choices` */
extern const struct assay_kind assay_kind_table;    /* a struct, in place, described by `table` */
extern const struct assay_kind assay_kind_optional; /* const struct …*: a table, or NULL for null */
extern const struct assay_kind assay_kind_variant;  /* struct assay_variant_value: one of `variants` */
extern const struct assay_kind assay_kind_variants; /* struct assay_variant_list: a list of those */
extern const struct assay_kind assay_kind_any;      /* const struct node *: a map of anything, kept as it is
                                                       (knobs); NULL for null or nothing */
extern const struct assay_kind assay_kind_value;    /* const struct node *: anything at all, null too */
extern const struct assay_kind assay_kind_list;     /* struct assay_list: values that `item` describes */
extern const struct assay_kind assay_kind_map;      /* struct assay_map: the same under keys of the user's */
extern const struct assay_kind assay_kind_seeds;    /* struct assay_list of different uint64_t; n: 1 … n */
extern const struct assay_kind assay_kind_amount;   /* struct assay_amount: 0.05, or 10% of something */

struct assay_field {
    const char *key;
    const char *help; /* one line, no full stop; required */
    const char *unit; /* "pixels", "%", …; may be NULL */
    const struct assay_kind *kind;
    size_t offset;
    const char *fallback; /* the default, as YAML text; NULL: the key is required (a table or any may always
                             be left out) */
    bool optional;        /* null is allowed: int and choice become -1, real NaN, string NULL */
    bool operational;     /* does not change what is computed, so it is not part of a run's identity */
    bool literal;         /* text that is read before references are replaced, and so can hold none */
    double least, most;   /* numbers: the range (INFINITY: no end), both inclusive unless …; lists: the
                           fewest and (0: any number) the most items */
    bool above, below;    /* … `least` (`most`) itself is excluded */
    bool lone;            /* list: a single item may stand without its brackets */
    const char *const *choices;            /* choice: the names, NULL-terminated; map: its only keys */
    const struct assay_table *table;       /* table, optional */
    const struct assay_variants *variants; /* variant, variants */
    const struct assay_field *item;        /* list, map: what each is; neither key nor help, no default */
};

/* A check of what ranges cannot say, run after all rows are bound without an error. It may complete the
 * options (a stride that follows the size). On failure it fills `problem->key` (a key of the table, or NULL)
 * and `problem->text` (a clause such as "only means something with type lp"), and returns false. */
struct assay_problem {
    const char *key;
    char text[256];
};
typedef bool assay_table_check(void *options, struct assay_problem *problem);

struct assay_table {
    const struct assay_field *fields;
    size_t count;
    size_t size;              /* of the struct */
    assay_table_check *check; /* may be NULL */
};

/* One of several things that a name chooses between: a layer type, a data set, an optimiser, a schedule.
 * Descriptors hold it as their first member. In YAML: `name`, `{name: {options}}`, or `{name: value}` where
 * `main_key` names the option that value is for. */
struct assay_variant {
    const char *name;
    const char *summary; /* one line */
    const char *source;  /* where its formula comes from; may be NULL */
    const char
        *example; /* YAML of its options in flow style, "" for none: printed by the docs, used by the tests */
    const char *main_key;            /* may be NULL */
    const struct assay_table *table; /* its options, never NULL (it may have no fields) */
};

struct assay_variants {
    const char *what; /* "layer", "data set": for messages and headings */
    const struct assay_variant *const *items;
    size_t count;
    const struct assay_table
        *common; /* options every item also takes, at the start of its struct (layers: `name`); NULL: none */
};

struct assay_variant_value {
    const struct assay_variant *variant;
    const void *options; /* of variant->table->size bytes */
    int line; /* where the config says it, 0 when nowhere; with the column, for messages about the model */
    int column;
    const void *source; /* struct source *, opaque here */
};

struct assay_variant_list {
    const struct assay_variant_value *items;
    size_t count;
};

/* `count` structs or values of the item's type, one behind the other. */
struct assay_list {
    const void *items;
    size_t count;
};

/* The same; item i stands under map->keys[i]. */
struct assay_map {
    const struct node *map;
    const void *items;
    size_t count;
};

struct assay_amount {
    double value;  /* in the unit of what it is an amount of, or in percent */
    bool relative; /* in percent */
};

/* The offset of `member`, and a compile error unless it has the type. */
#define ASSAY_MEMBER(type, member, member_type)                                                              \
    (offsetof(type, member) + 0 * sizeof(char[_Generic(&((type *)0)->member, member_type * : 1, default      \
                                                       : -1)]))

#define ASSAY_BOOL(type, member) .kind = &assay_kind_bool, .offset = ASSAY_MEMBER(type, member, bool)
#define ASSAY_INT(type, member) .kind = &assay_kind_int, .offset = ASSAY_MEMBER(type, member, int)
#define ASSAY_SEED(type, member) .kind = &assay_kind_seed, .offset = ASSAY_MEMBER(type, member, uint64_t)
#define ASSAY_REAL(type, member) .kind = &assay_kind_real, .offset = ASSAY_MEMBER(type, member, double)
#define ASSAY_STRING(type, member)                                                                           \
    .kind = &assay_kind_string, .offset = ASSAY_MEMBER(type, member, const char *)
#define ASSAY_NAME(type, member) .kind = &assay_kind_name, .offset = ASSAY_MEMBER(type, member, const char *)
#define ASSAY_CHOICE(type, member) .kind = &assay_kind_choice, .offset = ASSAY_MEMBER(type, member, int)
#define ASSAY_SUBTABLE(type, member) .kind = &assay_kind_table, .offset = offsetof(type, member)
#define ASSAY_OPTIONAL(type, member) .kind = &assay_kind_optional, .offset = offsetof(type, member)
#define ASSAY_VARIANT(type, member)                                                                          \
    .kind = &assay_kind_variant, .offset = ASSAY_MEMBER(type, member, struct assay_variant_value)
#define ASSAY_VARIANTS(type, member)                                                                         \
    .kind = &assay_kind_variants, .offset = ASSAY_MEMBER(type, member, struct assay_variant_list)
#define ASSAY_ANY(type, member)                                                                              \
    .kind = &assay_kind_any, .offset = ASSAY_MEMBER(type, member, const struct node *)

#define ASSAY_VALUE(type, member)                                                                            \
    .kind = &assay_kind_value, .offset = ASSAY_MEMBER(type, member, const struct node *)
#define ASSAY_LIST(type, member)                                                                             \
    .kind = &assay_kind_list, .offset = ASSAY_MEMBER(type, member, struct assay_list)
#define ASSAY_MAP(type, member)                                                                              \
    .kind = &assay_kind_map, .offset = ASSAY_MEMBER(type, member, struct assay_map)
#define ASSAY_SEEDS(type, member)                                                                            \
    .kind = &assay_kind_seeds, .offset = ASSAY_MEMBER(type, member, struct assay_list)
#define ASSAY_AMOUNT(type, member)                                                                           \
    .kind = &assay_kind_amount, .offset = ASSAY_MEMBER(type, member, struct assay_amount)

#define ASSAY_TABLE(type, rows)                                                                              \
    {                                                                                                        \
        .fields = (rows), .count = sizeof(rows) / sizeof((rows)[0]), .size = sizeof(type)                    \
    }

#endif

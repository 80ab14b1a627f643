/* What an experiment file says, bound by its tables of keys, before labels are looked up and points expanded.
 */
#ifndef SPEC_EXPERIMENT_FILE_H
#define SPEC_EXPERIMENT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/schema.h"

struct said_measure {
    int metric; /* index into metric_list; -1: the one of the claim that it is part of */
    struct assay_variant_value statistic;
};

struct said_epochs {
    int first, last; /* last -1: the end of the curve */
};

struct said_reach {
    double level;
};

struct said_point {
    const char *label, *base;  /* base NULL: the experiment's */
    struct assay_map set;      /* of const struct node * */
    struct assay_map reported; /* of double */
};

struct said_draw {
    struct assay_list values; /* of const struct node *; null: from least to most */
    double least, most;       /* NaN: not given */
    int scale;                /* enum draw_scale */
    bool integer;
};
enum draw_scale { DRAW_LINEAR, DRAW_LOGARITHMIC };

struct said_random {
    int count;
    uint64_t seed;
    struct assay_map from; /* of struct said_draw */
};

struct said_halving {
    int first, eta;
    struct said_measure by;
};

struct said_final {
    struct said_measure by;
    struct assay_list seeds; /* of uint64_t */
    struct assay_map set;    /* of const struct node * */
    bool best_epochs;
};

struct said_column {
    struct said_measure measure;
    const char *title; /* NULL: the metric */
    int digits;
};

struct said_table {
    const char *name, *title, *heading; /* title NULL: the name */
    struct assay_list points;           /* of const char * */
    struct assay_list columns;          /* of struct said_column */
};

struct said_figure {
    const char *name, *title;  /* title NULL: the name */
    struct assay_list points;  /* of const char * */
    struct assay_list columns; /* of int: index into metric_list */
};

/* One of less, best_of, equivalent and no_better is not null. */
struct said_comparison {
    struct assay_list less, equivalent, no_better; /* of const char *: two labels */
    const char *best_of;
    struct assay_list among; /* of const char * */
    struct said_measure measure;
    int against; /* index into metric_list; -1: the same metric */
    struct assay_amount margin, tolerance;
    bool paired;
};

struct said_part {
    struct said_comparison comparison;
};

struct said_claim {
    const char *id, *say, *family, *note;
    struct said_comparison comparison;
    struct assay_list all; /* of struct said_part; null: `comparison` is the claim */
};

struct said_experiment {
    const char *name, *title, *base; /* NULL: the file's name, the name, none */
    struct assay_list seeds;         /* of uint64_t */
    struct assay_list points;        /* of struct said_point */
    struct assay_map grid;           /* of struct assay_list of const struct node * */
    struct assay_list zip;           /* of such maps */
    struct assay_list exclude;       /* of struct assay_map of const struct node * */
    const struct said_random *random;
    int folds;
    bool exclusive;
    struct assay_variant_value method; /* every or halving */
    const struct said_final *final;
    struct assay_list runs_from; /* of const char * */
    struct assay_list tables;    /* of struct said_table */
    struct assay_list figures;   /* of struct said_figure */
    struct assay_list claims;    /* of struct said_claim */
};

#endif

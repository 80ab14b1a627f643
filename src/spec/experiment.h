/* An experiment: which runs there are, and the tables, figures and claims that are made from them. */
#ifndef SPEC_EXPERIMENT_H
#define SPEC_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/schema.h"
#include "base/arena.h"
#include "base/diagnostics.h"
#include "spec/config.h"

/* One key in which a point differs from the experiment's base: "train.batch_size", "32". */
struct experiment_setting {
    const char *path, *value; /* the value as flow-style YAML */
};

struct experiment_reported {
    const char *metric;
    double value;
};

/* One setting of the knobs; run once for each seed and fold.
 *
 * The label is what tables show: of a listed point its own; crossed with a grid or zipped values "label, key
 * value, …", the key being its last step; with a random sample "label, sample 1". The name is that of its
 * directory: the label in lower case, every run of other characters one dash; unique.
 *
 * A final point is the best setting of listed item `listed`, not known before its runs are finished. Such
 * points come behind all others, one for each item of `points`, with its very label; they have no config and
 * no settings, and of what makes one only what is set last. */
struct experiment_point {
    const char *label, *name;
    const struct config *config; /* with the first seed, without a fold; NULL for a final one */
    const struct config *sample; /* that, or what the final settings make of one that may be chosen */
    bool final;
    const struct experiment_setting *settings; /* its `set`, then grid, zip and random, in order */
    size_t setting_count;
    const struct experiment_reported *reported; /* with `final` those of the final points alone */
    size_t reported_count;
    size_t listed;           /* index of the item of `points` that it is made from; 0 without such a list */
    const struct node *base; /* what its config is made from: a merged tree, … */
    const struct override *overrides; /* … and what is laid over it, in order */
    size_t override_count;
};

/* How one number comes from a run. `metric` is a column of curves.csv, or one of train_ms_per_sample,
 * test_ms_per_sample, epochs, best_epoch, held_out_error_pct (of a fold run). */
enum statistic_kind {
    STATISTIC_RESULT,      /* at the epoch whose weights count, as in summary.json */
    STATISTIC_MEAN,        /* of a column over epochs first … last */
    STATISTIC_OSCILLATION, /* mean |x[e] - x[e-1]| of a column over epochs first+1 … last */
    STATISTIC_REACH,       /* the first epoch at which a column is at most `level` */
};
struct experiment_measure {
    const char *metric;
    enum statistic_kind statistic;
    int first, last; /* epochs; last -1: the end of the curve */
    double level;
};

struct experiment_column {
    struct experiment_measure measure;
    const char *title; /* never NULL */
    int digits;        /* behind the point */
};

struct experiment_table {
    const char *name, *title, *heading; /* heading: of the first column */
    const size_t *points;               /* indices, in the order of the rows */
    size_t point_count;
    const struct experiment_column *columns;
    size_t column_count;
};

struct experiment_figure {
    const char *name, *title;
    const size_t *points;
    size_t point_count;
    const char *const *columns; /* of curves.csv, drawn over epochs: mean and band over the seeds */
    size_t column_count;
};

/* What is said of the difference A - B of two points' measures, over the seeds; decided in
 * report/decision.h. */
enum claim_kind {
    CLAIM_LESS,       /* A - B < tolerance: A is below B, or, with a tolerance, at least about as low */
    CLAIM_EQUIVALENT, /* |A - B| < margin: no difference that counts */
    CLAIM_NO_BETTER,  /* A - B > -margin: A is of no use beside B */
};
/* `margin` is the smallest difference that counts. CLAIM_LESS may leave it 0 (any difference counts); where
 * it does not, a difference that is surely smaller refutes it. The other kinds need one above 0.
 * `tolerance`, of CLAIM_LESS only and never beside a margin, is by how much A may lie above B. Both are in
 * the measure's unit, or shares of B where `relative`: then logarithms are compared, ln A - ln B with
 * ln(1 + margin). */
struct claim_comparison {
    enum claim_kind kind;
    size_t a, b; /* points */
    struct experiment_measure measure_a, measure_b;
    double margin, tolerance; /* at least 0 */
    bool relative;
    bool paired; /* the same seeds on both sides belong together */
};

/* A claim holds when all of its comparisons hold (intersection-union); `best_of` is one comparison with each
 * of the other points (`among`: of those). */
struct experiment_claim {
    const char *id, *say, *family, *note; /* note: NULL without */
    const struct claim_comparison *comparisons;
    size_t comparison_count;
};

/* After all runs, the best setting of each listed point is run again: see experiment_point.final. */
struct experiment_final {
    struct experiment_measure
        by; /* lowest mean over seeds and folds wins; ties go to the first; never a test metric */
    const uint64_t *seeds;
    size_t seed_count;
    const struct override *set; /* laid over the chosen setting */
    size_t set_count;
    bool
        best_epochs; /* max_epochs becomes the median best epoch of the chosen setting's runs, rounded up, and
                         early stopping ends */
};

/* method: {halving: …}: all runs go to `first` epochs, the better 1/`eta` of the points to eta times as many,
 * and so on; for searches. */
struct experiment_halving {
    int first, eta;
    struct experiment_measure by;
};

struct experiment {
    const char *name, *title, *path;
    const uint64_t *seeds;
    size_t seed_count;
    int folds; /* 0: none, else at least 2 */
    struct place folds_place;
    const struct fold_options *fold_options; /* `folds` of them */
    bool exclusive;
    const struct experiment_point *points;
    size_t point_count;
    const struct experiment_halving *halving; /* NULL: every run to its end */
    const struct experiment_final *final;     /* NULL: none */
    const struct experiment *const *runs_from;
    size_t runs_from_count;
    const struct experiment_table *tables;
    size_t table_count;
    const struct experiment_figure *figures;
    size_t figure_count;
    const struct experiment_claim *claims;
    size_t claim_count;
};

/* The whole table of an experiment file. */
extern const struct assay_table experiment_table_of_keys;

/* What a file seems to be, by whose keys more of those at its top are, which holds with a few keys misspelt
 * or astray too. */
enum file_kind {
    FILE_UNREADABLE, /* missing, or no map in YAML */
    FILE_UNKNOWN,    /* neither more than the other */
    FILE_CONFIG,
    FILE_EXPERIMENT
};
/* False when the machine would not say. */
bool recognize_file(const char *path, enum file_kind *kind, struct assay_error *error);

/* Loads, expands and validates all of it: every point's config is bound (and so are its fold and its final
 * settings), every point, metric and key that a table, figure or claim names is known. Everything wrong is
 * diagnosed at once, in the experiment's file or the config's; NULL then. Whether networks can be planned and
 * data suffice is for floors above. Lives in the arena. */
const struct experiment *experiment_load(struct arena *arena, const char *path,
                                         struct diagnostics *diagnostics);

/* Its final points come last: the index of the first, point_count where there is none. */
size_t experiment_first_final(const struct experiment *experiment);

/* How many runs it has, the final ones too. */
size_t experiment_run_count(const struct experiment *experiment);

/* The config of one run of a point that is not final: another seed, and fold `fold` of the experiment's (-1:
 * no fold). A shallow copy. */
struct config experiment_config(const struct experiment *experiment, const struct experiment_point *point,
                                uint64_t seed, int fold);

/* What a final point is once one of its settings is known to be the best. */
struct experiment_choice {
    const struct experiment_point *chosen;     /* that had it */
    const struct config *config;               /* with the first seed */
    const struct experiment_setting *settings; /* the chosen ones, and what is set last */
    size_t setting_count;
};
/* Fills in config and settings, `chosen` being set; max_epochs as `best_epochs` says, 0: as it is. False when
 * the config does not bind, which is diagnosed. */
bool experiment_choose(struct arena *arena, const struct experiment *experiment,
                       struct experiment_choice *choice, int best_epochs, struct diagnostics *diagnostics);

#endif

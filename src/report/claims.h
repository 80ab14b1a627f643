/* The claims of a directory's experiments, decided together.  A family is corrected as a whole
 * (report/decision.h), and its claims may be spread over experiments: over all experiment files (*.yaml,
 * *.yml) of one directory, each with a name of its own. Whichever of them is asked for, all are looked at.  A
 * claim is decided only once all the runs that were planned for it have ended: who looks after each run and
 * stops where it looks best would be wrong far more often than the level says. Until then its numbers are
 * provisional, and in the family it counts as one without runs. Nor is a claim decided where runs diverged,
 * since the mean over the others would be over those that went well. */
#ifndef REPORT_CLAIMS_H
#define REPORT_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "report/decision.h"
#include "report/reported.h"
#include "report/results.h"

/* A side of the comparison that decides. */
struct claim_shown {
    const struct result_point *point;
    const struct experiment_measure *measure;
    struct sample sample; /* over its seeds */
    struct reported reported;
};

struct claim_result {
    const struct experiment_claim *declared;
    const struct results *results; /* of its experiment */
    size_t members;                /* of its family */
    bool is_complete;              /* all runs have ended; else there is no verdict, not even cannot tell */
    bool has_missing, has_stale;   /* what it waits for: runs to be made, another config's to be removed */
    bool is_provisional; /* the numbers are of the runs that there are, as if it were the only such claim */
    struct claim_decision decision;
    const char *reason; /* why it cannot be told, a sentence without its full stop; NULL where it can */
    const struct claim_comparison *comparison; /* the one that the decision is about */
    struct claim_shown sides[2];
};

struct claims {
    const struct claim_result *items; /* by their ids, 2 before 10 */
    size_t count;
};

/* Decides all claims of these experiments. NULL on failure: two claims with one id, mistakes that cannot be
 * read, memory. Lives in the arena. */
const struct claims *claims_decide(struct arena *arena, const struct results *const *experiments,
                                   size_t count, struct assay_error *error);

/* The same of all experiments in a directory, and of the experiment `also` (NULL: none) whatever its name.
 * `out`: where their results are. NULL: diagnosed, or else in `error`. */
const struct claims *claims_load(struct arena *arena, const char *directory, const char *also,
                                 const char *out, struct diagnostics *diagnostics, struct assay_error *error);

/* Claims as they are shown: those that were asked for. */
struct claim_list {
    const struct claim_result *const *items;
    size_t count;
    /* The command that makes an experiment's missing runs, in the arena; NULL without memory. */
    const char *(*sweep)(void *cookie, struct arena *arena, const struct experiment *experiment);
    void *cookie;
};

/* What a verdict rests on, in the order to be said: "found", "A - B = -0.03 points; 98.8 % interval …". Plain
 * texts, in the arena; false without memory. */
struct claim_fact {
    const char *name, *value;
};
struct claim_facts {
    struct claim_fact *items;
    size_t count;
};
bool claim_facts(struct arena *arena, const struct claim_list *list, const struct claim_result *claim,
                 struct claim_facts *facts);

/* For people: the verdict first, then what it rests on. */
void claims_add_text(struct text *text, const struct claim_list *list);
void claims_add_markdown(struct text *text, const struct claim_list *list);
void claims_add_html(struct text *text, const struct claim_list *list); /* an article for each claim */
/* An array with an object for each claim, numbers to six significant digits. */
void claims_add_json(struct text *text, const struct claim_list *list);

#endif

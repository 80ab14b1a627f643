/* What the commands that report on an EXPERIMENT have in common: its runs, and what becomes of the files
 * made. */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include "cli/experiment.h"
#include "report/claims.h"
#include "report/outputs.h"
#include "report/results.h"

/* Their options, beside --out. */
// clang-format off
#define OPTION_WRITE {"write", NULL, "writes the files among the results, and prints nothing"}
#define OPTION_CHECK {"check", NULL, "compares these files with what the runs give, byte by byte"}
// clang-format on

/* ASSAY_INVALID when both are given. */
bool check_write_options(const struct invocation *invocation, struct assay_error *error);

/* A command about one experiment: `show` gets its results, and its status is the command's. */
enum assay_status with_results(struct invocation *invocation, struct assay_error *error,
                               enum assay_status (*show)(struct invocation *invocation, struct arena *arena,
                                                         const struct results *results,
                                                         struct assay_error *error));

/* The command that makes missing runs. `in_file`: as a file among the results names it, where neither a path
 * nor --out has a place: by the file's name alone. NULL without memory. */
const char *sweep_command_line(const struct invocation *invocation, struct arena *arena, const char *path,
                               bool in_file);

/* Writes or checks files in the directory `name` among the results (NULL: these themselves), as --check says,
 * and tells people. */
bool put_outputs(const struct invocation *invocation, const char *name, const struct output *outputs,
                 size_t count, struct assay_error *error);

/* The same of texts, one for each name, which are empty then. */
bool put_texts(const struct invocation *invocation, const char *name, const char *const *file_names,
               struct text *texts, size_t count, struct assay_error *error);

/* claims_load, of what the invocation's --out names; what is diagnosed goes to the complaint. NULL on
 * failure. */
const struct claims *load_claims(struct invocation *invocation, struct arena *arena, const char *directory,
                                 const char *also, struct assay_error *error);

/* Whether it is the claim of the experiment in this file of the directory. */
bool claim_is_of(const struct claim_result *claim, const char *path);

/* "3 of 70 runs are missing": ASSAY_INCOMPLETE, unless none is. */
enum assay_status tell_missing(const struct results *results, struct assay_error *error);

#endif

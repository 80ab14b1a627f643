/* What a command of the program is: one file in src/cli, which ends with one constant. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"
#include "base/log.h"
#include "base/text.h"

enum { COMMAND_OPTIONS = 16 };

/* An option of a command: `--out DIR`, `--out=DIR`, or `--again` where it takes no value; with a letter also
 * `-j 2` and `-j2`. */
struct option {
    const char *name;  /* without its dashes */
    const char *value; /* what the help calls its value: "DIR"; NULL: it takes none */
    const char *help;  /* one line, no full stop */
    char letter;       /* 0: none */
};

/* One call of a command, its words taken apart. */
struct invocation {
    const struct command *command;
    const char *const *arguments; /* what is no option, in order */
    size_t argument_count;
    const char *values[COMMAND_OPTIONS]; /* of command->options, in their order: NULL when not given, "" for
                                            one without value */
    size_t format;                       /* index into command->formats */
    bool quiet;
    const char *command_line; /* all of it, quoted for a shell */
    const struct log *log;    /* for people, to stderr: warnings only when quiet */
    struct text out;          /* goes to stdout once the command has returned, however it returned */
    struct text complaint;    /* goes to stderr then, as it is: what is wrong with a config */
};

struct command {
    const char *name, *summary; /* one line, no full stop */
    const char *usage;          /* its arguments: "CONFIG [key=value …]" */
    const char *details;        /* a few lines more, each with its newline; NULL: none */
    const char *examples;       /* lines that work from the repository's root, each with its newline */
    const struct option
        *options; /* its own, ended by {NULL}; NULL: none. Every command also takes --help, --quiet … */
    const char *const *formats; /* … and --format with one of these, the first being the default;
                                   NULL-terminated */
    size_t least_arguments, most_arguments; /* SIZE_MAX: any number */

    /* The status is the exit code. One that is not ASSAY_DONE says why in `error` (printed after "assay: ")
     * or in `complaint`. */
    enum assay_status (*run)(struct invocation *invocation, struct assay_error *error);
};

/* The value of one of the command's options; NULL when it was not given. */
const char *option_value(const struct invocation *invocation, const char *name);
/* Whether it was given. */
bool option_given(const struct invocation *invocation, const char *name);
/* The same as a whole number from `least` to `most`, `fallback` when it was not given; false with
 * ASSAY_INVALID when it is none. */
bool option_integer(const struct invocation *invocation, const char *name, int64_t least, int64_t most,
                    int64_t fallback, int64_t *value, struct assay_error *error);

/* The commands, in the order of the help; NULL-terminated. */
extern const struct command *const commands[];
extern const struct command run_command, sweep_command, work_command, status_command, table_command,
    claims_command, figures_command, report_command, check_command, bench_command, compare_command,
    predict_command, layers_command, schema_command, data_command;

#endif

/* From the words of the command line to an invocation, by the tables of the commands. */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include "base/arena.h"
#include "cli/command.h"

/* "<what> <word>; did you mean …?", or the names there are. Returns false. */
bool fail_unknown(struct assay_error *error, const char *what, const char *word, const char *const *names,
                  size_t count);

/* NULL when there is none of that name, with the nearest one in `error`. */
const struct command *command_find(const char *name, struct assay_error *error);

/* Takes apart the words behind the command's name. Options may stand anywhere, `--` ends them. *help: --help
 * is among them, and the rest does not matter. */
bool invocation_parse(struct invocation *invocation, const struct command *command, int count,
                      char *const *words, bool *help, struct arena *arena, struct assay_error *error);

#endif

/* What --help and --version print, made from the tables of the commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

void add_help(struct text *text);
void add_command_help(struct text *text, const struct command *command);
void add_version(struct text *text);

#endif

#include "cli/help.h"

#include <string.h>

#include "math/blas.h"
#include "math/kernels.h"
#include "run/build.h"

void add_help(struct text *text)
{
    text_add(text, "assay runs controlled experiments on small neural networks that YAML files describe.\n"
                   "\n"
                   "usage: assay COMMAND ... [options]\n"
                   "\n");
    for (const struct command *const *command = commands; *command != NULL; command++)
        text_add(text, "  %-10s %s\n", (*command)->name, (*command)->summary);
    text_add(text,
             "\n"
             "`assay COMMAND --help` says what a command takes, with examples; `assay --version` what this "
             "program is made of.\n"
             "\n"
             "A first run, on built-in data:\n"
             "  assay run configs/quickstart-mlp.yaml\n"
             "\n"
             "exit codes:\n"
             "  0    done                                        3    the training diverged\n"
             "  1    something failed, is missing, or differs    4    the machine would not: disk, memory, "
             "permission\n"
             "  2    the config, the command line or an input    75   stopped after a checkpoint on SIGUSR1; "
             "run again\n"
             "       file is wrong                               129, 130, 143  interrupted; run again\n");
}

static void add_option(struct text *text, const struct option *option)
{
    struct text left = {0};
    if (option->letter != '\0')
        text_add(&left, "-%c, ", option->letter);
    text_add(&left, "--%s%s%s", option->name, option->value != NULL ? " " : "",
             option->value != NULL ? option->value : "");
    text_add(text, "  %-20s %s\n", left.failed ? "" : left.bytes, option->help);
    text->failed |= left.failed;
    text_finish(&left);
}

/* Each line of `lines` at two spaces. */
static void add_indented(struct text *text, const char *lines)
{
    while (*lines != '\0') {
        const size_t length = strcspn(lines, "\n");
        text_add(text, "  %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

void add_command_help(struct text *text, const struct command *command)
{
    text_add(text, "assay %s: %s\n\nusage: assay %s %s%s[options]\n", command->name, command->summary,
             command->name, command->usage, command->usage[0] != '\0' ? " " : "");
    if (command->details != NULL)
        text_add(text, "\n%s", command->details);
    text_add(text, "\noptions:\n");
    for (const struct option *option = command->options; option != NULL && option->name != NULL; option++)
        add_option(text, option);
    struct text formats = {0};
    for (size_t i = 0; command->formats[i] != NULL; i++)
        text_add(&formats, "%s%s%s", i > 0 ? ", " : "", command->formats[i], i == 0 ? " (unless given)" : "");
    add_option(text, &(struct option){"format", "FORMAT", formats.failed ? "" : formats.bytes});
    text->failed |= formats.failed;
    text_finish(&formats);
    add_option(text, &(struct option){"quiet", NULL, "nothing but errors and what was asked for"});
    add_option(text, &(struct option){"help", NULL, "this"});
    text_add(text, "\nexamples:\n");
    add_indented(text, command->examples);
}

void add_version(struct text *text)
{
    size_t count;
    const struct kernels *const *available = kernels_available(&count);
    text_add(text, "assay %s (%s)\n", build.version, build.commit);
    text_add(text, "kernels   %s; this CPU can run", available[count - 1]->name);
    for (size_t i = 0; i < count; i++)
        text_add(text, "%s %s", i > 0 ? "," : "", available[i]->name);
    struct blas blas;
    text_add(text, " (ASSAY_ISA chooses)\n");
    if (blas_load(&blas, NULL))
        text_add(text, "BLAS      %s, core %s\n", blas.name, blas.core);
    text_add(text, "compiler  %s %s\n", build.compiler, build.flags);
}

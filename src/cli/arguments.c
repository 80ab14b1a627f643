#include "cli/arguments.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "spec/walk.h"

enum { NAMES = COMMAND_OPTIONS + 3 };

bool fail_unknown(struct assay_error *error, const char *what, const char *word, const char *const *names,
                  size_t count)
{
    struct text known = {0};
    add_known(&known, word, names, count);
    assay_fail(error, ASSAY_INVALID, "%s %s%s", what, word,
               known.failed || known.bytes == NULL ? "" : known.bytes);
    text_finish(&known);
    return false;
}

const struct command *command_find(const char *name, struct assay_error *error)
{
    const char *names[64];
    size_t count = 0;
    for (; commands[count] != NULL; count++) {
        if (strcmp(commands[count]->name, name) == 0)
            return commands[count];
        names[count] = commands[count]->name;
    }
    fail_unknown(error, "there is no command", name, names, count);
    return NULL;
}

static bool fail_usage(const struct invocation *invocation, struct assay_error *error)
{
    return assay_fail(error, ASSAY_INVALID, "%s\n`assay %s --help` says what it takes", error->text,
                      invocation->command->name);
}

/* The index of the command's option, SIZE_MAX when it is none of its own. */
static size_t find_option(const struct invocation *invocation, const char *name)
{
    const struct option *options = invocation->command->options;
    for (size_t i = 0; options != NULL && options[i].name != NULL; i++)
        if (strcmp(options[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The name of the command's option with this letter, NULL when there is none. */
static const char *find_letter(const struct invocation *invocation, char letter)
{
    for (const struct option *option = invocation->command->options; option != NULL && option->name != NULL;
         option++)
        if (option->letter == letter)
            return option->name;
    return NULL;
}

static bool fail_option(const struct invocation *invocation, const char *name, struct assay_error *error)
{
    const char *names[NAMES] = {"help", "quiet", "format"};
    size_t count = 3;
    for (const struct option *option = invocation->command->options; option != NULL && option->name != NULL;
         option++)
        names[count++] = option->name;
    char what[80];
    snprintf(what, sizeof what, "%s has no option", invocation->command->name);
    return fail_unknown(error, what, name, names, count);
}

static bool set_format(struct invocation *invocation, const char *name, struct assay_error *error)
{
    const char *const *formats = invocation->command->formats;
    size_t count = 0;
    for (; formats[count] != NULL; count++)
        if (strcmp(formats[count], name) == 0) {
            invocation->format = count;
            return true;
        }
    return fail_unknown(error, "there is no format", name, formats, count);
}

/* One option that is not --help. `value`: what stands behind its =, NULL without; `next`: the word behind it,
 * *used when it is the value. */
static bool set_option(struct invocation *invocation, const char *name, const char *value, const char *next,
                       bool *used, struct assay_error *error)
{
    const bool quiet = strcmp(name, "quiet") == 0, format = strcmp(name, "format") == 0;
    const size_t index = find_option(invocation, name);
    if (!quiet && !format && index == SIZE_MAX)
        return fail_option(invocation, name, error);
    const bool wants_value = format || (!quiet && invocation->command->options[index].value != NULL);
    if (!wants_value && value != NULL)
        return assay_fail(error, ASSAY_INVALID, "--%s takes no value", name);
    if (wants_value && value == NULL) {
        value = next;
        *used = true;
    }
    if (wants_value && (value == NULL || value[0] == '\0'))
        return assay_fail(error, ASSAY_INVALID, "--%s wants a value: --%s %s", name, name,
                          format ? "FORMAT" : invocation->command->options[index].value);
    if (format)
        return set_format(invocation, value, error);
    if (quiet)
        invocation->quiet = true;
    else
        invocation->values[index] = wants_value ? value : "";
    return true;
}

static bool check_count(const struct invocation *invocation, struct assay_error *error)
{
    const struct command *command = invocation->command;
    if (invocation->argument_count < command->least_arguments)
        return assay_fail(error, ASSAY_INVALID, "something is missing: assay %s %s", command->name,
                          command->usage);
    if (invocation->argument_count > command->most_arguments)
        return assay_fail(error, ASSAY_INVALID, "%s is one word too many: assay %s%s%s",
                          invocation->arguments[command->most_arguments], command->name,
                          command->usage[0] != '\0' ? " " : "", command->usage);
    return true;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* An option that begins with a dash or two. *used: the next word is its value. */
static bool parse_option(struct invocation *invocation, const char *word, const char *next, bool *used,
                         struct arena *arena, struct assay_error *error)
{
    if (word[1] != '-') {
        const char *name = find_letter(invocation, word[1]);
        if (name == NULL)
            return assay_fail(error, ASSAY_INVALID, "%s has no option %s", invocation->command->name, word);
        return set_option(invocation, name, word[2] != '\0' ? word + 2 : NULL, next, used, error);
    }
    const char *equals = strchr(word, '=');
    const char *name =
        arena_copy_text(arena, word + 2, equals != NULL ? (size_t)(equals - word) - 2 : strlen(word) - 2);
    if (name == NULL)
        return assay_fail_memory(error, "reading the command line");
    return set_option(invocation, name, equals != NULL ? equals + 1 : NULL, next, used, error);
}

static bool parse(struct invocation *invocation, int count, char *const *words, const char **arguments,
                  bool *help, struct arena *arena, struct assay_error *error)
{
    bool options_end = false;
    for (int i = 0; i < count && !*help; i++) {
        const char *word = words[i];
        if (options_end || word[0] != '-' || word[1] == '\0') {
            arguments[invocation->argument_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            options_end = true;
        } else if (is_help(word)) {
            *help = true;
        } else {
            bool used = false;
            if (!parse_option(invocation, word, i + 1 < count ? words[i + 1] : NULL, &used, arena, error))
                return false;
            i += used;
        }
    }
    return *help || check_count(invocation, error);
}

bool invocation_parse(struct invocation *invocation, const struct command *command, int count,
                      char *const *words, bool *help, struct arena *arena, struct assay_error *error)
{
    const char **arguments = arena_allocate(arena, (size_t)count, sizeof *arguments);
    if (arguments == NULL)
        return assay_fail_memory(error, "reading the command line");
    invocation->command = command;
    invocation->arguments = arguments;
    return parse(invocation, count, words, arguments, help, arena, error) || fail_usage(invocation, error);
}

const char *option_value(const struct invocation *invocation, const char *name)
{
    const size_t index = find_option(invocation, name);
    assert(index != SIZE_MAX);
    return invocation->values[index];
}

bool option_given(const struct invocation *invocation, const char *name)
{
    return option_value(invocation, name) != NULL;
}

bool option_integer(const struct invocation *invocation, const char *name, int64_t least, int64_t most,
                    int64_t fallback, int64_t *value, struct assay_error *error)
{
    const char *text = option_value(invocation, name);
    *value = fallback;
    if (text == NULL || (number_parse_int(text, value) && *value >= least && *value <= most))
        return true;
    return assay_fail(error, ASSAY_INVALID,
                      "--%s wants a whole number from %" PRId64 " to %" PRId64 ", not %s", name, least, most,
                      text);
}

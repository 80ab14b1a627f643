/* The program: finds the command, runs it, prints what it has to say. The only place that writes to
 * stdout. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/shell.h"
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/terminal.h"

const struct command *const commands[] = {
    &run_command,    &sweep_command,  &work_command,    &status_command,
    &table_command,  &claims_command, &figures_command, &report_command,
    &check_command,  &bench_command,  &compare_command, &predict_command,
    &layers_command, &schema_command, &data_command,    NULL,
};

/* A closed descriptor would be given to the next file that is opened, and what is printed would go there. */
static void fill_standard_descriptors(void)
{
    for (int file = 0; file <= 2; file++)
        if (fcntl(file, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", file == 0 ? O_WRONLY : O_RDONLY); /* so that using it still fails */
}

static void print_error(const struct assay_error *error)
{
    if (error->text[0] == '\0')
        return;
    terminal_say("assay: ", error->text);
}

/* Output that is lost is an error of its own, whatever the command made of its work; but not where the reader
 * has seen enough, as `head` has. */
static enum assay_status print_output(struct text *out, enum assay_status status)
{
    struct assay_error error = {0};
    if (out->failed)
        assay_fail_memory(&error, "writing the output");
    else if (out->length > 0 &&
             (fwrite(out->bytes, 1, out->length, stdout) != out->length || fflush(stdout) != 0) &&
             errno != EPIPE)
        assay_fail(&error, ASSAY_MACHINE, "cannot write to standard output: %s", strerror(errno));
    print_error(&error);
    text_finish(out);
    return error.text[0] != '\0' && status == ASSAY_DONE ? error.status : status;
}

static void log_line(void *cookie, enum log_level level, const char *line)
{
    const struct invocation *invocation = cookie;
    if (invocation->quiet && level != LOG_WARNING)
        return;
    terminal_say(level == LOG_WARNING ? "assay: warning: " : "", line);
}

static const char *join_words(struct arena *arena, int count, char *const *words)
{
    struct text line = {0};
    for (int i = 0; i < count; i++) {
        text_add(&line, "%s", i > 0 ? " " : "");
        shell_add_word(&line, words[i]);
    }
    return text_move(&line, arena);
}

static enum assay_status run_command_line(struct invocation *invocation, int count, char *const *words,
                                          struct arena *arena, struct assay_error *error)
{
    const struct command *command = command_find(words[1], error);
    bool help = false;
    if (command == NULL || !invocation_parse(invocation, command, count - 2, words + 2, &help, arena, error))
        return error->status;
    if (help) {
        add_command_help(&invocation->out, command);
        return ASSAY_DONE;
    }
    invocation->command_line = join_words(arena, count, words);
    return command->run(invocation, error);
}

static bool is_word(const char *word, const char *option, const char *letter, const char *name)
{
    return strcmp(word, option) == 0 || strcmp(word, letter) == 0 || strcmp(word, name) == 0;
}

int main(int count, char **words)
{
    fill_standard_descriptors();
    prctl(PR_SET_NAME, "assay"); /* workers start from /proc/self/exe, which top would call exe */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); /* ignored by who started us, it would hide how our processes end */

    struct assay_error error = {0};
    struct invocation invocation = {0};
    const struct log log = {log_line, &invocation};
    invocation.log = &log;
    enum assay_status status = ASSAY_DONE;
    struct arena *arena = arena_create();
    if (arena == NULL) {
        assay_fail_memory(&error, "starting");
        status = error.status;
    } else if (count < 2) {
        add_help(&invocation.complaint);
        status = ASSAY_INVALID;
    } else if (count == 3 && strcmp(words[1], "help") == 0) {
        char option[] = "--help", *asked[] = {words[0], words[2], option};
        status = run_command_line(&invocation, 3, asked, arena, &error);
    } else if (is_word(words[1], "--help", "-h", "help")) {
        add_help(&invocation.out);
    } else if (is_word(words[1], "--version", "-V", "version")) {
        add_version(&invocation.out);
    } else {
        status = run_command_line(&invocation, count, words, arena, &error);
    }
    status = print_output(&invocation.out, status);
    if (invocation.complaint.failed)
        assay_fail_memory(&error, "saying what is wrong");
    if (invocation.complaint.length > 0)
        fwrite(invocation.complaint.bytes, 1, invocation.complaint.length, stderr);
    if (status != ASSAY_DONE)
        print_error(&error);
    text_finish(&invocation.complaint);
    arena_destroy(arena);
    return (int)status;
}

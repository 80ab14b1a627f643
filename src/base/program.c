#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ours of its three ends, -1 once closed. */
enum { TO_INPUT, FROM_OUTPUT, FROM_COMPLAINT, ENDS };

struct pipes {
    int ours[ENDS], theirs[ENDS];
};

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void close_all(int ends[ENDS])
{
    for (int i = 0; i < ENDS; i++)
        close_end(&ends[i]);
}

static bool open_pipes(struct pipes *pipes)
{
    for (int i = 0; i < ENDS; i++)
        pipes->ours[i] = pipes->theirs[i] = -1;
    for (int i = 0; i < ENDS; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            return false;
        pipes->ours[i] = ends[i == TO_INPUT ? 1 : 0];
        pipes->theirs[i] = ends[i == TO_INPUT ? 0 : 1];
    }
    return fcntl(pipes->ours[TO_INPUT], F_SETFL, O_NONBLOCK) == 0;
}

/* In the child. */
static _Noreturn void become(const struct program *program, const int theirs[ENDS])
{
    extern char **environ;
    static const int standard[ENDS] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
    const struct rlimit file_size = {program->file_limit, program->file_limit};
    bool ready = program->file_limit == 0 || setrlimit(RLIMIT_FSIZE, &file_size) == 0;
    for (int i = 0; i < ENDS; i++)
        ready = ready && dup2(theirs[i], standard[i]) >= 0;
    signal(SIGPIPE, SIG_DFL);
    if (program->ignores_sigterm)
        signal(SIGTERM, SIG_IGN);
    if (ready)
        execvpe(program->arguments[0], (char *const *)program->arguments,
                program->environment != NULL ? (char *const *)program->environment : environ);
    _exit(PROGRAM_MISSING);
}

/* Keeps what is ready, up to the limit; false at the end. */
static bool take(int end, size_t limit, struct text *text)
{
    char piece[4096];
    const ssize_t count = read(end, piece, sizeof piece);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    const size_t room = limit > text->length ? limit - text->length : 0;
    text_add_bytes(text, piece, (size_t)count < room ? (size_t)count : room);
    return count > 0;
}

/* Gives what fits; false once all is given, or it does not want more. */
static bool give(int end, const struct program *program, size_t *given)
{
    const ssize_t count = write(end, program->input + *given, program->input_length - *given);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    *given += (size_t)count;
    return *given < program->input_length;
}

/* Until it has closed both of its outputs. */
static void converse(const struct program *program, int ours[ENDS], struct text *output,
                     struct text *complaint)
{
    struct text *const texts[ENDS] = {NULL, output, complaint};
    size_t given = 0;
    if (program->input_length == 0)
        close_end(&ours[TO_INPUT]);
    while (ours[FROM_OUTPUT] >= 0 || ours[FROM_COMPLAINT] >= 0) {
        struct pollfd polled[ENDS]; /* one of -1 is ignored */
        for (int i = 0; i < ENDS; i++)
            polled[i] = (struct pollfd){.fd = ours[i], .events = i == TO_INPUT ? POLLOUT : POLLIN};
        if (poll(polled, ENDS, -1) < 0 && errno != EINTR)
            return;
        for (int i = 0; i < ENDS; i++) {
            const bool ready = ours[i] >= 0 && polled[i].revents != 0;
            if (ready && !(i == TO_INPUT ? give(ours[i], program, &given)
                                         : take(ours[i], program->output_limit, texts[i])))
                close_end(&ours[i]);
        }
    }
}

static int wait_for(pid_t child, const char *name, struct text *complaint)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) {
            text_add(complaint, "cannot wait for %s: %s", name, strerror(errno));
            return PROGRAM_FAILED;
        }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    text_add(complaint, "%s was ended by signal %d", name, WTERMSIG(status));
    return PROGRAM_FAILED;
}

int program_run(const struct program *program, struct text *output, struct text *complaint)
{
    const char *name = program->arguments[0];
    struct pipes pipes;
    const pid_t child = open_pipes(&pipes) ? fork() : -1;
    const int number = errno;
    if (child == 0)
        become(program, pipes.theirs);
    close_all(pipes.theirs);
    if (child > 0)
        converse(program, pipes.ours, output, complaint);
    close_all(pipes.ours);
    if (child > 0)
        return wait_for(child, name, complaint);
    text_add(complaint, "cannot start %s: %s", name, strerror(number));
    return PROGRAM_FAILED;
}

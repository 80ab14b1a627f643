#include "run/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/files.h"

enum { MOST_SAID = 4096, MOST_INTERRUPTIONS = 1000 };

static const char warning_mark[] = "assay: warning: ";

/* What the child needs from before the fork: between fork and exec it only makes system calls. */
struct start {
    const char *program;
    char *const *arguments;
    int config, complaint;
    pid_t parent;
    sigset_t signals; /* as they were blocked before */
};

/* Our handlers must not swallow what is sent to the child before it has its own. */
static void forget_handlers(void)
{
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN &&
            action.sa_handler != SIG_DFL) {
            action.sa_handler = SIG_DFL;
            sigaction(number, &action, NULL);
        }
    }
}

static _Noreturn void become(const struct start *start)
{
    static const int standard[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const int ours[] = {start->config, nothing, start->complaint};
    bool ready = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == start->parent;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        ready = ready && dup2(ours[i], standard[i]) >= 0;
    forget_handlers();
    sigprocmask(SIG_SETMASK, &start->signals, NULL);
    if (ready)
        execv(start->program, start->arguments);
    _exit(127);
}

static bool fork_blocked(struct start *start, pid_t *child)
{
    sigset_t all;
    sigfillset(&all);
    start->parent = getpid();
    sigprocmask(SIG_BLOCK, &all, &start->signals);
    *child = fork();
    if (*child == 0)
        become(start);
    const int number = errno;
    sigprocmask(SIG_SETMASK, &start->signals, NULL);
    errno = number;
    return *child > 0;
}

/* A file without a name that holds the resolved config; -1: errno says why not. */
static int open_config(const struct config *config)
{
    struct text text = {0};
    config_write(config, &text);
    const int file = text.failed ? -1 : memfd_create(CONFIG_FILE, MFD_CLOEXEC);
    int interruptions = 0;
    for (size_t done = 0; file >= 0 && done < text.length;) {
        const ssize_t count = write(file, text.bytes + done, text.length - done);
        if (count < 0 && (errno != EINTR || ++interruptions > MOST_INTERRUPTIONS)) {
            close(file);
            text_finish(&text);
            return -1;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    text_finish(&text);
    return file;
}

/* Files are opened here and closed here but for our end of the pipe. */
static bool start_process(struct worker *worker, struct start *start, const struct config *config)
{
    int ends[2];
    start->config = open_config(config);
    if (start->config < 0)
        return false;
    bool done = pipe2(ends, O_CLOEXEC) == 0;
    if (done) {
        start->complaint = ends[1];
        done = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && fork_blocked(start, &worker->process);
        const int number = errno;
        worker->complaint = ends[0];
        close(ends[1]);
        if (!done)
            close(ends[0]);
        errno = number;
    }
    const int number = errno;
    close(start->config);
    errno = number;
    return done;
}

bool worker_start(struct worker *worker, const char *program, const struct planned_run *run, int threads,
                  bool again, struct assay_error *error)
{
    char threads_text[16], stop_after[16];
    const char *arguments[] = {"assay",        "run",       "/dev/stdin", "--directory",
                               run->directory, "--threads", threads_text, "--quiet",
                               NULL,           NULL,        NULL,         NULL};
    size_t optional = sizeof arguments / sizeof arguments[0] - 4;
    snprintf(threads_text, sizeof threads_text, "%d", threads);
    snprintf(stop_after, sizeof stop_after, "%d", run->stop_after);
    if (run->stop_after > 0) {
        arguments[optional++] = "--stop-after";
        arguments[optional++] = stop_after;
    }
    if (again)
        arguments[optional] = "--again";
    struct start start = {.program = program, .arguments = (char *const *)arguments};
    *worker = (struct worker){0};
    if (start_process(worker, &start, &run->config))
        return true;
    *worker = (struct worker){0};
    return assay_fail(error, ASSAY_MACHINE, "cannot start a process for %s: %s", run->directory,
                      strerror(errno));
}

/* Whole lines that are warnings go to who wants them, of the rest the last are kept. */
static void sort_lines(struct worker *worker, void (*warn)(void *cookie, const char *line), void *cookie)
{
    struct text *said = &worker->said;
    for (char *newline; said->bytes != NULL && (newline = memchr(said->bytes + worker->scanned, '\n',
                                                                 said->length - worker->scanned)) != NULL;) {
        char *line = said->bytes + worker->scanned;
        if (strncmp(line, warning_mark, strlen(warning_mark)) != 0) {
            worker->scanned = (size_t)(newline + 1 - said->bytes);
            continue;
        }
        *newline = '\0';
        if (warn != NULL)
            warn(cookie, line + strlen(warning_mark));
        memmove(line, newline + 1, (size_t)(said->bytes + said->length - newline)); /* with its NUL */
        said->length -= (size_t)(newline + 1 - line);
    }
    if (said->bytes != NULL && said->length > MOST_SAID) {
        const size_t cut = said->length - MOST_SAID;
        memmove(said->bytes, said->bytes + cut, MOST_SAID + 1);
        said->length = MOST_SAID;
        worker->scanned = worker->scanned > cut ? worker->scanned - cut : 0;
    }
}

static struct worker_end wait_for(struct worker *worker)
{
    int status = 0;
    while (waitpid(worker->process, &status, 0) < 0 && errno == EINTR)
        ;
    close(worker->complaint);
    worker->process = 0;
    return (struct worker_end){.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                               .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0};
}

bool worker_listen(struct worker *worker, void (*warn)(void *cookie, const char *line), void *cookie,
                   struct worker_end *end)
{
    char piece[4096];
    ssize_t count;
    while ((count = read(worker->complaint, piece, sizeof piece)) > 0) {
        text_add_bytes(&worker->said, piece, (size_t)count);
        sort_lines(worker, warn, cookie);
    }
    if (count < 0 && (errno == EAGAIN || (errno == EINTR && worker->interruptions++ < MOST_INTERRUPTIONS)))
        return true;
    if (count < 0) /* it can no longer be heard: it shall write a checkpoint and end */
        worker_signal(worker, SIGTERM);
    *end = wait_for(worker);
    return false;
}

void worker_signal(const struct worker *worker, int number)
{
    if (worker->process > 0)
        kill(worker->process, number);
}

void worker_finish(struct worker *worker)
{
    if (worker->process > 0) {
        worker_signal(worker, SIGKILL);
        wait_for(worker);
    }
    text_finish(&worker->said);
}

/* Makes a system call fail, or end its process, at any one place in the life of a program and all that it
 * starts.
 *
 *     inject REPORT GROUPS FROM TO ACTION PROGRAM [WORD ...]
 *
 * The calls that belong to GROUPS ("write,sync") are counted over all processes in the order in which they
 * are made. Those numbered FROM to TO (from 1; 0 to 0 is none) meet with ACTION: "kill" ends their process,
 * "killall" every process, "error N" makes them return the error N without being done (but close, which always closes). REPORT gets a line for
 * each call: its number, its name, the file it is about, and " *" where it was met; then "exit" and the
 * program's exit code, 128 + n for signal n. The exit code here is 0 whenever the program has ended, 77
 * where tracing is not permitted. */
#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_PERMITTED = 77, MOST_PROCESSES = 256 };

/* What a call is about: the path in an argument, the file of the first argument, or nothing. */
enum subject { NOTHING = -2, DESCRIPTOR = -1, PATH_0 = 0, PATH_1 = 1 };

static const struct call {
    int number;
    const char *name, *group;
    enum subject subject;
} calls[] = {
    {SYS_write, "write", "write", DESCRIPTOR},
    {SYS_pwrite64, "pwrite64", "write", DESCRIPTOR},
    {SYS_writev, "writev", "write", DESCRIPTOR},
    {SYS_ftruncate, "ftruncate", "write", DESCRIPTOR},
    {SYS_fallocate, "fallocate", "write", DESCRIPTOR},
    {SYS_rename, "rename", "rename", PATH_0},
    {SYS_renameat, "renameat", "rename", PATH_1},
    {SYS_renameat2, "renameat2", "rename", PATH_1},
    {SYS_unlink, "unlink", "rename", PATH_0},
    {SYS_unlinkat, "unlinkat", "rename", PATH_1},
    {SYS_mkdir, "mkdir", "rename", PATH_0},
    {SYS_mkdirat, "mkdirat", "rename", PATH_1},
    {SYS_fsync, "fsync", "sync", DESCRIPTOR},
    {SYS_fdatasync, "fdatasync", "sync", DESCRIPTOR},
    {SYS_sync_file_range, "sync_file_range", "sync", DESCRIPTOR},
    {SYS_open, "open", "open", PATH_0},
    {SYS_openat, "openat", "open", PATH_1},
    {SYS_creat, "creat", "open", PATH_0},
    {SYS_flock, "flock", "lock", DESCRIPTOR},
    {SYS_read, "read", "read", DESCRIPTOR},
    {SYS_pread64, "pread64", "read", DESCRIPTOR},
    {SYS_getdents64, "getdents64", "read", DESCRIPTOR},
    {SYS_close, "close", "close", DESCRIPTOR},
    {SYS_stat, "stat", "look", PATH_0},
    {SYS_lstat, "lstat", "look", PATH_0},
    {SYS_fstat, "fstat", "look", DESCRIPTOR},
    {SYS_newfstatat, "newfstatat", "look", PATH_1},
    {SYS_mmap, "mmap", "memory", NOTHING},
    {SYS_clone, "clone", "process", NOTHING},
    {SYS_clone3, "clone3", "process", NOTHING},
    {SYS_fork, "fork", "process", NOTHING},
    {SYS_vfork, "vfork", "process", NOTHING},
    {SYS_execve, "execve", "process", PATH_0},
    {SYS_pipe2, "pipe2", "process", NOTHING},
    {SYS_memfd_create, "memfd_create", "process", PATH_0},
    {SYS_dup2, "dup2", "process", NOTHING},
    {SYS_fcntl, "fcntl", "process", DESCRIPTOR},
    {SYS_prctl, "prctl", "process", NOTHING},
    {SYS_poll, "poll", "process", NOTHING},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

struct injection {
    const char *groups;
    unsigned long from, to, made;
    bool kills, kills_all;
    int error;
    FILE *report;
    struct process {
        pid_t id;
        bool fails_afterwards;
    } processes[MOST_PROCESSES]; /* that have made a call */
    int process_count;
};

static void fail(const char *what)
{
    fprintf(stderr, "inject: cannot %s: %s\n", what, strerror(errno));
    exit(errno == EPERM || errno == EACCES || errno == ENOSYS ? NOT_PERMITTED : EXIT_FAILURE);
}

static bool is_wanted(const char *groups, const char *group)
{
    const size_t length = strlen(group);
    for (const char *at = groups; (at = strstr(at, group)) != NULL; at += length)
        if ((at == groups || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

/* From here on the wanted calls stop for the tracer, with their place in `calls` as the message. */
static void install_filter(const char *groups)
{
    struct sock_filter filter[2 * CALLS + 2];
    unsigned short count = 0;
    filter[count++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < CALLS; i++) {
        if (!is_wanted(groups, calls[i].group))
            continue;
        filter[count++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number, 0, 1);
        filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | i);
    }
    filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {count, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        fail("install a filter");
}

static pid_t start(const char *groups, char **words)
{
    int gate[2];
    if (pipe(gate) != 0)
        fail("make a pipe");
    const pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        char byte;
        close(gate[1]);
        if (read(gate[0], &byte, 1) != 1)
            _exit(NOT_PERMITTED);
        close(gate[0]);
        install_filter(groups);
        execvp(words[0], words);
        fail("run the program");
    }
    close(gate[0]);
    const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SEIZE, child, NULL, options) != 0)
        fail("trace");
    if (write(gate[1], "", 1) != 1)
        fail("start the program");
    close(gate[1]);
    return child;
}

static void describe(pid_t process, const struct call *call, const struct user_regs_struct *registers,
                     char *text, size_t size)
{
    text[0] = '\0';
    if (call->subject == DESCRIPTOR) {
        char link[64];
        snprintf(link, sizeof link, "/proc/%ld/fd/%d", (long)process, (int)registers->rdi);
        const ssize_t length = readlink(link, text, size - 1);
        text[length > 0 ? length : 0] = '\0';
    } else if (call->subject != NOTHING) {
        const unsigned long address = call->subject == PATH_0 ? registers->rdi : registers->rsi;
        /* Not across a page that may not be there. */
        const size_t page = 4096 - address % 4096, most = page < size - 1 ? page : size - 1;
        struct iovec to = {text, most}, from = {(void *)address, most};
        const ssize_t length = process_vm_readv(process, &to, 1, &from, 1, 0);
        text[length > 0 ? length : 0] = '\0';
    }
}

static struct process *find_process(struct injection *injection, pid_t id)
{
    for (int i = 0; i < injection->process_count; i++)
        if (injection->processes[i].id == id)
            return &injection->processes[i];
    assert(injection->process_count < MOST_PROCESSES);
    injection->processes[injection->process_count] = (struct process){.id = id};
    return &injection->processes[injection->process_count++];
}

static void set_result(const struct injection *injection, pid_t process, struct user_regs_struct *registers)
{
    registers->rax = (unsigned long)-(long)injection->error;
    ptrace(PTRACE_SETREGS, process, NULL, registers);
}

static void act(struct injection *injection, struct process *process, const struct call *call,
                struct user_regs_struct *registers)
{
    if (injection->kills_all) {
        for (int i = 0; i < injection->process_count; i++)
            kill(injection->processes[i].id, SIGKILL);
    } else if (injection->kills) {
        kill(process->id, SIGKILL);
    } else if (call->number == SYS_close) {
        process->fails_afterwards = true; /* whatever it says, the file is closed */
    } else {
        registers->orig_rax = (unsigned long)-1; /* no call at all */
        set_result(injection, process->id, registers);
    }
}

/* Standard output and standard error are a group of their own: who can say nothing cannot say it clearly. */
static bool is_speech(const struct call *call, const struct user_regs_struct *registers)
{
    return (call->number == SYS_write || call->number == SYS_writev) &&
           (registers->rdi == 1 || registers->rdi == 2);
}

/* A file in which a build that counts its branches keeps the counts: no business of the program's. */
static bool is_counter(const char *subject)
{
    const size_t length = strlen(subject);
    return length > 5 && strcmp(subject + length - 5, ".gcda") == 0;
}

static void meet(struct injection *injection, pid_t process)
{
    unsigned long index;
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETEVENTMSG, process, NULL, &index) != 0 || index >= CALLS ||
        ptrace(PTRACE_GETREGS, process, NULL, &registers) != 0)
        return;
    const struct call *call = &calls[index];
    if (is_speech(call, &registers) != is_wanted(injection->groups, "speech"))
        return;
    char subject[512];
    describe(process, call, &registers, subject, sizeof subject);
    if (is_counter(subject))
        return;
    injection->made++;
    const bool is_met = injection->made >= injection->from && injection->made <= injection->to;
    fprintf(injection->report, "%lu %s %s%s\n", injection->made, call->name, subject, is_met ? " *" : "");
    struct process *found = find_process(injection, process);
    if (is_met)
        act(injection, found, call, &registers);
}

/* A process has stopped, and goes on. */
static void handle_stop(struct injection *injection, pid_t process, int status)
{
    const int event = status >> 16, number = WSTOPSIG(status);
    struct process *found = find_process(injection, process);
    struct user_regs_struct registers;
    bool is_signal = event == 0;
    if (event == PTRACE_EVENT_SECCOMP) {
        meet(injection, process);
    } else if (number == (SIGTRAP | 0x80)) { /* a call is done */
        if (found->fails_afterwards && ptrace(PTRACE_GETREGS, process, NULL, &registers) == 0)
            set_result(injection, process, &registers);
        found->fails_afterwards = is_signal = false;
    }
    ptrace(found->fails_afterwards ? PTRACE_SYSCALL : PTRACE_CONT, process, NULL,
           is_signal ? (long)number : 0L);
}

static int follow(struct injection *injection, pid_t root)
{
    int exit_code = 0, status;
    for (pid_t process; (process = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
        if (process < 0)
            continue;
        if (WIFSTOPPED(status))
            handle_stop(injection, process, status);
        else if (process == root)
            exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return exit_code;
}

static bool read_action(struct injection *injection, const char *text)
{
    injection->kills = strcmp(text, "kill") == 0;
    injection->kills_all = strcmp(text, "killall") == 0;
    return injection->kills || injection->kills_all || sscanf(text, "error %d", &injection->error) == 1;
}

int main(int count, char **words)
{
    struct injection injection = {0};
    if (count < 7 || !read_action(&injection, words[5])) {
        fprintf(stderr, "usage: inject REPORT GROUPS FROM TO kill|killall|'error N' PROGRAM [WORD ...]\n");
        return EXIT_FAILURE;
    }
    injection.groups = words[2];
    injection.from = strtoul(words[3], NULL, 10);
    injection.to = strtoul(words[4], NULL, 10);
    injection.report = fopen(words[1], "we");
    if (injection.report == NULL)
        fail("write the report");
    fprintf(injection.report, "exit %d\n", follow(&injection, start(injection.groups, words + 6)));
    return fclose(injection.report) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

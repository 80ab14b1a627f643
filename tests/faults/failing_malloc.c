/* Memory that cannot be had: linked into the whole program, so that the libraries' allocations come here too.
 *
 *     ASSAY_FAIL_ALLOCATION=K      the K-th allocation from just before main until its exit handlers have run
 *                                  fails (from 1; 0: none)
 *     ASSAY_FAIL_ALLOCATION=K+     and so do all after it
 *     ASSAY_COUNT_ALLOCATIONS=F    their number is written to the file F at the end
 *     ASSAY_PLANT=leak|crash       what a test must find: the first failure leaks, or is taken for memory
 *
 * Only for the process that is started so, not for those that it starts. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The allocator below: that of the sanitizer where there is one, so that it sees everything. */
#if defined(__SANITIZE_ADDRESS__)
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif
void *REAL(malloc)(size_t bytes);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *memory, size_t bytes);
void *REAL(memalign)(size_t alignment, size_t bytes);

static atomic_ulong made;
static unsigned long first;
static bool is_counting, from_then_on, leaks, crashes;
static const char *count_file;

/* Whether this allocation is to fail. The threads of a team allocate nothing; what does so in them is the
 * start of a thread under a sanitizer, which cannot do without. */
static bool fails(void)
{
    if (!is_counting || gettid() != getpid())
        return false;
    const unsigned long number = atomic_fetch_add(&made, 1) + 1;
    if (first == 0 || number < first || (number > first && !from_then_on))
        return false;
    if (number == first && leaks)
        *(volatile char *)REAL(malloc)(100) = 1;
    if (number == first && crashes)
        *(volatile char *)NULL = 1;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t bytes)
{
    return fails() ? NULL : REAL(malloc)(bytes);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *memory, size_t bytes)
{
    return fails() ? NULL : REAL(realloc)(memory, bytes);
}

int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
    void *found = fails() ? NULL : REAL(memalign)(alignment, bytes);
    if (found != NULL)
        *memory = found;
    return found != NULL ? 0 : ENOMEM;
}

/* What a library does while it is loaded is its own: the Fortran one behind OpenBLAS calls itself without end
 * where it has no memory. */
void *dlopen(const char *name, int mode)
{
    void *(*load)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    const bool was_counting = is_counting;
    is_counting = false;
    void *library = load(name, mode);
    is_counting = was_counting;
    return library;
}

static void write_count(void)
{
    char text[32];
    const int length = snprintf(text, sizeof text, "%lu\n", atomic_load(&made));
    const int file = open(count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0 || write(file, text, (size_t)length) != length)
        abort();
    close(file);
}

/* Behind the handlers of the program: what is left are destructors of libraries and compilers. */
static void end(void)
{
    is_counting = false;
    if (count_file != NULL)
        write_count();
}

/* After the constructors of the libraries, which are not ours. */
__attribute__((constructor)) static void begin(void)
{
    const char *which = getenv("ASSAY_FAIL_ALLOCATION"), *plant = getenv("ASSAY_PLANT");
    count_file = getenv("ASSAY_COUNT_ALLOCATIONS");
    if (which == NULL)
        return;
    char *rest;
    first = strtoul(which, &rest, 10);
    from_then_on = *rest == '+';
    leaks = plant != NULL && strcmp(plant, "leak") == 0;
    crashes = plant != NULL && strcmp(plant, "crash") == 0;
    unsetenv("ASSAY_FAIL_ALLOCATION");
    atexit(end);
    is_counting = true;
}

#include "target.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILES = 8 };

size_t target_accepted;

static char directory[] = "/tmp/assay-fuzz-XXXXXX";
static struct {
    const char *name;
    int file;
} named[FILES];

static int create_file(char path[64])
{
    const int file = memfd_create("input", MFD_CLOEXEC);
    REQUIRE(file >= 0);
    snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

static void write_file(int file, const void *bytes, size_t size)
{
    REQUIRE(ftruncate(file, 0) == 0 && pwrite(file, bytes, size, 0) == (ssize_t)size);
}

const char *target_file(const void *bytes, size_t size)
{
    static int file = -1;
    static char path[64];
    if (file < 0)
        file = create_file(path);
    write_file(file, bytes, size);
    return path;
}

static void remove_directory(void)
{
    for (size_t i = 0; i < FILES && named[i].name != NULL; i++)
        unlink(named[i].name);
    rmdir(directory);
}

void target_named(const char *name, const void *bytes, size_t size)
{
    size_t i = 0;
    while (i < FILES && named[i].name != NULL && strcmp(named[i].name, name) != 0)
        i++;
    REQUIRE(i < FILES);
    if (i == 0 && named[i].name == NULL) {
        REQUIRE(mkdtemp(directory) != NULL && chdir(directory) == 0);
        atexit(remove_directory);
    }
    if (named[i].name == NULL) {
        char path[64];
        named[i].name = name;
        named[i].file = create_file(path);
        REQUIRE(symlink(path, name) == 0);
    }
    write_file(named[i].file, bytes, size);
}

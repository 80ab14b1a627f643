/* Runs a fuzz target over files: behind the least number of them that it must accept, every argument is a
 * file, or a directory whose files are meant. Fails where there is none, or where the target does. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/memory.h"
#include "target.h"

enum { FILE_LIMIT = 1 << 20 };

static bool replay_file(const char *path)
{
    char *bytes;
    size_t length;
    struct assay_error error;
    if (!file_read(path, FILE_LIMIT, &bytes, &length, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return false;
    }
    /* exactly as large as the input, for a sanitizer to see what is read behind it */
    uint8_t *input = malloc(length > 0 ? length : 1);
    REQUIRE(input != NULL);
    for (size_t i = 0; i < length; i++)
        input[i] = (uint8_t)bytes[i];
    memory_free(bytes);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(input, length);
    free(input);
    return true;
}

/* How many files there were; 0 too where one could not be read. */
static size_t replay(struct arena *arena, const char *path)
{
    struct directory_names names;
    struct assay_error error;
    bool is_directory;
    REQUIRE(directory_look(path, &is_directory, &error));
    if (!is_directory)
        return replay_file(path) ? 1 : 0;
    REQUIRE(directory_list(arena, path, "", &names, &error));
    size_t count = 0;
    bool done = true;
    for (size_t i = 0; done && i < names.count; i++) {
        char *file = path_join(path, names.items[i]);
        REQUIRE(file != NULL && directory_look(file, &is_directory, &error));
        if (!is_directory) {
            done = replay_file(file);
            count++;
        }
        memory_free(file);
    }
    return done ? count : 0;
}

int main(int count, char **arguments)
{
    struct arena *arena = arena_create();
    const size_t wanted = count > 1 ? strtoull(arguments[1], NULL, 10) : 0;
    bool done = count > 2 && arena != NULL;
    for (int i = 2; done && i < count; i++) { /* absolute, for a target may go to a directory of its own */
        arguments[i] = realpath(arguments[i], NULL);
        done = arguments[i] != NULL;
    }
    for (int i = 2; done && i < count; i++) {
        const size_t before = target_accepted, files = replay(arena, arguments[i]);
        printf("%s: %zu inputs, %zu accepted\n", arguments[i], files, target_accepted - before);
        free(arguments[i]);
        done = files > 0;
    }
    arena_destroy(arena);
    if (done && target_accepted < wanted) {
        fprintf(stderr, "%zu inputs were accepted, and %zu must be at least\n", target_accepted, wanted);
        done = false;
    }
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

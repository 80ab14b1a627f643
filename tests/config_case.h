/* Configs written to a fresh directory and loaded there; what comes of them, as text. */
#ifndef TESTS_CONFIG_CASE_H
#define TESTS_CONFIG_CASE_H

#include "harness.h"

#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "spec/config.h"

/* All that must be said, and a network to go with it. */
#define DATA "data: {dataset: digits}\n"
#define MODEL "model: [tanh]\n"
#define TRAIN "train: {max_epochs: 1, optimizer: {sgd: 0.1}}\n"

enum { CASE_FILES = 4, CASE_ARGUMENTS = 4 };

struct config_case {
    struct {
        const char *path, *text;
    } files[CASE_FILES]; /* the first is loaded */
    const char *arguments[CASE_ARGUMENTS];
    const char *wanted;
};

/* What a case becomes. */
struct loaded {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct config *config; /* NULL when something is wrong */
    struct node *tree;
};

enum { DIRECTORY_SIZE = 256 };

static inline void make_directory(char directory[DIRECTORY_SIZE])
{
    const char *parent = getenv("TMPDIR");
    snprintf(directory, DIRECTORY_SIZE, "%s/assay-config-XXXXXX", parent != NULL ? parent : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
}

static inline void write_file(const char *path, const char *text)
{
    char *folder = path_directory(path);
    CU_ASSERT_TRUE(directory_create(folder, NULL));
    CU_ASSERT_TRUE(file_write_atomic(path, text, strlen(text), NULL));
    memory_free(folder);
}

/* The file, and its folder if that is empty now. */
static inline void remove_file(const char *path)
{
    char *folder = path_directory(path);
    CU_ASSERT_TRUE(file_remove(path, NULL));
    rmdir(folder);
    memory_free(folder);
}

static inline struct loaded load_case(const struct config_case *test)
{
    char directory[DIRECTORY_SIZE];
    char *const before = getcwd(NULL, 0);
    struct loaded loaded = {.arena = arena_create(), .diagnostics = diagnostics_create()};
    make_directory(directory);
    CU_ASSERT_FATAL(before != NULL && chdir(directory) == 0);
    size_t files = 0;
    for (; files < CASE_FILES && test->files[files].path != NULL; files++)
        write_file(test->files[files].path, test->files[files].text);
    struct override overrides[CASE_ARGUMENTS];
    size_t count = 0;
    bool parsed = true;
    for (; count < CASE_ARGUMENTS && test->arguments[count] != NULL; count++)
        parsed =
            override_parse(test->arguments[count], &overrides[count], loaded.arena, loaded.diagnostics) &&
            parsed;
    if (parsed)
        loaded.config = config_load(loaded.arena, test->files[0].path, overrides, count, &loaded.tree,
                                    loaded.diagnostics);
    while (files > 0)
        remove_file(test->files[--files].path);
    CU_ASSERT_TRUE(chdir(before) == 0 && rmdir(directory) == 0);
    free(before);
    CU_ASSERT_EQUAL(loaded.config == NULL, diagnostics_count(loaded.diagnostics) > 0);
    return loaded;
}

static inline void unload(struct loaded *loaded)
{
    diagnostics_destroy(loaded->diagnostics);
    arena_destroy(loaded->arena);
}

/* The messages, a line each, without the excerpts of the source. */
static inline void add_messages(const struct loaded *loaded, struct text *text)
{
    struct text all = {0};
    diagnostics_print(loaded->diagnostics, &all);
    for (char *line = all.length > 0 ? strtok(all.bytes, "\n") : NULL; line != NULL;
         line = strtok(NULL, "\n"))
        if (line[0] != ' ')
            text_add(text, "%s\n", line);
    text_finish(&all);
}

/* Nothing is loaded, and `wanted` are the messages. */
static inline void check_refused(const struct config_case *test)
{
    struct loaded loaded = load_case(test);
    struct text messages = {0};
    add_messages(&loaded, &messages);
    CHECK_TEXT(messages.bytes, test->wanted);
    text_finish(&messages);
    unload(&loaded);
}

/* `wanted` are lines of config_origins, in order, with others between them. */
static inline void check_origins(const struct config_case *test)
{
    struct loaded loaded = load_case(test);
    struct text lines = {0};
    add_messages(&loaded, &lines);
    if (loaded.config != NULL)
        config_origins(loaded.config, loaded.tree, &lines);
    const char *at = lines.bytes;
    for (const char *line = test->wanted, *end; at != NULL && *line != '\0'; line = end) {
        end = strchr(line, '\n') + 1;
        const size_t length = (size_t)(end - line);
        while (at != NULL && strncmp(at, line, length) != 0)
            at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL;
    }
    if (at == NULL)
        CHECK_TEXT(lines.bytes, test->wanted);
    text_finish(&lines);
    unload(&loaded);
}

#endif

#include "run/provenance.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "io/json.h"
#include "math/blas.h"
#include "run/build.h"

enum { FILE_LIMIT = 16 << 20 };

void machine_cpu(char cpu[CPU_TEXT_SIZE])
{
    static const char key[] = "model name";
    char *bytes = NULL;
    size_t length;
    strcpy(cpu, "unknown CPU");
    if (!file_read("/proc/cpuinfo", FILE_LIMIT, &bytes, &length, NULL))
        return;
    const char *line = strstr(bytes, key);
    if (line != NULL) {
        line += strlen(key);
        line += strspn(line, " \t:");
        snprintf(cpu, CPU_TEXT_SIZE, "%.*s", (int)strcspn(line, "\n"), line);
    }
    memory_free(bytes);
}

void machine_describe(const char *kernels, char machine[MACHINE_TEXT_SIZE])
{
    char cpu[CPU_TEXT_SIZE];
    machine_cpu(cpu);
    snprintf(machine, MACHINE_TEXT_SIZE, "%s kernels, %s, %s", kernels, cpu, build.compiler);
}

/* The file's object, NULL when there is none. */
static const struct json *read_file(const char *directory, struct arena *arena)
{
    char *path = path_join(directory, PROVENANCE_FILE), *bytes = NULL;
    size_t length;
    const struct json *json = NULL;
    if (path != NULL && file_read(path, FILE_LIMIT, &bytes, &length, NULL))
        json = json_parse(arena, path, bytes, length, NULL);
    memory_free(bytes);
    memory_free(path);
    return json != NULL && json->kind == JSON_OBJECT ? json : NULL;
}

static const char earlier_key[] = "earlier_sessions";

/* A session is copied without those before it, which its file lists too. */
static bool is_copied(const struct json *json, size_t i)
{
    return json->kind != JSON_OBJECT || strcmp(json->keys[i], earlier_key) != 0;
}

/* Lists and maps in each other, of what is copied. */
static int depth_of(const struct json *json)
{
    int deepest = 0;
    for (size_t i = 0; i < json->count; i++) {
        const int depth = is_copied(json, i) ? depth_of(&json->items[i]) : 0;
        deepest = depth > deepest ? depth : deepest;
    }
    return json->kind == JSON_ARRAY || json->kind == JSON_OBJECT ? deepest + 1 : 0;
}

static void copy_json(struct json_writer *writer, const char *key, const struct json *json)
{
    switch (json->kind) {
    case JSON_NULL:
        json_null(writer, key);
        break;
    case JSON_FALSE:
    case JSON_TRUE:
        json_bool(writer, key, json->kind == JSON_TRUE);
        break;
    case JSON_NUMBER:
        json_raw(writer, key, json->text);
        break;
    case JSON_STRING:
        json_string(writer, key, json->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_open(writer, key, json->kind == JSON_ARRAY ? '[' : '{');
        for (size_t i = 0; i < json->count; i++)
            if (is_copied(json, i))
                copy_json(writer, json->kind == JSON_OBJECT ? json->keys[i] : NULL, &json->items[i]);
        json_close(writer);
        break;
    }
}

/* What is nested so deep that it could not be read from inside the list is left out: no session is. */
static void copy_session(struct json_writer *writer, const struct json *json)
{
    enum { AROUND = 2 }; /* the object of the new file, and the list in it */
    if (depth_of(json) <= JSON_DEPTH_LIMIT - AROUND)
        copy_json(writer, NULL, json);
}

void provenance_start(struct provenance *provenance, const char *directory)
{
    clock_now_text(provenance->started);
    struct arena *arena = arena_create();
    const struct json *there = arena != NULL ? read_file(directory, arena) : NULL;
    if (there != NULL) {
        const struct json *before = json_get(there, earlier_key);
        struct json_writer writer = {.text = &provenance->earlier, .compact = true};
        json_open(&writer, NULL, '[');
        for (size_t i = 0; before != NULL && i < before->count; i++)
            copy_session(&writer, &before->items[i]);
        copy_session(&writer, there);
        json_close(&writer);
    }
    arena_destroy(arena);
}

bool provenance_write(const struct provenance *provenance, const struct run_directory *directory,
                      const char *outcome, struct assay_error *error)
{
    char cpu[CPU_TEXT_SIZE], machine[MACHINE_TEXT_SIZE], now[CLOCK_TEXT_SIZE];
    machine_cpu(cpu);
    machine_describe(provenance->kernels, machine);
    clock_now_text(now);
    const struct run_identity *identity = provenance->identity;
    struct text text = {0};
    struct json_writer writer = {.text = &text};
    json_open(&writer, NULL, '{');
    json_string(&writer, "identity", identity->digest);
    json_string(&writer, "config", identity->config_digest);
    json_string(&writer, "data_sha256", identity->data);
    json_string(&writer, "init_from_sha256", identity->weights[0] != '\0' ? identity->weights : NULL);
    json_string(&writer, "version", build.version);
    json_string(&writer, "commit", build.commit);
    json_string(&writer, "compiler", build.compiler);
    json_string(&writer, "flags", build.flags);
    json_string(&writer, "cpu", cpu);
    json_string(&writer, "blas", blas_name());
    json_string(&writer, "blas_core", blas_core());
    json_string(&writer, "kernels", provenance->kernels);
    json_string(&writer, "machine", machine);
    json_integer(&writer, "threads", provenance->threads);
    json_string(&writer, "command", provenance->command);
    json_string(&writer, "started", provenance->started);
    json_string(&writer, "ended", outcome != NULL ? now : NULL);
    json_string(&writer, "outcome", outcome);
    if (provenance->earlier.length > 0)
        json_raw(&writer, earlier_key, provenance->earlier.bytes);
    json_close(&writer);
    text_add_char(&text, '\n');
    text.failed |= provenance->earlier.failed;
    const bool done = run_directory_write(directory, PROVENANCE_FILE, &text, error);
    text_finish(&text);
    return done;
}

void provenance_finish(struct provenance *provenance)
{
    text_finish(&provenance->earlier);
}

static void read_digest(const struct json *json, const char *key, char digest[SHA256_HEX_SIZE])
{
    const struct json *value = json != NULL ? json_get(json, key) : NULL;
    snprintf(digest, SHA256_HEX_SIZE, "%s", value != NULL && value->kind == JSON_STRING ? value->text : "");
}

void provenance_read_digests(const char *directory, struct provenance_digests *digests)
{
    struct arena *arena = arena_create();
    const struct json *json = arena != NULL ? read_file(directory, arena) : NULL;
    read_digest(json, "identity", digests->identity);
    read_digest(json, "config", digests->config);
    read_digest(json, "data_sha256", digests->data);
    read_digest(json, "init_from_sha256", digests->weights);
    arena_destroy(arena);
}

#include "run/provenance.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "io/json.h"
#include "run/build.h"
#include "run/files.h"

enum {
    FILE_LIMIT = 16 << 20,
    MOST_EARLIER = 1000, /* or a run that is begun again and again would have a file that cannot be read */
};

bool machine_cpu(char cpu[CPU_TEXT_SIZE], struct assay_error *error)
{
    static const char key[] = "model name", path[] = "/proc/cpuinfo";
    char *bytes = NULL;
    size_t length;
    strcpy(cpu, "unknown CPU");
    if (!file_exists(path))
        return true;
    if (!file_read(path, FILE_LIMIT, &bytes, &length, error))
        return false;
    const char *line = strstr(bytes, key);
    if (line != NULL) {
        line += strlen(key);
        line += strspn(line, " \t:");
        snprintf(cpu, CPU_TEXT_SIZE, "%.*s", (int)strcspn(line, "\n"), line);
    }
    memory_free(bytes);
    return true;
}

void machine_describe(const char *kernels, const char *cpu, char machine[MACHINE_TEXT_SIZE])
{
    snprintf(machine, MACHINE_TEXT_SIZE, "%s kernels, %s, %s", kernels, cpu, build.compiler);
}

static bool read_file(struct arena *arena, const char *directory, const struct json **object,
                      struct assay_error *error)
{
    *object = NULL;
    return arena != NULL ? json_find(arena, directory, PROVENANCE_FILE, FILE_LIMIT, object, error)
                         : assay_fail_memory(error, "reading " PROVENANCE_FILE);
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

bool provenance_start(struct provenance *provenance, const char *directory, struct assay_error *error)
{
    clock_now_text(provenance->started);
    struct arena *arena = arena_create();
    const struct json *there;
    const bool done = read_file(arena, directory, &there, error);
    if (there != NULL) {
        const struct json *before = json_get(there, earlier_key);
        struct json_writer writer = {.text = &provenance->earlier, .compact = true};
        json_open(&writer, NULL, '[');
        const size_t count = before != NULL ? before->count : 0;
        for (size_t i = count >= MOST_EARLIER ? count - MOST_EARLIER + 1 : 0; i < count; i++)
            copy_session(&writer, &before->items[i]);
        copy_session(&writer, there);
        json_close(&writer);
    }
    arena_destroy(arena);
    return done;
}

bool provenance_write(const struct provenance *provenance, const struct run_directory *directory,
                      const char *outcome, struct assay_error *error)
{
    char now[CLOCK_TEXT_SIZE];
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
    json_string(&writer, "cpu", provenance->cpu);
    json_string(&writer, "blas", build.blas);
    json_string(&writer, "kernels", provenance->kernels);
    json_string(&writer, "machine", provenance->machine);
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

bool provenance_read(const char *directory, struct provenance_found *found, struct assay_error *error)
{
    struct arena *arena = arena_create();
    const struct json *json;
    const bool done = read_file(arena, directory, &json, error);
    json_get_text(json, "identity", found->identity, SHA256_HEX_SIZE);
    json_get_text(json, "config", found->config, SHA256_HEX_SIZE);
    json_get_text(json, "data_sha256", found->data, SHA256_HEX_SIZE);
    json_get_text(json, "init_from_sha256", found->weights, SHA256_HEX_SIZE);
    const struct json *outcome = json_get(json, "outcome");
    found->has_ended = outcome != NULL && outcome->kind == JSON_STRING;
    arena_destroy(arena);
    return done;
}

#include "report/sources.h"

#include <stddef.h>
#include <string.h>

#include "run/provenance.h"
#include "schema/schema.h"

/* What a config says of a source, as a text that is the same where it is the same source. "": there is
 * none. */
typedef void name_source(const struct config *config, struct text *text);

static void name_data(const struct config *config, struct text *text)
{
    const struct assay_variant_value *dataset = &config->data.dataset;
    text_add(text, "%s in %s\n", dataset->variant->name, config->data.dir != NULL ? config->data.dir : "");
    schema_write(dataset->variant->table, dataset->options, 0, true, text);
}

static void name_weights(const struct config *config, struct text *text)
{
    text_add(text, "%s", config->train.init_from != NULL ? config->train.init_from : "");
}

static const struct kind {
    name_source *name;
    const char *key, *what;
    size_t place; /* in what provenance.json has, a digest */
} kinds[] = {
    {name_data, "data_sha256", "on other data", offsetof(struct provenance_found, data)},
    {name_weights, "init_from_sha256", "from other weights", offsetof(struct provenance_found, weights)}};

/* One that a run has said of. */
struct known_source {
    const char *name;
    char digest[SHA256_HEX_SIZE];
    const struct planned_run *run; /* the first */
};

/* NULL without memory. */
static const char *name_of(struct arena *arena, const struct kind *kind, const struct result_run *run)
{
    struct text name = {0};
    kind->name(&run->planned->config, &name);
    return text_move(&name, arena);
}

/* "" where it does not say. */
static void digest_of(const char *key, const struct result_run *run, char digest[SHA256_HEX_SIZE])
{
    digest[0] = '\0';
    if (run->record != NULL)
        json_get_text(run->record->summary, key, digest, SHA256_HEX_SIZE);
}

/* A run that was cut short has no summary, and decided all the same which others were not. */
static bool digest_of_any(const struct kind *kind, const struct result_run *run, char digest[SHA256_HEX_SIZE],
                          struct assay_error *error)
{
    struct provenance_found there;
    digest_of(kind->key, run, digest);
    if (run->state != RUN_PRUNED)
        return true;
    if (!provenance_read(run->planned->directory, &there, error))
        return false;
    memcpy(digest, (const char *)&there + kind->place, SHA256_HEX_SIZE);
    return true;
}

static bool refuse(const struct results *results, const struct kind *kind, const struct planned_run *first,
                   const struct planned_run *run, struct assay_error *error)
{
    return assay_fail(error, ASSAY_INVALID,
                      "%s was trained %s than %s, as their %s says; "
                      "`assay work %s --index K --again`, K being %zu or %zu, trains the old one anew",
                      run->directory, kind->what, first->directory, kind->key, results->experiment->path,
                      first->index, run->index);
}

static bool check(struct arena *arena, const struct results *results, const struct kind *kind,
                  struct assay_error *error)
{
    struct known_source *sources = arena_allocate(arena, results->plan->count, sizeof *sources);
    size_t count = 0;
    if (sources == NULL)
        return assay_fail_memory(error, "reading results");
    for (size_t i = 0; i < results->plan->count; i++) {
        const struct result_run *run = &results->runs[i];
        struct known_source source = {.run = run->planned};
        if (!digest_of_any(kind, run, source.digest, error))
            return false;
        if (source.digest[0] == '\0')
            continue;
        source.name = name_of(arena, kind, run);
        if (source.name == NULL)
            return assay_fail_memory(error, "reading results");
        size_t same = 0;
        while (same < count && strcmp(sources[same].name, source.name) != 0)
            same++;
        if (same == count)
            sources[count++] = source;
        else if (strcmp(sources[same].digest, source.digest) != 0)
            return refuse(results, kind, sources[same].run, run->planned, error);
    }
    return true;
}

bool sources_check(const struct results *results, struct assay_error *error)
{
    struct arena *arena = arena_create();
    bool done = arena != NULL || assay_fail_memory(error, "reading results");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        done = done && check(arena, results, &kinds[i], error);
    arena_destroy(arena);
    return done;
}

bool sources_are_same_images(const struct result_run *a, const struct result_run *b, bool *same,
                             struct assay_error *error)
{
    /* Summaries of some time ago say nothing of the test set alone. */
    static const char *const keys[] = {"test_sha256", "data_sha256"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char digest_a[SHA256_HEX_SIZE], digest_b[SHA256_HEX_SIZE];
        digest_of(keys[i], a, digest_a);
        digest_of(keys[i], b, digest_b);
        *same = strcmp(digest_a, digest_b) == 0;
        if (digest_a[0] != '\0' && digest_b[0] != '\0')
            return true;
    }
    struct arena *arena = arena_create();
    const char *name_a = arena != NULL ? name_of(arena, &kinds[0], a) : NULL,
               *name_b = arena != NULL ? name_of(arena, &kinds[0], b) : NULL;
    const bool done = name_a != NULL && name_b != NULL;
    if (done)
        *same = strcmp(name_a, name_b) == 0;
    arena_destroy(arena);
    return done || assay_fail_memory(error, "deciding claims");
}

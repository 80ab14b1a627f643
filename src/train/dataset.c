#include "train/dataset.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "train/fetch.h"
#include "train/source.h"

#include <stdlib.h>
#include <string.h>

static const struct assay_variant *const variants[] = {
    &source_mnist.variant,
    &source_digits.variant,
    &source_idx.variant,
};

const struct assay_variants dataset_sources = {
    .what = "data set",
    .items = variants,
    .count = sizeof variants / sizeof variants[0],
};

static const struct dataset_source *source_of(const struct assay_variant_value *source)
{
    return (const struct dataset_source *)source->variant;
}

char *dataset_cache_directory(const char *name)
{
    const char *const cache = getenv("XDG_CACHE_HOME"), *const home = getenv("HOME");
    struct text path = {0};
    if (cache != NULL && cache[0] == '/') /* by the XDG specification, a relative one does not count */
        text_add(&path, "%s/assay/%s", cache, name);
    else if (home != NULL && home[0] != '\0')
        text_add(&path, "%s/.cache/assay/%s", home, name);
    if (path.failed)
        text_finish(&path);
    return path.bytes;
}

/* Where to look for `name`; those that cannot be named are NULL. */
enum { PLACES = 3 };
static void list_places(const char *name, char *places[PLACES])
{
    const char *const root = getenv("ASSAY_DATA");
    places[0] = root != NULL && root[0] != '\0' ? path_join(root, name) : NULL;
    places[1] = path_join("data", name);
    places[2] = dataset_cache_directory(name);
}

static bool fail_nowhere(const char *name, char *const places[PLACES], struct assay_error *error)
{
    struct text list = {0};
    for (int place = 0; place < PLACES; place++)
        if (places[place] != NULL) {
            text_add(&list, "\n    ");
            text_add_escaped(&list, places[place], strlen(places[place]));
        }
    assay_fail(error, ASSAY_INVALID,
               "the data set %s is in none of the places where it is looked for:%s\n"
               "`assay data fetch %s` gets it; if you have it already, say where with data.dir",
               name, list.bytes != NULL ? list.bytes : "", name);
    text_finish(&list);
    return false;
}

/* *found is the caller's to memory_free; NULL when the source needs no search. */
static bool locate(const struct dataset_source *source, const char *directory, char **found,
                   struct assay_error *error)
{
    *found = NULL;
    if (directory != NULL || source->is_in == NULL)
        return true;
    char *places[PLACES];
    list_places(source->variant.name, places);
    for (int place = 0; place < PLACES && *found == NULL; place++)
        if (places[place] != NULL && source->is_in(places[place])) {
            *found = places[place];
            places[place] = NULL;
        }
    const bool done = *found != NULL || fail_nowhere(source->variant.name, places, error);
    for (int place = 0; place < PLACES; place++)
        memory_free(places[place]);
    return done;
}

bool dataset_find(const struct assay_variant_value *source, const char *directory, struct assay_error *error)
{
    char *found;
    const bool done = locate(source_of(source), directory, &found, error);
    memory_free(found);
    return done;
}

bool dataset_describe(const struct assay_variant_value *source, const char *directory,
                      struct dataset_shape *shape, struct assay_error *error)
{
    char *found;
    locate(source_of(source), directory, &found, NULL);
    const bool done =
        source_of(source)->describe(source->options, found != NULL ? found : directory, shape, error);
    memory_free(found);
    return done;
}

/* Array `file` of the data set as IDX; its bytes stay the data set's. */
static struct idx array_of(const struct dataset *dataset, int file)
{
    const struct dataset_shape *shape = &dataset->shape;
    const bool training = file == TRAIN_IMAGES || file == TRAIN_LABELS;
    const struct image_set *set = training ? &dataset->train : &dataset->test;
    const size_t count = set->count, channels = (size_t)shape->channels;
    const size_t height = (size_t)shape->height, width = (size_t)shape->width;
    if (file == TRAIN_LABELS || file == TEST_LABELS)
        return (struct idx){1, {count}, set->labels, count};
    if (channels == 1)
        return (struct idx){3, {count, height, width}, set->images, count * height * width};
    return (struct idx){4, {count, channels, height, width}, set->images, count * channels * height * width};
}

static void add_digests(struct dataset *dataset)
{
    struct sha256 all, test;
    uint8_t digest[SHA256_SIZE];
    sha256_init(&all);
    sha256_init(&test);
    for (int file = 0; file < DATASET_FILES; file++) {
        const struct idx array = array_of(dataset, file);
        idx_digest(&array, digest);
        sha256_add(&all, digest, sizeof digest);
        if (file == TEST_IMAGES || file == TEST_LABELS)
            sha256_add(&test, digest, sizeof digest);
    }
    sha256_end(&all, digest);
    sha256_hex(digest, dataset->digest);
    sha256_end(&test, digest);
    sha256_hex(digest, dataset->test_digest);
}

bool dataset_load(const struct assay_variant_value *source, const char *directory, struct dataset *dataset,
                  struct assay_error *error)
{
    *dataset = (struct dataset){0};
    char *found;
    if (!locate(source_of(source), directory, &found, error))
        return false;
    const bool done =
        source_of(source)->load(source->options, found != NULL ? found : directory, dataset, error);
    memory_free(found);
    if (done)
        add_digests(dataset);
    else
        dataset_finish(dataset);
    return done;
}

void dataset_finish(struct dataset *dataset)
{
    memory_free(dataset->train.images);
    memory_free(dataset->train.labels);
    memory_free(dataset->test.images);
    memory_free(dataset->test.labels);
    *dataset = (struct dataset){0};
}

/* What is there already must be what would be written: a command before this one was cut short, say. */
static bool is_free(const char *path, const struct idx *array, struct assay_error *error)
{
    struct idx there = {0};
    if (!file_exists(path))
        return true;
    const bool is_read = idx_read(path, array->length, &there, error);
    const bool is_same =
        is_read && there.rank == array->rank &&
        memcmp(there.dimensions, array->dimensions, array->rank * sizeof array->dimensions[0]) == 0 &&
        memcmp(there.bytes, array->bytes, array->length) == 0;
    idx_finish(&there);
    if (is_same || (!is_read && error->status == ASSAY_MACHINE))
        return is_same;
    return assay_fail(error, ASSAY_INVALID, "%s is there already; remove it, or choose another directory",
                      path);
}

static bool write_files(const struct dataset *dataset, char *const paths[DATASET_FILES],
                        struct assay_error *error)
{
    bool done = true;
    for (int file = 0; done && file < DATASET_FILES; file++) {
        const struct idx array = array_of(dataset, file);
        done = is_free(paths[file], &array, error);
    }
    for (int file = 0; done && file < DATASET_FILES; file++) {
        const struct idx array = array_of(dataset, file);
        done = idx_write(paths[file], &array, error);
    }
    return done;
}

bool dataset_write(const struct dataset *dataset, const char *directory, struct assay_error *error)
{
    char *paths[DATASET_FILES] = {NULL};
    bool done = true;
    for (int file = 0; done && file < DATASET_FILES; file++) {
        paths[file] = path_join(directory, mnist_files[file].name);
        done = paths[file] != NULL || assay_fail_memory(error, "naming the data files");
    }
    struct file_lock *const lock = done ? files_lock(directory, error) : NULL;
    for (int file = 0; lock != NULL && file < DATASET_FILES; file++)
        file_remove_leftovers(directory, mnist_files[file].name);
    done = lock != NULL && write_files(dataset, paths, error);
    file_lock_release(lock);
    for (int file = 0; file < DATASET_FILES; file++)
        memory_free(paths[file]);
    return done;
}

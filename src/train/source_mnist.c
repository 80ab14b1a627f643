/* The data set `mnist`: its four files, plain or compressed. */
#include "train/source.h"

#include "base/memory.h"
#include "train/fetch.h"

enum { SIDE = 28, CLASSES = 10, TRAIN_COUNT = 60000, TEST_COUNT = 10000 };
_Static_assert((int)MNIST_FILES == (int)DATASET_FILES,
               "MNIST is four files, in the order of enum dataset_file");

static const struct assay_table table = {.size = 1}; /* no options */

static bool find(const char *directory, struct dataset_files *files, struct assay_error *error)
{
    *files = (struct dataset_files){.channels = 1, .classes = CLASSES, .side = SIDE};
    bool done = true;
    for (int file = 0; done && file < DATASET_FILES; file++) {
        files->paths[file] = mnist_path(directory, mnist_files[file].name, error);
        done = files->paths[file] != NULL;
    }
    return done;
}

static bool is_in(const char *directory)
{
    struct dataset_files files;
    const bool found = find(directory, &files, NULL);
    dataset_files_finish(&files);
    return found;
}

static bool describe(const void *options, const char *directory, struct dataset_shape *shape,
                     struct assay_error *error)
{
    (void)options;
    *shape = (struct dataset_shape){1, SIDE, SIDE, CLASSES, TRAIN_COUNT, TEST_COUNT};
    if (directory == NULL)
        return true;
    struct dataset_files files;
    const bool done = find(directory, &files, error) && dataset_files_describe(&files, shape, error);
    dataset_files_finish(&files);
    return done;
}

static bool load(const void *options, const char *directory, struct dataset *dataset,
                 struct assay_error *error)
{
    (void)options;
    struct dataset_files files;
    const bool done = find(directory, &files, error) && dataset_files_load(&files, dataset, error);
    dataset_files_finish(&files);
    return done;
}

const struct dataset_source source_mnist = {
    .variant = {.name = "mnist",
                .summary = "the MNIST handwritten digits: 60,000 to train on and 10,000 to test on, 28x28",
                .source = "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document "
                          "recognition, 1998",
                .example = "",
                .table = &table},
    .is_in = is_in,
    .describe = describe,
    .load = load,
};

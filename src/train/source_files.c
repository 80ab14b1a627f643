/* Images and labels from four IDX files, for the data sets that have them. */
#include "train/source.h"

#include "base/memory.h"

enum { SIDE_LIMIT = 1024 };

void dataset_files_finish(struct dataset_files *files)
{
    for (int file = 0; file < DATASET_FILES; file++)
        memory_free(files->paths[file]);
    *files = (struct dataset_files){0};
}

static bool check_images(const struct dataset_files *files, const char *path, const struct idx *images,
                         struct assay_error *error)
{
    const size_t rank = images->rank, *dimensions = images->dimensions;
    if (rank != 3 && rank != 4)
        return assay_fail(error, ASSAY_INVALID, "%s: images have 3 or 4 dimensions, this has %zu", path,
                          rank);
    const size_t channels = rank == 4 ? dimensions[1] : 1, height = dimensions[rank - 2],
                 width = dimensions[rank - 1];
    if (channels != (size_t)files->channels)
        return assay_fail(error, ASSAY_INVALID, "%s: has %zu channel%s, not %d", path, channels,
                          channels == 1 ? "" : "s", files->channels);
    if (files->side > 0 && (height != (size_t)files->side || width != (size_t)files->side))
        return assay_fail(error, ASSAY_INVALID, "%s: wants images of %dx%d, found %zux%zu", path, files->side,
                          files->side, height, width);
    if (height > SIDE_LIMIT || width > SIDE_LIMIT)
        return assay_fail(error, ASSAY_INVALID, "%s: wants images of at most %dx%d, found %zux%zu", path,
                          SIDE_LIMIT, SIDE_LIMIT, height, width);
    if (images->length > DATASET_BYTES_LIMIT)
        return assay_fail(error, ASSAY_INVALID, "%s: holds %zu bytes of images, more than the %d allowed",
                          path, images->length, DATASET_BYTES_LIMIT);
    return true;
}

/* `images` and `labels` number the two files of one part. */
static bool check_part(const struct dataset_files *files, int images, int labels,
                       const struct idx arrays[DATASET_FILES], struct assay_error *error)
{
    const struct idx *array = &arrays[labels];
    const char *path = files->paths[labels];
    if (!check_images(files, files->paths[images], &arrays[images], error))
        return false;
    if (array->rank != 1)
        return assay_fail(error, ASSAY_INVALID, "%s: labels have 1 dimension, this has %zu", path,
                          array->rank);
    if (array->length != arrays[images].dimensions[0])
        return assay_fail(error, ASSAY_INVALID, "%s: has %zu labels for the %zu images of %s", path,
                          array->length, arrays[images].dimensions[0], files->paths[images]);
    for (size_t i = 0; array->bytes != NULL && i < array->length; i++)
        if (array->bytes[i] >= files->classes)
            return assay_fail(error, ASSAY_INVALID, "%s: label %d at index %zu is not one of the %d classes",
                              path, array->bytes[i], i, files->classes);
    return true;
}

static bool check(const struct dataset_files *files, const struct idx arrays[DATASET_FILES],
                  struct dataset_shape *shape, struct assay_error *error)
{
    if (!check_part(files, TRAIN_IMAGES, TRAIN_LABELS, arrays, error) ||
        !check_part(files, TEST_IMAGES, TEST_LABELS, arrays, error))
        return false;
    const struct idx *train = &arrays[TRAIN_IMAGES], *test = &arrays[TEST_IMAGES];
    const size_t height = train->dimensions[train->rank - 2], width = train->dimensions[train->rank - 1];
    if (test->dimensions[test->rank - 2] != height || test->dimensions[test->rank - 1] != width)
        return assay_fail(error, ASSAY_INVALID, "%s: has images of %zux%zu, %s of %zux%zu",
                          files->paths[TEST_IMAGES], test->dimensions[test->rank - 2],
                          test->dimensions[test->rank - 1], files->paths[TRAIN_IMAGES], height, width);
    *shape = (struct dataset_shape){files->channels,
                                    (int)height,
                                    (int)width,
                                    files->classes,
                                    (uint32_t)arrays[TRAIN_LABELS].length,
                                    (uint32_t)arrays[TEST_LABELS].length};
    return true;
}

bool dataset_files_describe(const struct dataset_files *files, struct dataset_shape *shape,
                            struct assay_error *error)
{
    struct idx arrays[DATASET_FILES];
    for (int file = 0; file < DATASET_FILES; file++)
        if (!idx_read_header(files->paths[file], &arrays[file], error))
            return false;
    return check(files, arrays, shape, error);
}

bool dataset_files_load(const struct dataset_files *files, struct dataset *dataset, struct assay_error *error)
{
    struct idx arrays[DATASET_FILES] = {0};
    bool done = true;
    for (int file = 0; done && file < DATASET_FILES; file++)
        done = idx_read(files->paths[file], DATASET_BYTES_LIMIT, &arrays[file], error);
    if (!done || !check(files, arrays, &dataset->shape, error)) {
        for (int file = 0; file < DATASET_FILES; file++)
            idx_finish(&arrays[file]);
        return false;
    }
    dataset->train = (struct image_set){dataset->shape.train_count, arrays[TRAIN_IMAGES].bytes,
                                        arrays[TRAIN_LABELS].bytes};
    dataset->test =
        (struct image_set){dataset->shape.test_count, arrays[TEST_IMAGES].bytes, arrays[TEST_LABELS].bytes};
    return true;
}

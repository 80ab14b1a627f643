/* The data set `idx`: files that the user names. */
#include "train/source.h"

#include "base/file.h"

struct idx_options {
    const char *files[DATASET_FILES];
    int classes, channels;
};

static const struct assay_field fields[] = {
    {ASSAY_STRING(struct idx_options, files[TRAIN_IMAGES]), .key = "train_images",
     .help = "IDX file of images, n x h x w or n x channels x h x w; relative to data.dir, else to the "
             "current directory"},
    {ASSAY_STRING(struct idx_options, files[TRAIN_LABELS]), .key = "train_labels",
     .help = "IDX file of n labels"},
    {ASSAY_STRING(struct idx_options, files[TEST_IMAGES]), .key = "test_images",
     .help = "the same to test on"},
    {ASSAY_STRING(struct idx_options, files[TEST_LABELS]), .key = "test_labels",
     .help = "the same to test on"},
    {ASSAY_INT(struct idx_options, classes), .key = "classes", .help = "labels are 0 to classes - 1",
     .fallback = "10", .least = 2, .most = 256},
    {ASSAY_INT(struct idx_options, channels), .key = "channels", .help = "planes of an image",
     .fallback = "1", .least = 1, .most = 256},
};
static const struct assay_table table = ASSAY_TABLE(struct idx_options, fields);

static bool find(const struct idx_options *options, const char *directory, struct dataset_files *files,
                 struct assay_error *error)
{
    *files = (struct dataset_files){.channels = options->channels, .classes = options->classes};
    bool done = true;
    for (int file = 0; file < DATASET_FILES; file++) {
        files->paths[file] = path_join(directory != NULL ? directory : ".", options->files[file]);
        done = done && files->paths[file] != NULL;
    }
    return done || assay_fail_memory(error, "naming the data files");
}

static bool describe(const void *options, const char *directory, struct dataset_shape *shape,
                     struct assay_error *error)
{
    struct dataset_files files;
    const bool done = find(options, directory, &files, error) && dataset_files_describe(&files, shape, error);
    dataset_files_finish(&files);
    return done;
}

static bool load(const void *options, const char *directory, struct dataset *dataset,
                 struct assay_error *error)
{
    struct dataset_files files;
    const bool done = find(options, directory, &files, error) && dataset_files_load(&files, dataset, error);
    dataset_files_finish(&files);
    return done;
}

const struct dataset_source source_idx = {
    .variant = {.name = "idx",
                .summary = "IDX files of your own, plain or in gzip",
                .source = "http://yann.lecun.com/exdb/mnist/",
                .example =
                    "{train_images: a.idx, train_labels: b.idx, test_images: c.idx, test_labels: d.idx}",
                .table = &table},
    .describe = describe,
    .load = load,
};

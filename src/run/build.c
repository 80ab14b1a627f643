#include "run/build.h"

#include "build_info.h"
#include "version_vcs.h"

const struct build build = {
    .version = ASSAY_VERSION,
    .commit = ASSAY_COMMIT,
    .compiler = ASSAY_COMPILER,
    .flags = ASSAY_FLAGS,
    .blas = ASSAY_BLAS,
};

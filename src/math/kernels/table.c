/* The table of one instruction set's kernels. */
#include "math/kernels/kernel.h"

#define STRING(name) STRING_OF(name)
#define STRING_OF(name) #name
#define ENTRY(name) .name = KERNEL(name),

extern const struct kernels KERNEL_NAME(kernels, ASSAY_KERNEL_SET);
const struct kernels KERNEL_NAME(kernels, ASSAY_KERNEL_SET) = {.name = STRING(ASSAY_KERNEL_SET),
                                                               KERNEL_LIST(ENTRY)};

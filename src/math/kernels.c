#include "math/kernels.h"

#include <stdio.h>
#include <string.h>

extern const struct kernels kernels_plain;
#if defined(ASSAY_KERNELS_X86)
extern const struct kernels kernels_avx2, kernels_avx512;
static const struct kernels *const all_kernels[] = {&kernels_plain, &kernels_avx2, &kernels_avx512};
#else
static const struct kernels *const all_kernels[] = {&kernels_plain};
#endif

const struct kernels *const *kernels_available(size_t *count)
{
    *count = 1;
#if defined(ASSAY_KERNELS_X86)
    __builtin_cpu_init();
    const bool avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512cd");
    *count += (size_t)avx2 + (size_t)avx512;
#endif
    return all_kernels;
}

const struct kernels *kernels_choose(const char *forced, struct assay_error *error)
{
    size_t count;
    const struct kernels *const *available = kernels_available(&count);
    if (forced == NULL || forced[0] == '\0')
        return available[count - 1];
    char names[64] = "";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(available[i]->name, forced) == 0)
            return available[i];
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", available[i]->name);
    }
    assay_fail(error, ASSAY_INVALID, "ASSAY_ISA names kernels that this CPU cannot run; it can run %s",
               names);
    return NULL;
}

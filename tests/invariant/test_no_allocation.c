/* Between two steps nothing is allocated: this program's own malloc and its kin count, and pass on to the C
 * library's. */
#include "harness.h"

#include <errno.h>
#include <stdatomic.h>

#include "support.h"

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#define SANITIZED                                                                                            \
    (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer))

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !SANITIZED
#define COUNTED 1

static atomic_size_t allocations;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations++;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    allocations++;
    void *const block = __libc_memalign(alignment, size);
    if (block == NULL)
        return ENOMEM;
    *memory = block;
    return 0;
}
#else
#define COUNTED 0
static size_t allocations;
#endif

static void test_steps(void)
{
    static const int batches[] = {1, 16};
    if (!COUNTED) {
        printf("skipped: under a sanitizer, or without glibc, malloc cannot be counted\n");
        return;
    }
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        struct model model;
        const struct model_request request = every_layer_request(batches[b], 2);
        struct samples samples = samples_create(request.image, request.classes, 20, 3);
        size_t before = allocations;
        CU_ASSERT_TRUE_FATAL(model_create(&model, request) && has_every_layer(model.plan));
        CU_ASSERT_TRUE(allocations > before); /* they are counted */

        before = allocations;
        for (int step = 0; step < 4; step++) {
            const struct minibatch minibatch = samples_batch(&samples, step, step == 2 ? 1 : batches[b]);
            model_step(&model, &minibatch, step);
            network_test(model.network, &minibatch);
            network_penalty(model.network, 0.1, 0.5);
        }
        CU_ASSERT_EQUAL(allocations, before);
        model_destroy(&model);
        samples_destroy(&samples);
    }
}

int main(void)
{
    return run_suite("no allocation", (CU_TestInfo[]){
                                          {"steps", test_steps},
                                          CU_TEST_INFO_NULL,
                                      });
}

/* What every kernel source begins with. Each is compiled once per instruction set; KERNEL(name) keeps the
 * copies apart. */
#ifndef KERNELS_KERNEL_H
#define KERNELS_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "math/kernels.h"

#if defined(__FMA__)
#include <immintrin.h>
#elif defined(__ARM_FEATURE_FMA) && defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef ASSAY_KERNEL_SET
#define ASSAY_KERNEL_SET plain
#endif
#define KERNEL_JOIN(name, set) name##_##set
#define KERNEL_NAME(name, set) KERNEL_JOIN(name, set)
#define KERNEL(name) KERNEL_NAME(kernel_##name, ASSAY_KERNEL_SET)

/* Rows of channels are padded to this many, on every machine. */
enum { LANES = 16 };

/* As many floats as a register of the machine holds: compilers spread wider ones badly. What is done element
 * by element gives the same bits in any width. ASSAY_WIDE is for tests: what AVX-512 does, in pairs of AVX2
 * registers. */
#if defined(__AVX512F__) || defined(ASSAY_WIDE)
#define REGISTER_FLOATS 16
#elif defined(__AVX__)
#define REGISTER_FLOATS 8
#else
#define REGISTER_FLOATS 4
#endif
enum { WIDTH = REGISTER_FLOATS };
typedef float vector __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef int32_t int_vector __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef uint8_t byte_vector __attribute__((vector_size(WIDTH), aligned(1), may_alias));

/* a * b + c, rounded once where the machine can do so in one instruction: spelled out, since whether a sum is
 * rounded once or twice must not depend on how a compiler treats a loop. LARGER is a > b ? a : b and SMALLER
 * a < b ? a : b in every lane, so b where one of them is NaN; compilers make branches of those. */
#if defined(__AVX512F__)
#define FUSED(a, b, c) ((vector)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define LARGER(a, b) ((vector)_mm512_max_ps((__m512)(a), (__m512)(b)))
#define SMALLER(a, b) ((vector)_mm512_min_ps((__m512)(a), (__m512)(b)))
#elif defined(ASSAY_WIDE)
union halves {
    vector whole;
    __m256 half[2];
};
#define IN_HALVES(name, operation)                                                                           \
    static inline __attribute__((unused)) vector name(vector a, vector b, vector c)                          \
    {                                                                                                        \
        const union halves x = {a}, y __attribute__((unused)) = {b}, z = {c};                                \
        return (union halves){.half = {operation(x.half[0], y.half[0], z.half[0]),                           \
                                       operation(x.half[1], y.half[1], z.half[1])}}                          \
            .whole;                                                                                          \
    }
#define LARGER_HALF(a, b, c) _mm256_max_ps((a), (c))
#define SMALLER_HALF(a, b, c) _mm256_min_ps((a), (c))
IN_HALVES(fused_halves, _mm256_fmadd_ps)
IN_HALVES(larger_halves, LARGER_HALF)
IN_HALVES(smaller_halves, SMALLER_HALF)
#define FUSED(a, b, c) fused_halves((a), (b), (c))
#define LARGER(a, b) larger_halves((a), (b), (b))
#define SMALLER(a, b) smaller_halves((a), (b), (b))
#elif defined(__FMA__)
#define FUSED(a, b, c) ((vector)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define LARGER(a, b) ((vector)_mm256_max_ps((__m256)(a), (__m256)(b)))
#define SMALLER(a, b) ((vector)_mm256_min_ps((__m256)(a), (__m256)(b)))
#else
#if defined(__ARM_FEATURE_FMA) && defined(__aarch64__)
#define FUSED(a, b, c) ((vector)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#else
#define FUSED(a, b, c) ((a) * (b) + (c)) /* nothing to fuse with: rounded twice, always */
#endif
#define LARGER(a, b) ((vector)where((a) > (b), (int_vector)(a), (int_vector)(b)))
#define SMALLER(a, b) ((vector)where((a) < (b), (int_vector)(a), (int_vector)(b)))
#endif

/* What is compiled anew for every set of constants it is called with. */
#define INLINED static inline __attribute__((always_inline))

/* Before a loop of at most so many rounds, whose arrays are to lie in registers. ASSAY_ROLLED: not where a
 * compiler checks or counts what is in them, for it takes minutes; the bits are the same. */
#define PRAGMA(text) _Pragma(#text)
#ifdef ASSAY_ROLLED
#define UNROLL(most)
#elif defined __clang__
#define UNROLL(most) PRAGMA(clang loop unroll(full))
#else
#define UNROLL(most) PRAGMA(GCC unroll most)
#endif

static inline vector broadcast(float x)
{
    return x - (vector){0}; /* -0 stays */
}

/* Where `mask` is all ones, `a`, where it is 0 `b`. */
static inline __attribute__((unused)) int_vector where(int_vector mask, int_vector a, int_vector b)
{
    return (mask & a) | (~mask & b);
}

/* From bytes to lanes and back; what compilers make of a conversion takes thirty instructions. */
static inline __attribute__((unused)) int_vector widen(const uint8_t *bytes)
{
#if defined(__AVX2__) && REGISTER_FLOATS == 8
    return (int_vector)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)bytes));
#else
    return __builtin_convertvector(*(const byte_vector *)bytes, int_vector);
#endif
}

static inline __attribute__((unused)) void narrow(uint8_t *bytes, int_vector lanes)
{
#if defined(__AVX2__) && REGISTER_FLOATS == 8
    typedef uint8_t all_bytes __attribute__((vector_size(32)));
    const all_bytes all = (all_bytes)lanes;
    *(byte_vector *)bytes = __builtin_shufflevector(all, all, 0, 4, 8, 12, 16, 20, 24, 28);
#else
    *(byte_vector *)bytes = __builtin_convertvector(lanes, byte_vector);
#endif
}

/* Every kernel of one set, declared by the same list that fills its table. */
#define KERNEL_LIST(X)                                                                                       \
    X(product)                                                                                               \
    X(tanh_forward)                                                                                          \
    X(tanh_backward)                                                                                         \
    X(sigmoid_forward)                                                                                       \
    X(sigmoid_backward)                                                                                      \
    X(relu_forward)                                                                                          \
    X(relu_backward)                                                                                         \
    X(dropout_forward)                                                                                       \
    X(dropout_backward)                                                                                      \
    X(max_forward)                                                                                           \
    X(lp_forward)                                                                                            \
    X(average_forward)                                                                                       \
    X(max_backward)                                                                                          \
    X(lp_backward)                                                                                           \
    X(average_backward)                                                                                      \
    X(winograd_input)                                                                                        \
    X(winograd_output)                                                                                       \
    X(winograd_output_adjoint)                                                                               \
    X(winograd_input_adjoint)                                                                                \
    X(winograd_weight)                                                                                       \
    X(winograd_weight_adjoint)                                                                               \
    X(transpose)                                                                                             \
    X(channel_sums)                                                                                          \
    X(subtract_mean)                                                                                         \
    X(column_sums)                                                                                           \
    X(update)

#define KERNEL_DECLARE(name) extern __typeof__(*((struct kernels *)0)->name) KERNEL(name);
KERNEL_LIST(KERNEL_DECLARE)

#endif

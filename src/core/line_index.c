/*
 * line_index.c - find all delimiters of a block of memory in one pass.
 *
 * Each way turns 64 bytes into a mask with one bit per byte, and the mask into
 * offsets: a few are stored whether or not there are so many, and the output
 * advances by how many there were. So a line of usual length costs no branch
 * that depends on it; mispredicting those is what makes memchr() per line slow.
 */
#include "line_index.h"

#include <stdatomic.h>

#include <rill/base.h>

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define INDEX_X86 1
#include <immintrin.h>
#define INDEX_TARGET(features) __attribute__((target(features)))
#if defined(__SSE2__)
#define INDEX_SSE2 1
#endif
#elif defined(__GNUC__) && defined(__ARM_NEON) && defined(__AARCH64EL__)
#define INDEX_NEON 1
#include <arm_neon.h>
#endif

/* Inlined even into functions for another target, and without optimisation. */
#if defined(__GNUC__)
#define INDEX_INLINE inline __attribute__((always_inline))
#else
#define INDEX_INLINE inline
#endif

enum { INDEX_BLOCK = 64 };

/* As rill__index_lines(), but `n` is a multiple of INDEX_BLOCK. Stops behind
 * the block that brought the count to `max`. */
typedef size_t index_fn(const unsigned char *p, size_t n, int delimiter,
                        uint32_t *out, size_t max);

/* ---- From masks to offsets -------------------------------------------- */

/* Which is the lowest bit of `mask`; 63 if there is none. */
static INDEX_INLINE uint32_t index_lowest(uint64_t mask)
{
    mask |= (uint64_t)1 << 63;
#if defined(__GNUC__)
    return (uint32_t)__builtin_ctzll(mask);
#else
    uint32_t n = 0;

    for (; (mask & 1) == 0; mask >>= 1)
        n++;
    return n;
#endif
}

/* How many bits are set, for processors without an instruction for it. */
static INDEX_INLINE size_t index_popcount(uint64_t mask)
{
    mask -= (mask >> 1) & UINT64_C(0x5555555555555555);
    mask = (mask & UINT64_C(0x3333333333333333)) +
           ((mask >> 2) & UINT64_C(0x3333333333333333));
    mask = (mask + (mask >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)((mask * UINT64_C(0x0101010101010101)) >> 56);
}

/* Store one offset and return the mask without it. */
static INDEX_INLINE uint64_t index_pop(uint64_t mask, size_t at, uint32_t *out)
{
    *out = (uint32_t)at + index_lowest(mask);
    return mask & (mask - 1);
}

/* Store the offsets of the `count` bits of `mask`, which stands for the block
 * at `at`. Overwrites at least 3 entries and at most 64. */
static INDEX_INLINE void index_store(uint64_t mask, size_t count, size_t at,
                                     uint32_t *out)
{
    mask = index_pop(mask, at, out);
    mask = index_pop(mask, at, out + 1);
    mask = index_pop(mask, at, out + 2);
    if (RILL_LIKELY(count <= 3))
        return;
    mask = index_pop(mask, at, out + 3);
    for (size_t i = 4; i < count; i += 4) {
        mask = index_pop(mask, at, out + i);
        mask = index_pop(mask, at, out + i + 1);
        mask = index_pop(mask, at, out + i + 2);
        mask = index_pop(mask, at, out + i + 3);
    }
}

/* ---- x86 -------------------------------------------------------------- */

#if defined(INDEX_X86)

/* Widen 16 of the numbers in `found` and store them, counted from `at`. */
INDEX_TARGET("avx512f")
static inline void index_store_16(__m128i found, size_t at, uint32_t *out)
{
    __m512i wide = _mm512_cvtepu8_epi32(found);
    __m512i base = _mm512_set1_epi32((int)(uint32_t)at);

    _mm512_storeu_si512(out, _mm512_add_epi32(wide, base));
}

/* The mask picks from the numbers 0 to 63 all at once. */
INDEX_TARGET("avx512f,avx512bw,avx512vbmi2,popcnt")
static size_t index_vbmi2(const unsigned char *p, size_t n, int delimiter,
                          uint32_t *out, size_t max)
{
    static const unsigned char numbers[INDEX_BLOCK] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
        48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i all = _mm512_loadu_si512(numbers);
    const __m512i wanted = _mm512_set1_epi8((char)delimiter);
    size_t count = 0;

    for (size_t at = 0; at < n && count < max; at += INDEX_BLOCK) {
        __m512i bytes = _mm512_loadu_si512(p + at);
        __mmask64 mask = _mm512_cmpeq_epi8_mask(bytes, wanted);
        size_t found_count = (size_t)__builtin_popcountll(mask);
        __m512i found = _mm512_maskz_compress_epi8(mask, all);
        __m256i eight = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(found));
        __m256i base = _mm256_set1_epi32((int)(uint32_t)at);

        _mm256_storeu_si256((__m256i *)(out + count),
                            _mm256_add_epi32(eight, base));
        if (!RILL_LIKELY(found_count <= 8)) {
            uint32_t *o = out + count;
            index_store_16(_mm512_extracti32x4_epi32(found, 0), at, o);
            index_store_16(_mm512_extracti32x4_epi32(found, 1), at, o + 16);
            index_store_16(_mm512_extracti32x4_epi32(found, 2), at, o + 32);
            index_store_16(_mm512_extracti32x4_epi32(found, 3), at, o + 48);
        }
        count += found_count;
    }
    return count;
}

INDEX_TARGET("avx2,bmi,popcnt")
static size_t index_avx2(const unsigned char *p, size_t n, int delimiter,
                         uint32_t *out, size_t max)
{
    const __m256i wanted = _mm256_set1_epi8((char)delimiter);
    size_t count = 0;

    for (size_t at = 0; at < n && count < max; at += INDEX_BLOCK) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(p + at));
        __m256i high = _mm256_loadu_si256((const __m256i *)(p + at + 32));
        int m0 = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
        int m1 = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
        uint64_t mask = (uint64_t)(uint32_t)m1 << 32 | (uint32_t)m0;
        size_t found = (size_t)__builtin_popcountll(mask);

        index_store(mask, found, at, out + count);
        count += found;
    }
    return count;
}

static int index_have_vbmi2(void)
{
    return __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("popcnt");
}

static int index_have_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}

#endif

#if defined(INDEX_SSE2)

static INDEX_INLINE uint64_t index_match_16(const unsigned char *p,
                                            __m128i wanted)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)p);

    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
}

static size_t index_sse2(const unsigned char *p, size_t n, int delimiter,
                         uint32_t *out, size_t max)
{
    const __m128i wanted = _mm_set1_epi8((char)delimiter);
    size_t count = 0;

    for (size_t at = 0; at < n && count < max; at += INDEX_BLOCK) {
        uint64_t mask = index_match_16(p + at, wanted) |
                        index_match_16(p + at + 16, wanted) << 16 |
                        index_match_16(p + at + 32, wanted) << 32 |
                        index_match_16(p + at + 48, wanted) << 48;
        size_t found = index_popcount(mask);

        index_store(mask, found, at, out + count);
        count += found;
    }
    return count;
}

#endif

/* ---- aarch64 ---------------------------------------------------------- */

#if defined(INDEX_NEON)

/* Each byte of a comparison keeps the bit of its place among eight; adding
 * neighbours three times brings the eight together. */
static size_t index_neon(const unsigned char *p, size_t n, int delimiter,
                         uint32_t *out, size_t max)
{
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                       1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t place = vld1q_u8(places);
    const uint8x16_t wanted = vdupq_n_u8((uint8_t)delimiter);
    size_t count = 0;

    for (size_t at = 0; at < n && count < max; at += INDEX_BLOCK) {
        uint8x16_t m0 = vandq_u8(vceqq_u8(vld1q_u8(p + at), wanted), place);
        uint8x16_t m1 =
            vandq_u8(vceqq_u8(vld1q_u8(p + at + 16), wanted), place);
        uint8x16_t m2 =
            vandq_u8(vceqq_u8(vld1q_u8(p + at + 32), wanted), place);
        uint8x16_t m3 =
            vandq_u8(vceqq_u8(vld1q_u8(p + at + 48), wanted), place);
        uint8x16_t sum = vpaddq_u8(vpaddq_u8(m0, m1), vpaddq_u8(m2, m3));
        uint64_t mask =
            vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
        size_t found = (size_t)__builtin_popcountll(mask);

        index_store(mask, found, at, out + count);
        count += found;
    }
    return count;
}

#endif

/* ---- Everywhere ------------------------------------------------------- */

/* Eight bytes, the first one lowest: compilers make it one load. */
static INDEX_INLINE uint64_t index_load_8(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
           (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
           (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* One bit for each of eight bytes: bit i is set where byte i of `wanted` is
 * that of `p`. Each byte that differs carries into its own highest bit, and
 * the multiplication gathers those bits. */
static INDEX_INLINE uint64_t index_match_8(const unsigned char *p,
                                           uint64_t wanted)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t x = index_load_8(p) ^ wanted;

    x = ~(((x & low) + low) | x | low);
    return ((x >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

static size_t index_words(const unsigned char *p, size_t n, int delimiter,
                          uint32_t *out, size_t max)
{
    const uint64_t wanted = (uint64_t)delimiter * UINT64_C(0x0101010101010101);
    size_t count = 0;

    for (size_t at = 0; at < n && count < max; at += INDEX_BLOCK) {
        uint64_t mask = index_match_8(p + at, wanted) |
                        index_match_8(p + at + 8, wanted) << 8 |
                        index_match_8(p + at + 16, wanted) << 16 |
                        index_match_8(p + at + 24, wanted) << 24 |
                        index_match_8(p + at + 32, wanted) << 32 |
                        index_match_8(p + at + 40, wanted) << 40 |
                        index_match_8(p + at + 48, wanted) << 48 |
                        index_match_8(p + at + 56, wanted) << 56;
        size_t found = index_popcount(mask);

        index_store(mask, found, at, out + count);
        count += found;
    }
    return count;
}

static int index_have_always(void)
{
    return 1;
}

/* ---- The choice ------------------------------------------------------- */

/* Best first. */
static const struct index_way {
    const char *name;
    index_fn *index;
    int (*usable)(void);
} index_ways[] = {
#if defined(INDEX_X86)
    {"avx512-vbmi2", index_vbmi2, index_have_vbmi2},
    {"avx2", index_avx2, index_have_avx2},
#endif
#if defined(INDEX_SSE2)
    {"sse2", index_sse2, index_have_always},
#endif
#if defined(INDEX_NEON)
    {"neon", index_neon, index_have_always},
#endif
    {"words", index_words, index_have_always},
};

/* NULL until the first use. Threads that choose at once choose the same. */
static _Atomic(index_fn *) index_chosen;

const char *rill__index_use(size_t rank)
{
    size_t ways = sizeof index_ways / sizeof index_ways[0];

    for (size_t i = 0; i < ways; i++) {
        const struct index_way *way = &index_ways[i];

        if (!way->usable() || rank-- > 0)
            continue;
        atomic_store_explicit(&index_chosen, way->index, memory_order_relaxed);
        return way->name;
    }
    return NULL;
}

size_t rill__index_lines(const unsigned char *p, size_t n, int delimiter,
                         uint32_t *out, size_t max, size_t *scanned_out)
{
    size_t blocks = n & ~(size_t)(INDEX_BLOCK - 1);
    size_t count = 0;
    index_fn *index = atomic_load_explicit(&index_chosen, memory_order_relaxed);

    if (index == NULL) {
        rill__index_use(0);
        index = atomic_load_explicit(&index_chosen, memory_order_relaxed);
    }
    if (blocks > 0)
        count = index(p, blocks, delimiter, out, max);
    if (count >= max) {
        /* It stopped behind the block that holds the last one found. */
        *scanned_out = (out[count - 1] | (INDEX_BLOCK - 1)) + (size_t)1;
        return count;
    }
    for (size_t i = blocks; i < n; i++) {
        out[count] = (uint32_t)i;
        count += p[i] == delimiter;
    }
    *scanned_out = n;
    return count;
}

/*
 * limit_lines.c - the limit of line reading: a block of the text is searched
 * for newlines with vector compares, their places go to a small index without
 * a branch per line, and a second loop walks the index.
 */
#include "limit.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { PIECE = 16 * 1024 };

/* Append the places of the set bits. Writes up to 8 at a time whether they are
 * there or not: the count decides. */
static inline uint32_t *add_bits(uint32_t *out, uint64_t mask, uint32_t base)
{
    uint32_t *end = out + __builtin_popcountll(mask);

    for (;;) {
        for (int k = 0; k < 4; k++) {
            out[k] = base + (uint32_t)__builtin_ctzll(mask | 1ull << 63);
            mask &= mask - 1;
        }
        if (mask == 0)
            return end;
        out += 4;
    }
}

static size_t index_plain(const char *p, size_t len, uint32_t *index)
{
    uint32_t *out = index;

    for (size_t at = 0; at < len; at += 64) {
        uint64_t mask = 0;
        size_t k = len - at < 64 ? len - at : 64;
        while (k-- > 0)
            mask = mask << 1 | (uint64_t)(p[at + k] == '\n');
        out = add_bits(out, mask, (uint32_t)at);
    }
    return (size_t)(out - index);
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,popcnt"))) static size_t
index_avx2(const char *p, size_t len, uint32_t *index)
{
    uint32_t *out = index;
    const __m256i newline = _mm256_set1_epi8('\n');
    size_t at = 0;

    for (; at + 64 <= len; at += 64) {
        const __m256i *v = (const __m256i *)(const void *)(p + at);
        __m256i a = _mm256_cmpeq_epi8(_mm256_loadu_si256(v), newline);
        __m256i b = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 1), newline);
        uint64_t mask = (uint32_t)_mm256_movemask_epi8(a) |
                        (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
        out = add_bits(out, mask, (uint32_t)at);
    }
    for (; at < len; at++)
        if (p[at] == '\n')
            *out++ = (uint32_t)at;
    return (size_t)(out - index);
}
#endif

static size_t make_index(const char *p, size_t len, uint32_t *index)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        return index_avx2(p, len, index);
#endif
    return index_plain(p, len, index);
}

size_t limit_sum_lines(const char *text, size_t len, uint64_t *sum)
{
    uint32_t index[PIECE + 64];
    size_t line = 0, at = 0;

    while (at < len) {
        size_t piece = len - at < PIECE ? len - at : PIECE;
        size_t count = make_index(text + at, piece, index);
        for (size_t i = 0; i < count; i++) {
            size_t end = at + index[i] + 1;
            *sum += bench_line_sum(text + line, end - line);
            line = end;
        }
        at += piece;
    }
    return line;
}

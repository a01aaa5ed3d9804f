/*
 * utf8.c - what is valid UTF-8 (RFC 3629), and how many characters it has.
 *
 * Whether two bytes may follow each other shows in three of their four halves.
 * So a vector of bytes is judged by three tables of 16 entries, one bit for
 * each way to be wrong; that bit is in all three if it is. What remains are the
 * third and fourth bytes of a character: those are where the byte two before
 * starts one of three or four, or the one three before one of four.
 *
 * The vectors say only which blocks are valid; the exact place of an error, and
 * the last bytes, are for rill__utf8_get().
 */
#include <stdatomic.h>
#include <string.h>

#include "codec.h"

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define UTF8_X86 1
#include <immintrin.h>
#elif defined(__GNUC__) && defined(__ARM_NEON) && defined(__AARCH64EL__)
#define UTF8_NEON 1
#include <arm_neon.h>
#endif

/* How many bytes at the start of `p` are valid, in whole blocks: the last
 * character may be cut. */
typedef size_t utf8_fn(const unsigned char *p, size_t n);

static uint64_t utf8_load_8(const unsigned char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof(x));
    return x;
}

/* ---- ASCII, anywhere -------------------------------------------------- */

static size_t utf8_ascii(const unsigned char *p, size_t n)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    size_t at = 0;

    while (n - at >= 16 &&
           ((utf8_load_8(p + at) | utf8_load_8(p + at + 8)) & high) == 0)
        at += 16;
    return at;
}

static int utf8_have_always(void)
{
    return 1;
}

/* ---- Vectors: what they can do ---------------------------------------- */

#if defined(UTF8_X86)

#define VEC_FN __attribute__((target("avx2"), always_inline)) static inline
#define VEC_TARGET __attribute__((target("avx2")))
typedef __m256i vec;

VEC_FN vec vec_load(const unsigned char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

VEC_FN vec vec_fill(unsigned char byte)
{
    return _mm256_set1_epi8((char)byte);
}

VEC_FN vec vec_and(vec a, vec b)
{
    return _mm256_and_si256(a, b);
}

VEC_FN vec vec_or(vec a, vec b)
{
    return _mm256_or_si256(a, b);
}

VEC_FN vec vec_xor(vec a, vec b)
{
    return _mm256_xor_si256(a, b);
}

/* a - b, at least 0. */
VEC_FN vec vec_minus(vec a, vec b)
{
    return _mm256_subs_epu8(a, b);
}

VEC_FN vec vec_high_half(vec a)
{
    return vec_and(_mm256_srli_epi16(a, 4), vec_fill(0x0f));
}

VEC_FN vec vec_lookup(const unsigned char *table, vec index)
{
    __m128i half = _mm_loadu_si128((const __m128i *)(const void *)table);

    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), index);
}

VEC_FN int vec_is_zero(vec a)
{
    return _mm256_testz_si256(a, a);
}

VEC_FN int vec_is_ascii(vec a)
{
    return _mm256_movemask_epi8(a) == 0;
}

/* The bytes `k` places before those of `here`, which `before` precedes. */
#define VEC_BACK(here, before, k)                                           \
    _mm256_alignr_epi8(here, _mm256_permute2x128_si256(before, here, 0x21), \
                       16 - (k))

static int utf8_have_vectors(void)
{
    return __builtin_cpu_supports("avx2");
}

#elif defined(UTF8_NEON)

#define VEC_FN __attribute__((always_inline)) static inline
#define VEC_TARGET
typedef uint8x16_t vec;

VEC_FN vec vec_load(const unsigned char *p)
{
    return vld1q_u8(p);
}

VEC_FN vec vec_fill(unsigned char byte)
{
    return vdupq_n_u8(byte);
}

VEC_FN vec vec_and(vec a, vec b)
{
    return vandq_u8(a, b);
}

VEC_FN vec vec_or(vec a, vec b)
{
    return vorrq_u8(a, b);
}

VEC_FN vec vec_xor(vec a, vec b)
{
    return veorq_u8(a, b);
}

VEC_FN vec vec_minus(vec a, vec b)
{
    return vqsubq_u8(a, b);
}

VEC_FN vec vec_high_half(vec a)
{
    return vshrq_n_u8(a, 4);
}

VEC_FN vec vec_lookup(const unsigned char *table, vec index)
{
    return vqtbl1q_u8(vld1q_u8(table), index);
}

VEC_FN int vec_is_zero(vec a)
{
    return vmaxvq_u8(a) == 0;
}

VEC_FN int vec_is_ascii(vec a)
{
    return vmaxvq_u8(a) < 0x80;
}

#define VEC_BACK(here, before, k) vextq_u8(before, here, 16 - (k))

static int utf8_have_vectors(void)
{
    return 1;
}

#endif

/* ---- Vectors: which are valid ------------------------------------------- */

#if defined(VEC_FN)

/* What may be wrong with a byte and the next. */
enum {
    CUT = 1 << 0,       /* a first byte, and none that continues it */
    STRAY = 1 << 1,     /* ASCII, and a byte that continues */
    LONG_2 = 1 << 2,    /* C0, C1: longer than needed */
    LONG_3 = 1 << 3,    /* E0 80..9F: longer than needed */
    SURROGATE = 1 << 4, /* ED A0..BF */
    LARGE = 1 << 5,     /* F4 and above, 90..BF: above U+10FFFF */
    EDGE_4 = 1 << 6,    /* F0 80..8F: longer than needed; F5.. 80..8F: above */
    PAIR = 1 << 7,      /* two that continue: wrong but where they are due */
    ALWAYS = CUT | STRAY | PAIR,
    BEYOND = ALWAYS | LARGE | EDGE_4
};

/* By the first byte's high half and low half, and by the second's high half. */
static const unsigned char utf8_first_high[16] = {STRAY,
                                                  STRAY,
                                                  STRAY,
                                                  STRAY,
                                                  STRAY,
                                                  STRAY,
                                                  STRAY,
                                                  STRAY,
                                                  PAIR,
                                                  PAIR,
                                                  PAIR,
                                                  PAIR,
                                                  CUT | LONG_2,
                                                  CUT,
                                                  CUT | LONG_3 | SURROGATE,
                                                  CUT | LARGE | EDGE_4};
static const unsigned char utf8_first_low[16] = {ALWAYS | LONG_2 | LONG_3 |
                                                     EDGE_4,
                                                 ALWAYS | LONG_2,
                                                 ALWAYS,
                                                 ALWAYS,
                                                 ALWAYS | LARGE,
                                                 BEYOND,
                                                 BEYOND,
                                                 BEYOND,
                                                 BEYOND,
                                                 BEYOND,
                                                 BEYOND,
                                                 BEYOND,
                                                 BEYOND,
                                                 BEYOND | SURROGATE,
                                                 BEYOND,
                                                 BEYOND};
static const unsigned char utf8_second_high[16] = {
    CUT,
    CUT,
    CUT,
    CUT,
    CUT,
    CUT,
    CUT,
    CUT,
    STRAY | PAIR | LONG_2 | LONG_3 | EDGE_4,
    STRAY | PAIR | LONG_2 | LONG_3 | LARGE,
    STRAY | PAIR | LONG_2 | SURROGATE | LARGE,
    STRAY | PAIR | LONG_2 | SURROGATE | LARGE,
    CUT,
    CUT,
    CUT,
    CUT};

/* Not zero where a byte of `here` is wrong after those before it. */
VEC_FN vec utf8_errors(vec here, vec before)
{
    vec back_1 = VEC_BACK(here, before, 1);
    vec back_2 = VEC_BACK(here, before, 2);
    vec back_3 = VEC_BACK(here, before, 3);
    vec first =
        vec_and(vec_lookup(utf8_first_high, vec_high_half(back_1)),
                vec_lookup(utf8_first_low, vec_and(back_1, vec_fill(0x0f))));
    vec pair =
        vec_and(first, vec_lookup(utf8_second_high, vec_high_half(here)));
    /* The highest bit, PAIR, is set from E0 on and from F0 on. */
    vec due = vec_or(vec_minus(back_2, vec_fill(0xe0 - PAIR)),
                     vec_minus(back_3, vec_fill(0xf0 - PAIR)));

    return vec_xor(pair, vec_and(due, vec_fill(PAIR)));
}

VEC_TARGET
static size_t utf8_vectors(const unsigned char *p, size_t n)
{
    enum { WIDTH = sizeof(vec), BLOCK = 2 * WIDTH };
    vec before = vec_fill(0);
    int was_ascii = 1;
    size_t at = 0;

    for (; n - at >= BLOCK; at += BLOCK) {
        vec low = vec_load(p + at), high = vec_load(p + at + WIDTH);
        int ascii = vec_is_ascii(vec_or(low, high));

        /* The first block of ASCII may still cut a character off. */
        if (!(ascii & was_ascii) &&
            !vec_is_zero(
                vec_or(utf8_errors(low, before), utf8_errors(high, low))))
            break;
        was_ascii = ascii;
        before = high;
    }
    return at;
}

#endif

/* ---- The choice ------------------------------------------------------- */

/* Best first. */
static const struct utf8_way {
    const char *name;
    utf8_fn *valid;
    int (*usable)(void);
} utf8_ways[] = {
#if defined(VEC_FN)
    {"vectors", utf8_vectors, utf8_have_vectors},
#endif
    {"words", utf8_ascii, utf8_have_always},
};

/* NULL until the first use. Threads that choose at once choose the same. */
static _Atomic(utf8_fn *) utf8_chosen;

const char *rill__utf8_use(size_t rank)
{
    size_t ways = sizeof(utf8_ways) / sizeof(utf8_ways[0]);

    for (size_t i = 0; i < ways; i++) {
        const struct utf8_way *way = &utf8_ways[i];

        if (!way->usable() || rank-- > 0)
            continue;
        atomic_store_explicit(&utf8_chosen, way->valid, memory_order_relaxed);
        return way->name;
    }
    return NULL;
}

/* How many bytes are valid for certain, up to the end of a character. */
static size_t utf8_blocks(const unsigned char *in, size_t n)
{
    utf8_fn *valid = atomic_load_explicit(&utf8_chosen, memory_order_relaxed);
    size_t at;

    if (valid == NULL) {
        rill__utf8_use(0);
        valid = atomic_load_explicit(&utf8_chosen, memory_order_relaxed);
    }
    at = valid(in, n);
    /* Back to where the last character starts, which may be cut. */
    if (at > 0 && in[at - 1] >= 0x80)
        while (in[--at] < 0xc0)
            ;
    return at;
}

/* ---- Texts --------------------------------------------------------------- */

size_t rill__utf8_prefix(const unsigned char *in, size_t n, size_t *bad_out)
{
    size_t at = utf8_blocks(in, n);
    uint32_t character;
    int len;

    while ((len = rill__utf8_get(in + at, n - at, &character)) > 0) {
        at += (size_t)len;
        if (len == 1)
            at += utf8_ascii(in + at, n - at);
    }
    *bad_out = (size_t)-len;
    return at;
}

size_t rill_utf8_valid(const void *text, size_t n)
{
    size_t bad;

    return n > 0 ? rill__utf8_prefix(text, n, &bad) : 0;
}

/* ---- Counting --------------------------------------------------------- */

/* The sum of eight bytes. */
static size_t utf8_sum(uint64_t lanes)
{
    const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);

    lanes = (lanes & even) + (lanes >> 8 & even);
    return (size_t)(lanes * UINT64_C(0x0001000100010001) >> 48);
}

/* All bytes count but those of the form 10xxxxxx, which continue. */
size_t rill_utf8_count(const void *text, size_t n)
{
    enum { ROUNDS = 255 }; /* until a lane might overflow */
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const unsigned char *p = text;
    size_t count = n;

    while (n >= 8) {
        uint64_t lanes = 0;

        for (int i = 0; i < ROUNDS && n >= 8; i++, p += 8, n -= 8) {
            uint64_t x = utf8_load_8(p);

            lanes += x >> 7 & ~x >> 6 & ones;
        }
        count -= utf8_sum(lanes);
    }
    for (; n > 0; n--)
        count -= (*p++ & 0xc0) == 0x80;
    return count;
}

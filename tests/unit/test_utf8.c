/*
 * test_utf8.c - what is UTF-8: against table 3-7 of the Unicode standard, with
 * each way to validate that this machine has.
 *
 * tests/differential/codecs compares with Python; here are all sequences that
 * can matter, alone and at all places of a block.
 */
#include "test.h"

#include "text/codec.h"

/* ---- The table ---------------------------------------------------------- */

/* Well-formed sequences: ranges of bytes, by place. */
static const struct {
    unsigned char len;
    unsigned char range[4][2];
} rows[] = {
    {1, {{0x00, 0x7f}}},
    {2, {{0xc2, 0xdf}, {0x80, 0xbf}}},
    {3, {{0xe0, 0xe0}, {0xa0, 0xbf}, {0x80, 0xbf}}},
    {3, {{0xe1, 0xec}, {0x80, 0xbf}, {0x80, 0xbf}}},
    {3, {{0xed, 0xed}, {0x80, 0x9f}, {0x80, 0xbf}}},
    {3, {{0xee, 0xef}, {0x80, 0xbf}, {0x80, 0xbf}}},
    {4, {{0xf0, 0xf0}, {0x90, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}}},
    {4, {{0xf1, 0xf3}, {0x80, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}}},
    {4, {{0xf4, 0xf4}, {0x80, 0x8f}, {0x80, 0xbf}, {0x80, 0xbf}}},
};

/* What rill__utf8_get() should return. A first byte has one row, or none. */
static int model_get(const unsigned char *p, size_t n)
{
    if (n == 0)
        return 0;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        if (p[0] < rows[r].range[0][0] || p[0] > rows[r].range[0][1])
            continue;
        for (size_t i = 1; i < rows[r].len; i++) {
            if (i == n)
                return 0;
            if (p[i] < rows[r].range[i][0] || p[i] > rows[r].range[i][1])
                return -(int)i;
        }
        return rows[r].len;
    }
    return -1;
}

static size_t model_prefix(const unsigned char *p, size_t n, size_t *bad_out)
{
    size_t at = 0;
    int len;

    while ((len = model_get(p + at, n - at)) > 0)
        at += (size_t)len;
    *bad_out = (size_t)-len;
    return at;
}

/* ---- Single characters -------------------------------------------------- */

static void check_get(const unsigned char *p, size_t n)
{
    uint32_t character = 0;
    int want = model_get(p, n);

    if (rill__utf8_get(p, n, &character) != want)
        FAIL("%02x %02x %02x %02x, %zu bytes: not %d", p[0], p[1], p[2], p[3],
             n, want);
}

/* All of one and two bytes; of three and four, all where those before are the
 * start of a character, else what such starts are told by. */
TEST(utf8__all_sequences)
{
    unsigned char p[4] = {0, 0, 0, 0};

    check_get(p, 0);
    for (unsigned i = 0; i < 0x10000; i++) {
        unsigned third_step, fourth_step;

        p[0] = (unsigned char)(i >> 8);
        p[1] = (unsigned char)i;
        check_get(p, 1);
        check_get(p, 2);
        third_step = model_get(p, 2) == 0 ? 1 : 0x3f;
        for (unsigned third = 0; third < 0x100; third += third_step) {
            p[2] = (unsigned char)third;
            check_get(p, 3);
            fourth_step = model_get(p, 3) == 0 ? 1 : 0x7f;
            for (unsigned fourth = 0; fourth < 0x100; fourth += fourth_step) {
                p[3] = (unsigned char)fourth;
                check_get(p, 4);
            }
        }
    }
}

/* A number as the bits of UTF-8 would have it, whether it is a character or
 * not, in `len` bytes. */
static void write_naively(unsigned char *p, uint32_t number, int len)
{
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (int i = len - 1; i > 0; i--, number >>= 6)
        p[i] = (unsigned char)(0x80 | (number & 0x3f));
    p[0] = (unsigned char)(first[len] | number);
}

/* Each is written in its shortest form, and read from no other. */
TEST(utf8__all_characters)
{
    for (uint32_t number = 0; number < 0x200000; number++) {
        int is_one = number < 0xd800 || (number > 0xdfff && number <= 0x10ffff);
        unsigned char naive[4], out[4];
        uint32_t character = 0;
        int len = number < 0x80      ? 1
                  : number < 0x800   ? 2
                  : number < 0x10000 ? 3
                                     : 4;

        write_naively(naive, number, len);
        if (is_one) {
            CHECK_INT(len, rill__utf8_put(out, number));
            CHECK_MEM(out, len, naive, (size_t)len);
            CHECK_INT(len, rill__utf8_get(out, 4, &character));
            CHECK_INT(number, character);
        } else {
            CHECK(rill__utf8_get(naive, 4, &character) < 0);
        }
        for (int longer = len + 1; longer <= 4; longer++) {
            write_naively(naive, number, longer);
            CHECK(rill__utf8_get(naive, 4, &character) < 0);
        }
    }
}

/* ---- Texts -------------------------------------------------------------- */

/* Call `check` with each way, and go back to the best. */
static void with_each_way(void (*check)(void))
{
    const char *best = rill__utf8_use(0);
    size_t ways = 0;

    CHECK(best != NULL);
    for (const char *name; (name = rill__utf8_use(ways)) != NULL; ways++) {
        print_message("# way: %s\n", name);
        check();
    }
    CHECK(ways >= 1);
    CHECK_STR(best, rill__utf8_use(0));
}

static void check_prefix(const unsigned char *p, size_t n)
{
    size_t bad = 77, want_bad, want = model_prefix(p, n, &want_bad);

    CHECK_INT(want, rill__utf8_prefix(p, n, &bad));
    CHECK_INT(want_bad, bad);
    CHECK_INT(want, rill_utf8_valid(p, n));
}

/* Each way that bytes can differ in for the table, four in a row, across the
 * ends of what is looked at together. */
static void check_sequences(void)
{
    static const unsigned char edges[] = {
        0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
        0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
    static const size_t places[] = {0, 13, 29, 30, 61, 62, 63, 64, 92};
    enum { COUNT = sizeof(edges), ALL = COUNT * COUNT * COUNT * COUNT };
    unsigned char text[128];

    for (unsigned i = 0; i < ALL; i++) {
        size_t place = places[i % (sizeof(places) / sizeof(places[0]))];
        const char *filler = i % 2 ? "a" : "\xc3\xa9";

        for (size_t k = 0; k < sizeof(text); k++)
            text[k] = (unsigned char)filler[k % strlen(filler)];
        place -= place % strlen(filler);
        for (unsigned k = 0, rest = i; k < 4; k++, rest /= COUNT)
            text[place + k] = edges[rest % COUNT];
        check_prefix(text, sizeof(text));
    }
}

TEST(utf8__at_all_places)
{
    with_each_way(check_sequences);
}

/* A character of 1 to 4 bytes, more often as long as the one before. */
static size_t put_random(unsigned char *p, uint64_t *seed, unsigned *bits)
{
    static const unsigned choices[] = {7, 7, 11, 16, 16, 20};
    uint32_t character;

    if (test_below(seed, 8) == 0)
        *bits = choices[test_below(seed, 6)];
    do
        character = (uint32_t)test_below(seed, UINT64_C(1) << *bits);
    while (character >= 0xd800 && character <= 0xdfff);
    return (size_t)rill__utf8_put(p, character);
}

/* Texts of all lengths, whole, cut, and with one byte changed; in memory of
 * their size, so that sanitizers see what is beyond. */
static void check_random(void)
{
    enum { MOST = 400 };
    uint64_t seed = 2025;
    unsigned bits = 7;

    for (size_t n = 0; n < MOST; n++) {
        for (int round = 0; round < 60; round++) {
            unsigned char *text = test_alloc(n + 4), *whole;
            size_t len = 0, count = 0;

            for (; len < n; count++)
                len += put_random(text + len, &seed, &bits);
            whole = test_alloc(len + 1);
            memcpy(whole, text, len);
            CHECK_INT(len, rill_utf8_valid(whole, len));
            CHECK_INT(count, rill_utf8_count(whole, len));
            whole = realloc(whole, n + 1);
            CHECK(whole != NULL);
            check_prefix(whole, n);
            if (n > 0) {
                whole[test_below(&seed, n)] = (unsigned char)test_random(&seed);
                check_prefix(whole, n);
            }
            free(whole);
            free(text);
        }
    }
}

TEST(utf8__of_all_lengths)
{
    with_each_way(check_random);
}

/* A text of blocks of ASCII and a character cut off at the end of one. */
static void check_cut_before_ascii(void)
{
    unsigned char text[512];
    static const char *const starts[] = {"\xc3", "\xe2\x82", "\xe2",
                                         "\xf0", "\xf0\x9f", "\xf0\x9f\x98"};

    for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++) {
        size_t len = strlen(starts[s]);

        for (size_t end = len; end < 200; end++) {
            memset(text, 'x', sizeof(text));
            memcpy(text + end - len, starts[s], len);
            check_prefix(text, sizeof(text));
            check_prefix(text, end);
        }
    }
}

TEST(utf8__cut_before_ascii)
{
    with_each_way(check_cut_before_ascii);
}

TEST(utf8__has_no_way_beyond_the_last)
{
    CHECK_PTR(NULL, rill__utf8_use(100));
}

/* ---- Nothing, and much -------------------------------------------------- */

TEST(utf8__of_nothing)
{
    CHECK_INT(0, rill_utf8_valid(NULL, 0));
    CHECK_INT(0, rill_utf8_count(NULL, 0));
    CHECK_INT(0, rill_utf8_valid("\x80", 1));
}

/* More than the counters of one byte hold. */
TEST(utf8__counts_long_texts)
{
    enum { COUNT = 10000 };
    unsigned char *text = test_alloc(4 * COUNT);
    static const uint32_t characters[] = {'a', 0xe9, 0x20ac, 0x1f600};

    for (size_t c = 0; c < 4; c++) {
        size_t len = 0;

        for (size_t i = 0; i < COUNT; i++)
            len += (size_t)rill__utf8_put(text + len, characters[c]);
        CHECK_INT(COUNT, rill_utf8_count(text, len));
        CHECK_INT(len, rill_utf8_valid(text, len));
    }
    free(text);
}

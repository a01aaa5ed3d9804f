/*
 * test_leb128.c - LEB128 varints: the byte sequences of the DWARF 5 tables, all
 * edges of seven bits, padding, and every way to be no number.
 */
#include "test.h"

/* ---- Known encodings (DWARF 5, figures 22 and 23) ------------------------- */

typedef struct known_unsigned {
    uint64_t v;
    size_t len;
    unsigned char bytes[10];
} known_unsigned;

typedef struct known_signed {
    int64_t v;
    size_t len;
    unsigned char bytes[10];
} known_signed;

#define FF 0xff

static const known_unsigned unsigneds[] = {
    {0, 1, {0}},
    {1, 1, {1}},
    {2, 1, {2}},
    {127, 1, {127}},
    {128, 2, {0 + 0x80, 1}},
    {129, 2, {1 + 0x80, 1}},
    {12857, 2, {57 + 0x80, 100}},
    {16383, 2, {FF, 127}},
    {16384, 3, {0x80, 0x80, 1}},
    {624485, 3, {0xe5, 0x8e, 0x26}},
    {UINT32_MAX, 5, {FF, FF, FF, FF, 0x0f}},
    {INT64_MAX, 9, {FF, FF, FF, FF, FF, FF, FF, FF, 0x7f}},
    {UINT64_C(1) << 63,
     10,
     {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1}},
    {UINT64_MAX, 10, {FF, FF, FF, FF, FF, FF, FF, FF, FF, 1}},
};

static const known_signed signeds[] = {
    {0, 1, {0}},
    {2, 1, {2}},
    {-2, 1, {0x7e}},
    {-1, 1, {0x7f}},
    {63, 1, {0x3f}},
    {64, 2, {0xc0, 0}},
    {-64, 1, {0x40}},
    {-65, 2, {0xbf, 0x7f}},
    {127, 2, {127 + 0x80, 0}},
    {-127, 2, {1 + 0x80, 0x7f}},
    {128, 2, {0 + 0x80, 1}},
    {-128, 2, {0 + 0x80, 0x7f}},
    {129, 2, {1 + 0x80, 1}},
    {-129, 2, {0x7f + 0x80, 0x7e}},
    {-123456, 3, {0xc0, 0xbb, 0x78}},
    {INT64_MAX, 10, {FF, FF, FF, FF, FF, FF, FF, FF, FF, 0}},
    {INT64_MIN,
     10,
     {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}},
};

TEST(leb128__known_unsigned)
{
    for (size_t i = 0; i < sizeof(unsigneds) / sizeof(unsigneds[0]); i++) {
        const known_unsigned *k = &unsigneds[i];
        rill *s = rill_open_mem(NULL);
        const void *data;
        uint64_t v = 0;
        ptrdiff_t n;

        CHECK_OK(rill_put_uleb128(s, k->v));
        n = rill_data(s, &data);
        CHECK_MEM(data, n, k->bytes, k->len);
        CHECK_OK(rill_rewind(s));
        CHECK_OK(rill_get_uleb128(s, &v));
        CHECK(v == k->v);
        CHECK_CODE(RILL_EEOF, rill_get_uleb128(s, &v));
        CHECK_OK(rill_close(s));
    }
}

TEST(leb128__known_signed)
{
    for (size_t i = 0; i < sizeof(signeds) / sizeof(signeds[0]); i++) {
        const known_signed *k = &signeds[i];
        rill *s = rill_open_mem(NULL);
        const void *data;
        int64_t v = 0;
        ptrdiff_t n;

        CHECK_OK(rill_put_sleb128(s, k->v));
        n = rill_data(s, &data);
        CHECK_MEM(data, n, k->bytes, k->len);
        CHECK_OK(rill_rewind(s));
        CHECK_OK(rill_get_sleb128(s, &v));
        CHECK_INT(k->v, v);
        CHECK_CODE(RILL_EEOF, rill_get_sleb128(s, &v));
        CHECK_OK(rill_close(s));
    }
}

/* ---- All edges ------------------------------------------------------------ */

/* Around every power of two, both signs, in one stream one after the other. */
TEST(leb128__round_trip)
{
    rill *s = rill_open_mem(NULL);
    uint64_t u = 0, seed = 1;
    int64_t i = 0;

    for (int bit = 0; bit < 64; bit++) {
        for (int d = -1; d <= 1; d++) {
            uint64_t v = (UINT64_C(1) << bit) + (uint64_t)d;

            CHECK_OK(rill_put_uleb128(s, v));
            CHECK_OK(rill_put_sleb128(s, (int64_t)v));
            CHECK_OK(rill_put_sleb128(s, (int64_t)(0 - v)));
        }
    }
    CHECK_OK(rill_rewind(s));
    for (int bit = 0; bit < 64; bit++) {
        for (int d = -1; d <= 1; d++) {
            uint64_t v = (UINT64_C(1) << bit) + (uint64_t)d;

            CHECK_OK(rill_get_uleb128(s, &u));
            CHECK(u == v);
            CHECK_OK(rill_get_sleb128(s, &i));
            CHECK_INT((int64_t)v, i);
            CHECK_OK(rill_get_sleb128(s, &i));
            CHECK_INT((int64_t)(0 - v), i);
        }
    }
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_reset(s));
    for (int k = 0; k < 20000; k++)
        CHECK_OK(
            rill_put_sleb128(s, (int64_t)(test_random(&seed) >> (k & 63))));
    seed = 1;
    CHECK_OK(rill_rewind(s));
    for (int k = 0; k < 20000; k++) {
        CHECK_OK(rill_get_sleb128(s, &i));
        CHECK_INT((int64_t)(test_random(&seed) >> (k & 63)), i);
    }
    CHECK_OK(rill_close(s));
}

/* ---- Reading odd forms ---------------------------------------------------- */

/* What reading these bytes as one number gives, and where that leaves off. */
static void reads_unsigned(const char *bytes, size_t len, int code, uint64_t v,
                           int64_t at)
{
    rill *s = rill_open_view(bytes, len);
    uint64_t got = 77;

    CHECK(s != NULL);
    CHECK_CODE(code, rill_get_uleb128(s, &got));
    CHECK_INT(code == RILL_OK ? (int64_t)v : 77, got);
    CHECK_INT(at, rill_tell(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

static void reads_signed(const char *bytes, size_t len, int code, int64_t v,
                         int64_t at)
{
    rill *s = rill_open_view(bytes, len);
    int64_t got = 77;

    CHECK(s != NULL);
    CHECK_CODE(code, rill_get_sleb128(s, &got));
    CHECK_INT(code == RILL_OK ? v : 77, got);
    CHECK_INT(at, rill_tell(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

#define LIT(literal) (literal), sizeof(literal) - 1

/* Longer than needed, up to ten bytes. */
TEST(leb128__padding)
{
    reads_unsigned(LIT("\x80\x00"), RILL_OK, 0, 2);
    reads_unsigned(LIT("\x81\x80\x80\x00"), RILL_OK, 1, 4);
    reads_unsigned(LIT("\x85\x80\x80\x80\x80\x80\x80\x80\x80\x00z"), RILL_OK, 5,
                   10);
    reads_signed(LIT("\x80\x00"), RILL_OK, 0, 2);
    reads_signed(LIT("\xff\x7f"), RILL_OK, -1, 2);
    reads_signed(LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), RILL_OK, -1,
                 10);
    reads_signed(LIT("\x85\x80\x80\x80\x80\x80\x80\x80\x80\x00"), RILL_OK, 5,
                 10);
    reads_signed(LIT("\xfe\xff\xff\xff\x7f"), RILL_OK, -2, 5);
}

TEST(leb128__more_than_ten_bytes)
{
    reads_unsigned(LIT("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
                   RILL_EDATA, 0, 10);
    reads_unsigned(LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
                   RILL_EDATA, 0, 10);
    reads_signed(LIT("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
                 RILL_EDATA, 0, 10);
    reads_signed(LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
                 RILL_EDATA, 0, 10);
}

/* The tenth byte has room for one bit, or for copies of the sign. */
TEST(leb128__more_than_64_bits)
{
    char bytes[10];

    memset(bytes, '\x80', sizeof(bytes));
    for (int last = 0; last < 128; last++) {
        bytes[9] = (char)last;
        if (last <= 1)
            reads_unsigned(bytes, 10, RILL_OK, (uint64_t)last << 63, 10);
        else
            reads_unsigned(bytes, 10, RILL_EDATA, 0, 10);
        if (last == 0)
            reads_signed(bytes, 10, RILL_OK, 0, 10);
        else if (last == 0x7f)
            reads_signed(bytes, 10, RILL_OK, INT64_MIN, 10);
        else
            reads_signed(bytes, 10, RILL_EDATA, 0, 10);
    }
}

/* The data end within the number. */
TEST(leb128__cut)
{
    reads_unsigned("", 0, RILL_EEOF, 0, 0);
    reads_signed("", 0, RILL_EEOF, 0, 0);
    reads_unsigned(LIT("\x80"), RILL_EEOF, 0, 1);
    reads_signed(LIT("\xff\xff\xff"), RILL_EEOF, 0, 3);
}

/* In windows that hold a part of it, and with no window at all. */
TEST(leb128__across_windows)
{
    for (ptrdiff_t size = -1; size < 12; size++) {
        rill_options o = RILL_OPTIONS_INIT;
        int64_t v = 0;
        rill *s;

        o.buffer_size = size;
        s = rill_open_with("f", "w+", &o);
        CHECK(s != NULL);
        for (int k = 0; k < 64; k++)
            CHECK_OK(rill_put_sleb128(s, INT64_MIN >> k));
        CHECK_OK(rill_rewind(s));
        for (int k = 0; k < 64; k++) {
            CHECK_OK(rill_get_sleb128(s, &v));
            CHECK_INT(INT64_MIN >> k, v);
        }
        CHECK_OK(rill_close(s));
    }
}

/* ---- Failures ------------------------------------------------------------- */

TEST(leb128__full)
{
    char room[9];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);

    CHECK(s != NULL);
    CHECK(rill_put_uleb128(s, UINT64_MAX) < 0);
    CHECK_CODE(RILL_ENOSPC, rill_put_uleb128(s, 1));
    rill_discard(s);
}

TEST(leb128__wrong_direction)
{
    uint64_t v = 0;
    rill *r = rill_open_view("\x01", 1), *w = rill_open("f", "w");

    CHECK(r && w);
    CHECK_CODE(RILL_ENOTSUP, rill_put_uleb128(r, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_put_sleb128(r, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_get_uleb128(w, &v));
    CHECK_OK(rill_get_uleb128(r, &v));
    CHECK_OK(rill_close(r));
    CHECK_OK(rill_close(w));
}

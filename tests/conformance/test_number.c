/*
 * Numbers of a fixed byte order, floats, and varints.
 */
#include "fixture.h"

#include <float.h>
#include <math.h>

/* Check that a put writes these bytes and a get reads them back as this. */
#define LAYOUT(type, name, value, bytes)                   \
    do {                                                   \
        type got_ = 0;                                     \
        rill *s_ = rill_open_mem(NULL);                    \
        CHECK_OK(rill_put_##name(s_, (value)));            \
        CHECK_HOLDS(s_, bytes);                            \
        CHECK_OK(rill_rewind(s_));                         \
        CHECK_OK(rill_get_##name(s_, &got_));              \
        CHECK(got_ == (value));                            \
        CHECK_CODE(RILL_EEOF, rill_get_##name(s_, &got_)); \
        CHECK(got_ == (value));                            \
        CHECK_OK(rill_close(s_));                          \
    } while (0)

TEST(number__unsigned_layouts)
{
    LAYOUT(uint8_t, u8, 0xfe, "\xfe");
    LAYOUT(uint16_t, u16le, 0xfe01, "\x01\xfe");
    LAYOUT(uint16_t, u16be, 0xfe01, "\xfe\x01");
    LAYOUT(uint32_t, u32le, 0xfe010203, "\x03\x02\x01\xfe");
    LAYOUT(uint32_t, u32be, 0xfe010203, "\xfe\x01\x02\x03");
    LAYOUT(uint64_t, u64le, UINT64_C(0xfe01020304050607),
           "\x07\x06\x05\x04\x03\x02\x01\xfe");
    LAYOUT(uint64_t, u64be, UINT64_C(0xfe01020304050607),
           "\xfe\x01\x02\x03\x04\x05\x06\x07");
}

TEST(number__signed_layouts)
{
    LAYOUT(int8_t, i8, -2, "\xfe");
    LAYOUT(int16_t, i16le, -2, "\xfe\xff");
    LAYOUT(int16_t, i16be, -2, "\xff\xfe");
    LAYOUT(int32_t, i32le, -2, "\xfe\xff\xff\xff");
    LAYOUT(int32_t, i32be, -2, "\xff\xff\xff\xfe");
    LAYOUT(int64_t, i64le, -2, "\xfe\xff\xff\xff\xff\xff\xff\xff");
    LAYOUT(int64_t, i64be, -2, "\xff\xff\xff\xff\xff\xff\xff\xfe");
    LAYOUT(int16_t, i16le, INT16_MIN, "\x00\x80");
    LAYOUT(int32_t, i32be, INT32_MIN, "\x80\0\0\0");
    LAYOUT(int64_t, i64be, INT64_MIN, "\x80\0\0\0\0\0\0\0");
    LAYOUT(int64_t, i64le, INT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\x7f");
}

TEST(number__float_layouts)
{
    LAYOUT(float, f32le, 1.5f, "\0\0\xc0\x3f");
    LAYOUT(float, f32be, -1.5f, "\xbf\xc0\0\0");
    LAYOUT(double, f64le, 1.5, "\0\0\0\0\0\0\xf8\x3f");
    LAYOUT(double, f64be, -1.5, "\xbf\xf8\0\0\0\0\0\0");
    LAYOUT(double, f64be, DBL_MAX, "\x7f\xef\xff\xff\xff\xff\xff\xff");
}

TEST(number__float_specials)
{
    rill *s = rill_open_mem(NULL);
    double d = 0;
    float f = 0;

    CHECK_OK(rill_put_f64le(s, -0.0));
    CHECK_OK(rill_put_f64be(s, (double)INFINITY));
    CHECK_OK(rill_put_f32le(s, -INFINITY));
    CHECK_OK(rill_put_f64le(s, (double)NAN));
    CHECK_OK(rill_rewind(s));
    CHECK_OK(rill_get_f64le(s, &d));
    CHECK(d == 0 && signbit(d));
    CHECK_OK(rill_get_f64be(s, &d));
    CHECK(isinf(d) && d > 0);
    CHECK_OK(rill_get_f32le(s, &f));
    CHECK(isinf(f) && f < 0);
    CHECK_OK(rill_get_f64le(s, &d));
    CHECK(isnan(d));
    CHECK_OK(rill_close(s));
}

CONFORMS(number__one_after_the_other, READS | WRITES | SEEKS | BINARY)
{
    rill *s = fixture_open(fx, "");
    uint8_t a;
    uint16_t b;
    int32_t c;
    uint64_t d;
    double e;

    for (unsigned i = 0; i < 50; i++) {
        CHECK_OK(rill_put_u8(s, (uint8_t)i));
        CHECK_OK(rill_put_u16be(s, (uint16_t)(i * 1000)));
        CHECK_OK(rill_put_i32le(s, -(int32_t)i));
        CHECK_OK(rill_put_u64be(s, UINT64_MAX / (i + 1)));
        CHECK_OK(rill_put_f64le(s, i / 4.0));
    }
    CHECK_INT(50 * 23, rill_tell(s));
    CHECK_OK(rill_rewind(s));
    for (unsigned i = 0; i < 50; i++) {
        CHECK_OK(rill_get_u8(s, &a));
        CHECK_INT(i, a);
        CHECK_OK(rill_get_u16be(s, &b));
        CHECK_INT((uint16_t)(i * 1000), b);
        CHECK_OK(rill_get_i32le(s, &c));
        CHECK_INT(-(int32_t)i, c);
        CHECK_OK(rill_get_u64be(s, &d));
        CHECK(d == UINT64_MAX / (i + 1));
        CHECK_OK(rill_get_f64le(s, &e));
        CHECK(e == i / 4.0);
    }
    CHECK_CODE(RILL_EEOF, rill_get_u8(s, &a));
    CHECK_OK(rill_close(s));
}

CONFORMS(number__cut_short, READS)
{
    rill *s = fixture_open(fx, "\1\2\3");
    uint32_t v = 42;
    uint64_t w = 42;

    CHECK_CODE(RILL_EEOF, rill_get_u32le(s, &v));
    CHECK_INT(42, v);
    CHECK_CODE(RILL_EEOF, rill_get_u64be(s, &w));
    CHECK_INT(42, w);
    CHECK_OK(rill_close(s));
}

TEST(number__into_a_buffer_that_is_full)
{
    char room[6];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);

    CHECK_OK(rill_put_u32le(s, 1));
    CHECK_CODE(RILL_ENOSPC, rill_put_u32le(s, 2));
    CHECK_CODE(RILL_ENOSPC, rill_put_u8(s, 2));
    CHECK_INT(4, rill_size(s));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(number__in_the_wrong_direction)
{
    rill *s = rill_open_view("abcd", 4);
    uint32_t v;

    CHECK_CODE(RILL_ENOTSUP, rill_put_u32le(s, 2));
    CHECK_CODE(RILL_ENOTSUP, rill_put_uleb128(s, 2));
    CHECK_OK(rill_get_u32be(s, &v));
    CHECK_INT(0x61626364, v);
    CHECK_OK(rill_close(s));
}

/* ---- LEB128 ------------------------------------------------------------- */

TEST(number__uleb128_layouts)
{
    LAYOUT(uint64_t, uleb128, 0, "\0");
    LAYOUT(uint64_t, uleb128, 2, "\2");
    LAYOUT(uint64_t, uleb128, 127, "\x7f");
    LAYOUT(uint64_t, uleb128, 128, "\x80\1");
    LAYOUT(uint64_t, uleb128, 129, "\x81\1");
    LAYOUT(uint64_t, uleb128, 12857, "\xb9\x64");
    LAYOUT(uint64_t, uleb128, 16383, "\xff\x7f");
    LAYOUT(uint64_t, uleb128, 16384, "\x80\x80\1");
    LAYOUT(uint64_t, uleb128, (uint64_t)1 << 63,
           "\x80\x80\x80\x80\x80\x80\x80\x80\x80\1");
    LAYOUT(uint64_t, uleb128, UINT64_MAX,
           "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1");
}

TEST(number__sleb128_layouts)
{
    LAYOUT(int64_t, sleb128, 0, "\0");
    LAYOUT(int64_t, sleb128, 2, "\2");
    LAYOUT(int64_t, sleb128, -2, "\x7e");
    LAYOUT(int64_t, sleb128, 63, "\x3f");
    LAYOUT(int64_t, sleb128, 64, "\xc0\0");
    LAYOUT(int64_t, sleb128, -64, "\x40");
    LAYOUT(int64_t, sleb128, -65, "\xbf\x7f");
    LAYOUT(int64_t, sleb128, 127, "\xff\0");
    LAYOUT(int64_t, sleb128, -127, "\x81\x7f");
    LAYOUT(int64_t, sleb128, 128, "\x80\1");
    LAYOUT(int64_t, sleb128, -128, "\x80\x7f");
    LAYOUT(int64_t, sleb128, -129, "\xff\x7e");
    LAYOUT(int64_t, sleb128, INT64_MAX,
           "\xff\xff\xff\xff\xff\xff\xff\xff\xff\0");
    LAYOUT(int64_t, sleb128, INT64_MIN,
           "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f");
}

CONFORMS(number__leb128_one_after_the_other, READS | WRITES | SEEKS | BINARY)
{
    rill *s = fixture_open(fx, "");
    uint64_t u;
    int64_t i;

    for (int bit = 0; bit < 64; bit++) {
        uint64_t v = UINT64_C(1) << bit;

        CHECK_OK(rill_put_uleb128(s, v));
        CHECK_OK(rill_put_uleb128(s, v - 1));
        CHECK_OK(rill_put_sleb128(s, (int64_t)(v - 1)));
        CHECK_OK(rill_put_sleb128(s, -(int64_t)(v - 1) - 1));
    }
    CHECK_OK(rill_rewind(s));
    for (int bit = 0; bit < 64; bit++) {
        uint64_t v = UINT64_C(1) << bit;

        CHECK_OK(rill_get_uleb128(s, &u));
        CHECK(u == v);
        CHECK_OK(rill_get_uleb128(s, &u));
        CHECK(u == v - 1);
        CHECK_OK(rill_get_sleb128(s, &i));
        CHECK(i == (int64_t)(v - 1));
        CHECK_OK(rill_get_sleb128(s, &i));
        CHECK(i == -(int64_t)(v - 1) - 1);
    }
    CHECK_CODE(RILL_EEOF, rill_get_uleb128(s, &u));
    CHECK_OK(rill_close(s));
}

/* What reading these bytes gives, and how many of them were looked at. */
static void check_u(const char *bytes, size_t len, int code, uint64_t value,
                    int64_t looked_at)
{
    rill *s = rill_open_view(bytes, len);
    uint64_t v = 42;

    CHECK_CODE(code, rill_get_uleb128(s, &v));
    CHECK(v == (code ? 42 : value));
    CHECK_INT(looked_at, rill_tell(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

static void check_s(const char *bytes, size_t len, int code, int64_t value,
                    int64_t looked_at)
{
    rill *s = rill_open_view(bytes, len);
    int64_t v = 42;

    CHECK_CODE(code, rill_get_sleb128(s, &v));
    CHECK(v == (code ? 42 : value));
    CHECK_INT(looked_at, rill_tell(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

#define U(bytes, code, value, looked_at) \
    check_u(bytes, sizeof(bytes) - 1, (code), (value), (looked_at))
#define S(bytes, code, value, looked_at) \
    check_s(bytes, sizeof(bytes) - 1, (code), (value), (looked_at))

TEST(number__leb128_padded)
{
    U("\x80\0", 0, 0, 2);
    U("\x81\x80\x80\0", 0, 1, 4);
    U("\x85\x80\x80\x80\x80\x80\x80\x80\x80\0", 0, 5, 10);
    S("\x80\0", 0, 0, 2);
    S("\xff\xff\x7f", 0, -1, 3);
    S("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 0, -2, 10);
    S("\x82\x80\x80\x80\x80\x80\x80\x80\x80\0", 0, 2, 10);
}

TEST(number__leb128_too_large)
{
    U("\xff\xff\xff\xff\xff\xff\xff\xff\xff\2", RILL_EDATA, 0, 10);
    U("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", RILL_EDATA, 0, 10);
    S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", RILL_EDATA, 0, 10);
    S("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7e", RILL_EDATA, 0, 10);
}

TEST(number__leb128_too_long)
{
    U("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0", RILL_EDATA, 0, 10);
    S("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0", RILL_EDATA, 0, 10);
}

TEST(number__leb128_cut_short)
{
    U("", RILL_EEOF, 0, 0);
    U("\x80", RILL_EEOF, 0, 1);
    U("\xff\xff\xff", RILL_EEOF, 0, 3);
    S("", RILL_EEOF, 0, 0);
    S("\xff\x80", RILL_EEOF, 0, 2);
}

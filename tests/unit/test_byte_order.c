/*
 * test_byte_order.c - rill_put_*() and rill_get_*() of every fixed width,
 * against bytes that are worked out here by shifting, for the edges of each
 * type and thousands of random values; in memory and across small windows.
 */
#include "test.h"

#include <float.h>
#include <math.h>

/* The `width` bytes of `v`, in the order that is asked for. */
static void bytes_of(uint64_t v, int width, int big, unsigned char *out)
{
    for (int i = 0; i < width; i++) {
        int at = big ? width - 1 - i : i;

        out[at] = (unsigned char)(v >> (8 * i) & 0xff);
    }
}

/* Edges first: all bits, none, and each byte's first and last; then random. */
static uint64_t value(int i, uint64_t *seed)
{
    static const uint64_t edges[] = {0, UINT64_MAX, 1, UINT64_MAX - 1};

    if (i < 4)
        return edges[i];
    if (i < 4 + 64)
        return UINT64_C(1) << (i - 4);
    if (i < 4 + 128)
        return UINT64_MAX >> (i - 68);
    return test_random(seed);
}

enum { VALUES = 2000 };

/* One test for each name: all values put, the bytes looked at, all got back.
 * `from_bits` makes a value of the type out of 64 bits. */
#define ROUND_TRIP(name, type, width, big, from_bits)                  \
    static void name##_through(rill *s)                                \
    {                                                                  \
        uint64_t seed = 99;                                            \
        unsigned char want[8], got[8];                                 \
                                                                       \
        CHECK(s != NULL);                                              \
        for (int i = 0; i < VALUES; i++)                               \
            CHECK_OK(rill_put_##name(s, from_bits(value(i, &seed))));  \
        CHECK_INT(VALUES *(width), rill_tell(s));                      \
        CHECK_OK(rill_rewind(s));                                      \
        seed = 99;                                                     \
        for (int i = 0; i < VALUES; i++) {                             \
            type v = from_bits(value(i, &seed));                       \
            uint64_t bits = 0;                                         \
                                                                       \
            memcpy(&bits, &v, sizeof(v));                              \
            bytes_of(low_bits(bits, sizeof(v)), (width), (big), want); \
            CHECK_OK(rill_read_exact(s, got, (width)));                \
            CHECK_MEM(got, (width), want, (width));                    \
        }                                                              \
        CHECK_OK(rill_rewind(s));                                      \
        seed = 99;                                                     \
        for (int i = 0; i < VALUES; i++) {                             \
            type v = from_bits(value(i, &seed)), back;                 \
                                                                       \
            memset(&back, 0x5a, sizeof(back));                         \
            CHECK_OK(rill_get_##name(s, &back));                       \
            CHECK_INT(0, memcmp(&v, &back, sizeof(v)));                \
        }                                                              \
        CHECK_CODE(RILL_EEOF, rill_getc(s));                           \
        CHECK_OK(rill_close(s));                                       \
    }                                                                  \
    TEST(byte_order__##name)                                           \
    {                                                                  \
        name##_through(rill_open_mem(NULL));                           \
        name##_through(open_file(RILL_UNBUFFERED));                    \
        name##_through(open_file(7));                                  \
        name##_through(open_file(0));                                  \
        cut_short((width), rill_get_##name##_code);                    \
    }

/* What memcpy() put into the first bytes of `bits`, on either kind of host. */
static uint64_t low_bits(uint64_t bits, size_t size)
{
    unsigned char b[8];
    uint16_t v16;
    uint32_t v32;

    memcpy(b, &bits, sizeof(b));
    if (size == 1)
        return b[0];
    memcpy(&v16, b, sizeof(v16));
    memcpy(&v32, b, sizeof(v32));
    return size == 2 ? v16 : size == 4 ? v32 : bits;
}

static rill *open_file(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = buffer_size;
    return rill_open_with("numbers", "w+", &o);
}

/* The data end before or within the number: RILL_EEOF, and nothing stored. */
static void cut_short(int width, int (*get)(rill *s, int *untouched_out))
{
    for (int len = 0; len < width; len++) {
        int untouched = 0;
        rill *s = rill_open_view("\1\2\3\4\5\6\7", (size_t)len);

        CHECK(s != NULL);
        CHECK_CODE(RILL_EEOF, get(s, &untouched));
        CHECK(untouched);
        CHECK_OK(rill_close(s));
    }
}

#define GETTER(name, type)                                         \
    static int rill_get_##name##_code(rill *s, int *untouched_out) \
    {                                                              \
        type v, before;                                            \
        int rc;                                                    \
                                                                   \
        memset(&v, 0x5a, sizeof(v));                               \
        memset(&before, 0x5a, sizeof(before));                     \
        rc = rill_get_##name(s, &v);                               \
        *untouched_out = memcmp(&v, &before, sizeof(v)) == 0;      \
        return rc;                                                 \
    }

#define INTEGER(name, type, width, big) \
    GETTER(name, type)                  \
    ROUND_TRIP(name, type, width, big, (type))

#define FLOATING(name, type, width, big, from_bits) \
    GETTER(name, type)                              \
    ROUND_TRIP(name, type, width, big, from_bits)

/* A signalling NaN may be made quiet on its way through a register (x87), so
 * these have that bit set already. */
static float float_of(uint64_t bits)
{
    uint32_t u = (uint32_t)bits;
    float v;

    if ((u & 0x7f800000) == 0x7f800000)
        u |= 0x00400000;
    memcpy(&v, &u, sizeof(v));
    return v;
}

static double double_of(uint64_t bits)
{
    double v;

    if ((bits & UINT64_C(0x7ff0000000000000)) == UINT64_C(0x7ff0000000000000))
        bits |= UINT64_C(0x0008000000000000);
    memcpy(&v, &bits, sizeof(v));
    return v;
}

INTEGER(u8, uint8_t, 1, 0)
INTEGER(i8, int8_t, 1, 0)
INTEGER(u16le, uint16_t, 2, 0)
INTEGER(u16be, uint16_t, 2, 1)
INTEGER(i16le, int16_t, 2, 0)
INTEGER(i16be, int16_t, 2, 1)
INTEGER(u32le, uint32_t, 4, 0)
INTEGER(u32be, uint32_t, 4, 1)
INTEGER(i32le, int32_t, 4, 0)
INTEGER(i32be, int32_t, 4, 1)
INTEGER(u64le, uint64_t, 8, 0)
INTEGER(u64be, uint64_t, 8, 1)
INTEGER(i64le, int64_t, 8, 0)
INTEGER(i64be, int64_t, 8, 1)
FLOATING(f32le, float, 4, 0, float_of)
FLOATING(f32be, float, 4, 1, float_of)
FLOATING(f64le, double, 8, 0, double_of)
FLOATING(f64be, double, 8, 1, double_of)

/* Floats that are not like the others. */
TEST(byte_order__special_floats)
{
    static const double values[] = {0.0,     -0.0,    INFINITY, -INFINITY,
                                    DBL_MIN, DBL_MAX, 5e-324,   -5e-324};
    double d = 0;
    float f = 0;
    rill *s = rill_open_mem(NULL);

    CHECK(s != NULL);
    for (size_t i = 0; i < 8; i++) {
        CHECK_OK(rill_put_f64le(s, values[i]));
        CHECK_OK(rill_put_f64be(s, values[i]));
    }
    CHECK_OK(rill_put_f32le(s, FLT_TRUE_MIN));
    CHECK_OK(rill_put_f64be(s, NAN));
    CHECK_OK(rill_rewind(s));
    for (size_t i = 0; i < 8; i++) {
        CHECK_OK(rill_get_f64le(s, &d));
        CHECK_INT(0, memcmp(&d, &values[i], sizeof(d)));
        CHECK_OK(rill_get_f64be(s, &d));
        CHECK_INT(0, memcmp(&d, &values[i], sizeof(d)));
    }
    CHECK_OK(rill_get_f32le(s, &f));
    CHECK(f == FLT_TRUE_MIN);
    CHECK_OK(rill_get_f64be(s, &d));
    CHECK(isnan(d));
    CHECK_OK(rill_close(s));
}

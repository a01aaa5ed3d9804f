/*
 * fuzz_number.c - integers, floats and varints, byte by byte.
 *
 * Two things are done with the input. It is taken as a list of numbers to put,
 * whose bytes are compared with what shifting gives, and which are then got
 * back; and it is taken as bytes to get numbers from, where they are malformed
 * or end too early. Buffers are small, so that numbers lie across their edges.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "input.h"

/* One way to put and to get a number, all of which is here in 64 bits. */
struct format {
    const char *name;
    unsigned size; /* in bytes; 0: a varint */
    bool big_endian, is_signed;
    int (*put)(rill *s, uint64_t v);
    int (*get)(rill *s, uint64_t *v_out);
};

/* Numbers whose values are widened by C's own conversion. */
#define INTEGER(name, type)                         \
    static int put_##name(rill *s, uint64_t v)      \
    {                                               \
        return rill_put_##name(s, (type)v);         \
    }                                               \
    static int get_##name(rill *s, uint64_t *v_out) \
    {                                               \
        type v;                                     \
        int rc = rill_get_##name(s, &v);            \
                                                    \
        if (rc == RILL_OK)                          \
            *v_out = (uint64_t)v;                   \
        return rc;                                  \
    }

/* Floats, by their bits. */
#define FLOAT(name, type, bits)                     \
    static int put_##name(rill *s, uint64_t v)      \
    {                                               \
        bits b = (bits)v;                           \
        type f;                                     \
                                                    \
        memcpy(&f, &b, sizeof(f));                  \
        return rill_put_##name(s, f);               \
    }                                               \
    static int get_##name(rill *s, uint64_t *v_out) \
    {                                               \
        type f;                                     \
        bits b;                                     \
        int rc = rill_get_##name(s, &f);            \
                                                    \
        if (rc == RILL_OK) {                        \
            memcpy(&b, &f, sizeof(b));              \
            *v_out = b;                             \
        }                                           \
        return rc;                                  \
    }

INTEGER(u8, uint8_t)
INTEGER(u16le, uint16_t)
INTEGER(u16be, uint16_t)
INTEGER(u32le, uint32_t)
INTEGER(u32be, uint32_t)
INTEGER(u64le, uint64_t)
INTEGER(u64be, uint64_t)
INTEGER(i8, int8_t)
INTEGER(i16le, int16_t)
INTEGER(i16be, int16_t)
INTEGER(i32le, int32_t)
INTEGER(i32be, int32_t)
INTEGER(i64le, int64_t)
INTEGER(i64be, int64_t)
INTEGER(uleb128, uint64_t)
INTEGER(sleb128, int64_t)
FLOAT(f32le, float, uint32_t)
FLOAT(f32be, float, uint32_t)
FLOAT(f64le, double, uint64_t)
FLOAT(f64be, double, uint64_t)

#define FORMAT(name, size, big_endian, is_signed)                  \
    {                                                              \
#name, size, big_endian, is_signed, put_##name, get_##name \
    }

static const struct format formats[] = {
    FORMAT(u8, 1, false, false),      FORMAT(u16le, 2, false, false),
    FORMAT(u16be, 2, true, false),    FORMAT(u32le, 4, false, false),
    FORMAT(u32be, 4, true, false),    FORMAT(u64le, 8, false, false),
    FORMAT(u64be, 8, true, false),    FORMAT(i8, 1, false, true),
    FORMAT(i16le, 2, false, true),    FORMAT(i16be, 2, true, true),
    FORMAT(i32le, 4, false, true),    FORMAT(i32be, 4, true, true),
    FORMAT(i64le, 8, false, true),    FORMAT(i64be, 8, true, true),
    FORMAT(f32le, 4, false, false),   FORMAT(f32be, 4, true, false),
    FORMAT(f64le, 8, false, false),   FORMAT(f64be, 8, true, false),
    FORMAT(uleb128, 0, false, false), FORMAT(sleb128, 0, false, true),
    FORMAT(uleb128, 0, false, false), FORMAT(sleb128, 0, false, true),
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]), MOST = 400 };

/* ---- The plain model ------------------------------------------------------ */

/* The value that `size` bytes of `v` stand for. */
static uint64_t narrowed(const struct format *f, uint64_t v)
{
    uint64_t sign;

    if (f->size == 0 || f->size == 8)
        return v;
    v &= ((uint64_t)1 << 8 * f->size) - 1;
    sign = (uint64_t)1 << (8 * f->size - 1);
    return f->is_signed && v & sign ? v | ~(2 * sign - 1) : v;
}

/* The bytes of a number; how many. A varint ends with the byte behind which
 * all bits are as its last one says. */
static size_t encoded(const struct format *f, uint64_t v, unsigned char *out)
{
    size_t n = 0;
    bool negative = f->is_signed && v >> 63;

    for (; n < f->size; n++)
        out[f->big_endian ? f->size - 1 - n : n] = (unsigned char)(v >> 8 * n);
    while (f->size == 0) {
        unsigned char low = v & 127;

        v >>= 7;
        if (negative)
            v |= ~(~(uint64_t)0 >> 7);
        if (f->is_signed ? v == (low & 64 ? ~(uint64_t)0 : 0) : v == 0) {
            out[n++] = low;
            break;
        }
        out[n++] = low | 128;
    }
    return n;
}

/* What getting a varint from `n` bytes must give: adds bit by bit. *used_out
 * says behind which byte it stands. */
static int decoded(const struct format *f, const unsigned char *p, size_t n,
                   uint64_t *v_out, size_t *used_out)
{
    uint64_t v = 0;
    bool sign = false, lost = false;

    for (size_t i = 0; i < 10; i++) {
        if (i == n) {
            *used_out = n;
            return RILL_EEOF;
        }
        for (unsigned bit = 0; bit < 7; bit++) {
            sign = p[i] >> bit & 1;
            if (7 * i + bit < 64)
                v |= (uint64_t)sign << (7 * i + bit);
            else if (sign != (f->is_signed && v >> 63))
                lost = true;
        }
        *used_out = i + 1;
        if (p[i] < 128) {
            if (lost)
                return RILL_EDATA;
            if (f->is_signed && sign && 7 * (i + 1) < 64)
                v |= ~(uint64_t)0 << 7 * (i + 1);
            *v_out = v;
            return RILL_OK;
        }
    }
    return RILL_EDATA;
}

/* ---- Putting, and getting back -------------------------------------------- */

/* A stream that can be written and read, over memory or a small buffer. */
static rill *open_small(struct input *in)
{
    static const ptrdiff_t sizes[] = {RILL_UNBUFFERED, 1, 2, 3, 7, 9, 16, 0};
    rill_options o = RILL_OPTIONS_INIT;
    char path[512];
    unsigned way = in_below(in, 9);

    if (way == 8)
        return rill_open_mem(NULL);
    fuzz_path(path, sizeof(path), "numbers");
    o.buffer_size = sizes[way];
    return rill_open_with(path, "w+", &o);
}

/* A signalling NaN does not survive being passed by value on every machine:
 * make it a quiet one. */
static uint64_t quiet(const struct format *f, uint64_t v)
{
    unsigned mantissa = f->size == 4 ? 23 : 52;
    uint64_t exponent = f->size == 4 ? 0xff : 0x7ff;

    if (f->name[0] == 'f' && (v >> mantissa & exponent) == exponent &&
        v & (((uint64_t)1 << mantissa) - 1))
        v |= (uint64_t)1 << (mantissa - 1);
    return v;
}

struct number {
    const struct format *f;
    uint64_t v;
};

static void put_and_get(struct input *in)
{
    struct number numbers[MOST / 2];
    unsigned char want[MOST * 10], got[MOST * 10 + 1];
    size_t count = 0, len = 0;
    rill *s = open_small(in);

    FUZZ_CHECK(s != NULL);
    while (in_left(in) > 0 && count < MOST / 2) {
        struct number *n = &numbers[count++];
        unsigned byte = in_byte(in);

        n->f = &formats[byte % FORMATS];
        n->v = in_number(in, byte % 10 < 9 ? byte % 10 : 8);
        if (byte & 128)
            n->v = ~n->v;
        n->v = quiet(n->f, narrowed(n->f, n->v));
        len += encoded(n->f, n->v, want + len);
        fuzz_step(0, "put", n->f->name, 1, (int64_t)n->v, 0, 0);
        fuzz_equal(0, n->f->put(s, n->v), "the answer");
        fuzz_gave(0);
        fuzz_equal((int64_t)len, rill_tell(s), "the position");
    }
    fuzz_equal((int64_t)len, rill_pread(s, got, sizeof(got), 0), "the length");
    fuzz_same(want, got, len, "the bytes");
    fuzz_equal(0, rill_rewind(s), "rill_rewind()");
    for (size_t i = 0; i < count; i++) {
        uint64_t v = ~numbers[i].v;

        fuzz_step(0, "get", numbers[i].f->name, 0, 0, 0, 0);
        fuzz_equal(0, numbers[i].f->get(s, &v), "the answer");
        fuzz_gave((int64_t)v);
        fuzz_equal((int64_t)numbers[i].v, (int64_t)v, "the number");
    }
    fuzz_equal((int64_t)len, rill_tell(s), "the position at the end");
    fuzz_equal(0, rill_close(s), "rill_close()");
}

/* ---- Getting from anything ------------------------------------------------ */

static int decode_any(const struct format *f, const unsigned char *p, size_t n,
                      uint64_t *v_out, size_t *used_out)
{
    uint64_t v = 0;

    if (f->size == 0)
        return decoded(f, p, n, v_out, used_out);
    *used_out = n < f->size ? n : f->size;
    if (n < f->size)
        return RILL_EEOF;
    for (unsigned i = 0; i < f->size; i++)
        v |= (uint64_t)p[f->big_endian ? f->size - 1 - i : i] << 8 * i;
    *v_out = narrowed(f, v);
    return RILL_OK;
}

static void get_from(struct input *in)
{
    unsigned char bytes[MOST];
    rill *s = open_small(in);
    const struct format *f = &formats[in_below(in, FORMATS)];
    size_t len = in_bytes(in, bytes, sizeof(bytes)), at = 0;
    int want = RILL_OK;

    FUZZ_CHECK(s != NULL);
    fuzz_equal((int64_t)len, rill_write(s, bytes, len), "rill_write()");
    fuzz_equal(0, rill_rewind(s), "rill_rewind()");
    while (want != RILL_EEOF) {
        uint64_t expected = 7, v = 7;
        size_t used;
        int rc;

        want = decode_any(f, bytes + at, len - at, &expected, &used);
        fuzz_step(0, "get", f->name, 1, (int64_t)at, 0, 0);
        rc = f->get(s, &v);
        fuzz_gave(rc);
        fuzz_equal(want, rc, "the answer");
        fuzz_equal((int64_t)expected, (int64_t)v, "the number");
        at += used;
        fuzz_equal((int64_t)at, rill_tell(s), "the position");
        /* After some malformed ones: another format. */
        f = &formats[(size_t)(f - formats + (rc < 0)) % FORMATS];
    }
    fuzz_equal(0, rill_close(s), "rill_close()");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + size};

    fuzz_begin();
    if (in_below(&in, 2) == 0)
        put_and_get(&in);
    else
        get_from(&in);
    return 0;
}

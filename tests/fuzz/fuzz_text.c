/*
 * fuzz_text.c - text in any encoding, in pieces, against the whole at once.
 *
 * The input is what lies below, or what is written. The model converts all of
 * it, one character after the other, before the stream is opened; then that is
 * read, sought and written in pieces of any size, over a store that gives and
 * takes few bytes at a time.
 */
#include <stdlib.h>

#include <rill/ops.h>

#include "fuzz.h"
#include "input.h"

enum { NONE = -1 }; /* no character, or no more of them */

/* ---- The model ------------------------------------------------------------- */

struct encoding {
    const char *name;
    unsigned unit; /* bytes of most characters; 0: UTF-8 */
    bool big;
    int32_t most;
};

static const struct encoding encodings[] = {
    {"utf-8", 0, false, 0x10ffff},    {"utf-16-le", 2, false, 0x10ffff},
    {"utf-16-be", 2, true, 0x10ffff}, {"utf-32-le", 4, false, 0x10ffff},
    {"utf-32-be", 4, true, 0x10ffff}, {"latin-1", 1, false, 0xff},
    {"ascii", 1, false, 0x7f},
};
enum { ENCODINGS = sizeof(encodings) / sizeof(encodings[0]) };

/* Bytes that grow. */
struct bytes {
    unsigned char *data;
    size_t len;
};

/* A character of UTF-8, of `n` > 0 bytes; NONE, and how many bytes are none.
 * What may follow a first byte: table 3-7 of the Unicode standard. */
static int32_t utf8_next(const unsigned char *p, size_t n, size_t *size_out)
{
    unsigned first = p[0], size, low = 0x80, high = 0xbf;
    int32_t c;

    *size_out = 1;
    if (first < 0x80)
        return (int32_t)first;
    if (first < 0xc2 || first > 0xf4)
        return NONE;
    size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : low;
    high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : high;
    c = (int32_t)(first & (0x7fu >> size));
    for (unsigned i = 1; i < size; i++, low = 0x80, high = 0xbf) {
        if (i == n || p[i] < low || p[i] > high)
            return NONE;
        c = c << 6 | (p[i] & 0x3f);
        *size_out = i + 1;
    }
    return c;
}

static uint32_t unit_at(const struct encoding *e, const unsigned char *p)
{
    uint32_t unit = 0;

    for (unsigned i = 0; i < e->unit; i++)
        unit |= (uint32_t)p[i] << 8 * (e->big ? e->unit - 1 - i : i);
    return unit;
}

/* The same in any of the encodings. */
static int32_t next_of(const struct encoding *e, const unsigned char *p,
                       size_t n, size_t *size_out)
{
    uint32_t unit, second;

    if (e->unit == 0)
        return utf8_next(p, n, size_out);
    *size_out = n < e->unit ? n : e->unit;
    if (n < e->unit)
        return NONE;
    unit = unit_at(e, p);
    if (unit < 0xd800 || (unit > 0xdfff && unit <= (uint32_t)e->most))
        return unit <= (uint32_t)e->most ? (int32_t)unit : NONE;
    if (unit > 0xdbff || e->unit == 4)
        return NONE;
    if (n < 4) {
        *size_out = n;
        return NONE;
    }
    second = unit_at(e, p + 2);
    if (second < 0xdc00 || second > 0xdfff)
        return NONE;
    *size_out = 4;
    return (int32_t)(0x10000 + ((unit & 0x3ff) << 10) + (second & 0x3ff));
}

static void put_utf8(struct bytes *b, int32_t c)
{
    unsigned char *p = b->data + b->len;

    if (c < 0x80) {
        b->data[b->len++] = (unsigned char)c;
        return;
    }
    b->len += c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (unsigned char *at = b->data + b->len - 1; at > p; at--, c >>= 6)
        *at = (unsigned char)(0x80 | (c & 0x3f));
    *p = (unsigned char)((0xf00u >> (b->data + b->len - p)) | (unsigned)c);
}

static void put_unit(struct bytes *b, const struct encoding *e, uint32_t unit)
{
    for (unsigned i = 0; i < e->unit; i++)
        b->data[b->len++] =
            (unsigned char)(unit >> 8 * (e->big ? e->unit - 1 - i : i));
}

/* False if the encoding does not have it. */
static bool put_in(struct bytes *b, const struct encoding *e, int32_t c)
{
    if (c > e->most)
        return false;
    if (e->unit == 0) {
        put_utf8(b, c);
    } else if (e->unit == 2 && c > 0xffff) {
        put_unit(b, e, 0xd7c0 + ((uint32_t)c >> 10));
        put_unit(b, e, 0xdc00 + ((uint32_t)c & 0x3ff));
    } else {
        put_unit(b, e, (uint32_t)c);
    }
    return true;
}

/* ---- What is done ------------------------------------------------------------ */

struct plan {
    const struct encoding *e;
    rill_options o;
    ptrdiff_t below; /* the buffer of the stream below */
    size_t most;     /* how many bytes that gives at a time */
    struct bytes raw, text;
    bool bad;      /* what comes next is no character */
    size_t bad_at; /* in what is converted from */
    size_t at;     /* in `text` */
};

static bool is_strict(const struct plan *p)
{
    return p->o.text_errors == RILL_TEXT_STRICT;
}

/* Text as it should be read. */
static void decode_whole(struct plan *p)
{
    bool universal = p->o.newline == RILL_NEWLINE_UNIVERSAL, cr = false;
    size_t size;

    p->text = (struct bytes){fuzz_alloc(4 * p->raw.len + 4), 0};
    for (size_t i = 0; i < p->raw.len; i += size) {
        int32_t c = next_of(p->e, p->raw.data + i, p->raw.len - i, &size);

        if (c == NONE && is_strict(p)) {
            p->bad = true;
            p->bad_at = i;
            return;
        }
        if (c == NONE)
            c = 0xfffd;
        if (!(universal && c == '\n' && cr))
            put_utf8(&p->text, universal && c == '\r' ? '\n' : c);
        cr = c == '\r';
    }
}

/* Bytes as they should be below, of `raw` as text. */
static void encode_whole(struct plan *p)
{
    static const struct encoding utf8 = {"utf-8", 0, false, 0x10ffff};
    size_t size;

    p->text = (struct bytes){fuzz_alloc(8 * p->raw.len + 8), 0};
    for (size_t i = 0; i < p->raw.len; i += size) {
        int32_t c = next_of(&utf8, p->raw.data + i, p->raw.len - i, &size);
        bool end = c == '\n';

        if (end && p->o.newline == RILL_NEWLINE_CRLF)
            put_in(&p->text, p->e, '\r');
        if (end && p->o.newline == RILL_NEWLINE_CR)
            c = '\r';
        if (c != NONE && put_in(&p->text, p->e, c))
            continue;
        if (is_strict(p)) {
            p->bad = true;
            p->bad_at = i;
            return;
        }
        put_in(&p->text, p->e, '?');
    }
}

/* ---- A store that moves few bytes at a time ---------------------------------- */

struct trickle {
    struct plan *p;
    struct bytes *held;
};

static ptrdiff_t trickle_read(rill *s, void *self, void *buf, size_t n,
                              int64_t offset)
{
    struct trickle *k = self;
    size_t left =
        (size_t)offset < k->held->len ? k->held->len - (size_t)offset : 0;

    (void)s;
    n = n < left ? n : left;
    n = n < k->p->most ? n : k->p->most;
    if (n > 0)
        memcpy(buf, k->held->data + offset, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t trickle_write(rill *s, void *self, const void *buf, size_t n,
                               int64_t offset)
{
    struct trickle *k = self;

    (void)s;
    n = n < k->p->most ? n : k->p->most;
    fuzz_equal((int64_t)k->held->len, offset, "where it is written");
    memcpy(k->held->data + offset, buf, n);
    k->held->len += n;
    return (ptrdiff_t)n;
}

static int64_t trickle_size(rill *s, void *self)
{
    (void)s;
    return (int64_t)((struct trickle *)self)->held->len;
}

static const rill_ops trickle_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct trickle),
    .name = "trickle",
    .read = trickle_read,
    .write = trickle_write,
    .size = trickle_size,
};

static rill *open_text(struct plan *p, struct bytes *held, int access)
{
    rill_options o = RILL_OPTIONS_INIT;
    void *self;
    rill *below, *s;

    o.buffer_size = p->below;
    below = rill_open_ops(&trickle_ops, access, NULL, &o, &self);
    FUZZ_CHECK(below != NULL);
    *(struct trickle *)self = (struct trickle){p, held};
    s = rill_open_text(below, RILL_TAKE, &p->o);
    FUZZ_CHECK(s != NULL);
    return s;
}

/* ---- Reading ----------------------------------------------------------------- */

/* `got` bytes came, of at most `most`; fewer only where the text ends. */
static void came(struct plan *p, const void *data, int64_t got, size_t most)
{
    size_t left = p->text.len - p->at;

    if (got == RILL_EDATA) {
        FUZZ_CHECK(p->bad && left == 0);
        return;
    }
    fuzz_equal((int64_t)(left < most ? left : most), got, "how many came");
    if (got == 0 && most > 0)
        FUZZ_CHECK(!p->bad);
    if (got > 0)
        fuzz_same(p->text.data + p->at, data, (size_t)got, "the text");
    p->at += (size_t)got;
}

/* The length of the line that comes. */
static size_t next_line(const struct plan *p)
{
    const unsigned char *from = p->text.data + p->at;
    size_t left = p->text.len - p->at;

    for (size_t i = 0; i < left; i++) {
        bool lf = from[i] == '\n', cr = from[i] == '\r';
        bool crlf = lf && i > 0 && from[i - 1] == '\r';

        if (p->o.newline == RILL_NEWLINE_CR     ? cr
            : p->o.newline == RILL_NEWLINE_CRLF ? crlf
                                                : lf)
            return i + 1;
        if (p->o.newline == RILL_NEWLINE_KEEP && cr)
            return i + 1 < left && from[i + 1] == '\n' ? i + 2 : i + 1;
    }
    return left;
}

static void read_line(rill *s, struct plan *p)
{
    const char *line = NULL;
    size_t want = next_line(p);
    ptrdiff_t got = rill_text_readline(s, &line);

    came(p, line, got, want > 0 ? want : 1);
}

static void read_character(rill *s, struct plan *p)
{
    size_t left = p->text.len - p->at, size = 0;
    int32_t want = NONE, got = rill_getchar(s);

    if (left > 0)
        want = utf8_next(p->text.data + p->at, left, &size);
    if (left == 0)
        want = p->bad ? RILL_EDATA : RILL_EEOF;
    else if (want == NONE)
        want = RILL_EDATA; /* within a character that was begun */
    fuzz_equal(want, got, "the character");
    p->at += size;
}

/* How many bytes `count` characters have, of at most `room`. */
static size_t characters(const struct plan *p, size_t count, size_t room)
{
    size_t done = 0, size = 0;

    while (count-- > 0 && p->at + done < p->text.len) {
        (void)utf8_next(p->text.data + p->at + done, p->text.len - p->at - done,
                        &size);
        if (size > room - done)
            break;
        done += size;
    }
    return done;
}

enum { PLACES = 8 };

struct place {
    rill_text_position position;
    size_t at;
};

/* Where the text was before its first byte that is none, it can be sought. */
static void visit(rill *s, struct plan *p, struct place *places, unsigned k,
                  bool take)
{
    struct place *place = &places[k % PLACES];

    if (take) {
        fuzz_equal(0, rill_text_tell(s, &place->position), "rill_text_tell()");
        place->at = p->at;
        return;
    }
    fuzz_equal(0, rill_text_seek(s, &place->position), "rill_text_seek()");
    p->at = place->at;
}

static void read_some(rill *s, struct plan *p, struct input *in,
                      struct place *places)
{
    unsigned way = in_below(in, 8);
    size_t n = in_size(in, 1 << 16), want;
    unsigned char *buf;

    fuzz_step(0, "read", NULL, 3, way, (int64_t)n, (int64_t)p->at);
    if (way == 0) {
        read_line(s, p);
    } else if (way == 1) {
        read_character(s, p);
    } else if (way <= 3) {
        visit(s, p, places, (unsigned)n, way == 2);
    } else if (way == 4) {
        buf = fuzz_alloc(n + 4);
        want = characters(p, n, n + 4);
        came(p, buf, rill_read_chars(s, (char *)buf, n + 4, n),
             n > 0 && want == 0 ? 1 : want);
        free(buf);
    } else {
        buf = fuzz_alloc(n);
        came(p, buf, rill_read(s, buf, n), n);
        free(buf);
    }
}

static void check_reading(struct plan *p, struct input *in)
{
    struct place places[PLACES] = {{{0, 0, 0}, 0}};
    rill *s = open_text(p, &p->raw, RILL_READ);
    rill_error e;
    int rc;

    while (in_left(in) > 0 && rill_failed(s, NULL) == 0)
        read_some(s, p, in, places);
    rc = rill_failed(s, &e);
    if (rc == 0) {
        void *rest = NULL;
        ptrdiff_t got = rill_read_all(s, &rest);

        if (p->bad) /* all or nothing */
            fuzz_equal(RILL_EDATA, got, "rill_read_all()");
        else
            came(p, rest, got, SIZE_MAX);
        rill_free(rest);
        rc = rill_failed(s, &e);
    }
    if (rc < 0) {
        fuzz_equal(RILL_EDATA, rc, "the failure");
        fuzz_equal((int64_t)p->bad_at, e.offset, "where it failed");
    }
    fuzz_equal(rc, rill_close(s), "rill_close()");
}

/* ---- Writing ------------------------------------------------------------------ */

static void check_writing(struct plan *p, struct input *in)
{
    struct bytes held = {fuzz_alloc(8 * p->raw.len + 8), 0};
    rill *s = open_text(p, &held, RILL_WRITE);
    bool plain = rill_seekable(s);
    size_t done = 0;
    int rc;

    while (done < p->raw.len) {
        size_t n = in_left(in) > 0 ? in_size(in, 4096) : p->raw.len - done;

        n = n < p->raw.len - done ? n : p->raw.len - done;
        fuzz_step(0, "write", NULL, 2, (int64_t)n, (int64_t)done, 0);
        if (rill_write(s, p->raw.data + done, n) < 0)
            break;
        done += n;
    }
    rc = rill_close(s);
    fuzz_equal(p->bad ? RILL_EDATA : 0, rc, "rill_close()");
    if (plain && p->bad && held.len > p->text.len) /* one that was begun */
        held.len = held.len - p->text.len > 3 ? held.len : p->text.len;
    fuzz_equal((int64_t)p->text.len, (int64_t)held.len, "how much is below");
    fuzz_same(p->text.data, held.data, held.len, "what is below");
    free(held.data);
}

/* ---- The target --------------------------------------------------------------- */

static void draw_plan(struct plan *p, struct input *in)
{
    static const rill_options init = RILL_OPTIONS_INIT;
    static const ptrdiff_t sizes[] = {0, RILL_UNBUFFERED, 1, 2, 3, 7, 64, 300};

    p->e = &encodings[in_below(in, ENCODINGS)];
    p->o = init;
    p->o.encoding = p->e->name;
    p->o.newline = 1 + (int)in_below(in, RILL_NEWLINE_CRLF);
    p->o.text_errors = (int)in_below(in, 2);
    p->o.line_buffering = (int)in_below(in, 2);
    p->o.buffer_size = sizes[in_below(in, 8)];
    p->below = sizes[in_below(in, 8)];
    p->most = in_below(in, 4) ? (size_t)in_byte(in) + 1 : SIZE_MAX;
    fuzz_step(0, "open", p->e->name, 3, p->o.newline, p->o.text_errors,
              (int64_t)p->o.buffer_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + size}, steps;
    struct plan p = {0};
    bool writes;
    size_t most;

    fuzz_begin();
    draw_plan(&p, &in);
    writes = in_below(&in, 2);
    most = in_below(&in, 64);
    steps.at = in.at;
    steps.end = in.at + most % (in_left(&in) + 1);
    in.at = steps.end;
    p.raw.data = fuzz_alloc(in_left(&in));
    p.raw.len = in_bytes(&in, p.raw.data, in_left(&in));
    if (writes) {
        encode_whole(&p);
        check_writing(&p, &steps);
    } else {
        decode_whole(&p);
        check_reading(&p, &steps);
    }
    free(p.raw.data);
    free(p.text.data);
    return 0;
}

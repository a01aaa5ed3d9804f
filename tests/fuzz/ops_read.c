/*
 * ops_read.c - the operations that read, in every way that the headers promise
 * to be the same.
 */
#include "slot.h"

#include <stdlib.h>

static void check_eof(const struct slot *t)
{
    if (!rill_eof(t->s))
        fuzz_fail("rill_eof() does not see that the data ended");
}

/* The answer of one that reads up to `n` bytes, with `buf`. */
static void came_up_to(struct slot *t, const void *buf, size_t n, int64_t got)
{
    size_t want = n < model_left(&t->m) ? n : model_left(&t->m);

    fuzz_gave(got);
    if (slot_refused(t, model_no_read(&t->m), got) || slot_excused(t, got))
        return;
    if (got < 0 || (size_t)got > want ||
        ((size_t)got < want && (got == 0 || !slot_cut_short(t))))
        fuzz_equal((int64_t)want, got, "the number of bytes");
    slot_came(t, buf, (size_t)got);
    if ((size_t)got < n && !slot_cut_short(t))
        check_eof(t);
}

/* ---- One read, in several ways ------------------------------------------ */

static ptrdiff_t read_getc(rill *s, unsigned char *buf, size_t n)
{
    if (n == 0)
        return rill_read(s, buf, 0);
    for (size_t i = 0; i < n; i++) {
        int c = rill_getc(s);

        if (c < 0)
            return c == RILL_EEOF || i > 0 ? (ptrdiff_t)i : c;
        buf[i] = (unsigned char)c;
    }
    return (ptrdiff_t)n;
}

static ptrdiff_t read_cursor(rill *s, unsigned char *buf, size_t n)
{
    rill_reader r = rill_reader_begin(s);
    size_t done = 0;
    int c, rc;

    while (n - done >= 4 && r.end - r.pos > 4) {
        rill_reader_get(&r, buf + done, 4);
        done += 4;
    }
    while (done < n && (c = rill_reader_getc(&r)) >= 0)
        buf[done++] = (unsigned char)c;
    rc = rill_reader_end(&r);
    if (n == 0)
        return rill_read(s, buf, 0);
    return rc == RILL_EEOF || rc == RILL_OK || done > 0 ? (ptrdiff_t)done : rc;
}

static ptrdiff_t read_peeks(rill *s, unsigned char *buf, size_t n)
{
    size_t done = 0;

    if (n == 0)
        return rill_read(s, buf, 0);
    while (done < n) {
        const void *p;
        ptrdiff_t here = rill_peek(s, &p, 0);
        size_t take = n - done;

        if (here <= 0)
            return done > 0 || here == 0 ? (ptrdiff_t)done : here;
        if ((size_t)here < take)
            take = (size_t)here;
        memcpy(buf + done, p, take);
        FUZZ_CHECK(rill_consume(s, take) == RILL_OK);
        done += take;
    }
    return (ptrdiff_t)done;
}

static ptrdiff_t read_pieces(rill *s, unsigned char *buf, size_t n,
                             size_t piece)
{
    rill_iovec v[PIECES];
    int count = slot_pieces(v, buf, n, piece);

    return rill_readv(s, v, count);
}

void op_read(struct slot *t, struct slot *other, struct input *in)
{
    static const char *const ways[] = {"", "v", "getc", "cursor", "peeks"};
    unsigned way = in_below(in, 5);
    size_t n = in_size(in, REQUEST_MOST), piece = way == 1 ? in_byte(in) : 0;
    unsigned char *buf = fuzz_alloc(n);
    ptrdiff_t got;

    (void)other;
    fuzz_step(t->number, "read", ways[way], 2, (int64_t)n, (int64_t)piece, 0);
    switch (way) {
    case 0:
        got = rill_read(t->s, buf, n);
        break;
    case 1:
        got = read_pieces(t->s, buf, n, piece);
        break;
    case 2:
        got = read_getc(t->s, buf, n);
        break;
    case 3:
        got = read_cursor(t->s, buf, n);
        break;
    default:
        got = read_peeks(t->s, buf, n);
        break;
    }
    came_up_to(t, buf, n, got);
    free(buf);
}

/* ---- Others that take bytes --------------------------------------------- */

void op_read_some(struct slot *t, struct slot *other, struct input *in)
{
    size_t n = in_size(in, REQUEST_MOST);
    unsigned char *buf = fuzz_alloc(n);
    ptrdiff_t got;

    (void)other;
    fuzz_step(t->number, "read_some", NULL, 1, (int64_t)n, 0, 0);
    got = rill_read_some(t->s, buf, n);
    fuzz_gave(got);
    if (!slot_refused(t, model_no_read(&t->m), got) && !slot_excused(t, got)) {
        if (got < 0 || (got == 0 && n > 0 && model_left(&t->m) > 0))
            fuzz_fail("rill_read_some() gave nothing");
        FUZZ_CHECK((size_t)got <= n);
        slot_came(t, buf, (size_t)got);
    }
    free(buf);
}

void op_read_exact(struct slot *t, struct slot *other, struct input *in)
{
    size_t n = in_size(in, REQUEST_MOST), left = model_left(&t->m);
    unsigned char *buf = fuzz_alloc(n);
    int got;

    (void)other;
    fuzz_step(t->number, "read_exact", NULL, 1, (int64_t)n, 0, 0);
    got = rill_read_exact(t->s, buf, n);
    fuzz_gave(got);
    if (slot_refused(t, model_no_read(&t->m), got)) {
    } else if (slot_excused(t, got)) {
        if (got == RILL_EIO)
            slot_follow_read(t, n);
    } else {
        fuzz_equal(n > left ? RILL_EEOF : RILL_OK, got, "the answer");
        slot_came(t, buf, n > left ? left : n);
        if (n > left)
            check_eof(t);
    }
    free(buf);
}

void op_read_all(struct slot *t, struct slot *other, struct input *in)
{
    void *data = NULL;
    ptrdiff_t got;

    (void)other;
    (void)in;
    fuzz_step(t->number, "read_all", NULL, 0, 0, 0, 0);
    got = rill_read_all(t->s, &data);
    fuzz_gave(got);
    if (got < 0)
        FUZZ_CHECK(data == NULL);
    if (slot_refused(t, model_no_read(&t->m), got))
        return;
    if (slot_excused(t, got)) {
        if (!t->m.seeks) /* what was read may be lost */
            slot_close(t, true);
        return;
    }
    fuzz_equal((int64_t)model_left(&t->m), got, "the number of bytes");
    FUZZ_CHECK(data != NULL && ((char *)data)[got] == '\0');
    slot_came(t, data, (size_t)got);
    slot_release(t, data, (size_t)got + 1);
}

void op_getc(struct slot *t, struct slot *other, struct input *in)
{
    unsigned char byte;
    int got;

    (void)other;
    (void)in;
    fuzz_step(t->number, "getc", NULL, 0, 0, 0, 0);
    got = rill_getc(t->s);
    fuzz_gave(got);
    if (slot_refused(t, model_no_read(&t->m), got) || slot_excused(t, got))
        return;
    if (model_left(&t->m) == 0) {
        fuzz_equal(RILL_EEOF, got, "the byte");
        check_eof(t);
        return;
    }
    model_next(&t->m, &byte, 1);
    fuzz_equal(byte, got, "the byte");
    model_read(&t->m, 1);
}

/* Put some back: now and then the very bytes that were read. */
void op_ungetc(struct slot *t, struct slot *other, struct input *in)
{
    unsigned count = in_below(in, 8) + 1, way = in_below(in, 4);
    struct model *m = &t->m;

    (void)other;
    for (unsigned i = 0; i < count && m->back_len < MODEL_BACK; i++) {
        int byte = way == 0 ? (int)in_byte(in) - 128 : 'p' + (int)i;
        int got;

        if (way == 1 && m->pos > 0 && (size_t)m->pos <= m->len)
            byte = m->data[m->pos - 1];
        fuzz_step(t->number, "ungetc", NULL, 1, byte, 0, 0);
        got = rill_ungetc(t->s, byte);
        fuzz_gave(got);
        if (slot_refused(t, model_no_read(m), got) || slot_excused(t, got))
            return;
        fuzz_equal(byte & 255, got, "the byte");
        model_put_back(m, (unsigned char)byte);
    }
}

/*
 * ops_write.c - the operations that write at the position, in every way that
 * the headers promise to be the same.
 */
#include "slot.h"

#include <stdlib.h>

/* How many bytes a program may write now: its content stays small, and a write
 * of nothing, which would drop nothing, is kept from meeting what was put
 * back. */
static size_t how_many(const struct slot *t, struct input *in)
{
    size_t n = in_size(in, REQUEST_MOST);

    if (!t->m.swallows && model_tell(&t->m) > MODEL_MOST - REQUEST_MOST)
        n = 0;
    return n == 0 && t->m.back_len > 0 ? SIZE_MAX : n;
}

/* The answer of one that writes `n` bytes; `single`: byte by byte, so that it
 * has met the end of the room already. */
static void went(struct slot *t, const void *data, size_t n, int64_t got,
                 bool single)
{
    size_t room = model_room(&t->m, n);

    if (slot_refused(t, model_no_write(&t->m), got))
        return;
    if (slot_excused(t, got)) {
        slot_drop(t);
        return;
    }
    if (n > 0 && room == 0) {
        slot_full(t, got);
        slot_drop(t);
        return;
    }
    if (got < 0 || (size_t)got > room ||
        ((size_t)got < room && !slot_cut_short(t)))
        fuzz_equal((int64_t)room, got, "the number of bytes");
    if (got > 0)
        model_write(&t->m, data, (size_t)got);
    if (single && room < n)
        t->m.failed = RILL_ENOSPC;
}

/* ---- One write, in several ways ----------------------------------------- */

static ptrdiff_t write_pieces(rill *s, unsigned char *data, size_t n,
                              size_t piece)
{
    rill_iovec v[PIECES];
    int count = slot_pieces(v, data, n, piece);

    return rill_writev(s, v, count);
}

static ptrdiff_t write_putc(rill *s, const unsigned char *data, size_t n)
{
    if (n == 0)
        return rill_write(s, data, 0);
    for (size_t i = 0; i < n; i++) {
        int rc = rill_putc(s, data[i]);

        if (rc < 0)
            return i > 0 ? (ptrdiff_t)i : rc;
        FUZZ_CHECK(rc == data[i]);
    }
    return (ptrdiff_t)n;
}

/* The cursor does not say how much it wrote before it failed. */
static ptrdiff_t write_cursor(rill *s, const unsigned char *data, size_t n)
{
    rill_writer w = rill_writer_begin(s);
    size_t done = 0;
    int rc;

    if (n == 0)
        rill_writer_put(&w, data, 0);
    for (; n - done >= 4; done += 4)
        rill_writer_put(&w, data + done, 4);
    for (; done < n; done++)
        rill_writer_putc(&w, data[done]);
    rc = rill_writer_end(&w);
    return rc < 0 ? rc : (ptrdiff_t)n;
}

static ptrdiff_t write_in_way(rill *s, unsigned way, char *data, size_t n,
                              size_t piece)
{
    switch (way) {
    case 0:
        return rill_write(s, data, n);
    case 1:
        return write_pieces(s, (unsigned char *)data, n, piece);
    case 2:
        return write_putc(s, (unsigned char *)data, n);
    case 3:
        return rill_puts(s, data);
    case 4:
        return (ptrdiff_t)rill_printf(s, "%s", data);
    case 5:
        return (ptrdiff_t)rill_printf(s, "%.*s", (int)n, data);
    default:
        return write_cursor(s, (unsigned char *)data, n);
    }
}

void op_write(struct slot *t, struct slot *other, struct input *in)
{
    static const char *const ways[] = {"",       "v",       "putc",  "puts",
                                       "printf", "printf.", "cursor"};
    unsigned way = in_below(in, 7);
    size_t n = how_many(t, in), piece = way == 1 ? in_byte(in) : 0;
    char *data;
    ptrdiff_t got;

    (void)other;
    if (n == SIZE_MAX)
        return;
    if (way == 6 && (slot_is_jerky(t) || model_room(&t->m, n) < n))
        way = 0;
    data = fuzz_alloc(n + 1);
    fuzz_letters(data, n, (unsigned)in_byte(in));
    data[n] = '\0';
    fuzz_step(t->number, "write", ways[way], 2, (int64_t)n, (int64_t)piece, 0);
    got = write_in_way(t->s, way, data, n, piece);
    fuzz_gave(got);
    went(t, data, n, got, way == 2);
    free(data);
}

void op_putc(struct slot *t, struct slot *other, struct input *in)
{
    int byte = (int)in_byte(in) - 128;
    unsigned char b = (unsigned char)byte;
    int got;

    (void)other;
    if (!t->m.swallows && model_tell(&t->m) > MODEL_MOST)
        return;
    fuzz_step(t->number, "putc", NULL, 1, byte, 0, 0);
    got = rill_putc(t->s, byte);
    fuzz_gave(got);
    if (got >= 0)
        fuzz_equal(b, got, "the byte");
    went(t, &b, 1, got < 0 ? got : 1, false);
}

/* How many of `n` bytes an unbuffered commit wrote before its store would take
 * no more: nothing is said of that, so the store is asked. */
static size_t wrote_some(const struct slot *t, size_t n)
{
    int64_t done = t->m.seeks && !t->m.appends
                       ? rill_tell(t->s) - model_tell(&t->m)
                       : (int64_t)t->store.len - (int64_t)t->m.len;

    FUZZ_CHECK(done >= 0 && (size_t)done <= n);
    return (size_t)done;
}

/* Borrow room, fill some of it, commit that. */
void op_reserve(struct slot *t, struct slot *other, struct input *in)
{
    size_t want = how_many(t, in), use = in_size(in, REQUEST_MOST);
    unsigned codes = model_no_write(&t->m);
    void *room = NULL;
    unsigned char *data;
    ptrdiff_t got;

    (void)other;
    if (want == SIZE_MAX || (use == 0 && t->m.back_len > 0))
        return;
    if (!t->m.swallows && model_tell(&t->m) > MODEL_MOST - REQUEST_MOST)
        return;
    fuzz_step(t->number, "reserve", NULL, 2, (int64_t)want, (int64_t)use, 0);
    got = rill_reserve(t->s, &room, want);
    fuzz_gave(got);
    if (slot_refused(t, codes, got))
        return;
    if (t->window_limit > 0 && want > t->window_limit && got == RILL_ELIMIT)
        return;
    if (slot_excused(t, got)) {
        slot_drop(t);
        return;
    }
    if (want == 0)
        want = 1;
    if (model_room(&t->m, want) < want) {
        slot_full(t, got);
        slot_drop(t);
        return;
    }
    if (got < (ptrdiff_t)want)
        fuzz_fail("%lld bytes of room, expected %zu", (long long)got, want);
    if (use > (size_t)got)
        use = (size_t)got;
    fuzz_letters(room, use, (unsigned)want);
    data = fuzz_alloc(use);
    memcpy(data, room, use);
    fuzz_step(t->number, "commit", NULL, 1, (int64_t)use, 0, 0);
    got = rill_commit(t->s, use);
    fuzz_gave(got);
    if (slot_excused(t, got))
        use = wrote_some(t, use);
    else
        fuzz_equal(0, got, "rill_commit()");
    if (use > 0)
        model_write(&t->m, data, use);
    else
        slot_drop(t);
    free(data);
}

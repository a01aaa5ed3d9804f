/*
 * fuzz_operations.c - any operations on any streams, in any order.
 *
 * The input is a program for two streams: what to open, with which options,
 * and what to do with them. Each answer, the position after each operation and
 * what is left at the end are compared with a plain model (model.h).
 */
#include <stdio.h>
#include <stdlib.h>

#include "slot.h"

enum { SLOTS = 2 };

/* ---- The position ------------------------------------------------------- */

static void op_seek(struct slot *t, struct slot *other, struct input *in)
{
    struct model *m = &t->m;
    int whence = (int)in_below(in, 10) % 4 % 3;
    int64_t offset = in_offset(in, whence == 0 ? model_tell(m) : 0,
                               whence == 2 ? 0 : (int64_t)m->len);
    int64_t want, got;
    unsigned codes;

    (void)other;
    if (in->at < in->end && *in->at == 255)
        whence = 3;
    want = model_target(m, offset, whence, &codes);
    if (t->shared && want > MODEL_MOST) /* no descriptor could stand there */
        return;
    fuzz_step(t->number, "seek", NULL, 2, offset, whence, 0);
    got = rill_seek(t->s, offset, whence);
    fuzz_gave(got);
    if (slot_refused(t, codes, got) || slot_excused(t, got))
        return;
    fuzz_equal(want, got, "the position");
    model_seek(m, want);
    FUZZ_CHECK(!rill_eof(t->s));
}

static void op_rewind(struct slot *t, struct slot *other, struct input *in)
{
    unsigned codes;
    int got;

    (void)other;
    (void)in;
    model_target(&t->m, 0, RILL_SEEK_SET, &codes);
    fuzz_step(t->number, "rewind", NULL, 0, 0, 0, 0);
    got = rill_rewind(t->s);
    fuzz_gave(got);
    if (slot_refused(t, codes, got) || slot_excused(t, got))
        return;
    fuzz_equal(0, got, "rill_rewind()");
    model_seek(&t->m, 0);
}

static void op_size(struct slot *t, struct slot *other, struct input *in)
{
    int64_t got;

    (void)other;
    (void)in;
    fuzz_step(t->number, "size", NULL, 0, 0, 0, 0);
    got = rill_size(t->s);
    fuzz_gave(got);
    if (!t->m.seeks)
        fuzz_equal(RILL_ENOTSUP, got, "rill_size()");
    else if (got != t->m.failed || got == 0)
        fuzz_equal((int64_t)t->m.len, got, "rill_size()");
}

/* ---- The rest ----------------------------------------------------------- */

static void op_hint(struct slot *t, struct slot *other, struct input *in)
{
    int64_t size = in_offset(in, (int64_t)t->m.len, MODEL_MOST);

    (void)other;
    if (size > MODEL_MOST) /* memory would be made ready */
        size = MODEL_MOST;
    fuzz_step(t->number, "hint_size", NULL, 1, size, 0, 0);
    rill_hint_size(t->s, size);
    fuzz_gave(0);
}

static void op_fileno(struct slot *t, struct slot *other, struct input *in)
{
    bool has_one =
        t->kind == KIND_FILE || t->kind == KIND_SAVE || t->kind == KIND_SPOOL;
    unsigned codes = has_one ? 0 : CODE(RILL_ENOTSUP);
    int got;

    (void)other;
    if (in_below(in, 4) > 0 || model_tell(&t->m) > MODEL_MOST)
        return; /* seldom: afterwards a spool is one no more */
    if (t->kind == KIND_SPOOL && t->m.views > 0)
        codes |= CODE(RILL_EBUSY);
    fuzz_step(t->number, "fileno", NULL, 0, 0, 0, 0);
    got = rill_fileno(t->s);
    fuzz_gave(got < 0 ? got : 0); /* which number does not matter */
    if (slot_refused(t, codes, got))
        return;
    if (got < 0)
        fuzz_equal(0, got, "rill_fileno()");
    t->shared = true;
}

static void op_clear(struct slot *t, struct slot *other, struct input *in)
{
    (void)other;
    (void)in;
    fuzz_step(t->number, "clear", NULL, 0, 0, 0, 0);
    rill_clear(t->s);
    fuzz_gave(0);
    t->m.failed = 0;
    FUZZ_CHECK(!rill_eof(t->s));
}

static void op_close(struct slot *t, struct slot *other, struct input *in)
{
    (void)other;
    slot_close(t, in_below(in, 4) == 0);
}

/* ---- The program -------------------------------------------------------- */

/* By weight: what moves bytes comes up more often. */
static slot_op *const operations[] = {
    op_read,   op_read,   op_read_some, op_read_exact,    op_read_all,
    op_getc,   op_ungetc, op_ungetc,    op_peek,          op_skip,
    op_pread,  op_line,   op_lines,     op_write,         op_write,
    op_write,  op_putc,   op_reserve,   op_pwrite,        op_copy,
    op_copy,   op_flush,  op_unwritten, op_truncate,      op_seek,
    op_seek,   op_seek,   op_rewind,    op_size,          op_data,
    op_take,   op_reset,  op_getbuffer, op_releasebuffer, op_hint,
    op_fileno, op_clear,  op_close,
};

enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]) };

/* What is true after every operation. */
static void check_stream(struct slot *t)
{
    struct model *m = &t->m;
    rill_error e = {0};
    rill *s = t->s;
    int failed = rill_failed(s, &e);

    FUZZ_CHECK(s->rpos <= s->rend && s->wpos <= s->wend);
    FUZZ_CHECK(s->rpos == s->rend || s->wpos == s->wend);
    if (t->store.said & SAID_FAILED && m->failed == 0)
        m->failed = RILL_EIO;
    fuzz_equal(m->failed, failed, "rill_failed()");
    if (failed)
        FUZZ_CHECK(e.code == failed && e.operation != NULL);
    fuzz_equal(m->seeks ? model_tell(m) : RILL_ENOTSUP, rill_tell(s),
               "rill_tell()");
    FUZZ_CHECK(rill_readable(s) == m->reads);
    FUZZ_CHECK(rill_writable(s) == m->writes);
    FUZZ_CHECK(rill_seekable(s) == m->seeks);
}

/* The model does not know how much can be read after a failure: what the window
 * holds. So that is cleared first. */
static void run(struct slot *slots, struct input *in)
{
    while (in_left(in) > 0) {
        unsigned byte = in_byte(in);
        struct slot *t = &slots[byte / 128], *other = &slots[1 - byte / 128];

        slots[0].store.said = slots[1].store.said = 0;
        if (!t->s)
            slot_open(t, in);
        else if (t->m.failed &&
                 (in_below(in, 4) > 0 || t->s->rpos < t->s->rend))
            op_clear(t, other, in);
        else
            operations[byte % 128 % OPERATIONS](t, other, in);
        for (int i = 0; i < SLOTS; i++)
            if (slots[i].s)
                check_stream(&slots[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct slot slots[SLOTS];
    struct input in = {data, data + size};

    fuzz_begin();
    for (int i = 0; i < SLOTS; i++) {
        struct slot *t = &slots[i];

        t->number = i;
        t->exists = false;
        fuzz_path(t->path, sizeof(t->path), i == 0 ? "zero" : "one");
        remove(t->path);
    }
    run(slots, &in);
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].s)
            slot_close(&slots[i], false);
        model_free(&slots[i].m);
        model_free(&slots[i].file);
        free(slots[i].store.data);
        slots[i].store = (struct jerky){0};
    }
    return 0;
}

/*
 * ops_change.c - the operations that write beside the position, cut, copy from
 * stream to stream, and hand on what waits.
 */
#include "slot.h"

#include <stdlib.h>

/* ---- Beside the position, and cutting ------------------------------------ */

void op_pwrite(struct slot *t, struct slot *other, struct input *in)
{
    struct model *m = &t->m;
    size_t n = in_size(in, REQUEST_MOST), room;
    int64_t at = in_offset(in, model_tell(m), (int64_t)m->len);
    unsigned codes = model_no_write(m);
    unsigned char *data;
    ptrdiff_t got;

    (void)other;
    if ((at > MODEL_MOST - REQUEST_MOST && !m->swallows && m->limit < 0) ||
        (n == 0 && m->back_len > 0))
        return;
    if (!m->seeks || m->appends)
        codes |= CODE(RILL_ENOTSUP);
    if (at < 0)
        codes |= CODE(RILL_EINVAL);
    else if (at > INT64_MAX - (int64_t)n)
        codes |= CODE(RILL_ERANGE) | CODE(RILL_ENOSPC);
    room = at < 0 ? 0 : model_room_at(m, at, n);
    data = fuzz_alloc(n);
    fuzz_letters(data, n, in_byte(in));
    fuzz_step(t->number, "pwrite", NULL, 2, (int64_t)n, at, 0);
    got = rill_pwrite(t->s, data, n, at);
    fuzz_gave(got);
    if (slot_refused(t, codes, got)) {
    } else if (slot_excused(t, got)) {
        slot_drop(t);
    } else if (n > 0 && room == 0) {
        fuzz_equal(RILL_ENOSPC, got, "the answer of a full store");
        slot_drop(t);
    } else {
        if (got < 0 || (size_t)got > room ||
            ((size_t)got < room && !slot_cut_short(t)))
            fuzz_equal((int64_t)room, got, "the number of bytes");
        if (got > 0)
            model_write_at(m, at, data, (size_t)got);
    }
    t->store.said &= ~(unsigned)SAID_FAILED; /* it does not stick */
    free(data);
}

void op_truncate(struct slot *t, struct slot *other, struct input *in)
{
    struct model *m = &t->m;
    int64_t size = in_offset(in, model_tell(m), (int64_t)m->len);
    unsigned codes = model_no_write(m);
    int got;

    (void)other;
    if (size > MODEL_MOST && m->extends)
        return;
    if (!m->seeks)
        codes |= CODE(RILL_ENOTSUP);
    if (size < 0)
        codes |= CODE(RILL_EINVAL);
    fuzz_step(t->number, "truncate", NULL, 1, size, 0, 0);
    got = rill_truncate(t->s, size);
    fuzz_gave(got);
    if (slot_refused(t, codes, got) || slot_excused(t, got))
        return;
    fuzz_equal(0, got, "rill_truncate()");
    model_truncate(m, size);
}

/* ---- From stream to stream ---------------------------------------------- */

/* A copy that a store cut short: what arrived has left the source. */
static void copied_some(struct slot *t, struct slot *from, size_t most,
                        int64_t got)
{
    struct slot *judge = t->m.seeks ? t : from;
    size_t n = got > 0 ? (size_t)got : 0;
    unsigned char *data;

    if (got < 0 && judge->m.seeks)
        n = (size_t)(rill_tell(judge->s) - (judge == t && t->m.appends
                                                ? (int64_t)t->m.len
                                                : model_tell(&judge->m)));
    if (got < 0 && judge == t && t->m.appends &&
        rill_tell(t->s) == model_tell(&t->m))
        n = 0;
    FUZZ_CHECK(n <= most);
    data = fuzz_alloc(n);
    model_next(&from->m, data, n);
    if (n > 0) {
        model_read(&from->m, n);
        model_write(&t->m, data, n);
    }
    free(data);
    if (t->m.limit >= 0 && rill_failed(t->s, NULL) == RILL_ENOSPC)
        t->m.failed = RILL_ENOSPC; /* it filled up as well */
    if (!from->m.seeks)            /* what was read and not written is lost */
        slot_close(from, true);
    if (got < 0 && !judge->m.seeks)
        slot_close(t, true);
}

void op_copy(struct slot *t, struct slot *other, struct input *in)
{
    int64_t n = (int64_t)in_size(in, REQUEST_MOST) - 1, got;
    size_t left, room;
    unsigned codes = model_no_write(&t->m);
    unsigned char *data;

    if (!other->s || t->m.back_len > 0 ||
        (!t->m.swallows && model_tell(&t->m) > MODEL_MOST - REQUEST_MOST))
        return;
    codes |= model_no_read(&other->m);
    left = model_left(&other->m);
    if (left > REQUEST_MOST)
        return;
    if (n >= 0 && (size_t)n < left)
        left = (size_t)n;
    fuzz_step(t->number, "copy", NULL, 2, other->number, n, 0);
    got = rill_copy(t->s, other->s, n);
    fuzz_gave(got);
    room = model_room(&t->m, left);
    if (codes != 0 && slot_excused(other, got))
        return;
    if (slot_refused(t, codes, got))
        return;
    if (slot_cut_short(t) || slot_cut_short(other)) {
        if (got < 0 && !slot_excused(t, got) && !slot_excused(other, got))
            fuzz_fail("the copy failed");
        copied_some(t, other, left, got);
        return;
    }
    if (left > 0 && room == 0) {
        slot_full(t, got);
        return;
    }
    fuzz_equal((int64_t)room, got, "the number of bytes");
    data = fuzz_alloc(room);
    model_next(&other->m, data, room);
    if (room > 0) {
        model_read(&other->m, room);
        model_write(&t->m, data, room);
    }
    free(data);
    if (room < left) /* why it ended early */
        t->m.failed = RILL_ENOSPC;
}

/* ---- What waits ---------------------------------------------------------- */

void op_flush(struct slot *t, struct slot *other, struct input *in)
{
    int level = (int)in_below(in, 8) - 5, got;

    (void)other;
    if (level < 0) {
        fuzz_step(t->number, "flush", NULL, 0, 0, 0, 0);
        got = rill_flush(t->s);
    } else {
        fuzz_step(t->number, "sync", NULL, 1, level, 0, 0);
        got = rill_sync(t->s, level);
    }
    fuzz_gave(got);
    if (slot_excused(t, got))
        return;
    if (t->m.failed)
        slot_refused(t, CODE(t->m.failed), got);
    else
        fuzz_equal(0, got, "the answer");
}

/* What the store has and what waits are the content. */
void op_unwritten(struct slot *t, struct slot *other, struct input *in)
{
    const void *data = NULL;
    int64_t offset = -1;
    const struct model *m = &t->m;
    const struct jerky *j = &t->store;
    size_t n;

    (void)other;
    (void)in;
    fuzz_step(t->number, "unwritten", NULL, 0, 0, 0, 0);
    n = rill_unwritten(t->s, &data, &offset);
    fuzz_gave((int64_t)n);
    if (t->m.memory && t->kind != KIND_SPOOL)
        fuzz_equal(0, (int64_t)n, "what waits in memory");
    if (t->kind != KIND_JERKY)
        return;
    if (n == 0) {
        fuzz_equal((int64_t)m->len, (int64_t)j->len, "the store's length");
        if (m->len > 0)
            fuzz_same(m->data, j->data, m->len, "the store");
        return;
    }
    if (m->appends)
        offset = (int64_t)j->len;
    FUZZ_CHECK(offset >= 0 && (size_t)offset + n <= m->len);
    fuzz_same(m->data + offset, data, n, "what waits");
    for (size_t i = 0; i < m->len; i++) {
        unsigned char stored = i < j->len ? j->data[i] : 0;

        if ((i < (size_t)offset || i >= (size_t)offset + n) &&
            stored != m->data[i])
            fuzz_fail("byte %zu is neither stored nor waiting", i);
    }
}

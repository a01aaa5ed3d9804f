/*
 * ops_memory.c - the operations that only streams in memory have.
 */
#include "slot.h"

/* The answer of a call that shows all bytes. A spool answers while it is in
 * memory, which is for it to say. */
static bool shown(struct slot *t, unsigned codes, int64_t got, const void *data)
{
    fuzz_gave(got);
    if (!t->m.memory)
        codes |= CODE(RILL_ENOTSUP);
    if (t->kind == KIND_SPOOL && got == RILL_ENOTSUP)
        return false;
    if (got < 0 && got == t->m.failed)
        return false;
    if (slot_refused(t, codes, got))
        return false;
    fuzz_equal((int64_t)t->m.len, got, "the length");
    FUZZ_CHECK(data != NULL);
    if (got > 0)
        fuzz_same(t->m.data, data, (size_t)got, "the content");
    return true;
}

void op_data(struct slot *t, struct slot *other, struct input *in)
{
    const void *data = NULL;
    void *value = NULL;
    int64_t got;

    (void)other;
    if (in_below(in, 2) == 0) {
        fuzz_step(t->number, "data", NULL, 0, 0, 0, 0);
        got = rill_data(t->s, &data);
        shown(t, 0, got, data);
        return;
    }
    fuzz_step(t->number, "getvalue", NULL, 0, 0, 0, 0);
    got = rill_getvalue(t->s, &value);
    if (shown(t, 0, got, value)) {
        FUZZ_CHECK(((char *)value)[t->m.len] == '\0');
        slot_release(t, value, (size_t)got + 1);
    }
}

/* The content is gone, the stream goes on. */
static void emptied(struct slot *t)
{
    model_set(&t->m, NULL, 0);
    t->m.failed = 0;
}

void op_take(struct slot *t, struct slot *other, struct input *in)
{
    unsigned codes = t->m.views > 0 ? CODE(RILL_EBUSY) : 0;
    void *data = NULL;
    int failed = t->m.failed;
    int64_t got;

    (void)other;
    (void)in;
    if (!t->m.owns)
        codes |= CODE(RILL_ENOTSUP);
    fuzz_step(t->number, "take", NULL, 0, 0, 0, 0);
    got = rill_take(t->s, &data);
    if (!shown(t, codes, got, data))
        return;
    slot_release(t, data, got > 0 ? (size_t)got : 1);
    emptied(t);
    t->m.failed = failed; /* of it nothing is said: it may have gone */
    if (failed && rill_failed(t->s, NULL) == 0)
        t->m.failed = 0;
}

void op_reset(struct slot *t, struct slot *other, struct input *in)
{
    unsigned codes = t->m.views > 0 ? CODE(RILL_EBUSY) : 0;
    int got;

    (void)other;
    (void)in;
    if (!t->m.memory || !t->m.writes)
        codes |= CODE(RILL_ENOTSUP);
    fuzz_step(t->number, "reset", NULL, 0, 0, 0, 0);
    got = rill_reset(t->s);
    fuzz_gave(got);
    if (slot_refused(t, codes, got) ||
        (t->kind == KIND_SPOOL && got == RILL_ENOTSUP))
        return;
    fuzz_equal(0, got, "rill_reset()");
    emptied(t);
}

/* Borrow the content and, where that is allowed, change a byte of it. (What
 * shows behind bytes that were put back may be a copy, of before.) */
void op_getbuffer(struct slot *t, struct slot *other, struct input *in)
{
    unsigned at = in_byte(in);
    int64_t got;

    (void)other;
    if (t->m.views > 3)
        return;
    fuzz_step(t->number, "getbuffer", NULL, 1, at, 0, 0);
    t->view = NULL;
    got = rill_getbuffer(t->s, &t->view);
    if (!shown(t, 0, got, t->view))
        return;
    t->m.views++;
    if (at < t->m.len && t->m.writes && !t->m.put_back)
        ((unsigned char *)t->view)[at] = t->m.data[at] = 'V';
}

void op_releasebuffer(struct slot *t, struct slot *other, struct input *in)
{
    unsigned codes = t->m.views == 0 ? CODE(RILL_EINVAL) : 0;
    int got;

    (void)other;
    (void)in;
    if (!t->m.memory || (t->kind == KIND_SPOOL && t->m.views == 0))
        codes |= CODE(RILL_ENOTSUP);
    fuzz_step(t->number, "releasebuffer", NULL, 0, 0, 0, 0);
    got = rill_releasebuffer(t->s);
    fuzz_gave(got);
    if (slot_refused(t, codes, got))
        return;
    fuzz_equal(0, got, "rill_releasebuffer()");
    t->m.views--;
}

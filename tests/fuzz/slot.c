/*
 * slot.c - holds the answers of a stream against its model, and compares what
 * is left of both when they are closed.
 */
#include "slot.h"

#include <stdlib.h>

/* ---- Answers ------------------------------------------------------------ */

bool slot_refused(const struct slot *t, unsigned codes, int64_t got)
{
    if (codes == 0)
        return false;
    if (!slot_excused(t, got) &&
        (got >= 0 || got < RILL_EINTR || !(codes & CODE(got))))
        fuzz_fail("the answer is %lld, expected one of the codes in 0x%x",
                  (long long)got, codes);
    return true;
}

bool slot_excused(const struct slot *t, int64_t got)
{
    return (got == RILL_EAGAIN && t->store.said & SAID_AGAIN) ||
           (got == RILL_EIO && t->store.said & SAID_FAILED);
}

void slot_came(struct slot *t, const void *got, size_t n)
{
    unsigned char *want = fuzz_alloc(n);

    if (n > model_left(&t->m))
        fuzz_fail("%zu bytes came where %zu are left", n, model_left(&t->m));
    model_next(&t->m, want, n);
    fuzz_same(want, got, n, "what was read");
    free(want);
    model_read(&t->m, n);
}

void slot_full(struct slot *t, int64_t got)
{
    fuzz_equal(RILL_ENOSPC, got, "the answer of a full store");
    t->m.failed = RILL_ENOSPC;
}

void slot_drop(struct slot *t)
{
    if (t->m.back_len == 0)
        return;
    rill_clear(t->s);
    t->m.failed = 0;
    t->store.said = 0;
    t->store.calm = true;
    fuzz_equal(model_tell(&t->m), rill_seek(t->s, 0, RILL_SEEK_CUR),
               "the position");
    t->store.calm = false;
    model_seek(&t->m, model_tell(&t->m));
}

void slot_follow_read(struct slot *t, size_t n)
{
    int64_t at = rill_tell(t->s), went = at - t->m.pos;

    if (at == 0 && went > 0) { /* how many of those put back is not to see */
        slot_drop(t);
        return;
    }
    if (!t->m.seeks || went < 0 || (size_t)went > n)
        fuzz_fail("the position moved by %lld", (long long)went);
    model_read(&t->m, (size_t)went);
}

/* ---- Closing ------------------------------------------------------------ */

static void check_bytes(const struct model *want, const void *got, size_t n,
                        const char *what)
{
    fuzz_equal((int64_t)want->len, (int64_t)n, "the length at the end");
    if (n > 0)
        fuzz_same(want->data, got, n, what);
}

/* A file holds all that was written; what one that was discarded holds is not
 * known, but a save changes nothing then. */
static void check_file(struct slot *t, bool discarded)
{
    size_t len = 0;
    unsigned char *got = fuzz_read_file(t->path, &len);

    if (t->kind == KIND_FILE && discarded) {
        model_set(&t->file, got, len);
    } else if (!discarded) {
        t->exists = true;
        model_set(&t->file, t->m.data, t->m.len);
    }
    FUZZ_CHECK((got != NULL) == t->exists);
    if (got)
        check_bytes(&t->file, got, len, "the file");
    free(got);
}

/* What the stream itself says that it holds. */
static void check_content(struct slot *t)
{
    size_t n = t->m.len + 1;
    unsigned char *got;
    void *value;
    int64_t len;

    if (t->m.memory) {
        len = rill_getvalue(t->s, &value);
        if (len >= 0) {
            check_bytes(&t->m, value, (size_t)len, "the value");
            slot_release(t, value, (size_t)len + 1);
        } else if (t->kind != KIND_SPOOL) {
            fuzz_fail("rill_getvalue() is %lld", (long long)len);
        }
    }
    if (t->m.swallows || !t->m.seeks || !t->m.reads || t->m.failed)
        return;
    got = fuzz_alloc(n);
    len = rill_pread(t->s, got, n, 0);
    if (len < 0)
        fuzz_fail("rill_pread() is %lld", (long long)len);
    check_bytes(&t->m, got, (size_t)len, "the content");
    free(got);
}

void slot_close(struct slot *t, bool discard)
{
    int rc = 0;

    fuzz_step(t->number, discard ? "discard" : "close", NULL, 0, 0, 0, 0);
    t->store.calm = true;
    if (slot_is_jerky(t) && t->m.failed) {
        rill_clear(t->s);
        t->m.failed = 0;
    }
    if (t->m.views > 0 && !discard) {
        fuzz_equal(RILL_EBUSY, rill_close(t->s), "closing with a view held");
        for (; t->m.views > 0; t->m.views--)
            fuzz_equal(0, rill_releasebuffer(t->s), "rill_releasebuffer()");
    }
    if (t->m.views == 0)
        check_content(t);
    if (discard)
        rill_discard(t->s);
    else
        rc = rill_close(t->s);
    t->s = NULL;
    fuzz_gave(rc);
    fuzz_equal(discard ? 0 : t->m.failed, rc, "rill_close()");
    fuzz_equal(0, t->allocated, "what is left allocated");
    if (t->kind == KIND_FILE || t->kind == KIND_SAVE)
        check_file(t, discard);
    if (slot_is_jerky(t) && !discard)
        check_bytes(&t->m, t->store.data, t->store.len, "the store");
    if (t->kind == KIND_FIXED)
        check_bytes(&t->m, t->memory, t->m.len, "the memory");
    free(t->memory);
    t->memory = NULL;
}

int slot_pieces(rill_iovec v[PIECES], unsigned char *data, size_t n,
                size_t piece)
{
    int count = 1;

    v[0] = (rill_iovec){NULL, 0};
    for (size_t done = 0; done < n; count++) {
        size_t len = count == PIECES - 1 || piece >= n - done || piece == 0
                         ? n - done
                         : piece;

        v[count] = (rill_iovec){data + done, len};
        done += len;
    }
    return count;
}

/*
 * copies.c - rill_copy() to and from the stream of a script.
 *
 * What was copied is acknowledged by a count, on both sides; after a failure of
 * either the rest can follow.
 */
#include "sweep.h"

#include <string.h>

/* What the other side holds, or shall. */
static unsigned char bytes[MOST];
static model arrived = {bytes, 0};

static rill *open_side(world *w, enum side side, const char *path,
                       const char *mode)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.error = &w->open_error;
    o.buffer_size = w->buffer;
    if (side == IN_FILE)
        return rill_open_with(path, mode, &o);
    if (mode[0] == 'r')
        return rill_open_mem_copy(bytes, arrived.len, &o);
    return rill_open_mem(&o);
}

/* Open the other side: false if that fails, which is reported. */
static bool begin(world *w, enum side side, const char *path, const char *mode)
{
    if (w->stopped)
        return false;
    w->other = open_side(w, side, path, mode);
    if (w->other)
        return true;
    if (w->reported == 0)
        w->reported = w->open_error.code;
    w->stopped = true;
    return false;
}

/* Close it. Returns whether all was well. */
static bool finish(world *w)
{
    int rc = rill_close(w->other);

    w->other = NULL;
    if (rc < 0 && w->reported == 0)
        w->reported = rc;
    return rc >= 0;
}

void bring(world *w, enum side side, size_t n)
{
    size_t done = 0;

    fill_start(bytes, n, 7);
    arrived.len = n;
    if (side == IN_FILE)
        make_file("source", bytes, n);
    if (!begin(w, side, "source", "r"))
        return;
    while (!w->stopped && done < n) {
        int64_t r = rill_copy(w->s, w->other, (int64_t)(n - done));
        if (r > 0) {
            wrote(w, bytes + done, (size_t)r);
            done += (size_t)r;
            if (rill_tell(w->other) != (int64_t)done)
                rill_fault_wrong("%lld were copied, but %lld were read",
                                 (long long)done,
                                 (long long)rill_tell(w->other));
            stands(w);
        } else if (r == 0 || !again(w, r)) {
            if (r == 0 && !ends_may_lie())
                rill_fault_wrong("copies %zu bytes of %zu", done, n);
            break;
        }
    }
    finish(w);
}

void carry(world *w, enum side side)
{
    int64_t r = 1;

    if (!begin(w, side, "target", "w+"))
        return;
    arrived.len = 0;
    while (!w->stopped && r != 0) {
        r = rill_copy(w->other, w->s, -1);
        if (r > 0) {
            size_t left;
            const unsigned char *next = next_bytes(w, &left);
            if ((size_t)r <= left)
                model_write(&arrived, next, (size_t)r, (int64_t)arrived.len);
            passed(w, NULL, (size_t)r);
            stands(w);
        } else if (r == 0) {
            ended(w);
        } else if (!again(w, r)) {
            break;
        }
    }
    if (side == IN_MEMORY) {
        const void *data;
        ptrdiff_t n = rill_data(w->other, &data);
        if ((size_t)n != arrived.len || memcmp(data, bytes, arrived.len) != 0)
            rill_fault_wrong("other bytes were copied");
        finish(w);
    } else if (finish(w)) {
        see_file("target", &w->seen);
        if (!same(&arrived, &w->seen))
            rill_fault_wrong("copied were %zu bytes, the file has %zu others",
                             arrived.len, w->seen.len);
    }
}

/*
 * stream.c - a stream's life: made over a store, asked what it is, closed.
 *
 * One allocation holds the stream, the store's state behind it, and the rare
 * part (options, name) where there is one.
 */
#include <rill/text.h>

#include <stdlib.h>
#include <string.h>

#include "../os/call.h"
#include "../os/memory.h"
#include "internal.h"
#include "place.h"

const unsigned char rill__empty[1] = {0};

const rill__info rill__no_info = {
    .window = RILL__WINDOW,
    .window_limit = (size_t)64 * 1024 * 1024,
    .other = {.base = (unsigned char *)(uintptr_t)rill__empty},
    .other_rpos = rill__empty,
    .other_rend = rill__empty,
};

/* ---- Memory -------------------------------------------------------------- */

static void *stream_realloc(const rill_allocator *a, void *p, size_t old_size,
                            size_t new_size)
{
    if (!a)
        return rill__memory_realloc(p, old_size, new_size);
    return a->realloc(a->ctx, p, old_size, new_size);
}

void *rill_realloc(rill *s, void *p, size_t old_size, size_t new_size)
{
    return stream_realloc(rill__of(s)->info->allocator, p, old_size, new_size);
}

/* Give a stream that shares the constant info one of its own. */
int rill__own_info(struct rill__stream *st)
{
    rill__info *info;

    if (st->info != &rill__no_info)
        return RILL_OK;
    info = rill__malloc(sizeof(*info));
    if (!info)
        return RILL_ENOMEM;
    *info = rill__no_info;
    st->info = info;
    st->flags |= OWN_INFO;
    return RILL_OK;
}

/* ---- Opening ------------------------------------------------------------- */

static size_t round_up(size_t n)
{
    size_t unit = _Alignof(max_align_t);
    return (n + unit - 1) / unit * unit;
}

static void info_from_options(rill__info *info, const rill_options *o)
{
    info->allocator = o->allocator;
    info->hook = o->diagnostic;
    info->hook_ctx = o->diagnostic_ctx;
    info->keep_after_fork = o->keep_after_fork != 0;
    if (o->buffer_size > 0)
        info->window = (size_t)o->buffer_size;
    if (o->window_limit > 0)
        info->window_limit = o->window_limit;
    if (info->window > info->window_limit && o->buffer_size <= 0)
        info->window = info->window_limit;
    if (info->window > info->window_limit)
        info->window_limit = info->window;
}

static bool ops_are_valid(const rill_ops *ops, int access)
{
    bool moves = ops->flags & RILL_OPS_FLAT || ops->read || ops->write;
    int all = RILL_READ | RILL_WRITE | RILL_APPEND | RILL_EXCLUSIVE;

    return ops->struct_size >= sizeof(*ops) && ops->name && moves &&
           (access & (RILL_READ | RILL_WRITE)) && !(access & ~all);
}

/* Options of this version, or of a later one that asks for nothing new. */
int rill_check_options(const rill_options *o)
{
    const unsigned char *more = (const unsigned char *)o;

    if (!o)
        return RILL_OK;
    if (o->struct_size < sizeof(*o) || o->buffer_size < RILL_UNBUFFERED ||
        o->max_size < 0 || o->size_hint < 0 || o->save < RILL_SAVE_PLAIN ||
        o->save > RILL_SAVE_DURABLE || o->newline < RILL_NEWLINE_DEFAULT ||
        o->newline > RILL_NEWLINE_CRLF || o->text_errors < RILL_TEXT_STRICT ||
        o->text_errors > RILL_TEXT_REPLACE)
        return RILL_EINVAL;
    for (size_t i = sizeof(*o); i < o->struct_size; i++) {
        if (more[i] != 0)
            return RILL_EINVAL;
    }
    return RILL_OK;
}

rill *rill_open_ops(const rill_ops *ops, int access, const char *name,
                    const rill_options *o, void **self_out)
{
    size_t state_at = RILL__STATE_AT;
    size_t name_len = name ? strlen(name) + 1 : 0;
    size_t info_at, size;
    bool flat, plain;
    struct rill__stream *st;

    if (!ops || !self_out || !ops_are_valid(ops, access) ||
        rill_check_options(o) < 0)
        return rill_open_failed(o, name, RILL_EINVAL);
    flat = (ops->flags & RILL_OPS_FLAT) != 0;
    plain = flat && !name && !o && !(access & RILL_APPEND);
    if (ops->state_size > SIZE_MAX / 4 || name_len > SIZE_MAX / 4)
        return rill_open_failed(o, name, RILL_ENOMEM);

    info_at = round_up(state_at + ops->state_size);
    size = plain ? state_at + ops->state_size
                 : info_at + sizeof(rill__info) + name_len;
    st = o && o->allocator ? stream_realloc(o->allocator, NULL, 0, size)
                           : rill__malloc(size);
    if (!st)
        return rill_open_failed(o, name, RILL_ENOMEM);
    rill__init(st, ops, access);
    memset((unsigned char *)st + state_at, 0, ops->state_size);
    if (!plain) {
        rill__info *info = (void *)((unsigned char *)st + info_at);
        *info = rill__no_info;
        if (o)
            info_from_options(info, o);
        info->block_size = size;
        if (name)
            info->name = memcpy(info + 1, name, name_len);
        st->info = info;
    }
    if (o && o->buffer_size == RILL_UNBUFFERED)
        st->flags |= UNBUFFERED;
    if (!flat && !ops->size && ops->read && ops->write &&
        (access & RILL_READ) && (access & RILL_WRITE))
        st->flags |= DUPLEX;
    *self_out = rill__state(st);
    return &st->win;
}

/* ---- For stores ------------------------------------------------------------ */

rill_flat *rill_flat_of(rill *s)
{
    return &rill__of(s)->flat;
}

void *rill_self(rill *s, const rill_ops *ops)
{
    struct rill__stream *st = rill__of(s);
    return st->ops == ops ? rill__state(st) : NULL;
}

void rill_become(rill *s, const rill_ops *ops)
{
    struct rill__stream *st = rill__of(s);
    assert(ops->state_size <= st->ops->state_size);
    st->ops = ops;
    if (!rill__is_flat(st))
        st->flat = (rill_flat){.base = rill__no_bytes()};
    st->win =
        (rill){st->flat.base, st->flat.base, st->flat.base, st->flat.base};
}

void rill_start_at(rill *s, int64_t offset)
{
    rill__of(s)->off = offset;
}

/* ---- What a stream is -------------------------------------------------------- */

int rill_readable(const rill *s)
{
    const struct rill__stream *st = rill__of_const(s);
    return (st->access & RILL_READ) && (rill__is_flat(st) || st->ops->read);
}

int rill_writable(const rill *s)
{
    const struct rill__stream *st = rill__of_const(s);
    return (st->access & RILL_WRITE) && (rill__is_flat(st) || st->ops->write);
}

int rill_seekable(const rill *s)
{
    return rill__can_seek(rill__of_const(s));
}

int rill_isatty(rill *s)
{
    struct rill__stream *st = rill__of(s);
    return st->ops->isatty && st->ops->isatty(s, rill__state(st)) > 0;
}

/* Ask the store, which may turn from memory into a file for that, and keep
 * what was put back before the position. */
static int fileno_of(struct rill__stream *st)
{
    rill *s = &st->win;
    rill before = *s;
    bool was_flat = rill__is_flat(st), ungot = (st->flags & UNGOT) != 0;
    int64_t off = st->off;
    int fd, rc;

    if (was_flat)
        rill__drop_windows(st);
    RILL__ASK(st, fd, st->ops->fileno(s, rill__state(st)));
    if (!was_flat || !ungot)
        return fd;
    st->off = off;
    st->flags |= UNGOT;
    if (rill__is_flat(st)) {
        *s = before;
        return fd;
    }
    rc = rill__put_back(st, before.rpos, (size_t)(before.rend - before.rpos));
    return rc < 0 ? rc : fd;
}

int rill_fileno(rill *s)
{
    struct rill__stream *st = rill__of(s);
    int fd, rc;

    if (!st->ops->fileno)
        return RILL_ENOTSUP;
    if (st->exports > 0)
        return RILL_EBUSY;
    rc = rill_flush(s);
    if (rc < 0)
        return rc;
    rc = rill__settle(st);
    if (rc < 0)
        return rc;
    fd = fileno_of(st);
    if (fd < 0)
        return rill__fail(st, fd, RILL__OP_FLUSH, rill__position(st));
    rc = rill_flush(s);
    return rc < 0 ? rc : fd;
}

const char *rill_name(const rill *s)
{
    return rill__of_const(s)->info->name;
}

const char *rill_mode(const rill *s)
{
    int access = rill__of_const(s)->access;
    bool both = (access & RILL_READ) && (access & RILL_WRITE);

    if (access & RILL_EXCLUSIVE)
        return both ? "xb+" : "xb";
    if (access & RILL_APPEND)
        return both ? "ab+" : "ab";
    if (both)
        return "rb+";
    return access & RILL_WRITE ? "wb" : "rb";
}

const char *rill_kind(const rill *s)
{
    return rill__of_const(s)->ops->name;
}

/* ---- The end ----------------------------------------------------------------- */

/* Free a flat store's content, where it is the stream's own. */
static inline void free_content(struct rill__stream *st)
{
    if (st->ops->flags & RILL_OPS_OWNS && st->flat.cap > 0 &&
        !rill__is_embedded(st))
        rill_realloc(&st->win, st->flat.base, st->flat.cap, 0);
}

/* Close the store and free the stream. Returns what the store said. */
static int stream_free(struct rill__stream *st)
{
    rill *s = &st->win;
    const rill_allocator *a = st->info->allocator;
    size_t size = st->info->block_size;
    int rc = 0;

    rill__note_length(st);

    if (st->info->scratch)
        rill_realloc(s, st->info->scratch, st->info->scratch_size, 0);
    if (st->ops->close)
        RILL__CALL(st, rc = st->ops->close(s, rill__state(st)));
    if (rill__is_flat(st))
        free_content(st);
    else
        rill__free_window(st);
    if (st->flags & OWN_INFO)
        free(st->info);
    if (st->flags & IN_STORAGE)
        return rc;
    if (a)
        stream_realloc(a, st, size, 0);
    else
        free(st);
    return rc;
}

/* Describe why a stream that is about to be freed fails to close. */
static int close_failed(rill_error *e, int code, int os_error,
                        const char *operation, int64_t offset)
{
    if (e) {
        *e = (rill_error){
            .code = code,
            .os_error = os_error,
            .operation = operation,
            .offset = offset,
        };
    }
    return code;
}

static RILL__RARE int close_slow(struct rill__stream *st, rill_error *e)
{
    rill *s = &st->win;
    rill_error why = {0};
    int64_t position;
    int rc, err;

    if (st->exports > 0 || rill__is_called(st))
        return close_failed(e, RILL_EBUSY, 0, "close", -1);
    rc =
        st->ops->flags & RILL_OPS_ENDS ? rill__flush_window(st) : rill_flush(s);
    err = st->err ? st->err : rc;
    position = rill__position(st);
    if (err == RILL_OK && st->ops->commit) {
        RILL__ASK(st, rc, st->ops->commit(s, rill__state(st)));
        if (rc < 0)
            err = rill__fail(st, rc, RILL__OP_COMMIT, position);
    }
    if (err < 0 && rill_failed(s, &why) == 0)
        close_failed(&why, err, 0, "flush", position); /* would block */
    rc = stream_free(st);
    if (err < 0)
        return close_failed(e, err, why.os_error, why.operation, why.offset);
    if (rc < 0)
        return close_failed(e, rill__code(rc), rill__errno(rc), "close", -1);
    return RILL_OK;
}

int rill_close_with(rill *s, rill_error *e)
{
    if (e)
        *e = (rill_error){.offset = -1};
    return s ? close_slow(rill__of(s), e) : RILL_OK;
}

int rill_close(rill *s)
{
    struct rill__stream *st = rill__of(s);

    if (!s)
        return RILL_OK;
    rill__check(st);
    if (!(st->flags & PLAIN) || st->info != &rill__no_info || st->err ||
        st->exports > 0)
        return close_slow(st, NULL);
    free_content(st);
    if (!(st->flags & IN_STORAGE))
        free(st);
    return RILL_OK;
}

int rill_closep(rill **sp)
{
    rill *s = *sp;

    if (s && (rill__of(s)->exports > 0 || rill__is_called(rill__of(s))))
        return RILL_EBUSY;
    *sp = NULL;
    return rill_close(s);
}

void rill_discard(rill *s)
{
    if (s && !rill__is_called(rill__of(s)))
        stream_free(rill__of(s));
}

void rill_auto_close(rill **sp)
{
    struct rill__stream *st;
    int rc;

    if (!*sp)
        return;
    st = rill__of(*sp);
    if (rill__is_called(st))
        return;
    if (st->ops->commit) { /* only rill_close() may say that all is well */
        rill__diagnose(st, RILL_DIAG_SCOPE_EXIT,
                       "a save went out of scope and was discarded");
        rill_discard(*sp);
        *sp = NULL;
        return;
    }
    rc = st->err ? RILL_OK : rill_flush(*sp);
    if (st->exports > 0)
        rill__diagnose(st, RILL_DIAG_SCOPE_EXIT,
                       "a stream went out of scope while a view was held");
    else if (rc < 0)
        rill__diagnose(st, RILL_DIAG_SCOPE_EXIT,
                       "a stream went out of scope and could not be flushed");
    st->exports = 0;
    (void)!rill_closep(sp);
}

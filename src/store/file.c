/*
 * file.c - files and descriptors, and what the mode letters mean.
 *
 * A file that can seek is read and written with pread() and pwrite() at the
 * offset that the core says, so that the descriptor's own offset need not
 * follow; it is moved only at a flush, and only where somebody else may look
 * at it. Pipes, sockets and terminals get a table without `size`: no seeking.
 */
#include <rill/ops.h>
#include <rill/text.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "file.h"

/* ---- Operations --------------------------------------------------------- */

ptrdiff_t rill__file_read(rill *s, void *self, void *buf, size_t n,
                          int64_t offset)
{
    struct file *f = self;
    (void)s;
    return rill__os_pread(f->fd, buf, n, offset);
}

bool rill__file_is_mine(const struct file *f)
{
    return f->process == 0 || f->process == rill__os_process();
}

/* What a write to a file that seeks came to. There is no "would block" there;
 * were it said, who looks at rill_close() alone would not learn of it. */
static ptrdiff_t written(ptrdiff_t r)
{
    return r == RILL_OS_ERROR(EAGAIN) ? RILL_EIO : r;
}

ptrdiff_t rill__file_write(rill *s, void *self, const void *buf, size_t n,
                           int64_t offset)
{
    struct file *f = self;
    (void)s;
    if (!rill__file_is_mine(f))
        return RILL_ENOTSUP;

    return written(f->appends ? rill__os_write(f->fd, buf, n)
                              : rill__os_pwrite(f->fd, buf, n, offset));
}

ptrdiff_t rill__file_readv(rill *s, void *self, const rill_iovec *v, int count,
                           int64_t offset)
{
    struct file *f = self;
    (void)s;
    return rill__os_readv(f->fd, v, count, offset);
}

ptrdiff_t rill__file_writev(rill *s, void *self, const rill_iovec *v, int count,
                            int64_t offset)
{
    struct file *f = self;
    (void)s;
    if (!rill__file_is_mine(f))
        return RILL_ENOTSUP;
    return written(rill__os_writev(f->fd, v, count, f->appends ? -1 : offset));
}

int64_t rill__file_size(rill *s, void *self)
{
    struct file *f = self;
    struct os_info info;
    int rc = rill__os_info(f->fd, &info);

    (void)s;
    if (rc < 0)
        return rc;
    if (info.kind == OS_REGULAR)
        return info.size;
    return rill__os_seek(f->fd, 0, RILL_SEEK_END); /* a disk, say */
}

int rill__file_truncate(rill *s, void *self, int64_t size)
{
    struct file *f = self;
    (void)s;
    if (!rill__file_is_mine(f))
        return RILL_ENOTSUP;
    return rill__os_truncate(f->fd, size);
}

int rill__file_flush(rill *s, void *self, int64_t offset)
{
    struct file *f = self;
    int64_t at = f->shared ? rill__os_seek(f->fd, offset, RILL_SEEK_SET) : 0;

    (void)s;
    /* An offset that no file can have stays the stream's own. */
    return at < 0 && at != RILL_OS_ERROR(EINVAL) ? (int)at : RILL_OK;
}

int rill__file_sync(rill *s, void *self, int level)
{
    struct file *f = self;
    int rc = rill__os_sync(f->fd, level);

    (void)s;
    /* fsync(2): what cannot be synced, such as a terminal, is EINVAL. */
    return rc == RILL_OS_ERROR(EINVAL) ? RILL_ENOTSUP : rc;
}

void rill__file_hint(rill *s, void *self, int64_t size)
{
    struct file *f = self;
    (void)s;
    rill__os_allocate(f->fd, size);
}

int64_t rill__file_clone(rill *s, void *self, int64_t offset, void *from_self,
                         int64_t from_offset, int64_t n)
{
    struct file *to = self, *from = from_self;
    (void)s;
    if (!rill__file_is_mine(to))
        return RILL_ENOTSUP;
    return rill__os_copy_range(to->fd, offset, from->fd, from_offset, n);
}

int rill__file_fileno(rill *s, void *self)
{
    struct file *f = self;
    (void)s;
    f->shared = 1;
    return f->fd;
}

int rill__file_isatty(rill *s, void *self)
{
    struct file *f = self;
    (void)s;
    return rill__os_isatty(f->fd);
}

static int file_close(rill *s, void *self)
{
    struct file *f = self;
    (void)s;
    return f->owned ? rill__os_close(f->fd) : RILL_OK;
}

static const rill_ops file_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct file),
    .name = "file",
    .read = rill__file_read,
    .write = rill__file_write,
    .readv = rill__file_readv,
    .writev = rill__file_writev,
    .size = rill__file_size,
    .truncate = rill__file_truncate,
    .flush = rill__file_flush,
    .hint = rill__file_hint,
    .clone = rill__file_clone,
    .sync = rill__file_sync,
    .fileno = rill__file_fileno,
    .isatty = rill__file_isatty,
    .close = file_close,
};

static ptrdiff_t pipe_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    struct file *f = self;
    (void)s, (void)offset;
    return rill__os_read(f->fd, buf, n);
}

static ptrdiff_t pipe_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    struct file *f = self;
    (void)s, (void)offset;
    return rill__os_write(f->fd, buf, n);
}

static ptrdiff_t pipe_readv(rill *s, void *self, const rill_iovec *v, int count,
                            int64_t offset)
{
    struct file *f = self;
    (void)s, (void)offset;
    return rill__os_readv(f->fd, v, count, -1);
}

static ptrdiff_t pipe_writev(rill *s, void *self, const rill_iovec *v,
                             int count, int64_t offset)
{
    struct file *f = self;
    (void)s, (void)offset;
    return rill__os_writev(f->fd, v, count, -1);
}

static const rill_ops pipe_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct file),
    .name = "pipe",
    .read = pipe_read,
    .write = pipe_write,
    .readv = pipe_readv,
    .writev = pipe_writev,
    .fileno = rill__file_fileno,
    .isatty = rill__file_isatty,
    .close = file_close,
};

/* ---- Opening ------------------------------------------------------------ */

/* The letters of a mode string, a bit each. */
enum {
    MODE_R = 1,
    MODE_W = 2,
    MODE_A = 4,
    MODE_X = 8,
    MODE_PLUS = 16,
    MODE_B = 32,
    MODE_T = 64,
    MODE_S = 128,
    MODE_ONE_OF = MODE_R | MODE_W | MODE_A | MODE_X
};

/*
 * Read a mode string: one of r w a x, and each of + b s, or t instead of b, at
 * most once, in any order. Returns 0 or RILL_EINVAL.
 */
static int parse_mode(const char *mode, struct file_mode *m)
{
    static const char letters[] = "rwax+bts";
    int seen = 0, one;

    if (!mode)
        return RILL_EINVAL;
    for (; *mode; mode++) {
        const char *at = strchr(letters, *mode);
        int bit = at ? 1 << (at - letters) : 0;
        if (bit == 0 || seen & bit)
            return RILL_EINVAL;
        seen |= bit;
    }
    one = seen & MODE_ONE_OF;
    if (one == 0 || (one & (one - 1)) != 0 || (seen & MODE_T && seen & MODE_B))
        return RILL_EINVAL;
    if (seen & MODE_S && one == MODE_R && !(seen & MODE_PLUS))
        return RILL_EINVAL; /* nothing to save */
    m->save = seen & MODE_S ? RILL_SAVE_DURABLE : RILL_SAVE_PLAIN;
    m->access = one == MODE_R ? RILL_READ : RILL_WRITE;
    if (seen & MODE_PLUS)
        m->access = RILL_READ | RILL_WRITE;
    m->access |= one == MODE_A ? RILL_APPEND : 0;
    m->access |= one == MODE_X ? RILL_EXCLUSIVE : 0;
    m->how = m->access & RILL_READ ? OS_READ : 0;
    m->how |= m->access & RILL_WRITE ? OS_WRITE : 0;
    m->how |= one == MODE_W ? OS_CREATE | OS_TRUNCATE : 0;
    m->how |= one == MODE_X ? OS_CREATE | OS_EXCLUSIVE : 0;
    m->how |= one == MODE_A ? OS_CREATE | OS_APPEND : 0;
    m->text = (seen & MODE_T) != 0;
    return RILL_OK;
}

/*
 * Make a stream over an open descriptor. Returns NULL after
 * rill_open_failed(); the descriptor is then still open.
 */
static rill *open_descriptor(const struct file *f, struct file_mode m,
                             const char *path, const rill_options *o)
{
    struct os_info info;
    int64_t at = 0;
    int rc = rill__os_info(f->fd, &info);
    bool seeks = true;
    void *self;
    rill *s;

    if (rc < 0)
        return rill_open_failed(o, path, rc);
    if (info.kind == OS_DIRECTORY)
        return rill_open_failed(o, path, RILL_OS_ERROR(EISDIR));
    if (info.kind == OS_OTHER || !path) {
        at = rill__os_seek(f->fd, 0, RILL_SEEK_CUR);
        seeks = at != RILL_OS_ERROR(ESPIPE);
    }

    if (m.access & RILL_APPEND && seeks)
        at = info.kind == OS_REGULAR ? info.size
                                     : rill__os_seek(f->fd, 0, RILL_SEEK_END);
    if (seeks && at < 0)
        return rill_open_failed(o, path, (int)at);
    s = rill_open_ops(seeks ? &file_ops : &pipe_ops, m.access, path, o, &self);
    if (!s)
        return NULL;
    *(struct file *)self = *f;
    if (seeks && at > 0)
        rill_start_at(s, at);
    if (o && o->size_hint > 0)
        rill_hint_size(s, o->size_hint);
    return s;
}

static struct file *file_of(rill *s)
{
    struct file *f = rill_self(s, &file_ops);
    return f ? f : rill_self(s, &pipe_ops);
}

/* ---- What lies over a file: text over a codec, or one of them -------------- */

static bool has_over(struct file_mode m, const rill_options *o)
{
    return m.text || (o && o->codec);
}

/* The options of what something else is put over. */
static rill_options options_below(const rill_options *o)
{
    rill_options below = RILL_OPTIONS_INIT;

    if (o)
        memcpy(&below, o, sizeof(below));
    below.struct_size = sizeof(below);
    below.diagnostic = NULL; /* what is over it tells */
    if (!below.codec)
        return below;
    below.size_hint = 0; /* it is about the content */
    if (below.buffer_size == RILL_UNBUFFERED)
        below.buffer_size = 0; /* bytes are taken out of the buffer below */
    return below;
}

/* A mode for what lies over a file: text and saving are not its business. */
static const char *mode_over(struct file_mode m)
{
    bool both = m.access & RILL_READ && m.access & RILL_WRITE;

    if (m.access & RILL_APPEND)
        return both ? "a+" : "a";
    if (m.access & RILL_EXCLUSIVE)
        return both ? "x+" : "x";
    if (both)
        return "r+";
    return m.access & RILL_WRITE ? "w" : "r";
}

static rill *open_codec(rill *s, struct file_mode m, const rill_options *o)
{
    const rill_layer *layer = (const void *)o->codec; /* begins with one */

    return layer->open(o->codec, s, RILL_TAKE, mode_over(m), o);
}

/* Drop `s` where nothing could be put over it. */
static rill *put_over(rill *s, rill *over)
{
    int why = errno;

    if (!over)
        rill_discard(s);
    errno = why;
    return over;
}

/*
 * Put what is asked for over a stream that was opened for it (or not: NULL).
 * Takes that; NULL after rill_open_failed(). Of the options, the hook is told
 * by what is on top.
 */
static rill *open_over(rill *s, struct file_mode m, const rill_options *o)
{
    rill_options below = options_below(o);

    if (s && below.codec)
        s = put_over(s, open_codec(s, m, m.text ? &below : o));
    if (s && m.text)
        s = put_over(s, rill_open_text(s, RILL_TAKE, o));
    return s;
}

/* Whether that can be done: found out before a file is created, or emptied, for
 * it. 0 or a code. */
static int check_over(struct file_mode m, const rill_options *o)
{
    rill_options trial = options_below(o);
    rill_error e = {.code = RILL_ENOMEM};
    rill *s;

    trial.error = &e;
    s = open_over(rill_open_null(), m, &trial);
    rill_discard(s);
    return s ? RILL_OK : e.code;
}

/* ---- Opening by name, or by descriptor ------------------------------------- */

rill *rill_open(const char *path, const char *mode)
{
    return rill_open_with(path, mode, NULL);
}

/* Open the file itself: plain, as Python does. */
static rill *open_plain(const char *path, struct file_mode m,
                        const rill_options *o)
{
    struct file f = {.owned = 1, .appends = (m.how & OS_APPEND) != 0};
    unsigned permissions = o && o->permissions ? o->permissions : 0666;
    rill *s;

    f.fd = rill__os_open(path, m.how, permissions);

    if (f.fd < 0)
        return rill_open_failed(o, path, f.fd);
    s = open_descriptor(&f, m, path, o);
    if (!s) {
        int why = errno;
        rill__os_close(f.fd);
        errno = why;
    }
    return s;
}

static rill *open_file(const char *path, struct file_mode m,
                       const rill_options *o)
{
    return m.save == RILL_SAVE_PLAIN ? open_plain(path, m, o)
                                     : rill__open_save(path, m, o);
}

rill *rill_open_with(const char *path, const char *mode, const rill_options *o)
{
    rill_options below;
    struct file_mode m;
    int rc = parse_mode(mode, &m);

    if (rc == RILL_OK)
        rc = path ? rill_check_options(o) : RILL_EINVAL;
    if (rc == RILL_OK && has_over(m, o))
        rc = check_over(m, o);
    if (rc < 0)
        return rill_open_failed(o, path, rc);
    if (o && o->save != RILL_SAVE_PLAIN && m.save == RILL_SAVE_PLAIN)
        m.save = o->save;
    if (m.save != RILL_SAVE_PLAIN && !(m.access & RILL_WRITE))
        return rill_open_failed(o, path, RILL_EINVAL);
    if (o && o->exclusive)
        m.how |= OS_EXCLUSIVE;
    if (o && o->inheritable)
        m.how |= OS_INHERIT;
    if (!has_over(m, o))
        return open_file(path, m, o);
    below = options_below(o);
    return open_over(open_file(path, m, &below), m, o);
}

rill *rill_open_fd(int fd, const char *mode, int ownership,
                   const rill_options *o)
{
    struct file_mode m;
    struct file f = {.fd = fd, .shared = 1, .owned = ownership == RILL_TAKE};
    rill_options below;
    int rc = parse_mode(mode, &m);
    rill *s, *over;

    if (rc == RILL_OK)
        rc = rill_check_options(o);
    if (rc == RILL_OK && (m.save || (o && o->save)))
        rc = RILL_ENOTSUP; /* it has no name that a save could take */
    if (rc < 0 || (ownership != RILL_TAKE && ownership != RILL_BORROW))
        return rill_open_failed(o, NULL, rc < 0 ? rc : RILL_EINVAL);
    f.appends = rill__os_appends(fd) != 0;
    if (f.appends && m.access & RILL_WRITE)
        m.access |= RILL_APPEND;
    if (!has_over(m, o))
        return open_descriptor(&f, m, NULL, o);
    below = options_below(o);
    f.owned = 0; /* until nothing can fail any more */
    s = open_descriptor(&f, m, NULL, &below);
    over = open_over(s, m, o);
    if (over)
        file_of(s)->owned = ownership == RILL_TAKE;
    return over;
}

/*
 * codec.c - a stream over a codec: how it is opened, what its members are, how
 * it ends.
 *
 * A writer always has a `commit`, and that alone ends the last member: so what
 * was not closed well looks unfinished, as it is.
 */
#include <string.h>

#include "codec_stream.h"

/* ---- For codecs ------------------------------------------------------------ */

/* The size of a piece of memory stands before it, as rill_realloc() asks. */
union piece {
    size_t size;
    max_align_t aligned;
};

void *rill_codec_alloc(void *run, size_t count, size_t size)
{
    rill *s = ((rill_codec_run *)run)->stream;
    union piece *p;

    if (size > 0 && count > (SIZE_MAX - sizeof(*p)) / size)
        return NULL;
    size = size * count + sizeof(*p);
    p = rill_realloc(s, NULL, 0, size);
    if (!p)
        return NULL;
    p->size = size;
    return p + 1;
}

void rill_codec_free(void *run, void *p)
{
    union piece *piece = p;

    if (!p)
        return;
    piece--;
    rill_realloc(((rill_codec_run *)run)->stream, piece, piece->size, 0);
}

int rill_codec_begins(const unsigned char *data, size_t n, const char *with,
                      size_t len)
{
    if (memcmp(data, with, at_most(n, len)) != 0)
        return 0;
    return n < len ? -1 : 1;
}

int rill_codec_detect(rill *s, const rill_codec *const *list,
                      const rill_codec **codec_out)
{
    size_t want = 1;

    for (;;) {
        const void *data;
        ptrdiff_t have = rill_peek(s, &data, want);
        const rill_codec *const *at = list;
        int fits = 0;

        if (have < 0)
            return (int)have;
        for (; *at && fits == 0; at += fits == 0) {
            fits = (*at)->fits ? (*at)->fits(data, (size_t)have) : 0;
            if (fits < 0 && (size_t)have < want)
                fits = 0; /* there are no more that could tell */
        }
        if (fits > 0)
            *codec_out = *at;
        if (fits >= 0)
            return fits;
        want = (size_t)have + 1;
    }
}

/* ---- A member -------------------------------------------------------------- */

int rill__packed_choose(struct packed *p, const rill_codec *codec)
{
    const rill_codec_way *way = p->writes ? &codec->encode : &codec->decode;

    if (!way->work)
        return RILL_ENOTSUP;
    p->way = way;
    p->run.codec = codec;
    p->run.level = p->o.level == 0 ? codec->level_default : p->o.level;
    if (p->o.level == RILL_LEVEL_ZERO)
        p->run.level = 0;
    return RILL_OK;
}

int rill__packed_start(struct packed *p)
{
    rill_codec_run *run = &p->run;
    int rc;

    if (!run->state) {
        run->state = rill_realloc(run->stream, NULL, 0, p->way->state_size);
        if (!run->state)
            return RILL_ENOMEM;
        memset(run->state, 0, p->way->state_size);
    }
    rc = p->way->start(run);
    p->within = rc == RILL_OK;
    p->padding = 0;
    return rc;
}

void rill__packed_drop(struct packed *p)
{
    rill_codec_run *run = &p->run;

    if (!run->state)
        return;
    p->way->end(run);
    rill_realloc(run->stream, run->state, p->way->state_size, 0);
    run->state = NULL;
    p->within = false;
}

/* ---- Operations ------------------------------------------------------------ */

/* Only the last byte tells; and nobody asks for all of them for that. */
static int64_t codec_size(rill *s, void *self)
{
    (void)s, (void)self;
    return RILL_ENOTSUP;
}

static int codec_sync(rill *s, void *self, int level)
{
    struct packed *p = self;

    (void)s;
    return (int)told(p, rill_sync(p->below, level));
}

/* Close the stream below, if that is to be: 0, or a failure as an operation
 * returns it. */
static int64_t close_below(struct packed *p)
{
    rill *below = p->below;
    rill_error e;
    int rc;

    if (!p->owned)
        return RILL_OK;
    p->below = NULL;
    rc = rill_close_with(below, &e);
    return rc < 0 && e.os_error ? RILL_OS_ERROR(e.os_error) : rc;
}

static int reader_commit(rill *s, void *self)
{
    (void)s;
    return (int)close_below(self);
}

static int writer_commit(rill *s, void *self)
{
    struct packed *p = self;
    int64_t r;

    (void)s;
    if (!rill__packed_is_mine(p))
        return RILL_OK;
    r = rill__packed_finish(p);
    return (int)(r < 0 ? r : close_below(p));
}

/* What has not been committed is discarded. */
static int codec_close(rill *s, void *self)
{
    struct packed *p = self;
    int64_t r = RILL_OK;

    rill__packed_drop(p);
    if (p->out)
        rill_realloc(s, p->out, p->out_size, 0);
    if (!p->owned || !p->below)
        return RILL_OK;
    if (!p->writes && !rill_wrapped_commits(p->below))
        r = close_below(p);
    rill_discard(p->below);
    return (int)r;
}

#define CODEC_OPS                                                         \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct packed), \
    .name = "codec", .sync = codec_sync, .close = codec_close

#define READER_OPS CODEC_OPS, .read = rill__packed_read

enum { READER = 0, READER_SEEKS = 1, READER_COMMITS = 2, WRITER = 4 };

static const rill_ops codec_ops[] = {
    [READER] = {READER_OPS},
    [READER_SEEKS] = {READER_OPS, .size = codec_size},
    [READER_COMMITS] = {READER_OPS, .commit = reader_commit},
    [READER_COMMITS | READER_SEEKS] = {READER_OPS, .size = codec_size,
                                       .commit = reader_commit},
    [WRITER] = {CODEC_OPS, .flags = RILL_OPS_ENDS, .write = rill__packed_write,
                .flush = rill__packed_flush, .commit = writer_commit},
};

static struct packed *codec_of(rill *s)
{
    void *self = NULL;

    for (int i = 0; !self && i <= WRITER; i++)
        self = rill_self(s, &codec_ops[i]);
    return self;
}

const rill_codec *rill_codec_of(rill *s)
{
    struct packed *p = codec_of(s);

    return p ? p->run.codec : NULL;
}

int rill_codec_finish(rill *s)
{
    struct packed *p = codec_of(s);
    int rc;

    if (!p || !p->writes)
        return RILL_ENOTSUP;
    p->ending = true;
    rc = rill_flush(s);
    p->ending = false;
    return rc;
}

/* ---- Opening --------------------------------------------------------------- */

/* What a mode asks for, of enum rill_access, or a code. */
static int access_of(const char *mode)
{
    static const char letters[] = "rwax";
    static const int access[] = {RILL_READ, RILL_WRITE,
                                 RILL_WRITE | RILL_APPEND,
                                 RILL_WRITE | RILL_EXCLUSIVE};
    const char *at = mode && *mode ? strchr(letters, *mode) : NULL;
    int binary = 0, both = 0;

    if (!at)
        return RILL_EINVAL;
    while (*++mode) {
        if (*mode == 'b' && !binary)
            binary = 1;
        else if (*mode == '+' && !both)
            both = 1;
        else
            return RILL_EINVAL;
    }
    return both ? RILL_ENOTSUP : access[at - letters];
}

/* Take over the codec's options: 0 or RILL_EINVAL. */
static int copy_options(rill_codec_options *to, const rill_codec_options *from)
{
    const unsigned char *bytes = (const unsigned char *)from;

    *to = (rill_codec_options)RILL_CODEC_OPTIONS_INIT;
    if (!from)
        return RILL_OK;
    if (from->struct_size < sizeof(*to) || from->max_size < 0 ||
        from->max_ratio < 0 || from->max_memory < 0)
        return RILL_EINVAL;
    for (size_t i = sizeof(*to); i < from->struct_size; i++) {
        if (bytes[i] != 0)
            return RILL_EINVAL; /* of a later version, and asks for it */
    }
    *to = *from;
    return RILL_OK;
}

static bool has_level(const rill_codec *codec, int level)
{
    if (level == RILL_LEVEL_ZERO)
        return codec->level_min <= 0 && codec->level_max >= 0;
    return level == 0 ||
           (level >= codec->level_min && level <= codec->level_max);
}

/* Whether a codec can do that: 0 or a code. */
static int check_codec(const rill_codec *codec, int access,
                       const rill_codec_options *o)
{
    if (codec->struct_size < sizeof(*codec))
        return RILL_EINVAL;
    if (access & RILL_WRITE && !codec->encode.work)
        return RILL_ENOTSUP;
    if (access & RILL_WRITE)
        return has_level(codec, o->level) ? RILL_OK : RILL_EINVAL;
    if (codec == &rill_any)
        return o->among ? RILL_OK : RILL_EINVAL;
    return codec->decode.work ? RILL_OK : RILL_ENOTSUP;
}

/* Whether all that was asked for can be: an access, or a code. */
static int check_all(const rill_codec *codec, rill *below, int ownership,
                     const char *mode, const rill_options *o,
                     rill_codec_options *options)
{
    int rc = rill_check_options(o), access = access_of(mode);

    if (rc == RILL_OK)
        rc = copy_options(options, o ? o->codec_options : NULL);
    if (!codec || !below || rc < 0 ||
        (ownership != RILL_TAKE && ownership != RILL_BORROW))
        return RILL_EINVAL;
    if (access < 0)
        return access;
    if (access & RILL_READ ? !rill_readable(below) : !rill_writable(below))
        return RILL_ENOTSUP;
    rc = check_codec(codec, access, options);
    return rc < 0 ? rc : access;
}

/* Which table a stream has. */
static int kind_of(int access, rill *below, int ownership)
{
    if (access & RILL_WRITE)
        return WRITER;
    return (rill_seekable(below) ? READER_SEEKS : 0) |
           (ownership == RILL_TAKE && rill_wrapped_commits(below)
                ? READER_COMMITS
                : 0);
}

rill *rill_open_codec(const rill_codec *codec, rill *below, int ownership,
                      const char *mode, const rill_options *o)
{
    rill_codec_options options;
    int access = check_all(codec, below, ownership, mode, o, &options);
    const char *name = below ? rill_name(below) : NULL;
    struct packed *p;
    void *self;
    rill *s;

    if (access < 0)
        return rill_open_failed(o, name, access);
    s = rill_open_ops(&codec_ops[kind_of(access, below, ownership)], access,
                      name, o, &self);
    if (!s)
        return NULL;
    p = self;
    p->below = below;
    p->owned = ownership == RILL_TAKE;
    p->writes = (access & RILL_WRITE) != 0;
    p->o = options;
    p->run.stream = s;
    p->run.codec = codec;
    p->run.in = (const unsigned char *)"";
    p->run.max_memory = options.max_memory;
    p->start = rill_tell(below);
    if (!o || !o->keep_after_fork)
        p->process = rill__packed_writer();
    if (codec != &rill_any)
        (void)!rill__packed_choose(p, codec); /* it has been checked */
    return s;
}

/* ---- None, and any --------------------------------------------------------- */

static int fits_plain(const unsigned char *data, size_t n)
{
    (void)data, (void)n;
    return 1;
}

static int start_plain(rill_codec_run *run)
{
    (void)run;
    return RILL_OK;
}

static int move_plain(rill_codec_run *run, int verb)
{
    size_t n = at_most(run->in_len, run->out_len);

    if (n > 0)
        memcpy(run->out, run->in, n);
    run->in += n;
    run->in_len -= n;
    run->out += n;
    run->out_len -= n;
    return verb != RILL_CODEC_RUN;
}

static void end_plain(rill_codec_run *run)
{
    (void)run;
}

const rill_codec rill_plain = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "plain",
    .flags = RILL_CODEC_ENDLESS,
    .fits = fits_plain,
    .decode = {1, start_plain, move_plain, end_plain},
    .encode = {1, start_plain, move_plain, end_plain},
};

const rill_codec rill_any = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "any",
};

/*
 * text.c - a text stream's life: made over another stream, asked, closed.
 *
 * What a text stream can do follows from the stream below, by four tables:
 * positions only where the text is plain (text.h), `commit` where closing the
 * one below commits.
 */
#include <rill/text.h>

#include <string.h>

#include "text.h"

#ifdef _WIN32
#define TEXT_LINE_END "\r\n"
#else
#define TEXT_LINE_END NULL /* \n is written as it is */
#endif

/* ---- Operations ------------------------------------------------------------ */

/* The offset of a failure is that of the bytes below: so the core shall count
 * from there. */
static ptrdiff_t text_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    struct text *t = self;
    ptrdiff_t r = rill__text_take(s, t, buf, n);

    (void)offset;
    t->wrote = 0;
    if (r == RILL_EDATA) {
        int64_t at = rill_tell(t->below);
        rill_start_at(s, at < 0 ? t->consumed : at);
    }
    return r;
}

static int text_sync(rill *s, void *self, int level)
{
    struct text *t = self;
    (void)s;
    return (int)told(t, rill_sync(t->below, level));
}

static int text_fileno(rill *s, void *self)
{
    struct text *t = self;
    (void)s;
    return (int)told(t, rill_fileno(t->below));
}

static int text_isatty(rill *s, void *self)
{
    (void)s;
    return rill_isatty(((struct text *)self)->below);
}

static int64_t plain_size(rill *s, void *self)
{
    struct text *t = self;
    (void)s;
    return told(t, rill_size(t->below));
}

static int plain_truncate(rill *s, void *self, int64_t size)
{
    struct text *t = self;
    (void)s;
    return (int)told(t, rill_truncate(t->below, size));
}

static void plain_hint(rill *s, void *self, int64_t size)
{
    (void)s;
    rill_hint_size(((struct text *)self)->below, size);
}

/* Close the stream below. The flush first: it says which errno it was. */
static int64_t text_close_below(struct text *t)
{
    int64_t r = told(t, rill_flush(t->below));
    rill *below = t->below;

    if (r < 0)
        return r;
    t->below = NULL;
    return rill_close(below);
}

static int text_commit(rill *s, void *self)
{
    (void)s;
    return (int)text_close_below(self);
}

/* What commits and has not been committed is discarded. */
static int text_close(rill *s, void *self)
{
    struct text *t = self;
    int64_t rc = RILL_OK;

    (void)s;
    if (t->owned && t->below) {
        if (!rill_wrapped_commits(t->below))
            rc = text_close_below(t);
        rill_discard(t->below);
    }
    rill__codec_close(&t->codec);
    return (int)rc;
}

#define TEXT_OPS                                                        \
    .struct_size = sizeof(rill_ops), .state_size = sizeof(struct text), \
    .name = "text", .sync = text_sync, .fileno = text_fileno,           \
    .isatty = text_isatty, .close = text_close

#define OTHER_OPS                                           \
    TEXT_OPS, .read = text_read, .write = rill__text_write, \
              .flush = rill__text_flush

#define PLAIN_OPS                                                   \
    TEXT_OPS, .read = rill__plain_read, .write = rill__plain_write, \
              .flush = rill__plain_flush, .size = plain_size,       \
              .truncate = plain_truncate, .hint = plain_hint

static const rill_ops text_ops[] = {
    {OTHER_OPS},
    {OTHER_OPS, .commit = text_commit},
    {PLAIN_OPS},
    {PLAIN_OPS, .commit = text_commit},
};

/* ---- Opening --------------------------------------------------------------- */

static int text_access(const rill *below)
{
    char mode = *rill_mode(below);

    return (rill_readable(below) ? RILL_READ : 0) |
           (rill_writable(below) ? RILL_WRITE : 0) |
           (mode == 'a' ? RILL_APPEND : 0) | (mode == 'x' ? RILL_EXCLUSIVE : 0);
}

/* How \n is written. */
static const char *text_line_end(int newline)
{
    switch (newline) {
    case RILL_NEWLINE_UNIVERSAL:
        return TEXT_LINE_END;
    case RILL_NEWLINE_CR:
        return "\r";
    case RILL_NEWLINE_CRLF:
        return "\r\n";
    default:
        return NULL;
    }
}

/* Set up the state of a new stream, which is zero. */
static void text_start(struct text *t, rill *below, const rill_options *o)
{
    int64_t at = rill_tell(below);

    t->below = below;
    t->newline = (unsigned char)o->newline;
    t->replaces = o->text_errors == RILL_TEXT_REPLACE;
    t->line_buffering = o->line_buffering != 0;
    t->line_end = text_line_end(o->newline);
    t->turned = '\n';
    t->lines.translate = o->newline == RILL_NEWLINE_UNIVERSAL;
    t->appends = *rill_mode(below) == 'a';
    t->start = at > 0 && t->appends ? 0 : at;
}

static bool text_is_plain(rill *below, const struct rill__codec *codec,
                          const rill_options *o)
{
    return o->newline == RILL_NEWLINE_LF &&
           o->text_errors == RILL_TEXT_STRICT && rill_seekable(below) &&
           strcmp(codec->name, "utf-8") == 0;
}

rill *rill_open_text(rill *below, int ownership, const rill_options *o)
{
    rill_options options = RILL_OPTIONS_INIT;
    struct rill__codec codec = {0};
    int rc = rill_check_options(o);
    struct text *t;
    bool plain, commits;
    void *self;
    rill *s;

    if (!below || (ownership != RILL_TAKE && ownership != RILL_BORROW))
        rc = RILL_EINVAL;
    if (rc == RILL_OK && o)
        memcpy(&options, o, sizeof(options));
    if (rc == RILL_OK)
        rc = rill__codec_open(&codec, options.encoding);
    if (rc < 0)
        return rill_open_failed(o, below ? rill_name(below) : NULL, rc);
    options.struct_size = sizeof(options);
    if (options.newline == RILL_NEWLINE_DEFAULT)
        options.newline = RILL_NEWLINE_UNIVERSAL;
    if (options.line_buffering && rill_writable(below))
        options.buffer_size = RILL_UNBUFFERED; /* so that all lines come by */

    plain = text_is_plain(below, &codec, &options);
    commits = ownership == RILL_TAKE && rill_wrapped_commits(below);
    s = rill_open_ops(&text_ops[plain * 2 + commits], text_access(below),
                      rill_name(below), &options, &self);
    if (!s) {
        rill__codec_close(&codec);
        return NULL;
    }
    t = self;
    t->codec = codec;
    t->plain = plain;
    t->owned = ownership == RILL_TAKE;
    text_start(t, below, &options);
    if (plain)
        rill_start_at(s, rill_tell(below));
    return s;
}

/* ---- What it is ------------------------------------------------------------ */

struct text *rill__text_of(rill *s)
{
    void *self = NULL;

    for (size_t i = 0; !self && i < sizeof(text_ops) / sizeof(*text_ops); i++)
        self = rill_self(s, &text_ops[i]);
    return self;
}

rill *rill_text_buffer(rill *s)
{
    struct text *t = rill__text_of(s);
    return t ? t->below : NULL;
}

const char *rill_text_encoding(rill *s)
{
    struct text *t = rill__text_of(s);
    return t ? t->codec.name : NULL;
}

int rill_text_newlines(rill *s)
{
    struct text *t = rill__text_of(s);
    return t ? t->lines.seen : 0;
}

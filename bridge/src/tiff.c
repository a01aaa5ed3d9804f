/*
 * tiff.c - libtiff's client procedures over a stream.
 *
 * They are the calls of the stream, one for one; libtiff does all else. What
 * lies in memory is "mapped": libtiff gets a view of the content.
 */
#include <rill/tiff.h>

#include <stdlib.h>

#include "images.h"

static const char module[] = "TIFF stream";

/* What libtiff hands to its procedures. */
struct client {
    rill *s;
    TIFF *tif;  /* NULL while it is being opened or closed */
    int silent; /* the handlers that must be told are out of reach */
    int ownership;
};

static void tiff_tell(struct client *c, const char *text)
{
    if (c->silent)
        return;
#ifdef TIFFLIB_AT_LEAST
    TIFFErrorExtR(c->tif, module, "%s", text);
#else
    TIFFErrorExt((thandle_t)c, module, "%s", text);
#endif
}

static void tiff_stream_failed(struct client *c, const char *operation,
                               int64_t code)
{
    char text[300];

    bridge_failure(c->s, operation, code, text, sizeof(text));
    tiff_tell(c, text);
}

/* A short count is the end, or is followed by the failure that it hides. */
static tmsize_t tiff_read(thandle_t handle, void *buf, tmsize_t n)
{
    struct client *c = (struct client *)handle;
    tmsize_t done = 0;
    ptrdiff_t r = 1;

    while (done < n && r > 0) {
        r = rill_read(c->s, (char *)buf + done, (size_t)(n - done));
        if (r > 0)
            done += r;
    }
    if (r < 0)
        tiff_stream_failed(c, "read", r);
    return r < 0 ? -1 : done;
}

static tmsize_t tiff_write(thandle_t handle, void *buf, tmsize_t n)
{
    struct client *c = (struct client *)handle;
    int rc = images_write(c->s, buf, (size_t)n);

    if (rc < 0)
        tiff_stream_failed(c, "write", rc);
    return rc < 0 ? -1 : n;
}

/* Before each strip, libtiff seeks to the end, where it is already: that shall
 * not write out what waits. */
static toff_t tiff_seek(thandle_t handle, toff_t offset, int whence)
{
    struct client *c = (struct client *)handle;
    int64_t r = whence == SEEK_END && offset == 0 ? rill_size(c->s) : -1;

    if (r < 0 || r != rill_tell(c->s))
        r = rill_seek(c->s, (int64_t)offset, whence);
    if (r < 0)
        tiff_stream_failed(c, "seek", r);
    return r < 0 ? (toff_t)-1 : (toff_t)r;
}

static toff_t tiff_size(thandle_t handle)
{
    struct client *c = (struct client *)handle;
    int64_t r = rill_size(c->s);

    if (r < 0)
        tiff_stream_failed(c, "size", r);
    return r < 0 ? 0 : (toff_t)r;
}

static int tiff_map(thandle_t handle, void **base, toff_t *size)
{
    struct client *c = (struct client *)handle;
    ptrdiff_t r = rill_getbuffer(c->s, base);

    if (r < 0)
        return 0;
    *size = (toff_t)r;
    return 1;
}

static void tiff_unmap(thandle_t handle, void *base, toff_t size)
{
    struct client *c = (struct client *)handle;

    (void)base;
    (void)size;
    rill_releasebuffer(c->s);
}

/* The TIFF is gone already. */
static int tiff_close(thandle_t handle)
{
    struct client *c = (struct client *)handle;
    rill_error e;
    int rc = RILL_OK;

    c->tif = NULL;
    if (c->ownership == RILL_TAKE)
        rc = rill_close_with(c->s, &e);
    if (rc < 0) {
        char text[300];

        rill_error_format(&e, text, sizeof(text));
        tiff_tell(c, text);
    }
    free(c);
    return rc;
}

/* Whether the stream is fit for `mode`; empties it for w. libtiff begins where
 * the position is. */
static int prepare(struct client *c, const char *mode)
{
    int64_t rc;

    if (!rill_seekable(c->s)) {
        tiff_tell(c, "cannot seek: copy it to a rill_open_spool() first");
        return 0;
    }
    rc = *mode == 'w' ? rill_size(c->s) : 0;
    if (rc > 0)
        rc = rill_truncate(c->s, 0);
    if (rc == 0)
        rc = rill_rewind(c->s);
    if (rc < 0)
        tiff_stream_failed(c, "open", rc);
    return rc == 0;
}

/* libtiff's options came with 4.5. */
#ifdef TIFFLIB_AT_LEAST
#define CLIENT_OPEN(...) TIFFClientOpenExt(__VA_ARGS__, options)
#else
typedef void TIFFOpenOptions;
#define CLIENT_OPEN(...) TIFFClientOpen(__VA_ARGS__)
#endif

static TIFF *open_client(rill *s, const char *name, const char *mode,
                         int ownership, TIFFOpenOptions *options)
{
    struct client fresh = {s, NULL, options != NULL, ownership}, *c;
    TIFF *tif;

    if (!prepare(&fresh, mode))
        return NULL;
    c = malloc(sizeof(*c));
    if (!c) {
        tiff_tell(&fresh, rill_strerror(RILL_ENOMEM));
        return NULL;
    }
    *c = fresh;
    tif = CLIENT_OPEN(name, mode, (thandle_t)c, tiff_read, tiff_write,
                      tiff_seek, tiff_close, tiff_size, tiff_map, tiff_unmap);
    if (!tif) {
        free(c);
        return NULL;
    }
    c->tif = tif;
    c->silent = 0;
    return tif;
}

TIFF *rill_tiff_open(rill *s, const char *name, const char *mode, int ownership)
{
    return open_client(s, name, mode, ownership, NULL);
}

#ifdef TIFFLIB_AT_LEAST
TIFF *rill_tiff_open_ext(rill *s, const char *name, const char *mode,
                         int ownership, TIFFOpenOptions *options)
{
    return open_client(s, name, mode, ownership, options);
}
#endif

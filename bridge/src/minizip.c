/*
 * minizip.c - minizip's file functions over a stream.
 *
 * There is nothing to hold between two calls: `opaque`, and the file that is
 * opened, are the stream itself. (minizip loses a file that it opened and could
 * not make sense of: so it must not be anything that is to be freed.)
 */
#include <rill/minizip.h>

/* As fopen() with "rb", "r+b" or "wb", which is what minizip asks for. */
static voidpf ZCALLBACK minizip_open(voidpf opaque, const void *name, int mode)
{
    rill *s = opaque;
    int creates = (mode & ZLIB_FILEFUNC_MODE_CREATE) != 0;
    int writes = (mode & ZLIB_FILEFUNC_MODE_WRITE) != 0;

    (void)name;
    if (!creates && !rill_readable(s))
        return NULL;
    if (writes && (!rill_writable(s) || rill_mode(s)[0] == 'a'))
        return NULL;
    if (creates && rill_truncate(s, 0) < 0)
        return NULL;
    return rill_rewind(s) < 0 ? NULL : s; /* fails if it cannot seek */
}

static uLong ZCALLBACK minizip_read(voidpf opaque, voidpf file, void *buf,
                                    uLong n)
{
    ptrdiff_t done = rill_read(file, buf, n);

    (void)opaque;
    return done > 0 ? (uLong)done : 0;
}

static uLong ZCALLBACK minizip_write(voidpf opaque, voidpf file,
                                     const void *buf, uLong n)
{
    ptrdiff_t done = rill_write(file, buf, n);

    (void)opaque;
    return done > 0 ? (uLong)done : 0;
}

static ZPOS64_T ZCALLBACK minizip_tell(voidpf opaque, voidpf file)
{
    (void)opaque;
    return (ZPOS64_T)rill_tell(file); /* a failure is beyond 2^63 */
}

/* Its origins are the numbers of rill_seek(). */
static long ZCALLBACK minizip_seek(voidpf opaque, voidpf file, ZPOS64_T offset,
                                   int origin)
{
    (void)opaque;
    return rill_seek(file, (int64_t)offset, origin) < 0 ? -1 : 0;
}

static int ZCALLBACK minizip_close(voidpf opaque, voidpf file)
{
    rill *s = file;

    (void)opaque;
    return rill_writable(s) ? rill_flush(s) : 0;
}

static int ZCALLBACK minizip_error(voidpf opaque, voidpf file)
{
    (void)opaque;
    return rill_failed(file, NULL);
}

void rill_minizip_filefunc(zlib_filefunc64_def *io, rill *s)
{
    *io = (zlib_filefunc64_def){
        .zopen64_file = minizip_open,
        .zread_file = minizip_read,
        .zwrite_file = minizip_write,
        .ztell64_file = minizip_tell,
        .zseek64_file = minizip_seek,
        .zclose_file = minizip_close,
        .zerror_file = minizip_error,
        .opaque = s,
    };
}

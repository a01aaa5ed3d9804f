/*
 * sndfile.c - libsndfile's virtual I/O over a stream.
 *
 * What the stream cannot do has no callback. libsndfile asks for those that a
 * mode needs, and refuses in its own words.
 */
#include <rill/sndfile.h>

static sf_count_t sf_stream_size(void *stream)
{
    return rill_size(stream);
}

static sf_count_t sf_stream_seek(sf_count_t offset, int whence, void *stream)
{
    return rill_seek(stream, offset, whence);
}

static sf_count_t sf_stream_tell(void *stream)
{
    return rill_tell(stream);
}

/* A count is all that can be said: a failure is none. */
static sf_count_t sf_stream_read(void *data, sf_count_t n, void *stream)
{
    ptrdiff_t got = rill_read(stream, data, (size_t)n);

    return got < 0 ? 0 : got;
}

static sf_count_t sf_stream_write(const void *data, sf_count_t n, void *stream)
{
    ptrdiff_t done = rill_write(stream, data, (size_t)n);

    return done < 0 ? 0 : done;
}

SNDFILE *rill_sf_open(rill *s, int mode, SF_INFO *info)
{
    SF_VIRTUAL_IO io = {NULL, NULL, NULL, NULL, NULL};
    int ready = rill_seekable(s) && rill_rewind(s) == RILL_OK;

    if (ready && mode == SFM_WRITE && rill_size(s) != 0)
        ready = rill_truncate(s, 0) == RILL_OK;
    if (ready) {
        io.get_filelen = sf_stream_size;
        io.seek = sf_stream_seek;
        io.tell = sf_stream_tell;
    }
    if (rill_readable(s))
        io.read = sf_stream_read;
    if (rill_writable(s))
        io.write = sf_stream_write;
    return sf_open_virtual(&io, mode, info, s);
}

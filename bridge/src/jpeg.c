/*
 * jpeg.c - libjpeg's source and destination managers over a stream.
 *
 * libjpeg works in a buffer that its manager lends it, and asks for the next
 * when that is used up. Here the buffer is the stream's own window, of
 * rill_peek() and rill_reserve(). What libjpeg has used of it is consumed or
 * committed when it asks for the next one, or is through with the picture.
 *
 * error_exit() jumps. It is called as the last thing, when the call on the
 * stream has returned and nothing is held.
 */
#include <rill/jpeg.h>

#include <jerror.h>

#include "images.h"

/* The managers, in libjpeg's own memory. It sees the first member, and has
 * been lent `lent` bytes. */
struct source {
    struct jpeg_source_mgr pub;
    rill *s;
    size_t lent;
    boolean begun; /* the picture has had bytes */
};

struct destination {
    struct jpeg_destination_mgr pub;
    rill *s;
    size_t lent;
    boolean in_place; /* the window was lent; else `piece` */
    unsigned char piece[IMAGES_ENOUGH];
};

/*
 * Tell libjpeg about a failure. Its messages have no place for words, but it
 * knows a table of additional ones: ours, if the program has none.
 */
static void jpeg_stream_failed(j_common_ptr cinfo, rill *s,
                               const char *operation, int64_t code,
                               int code_without_words)
{
    static const char *const words[] = {"JPEG stream: %s", NULL};
    struct jpeg_error_mgr *err = cinfo->err;

    if (!err->addon_message_table) {
        err->addon_message_table = words;
        err->first_addon_message = err->last_addon_message = RILL_JPEG_FAILED;
    }
    err->msg_code = err->addon_message_table == words ? RILL_JPEG_FAILED
                                                      : code_without_words;
    bridge_failure(s, operation, code, err->msg_parm.s, JMSG_STR_PARM_MAX);
    err->error_exit(cinfo);
}

/* ---- Reading ------------------------------------------------------------- */

static void read_failed(j_decompress_ptr cinfo, rill *s, int64_t code)
{
    jpeg_stream_failed((j_common_ptr)cinfo, s, "read", code, JERR_FILE_READ);
}

/* The decoder has used the first `n` bytes of what was lent; it has no more. */
static void take_back(j_decompress_ptr cinfo, size_t n)
{
    struct source *src = (struct source *)cinfo->src;
    int rc = rill_consume(src->s, n);

    src->lent = 0;
    src->pub.next_input_byte = NULL;
    src->pub.bytes_in_buffer = 0;
    if (rc < 0)
        read_failed(cinfo, src->s, rc); /* somebody else has used the stream */
}

/* Leave the stream behind what the decoder has used. */
static void settle(j_decompress_ptr cinfo)
{
    struct source *src = (struct source *)cinfo->src;

    if (src->lent > 0)
        take_back(cinfo, src->lent - src->pub.bytes_in_buffer);
}

static void init_source(j_decompress_ptr cinfo)
{
    settle(cinfo);
    ((struct source *)cinfo->src)->begun = FALSE;
}

/* The data ends within a picture: as jpeg_stdio_src() does, warn, and go on
 * as if the picture ended too. */
static void end_picture(j_decompress_ptr cinfo)
{
    static const JOCTET end[] = {0xFF, JPEG_EOI};
    struct source *src = (struct source *)cinfo->src;

    if (!src->begun)
        ERREXIT(cinfo, JERR_INPUT_EMPTY);
    WARNMS(cinfo, JWRN_JPEG_EOF);
    src->pub.next_input_byte = end;
    src->pub.bytes_in_buffer = sizeof(end);
}

/* All that was lent is used, whatever bytes_in_buffer says; lend more. */
static boolean fill_input_buffer(j_decompress_ptr cinfo)
{
    struct source *src = (struct source *)cinfo->src;
    const void *data;
    ptrdiff_t n;

    take_back(cinfo, src->lent);
    n = images_peek(src->s, &data);
    if (n < 0)
        read_failed(cinfo, src->s, n);
    if (n == 0) {
        end_picture(cinfo);
    } else {
        src->begun = TRUE;
        src->lent = (size_t)n;
        src->pub.next_input_byte = data;
        src->pub.bytes_in_buffer = (size_t)n;
    }
    return TRUE;
}

/* Skip `n` bytes, which may be behind those that were lent. Where the data ends
 * before, the next read will find that. */
static void skip_input_data(j_decompress_ptr cinfo, long n)
{
    struct source *src = (struct source *)cinfo->src;
    size_t here = src->pub.bytes_in_buffer;
    int rc;

    if (n <= 0)
        return;
    if ((size_t)n <= here) {
        src->pub.next_input_byte += n;
        src->pub.bytes_in_buffer -= (size_t)n;
        return;
    }
    take_back(cinfo, src->lent);
    rc = images_skip(src->s, n - (int64_t)here);
    if (rc < 0 && rc != RILL_EEOF)
        read_failed(cinfo, src->s, rc);
}

void rill_jpeg_src(j_decompress_ptr cinfo, rill *s)
{
    struct source *src = (struct source *)cinfo->src;

    if (!src || src->pub.init_source != init_source) {
        src = cinfo->mem->alloc_small((j_common_ptr)cinfo, JPOOL_PERMANENT,
                                      sizeof(*src));
        cinfo->src = &src->pub;
    }
    src->pub = (struct jpeg_source_mgr){
        .init_source = init_source,
        .fill_input_buffer = fill_input_buffer,
        .skip_input_data = skip_input_data,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = settle,
    };
    src->s = s;
    src->lent = 0;
}

/* ---- Writing ------------------------------------------------------------- */

static void write_failed(j_compress_ptr cinfo, rill *s, int64_t code)
{
    jpeg_stream_failed((j_common_ptr)cinfo, s, "write", code, JERR_FILE_WRITE);
}

/*
 * Lend the room that the stream has at hand. At the end of a window, and where
 * there is none, lend a piece of our own: to ask the stream for more would be
 * to fail where a picture exactly fills what is bounded.
 */
static void lend_room(j_compress_ptr cinfo)
{
    struct destination *dest = (struct destination *)cinfo->dest;
    void *room = dest->piece;
    ptrdiff_t n = sizeof(dest->piece);

    dest->in_place = dest->s->wend - dest->s->wpos >= n;
    if (dest->in_place)
        n = rill_reserve(dest->s, &room, 0);
    dest->lent = (size_t)n;
    dest->pub.next_output_byte = room;
    dest->pub.free_in_buffer = (size_t)n;
}

/* The encoder has filled the first `n` bytes of what was lent. */
static int put(struct destination *dest, size_t n)
{
    return dest->in_place ? rill_commit(dest->s, n)
                          : images_write(dest->s, dest->piece, n);
}

/* All that was lent is full, whatever free_in_buffer says; lend more. */
static boolean empty_output_buffer(j_compress_ptr cinfo)
{
    struct destination *dest = (struct destination *)cinfo->dest;
    int rc = put(dest, dest->lent);

    if (rc < 0)
        write_failed(cinfo, dest->s, rc);
    lend_room(cinfo);
    return TRUE;
}

static void term_destination(j_compress_ptr cinfo)
{
    struct destination *dest = (struct destination *)cinfo->dest;
    int rc = put(dest, dest->lent - dest->pub.free_in_buffer);

    if (rc == RILL_OK)
        rc = images_flush(dest->s);
    if (rc < 0)
        write_failed(cinfo, dest->s, rc);
}

void rill_jpeg_dest(j_compress_ptr cinfo, rill *s)
{
    struct destination *dest = (struct destination *)cinfo->dest;

    if (!dest || dest->pub.init_destination != lend_room) {
        dest = cinfo->mem->alloc_small((j_common_ptr)cinfo, JPOOL_PERMANENT,
                                       sizeof(*dest));
        cinfo->dest = &dest->pub;
    }
    dest->pub = (struct jpeg_destination_mgr){
        .init_destination = lend_room,
        .empty_output_buffer = empty_output_buffer,
        .term_destination = term_destination,
    };
    dest->s = s;
}

/*
 * rill/stream.h - the stream: read, write, seek, copy, close.
 *
 * A stream is one position over one store (a file, memory, a pipe, yours).
 * Reading, writing, seeking and truncating interleave freely.
 *
 * Unless a comment below says otherwise, in this header:
 *   errors     a count, an offset or 0 on success; a negative RILL_E* on
 *              failure. The first failure of the store sticks to the stream:
 *              later operations and rill_close() return it, until
 *              rill_clear(); but what the window still holds can be read
 *              before. A caller's mistake (RILL_EINVAL, RILL_ENOTSUP,
 *              RILL_ERANGE, RILL_EBUSY, RILL_ELIMIT), the end of the data and
 *              RILL_EAGAIN do not stick, and change nothing.
 *   ownership  pointers passed in are borrowed for the duration of the call;
 *              pointers into the window are valid until the next call on the
 *              same stream, but for rill_consume() and rill_commit().
 *   threads    one stream, one thread at a time, but for rill_pread() and
 *              rill_pwrite(); two streams share nothing.
 *   NULL       allowed for a buffer only together with a length of 0; a
 *              stream is never NULL, but for rill_close(), rill_closep() and
 *              rill_discard().
 *   lengths    bytes; one call may move more than 2 GiB.
 */
#ifndef RILL_STREAM_H
#define RILL_STREAM_H

#include <stdarg.h>
#include <string.h>

#include <rill/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The window: just enough of a stream for small reads and writes to be inlined
 * into the caller. The real object is larger and private; a `rill` is only
 * ever made by a rill_open_*() or rill_init_*() function, and never copied.
 *
 *            rpos            rend
 *   read   ---|///////////////|-----   bytes that may be read without a call
 *   write  ---|...............|-----   room that may be written without a call
 *            wpos            wend
 *
 * Invariants, true at every call and return:
 *   - rpos <= rend and wpos <= wend, and none of the four is NULL;
 *   - at most one of the two windows is non-empty;
 *   - whatever is not plain (the end, an error, the other direction, no
 *     buffer, append) shows as an empty window, so that the next request
 *     takes the slow path, where the rules are.
 *
 * Read these fields if you must; write them only through functions.
 */
typedef struct rill {
    const unsigned char *rpos, *rend;
    unsigned char *wpos, *wend;
} rill;

enum rill_whence { RILL_SEEK_SET = 0, RILL_SEEK_CUR = 1, RILL_SEEK_END = 2 };

enum rill_sync_level {
    RILL_SYNC_OS = 0,   /* the operating system has it: survives this program */
    RILL_SYNC_DATA = 1, /* the disk has the data: fdatasync() */
    RILL_SYNC_DISK = 2  /* the disk has data and metadata: fsync() */
};

/* The pieces of rill_readv() and rill_writev(). */
typedef struct rill_iovec {
    void *data;
    size_t len;
} rill_iovec;

/*
 * memcpy(), of which compilers make a slow string instruction where `n` is a
 * constant of more than a few cache lines: then let the C library choose.
 */
static inline void rill_move(void *to, const void *from, size_t n)
{
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    if (__builtin_constant_p(n) && n > 128)
        __asm__("" : "+r"(n));
#endif
    memcpy(to, from, n);
}

/* The slow paths. Call the functions without the suffix instead. */
RILL_API ptrdiff_t rill_read_slow(rill *s, void *buf, size_t n);
RILL_API int rill_read_exact_slow(rill *s, void *buf, size_t n);
RILL_API ptrdiff_t rill_write_slow(rill *s, const void *buf, size_t n);
RILL_API int rill_getc_slow(rill *s);
RILL_API int rill_putc_slow(rill *s, int byte);
RILL_API ptrdiff_t rill_peek_slow(rill *s, const void **data_out, size_t want);
RILL_API ptrdiff_t rill_reserve_slow(rill *s, void **data_out, size_t want);
RILL_API int rill_commit_slow(rill *s, size_t n);

/* ---- Reading ---------------------------------------------------------- */

/*
 * Read up to `n` bytes into `buf`, as Python's BufferedReader.read(n) does:
 * short only at the end of the data, on a failure, or where a non-blocking
 * store has no more just now.
 *
 * Returns how many were read, 0 at the end (asked anew at each call: a file
 * that grows goes on). A failure after some bytes returns those bytes; the
 * next call returns the failure.
 */
static inline ptrdiff_t rill_read(rill *s, void *buf, size_t n)
{
    /* n - 1 sends n == 0 to the slow path too: memcpy() may not see NULL. */
    if (RILL_LIKELY(n - 1 < (size_t)(s->rend - s->rpos))) {
        rill_move(buf, s->rpos, n);
        s->rpos += n;
        return (ptrdiff_t)n;
    }
    return rill_read_slow(s, buf, n);
}

/*
 * Read what is there, up to `n` bytes, with at most one call to the store:
 * Python's read1(). For pipes and sockets: returns as soon as something came.
 */
RILL_API ptrdiff_t rill_read_some(rill *s, void *buf, size_t n);

/*
 * Read exactly `n` bytes. Returns 0, or RILL_EEOF where the data ends before:
 * then the bytes that were there have been read into `buf`, and rill_tell()
 * says how many.
 */
static inline int rill_read_exact(rill *s, void *buf, size_t n)
{
    if (RILL_LIKELY(n - 1 < (size_t)(s->rend - s->rpos))) {
        rill_move(buf, s->rpos, n);
        s->rpos += n;
        return RILL_OK;
    }
    return rill_read_exact_slow(s, buf, n);
}

/*
 * Read all that is left into new memory, whatever its size and whether or not
 * the store knows it (pipes, /proc). *data_out gets the bytes (never NULL, and
 * followed by a NUL that is not counted); the caller owns them: rill_free(),
 * or the stream's allocator, of which they are length + 1 bytes.
 *
 * Returns their number. On failure, RILL_EAGAIN included, *data_out is left
 * alone, and what was read is put back: where the stream can seek, or there is
 * memory for it.
 */
RILL_API ptrdiff_t rill_read_all(rill *s, void **data_out);

/* Read into `count` buffers in turn, as rill_read() into one. */
RILL_API ptrdiff_t rill_readv(rill *s, const rill_iovec *v, int count);

/* Read one byte: 0 to 255, RILL_EEOF at the end, or another negative code. */
static inline int rill_getc(rill *s)
{
    if (RILL_LIKELY(s->rpos < s->rend))
        return *s->rpos++;
    return rill_getc_slow(s);
}

/*
 * Put `byte` back before the position: the next read returns it first. At
 * least 64 bytes may be put back in a row on any stream. The position goes
 * back by one (not before the start). The store never sees these bytes: a seek,
 * a truncate, a write or a reserve drops what was put back, also where it fails
 * (but a byte that equals the one just read is a plain step back).
 *
 * Returns `byte` & 255, or RILL_ELIMIT when there is no more room.
 */
RILL_API int rill_ungetc(rill *s, int byte);

/*
 * Look at the bytes to come without reading them. *data_out gets a pointer
 * into the window, with at least `want` bytes unless the data ends before
 * (`want` 0: whatever is there, at least one byte). Works on pipes too, with
 * any `want` up to the window limit (rill_options.window_limit).
 *
 * Returns how many bytes may be looked at, 0 at the end; RILL_ELIMIT if `want`
 * is beyond the limit. Then call rill_consume() for those that were used.
 */
static inline ptrdiff_t rill_peek(rill *s, const void **data_out, size_t want)
{
    size_t have = (size_t)(s->rend - s->rpos);

    if (RILL_LIKELY(have > 0 && want <= have)) {
        *data_out = s->rpos;
        return (ptrdiff_t)have;
    }
    return rill_peek_slow(s, data_out, want);
}

/* Read `n` bytes that rill_peek() showed; RILL_EINVAL if it showed fewer. */
static inline int rill_consume(rill *s, size_t n)
{
    if (RILL_LIKELY(n <= (size_t)(s->rend - s->rpos))) {
        s->rpos += n;
        return RILL_OK;
    }
    return RILL_EINVAL;
}

/*
 * Read past `n` bytes: a seek where the stream can, reading them otherwise.
 * Returns how many there were: fewer than `n` only at the end of the data.
 */
RILL_API int64_t rill_skip(rill *s, int64_t n);

/* Whether the last read ended because the data did. A seek forgets it. */
RILL_API int rill_eof(const rill *s);

/* ---- Writing ---------------------------------------------------------- */

/*
 * Write all `n` bytes of `buf`, or fail.
 *
 * Returns n. The bytes may still be in the window: a failure of the store may
 * show only in a later write, rill_flush() or rill_close(). A bounded store
 * that fills up takes what fits and returns that short count once (with
 * nothing taken: RILL_ENOSPC, which sticks); a non-blocking store that takes
 * no more likewise returns how many were taken, or RILL_EAGAIN if none.
 */
static inline ptrdiff_t rill_write(rill *s, const void *buf, size_t n)
{
    if (RILL_LIKELY(n - 1 < (size_t)(s->wend - s->wpos))) {
        rill_move(s->wpos, buf, n);
        s->wpos += n;
        return (ptrdiff_t)n;
    }
    return rill_write_slow(s, buf, n);
}

/* Write the bytes of a C string, without its NUL. Returns their number. */
static inline ptrdiff_t rill_puts(rill *s, const char *text)
{
    return rill_write(s, text, strlen(text));
}

/* Write `count` buffers in turn, as rill_write() one; one writev() where the
 * store has it. */
RILL_API ptrdiff_t rill_writev(rill *s, const rill_iovec *v, int count);

/* Write one byte. Returns it (0 to 255) or a negative code. */
static inline int rill_putc(rill *s, int byte)
{
    if (RILL_LIKELY(s->wpos < s->wend))
        return *s->wpos++ = (unsigned char)byte;
    return rill_putc_slow(s, byte);
}

/*
 * Format as printf() does, straight into the window where it fits. Returns the
 * number of bytes written; RILL_EDATA where the C library cannot format (an
 * invalid wide character), with nothing written.
 */
RILL_API int64_t rill_printf(rill *s, const char *format, ...)
    RILL_PRINTF(2, 3);
RILL_API int64_t rill_vprintf(rill *s, const char *format, va_list args)
    RILL_PRINTF(2, 0);

/*
 * Lend room to write in place: *data_out gets a pointer to at least `want`
 * bytes (`want` 0: at least one). Fill some of them, then rill_commit(). What
 * is not committed has not been written, and is overwritten by what follows.
 * (Over the content of a memory stream the room is that content: change only
 * what will be committed.)
 *
 * Returns how many bytes there are; RILL_ELIMIT if `want` is beyond the window
 * limit; RILL_ENOSPC (which sticks) if a bounded store has fewer left.
 */
static inline ptrdiff_t rill_reserve(rill *s, void **data_out, size_t want)
{
    size_t have = (size_t)(s->wend - s->wpos);

    if (RILL_LIKELY(have > 0 && want <= have)) {
        *data_out = s->wpos;
        return (ptrdiff_t)have;
    }
    return rill_reserve_slow(s, data_out, want);
}

/* Write the first `n` bytes of the room that rill_reserve() lent; RILL_EINVAL
 * if it lent fewer. A stream without a buffer may have written a part of them
 * when it says RILL_EAGAIN: call it again, with the same `n`. */
static inline int rill_commit(rill *s, size_t n)
{
    if (RILL_LIKELY(n <= (size_t)(s->wend - s->wpos))) {
        s->wpos += n;
        return RILL_OK;
    }
    return rill_commit_slow(s, n);
}

/*
 * Hand everything written so far to the store (a file: to the operating
 * system). On RILL_EAGAIN what was not taken is kept for the next flush.
 */
RILL_API int rill_flush(rill *s);

/* Flush, then make the store keep it as `level` (rill_sync_level) says. A
 * store that cannot lose what it has (memory) has nothing to do. */
RILL_API int rill_sync(rill *s, int level);

/*
 * Say that the stream will hold `size` bytes in all: memory is made ready, a
 * file's blocks are allocated (fallocate(), KEEP_SIZE). A hint: what cannot be
 * done is no error, and the size of the stream does not change.
 */
RILL_API void rill_hint_size(rill *s, int64_t size);

/* ---- Position --------------------------------------------------------- */

/*
 * Move the position; `whence` is RILL_SEEK_* (stdio's SEEK_* are the same
 * numbers). Inside the window this moves a pointer. Past the end is legal
 * where the store can grow: a later write fills the gap with zeros. Before the
 * start is RILL_EINVAL (but a growable memory stream goes to 0 for SEEK_CUR
 * and SEEK_END, as BytesIO does).
 *
 * Returns the new position; RILL_ENOTSUP for pipes and the like.
 */
RILL_API int64_t rill_seek(rill *s, int64_t offset, int whence);

/* The position, in bytes from the start; RILL_ENOTSUP if it cannot seek. */
RILL_API int64_t rill_tell(rill *s);

/* Go back to the start, to read what was written. */
RILL_API int rill_rewind(rill *s);

/* How many bytes the stream holds, those not yet flushed included. */
RILL_API int64_t rill_size(rill *s);

/*
 * Cut the stream to `size` bytes; the position stays. A longer `size` extends
 * a file (and a spool) with zeros and leaves a memory stream as it is, as
 * Python's files and BytesIO do.
 */
RILL_API int rill_truncate(rill *s, int64_t size);

/*
 * Read or write at `offset` and leave the position alone. Bytes written but
 * not flushed are seen. Returns as rill_read() and rill_write() do; a failure
 * is returned and does not stick.
 *
 * Threads: any number of these calls may run at once on one stream while no
  * other call does; but in memory a rill_pwrite() that makes the content longer
 * must run alone, and no other call may use the bytes that one writes (files
 * have no such rules). rill_pwrite() on a stream opened for append is
 * RILL_ENOTSUP.
 */
RILL_API ptrdiff_t rill_pread(rill *s, void *buf, size_t n, int64_t offset);
RILL_API ptrdiff_t rill_pwrite(rill *s, const void *buf, size_t n,
                               int64_t offset);

/* ---- From one stream to another --------------------------------------- */

/*
 * Copy up to `n` bytes from the position of `src` to the position of `dst`,
 * both of which move (`n` < 0: all that is left). Goes the shortest way: a
 * clone of the blocks where a file system shares them, straight into or out
 * of the memory where one side is memory.
 *
 * Returns how many were copied: fewer than `n` only at the end of `src`. After
 * a failure, rill_failed() of both says which side it was; what was copied
 * before it is in `dst`, and nothing was lost from `src` where it can seek.
 */
RILL_API int64_t rill_copy(rill *dst, rill *src, int64_t n);

/* ---- Errors ----------------------------------------------------------- */

/*
 * The first failure since the stream was opened or cleared: its code, or 0.
 * If `e` is not NULL and there was one, fills it in.
 */
RILL_API int rill_failed(const rill *s, rill_error *e);

/*
 * Forget the failure and the end of the data, and go on. Bytes that could not
 * be written are still there, and the next flush tries again. A failed
 * rill_sync() stays for good: what the system had accepted may be lost, and no
 * later success could tell (fsync(2)).
 */
RILL_API void rill_clear(rill *s);

/*
 * What was written to the stream and not taken by the store: after a failed
 * flush, what to save elsewhere before the stream is closed. *data_out gets a
 * pointer to it, *offset_out (may be NULL) the offset where it belongs (at the
 * end: append; counted: pipes).
 *
 * Returns how many bytes that is; 0 where the store has all.
 */
RILL_API size_t rill_unwritten(const rill *s, const void **data_out,
                               int64_t *offset_out);

/* What a diagnostic hook is told. */
enum rill_diagnosis {
    /* The first read of a stream that was written and never sought got
     * nothing, though there is data before the position: a forgotten
     * rill_rewind()? */
    RILL_DIAG_NOT_REWOUND = 1,
    /* A stream went out of scope (RILL_AUTO) while a view was held, with last
     * bytes that could not be written, or without the rill_close() that would
     * have saved it: nobody else is told. */
    RILL_DIAG_SCOPE_EXIT = 2
};

/*
 * Told about likely mistakes, for logs and tests. `message` is one line, valid
 * during the call. The hook must not use the stream (RILL_EBUSY).
 */
typedef void rill_diagnostic_hook(void *ctx, const rill *s, int diagnosis,
                                  const char *message);

/* ---- What a stream is ------------------------------------------------- */

RILL_API int rill_readable(const rill *s); /* 1 or 0 */
RILL_API int rill_writable(const rill *s);
RILL_API int rill_seekable(const rill *s);
RILL_API int rill_isatty(rill *s);

/*
 * The file descriptor under the stream, after a flush; RILL_ENOTSUP where
 * there is none (a spool makes its file first). The stream keeps it. From then
 * on a flush also moves the descriptor's own offset to the position.
 */
RILL_API int rill_fileno(rill *s);

/* The path it was opened with, or NULL. Lives as long as the stream. */
RILL_API const char *rill_name(const rill *s);

/* Python's mode string: "rb", "wb", "xb", "ab", "rb+", "xb+", "ab+". */
RILL_API const char *rill_mode(const rill *s);

/* The kind of store: "file", "pipe", "mem", "view", "fixed", "spool"... */
RILL_API const char *rill_kind(const rill *s);

/* ---- The end ---------------------------------------------------------- */

/*
 * Flush, commit where the store does that (a save), then free the stream and
 * everything it owns. Returns the failure that sticks (the first since it was
 * opened or cleared), or 0. The stream is gone even if this fails, but for one
 * case: while a view of rill_getbuffer() is held, closing is refused with
 * RILL_EBUSY and the stream stays. rill_close(NULL) returns 0.
 *
 * After fork(), bytes that waited in the parent's stream are not written by the
 * child's: a child that closes what it inherited writes what it wrote itself.
 * (A fork that runs no pthread_atfork() handlers, such as vfork() or a bare
 * clone(), is not noticed.)
 */
RILL_API RILL_NODISCARD int rill_close(rill *s);

/* The same; a failure is described in *e (may be NULL), but for its path,
 * which is NULL: that went with the stream. */
RILL_API RILL_NODISCARD int rill_close_with(rill *s, rill_error *e);

/* rill_close(*sp), and set *sp to NULL unless it was refused: for a stream
 * that RILL_AUTO guards. */
RILL_API RILL_NODISCARD int rill_closep(rill **sp);

/*
 * Free the stream and drop what has not been handed to the store; a store that
 * commits on close keeps its old content. A view held is no longer valid.
 */
RILL_API void rill_discard(rill *s);

/*
 * The with-statement of C (GCC, clang): the stream is closed when its variable
 * goes out of scope, on every way out.
 *
 *     RILL_AUTO rill *s = rill_open("in.bin", "rb");
 *
 * The result of that close is lost: a writer ends with rill_closep(&s), looks
 * at what it returns, and leaves the rest to the early exits. A save that comes
 * here has not been closed, and is discarded: the old file stays.
 */
#if defined(__GNUC__) || defined(__clang__)
#define RILL_AUTO __attribute__((cleanup(rill_auto_close)))
#endif
RILL_API void rill_auto_close(rill **sp);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_STREAM_H */

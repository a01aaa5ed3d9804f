/*
 * rill/open.h - the ways to open a stream.
 *
 * Each returns NULL on failure, with errno set and, where options with an
 * `error` were given, with that filled in. Each stream ends with rill_close().
 * Four words say who owns the memory that is passed: a stream *borrows* it
 * (until it is closed), *copies* it, or *takes* it (on success only; on
 * failure it stays the caller's); *gives* is the way back (rill_take()).
 */
#ifndef RILL_OPEN_H
#define RILL_OPEN_H

#include <rill/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RILL_UNBUFFERED (-1) /* for rill_options.buffer_size */

/*
 * Options for all ways to open; each says which it heeds. Zero means the
 * default. The struct is borrowed for the call; what it points to is borrowed
 * as its line says. A larger struct of a later version is fine as long as what
 * is new in it is zero; anything else is EINVAL. Start from RILL_OPTIONS_INIT:
 *
 *     rill_options o = RILL_OPTIONS_INIT;
 *     o.buffer_size = RILL_UNBUFFERED;
 */
typedef struct rill_options {
    size_t struct_size; /* sizeof(rill_options) */

    /* All streams. */
    rill_error *error;                /* filled in if the open fails */
    const rill_allocator *allocator;  /* borrowed until close; NULL: malloc */
    rill_diagnostic_hook *diagnostic; /* told of likely mistakes */
    void *diagnostic_ctx;

    /* Streams over stores that move bytes: file, fd, spool on disk, yours. */
    ptrdiff_t buffer_size; /* bytes; 0: 128 KiB; RILL_UNBUFFERED: none */
    size_t window_limit;   /* longest peek, reserve or line view; 0: 64 MiB */
    int64_t size_hint;     /* how many bytes will be written, or read */

    /* Files that are created. */
    unsigned permissions; /* 0: 0666; less the umask */
    int exclusive;        /* fail with EEXIST where the file exists */
    int inheritable;      /* stay open over exec(); default: close-on-exec */

    /* Memory. */
    int64_t max_size; /* mem: refuse to grow beyond, RILL_ENOSPC; 0: none */
    size_t length;    /* fixed: how many bytes of content are there already */

    /* Files, and all that is written to them. */
    int save;            /* enum rill_save: appear whole, or not at all */
    int keep_after_fork; /* a child after fork(): 0: what waits to be written,
                            and a save, are its parent's, and it drops them;
                            1: the parent leaves them to the child */

    /* Text: see rill/text.h. */
    const char *encoding; /* its name; NULL: UTF-8 */
    int newline;          /* enum rill_newline */
    int text_errors;      /* enum rill_text_errors */
    int line_buffering;   /* write out after each end of a line */

    /* Files: what lies between the stream and the file, such as &rill_gzip
     * (rill/codec.h, of librill-codec); or a layer of yours (rill/ops.h). */
    const struct rill_codec *codec;                 /* NULL: nothing */
    const struct rill_codec_options *codec_options; /* NULL: its defaults */
} rill_options;

#define RILL_OPTIONS_INIT                                                     \
    {                                                                         \
        sizeof(rill_options), NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, \
            0, 0, NULL, 0, 0, 0, NULL, NULL                                   \
    }

/* How a file appears under its name: see rill_open(). */
enum rill_save {
    RILL_SAVE_PLAIN = 0,  /* at once, and changes as it is written: Python's */
    RILL_SAVE_ATOMIC = 1, /* whole, when it is closed: after a crash or a power
                             cut at any time it is the old file or the new */
    RILL_SAVE_DURABLE = 2 /* and once rill_close() has returned 0, the new */
};

/*
 * Open a file. `path` is UTF-8. `mode` is Python's: exactly one of r w a x,
 * then in any order and at most once each + and b or t: t makes a text stream
 * (rill/text.h) over the file; all others are binary, so b changes nothing.
 *
 *   r  read; the file must exist     w  write; created, or cut to nothing
 *   x  write; must not exist         a  write at the end, always; created
 *   +  the other direction too       s  save: RILL_SAVE_DURABLE (not with r)
 *
 * A save (the letter s, or rill_options.save) writes to a file beside the one
 * that is named, and rill_close() puts it in its place, if nothing has failed:
 * it gives the new file the old one's owner, permissions and extended
 * attributes, syncs it, renames it, and (durable) syncs the directory; each of
 * these can fail, with the operation "commit" (rill_close_with()). Until then
 * the old file is as it was, and stays so after a failure, rill_discard(), the
 * end of a RILL_AUTO scope, or a crash. With a and r+ the new file starts as a
 * copy of the old. More about saves:
 *
 *   - What a crash leaves beside the file (".NAME.N.rill-save") the next save
 *     of that file removes. Up to 16 saves of one file may be under way at
 *     once; one more is EBUSY.
 *   - A symbolic link stays, and the file that it points to is replaced (but x
 *     fails); other hard links to that keep the old content.
 *   - Only regular files can be saved (ENOTSUP), only by who may read the old
 *     one (EACCES), write to its directory (EACCES; durable: and read it) and
 *     give the new one its owner (EPERM). That the old file is read-only does
 *     not protect it: its name is what changes.
 *   - After fork() only the parent can save (ENOTSUP), or the child too
 *     (rill_options.keep_after_fork).
 *
 * With a codec (rill_options.codec) what is read and written is the file's
 * content decoded: text over codec over file, each of them only where it is
 * asked for, never by the file's name. A save is carried through; a adds to
 * what is there; + is ENOTSUP. What the codec refuses is found out before the
 * file is touched. The file has a buffer of its own: `buffer_size` of it, or
 * the usual one.
 *
 * A wrong mode is EINVAL, a directory EISDIR. In append mode each write goes
 * to the end and leaves the position behind it. Source of the rules: Python's
 * open(); open(2).
 */
RILL_API RILL_NODISCARD rill *rill_open(const char *path, const char *mode);

/* The same with options (NULL: none). */
RILL_API RILL_NODISCARD rill *rill_open_with(const char *path, const char *mode,
                                             const rill_options *o);

enum rill_ownership {
    RILL_BORROW = 0, /* the descriptor stays the caller's and stays open */
    RILL_TAKE = 1    /* rill_close() closes it; so does rill_discard() */
};

/*
 * Open a stream over a descriptor: a regular file (at its present offset), a
 * pipe, a socket, a terminal, blocking or not. `mode` as in rill_open(), but
 * nothing is created or cut, and the descriptor must be open for it: that is
 * found out by the first read or write. Both directions at once of a socket
  * have windows of their own; reading first flushes what was written. On Windows
 * a descriptor is a HANDLE as an int (they fit), not a number of the C runtime;
 * 0, 1 and 2 are the standard streams.
 */
RILL_API RILL_NODISCARD rill *
rill_open_fd(int fd, const char *mode, int ownership, const rill_options *o);

/*
 * An empty, growable stream in memory: Python's io.BytesIO(). Content that
 * fits into 64 bytes lies in the stream itself; beyond 1 MiB it lies in an
 * address range of its own that grows without being moved. Heeds `max_size`,
 * `size_hint`, `allocator` (which then serves all sizes).
 */
RILL_API RILL_NODISCARD rill *rill_open_mem(const rill_options *o);

/* The same, holding a copy of `data`; position 0: io.BytesIO(data). */
RILL_API RILL_NODISCARD rill *rill_open_mem_copy(const void *data, size_t len,
                                                 const rill_options *o);

/*
 * The same without the copy: takes `data`, which must come from malloc() (or
 * the options' allocator, then with `len` as its size) or from rill_take().
 */
RILL_API RILL_NODISCARD rill *rill_open_mem_take(void *data, size_t len,
                                                 const rill_options *o);

/* Read the `len` bytes at `data` in place: borrows them, never writes. */
RILL_API RILL_NODISCARD rill *rill_open_view(const void *data, size_t len);

/*
 * Read and write within the `size` bytes at `buf`, which are borrowed. Starts
 * with `length` (options) bytes of content, at position 0; full is RILL_ENOSPC.
 * Nothing but what is written is ever stored there, no final NUL either.
 */
RILL_API RILL_NODISCARD rill *rill_open_fixed(void *buf, size_t size,
                                              const rill_options *o);

/*
 * Memory up to `threshold` bytes, then an unlinked temporary file (in $TMPDIR,
 * else /tmp): same handle, same position, same answers. Python's
 * tempfile.SpooledTemporaryFile.
 */
RILL_API RILL_NODISCARD rill *rill_open_spool(size_t threshold,
                                              const rill_options *o);

/* Swallows what is written, counts it as its position, and has no content:
 * reading finds the end at once, the size is 0. */
RILL_API RILL_NODISCARD rill *rill_open_null(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_OPEN_H */

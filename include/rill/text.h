/*
 * rill/text.h - text: a stream of characters over a stream of bytes.
 *
 * A text stream is a `rill *` whose bytes are always UTF-8 and, unless told
 * otherwise, whose lines always end in '\n', whatever the stream below holds:
 * it decodes what is read and encodes what is written. All other calls work on
 * it as on any stream (rill_read(), rill_lines, rill_printf()...), with one
 * exception: a position is not a number of bytes any more, so rill_seek(),
 * rill_tell() and rill_size() work only on plain text, whose bytes are those
 * below (UTF-8 with RILL_NEWLINE_LF and RILL_TEXT_STRICT, over what can seek);
 * everywhere rill_text_tell() and rill_text_seek() do. Source of the rules:
 * Python's io.TextIOWrapper.
 *
 * What stands in rill_options for text: `encoding`, `newline`, `text_errors`,
 * `line_buffering`.
 */
#ifndef RILL_TEXT_H
#define RILL_TEXT_H

#include <rill/open.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Opening ------------------------------------------------------------ */

/*
 * rill_options.encoding: a name, in any case, with - or _; NULL is UTF-8, on
 * all systems. Built in:
 *
 *   utf-8      a byte order mark is a character like any other
 *   utf-8-sig  it is skipped when reading and written at the start
 *   utf-16, utf-32              its order is that of their byte order mark, or
 *                               the machine's; written with one at the start
 *   utf-16-le, utf-16-be, utf-32-le, utf-32-be      no byte order mark
 *   latin-1 (iso-8859-1), ascii (us-ascii)
 *
 * All others are iconv's, where the C library has it. Unknown: EINVAL.
 *
 * rill_options.newline: which line ends there are.
 */
enum rill_newline {
    RILL_NEWLINE_DEFAULT = 0, /* files: universal; strings: LF */
    RILL_NEWLINE_UNIVERSAL,   /* read \n, \r and \r\n as \n; write \n as the
                                 system does (\r\n on Windows). Python: None */
    RILL_NEWLINE_KEEP,        /* all three end lines; nothing changes. '' */
    RILL_NEWLINE_LF,          /* \n ends lines; nothing changes. '\n' */
    RILL_NEWLINE_CR,          /* \r ends lines; \n is written as \r. '\r' */
    RILL_NEWLINE_CRLF         /* \r\n does; \n is written as that. '\r\n' */
};

/* rill_options.text_errors: what becomes of bytes that are no character, and of
 * characters that the encoding does not have. */
enum rill_text_errors {
    RILL_TEXT_STRICT = 0, /* RILL_EDATA, which sticks, at the offset below; what
                             is before is read, or written */
    RILL_TEXT_REPLACE = 1 /* they are read as U+FFFD and written as '?' */
};

/*
 * Open a text stream over `below`, from where that stands; `ownership` says
 * whether closing closes that too (RILL_TAKE: then committing, discarding and
 * its failures are carried through). The directions are those of `below`,
 * which must not be used otherwise meanwhile, and should have a buffer: bytes
 * are taken out of that. Where one stream does both, a write after a read goes
 * where `below` stands, which has read ahead, and what was read ahead is read
 * next: seek in between (as in Python).
 *
 * A character may be written in pieces; what is not whole by the next flush is
 * no character. A byte order mark is written at offset 0 of `below` only.
 * `buffer_size` RILL_UNBUFFERED hands each write on to `below` at once;
 * `line_buffering` does, too, and flushes `below` after a line end.
 *
 * rill_open() with t in its mode is rill_open() and this; heeds the same
 * options, and touches no file where the encoding is unknown.
 */
RILL_API RILL_NODISCARD rill *rill_open_text(rill *below, int ownership,
                                             const rill_options *o);

/*
 * A text in memory: Python's io.StringIO(text). It holds a copy of the `len`
 * bytes at `text`, which must be UTF-8 (EILSEQ), and stands at its start.
 *
 * With RILL_NEWLINE_LF, the default, it is a memory stream, with all that those
 * have (rill/memory.h). With the others it is a text stream, strict, and
 * rill_text_buffer() is the memory; line ends change when text is written, that
 * at the start included (universal: all become \n; CR and CRLF: \n does).
 */
RILL_API RILL_NODISCARD rill *rill_open_string(const char *text, size_t len,
                                               const rill_options *o);

/* The stream below a text stream: TextIOWrapper.buffer; NULL for others. Flush
 * the text stream before writing to it, or looking at what it holds. */
RILL_API rill *rill_text_buffer(rill *s);

/* The encoding's name in use ("utf-8"), a static string, or as it was asked of
 * iconv; NULL if `s` is not a text stream. */
RILL_API const char *rill_text_encoding(rill *s);

/* Which line ends have been read so far, where that is looked at (universal,
 * keep): RILL_SEEN_* added up. */
enum rill_seen { RILL_SEEN_CR = 1, RILL_SEEN_LF = 2, RILL_SEEN_CRLF = 4 };
RILL_API int rill_text_newlines(rill *s);

/* ---- Positions ---------------------------------------------------------- */

/* A place in a text stream. Its members are private, but may be stored. */
typedef struct rill_text_position {
    int64_t offset; /* in the stream below, where decoding starts again */
    uint32_t state; /* of the decoder there */
    uint32_t skip;  /* bytes of text from there */
} rill_text_position;

/*
 * Where the text stands; flushes what was written. RILL_ENOTSUP where the
 * stream below cannot seek; RILL_ERANGE where decoding can start again only at
 * the start (ISO-2022-JP), and that is 4 GiB of text before. These four work
 * on all streams that can seek; on those that are no text, positions are
 * offsets.
 */
RILL_API int rill_text_tell(rill *s, rill_text_position *position_out);

/* Go where rill_text_tell() was: 0 or a code; after RILL_EAGAIN, call it again.
 * A position that is not of this text is RILL_EDATA, RILL_EINVAL or some other
 * place. */
RILL_API int rill_text_seek(rill *s, const rill_text_position *position);

/* Go to the start of the text (where the stream below stood when it was opened;
 * of files for append, their start), or to the end, to append. */
RILL_API int rill_text_rewind(rill *s);
RILL_API int rill_text_seek_end(rill *s);

/* ---- Lines and characters ----------------------------------------------- */

/*
 * Read a line as the stream's `newline` ends it, that included, without a copy:
 * as rill_readline(), which is enough unless `newline` is keep, CR or CRLF.
 */
RILL_API ptrdiff_t rill_text_readline(rill *s, const char **line_out);

/*
 * Read the next character of any stream that holds UTF-8: its code point,
 * RILL_EEOF at the end, or RILL_EDATA where there is none: then one byte has
 * been read.
 */
RILL_API int32_t rill_getchar(rill *s);

/* Write a character in UTF-8: how many bytes that took; RILL_EINVAL for a
 * surrogate or more than 0x10ffff. */
RILL_API int rill_putchar(rill *s, uint32_t character);

/*
 * Read up to `count` characters, as many as are whole in `size` bytes, into
 * `buf`; no NUL is stored. Returns how many bytes; 0 at the end; RILL_ERANGE
 * where not one character fits. Bytes that are no UTF-8 count as one character
 * each.
 */
RILL_API ptrdiff_t rill_read_chars(rill *s, char *buf, size_t size,
                                   size_t count);

/* ---- Without a stream --------------------------------------------------- */

/* How many of the `n` bytes at `text` are whole, valid UTF-8 (RFC 3629: no
 * surrogates, nothing above U+10FFFF, no longer forms than needed). */
RILL_API size_t rill_utf8_valid(const void *text, size_t n);

/* How many characters valid UTF-8 has. */
RILL_API size_t rill_utf8_count(const void *text, size_t n);

/*
 * Line ends in pieces of text, as Python's io.IncrementalNewlineDecoder: start
 * from RILL_NEWLINES_INIT. A character is `unit` bytes (1: also UTF-8; 2; 4) in
 * the machine's order. A \r at the end of a piece that is not the `last` is
 * held back until it is clear whether \n follows.
 */
typedef struct rill_newlines {
    int translate;  /* \r and \r\n become \n; 0: they are only looked at */
    int seen;       /* enum rill_seen, added up */
    int pending_cr; /* one is held back */
} rill_newlines;

#define RILL_NEWLINES_INIT \
    {                      \
        1, 0, 0            \
    }

/* Translate the `n` characters at `from` to `to`, which may be the same place
 * if none was held back, and has room for n + 1. Returns how many there are. */
RILL_API size_t rill_newlines_decode(rill_newlines *nl, void *to,
                                     const void *from, size_t n, int unit,
                                     int last);

/*
 * How many of the `n` characters at `text` the first line has, its end
 * included, 0 if its end is not there. `newline`: enum rill_newline; where \r
 * is the last character of `text` for keep or CRLF, it cannot be told yet
 * whether \n follows: that counts as an end (keep) or none (CRLF).
 */
RILL_API size_t rill_newlines_find(const void *text, size_t n, int unit,
                                   int newline);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_TEXT_H */

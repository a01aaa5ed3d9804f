/*
 * rill_stdio.h - stdio by Rill: for programs written for a FILE *.
 *
 * Included instead of <stdio.h>, or by `cc -include rill_stdio.h`, this header
 * gives a program that is compiled again Rill's streams in the place of the C
 * library's: FILE, stdin, fopen(), fmemopen(), open_memstream(), fread(),
 * getline(), fprintf(), fscanf() and all others below mean those of
 * librill-stdio. With
 *
 *     cc $(pkg-config --variable=remap rill-stdio) prog.c \
 *        $(pkg-config --cflags --libs rill-stdio)
 *
 * even "#include <stdio.h>" does, and no source changes. (With -include, what
 * a program defines for the C library, such as _GNU_SOURCE, comes too late: it
 * is for -D then.) And it has two calls that stdio has not, by which any stream
 * becomes a FILE:
 *
 *     FILE *f = rill_stdio_open(rill_open_spool(1 << 20, NULL), "w+",
 *                               RILL_TAKE);
 *
 * What these functions do is what POSIX.1-2017 says, where that is not what
 * Rill says: the end of the data lasts until clearerr(), a failure does not;
 * open_memstream() reports the smaller of length and position; a FILE opened
 * for one direction refuses the other; writing starts where the descriptor
 * stands, which other processes may have moved. Where POSIX leaves it open:
 *
 *   update     reading and writing follow each other freely, with no fseek()
 *              between them, at one position.
 *   ungetc     64 bytes in a row, at least.
 *   memory     fmemopen() may be given 0 bytes, and treats 'b' as nothing. It
 *              adds a NUL after what was written only where that fits into the
 *              buffer. A write that does not fit writes what does, fails with
 *              ENOSPC at once, and makes the next fflush() fail with it, too.
 *   append     "a" starts at the end, "a+" at 0; both write at the end.
 *   setvbuf    at any time; the caller's buffer is not used, its size is. What
 *              is line buffered or has no buffer is written out as such.
 *   fflush     of a FILE that is read and seeks moves the descriptor to where
 *              the FILE is, as exit() and fclose() do.
 *   fork       what waited to be written is the parent's: it is written once,
 *              and not by each of the two.
 *
 *   errors     EOF or NULL with errno, as ever, EINTR included (but fclose()
 *              and exit() go on). What a failed write had not handed on is
 *              kept, and tried again by the next write, fflush() or fclose().
 *   at exit    all that is written is flushed, after the functions of atexit()
 *              and before the C library's own end; not by _exit() or abort().
 *   threads    as POSIX says: each call locks its FILE, flockfile() several,
 *              and the ..._unlocked() ones leave that to the caller. A FILE
 *              that another thread holds at exit is not flushed.
 *   mixing     the C library's FILEs are another type here: c_FILE. perror(),
 *              assert() and libraries still write to the C library's stderr,
 *              which shares the descriptor. To give a FILE to a library that
 *              was not compiled this way:
 *                  c_FILE *c = rill_as_file(rill_stdio_stream(f), "r",
 *                                           RILL_BORROW);
 *              and one that it gave, to the program:
 *                  FILE *f = rill_stdio_open(rill_open_file(c, "r", RILL_TAKE,
 *                                            NULL), "r", RILL_TAKE);
 *              Headers of such libraries come before this one.
 *   not here   wide characters (fwprintf(), fgetwc()...), gets(), and locales
 *              as modes ("r,ccs=..."): the letter after the comma and all that
 *              follow are ignored. In C++ the names without std:: are Rill's.
 *              Systems other than POSIX ones.
 */
#ifndef RILL_STDIO_REMAP_H
#define RILL_STDIO_REMAP_H

#include <stdarg.h>
#ifdef __cplusplus
#include <cstdio>
#endif
#include <stdio.h>
#include <sys/types.h>

#include <rill/rill.h>
#include <rill/stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The C library's own. */
typedef FILE c_FILE;

/*
 * A FILE. What is here is for the calls below that are inlined: the streams to
 * read from and to write to without a rule to look at; elsewhere a stream whose
 * windows are always empty.
 */
typedef struct rill_FILE {
    rill *in, *out;
} rill_FILE;

typedef struct rill_fpos {
    int64_t offset;
} rill_fpos;

extern RILL_API rill_FILE *rill_stdio_stdin;
extern RILL_API rill_FILE *rill_stdio_stdout;
extern RILL_API rill_FILE *rill_stdio_stderr;

/* ---- What stdio has not ------------------------------------------------- */

/*
 * A FILE over any stream, at its position. `mode` as for fdopen(); the stream
 * must be open for it (EBADF). RILL_TAKE: fclose() closes it and says what that
 * says; RILL_BORROW: it flushes it. NULL (also if `s` is) with errno.
 */
RILL_API rill_FILE *rill_stdio_open(rill *s, const char *mode, int ownership);

/* The stream under a FILE: for calls of Rill, between those of stdio. It is the
 * FILE's, until setvbuf(), freopen() or fclose(). NULL with errno if there is
 * none (stdin and its descriptor is closed). */
RILL_API rill *rill_stdio_stream(rill_FILE *f);

/* ---- Opening and closing ------------------------------------------------ */

RILL_API rill_FILE *rill_stdio_fopen(const char *path, const char *mode);
RILL_API rill_FILE *rill_stdio_fdopen(int fd, const char *mode);
RILL_API rill_FILE *rill_stdio_freopen(const char *path, const char *mode,
                                       rill_FILE *f);
RILL_API rill_FILE *rill_stdio_fmemopen(void *buf, size_t size,
                                        const char *mode);
RILL_API rill_FILE *rill_stdio_open_memstream(char **bufp, size_t *sizep);
RILL_API rill_FILE *rill_stdio_tmpfile(void);
RILL_API rill_FILE *rill_stdio_popen(const char *command, const char *mode);
RILL_API int rill_stdio_pclose(rill_FILE *f);
RILL_API int rill_stdio_fclose(rill_FILE *f);
RILL_API int rill_stdio_fflush(rill_FILE *f);
RILL_API void rill_stdio_setbuf(rill_FILE *f, char *buf);
RILL_API int rill_stdio_setvbuf(rill_FILE *f, char *buf, int mode, size_t size);
RILL_API void rill_stdio_setbuffer(rill_FILE *f, char *buf, size_t size);
RILL_API void rill_stdio_setlinebuf(rill_FILE *f);

#if defined(_GNU_SOURCE) && defined(__linux__)
/* The C library calls the callbacks; see rill_open_file(). */
static inline rill_FILE *rill_stdio_fopencookie(void *cookie, const char *mode,
                                                cookie_io_functions_t functions)
{
    c_FILE *c = fopencookie(cookie, mode, functions);
    rill *s = c ? rill_open_file(c, mode, RILL_TAKE, NULL) : NULL;
    rill_FILE *f = rill_stdio_open(s, mode, RILL_TAKE);

    if (c && !f) {
        if (s)
            rill_discard(s);
        else
            fclose(c);
    }
    return f;
}
#endif

/* ---- Reading ------------------------------------------------------------ */

RILL_API size_t rill_stdio_fread(void *buf, size_t size, size_t count,
                                 rill_FILE *f);
RILL_API int rill_stdio_fgetc(rill_FILE *f);
RILL_API int rill_stdio_getchar(void);
RILL_API int rill_stdio_ungetc(int c, rill_FILE *f);
RILL_API char *rill_stdio_fgets(char *buf, int size, rill_FILE *f);
RILL_API ssize_t rill_stdio_getdelim(char **linep, size_t *sizep, int delimiter,
                                     rill_FILE *f);
RILL_API ssize_t rill_stdio_getline(char **linep, size_t *sizep, rill_FILE *f);

#if defined(__GNUC__)
#define RILL_SCANF(fmt, args) __attribute__((format(scanf, fmt, args)))
#else
#define RILL_SCANF(fmt, args)
#endif
RILL_API int rill_stdio_fscanf(rill_FILE *f, const char *format, ...)
    RILL_SCANF(2, 3);
RILL_API int rill_stdio_vfscanf(rill_FILE *f, const char *format, va_list args)
    RILL_SCANF(2, 0);
RILL_API int rill_stdio_scanf(const char *format, ...) RILL_SCANF(1, 2);
RILL_API int rill_stdio_vscanf(const char *format, va_list args)
    RILL_SCANF(1, 0);

/* ---- Writing ------------------------------------------------------------ */

RILL_API size_t rill_stdio_fwrite(const void *buf, size_t size, size_t count,
                                  rill_FILE *f);
RILL_API int rill_stdio_fputc(int c, rill_FILE *f);
RILL_API int rill_stdio_putchar(int c);
RILL_API int rill_stdio_fputs(const char *text, rill_FILE *f);
RILL_API int rill_stdio_puts(const char *text);
RILL_API int rill_stdio_fprintf(rill_FILE *f, const char *format, ...)
    RILL_PRINTF(2, 3);
RILL_API int rill_stdio_vfprintf(rill_FILE *f, const char *format, va_list args)
    RILL_PRINTF(2, 0);
RILL_API int rill_stdio_vprintf(const char *format, va_list args)
    RILL_PRINTF(1, 0);

RILL_API int rill_stdio_printf(const char *format, ...) RILL_PRINTF(1, 2);

/*
 * printf and scanf are also the names of attributes ("format(printf, 1, 2)"),
 * which a macro of that name would spoil: so it expands to what the compiler
 * takes for the same attribute, as another name of the same function.
 */
#if defined(__GNUC__)
#define RILL_STDIO_TEXT(x) #x
#define RILL_STDIO_LABEL(prefix, name) __asm__(RILL_STDIO_TEXT(prefix) name)
RILL_API int __printf__(const char *format, ...)
    RILL_STDIO_LABEL(__USER_LABEL_PREFIX__, "rill_stdio_printf")
        RILL_PRINTF(1, 2);
RILL_API int __scanf__(const char *format, ...)
    RILL_STDIO_LABEL(__USER_LABEL_PREFIX__, "rill_stdio_scanf")
        RILL_SCANF(1, 2);
#endif

/* ---- Position, state, locks --------------------------------------------- */

RILL_API int rill_stdio_fseek(rill_FILE *f, long offset, int whence);
RILL_API int rill_stdio_fseeko(rill_FILE *f, int64_t offset, int whence);
RILL_API long rill_stdio_ftell(rill_FILE *f);
RILL_API int64_t rill_stdio_ftello(rill_FILE *f);
RILL_API int rill_stdio_fgetpos(rill_FILE *f, rill_fpos *pos);
RILL_API int rill_stdio_fsetpos(rill_FILE *f, const rill_fpos *pos);
RILL_API void rill_stdio_rewind(rill_FILE *f);
RILL_API int rill_stdio_feof(rill_FILE *f);
RILL_API int rill_stdio_ferror(rill_FILE *f);
RILL_API void rill_stdio_clearerr(rill_FILE *f);
RILL_API int rill_stdio_fileno(rill_FILE *f);
RILL_API void rill_stdio_flockfile(rill_FILE *f);
RILL_API int rill_stdio_ftrylockfile(rill_FILE *f);
RILL_API void rill_stdio_funlockfile(rill_FILE *f);

/* Without a lock, and where that is all, without a call. */
static inline int rill_stdio_getc_unlocked(rill_FILE *f)
{
    if (RILL_LIKELY(f->in->rpos < f->in->rend))
        return *f->in->rpos++;
    return rill_stdio_fgetc(f);
}

static inline int rill_stdio_putc_unlocked(int c, rill_FILE *f)
{
    if (RILL_LIKELY(f->out->wpos < f->out->wend))
        return *f->out->wpos++ = (unsigned char)c;
    return rill_stdio_fputc(c, f);
}

static inline int rill_stdio_getchar_unlocked(void)
{
    return rill_stdio_getc_unlocked(rill_stdio_stdin);
}

static inline int rill_stdio_putchar_unlocked(int c)
{
    return rill_stdio_putc_unlocked(c, rill_stdio_stdout);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

/* ---- The names ---------------------------------------------------------- */

#ifndef RILL_STDIO_KEEP_NAMES /* for librill-stdio itself */

#undef FILE
#undef fpos_t
#undef stdin
#undef stdout
#undef stderr
#define FILE rill_FILE
#define fpos_t rill_fpos
#define stdin rill_stdio_stdin
#define stdout rill_stdio_stdout
#define stderr rill_stdio_stderr

#undef fopen
#undef fopen64
#undef fdopen
#undef freopen
#undef freopen64
#undef fmemopen
#undef open_memstream
#undef fopencookie
#undef tmpfile
#undef tmpfile64
#undef popen
#undef pclose
#undef fclose
#undef fflush
#undef fflush_unlocked
#undef setbuf
#undef setbuffer
#undef setlinebuf
#undef setvbuf
#define fopen rill_stdio_fopen
#define fopen64 rill_stdio_fopen
#define fdopen rill_stdio_fdopen
#define freopen rill_stdio_freopen
#define freopen64 rill_stdio_freopen
#define fmemopen rill_stdio_fmemopen
#define open_memstream rill_stdio_open_memstream
#define fopencookie rill_stdio_fopencookie
#define tmpfile rill_stdio_tmpfile
#define tmpfile64 rill_stdio_tmpfile
#define popen rill_stdio_popen
#define pclose rill_stdio_pclose
#define fclose rill_stdio_fclose
#define fflush rill_stdio_fflush
#define fflush_unlocked rill_stdio_fflush
#define setbuf rill_stdio_setbuf
#define setbuffer rill_stdio_setbuffer
#define setlinebuf rill_stdio_setlinebuf
#define setvbuf rill_stdio_setvbuf

#undef fread
#undef fread_unlocked
#undef fgetc
#undef fgetc_unlocked
#undef getc
#undef getc_unlocked
#undef getchar
#undef getchar_unlocked
#undef ungetc
#undef fgets
#undef fgets_unlocked
#undef getdelim
#undef getline
#undef fscanf
#undef vfscanf
#undef scanf
#undef vscanf
#define fread rill_stdio_fread
#define fread_unlocked rill_stdio_fread
#define fgetc rill_stdio_fgetc
#define fgetc_unlocked rill_stdio_getc_unlocked
#define getc rill_stdio_fgetc
#define getc_unlocked rill_stdio_getc_unlocked
#define getchar rill_stdio_getchar
#define getchar_unlocked rill_stdio_getchar_unlocked
#define ungetc rill_stdio_ungetc
#define fgets rill_stdio_fgets
#define fgets_unlocked rill_stdio_fgets
#define getdelim rill_stdio_getdelim
#define getline rill_stdio_getline
#define fscanf rill_stdio_fscanf
#define vfscanf rill_stdio_vfscanf
#define vscanf rill_stdio_vscanf

#undef fwrite
#undef fwrite_unlocked
#undef fputc
#undef fputc_unlocked
#undef putc
#undef putc_unlocked
#undef putchar
#undef putchar_unlocked
#undef fputs
#undef fputs_unlocked
#undef puts
#undef fprintf
#undef vfprintf
#undef printf
#undef vprintf
#define fwrite rill_stdio_fwrite
#define fwrite_unlocked rill_stdio_fwrite
#define fputc rill_stdio_fputc
#define fputc_unlocked rill_stdio_putc_unlocked
#define putc rill_stdio_fputc
#define putc_unlocked rill_stdio_putc_unlocked
#define putchar rill_stdio_putchar
#define putchar_unlocked rill_stdio_putchar_unlocked
#define fputs rill_stdio_fputs
#define fputs_unlocked rill_stdio_fputs
#define puts rill_stdio_puts
#define fprintf rill_stdio_fprintf
#define vfprintf rill_stdio_vfprintf
#define vprintf rill_stdio_vprintf

#if defined(__GNUC__)
#define printf __printf__
#define scanf __scanf__
#else
#define printf rill_stdio_printf
#define scanf rill_stdio_scanf
#endif

#undef fseek
#undef fseeko
#undef fseeko64
#undef ftell
#undef ftello
#undef ftello64
#undef fgetpos
#undef fgetpos64
#undef fsetpos
#undef fsetpos64
#undef rewind
#undef feof
#undef feof_unlocked
#undef ferror
#undef ferror_unlocked
#undef clearerr
#undef clearerr_unlocked
#undef fileno
#undef fileno_unlocked
#undef flockfile
#undef ftrylockfile
#undef funlockfile
#define fseek rill_stdio_fseek
#define fseeko rill_stdio_fseeko
#define fseeko64 rill_stdio_fseeko
#define ftell rill_stdio_ftell
#define ftello rill_stdio_ftello
#define ftello64 rill_stdio_ftello
#define fgetpos rill_stdio_fgetpos
#define fgetpos64 rill_stdio_fgetpos
#define fsetpos rill_stdio_fsetpos
#define fsetpos64 rill_stdio_fsetpos
#define rewind rill_stdio_rewind
#define feof rill_stdio_feof
#define feof_unlocked rill_stdio_feof
#define ferror rill_stdio_ferror
#define ferror_unlocked rill_stdio_ferror
#define clearerr rill_stdio_clearerr
#define clearerr_unlocked rill_stdio_clearerr
#define fileno rill_stdio_fileno
#define fileno_unlocked rill_stdio_fileno
#define flockfile rill_stdio_flockfile
#define ftrylockfile rill_stdio_ftrylockfile
#define funlockfile rill_stdio_funlockfile

#endif /* RILL_STDIO_KEEP_NAMES */

#endif /* RILL_STDIO_REMAP_H */

/*
 * test_stdio.c - a FILE * for every kind of stream, and streams over FILEs. It
 * is compiled twice: with the C library's callbacks, and with the temporary
 * file that stands for them on Windows (RILL_FILE_BY_COPY), where what only
 * callbacks can do is left out. Streams over FILEs have the conformance suite
 * besides: conform_stdio.c.
 */
#define _GNU_SOURCE
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <rill/stdio.h>
#include <rill/testing/double.h>

enum { LONG = 100000 };

/* ---- A FILE for a stream ------------------------------------------------ */

BRIDGE_TEST(as_file__writes)
{
    rill *s = kind->open();
    FILE *f = rill_as_file(s, "w", RILL_BORROW);
    char *big = test_alloc(LONG), *back = test_alloc(LONG);

    test_pattern(big, LONG, 0);
    CHECK_INT(7, fprintf(f, "%s%d\n", "line ", 1));
    CHECK_INT(LONG, fwrite(big, 1, LONG, f));
    CHECK_INT('!', putc('!', f));
    CHECK_INT(7 + LONG + 1, ftell(f));
    CHECK_INT(0, rill_file_close(f));
    CHECK_INT(7 + LONG + 1, rill_size(s));
    rill_rewind(s);
    CHECK_READS(s, "line 1\n");
    CHECK_MEM(back, rill_read(s, back, LONG), big, LONG);
    CHECK_REST(s, "!");
    CHECK_OK(rill_close(s));
    free(big);
    free(back);
}

BRIDGE_TEST(as_file__reads)
{
    rill *s = kind->open();
    char line[20], rest[20];
    double number;
    FILE *f;

    CHECK_INT(27, rill_puts(s, "one\n2.5 apples\nno line feed"));
    rill_rewind(s);
    f = rill_as_file(s, "r", RILL_BORROW);
    CHECK_STR("one\n", fgets(line, sizeof(line), f));
    CHECK_INT(2, fscanf(f, "%lf %19s", &number, rest));
    CHECK(number == 2.5);
    CHECK_STR("apples", rest);
    CHECK_INT('\n', getc(f));
    CHECK_INT('?', ungetc('?', f));
    CHECK_INT('?', getc(f));
    CHECK_BYTES(rest, fread(rest, 1, sizeof(rest), f), "no line feed");
    CHECK(feof(f) && !ferror(f));
    CHECK_INT(0, rill_file_close(f));
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(as_file__seeks)
{
    rill *s = kind->open();
    char *data = test_alloc(LONG), got[100];
    uint64_t seed = 7;
    FILE *f;
    int i;

    test_pattern(data, LONG, 0);
    CHECK_INT(LONG, rill_write(s, data, LONG));
    CHECK_INT(10, rill_seek(s, 10, RILL_SEEK_SET));
    f = rill_as_file(s, "r+", RILL_BORROW);
    CHECK_INT(10, ftello(f)); /* at the stream's position */
    for (i = 0; i < 200; i++) {
        off_t at = (off_t)test_below(&seed, LONG - sizeof(got));

        CHECK_INT(0, fseeko(f, at, SEEK_SET));
        if (i % 4 == 3) {
            test_pattern(data + at, 50, i);
            CHECK_INT(50, fwrite(data + at, 1, 50, f));
            CHECK_INT(at + 50, ftello(f));
            continue;
        }
        CHECK_MEM(got, fread(got, 1, sizeof(got), f), data + at, sizeof(got));
        CHECK_INT(at + (off_t)sizeof(got), ftello(f));
    }
    CHECK_INT(0, fseeko(f, -5, SEEK_END));
    CHECK_MEM(got, fread(got, 1, sizeof(got), f), data + LONG - 5, 5);
    errno = 0;
    CHECK_INT(-1, fseeko(f, -1, SEEK_SET));
    CHECK_INT(EINVAL, errno);
    errno = 0;
    CHECK_INT(-1, fseeko(f, -LONG - 1, SEEK_END));
    CHECK_INT(EINVAL, errno);
    CHECK_INT(0, rill_file_close(f));
    CHECK_OK(rill_close(s));
    free(data);
}

BRIDGE_TEST(as_file__appends)
{
    rill *s = kind->open();
    FILE *f;

    CHECK_INT(3, rill_puts(s, "one"));
    rill_rewind(s);
    f = rill_as_file(s, "a+", RILL_BORROW);
    CHECK_INT(3, fprintf(f, "two"));
    CHECK_INT(0, fseek(f, 0, SEEK_SET));
    CHECK_INT('o', getc(f));
    CHECK_INT(0, fseek(f, 0, SEEK_SET));
    CHECK_INT(5, fprintf(f, "three"));
    CHECK_INT(0, rill_file_close(f));
    CHECK_HOLDS(s, "onetwothree");
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(as_file__nothing_is_cut_or_created)
{
    rill *s = kind->open();
    FILE *f;

    CHECK_INT(6, rill_puts(s, "abcdef"));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    f = rill_as_file(s, "w+b", RILL_BORROW);
    CHECK_INT('-', putc('-', f));
    CHECK_INT(0, rill_file_close(f));
    CHECK_HOLDS(s, "ab-def");
    CHECK_OK(rill_close(s));
}

TEST(as_file__takes_a_save)
{
    FILE *f = rill_as_file(rill_open("saved", "ws"), "w", RILL_TAKE);

    CHECK_INT(4, fprintf(f, "kept"));
    CHECK_INT(-1, access("saved", F_OK)); /* not before it is closed */
    CHECK_INT(0, rill_file_close(f));
    CHECK_FILE("saved", "kept");
}

TEST(as_file__reports_what_the_stream_says_when_closed)
{
    rill_double d = {.fails = RILL_DOUBLE_CLOSE, .failure = EDQUOT};
    rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
    FILE *f = rill_as_file(s, "r+", RILL_TAKE);

    CHECK_INT('x', putc('x', f));
    errno = 0;
    CHECK_INT(EOF, rill_file_close(f));
    CHECK_INT(EDQUOT, errno);
    CHECK_INT(1, d.closes);
}

TEST(as_file__the_stream_cannot_be_read)
{
    char buf[10];
    rill *s = open_failing("0123456789", 10, 4, EBADMSG);
    FILE *f = rill_as_file(s, "r", RILL_BORROW);

    if (!f) { /* by a copy, this is where it is read */
        CHECK_INT(EBADMSG, errno);
    } else {
        CHECK_BYTES(buf, fread(buf, 1, sizeof(buf), f), "0123");
        CHECK(ferror(f) && !feof(f));
        CHECK_INT(EBADMSG, errno);
        errno = 0;
        CHECK_INT(EOF, rill_file_close(f));
        CHECK_INT(EBADMSG, errno);
    }
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(as_file__the_stream_cannot_be_written)
{
    rill_double d = {.fails = RILL_DOUBLE_WRITE, .failure = EDQUOT, .from = 9};
    rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
    FILE *f = rill_as_file(s, "w", RILL_BORROW);

    CHECK_INT(12, fprintf(f, "012345678901"));
#ifndef RILL_FILE_BY_COPY
    errno = 0;
    CHECK_INT(EOF, fflush(f));
    CHECK(ferror(f));
    CHECK_INT(EDQUOT, errno);
#endif
    errno = 0;
    CHECK_INT(EOF, rill_file_close(f));
    CHECK_INT(EDQUOT, errno);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(as_file__no_room)
{
    char room[10] = "..........";
    rill *s = rill_open_fixed(room, 8, NULL);
    FILE *f = rill_as_file(s, "w", RILL_BORROW);

    CHECK_INT(12, fprintf(f, "012345678901"));
    errno = 0;
    CHECK_INT(EOF, rill_file_close(f));
    CHECK_INT(ENOSPC, errno);
    CHECK_BYTES(room, 10, "01234567..");
    (void)!rill_close(s);
}

TEST(as_file__not_open_for_it)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_PTR(NULL, rill_as_file(s, "w", RILL_BORROW));
    CHECK_INT(EBADF, errno);
    CHECK_PTR(NULL, rill_as_file(s, "r+", RILL_BORROW));
    CHECK_INT(EBADF, errno);
    CHECK_PTR(NULL, rill_as_file(s, "x", RILL_BORROW));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_as_file(s, "rt", RILL_BORROW));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_as_file(s, "", RILL_TAKE));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_as_file(s, "r", 7));
    CHECK_INT(EINVAL, errno);
    CHECK_OK(rill_close(s));
}

TEST(as_file__from_a_pipe)
{
    char line[20];
    FILE *f = rill_as_file(open_pipe("one\ntwo\n", 8), "r", RILL_TAKE);

    CHECK_STR("one\n", fgets(line, sizeof(line), f));
    CHECK_STR("two\n", fgets(line, sizeof(line), f));
    CHECK_PTR(NULL, fgets(line, sizeof(line), f));
#ifndef RILL_FILE_BY_COPY
    errno = 0;
    CHECK_INT(-1, fseek(f, 0, SEEK_SET));
    CHECK_INT(ESPIPE, errno);
#endif
    CHECK_INT(0, rill_file_close(f));
}

TEST(as_file__to_a_pipe)
{
    char got[20];
    int ends[2];
    FILE *f;

    CHECK_INT(0, pipe(ends));
    f = rill_as_file(rill_open_fd(ends[1], "w", RILL_TAKE, NULL), "w",
                     RILL_TAKE);
    CHECK_INT(5, fprintf(f, "hello"));
    CHECK_INT(0, rill_file_close(f));
    CHECK_BYTES(got, read(ends[0], got, sizeof(got)), "hello");
    close(ends[0]);
}

TEST(as_file__appends_to_an_append_stream)
{
    FILE *f;

    test_write_file("log", "one\n", 4);
    f = rill_as_file(rill_open("log", "a+"), "a+", RILL_TAKE);
    CHECK_INT(4, fprintf(f, "two\n"));
    CHECK_INT(0, rill_file_close(f));
    CHECK_FILE("log", "one\ntwo\n");
}

#ifndef RILL_FILE_BY_COPY /* what only callbacks do */

/* A stream that answers as soon as something is there is not waited for. */
TEST(as_file__does_not_wait_for_more)
{
    char line[20];
    int ends[2];
    FILE *f;

    CHECK_INT(0, pipe(ends));
    f = rill_as_file(rill_open_fd(ends[0], "r", RILL_TAKE, NULL), "r",
                     RILL_TAKE);
    CHECK_INT(4, write(ends[1], "one\n", 4));
    CHECK_STR("one\n", fgets(line, sizeof(line), f));
    CHECK_INT(4, write(ends[1], "two\n", 4));
    CHECK_STR("two\n", fgets(line, sizeof(line), f));
    close(ends[1]);
    CHECK_INT(EOF, getc(f));
    CHECK_INT(0, fclose(f));
}

BRIDGE_TEST(as_file__one_side_at_a_time)
{
    rill *s = kind->open();
    char line[20];
    FILE *f;

    CHECK_INT(14, rill_puts(s, "one\ntwo\nthree\n"));
    rill_rewind(s);
    f = rill_as_file(s, "r+", RILL_BORROW);
    CHECK_STR("one\n", fgets(line, sizeof(line), f));
    CHECK_INT(0, fflush(f)); /* over to the stream */
    CHECK_INT(4, rill_tell(s));
    CHECK_READS(s, "two\n");
    CHECK_OK(rill_flush(s)); /* and back */
    CHECK_INT(0, fseek(f, 0, SEEK_CUR));
    CHECK_STR("three\n", fgets(line, sizeof(line), f));
    CHECK_INT(0, fseek(f, 0, SEEK_CUR));
    CHECK_INT(5, fputs("four\n", f) < 0 ? -1 : 5);
    CHECK_INT(0, fflush(f));
    CHECK_INT(19, rill_tell(s));
    CHECK_HOLDS(s, "one\ntwo\nthree\nfour\n");
    CHECK_INT(0, fclose(f));
    CHECK_OK(rill_close(s));
}

/* What fflush() hands on is in the file, not in a second buffer. */
TEST(as_file__flushes_to_the_file)
{
    FILE *f = rill_as_file(rill_open("out", "w"), "w", RILL_TAKE);

    CHECK_INT(5, fprintf(f, "hello"));
    CHECK_FILE("out", "");
    CHECK_INT(0, fflush(f));
    CHECK_FILE("out", "hello");
    CHECK_INT(0, fclose(f));
}

TEST(as_file__offsets_of_64_bits)
{
    int64_t far = INT64_C(6) << 30;
    rill *s = rill_open("sparse", "w+");
    FILE *f = rill_as_file(s, "r+", RILL_BORROW);

    CHECK_INT(0, fseeko(f, far, SEEK_SET));
    CHECK_INT('x', putc('x', f));
    CHECK_INT(far + 1, ftello(f));
    CHECK_INT(0, fclose(f));
    CHECK_INT(far + 1, rill_size(s));
    CHECK_OK(rill_close(s));
}

#else

TEST(as_file__a_copy_may_be_cut)
{
    rill *s = rill_open_mem_copy("0123456789", 10, NULL);
    FILE *f = rill_as_file(s, "r+", RILL_BORROW);

    CHECK_INT(0, ftruncate(fileno(f), 4));
    CHECK_INT(0, rill_file_close(f));
    CHECK_HOLDS(s, "0123");
    CHECK_OK(rill_close(s));
}

#endif

/* ---- A stream over a FILE ----------------------------------------------- */

static FILE *file_with(const char *text)
{
    FILE *f = tmpfile();

    CHECK(f != NULL);
    CHECK(fputs(text, f) >= 0);
    rewind(f);
    return f;
}

TEST(open_file__borrows)
{
    FILE *f = file_with("one\ntwo\nthree\n");
    const char *line;
    char more[20];
    rill *s;

    CHECK_STR("one\n", fgets(more, sizeof(more), f));
    s = rill_open_file(f, "r+", RILL_BORROW, NULL);
    CHECK_INT(4, rill_tell(s)); /* where the FILE is */
    CHECK_BYTES(line, rill_readline(s, &line), "two\n");
    CHECK_OK(rill_flush(s));
    CHECK_INT(8, ftell(f)); /* and where it is again */
    CHECK_INT(8, lseek(fileno(f), 0, SEEK_CUR));
    CHECK_STR("three\n", fgets(more, sizeof(more), f));
    CHECK_INT(0, fflush(f));
    CHECK_INT(14, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(4, rill_puts(s, "four"));
    CHECK_OK(rill_close(s));
    CHECK_INT(18, ftell(f));
    rewind(f);
    CHECK_BYTES(more, fread(more, 1, sizeof(more), f), "one\ntwo\nthree\nfour");
    CHECK_INT(0, fclose(f));
}

TEST(open_file__has_its_descriptor)
{
    FILE *f = file_with("0123456789");
    rill *s = rill_open_file(f, "r+", RILL_TAKE, NULL);

    CHECK_READS(s, "012");
    CHECK_INT(fileno(f), rill_fileno(s));
    CHECK_INT(3, lseek(fileno(f), 0, SEEK_CUR));
    CHECK_INT(0, rill_isatty(s));
    CHECK_OK(rill_truncate(s, 5));
    CHECK_REST(s, "34");
    CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
    CHECK_STR("FILE", rill_kind(s));
    CHECK_OK(rill_close(s));
}

TEST(open_file__fails_with_errno)
{
    rill *s = rill_open_file(fopen("/dev/full", "w"), "w", RILL_TAKE, NULL);
    FILE *f = fopen("/dev/null", "r");
    rill_error e;
    int says;

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, &e));
    CHECK_INT(ENOSPC, e.os_error);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));

    errno = 0;
    fputc('a', f);
    says = errno; /* POSIX: EBADF; musl: nothing */
    s = rill_open_file(f, "w", RILL_TAKE, NULL);
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(says ? says : EIO, e.os_error);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(open_file__refuses)
{
    rill_error e;
    rill_options o = RILL_OPTIONS_INIT;

    o.error = &e;
    CHECK_PTR(NULL, rill_open_file(NULL, "r", RILL_BORROW, &o));
    CHECK_INT(EINVAL, errno);
    CHECK_CODE(RILL_EINVAL, e.code);
    CHECK_PTR(NULL, rill_open_file(stdin, "x", RILL_BORROW, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_file(stdin, "r", 2, NULL));
    CHECK_INT(EINVAL, errno);
}

/* A pipe says what it has; nobody waits for a full buffer. */
TEST(open_file__does_not_wait_for_more)
{
    int ends[2];
    char got[20];
    rill *s;

    CHECK_INT(0, pipe(ends));
    s = rill_open_file(fdopen(ends[0], "r"), "r", RILL_TAKE, NULL);
    CHECK_CODE(RILL_ENOTSUP, rill_tell(s));
    CHECK_INT(3, write(ends[1], "one", 3));
    CHECK_BYTES(got, rill_read_some(s, got, sizeof(got)), "one");
    CHECK_INT(4, write(ends[1], "two\n", 4));
    CHECK_BYTES(got, rill_read_some(s, got, sizeof(got)), "two\n");
    close(ends[1]);
    CHECK_INT(0, rill_read(s, got, 1));
    CHECK(rill_eof(s));
    CHECK_OK(rill_close(s));
}

TEST(open_file__non_blocking)
{
    int ends[2];
    char got[20];
    rill *s;

    CHECK_INT(0, pipe(ends));
    CHECK_INT(0, fcntl(ends[0], F_SETFL, O_NONBLOCK));
    s = rill_open_file(fdopen(ends[0], "r"), "r", RILL_TAKE, NULL);
    CHECK_CODE(RILL_EAGAIN, rill_read(s, got, 5));
    CHECK_INT(3, write(ends[1], "now", 3));
    CHECK_BYTES(got, rill_read_some(s, got, sizeof(got)), "now");
    CHECK_CODE(RILL_EAGAIN, rill_read(s, got, 5));
    close(ends[1]);
    CHECK_INT(0, rill_read(s, got, 5));
    CHECK_OK(rill_close(s));
}

/* The end is asked anew, though a FILE remembers it. */
TEST(open_file__a_file_that_grows)
{
    FILE *f;
    rill *s;

    test_write_file("grows", "one", 3);
    f = fopen("grows", "rb");
    s = rill_open_file(f, "r", RILL_TAKE, NULL);
    CHECK_REST(s, "one");
    test_write_file("grows", "onetwo", 6);
    CHECK_REST(s, "two");
    CHECK_OK(rill_close(s));
}

/* There and back: a stream, as a FILE, as a stream. */
BRIDGE_TEST(open_file__over_a_stream)
{
    rill *below = kind->open();
    rill *s = rill_open_file(rill_as_file(below, "r+", RILL_BORROW), "r+",
                             RILL_TAKE, NULL);
    char *data = test_alloc(LONG), *back = test_alloc(LONG);

    test_pattern(data, LONG, 0);
    CHECK_INT(LONG, rill_write(s, data, LONG));
    rill_rewind(s);
    CHECK_MEM(back, rill_read(s, back, LONG), data, LONG);
    CHECK_OK(rill_close(s));
    rill_rewind(below);
    CHECK_MEM(back, rill_read(below, back, LONG), data, LONG);
    CHECK_OK(rill_close(below));
    free(data);
    free(back);
}

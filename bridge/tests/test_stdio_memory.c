/*
 * test_stdio_memory.c - stdio by Rill, over memory and over any stream: what
 * POSIX says of fmemopen() and open_memstream(), one by one.
 */
#define _GNU_SOURCE
#include "streams.h"

#include <errno.h>

#include <rill/testing/double.h>

#include <rill_stdio.h>

/* ---- open_memstream() --------------------------------------------------- */

TEST(memstream__shows_what_there_is_when_flushed)
{
    char old[] = "untouched", *data = old;
    size_t size = 99;
    FILE *f = open_memstream(&data, &size);

    CHECK_INT(3, fprintf(f, "abc"));
    CHECK_PTR(old, data);
    CHECK_INT(0, fflush(f));
    CHECK_BYTES(data, size + 1, "abc\0");
    CHECK_INT(3, fprintf(f, "def"));
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(data, size + 1, "abcdef\0");
    free(data);
}

TEST(memstream__empty)
{
    char *data = NULL;
    size_t size = 99;

    CHECK_INT(0, fclose(open_memstream(&data, &size)));
    CHECK_BYTES(data, size + 1, "\0");
    free(data);
}

/* The smaller of the length and the position; the bytes behind it stay. */
TEST(memstream__length_and_position)
{
    char *data;
    size_t size;
    FILE *f = open_memstream(&data, &size);

    CHECK_INT(11, fprintf(f, "hello world"));
    CHECK_INT(0, fseek(f, 5, SEEK_SET));
    CHECK_INT(0, fflush(f));
    CHECK_INT(5, size);
    CHECK_INT(0, fseek(f, 0, SEEK_END));
    CHECK_INT(11, ftell(f));
    CHECK_INT(0, fflush(f));
    CHECK_INT(11, size);
    rewind(f);
    CHECK_INT('J', putc('J', f));
    CHECK_INT(0, fclose(f));
    CHECK_INT(1, size);
    CHECK_BYTES(data, 12, "Jello world\0");
    free(data);
}

TEST(memstream__a_gap_is_zeros)
{
    char *data;
    size_t size;
    FILE *f = open_memstream(&data, &size);

    CHECK_INT(2, fprintf(f, "ab"));
    CHECK_INT(0, fseek(f, 3, SEEK_CUR));
    CHECK_INT(0, fflush(f));
    CHECK_INT(2, size); /* a seek alone does not lengthen */
    CHECK_INT(1, fprintf(f, "c"));
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(data, size + 1, "ab\0\0\0c\0");
    free(data);
}

TEST(memstream__grows)
{
    char *data, *want = test_alloc(3 << 20);
    size_t size, i, n = 3 << 20;
    FILE *f = open_memstream(&data, &size);

    test_pattern(want, n, 0);
    for (i = 0; i < n; i += i % 3000 + 1) {
        size_t piece = i % 3000 + 1 < n - i ? i % 3000 + 1 : n - i;

        CHECK_INT(piece, fwrite(want + i, 1, piece, f));
    }
    CHECK_INT(0, fclose(f));
    CHECK_MEM(data, size, want, n);
    free(data);
    free(want);
}

TEST(memstream__refuses)
{
    char *data, c;
    size_t size;
    FILE *f;

    errno = 0;
    CHECK_PTR(NULL, open_memstream(NULL, &size));
    CHECK_INT(EINVAL, errno);
    errno = 0;
    CHECK_PTR(NULL, open_memstream(&data, NULL));
    CHECK_INT(EINVAL, errno);
    f = open_memstream(&data, &size);
    CHECK_INT(3, fprintf(f, "abc"));
    rewind(f);
    errno = 0;
    CHECK_INT(0, fread(&c, 1, 1, f));
    CHECK(ferror(f) && errno == EBADF);
    clearerr(f);
    CHECK(!ferror(f));
    CHECK_INT(EOF, getc_unlocked(f));
    CHECK_INT(EOF, ungetc('x', f));
    errno = 0;
    CHECK_INT(-1, fseek(f, -1, SEEK_CUR));
    CHECK_INT(EINVAL, errno);
    CHECK_INT(-1, fseek(f, 0, 17));
    CHECK_INT(EINVAL, errno);
    CHECK_INT(-1, fileno(f));
    CHECK_INT(EBADF, errno);
    CHECK_INT(0, fclose(f));
    free(data);
}

/* ---- fmemopen() --------------------------------------------------------- */

TEST(fmemopen__reads_all_it_was_given)
{
    char data[] = "one\0two\n", line[20];
    FILE *f = fmemopen(data, sizeof(data), "r");

    CHECK_BYTES(line, fread(line, 1, 4, f), "one\0");
    CHECK_STR("two\n", fgets(line, sizeof(line), f));
    CHECK_INT(0, getc(f));
    CHECK_INT(EOF, getc(f));
    CHECK(feof(f));
    CHECK_INT(0, fseek(f, 0, SEEK_END));
    CHECK_INT(sizeof(data), ftell(f));
    errno = 0;
    CHECK_INT(EOF, putc('x', f));
    CHECK(ferror(f) && errno == EBADF);
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(data, sizeof(data), "one\0two\n\0");
}

TEST(fmemopen__a_nul_where_it_fits)
{
    char data[8] = "#######";
    FILE *f = fmemopen(data, 8, "w");

    CHECK_BYTES(data, 8, "\0######\0"); /* "w" truncates */
    CHECK_INT(3, fprintf(f, "abc"));
    CHECK_INT(0, fflush(f));
    CHECK_BYTES(data, 8, "abc\0###\0");
    rewind(f);
    CHECK_INT('x', putc('x', f)); /* not longer: no NUL */
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(data, 8, "xbc\0###\0");

    f = fmemopen(data, 8, "w");
    CHECK_INT(8, fprintf(f, "12345678"));
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(data, 8, "12345678"); /* all its own bytes */

    f = fmemopen(data, 8, "r+");
    CHECK_INT('a', putc('a', f));
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(data, 8, "a2345678");
}

TEST(fmemopen__full)
{
    char data[12] = "###########";
    FILE *f = fmemopen(data, 8, "w");

    errno = 0;
    CHECK_INT(8, fwrite("0123456789ab", 1, 12, f));
    CHECK(ferror(f) && errno == ENOSPC);
    errno = 0;
    CHECK_INT(EOF, putc('x', f));
    CHECK_INT(ENOSPC, errno);
    errno = 0;
    CHECK_INT(EOF, fflush(f)); /* who looks only here, hears of it here */
    CHECK_INT(ENOSPC, errno);
    CHECK_INT(0, fflush(f));
    errno = 0;
    rewind(f);
    CHECK_INT(-1, fprintf(f, "%s", "0123456789"));
    CHECK_INT(ENOSPC, errno);
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(data, 12, "01234567###\0");
}

TEST(fmemopen__appends_at_the_first_nul)
{
    char data[12] = "ab", full[3] = {'x', 'y', 'z'};
    FILE *f = fmemopen(data, sizeof(data), "a+");

    CHECK_INT(2, ftell(f));
    CHECK_INT(EOF, getc(f));
    CHECK_INT(0, fseek(f, 0, SEEK_SET));
    CHECK_INT('a', getc(f));
    CHECK_INT(2, fprintf(f, "cd"));
    CHECK_INT(4, ftell(f));
    CHECK_INT(0, fseek(f, 6, SEEK_SET));
    CHECK_INT(2, fprintf(f, "ef"));
    CHECK_INT(0, fclose(f));
    CHECK_STR("abcdef", data);

    f = fmemopen(full, sizeof(full), "a");
    CHECK_INT(3, ftell(f));
    CHECK_INT(EOF, putc('!', f));
    CHECK_INT(0, fclose(f));
    CHECK_BYTES(full, 3, "xyz");
}

TEST(fmemopen__memory_of_its_own)
{
    FILE *f = fmemopen(NULL, 10, "w+");
    char back[20];

    CHECK_INT(5, fprintf(f, "12345"));
    CHECK_INT(0, fseek(f, -2, SEEK_END));
    CHECK_BYTES(back, fread(back, 1, sizeof(back), f), "45");
    CHECK_INT(-1, fseek(f, 11, SEEK_SET));
    CHECK_INT(EINVAL, errno);
    CHECK_INT(0, fseek(f, 10, SEEK_SET));
    CHECK_INT(0, fclose(f));
}

TEST(fmemopen__refuses)
{
    char c = 'c';
    FILE *f;

    errno = 0;
    CHECK_PTR(NULL, fmemopen(&c, 1, "?"));
    CHECK_INT(EINVAL, errno);
    errno = 0;
    CHECK_PTR(NULL, fmemopen(&c, 1, ""));
    CHECK_INT(EINVAL, errno);
    errno = 0;
    CHECK_PTR(NULL, fmemopen(NULL, SIZE_MAX, "w+"));
    CHECK_INT(ENOMEM, errno);
    f = fmemopen(&c, 0, "w+"); /* nothing is a buffer, too */
    CHECK_INT(EOF, getc(f));
    CHECK_INT(EOF, putc('x', f));
    CHECK_INT(0, fclose(f));
    CHECK_INT('c', c);
}

/* ---- Any stream --------------------------------------------------------- */

BRIDGE_TEST(stdio_open__round_trip)
{
    rill *s = kind->open();
    FILE *f = rill_stdio_open(s, "w+", RILL_TAKE);
    char *line = NULL, word[20];
    size_t size = 0;
    int number;

    CHECK_PTR(s, rill_stdio_stream(f));
    CHECK_INT(15, fprintf(f, "%s\n%d %s\n", "line", 17, "apples"));
    CHECK_INT(15, ftell(f));
    rewind(f);
    CHECK_BYTES(line, getline(&line, &size, f), "line\n");
    CHECK_INT(2, fscanf(f, "%d %19s", &number, word));
    CHECK_INT(17, number);
    CHECK_STR("apples", word);
    CHECK_INT(14, ftello(f));
    CHECK_INT('\n', getc(f));
    CHECK_INT(EOF, getc(f));
    CHECK_INT(0, fseek(f, -1, SEEK_CUR));
    CHECK(!feof(f));
    CHECK_INT(-1, fseek(f, -16, SEEK_END));
    CHECK_INT(EINVAL, errno);
    CHECK_INT(0, fclose(f));
    free(line);
}

TEST(stdio_open__one_direction)
{
    rill *s = rill_open_mem_copy("abc", 3, NULL);
    FILE *f = rill_stdio_open(s, "r", RILL_BORROW);

    CHECK_INT('a', getc(f));
    CHECK_INT(EOF, putc_unlocked('x', f));
    CHECK(ferror(f) && errno == EBADF);
    CHECK_INT(0, fclose(f));
    f = rill_stdio_open(s, "a", RILL_BORROW);
    CHECK_INT(EOF, getc_unlocked(f));
    CHECK_INT(0, fseek(f, 0, SEEK_END));
    CHECK_INT('d', putc_unlocked('d', f));
    CHECK_INT(0, fclose(f));
    CHECK_HOLDS(s, "abcd");
    CHECK_OK(rill_close(s));
}

TEST(stdio_open__refuses)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_PTR(NULL, rill_stdio_open(s, "w", RILL_TAKE));
    CHECK_INT(EBADF, errno);
    CHECK_PTR(NULL, rill_stdio_open(s, "q", RILL_TAKE));
    CHECK_INT(EINVAL, errno);
    errno = ENOENT;
    CHECK_PTR(NULL,
              rill_stdio_open(rill_open("not there", "r"), "r", RILL_TAKE));
    CHECK_INT(ENOENT, errno);
    CHECK_OK(rill_close(s));
}

TEST(stdio_open__the_stream_fails)
{
    rill *s = open_failing("0123456789", 10, 4, EBADMSG);
    FILE *f = rill_stdio_open(s, "r+", RILL_TAKE);
    char buf[10];

    CHECK_BYTES(buf, fread(buf, 1, 10, f), "0123");
    CHECK(ferror(f) && !feof(f) && errno == EBADMSG);
    clearerr(f);
    errno = 0;
    CHECK_INT(EOF, getc(f)); /* it goes on failing, and may be asked again */
    CHECK(ferror(f) && errno == EBADMSG);
    rewind(f);
    CHECK(!ferror(f));
    CHECK_INT('0', getc(f));
    CHECK_INT(0, fclose(f));
}

TEST(stdio_open__says_what_closing_says)
{
    rill_double d = {.fails = RILL_DOUBLE_CLOSE, .failure = EDQUOT};
    rill *s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
    FILE *f = rill_stdio_open(s, "w", RILL_TAKE);

    CHECK_INT('x', putc('x', f));
    CHECK_INT(EOF, fclose(f));
    CHECK_INT(EDQUOT, errno);
}

#ifdef __linux__
static ssize_t count(void *cookie, const char *data, size_t n)
{
    (void)data;
    *(size_t *)cookie += n;
    return (ssize_t)n;
}

TEST(fopencookie__writes)
{
    size_t total = 0;
    FILE *f = fopencookie(&total, "w", (cookie_io_functions_t){.write = count});

    CHECK_INT(5, fprintf(f, "%05d", 7));
    CHECK_INT(0, fflush(f));
    CHECK_INT(5, total);
    CHECK_INT(0, fclose(f));
}
#endif

/*
 * double.c - tests of code that takes a stream, on days when all goes wrong.
 *
 * count_lines() and save_twice() are the code under test. A double makes the
 * stream come in pieces, or the disk full; a script plays the other end of a
 * connection. Needs librill-testing: pkg-config rill-testing.
 */
#include <errno.h>
#include <stdio.h>

#include <rill/rill.h>
#include <rill/testing/double.h>

/* The code under test: how many lines there are, or a negative code. */
static int count_lines(rill *in)
{
    const char *line;
    ptrdiff_t n;
    int count = 0;

    while ((n = rill_readline(in, &line)) > 0)
        count++;
    return n < 0 ? (int)n : count;
}

static int save_twice(rill *out, const char *text)
{
    rill_puts(out, text);
    rill_puts(out, text);
    return rill_flush(out); /* tells of the writes, too */
}

static int shown(const char *what, int ok)
{
    printf("%s - %s\n", ok ? "ok" : "FAILED", what);
    return ok;
}

/* One byte at a time: short counts are not the end of a line. */
static int test_pieces(void)
{
    rill_double d = {.piece = 1};
    rill *in =
        rill_open_double(rill_open_view("a\nbc\n\n", 6), RILL_TAKE, &d, NULL);
    int count = in ? count_lines(in) : RILL_ENOMEM;

    return shown("three lines, byte by byte", count == 3 && d.reads >= 6) &
           (rill_close(in) == 0);
}

/* A disk with room for six bytes: the failure is told, and where it was. */
static int test_full_disk(void)
{
    rill_double d = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC, .from = 6};
    rill *out = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
    rill_error e = {0};
    int rc = out ? save_twice(out, "four") : RILL_ENOMEM;

    return shown("a full disk is told", rc == RILL_ENOSPC &&
                                            rill_failed(out, &e) == rc &&
                                            e.offset == 6) &
           (rill_close(out) == rc);
}

/* All goes to the disk in one write. */
static int test_one_write(void)
{
    rill_double d = {0};
    rill *out = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &d, NULL);
    int rc = out ? save_twice(out, "four") : RILL_ENOMEM;

    return shown("one write", rc == 0 && d.writes == 1) &
           (rill_close(out) == 0);
}

/* A connection that breaks within the second line. */
static int test_broken_connection(void)
{
    static const rill_step steps[] = {
        RILL_STEP_GIVES("first\nsec"),
        RILL_STEP_INTERRUPTS,
        RILL_STEP_FAILS(ECONNRESET),
    };
    rill_script script = {.steps = steps, .count = 3};
    rill *in = rill_open_script(&script, NULL);
    int rc = in ? count_lines(in) : RILL_ENOMEM;

    return shown("a broken connection is told",
                 rc == RILL_EIO && rill_script_problem(&script) == NULL) &
           (rill_close(in) == rc);
}

int main(void)
{
    int ok = test_pieces();

    ok &= test_full_disk();
    ok &= test_one_write();
    ok &= test_broken_connection();
    return ok != 1;
}

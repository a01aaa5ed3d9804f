/*
 * test_terminals.c - pseudo-terminals: isatty, and a line as soon as it is
 * typed.
 */
#define _GNU_SOURCE
#include "os_support.h"

#include <termios.h>

/* The two sides of a terminal; the program's side without echo. */
typedef struct terminal {
    int keyboard, program;
} terminal;

static const char *no_terminals(void)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);

    if (fd < 0)
        return "no pseudo-terminals here";
    close(fd);
    return NULL;
}

static terminal open_terminal(void)
{
    struct termios mode;
    terminal t;

    t.keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(t.keyboard >= 0);
    CHECK_INT(0, grantpt(t.keyboard));
    CHECK_INT(0, unlockpt(t.keyboard));
    t.program = open(ptsname(t.keyboard), O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(t.program >= 0);
    CHECK_INT(0, tcgetattr(t.program, &mode));
    mode.c_lflag &= ~(tcflag_t)ECHO;
    mode.c_oflag &= ~(tcflag_t)OPOST;
    CHECK_INT(0, tcsetattr(t.program, TCSANOW, &mode));
    return t;
}

static void type(const terminal *t, const char *text)
{
    CHECK_INT(0, fd_write_all(t->keyboard, text, strlen(text)));
}

TEST(terminals__isatty)
{
    terminal t;
    rill *s, *m;

    SKIP_IF(no_terminals());
    t = open_terminal();
    s = rill_open_fd(t.program, "r", RILL_TAKE, NULL);
    m = rill_open_mem(NULL);
    CHECK(s && m);
    CHECK_INT(1, rill_isatty(s));
    CHECK_INT(0, rill_seekable(s));
    CHECK_INT(0, rill_isatty(m));
    CHECK_CODE(RILL_ENOTSUP, rill_tell(s));
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(s));
    close(t.keyboard);
}

/* Only what was typed is there; a line must not wait for the next. */
TEST(terminals__lines_as_typed)
{
    char *line = NULL;
    size_t size = 0;
    ptrdiff_t n;
    terminal t;
    rill *s;

    SKIP_IF(no_terminals());
    t = open_terminal();
    s = rill_open_fd(t.program, "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    type(&t, "first\n");
    CHECK_LINE(s, "first\n");
    type(&t, "second\nthird\n");
    n = rill_getline(s, &line, &size);
    CHECK_BYTES(line, n, "second\n");
    CHECK_LINE(s, "third\n");
    type(&t, "x\n");
    CHECK_INT('x', rill_getc(s));
    CHECK_INT('\n', rill_getc(s));
    free(line);
    CHECK_OK(rill_close(s));
    close(t.keyboard);
}

/* Control-D ends the data once; what is typed later is read. */
TEST(terminals__end_of_file_is_not_for_ever)
{
    char byte;
    terminal t;
    rill *s;

    SKIP_IF(no_terminals());
    t = open_terminal();
    s = rill_open_fd(t.program, "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    type(&t, "a\n\004");
    CHECK_READS(s, "a\n");
    CHECK_INT(0, rill_read(s, &byte, 1));
    CHECK_INT(1, rill_eof(s));
    type(&t, "b\n");
    CHECK_READS(s, "b\n");
    CHECK_INT(0, rill_eof(s));
    CHECK_OK(rill_close(s));
    close(t.keyboard);
}

/* A prompt is shown before the program waits for the answer. */
TEST(terminals__prompt_and_answer)
{
    char back[32];
    terminal t;
    rill *s;

    SKIP_IF(no_terminals());
    t = open_terminal();
    s = rill_open_fd(t.program, "r+", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_INT(6, rill_puts(s, "name? "));
    type(&t, "Ada\n");
    CHECK_LINE(s, "Ada\n");
    CHECK_BYTES(back, read(t.keyboard, back, sizeof(back)), "name? ");
    CHECK_INT(4, rill_puts(s, "bye\n"));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(back, read(t.keyboard, back, sizeof(back)), "bye\n");
    CHECK_OK(rill_close(s));
    close(t.keyboard);
}

/* The line is cut: EIO on Linux, which is no end of the data. */
TEST(terminals__hang_up)
{
    rill_error e;
    terminal t;
    char byte;
    ptrdiff_t n;
    rill *s;

    SKIP_IF(no_terminals());
    t = open_terminal();
    s = rill_open_fd(t.program, "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    close(t.keyboard);
    n = rill_read(s, &byte, 1);
    if (n == 0) {
        CHECK_OK(rill_close(s));
        return;
    }
    CHECK_CODE(RILL_EIO, n);
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_CODE(RILL_EIO, rill_close(s));
}

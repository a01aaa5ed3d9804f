/*
 * Scripts: steps are followed one by one; what was not foreseen, or not come
 * to, is put into words.
 */
#include "test.h"

#include <rill/testing/double.h>

#include <errno.h>

#define SCRIPT(steps)                                                 \
    {                                                                 \
        .steps = (steps), .count = sizeof(steps) / sizeof((steps)[0]) \
    }

static rill *play(rill_script *script)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_script(script, &o);
    CHECK(s != NULL);
    return s;
}

/* ---- Followed ------------------------------------------------------------- */

TEST(script__reads_step_by_step)
{
    static const rill_step steps[] = {
        RILL_STEP_GIVES("abc"), RILL_STEP_INTERRUPTS, RILL_STEP_GIVES("d\0e"),
        RILL_STEP_BLOCKS,       RILL_STEP_ENDS,       RILL_STEP_GIVES("f"),
    };
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);
    char buf[10];

    CHECK_BYTES(buf, rill_read_some(s, buf, 10), "abc");
    CHECK_BYTES(buf, rill_read_some(s, buf, 10), "d\0e");
    CHECK_CODE(RILL_EAGAIN, rill_read_some(s, buf, 10));
    CHECK_INT(0, rill_read_some(s, buf, 10));
    CHECK_INT(1, rill_eof(s));
    CHECK_BYTES(buf, rill_read_some(s, buf, 10), "f");
    CHECK_PTR(NULL, rill_script_problem(&script));
    CHECK_INT(0, rill_read_some(s, buf, 10));
    CHECK_OK(rill_close(s));
    CHECK_PTR(NULL, rill_script_problem(&script));
}

TEST(script__gives_a_step_in_parts)
{
    static const rill_step steps[] = {RILL_STEP_GIVES("abc")};
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);

    CHECK_READS(s, "a");
    CHECK_INT(1, script.moved);
    CHECK_READS(s, "bc");
    CHECK_INT(1, script.done);
    CHECK_OK(rill_close(s));
}

TEST(script__is_a_conversation)
{
    static const rill_step steps[] = {
        RILL_STEP_GIVES("220 ready\r\n"), RILL_STEP_TAKES("HELO me\r\n"),
        RILL_STEP_GIVES("250 you\r\n"),   RILL_STEP_TAKES_ANY(6),
        RILL_STEP_GIVES("221 bye\r\n"),
    };
    rill_script script = SCRIPT(steps);
    rill *s = rill_open_script(&script, NULL);
    const char *line;

    CHECK_STR("rb+", rill_mode(s));
    CHECK_CODE(RILL_ENOTSUP, rill_tell(s));
    CHECK_BYTES(line, rill_readline(s, &line), "220 ready\r\n");
    CHECK_INT(9, rill_printf(s, "HELO %s\r\n", "me"));
    CHECK_BYTES(line, rill_readline(s, &line), "250 you\r\n");
    CHECK_INT(4, rill_puts(s, "QUIT"));
    CHECK_INT(2, rill_puts(s, "\r\n"));
    CHECK_BYTES(line, rill_readline(s, &line), "221 bye\r\n");
    CHECK_OK(rill_close(s));
    CHECK_PTR(NULL, rill_script_problem(&script));
}

TEST(script__fails_as_told)
{
    static const rill_step steps[] = {
        RILL_STEP_TAKES("ab"),
        RILL_STEP_FAILS(ECONNRESET),
    };
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);
    rill_error e = {0};

    CHECK_STR("wb", rill_mode(s));
    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EIO, rill_write(s, "c", 1));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(ECONNRESET, e.os_error);
    CHECK_INT(2, e.offset);
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_PTR(NULL, rill_script_problem(&script));
}

TEST(script__takes_a_step_in_parts_and_cuts_where_it_ends)
{
    static const rill_step steps[] = {
        RILL_STEP_TAKES("abc"),
        RILL_STEP_BLOCKS,
        RILL_STEP_TAKES("de"),
    };
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_INT(2, rill_write(s, "bcde", 4)); /* then it would block */
    CHECK_INT(2, rill_write(s, "de", 2));
    CHECK_OK(rill_close(s));
    CHECK_PTR(NULL, rill_script_problem(&script));
}

/* ---- Not followed --------------------------------------------------------- */

TEST(script__says_which_step_was_not_come_to)
{
    static const rill_step steps[] = {
        RILL_STEP_GIVES("abc"),
        RILL_STEP_TAKES("x"),
    };
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);

    CHECK_READS(s, "abc");
    CHECK_STR("step 2 of 2, a write, was not come to",
              rill_script_problem(&script));
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_PTR(NULL, rill_script_problem(&script));
    CHECK_OK(rill_close(s));
}

TEST(script__says_what_was_not_foreseen)
{
    static const rill_step steps[] = {
        RILL_STEP_GIVES("abc"),
        RILL_STEP_TAKES("xyz"),
    };
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);
    char c;

    CHECK_CODE(RILL_EDATA, rill_write(s, "x", 1));
    CHECK_STR("step 1 of 2 is a read, but there was a write",
              rill_script_problem(&script));
    rill_clear(s);
    CHECK_READS(s, "abc");
    CHECK_CODE(RILL_EDATA, rill_read(s, &c, 1));
    CHECK_STR("step 1 of 2 is a read, but there was a write",
              rill_script_problem(&script)); /* the first counts */
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(script__compares_what_is_written)
{
    static const rill_step steps[] = {RILL_STEP_TAKES("abc")};
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);

    CHECK_INT(2, rill_write(s, "ab", 2));
    CHECK_CODE(RILL_EDATA, rill_write(s, "x", 1));
    CHECK_STR("step 1 of 1 is a write, but there was a write of other bytes",
              rill_script_problem(&script));
    rill_discard(s);
}

TEST(script__wants_no_write_after_its_end)
{
    static const rill_step steps[] = {RILL_STEP_TAKES("ab")};
    rill_script script = SCRIPT(steps);
    rill *s = play(&script);

    CHECK_INT(2, rill_write(s, "abc", 3)); /* the rest was refused */
    CHECK_STR("a write after the last step", rill_script_problem(&script));
    rill_discard(s);
}

TEST(script__needs_steps_that_are_some)
{
    static const rill_step bad[][1] = {
        {{0, "a", 1, 0}},
        {{5, "a", 1, 0}},
        {{RILL_STEP_READ, "", 0, 0}},
        {{RILL_STEP_READ, NULL, 1, 0}},
        {{RILL_STEP_WRITE, NULL, 0, 0}},
        {{RILL_STEP_FAIL, NULL, 0, 0}},
    };

    CHECK_PTR(NULL, rill_open_script(NULL, NULL));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        rill_script script = {.steps = bad[i], .count = 1};

        test_context("step %zu", i);
        errno = 0;
        CHECK_PTR(NULL, rill_open_script(&script, NULL));
        CHECK_INT(EINVAL, errno);
    }
}

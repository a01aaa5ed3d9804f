/*
 * The diagnostic hook: the forgotten rewind, and what went out of scope in a
 * bad state. Told once, and never of anything that is right.
 */
#include "fixture.h"

#include <rill/testing/double.h>

typedef struct told {
    int count, diagnosis;
    const rill *stream;
    char message[200];
} told;

static void hear(void *ctx, const rill *s, int diagnosis, const char *message)
{
    told *t = ctx;

    t->count++;
    t->diagnosis = diagnosis;
    t->stream = s;
    snprintf(t->message, sizeof(t->message), "%s", message);
}

static rill *open_heard(fixture *fx, told *t, const char *content)
{
    memset(t, 0, sizeof(*t));
    fx->options.diagnostic = hear;
    fx->options.diagnostic_ctx = t;
    return fixture_open_bytes(fx, "r+", content, strlen(content));
}

CONFORMS(diagnostics__not_rewound, READS | WRITES | SEEKS | OPTIONS)
{
    told t;
    rill *s;
    char c;

    s = open_heard(fx, &t, "");
    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_INT(0, t.count);
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(1, t.count);
    CHECK_INT(RILL_DIAG_NOT_REWOUND, t.diagnosis);
    CHECK_PTR(s, t.stream);
    CHECK(strlen(t.message) > 10);
    CHECK(strchr(t.message, '\n') == NULL);
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(1, t.count);
    CHECK_OK(rill_close(s));
    CHECK_INT(1, t.count);
}

CONFORMS(diagnostics__rewound, READS | WRITES | SEEKS | OPTIONS)
{
    told t;
    rill *s = open_heard(fx, &t, "");

    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "hello");
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, t.count);
}

CONFORMS(diagnostics__sought_on_purpose, READS | WRITES | SEEKS | OPTIONS)
{
    told t;
    rill *s = open_heard(fx, &t, "");
    char c;

    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_INT(5, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, t.count);
}

CONFORMS(diagnostics__read_before_it_was_written,
         READS | WRITES | SEEKS | OPTIONS)
{
    told t;
    rill *s = open_heard(fx, &t, "abc");
    char c;

    CHECK_REST(s, "abc");
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, t.count);
}

CONFORMS(diagnostics__nothing_to_read_at_all, READS | OPTIONS)
{
    told t;
    rill *s = open_heard(fx, &t, "");
    char c;

    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, t.count);
}

/* Whatever reads tells: not only rill_read(). */
TEST(diagnostics__not_rewound_whatever_reads)
{
    for (int how = 0; how < 6; how++) {
        rill_options o = RILL_OPTIONS_INIT;
        told t = {0};
        const void *p;
        const char *line;
        void *all;
        rill *s;

        o.diagnostic = hear;
        o.diagnostic_ctx = &t;
        s = rill_open_mem(&o);
        CHECK_INT(5, rill_write(s, "hello", 5));
        test_context("way %d", how);
        if (how == 0)
            CHECK_CODE(RILL_EEOF, rill_getc(s));
        else if (how == 1)
            CHECK_INT(0, rill_peek(s, &p, 1));
        else if (how == 2)
            CHECK_INT(0, rill_readline(s, &line));
        else if (how == 3)
            CHECK_INT(0, rill_read_some(s, &line, 1));
        else if (how == 4)
            CHECK_CODE(RILL_EEOF, rill_read_exact(s, &line, 1));
        else {
            CHECK_INT(0, rill_read_all(s, &all));
            rill_free(all);
        }
        CHECK_INT(1, t.count);
        CHECK_INT(RILL_DIAG_NOT_REWOUND, t.diagnosis);
        CHECK_OK(rill_close(s));
    }
}

TEST(diagnostics__without_a_hook)
{
    rill *s = rill_open_mem(NULL);

    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
}

#ifdef RILL_AUTO
static void leave_with_a_failure(told *t, int cleared)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = RILL_EIO};

    o.diagnostic = hear;
    o.diagnostic_ctx = t;
    {
        RILL_AUTO rill *s =
            rill_open_double(rill_open_mem(NULL), RILL_TAKE, &f, &o);

        CHECK_INT(1, rill_write(s, "a", 1));
        if (cleared) {
            CHECK_CODE(RILL_EIO, rill_flush(s));
            rill_clear(s);
            f.fails = 0;
        }
    }
    CHECK_INT(1, f.closes);
}

TEST(diagnostics__failure_at_the_end_of_a_scope)
{
    told t = {0}, quiet = {0};

    leave_with_a_failure(&t, 0);
    CHECK_INT(1, t.count);
    CHECK_INT(RILL_DIAG_SCOPE_EXIT, t.diagnosis);
    CHECK(strlen(t.message) > 10);
    leave_with_a_failure(&quiet, 1);
    CHECK_INT(0, quiet.count);
}

TEST(diagnostics__save_discarded_at_the_end_of_a_scope)
{
    told t = {0};
    rill_options o = RILL_OPTIONS_INIT;

    o.diagnostic = hear;
    o.diagnostic_ctx = &t;
    {
        RILL_AUTO rill *s = rill_open_with("f", "ws", &o);

        CHECK_INT(1, rill_write(s, "a", 1));
    }
    CHECK_INT(1, t.count);
    CHECK_INT(RILL_DIAG_SCOPE_EXIT, t.diagnosis);
}

static void leave_with_a_view(told *t)
{
    rill_options o = RILL_OPTIONS_INIT;
    void *view;

    o.diagnostic = hear;
    o.diagnostic_ctx = t;
    {
        RILL_AUTO rill *s = rill_open_mem(&o);

        CHECK_INT(3, rill_write(s, "abc", 3));
        CHECK_INT(3, rill_getbuffer(s, &view));
    }
}

TEST(diagnostics__view_held_at_the_end_of_a_scope)
{
    told t = {0};

    leave_with_a_view(&t);
    CHECK_INT(1, t.count);
    CHECK_INT(RILL_DIAG_SCOPE_EXIT, t.diagnosis);
}

TEST(diagnostics__good_end_of_a_scope)
{
    told t = {0};
    rill_options o = RILL_OPTIONS_INIT;

    o.diagnostic = hear;
    o.diagnostic_ctx = &t;
    {
        RILL_AUTO rill *s = rill_open_mem(&o);

        CHECK_INT(3, rill_write(s, "abc", 3));
    }
    CHECK_INT(0, t.count);
}
#endif

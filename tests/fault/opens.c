/*
 * opens.c - what is only opened, looked at and closed; and what holds two
 * streams at a time.
 */
#include "sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 100 };

/* The result of an open that failed: it set errno, or it is a mistake. */
static int not_opened(void)
{
    if (errno == 0)
        rill_fault_wrong("a failed open does not set errno");
    return RILL_EIO;
}

/* Write and read a little, and close. */
static int use_and_close(rill *s)
{
    char buf[8];
    int rc;

    if (!s)
        return not_opened();
    if (rill_writable(s))
        rill_puts(s, "written");
    if (rill_seekable(s))
        (void)rill_rewind(s);
    if (rill_readable(s))
        (void)rill_read(s, buf, sizeof(buf));
    rc = rill_close(s);
    return rc;
}

static int open_null(void *ctx)
{
    (void)ctx;
    return use_and_close(rill_open_null());
}

static int open_view(void *ctx)
{
    (void)ctx;
    return use_and_close(rill_open_view("view", 4));
}

static int open_fixed(void *ctx)
{
    unsigned char room[ROOM];

    (void)ctx;
    return use_and_close(rill_open_fixed(room, sizeof(room), NULL));
}

static int open_in_storage(void *ctx)
{
    rill_storage storage;

    (void)ctx;
    return use_and_close(rill_init_mem(&storage));
}

/* A stream takes memory only if it can be opened. */
static int open_taking(void *ctx)
{
    char *data = calloc(1, ROOM);
    rill *s = data ? rill_open_mem_take(data, ROOM, NULL) : NULL;

    (void)ctx;
    if (!s)
        free(data);
    return use_and_close(s);
}

static int open_with_hint(void *ctx)
{
    rill_options o = RILL_OPTIONS_INIT;

    (void)ctx;
    o.size_hint = 4096;
    return use_and_close(rill_open_with("hinted", "w+", &o));
}

static int open_for_append(void *ctx)
{
    (void)ctx;
    return use_and_close(rill_open("appended", "a+"));
}

static int worse(int a, int b)
{
    return a < 0 ? a : b;
}

/* Text is written, found again, and read by lines and characters. */
static int use_text(rill *s)
{
    rill_text_position here = {0};
    const char *line;
    int rc;

    if (!s)
        return not_opened();
    rill_puts(s, "one\ntw");
    rc = rill_text_tell(s, &here);
    rill_puts(s, "\xc3\xb6\n");
    rc = worse(rc, rill_text_rewind(s));
    rc = worse(rc, (int)rill_text_readline(s, &line));
    rc = worse(rc, rill_text_seek(s, &here));
    if (rc >= 0 && rill_getchar(s) != 0xf6)
        rc = rill_failed(s, NULL) ? RILL_EIO : rill_text_seek(s, &here);
    rc = worse(rc, rill_text_seek_end(s));
    rc = worse(rc, rill_close(s));
    return rc < 0 ? rc : RILL_OK;
}

static int open_text(void *ctx)
{
    rill_options o = RILL_OPTIONS_INIT;

    (void)ctx;
    o.encoding = "utf-16";
    o.newline = RILL_NEWLINE_CRLF;
    return use_text(rill_open_with("text", "w+t", &o));
}

/* Whether the C library has it, which a static one has not. */
static bool iconv_knows(const char *encoding)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.encoding = encoding;
    s = rill_open_text(rill_open_null(), RILL_TAKE, &o);
    rill_discard(s);
    return s != NULL;
}

/* One of the C library's encodings: it allocates, too. */
static int open_text_of_iconv(void *ctx)
{
    rill_options o = RILL_OPTIONS_INIT;

    (void)ctx;
    o.encoding = "iso-8859-15";
    return use_text(rill_open_with("text", "w+t", &o));
}

static int open_string(void *ctx)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;
    int rc;

    (void)ctx;
    s = rill_open_string("a\nstring", 8, NULL);
    rc = s ? rill_close(s) : not_opened();
    o.newline = RILL_NEWLINE_CRLF;
    return worse(rc, use_text(rill_open_string("\n", 1, &o)));
}

/* Two streams behind one lock, and sections of one file. */
static int share_one(void *ctx)
{
    rill *s = rill_open_mem(NULL), *one, *two;
    rill_shared *shared = s ? rill_share(s) : NULL;
    int rc;

    (void)ctx;
    if (!shared) {
        rc = not_opened();
        rill_discard(s);
        return rc;
    }
    one = rill_open_locked(shared, NULL);
    two = rill_open_locked(shared, NULL);
    rc = one && two ? RILL_OK : not_opened();
    if (one)
        rill_puts(one, "one");
    if (two)
        rill_puts(two, "two");
    rc = worse(rc, rill_close(one));
    rc = worse(rc, rill_close(two));
    return worse(rc, rill_unshare(shared));
}

static int cut_into_sections(void *ctx)
{
    rill *s = rill_open_mem_copy("0123456789", 10, NULL), *one, *two;
    int rc;

    (void)ctx;
    if (!s)
        return not_opened();
    one = rill_open_section(s, 0, 5, NULL);
    two = rill_open_section(s, 5, -1, NULL);
    rc = one && two ? RILL_OK : not_opened();
    if (one && rill_puts(one, "one") < 0)
        rc = RILL_EIO;
    if (two && rill_puts(two, "two more") < 0)
        rc = RILL_EIO;
    rc = worse(rc, rill_close(one));
    rc = worse(rc, rill_close(two));
    return worse(rc, rill_close(s));
}

void sweep_opens(sweep_run *sweep)
{
    static const struct {
        const char *name;
        int (*run)(void *ctx);
    } ways[] = {
        {"null", open_null},
        {"view", open_view},
        {"fixed", open_fixed},
        {"in_storage", open_in_storage},
        {"taking", open_taking},
        {"hinted", open_with_hint},
        {"appending", open_for_append},
        {"text", open_text},
        {"iconv", open_text_of_iconv},
        {"string", open_string},
        {"sharing", share_one},
        {"sections", cut_into_sections},
    };
    char name[64];

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        rill_fault_plan plan = {.name = name, .run = ways[i].run};

        if (ways[i].run == open_text_of_iconv && !iconv_knows("iso-8859-15"))
            continue;
        snprintf(name, sizeof(name), "open[%s]", ways[i].name);
        sweep(&plan);
    }
}

/*
 * test_options.c - rill_options as a struct that may grow: what `struct_size`
 * says is believed. Too small is a mistake of the caller's; a longer struct, of
 * a newer header, is fine as long as it asks for nothing that is not known.
 */
#include "test.h"

#include <errno.h>

/* Each way to open that heeds options. */
static rill *open_file(const rill_options *o)
{
    test_write_file("f", "content", 7);
    return rill_open_with("f", "r", o);
}

static rill *open_mem(const rill_options *o)
{
    return rill_open_mem(o);
}

static rill *open_copy(const rill_options *o)
{
    return rill_open_mem_copy("content", 7, o);
}

static rill *open_fixed(const rill_options *o)
{
    static char room[16];

    return rill_open_fixed(room, sizeof(room), o);
}

static rill *open_spool(const rill_options *o)
{
    return rill_open_spool(100, o);
}

typedef rill *opener(const rill_options *o);

static opener *const openers[] = {open_file, open_mem, open_copy, open_fixed,
                                  open_spool};

enum { OPENERS = sizeof(openers) / sizeof(openers[0]) };

TEST(options__initialiser)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_options zero;

    CHECK_INT(sizeof(rill_options), o.struct_size);
    memset(&zero, 0, sizeof(zero));
    o.struct_size = 0;
    CHECK(o.error == zero.error && o.allocator == zero.allocator);
    CHECK(o.diagnostic == zero.diagnostic && !o.diagnostic_ctx);
    CHECK_INT(0, o.buffer_size);
    CHECK_INT(0, o.window_limit);
    CHECK_INT(0, o.size_hint);
    CHECK_INT(0, o.permissions);
    CHECK_INT(0, o.exclusive);
    CHECK_INT(0, o.inheritable);
    CHECK_INT(0, o.max_size);
    CHECK_INT(0, o.length);
}

TEST(options__defaults)
{
    rill_options o = RILL_OPTIONS_INIT;

    for (size_t i = 0; i < OPENERS; i++) {
        rill *s = openers[i](&o);

        CHECK(s != NULL);
        CHECK_OK(rill_close(s));
    }
}

/* A struct that was not initialised, or is another. */
TEST(options__struct_too_small)
{
    static const size_t sizes[] = {0, 1, 8, sizeof(rill_options) / 2,
                                   sizeof(rill_options) - 1};

    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        for (size_t i = 0; i < OPENERS; i++) {
            rill_options o = RILL_OPTIONS_INIT;

            o.struct_size = sizes[k];
            errno = 0;
            CHECK_PTR(NULL, openers[i](&o));
            CHECK_INT(EINVAL, errno);
        }
    }
}

/* Refused before anything is done to the file. */
TEST(options__refused_before_the_file_is_cut)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.struct_size = 4;
    test_write_file("old", "content", 7);
    CHECK_PTR(NULL, rill_open_with("old", "w", &o));
    CHECK_INT(EINVAL, errno);
    CHECK_FILE("old", "content");
}

/* A newer header's struct, whose new options are left at their defaults. */
typedef struct newer_options {
    rill_options now;
    int64_t more[4];
} newer_options;

TEST(options__struct_of_a_newer_header)
{
    for (size_t i = 0; i < OPENERS; i++) {
        newer_options n = {RILL_OPTIONS_INIT, {0}};
        rill *s;

        n.now.struct_size = sizeof(n);
        s = openers[i](&n.now);
        CHECK(s != NULL);
        CHECK_OK(rill_close(s));
    }
}

/* What an older library does not know it may not pretend to do. */
TEST(options__option_of_a_newer_header)
{
    for (size_t i = 0; i < OPENERS; i++) {
        newer_options n = {RILL_OPTIONS_INIT, {0, 0, 1, 0}};

        n.now.struct_size = sizeof(n);
        errno = 0;
        CHECK_PTR(NULL, openers[i](&n.now));
        CHECK_INT(EINVAL, errno);
    }
}

/* The failed open is told about where it was asked to be. */
TEST(options__error)
{
    rill_error e;
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    memset(&e, 0x5a, sizeof(e));
    o.error = &e;
    CHECK_PTR(NULL, rill_open_with("missing", "r", &o));
    CHECK_INT(RILL_EIO, e.code);
    CHECK_INT(ENOENT, e.os_error);
    CHECK_INT(-1, e.offset);
    CHECK_STR("open", e.operation);
    CHECK_STR("missing", e.path);
    /* And left alone where all is well. */
    e.code = 77;
    s = open_file(&o);
    CHECK(s != NULL);
    CHECK_INT(77, e.code);
    CHECK_OK(rill_close(s));
}

/* The struct is borrowed for the call only. */
TEST(options__borrowed_for_the_call)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = 16;
    o.max_size = 100;
    s = rill_open_mem(&o);
    CHECK(s != NULL);
    memset(&o, 0x5a, sizeof(o));
    CHECK_INT(5, rill_puts(s, "hello"));
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "hello");
    CHECK_OK(rill_close(s));
}

/* Numbers that cannot be meant. */
TEST(options__nonsense)
{
    rill_options o = RILL_OPTIONS_INIT;
    char room[8];

    o.length = 9;
    errno = 0;
    CHECK_PTR(NULL, rill_open_fixed(room, 8, &o));
    CHECK_INT(EINVAL, errno);
    o = (rill_options)RILL_OPTIONS_INIT;
    o.buffer_size = -2;
    errno = 0;
    CHECK_PTR(NULL, open_file(&o));
    CHECK_INT(EINVAL, errno);
}

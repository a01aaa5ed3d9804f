/*
 * test_layout.c - what programs built with an older Rill rely on: where the
 * window lies, the numbers of the codes, the sizes of what callers hold.
 *
 * Most of it is checked by the compiler. A failure here is a new soname.
 */
#include "test.h"

#include <errno.h>

#include <rill/ops.h>

#define SAME(a, b) _Static_assert((a) == (b), #a " has moved")

/* The window is four pointers, and nothing else of a stream is public. */
SAME(offsetof(rill, rpos), 0 * sizeof(void *));
SAME(offsetof(rill, rend), 1 * sizeof(void *));
SAME(offsetof(rill, wpos), 2 * sizeof(void *));
SAME(offsetof(rill, wend), 3 * sizeof(void *));
SAME(sizeof(rill), 4 * sizeof(void *));

_Static_assert(sizeof(rill_storage) >= 256, "less room than promised");
_Static_assert(sizeof(rill_storage) % sizeof(void *) == 0, "odd size");

SAME(RILL_OK, 0);
SAME(RILL_EINVAL, -1);
SAME(RILL_ENOTSUP, -2);
SAME(RILL_ENOMEM, -3);
SAME(RILL_EIO, -4);
SAME(RILL_ERANGE, -5);
SAME(RILL_ENOSPC, -6);
SAME(RILL_EAGAIN, -7);
SAME(RILL_EEOF, -8);
SAME(RILL_EBUSY, -9);
SAME(RILL_ELIMIT, -10);
SAME(RILL_EDATA, -11);
SAME(RILL_EINTR, -12);

SAME(RILL_SEEK_SET, SEEK_SET);
SAME(RILL_SEEK_CUR, SEEK_CUR);
SAME(RILL_SEEK_END, SEEK_END);
SAME(RILL_UNBUFFERED, -1);
SAME(RILL_BORROW, 0);
SAME(RILL_TAKE, 1);
SAME(RILL_READ | RILL_WRITE | RILL_APPEND, 7);
SAME(RILL_NEWLINE_UNIVERSAL, 1);
SAME(RILL_NEWLINE_CRLF, 5);
SAME(RILL_TEXT_REPLACE, 1);
SAME(RILL_SEEN_CR | RILL_SEEN_LF | RILL_SEEN_CRLF, 7);

/* The structs that grow say their own size, first. */
SAME(offsetof(rill_options, struct_size), 0);
SAME(offsetof(rill_ops, struct_size), 0);

#if UINTPTR_MAX == UINT64_MAX && defined(__linux__)
SAME(offsetof(rill_options, buffer_size), 40);
SAME(offsetof(rill_options, permissions), 64);
SAME(offsetof(rill_options, max_size), 80);
SAME(offsetof(rill_options, save), 96);
SAME(offsetof(rill_options, encoding), 104);
SAME(offsetof(rill_options, line_buffering), 120);
SAME(offsetof(rill_options, codec), 128);
SAME(sizeof(rill_options), 144);
SAME(offsetof(rill_ops, read), 32);
SAME(offsetof(rill_ops, close), 144);
SAME(sizeof(rill_error), 32);
SAME(sizeof(rill_iovec), 16);
SAME(sizeof(rill_flat), 24);
SAME(sizeof(rill_line), 16);
SAME(sizeof(rill_text_position), 16);
SAME(sizeof(rill_newlines), 12);
#endif

/* How large this program's rill_lines is must be what the library fills. */
TEST(layout__lines_keep_to_their_size)
{
    struct {
        rill_lines it;
        unsigned char guard[64];
    } held;
    rill *s = rill_open_view("a\nb\n", 4);
    rill_line line;

    memset(&held, 0xa5, sizeof(held));
    rill_lines_begin(&held.it, s, '\n');
    while (rill_lines_next(&held.it, &line))
        CHECK_INT(2, line.len);
    CHECK_OK(rill_lines_end(&held.it));
    for (size_t i = 0; i < sizeof(held.guard); i++)
        CHECK_INT(0xa5, held.guard[i]);
    CHECK_OK(rill_close(s));
}

TEST(layout__storage_keeps_to_its_size)
{
    struct {
        rill_storage storage;
        unsigned char guard[64];
    } held;
    rill *s;

    memset(&held, 0xa5, sizeof(held));
    s = rill_init_mem(&held.storage);
    CHECK_PTR(&held.storage, s);
    for (int i = 0; i < 1000; i++)
        CHECK_INT('x', rill_putc(s, 'x'));
    for (size_t i = 0; i < sizeof(held.guard); i++)
        CHECK_INT(0xa5, held.guard[i]);
    CHECK_OK(rill_close(s));
}

/* A program built with a later Rill passes a longer struct: fine, unless it
 * asks for what this one does not have. */
TEST(layout__options_of_a_later_program)
{
    struct {
        rill_options o;
        unsigned char later[16];
    } held;
    rill *s;

    memset(&held, 0, sizeof(held));
    held.o.struct_size = sizeof(held);
    s = rill_open_mem(&held.o);
    CHECK(s != NULL);
    CHECK_INT(5, rill_puts(s, "hello"));
    CHECK_OK(rill_close(s));

    held.later[3] = 1;
    errno = 0;
    CHECK_PTR(NULL, rill_open_mem(&held.o));
    CHECK_INT(EINVAL, errno);
}

TEST(layout__the_version_is_the_header_s)
{
    char text[32];

    snprintf(text, sizeof(text), "%d.%d.%d", RILL_VERSION_MAJOR,
             RILL_VERSION_MINOR, RILL_VERSION_PATCH);
    CHECK_STR(RILL_VERSION, text);
    CHECK_STR(RILL_VERSION, rill_version());
}

/*
 * test_boundaries_of_text.c - the edges of test_boundaries.c in text: positions
 * that were made up, counts of characters, characters that are none, options.
 */
#include "edges.h"

ON_EACH_KIND(boundaries__read_chars, READS)
{
    for (size_t i = 0; i < EDGES; i++) {
        char back[CONTENT_LEN + 1];
        subject t;

        if (!length_of_edge(i))
            continue;
        test_context("%s, %#zx", kind->name, length);
        subject_open(&t, kind);
        CHECK_INT(too_long() ? RILL_ERANGE : 0,
                  rill_read_chars(t.s, back, length, 0));
        if (kind->can & EMPTY) {
            CHECK_INT(0, rill_read_chars(t.s, back, sizeof(back), length));
        } else {
            CHECK_CODE(RILL_ERANGE, rill_read_chars(t.s, back, 0, length));
            subject_is_unchanged(&t, 0);
        }
        subject_drop(&t);
        if (kind->can & EMPTY)
            continue;
        subject_open(&t, kind);
        CHECK_MEM(back, rill_read_chars(t.s, back, sizeof(back), length),
                  CONTENT, CONTENT_LEN);
        subject_drop(&t);
    }
}

ON_EACH_KIND(boundaries__putchar, WRITES)
{
    subject t;

    subject_open(&t, kind);
    for (int i = 0; i < INTS; i++) {
        uint32_t character = (uint32_t)ints[i];
        bool valid =
            character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);

        test_context("%s, %#x", kind->name, (unsigned)character);
        if (!valid)
            CHECK_CODE(RILL_EINVAL, rill_putchar(t.s, character));
    }
    if (!(kind->can & APPENDS))
        subject_is_unchanged(&t, 0);
    for (uint32_t character = 0xd7ff; character <= 0x110000;
         character += character == 0xd7ff ? 0x801 : 0x101fff) {
        ptrdiff_t n = rill_putchar(t.s, character);

        test_context("%s, %#x", kind->name, (unsigned)character);
        CHECK(n == (character < 0x10000 ? 3 : 4) || n == RILL_EAGAIN);
    }
    subject_drop(&t);
}

/* A position from anywhere: an error, or another place; never more. */
static void seek_to(subject *t, int64_t offset, uint32_t state, uint32_t skip)
{
    rill_text_position made_up = {offset, state, skip};
    int rc = rill_text_seek(t->s, &made_up);
    char back[100];
    ptrdiff_t n;

    test_context("%s, at %lld, %#x, %#x", t->kind->name, (long long)offset,
                 (unsigned)state, (unsigned)skip);
    CHECK(rc <= 0);
    if (offset < 0)
        CHECK(rc == RILL_EINVAL || rc == RILL_ENOTSUP);
    CHECK_OK(rill_failed(t->s, NULL));
    n = rill_read(t->s, back, sizeof(back));
    CHECK(n <= CONTENT_LEN);
}

ON_EACH_KIND(boundaries__text_positions, 0)
{
    for (size_t i = 0; i < EDGES; i++) {
        subject t;

        subject_open(&t, kind);
        seek_to(&t, signed_edge(i), 0, 0);
        seek_to(&t, 0, (uint32_t)edges[i], 0);
        seek_to(&t, 0, 0, (uint32_t)edges[i]);
        seek_to(&t, signed_edge(i), (uint32_t)edges[i], (uint32_t)edges[i]);
        subject_drop(&t);
    }
}

TEST(boundaries__strings)
{
    rill_options o = RILL_OPTIONS_INIT;

    for (size_t i = 0; i < EDGES; i++) {
        if (!length_of_edge(i))
            continue;
        test_context("length %#zx", length);
        for (o.newline = 0; o.newline <= RILL_NEWLINE_CRLF; o.newline++) {
            CHECK(rill_open_string(NULL, length, &o) == NULL);
            if (too_long())
                CHECK(rill_open_string((char *)zeros, length, &o) == NULL);
        }
    }
}

TEST(boundaries__text_options)
{
    rill *s = rill_open_view("", 0);

    for (int i = 0; i < INTS; i++) {
        rill_options o = RILL_OPTIONS_INIT;

        o.newline = ints[i];
        CHECK(rill_open_text(s, RILL_TAKE, &o) == NULL);
        o.newline = 0;
        o.text_errors = ints[i];
        CHECK(rill_open_text(s, RILL_TAKE, &o) == NULL);
        CHECK(rill_open_text(s, ints[i], NULL) == NULL);
    }
    CHECK_OK(rill_close(s));
}

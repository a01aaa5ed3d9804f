/*
 * rill_getc() and rill_putc(): one byte, as an unsigned number.
 */
#include "fixture.h"

CONFORMS(getc__all_256_bytes, READS | BINARY)
{
    unsigned char all[256];
    rill *s;

    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    s = fixture_open_bytes(fx, "r+", all, sizeof(all));
    for (int i = 0; i < 256; i++)
        CHECK_INT(i, rill_getc(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(1, rill_eof(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(getc__of_nothing, READS)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(getc__putc_all_256_bytes, WRITES | BINARY)
{
    rill *s = fixture_open(fx, "");

    for (int i = 0; i < 256; i++)
        CHECK_INT(i, rill_putc(s, i));
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS)) {
        CHECK_INT(256, fx->bytes.len);
        for (int i = 0; i < 256; i++)
            CHECK_INT(i, fx->bytes.data[i]);
    }
}

CONFORMS(getc__putc_takes_a_byte, WRITES | BINARY)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(0xff, rill_putc(s, -1));
    CHECK_INT(0x34, rill_putc(s, 0x1234));
    CHECK_INT(0, rill_putc(s, 0x100));
    CHECK_LEAVES(fx, s, "\xff\x34\0");
}

CONFORMS(getc__and_putc_in_turns, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefgh");

    for (int i = 0; i < 4; i++) {
        CHECK_INT('a' + 2 * i, rill_getc(s));
        CHECK_INT('0' + i, rill_putc(s, '0' + i));
    }
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT('!', rill_putc(s, '!'));
    CHECK_LEAVES(fx, s, "a0c1e2g3!");
}

CONFORMS(getc__mixed_with_reads, READS)
{
    rill *s = fixture_open(fx, "hello world");

    CHECK_INT('h', rill_getc(s));
    CHECK_READS(s, "ello");
    CHECK_INT(' ', rill_getc(s));
    CHECK_READS(s, "worl");
    CHECK_INT('d', rill_getc(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(getc__of_much, READS)
{
    enum { SIZE = 140000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char *want = test_alloc(SIZE);

    test_pattern(want, SIZE, 0);
    for (int i = 0; i < SIZE; i++)
        if (rill_getc(s) != want[i])
            FAIL("byte %d is another", i);
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
    free(want);
}

/*
 * rill_printf(): as printf(), whatever fits or does not fit into the window.
 */
#include "fixture.h"

#include <wchar.h>

CONFORMS(printf__formats, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(15, rill_printf(s, "%s %d %#x %5.1f", "a", -1, 255, 3.14));
    CHECK_INT(0, rill_printf(s, "%s", ""));
    CHECK_INT(4, rill_printf(s, "%c%%%c\n", 'x', 'y'));
    CHECK_LEAVES(fx, s, "a -1 0xff   3.1x%y\n");
}

CONFORMS(printf__of_nuls, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(3, rill_printf(s, "a%cb", 0));
    CHECK_LEAVES(fx, s, "a\0b");
}

CONFORMS(printf__between_writes, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(1, rill_write(s, "<", 1));
    CHECK_INT(5, rill_printf(s, "%05d", 42));
    CHECK_INT('>', rill_putc(s, '>'));
    CHECK_LEAVES(fx, s, "<00042>");
}

/* Its final NUL would be the byte behind. */
CONFORMS(printf__touches_only_what_it_writes, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefgh");

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_INT(2, rill_printf(s, "%s", "XY"));
    CHECK_REST(s, "efgh");
    CHECK_INT(6, rill_seek(s, 6, RILL_SEEK_SET));
    CHECK_INT(2, rill_printf(s, "%d", 78));
    CHECK_LEAVES(fx, s, "abXYef78");
}

CONFORMS(printf__in_the_middle_of_writing, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefghijkl");

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "1", 1));
    CHECK_INT(2, rill_printf(s, "%d", 23));
    CHECK_INT(2, rill_printf(s, "%d", 45));
    CHECK_REST(s, "hijkl");
    CHECK_LEAVES(fx, s, "ab12345hijkl");
}

CONFORMS(printf__past_a_gap, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "ab");

    CHECK_INT(4, rill_seek(s, 4, RILL_SEEK_SET));
    CHECK_INT(0, rill_printf(s, "%s", ""));
    CHECK_INT(2, rill_size(s));
    CHECK_INT(2, rill_printf(s, "%d", 42));
    CHECK_LEAVES(fx, s, "ab\0\00042");
}

CONFORMS(printf__of_every_length, WRITES)
{
    rill *s = fixture_open(fx, "");
    size_t total = 0;

    for (int n = 1; n < 300; n++) {
        CHECK_INT(n, rill_printf(s, "%*d", n, n % 10));
        total += (size_t)n;
    }
    fixture_close(fx, s);
    if (fx->row->can & FORGETS)
        return;
    CHECK_INT(total, fx->bytes.len);
    for (size_t n = 1, at = 0; n < 300; at += n, n++)
        for (size_t i = 0; i < n; i++)
            CHECK_INT(i == n - 1 ? (int)('0' + n % 10) : ' ',
                      fx->bytes.data[at + i]);
}

CONFORMS(printf__longer_than_any_buffer, WRITES)
{
    enum { SIZE = 200000 };
    char *text = test_alloc(SIZE + 1);
    rill *s = fixture_open(fx, "");

    memset(text, 'x', SIZE);
    text[SIZE] = '\0';
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(SIZE + 2, rill_printf(s, "<%s>", text));
    CHECK_INT(SIZE, rill_printf(s, "%*d", SIZE, 7));
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS)) {
        CHECK_INT(2 * SIZE + 5, fx->bytes.len);
        CHECK_BYTES(fx->bytes.data, 5, "abc<x");
        CHECK_MEM(fx->bytes.data + 4, SIZE, text, SIZE);
        CHECK_BYTES(fx->bytes.data + SIZE + 3, 3, "x> ");
        CHECK_BYTES(fx->bytes.data + 2 * SIZE + 3, 2, " 7");
    }
    free(text);
}

CONFORMS(printf__moves_the_position, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "a");
    CHECK_INT(3, rill_printf(s, "%d", 123));
    CHECK_INT(4, rill_tell(s));
    CHECK_READS(s, "ef");
    CHECK_LEAVES(fx, s, "a123ef");
}

CONFORMS(printf__what_cannot_be_formatted, WRITES)
{
    static const wchar_t bad[] = {'a', 0x1234, 0};
    rill *s = fixture_open(fx, "");

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_EDATA, rill_printf(s, "xyz%ls", bad));
    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_LEAVES(fx, s, "abcdef");
}

static int64_t through_vprintf(rill *s, const char *format, ...)
    RILL_PRINTF(2, 3);

static int64_t through_vprintf(rill *s, const char *format, ...)
{
    va_list args;
    int64_t n;

    va_start(args, format);
    n = rill_vprintf(s, format, args);
    va_end(args);
    return n;
}

CONFORMS(printf__vprintf, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(6, through_vprintf(s, "%s-%d", "four", 4));
    CHECK_INT(300, through_vprintf(s, "%*s", 300, "x"));
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS)) {
        CHECK_INT(306, fx->bytes.len);
        CHECK_BYTES(fx->bytes.data, 7, "four-4 ");
    }
}

CONFORMS(printf__in_a_reader, READS | MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");

    CHECK_CODE(RILL_ENOTSUP, rill_printf(s, "%d", 1));
    CHECK_LEAVES(fx, s, "abc");
}

TEST(printf__fills_a_fixed_buffer_to_the_last_byte)
{
    char room[8] = "########";
    rill *s = rill_open_fixed(room, 5, NULL);

    CHECK_INT(5, rill_printf(s, "%s", "hello"));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(room, 8, "hello###");
}

TEST(printf__leaves_no_nul_in_a_fixed_buffer)
{
    char room[8] = "########";
    rill *s = rill_open_fixed(room, sizeof(room), NULL);

    CHECK_INT('a', rill_putc(s, 'a'));
    CHECK_INT(3, rill_printf(s, "%d", 123));
    CHECK_INT(2, rill_printf(s, "%s", "bc"));
    CHECK_BYTES(room, 8, "a123bc##");
    CHECK_OK(rill_close(s));
    CHECK_BYTES(room, 8, "a123bc##");
}

TEST(printf__more_than_a_fixed_buffer_has)
{
    char room[8] = "########";
    rill *s = rill_open_fixed(room, 5, NULL);

    CHECK_INT(5, rill_printf(s, "%d", 1234567));
    CHECK_CODE(RILL_ENOSPC, rill_printf(s, "%d", 1));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_BYTES(room, 8, "12345###");
}

/*
 * rill_copy(): the same bytes between any two stores, positions moved, nothing
 * lost.
 */
#include "fixture.h"

/* Copy `size` bytes of a pattern, from `skip` on, behind "ab" in `to`. */
typedef struct job {
    size_t size, skip;
    int64_t n;
} job;

static size_t wanted(const job *j)
{
    size_t left = j->size - j->skip;

    return j->n < 0 || (uint64_t)j->n > left ? left : (size_t)j->n;
}

static void copy(fixture *from, fixture *to, const job *j)
{
    rill *src = fixture_open_pattern(from, j->size);
    rill *dst = fixture_open(to, "");
    unsigned char *want = test_alloc(j->size + 4);
    size_t n = wanted(j);
    char c;

    test_pattern(want + 2, j->size, 0);
    CHECK_OK(rill_read_exact(src, want, j->skip));
    test_pattern(want + 2, n, (int64_t)j->skip);
    memcpy(want, "ab", 2);
    want[2 + n] = 'z';
    CHECK_INT(2, rill_write(dst, "ab", 2));
    CHECK_INT(n, rill_copy(dst, src, j->n));
    CHECK_INT('z', rill_putc(dst, 'z'));
    if (to->row->can & SEEKS)
        CHECK_INT(n + 3, rill_tell(dst));
    if (from->row->can & SEEKS)
        CHECK_INT(j->skip + n, rill_tell(src));
    if (j->skip + n < j->size) {
        test_pattern(&c, 1, (int64_t)(j->skip + n));
        CHECK_INT((unsigned char)c, rill_getc(src));
    } else {
        CHECK_INT(0, rill_read(src, &c, 1));
    }
    CHECK_OK(rill_close(src));
    fixture_close(to, dst);
    if (!(to->row->can & FORGETS))
        CHECK_MEM(to->bytes.data, to->bytes.len, want, n + 3);
    free(want);
}

static void copy_to_all(const fixture_row *src, const job *j)
{
    const fixture_row *dst;

    for (size_t i = 0; (dst = fixture_partner(i)) != NULL; i++) {
        fixture *from, *to;

        if (!(dst->can & WRITES) || dst->can & BLOCKS)
            continue;
        from = fixture_start(src);
        to = fixture_start(dst);
        test_context("copy to %s: %zu bytes, from %zu on, %lld of them",
                     dst->name, j->size, j->skip, (long long)j->n);
        copy(from, to, j);
        fixture_stop(from);
        fixture_stop(to);
    }
}

CONFORMS(copy__of_nothing, READS)
{
    copy_to_all(fx->row, &(job){0, 0, -1});
    copy_to_all(fx->row, &(job){5, 0, 0});
    copy_to_all(fx->row, &(job){5, 5, -1});
}

CONFORMS(copy__of_a_few_bytes, READS)
{
    copy_to_all(fx->row, &(job){11, 0, -1});
    copy_to_all(fx->row, &(job){11, 3, -1});
    copy_to_all(fx->row, &(job){11, 3, 4});
    copy_to_all(fx->row, &(job){11, 3, 8});
    copy_to_all(fx->row, &(job){11, 3, 9});
    copy_to_all(fx->row, &(job){11, 0, INT64_MAX});
}

CONFORMS(copy__of_much, READS)
{
    copy_to_all(fx->row, &(job){70001, 1, -1});
    copy_to_all(fx->row, &(job){70001, 10, 65536});
}

CONFORMS(copy__of_more_than_any_buffer, READS)
{
    if (fx->row->setting == 1)
        return; /* slow, and no different from 70001 bytes */
    copy_to_all(fx->row, &(job){280000, 7, -1});
}

/* Between files the system may do it by itself, if it is worth it. */
static void copy_between(const char *src, const char *dst, const job *j)
{
    fixture *from = fixture_start(fixture_row_named(src));
    fixture *to = fixture_start(fixture_row_named(dst));

    test_context("%s to %s: %zu bytes, from %zu on, %lld of them", src, dst,
                 j->size, j->skip, (long long)j->n);
    copy(from, to, j);
    fixture_stop(from);
    fixture_stop(to);
}

TEST(copy__of_large_files)
{
    static const char *const kinds[] = {"file", "file_unbuffered", "fd",
                                        "spool_0"};

    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            copy_between(kinds[i], kinds[k], &(job){2500000, 5, -1});
            copy_between(kinds[i], kinds[k], &(job){2500000, 3, 1100001});
            copy_between(kinds[i], kinds[k], &(job){2500000, 7, 2499993});
        }
    }
}

TEST(copy__of_a_large_file_over_another)
{
    enum { SIZE = 3000000, AT = 100000, COPIED = 1500000 };
    unsigned char *a = test_alloc(SIZE), *b = test_alloc(SIZE), *got;
    rill *src, *dst;
    size_t len;

    test_pattern(a, SIZE, 0);
    test_pattern(b, SIZE, 12345);
    test_write_file("src", a, SIZE);
    test_write_file("dst", b, SIZE);
    src = rill_open("src", "r+");
    dst = rill_open("dst", "r+");
    /* Something read ahead, and something not yet written, on both sides. */
    CHECK_INT(a[0], rill_getc(src));
    CHECK_INT(3, rill_write(src, "new", 3));
    memcpy(a + 1, "new", 3);
    CHECK_INT(1, rill_seek(src, 1, RILL_SEEK_SET));
    CHECK_INT(AT, rill_seek(dst, AT, RILL_SEEK_SET));
    CHECK_INT(b[AT], rill_getc(dst));
    CHECK_INT(2, rill_write(dst, "XY", 2));
    CHECK_INT(COPIED, rill_copy(dst, src, COPIED));
    CHECK_INT(AT + 3 + COPIED, rill_tell(dst));
    CHECK_INT(b[AT + 3 + COPIED], rill_getc(dst));
    CHECK_INT(a[1 + COPIED], rill_getc(src));
    CHECK_OK(rill_close(src));
    CHECK_OK(rill_close(dst));
    memcpy(b + AT + 1, "XY", 2);
    memcpy(b + AT + 3, a + 1, COPIED);
    got = test_read_file("dst", &len);
    CHECK_MEM(got, len, b, SIZE);
    free(got);
    free(a);
    free(b);
}

TEST(copy__of_a_large_file_past_a_gap)
{
    enum { SIZE = 1500000 };
    unsigned char *want = calloc(1, SIZE + 10), *got;
    rill *src, *dst;
    size_t len;

    test_pattern(want + 10, SIZE, 0);
    test_write_file("src", want + 10, SIZE);
    src = rill_open("src", "r");
    dst = rill_open("dst", "w");
    CHECK_INT(10, rill_seek(dst, 10, RILL_SEEK_SET));
    CHECK_INT(SIZE, rill_copy(dst, src, -1));
    CHECK_INT(SIZE + 10, rill_tell(dst));
    CHECK_OK(rill_close(src));
    CHECK_OK(rill_close(dst));
    got = test_read_file("dst", &len);
    CHECK_MEM(got, len, want, SIZE + 10);
    free(got);
    free(want);
}

/* Two streams over one file, the target behind what the source reads. */
TEST(copy__within_one_file)
{
    enum { HALF = 1200000 };
    unsigned char *want = test_alloc(2 * HALF), *got;
    rill *src, *dst;
    size_t len;

    test_pattern(want, HALF, 0);
    memcpy(want + HALF, want, HALF);
    test_write_file("f", want, HALF);
    src = rill_open("f", "r");
    dst = rill_open("f", "r+");
    CHECK_INT(HALF, rill_seek(dst, 0, RILL_SEEK_END));
    CHECK_INT(HALF, rill_copy(dst, src, HALF));
    CHECK_OK(rill_close(src));
    CHECK_OK(rill_close(dst));
    got = test_read_file("f", &len);
    CHECK_MEM(got, len, want, 2 * HALF);
    free(got);
    free(want);
}

TEST(copy__from_a_stream_to_itself)
{
    rill *s = rill_open_mem_copy("abc", 3, NULL);

    CHECK_CODE(RILL_EINVAL, rill_copy(s, s, -1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

CONFORMS(copy__replaces_what_was_there, READS | WRITES | SEEKS)
{
    fixture *other = fixture_start(fx->row);
    rill *src = fixture_open(other, "0123456789");
    rill *dst = fixture_open(fx, "abcdefghij");

    CHECK_INT(2, rill_seek(dst, 2, RILL_SEEK_SET));
    CHECK_INT(1, rill_seek(src, 1, RILL_SEEK_SET));
    CHECK_INT(3, rill_copy(dst, src, 3));
    CHECK_INT(5, rill_tell(dst));
    CHECK_READS(dst, "fg");
    CHECK_READS(src, "45");
    CHECK_LEAVES(fx, dst, "ab123fghij");
    CHECK_OK(rill_close(src));
    fixture_stop(other);
}

CONFORMS(copy__past_a_gap, READS | WRITES | SEEKS)
{
    fixture *other = fixture_start(fx->row);
    rill *src = fixture_open(other, "xyz");
    rill *dst = fixture_open(fx, "ab");

    CHECK_INT(5, rill_seek(dst, 5, RILL_SEEK_SET));
    CHECK_INT(3, rill_copy(dst, src, -1));
    CHECK_LEAVES(fx, dst, "ab\0\0\0xyz");
    CHECK_OK(rill_close(src));
    fixture_stop(other);
}

CONFORMS(copy__nothing_past_a_gap, READS | WRITES | SEEKS)
{
    fixture *other = fixture_start(fx->row);
    rill *src = fixture_open(other, "");
    rill *dst = fixture_open(fx, "ab");

    CHECK_INT(5, rill_seek(dst, 5, RILL_SEEK_SET));
    CHECK_INT(0, rill_copy(dst, src, -1));
    CHECK_LEAVES(fx, dst, "ab");
    CHECK_OK(rill_close(src));
    fixture_stop(other);
}

/* What the source has written and not flushed is part of it. */
CONFORMS(copy__of_what_was_not_flushed, READS | WRITES | SEEKS)
{
    rill *src = fixture_open(fx, "abcdef");
    rill *dst = rill_open_mem(NULL);
    rill *file = rill_open("copy", "w");

    CHECK_INT(2, rill_write(src, "XY", 2));
    CHECK_INT(4, rill_copy(dst, src, -1));
    CHECK_HOLDS(dst, "cdef");
    CHECK_OK(rill_rewind(src));
    CHECK_INT(1, rill_write(src, "!", 1));
    CHECK_INT(5, rill_copy(file, src, -1));
    CHECK_OK(rill_close(dst));
    CHECK_OK(rill_close(file));
    CHECK_FILE("copy", "Ycdef");
    CHECK_LEAVES(fx, src, "!Ycdef");
}

CONFORMS(copy__to_append, APPENDS)
{
    rill *src = rill_open_view("0123456789", 10);
    rill *dst = fixture_open_mode(fx, "a+", "abc");

    CHECK_OK(rill_rewind(dst));
    CHECK_INT(4, rill_copy(dst, src, 4));
    CHECK_INT(7, rill_tell(dst));
    CHECK_OK(rill_close(src));
    CHECK_LEAVES(fx, dst, "abc0123");
}

CONFORMS(copy__from_file_to_append, APPENDS)
{
    rill *src, *dst = fixture_open_mode(fx, "a", "abc");

    test_write_file("src", "0123456789", 10);
    src = rill_open("src", "r");
    CHECK_READS(src, "0");
    CHECK_INT(9, rill_copy(dst, src, -1));
    CHECK_INT(12, rill_tell(dst));
    CHECK_OK(rill_close(src));
    CHECK_LEAVES(fx, dst, "abc123456789");
}

CONFORMS(copy__from_a_writer, WRITES | MODES)
{
    rill *src = fixture_open_mode(fx, "w", "");
    rill *dst = rill_open_mem(NULL);

    CHECK_CODE(RILL_ENOTSUP, rill_copy(dst, src, -1));
    CHECK_CODE(RILL_ENOTSUP, rill_copy(dst, src, 1));
    CHECK_OK(rill_failed(src, NULL));
    CHECK_OK(rill_failed(dst, NULL));
    CHECK_OK(rill_close(dst));
    CHECK_OK(rill_close(src));
}

CONFORMS(copy__to_a_reader, READS | MODES)
{
    rill *dst = fixture_open_mode(fx, "r", "abc");
    rill *src = rill_open_view("xyz", 3);

    CHECK_CODE(RILL_ENOTSUP, rill_copy(dst, src, -1));
    CHECK_OK(rill_failed(src, NULL));
    CHECK_OK(rill_failed(dst, NULL));
    CHECK_REST(src, "xyz");
    CHECK_OK(rill_close(src));
    CHECK_LEAVES(fx, dst, "abc");
}

CONFORMS(copy__a_bounded_end_loses_nothing, READS | SEEKS)
{
    char room[6] = "######";
    rill *dst = rill_open_fixed(room, 4, NULL);
    rill *src = fixture_open(fx, "abcdef");

    CHECK_INT('0', rill_putc(dst, '0'));
    CHECK_INT(3, rill_copy(dst, src, -1));
    CHECK_CODE(RILL_ENOSPC, rill_failed(dst, NULL));
    CHECK_OK(rill_failed(src, NULL));
    CHECK_BYTES(room, 6, "0abc##");
    CHECK_INT(3, rill_tell(src));
    CHECK_REST(src, "def");
    CHECK_OK(rill_close(src));
    CHECK_CODE(RILL_ENOSPC, rill_close(dst));
}

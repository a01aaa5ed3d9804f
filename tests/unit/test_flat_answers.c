/*
 * test_flat_answers.c - flat stores that are unlike those that come with Rill:
 * for one direction, for append, ones that cannot grow or only say they do,
 * that turn from one table to another.
 */
#include "test.h"

#include <errno.h>

#include <rill/ops.h>

enum { BOTH = RILL_READ | RILL_WRITE, ROOM = 16 };

/* Memory of 16 bytes, and what it says when it is asked for more, or for a
 * descriptor. */
typedef struct flat {
    int says;
    unsigned asked;
    unsigned char bytes[ROOM];
} flat;

static int flat_grow(rill *s, void *self, rill_flat *memory, size_t need)
{
    flat *f = self;

    (void)s;
    (void)memory;
    (void)need;
    f->asked++;
    return f->says;
}

static int flat_fileno(rill *s, void *self)
{
    flat *f = self;

    (void)s;
    return f->says;
}

static const rill_ops flat_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(flat),
    .name = "flat",
    .flags = RILL_OPS_FLAT | RILL_OPS_EXTENDS,
    .grow = flat_grow,
    .fileno = flat_fileno,
};

/* A stream over such memory, which holds `text`; an answer for more. */
static rill *flat_open(int access, const char *name, const char *text, int says)
{
    void *self;
    rill *s = rill_open_ops(&flat_ops, access, name, NULL, &self);
    flat *f = self;

    CHECK(s != NULL);
    f->says = says;
    memcpy(f->bytes, text, strlen(text));
    *rill_flat_of(s) = (rill_flat){f->bytes, strlen(text), ROOM};
    return s;
}

static flat *flat_of(rill *s)
{
    return rill_self(s, &flat_ops);
}

/* ---- Opened in other ways -------------------------------------------------------- */

TEST(flat_answers__for_writing_only)
{
    rill *s = flat_open(RILL_WRITE, NULL, "abc", RILL_ENOSPC);
    char byte;

    CHECK_STR("wb", rill_mode(s));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOTSUP, rill_getc(s));
    CHECK_CODE(RILL_ENOTSUP, rill_pread(s, &byte, 1, 0));
    CHECK_INT('x', rill_putc(s, 'x'));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(flat_of(s)->bytes, 3, "axc");
    CHECK_OK(rill_close(s));
}

TEST(flat_answers__for_reading_only)
{
    rill *s = flat_open(RILL_READ, "its name", "abc", RILL_ENOSPC);

    CHECK_STR("rb", rill_mode(s));
    CHECK_STR("its name", rill_name(s));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOTSUP, rill_putc(s, 'x'));
    CHECK_CODE(RILL_ENOTSUP, rill_reset(s));
    CHECK_REST(s, "bc");
    CHECK_OK(rill_close(s));
}

TEST(flat_answers__for_append)
{
    rill *s = flat_open(BOTH | RILL_APPEND, NULL, "abc", RILL_ENOSPC);

    CHECK_STR("ab+", rill_mode(s));
    CHECK_INT('a', rill_getc(s));
    CHECK_INT(2, rill_write(s, "de", 2));
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT('b', rill_getc(s));
    CHECK_INT(1, rill_write(s, "f", 1));
    CHECK_HOLDS(s, "abcdef");
    CHECK_OK(rill_close(s));
}

/* A table may be changed for another flat one before the first use. */
TEST(flat_answers__become)
{
    rill_ops other = flat_ops;
    rill *s = flat_open(BOTH, NULL, "abc", RILL_ENOSPC);

    other.name = "other";
    rill_become(s, &other);
    CHECK_STR("other", rill_kind(s));
    CHECK_PTR(NULL, rill_self(s, &flat_ops));
    CHECK_READS(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- Asked for more ------------------------------------------------------------------ */

TEST(flat_answers__full)
{
    rill *s = flat_open(BOTH, NULL, "0123456789abcd", RILL_ENOSPC);

    CHECK_INT(12, rill_seek(s, 12, RILL_SEEK_SET));
    CHECK_INT(4, rill_write(s, "CDEFGH", 6));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "GH", 2));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
    rill_clear(s);
    CHECK_HOLDS(s, "0123456789abCDEF");
    CHECK_OK(rill_close(s));
}

/* Room that is not there is a full store, and that sticks while writing. */
TEST(flat_answers__reserve_of_too_much)
{
    rill *s = flat_open(BOTH, NULL, "", RILL_ENOSPC);
    void *room;

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(13, rill_reserve(s, &room, 13));
    CHECK_CODE(RILL_ENOSPC, rill_reserve(s, &room, 14));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "d", 1));
    CHECK_CODE(RILL_EINVAL, rill_commit(s, 14));
    rill_clear(s);
    CHECK_INT(1, rill_write(s, "d", 1));
    CHECK_HOLDS(s, "abcd");
    CHECK_OK(rill_close(s));
}

/* What is beside the position is written as far as there is room, and says so
 * by its count: over the content, behind it, and behind all. */
TEST(flat_answers__pwrite_into_full)
{
    rill *s = flat_open(BOTH, NULL, "0123456789abcd", RILL_ENOSPC);

    CHECK_INT(2, rill_pwrite(s, "EFGH", 4, 14));
    CHECK_INT(16, rill_size(s));
    CHECK_INT(3, rill_pwrite(s, "DEFGH", 5, 13)); /* ends where it did */
    CHECK_INT(16, rill_size(s));
    CHECK_CODE(RILL_ENOSPC, rill_pwrite(s, "x", 1, 16));
    CHECK_CODE(RILL_ENOSPC, rill_pwrite(s, "x", 1, 99));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_HOLDS(s, "0123456789abcDEF");
    CHECK_OK(rill_close(s));
}

TEST(flat_answers__pwrite_that_memory_ends)
{
    rill *s = flat_open(BOTH, NULL, "abc", RILL_ENOMEM);

    CHECK_CODE(RILL_ENOMEM, rill_pwrite(s, "x", 1, 16));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_HOLDS(s, "abc");
    CHECK_OK(rill_close(s));
}

TEST(flat_answers__truncate_that_fails)
{
    rill *s = flat_open(BOTH, NULL, "abc", RILL_OS_ERROR(EIO));
    rill_error e;

    CHECK_OK(rill_truncate(s, 5));
    CHECK_HOLDS(s, "abc\0\0");
    CHECK_CODE(RILL_EIO, rill_truncate(s, 17));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_STR("truncate", e.operation);
    CHECK_INT(17, e.offset);
    CHECK_INT(EIO, e.os_error);
    rill_clear(s);
    CHECK_HOLDS(s, "abc\0\0");
    CHECK_OK(rill_close(s));
}

/* A store that says it has grown and has not is a store that failed: nothing is
 * written where it has no memory. */
TEST(flat_answers__grow_that_does_not)
{
    rill *s = flat_open(BOTH, NULL, "abc", RILL_OK);
    unsigned char behind[ROOM];

    CHECK_CODE(RILL_EIO, rill_truncate(s, 17));
    rill_clear(s);
    CHECK_INT(16, rill_seek(s, 16, RILL_SEEK_SET));
    CHECK_CODE(RILL_EIO, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EIO, rill_failed(s, NULL));
    rill_clear(s);
    CHECK_CODE(RILL_EIO, rill_pwrite(s, "x", 1, 16));
    CHECK_INT(3, flat_of(s)->asked);
    memset(behind, 0, sizeof(behind));
    CHECK_MEM(flat_of(s)->bytes + 3, ROOM - 3, behind, ROOM - 3);
    CHECK_HOLDS(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- Without a way to ask --------------------------------------------------------------- */

/* A hint to what cannot grow is no more than that; nor is one to a stream that
 * has failed. */
TEST(flat_answers__hint_to_what_cannot)
{
    rill_ops fixed = flat_ops;
    rill *s = flat_open(BOTH, NULL, "abc", RILL_ENOSPC);

    rill_hint_size(s, 16);
    CHECK_INT(0, flat_of(s)->asked);
    rill_hint_size(s, 17);
    CHECK_INT(1, flat_of(s)->asked);
    fixed.grow = NULL;
    rill_become(s, &fixed);
    rill_hint_size(s, 1000);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, 17, RILL_SEEK_SET));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- Bytes that were put back ------------------------------------------------------------- */

/* Asking for a descriptor changes nothing, whether there is one or not. */
TEST(flat_answers__fileno_behind_what_was_put_back)
{
    static const int says[] = {5, RILL_OS_ERROR(EMFILE)};

    for (size_t i = 0; i < 2; i++) {
        rill *s = flat_open(BOTH, NULL, "abc", says[i]);

        CHECK_INT('a', rill_getc(s));
        CHECK_INT('x', rill_ungetc(s, 'x'));
        CHECK_CODE(i == 0 ? 5 : RILL_EIO, rill_fileno(s));
        rill_clear(s);
        CHECK_REST(s, "xbc");
        CHECK_OK(rill_close(s));
    }
}

TEST(flat_answers__read_all_behind_what_was_put_back)
{
    rill *s = flat_open(BOTH, NULL, "abc", RILL_ENOSPC);
    void *data;

    CHECK_INT('a', rill_getc(s));
    CHECK_INT('x', rill_ungetc(s, 'x'));
    CHECK_INT('y', rill_ungetc(s, 'y'));
    CHECK_BYTES(data, rill_read_all(s, &data), "yxbc");
    rill_free(data);
    CHECK_OK(rill_close(s));
}

/*
 * What a stream says of itself: kind, mode, name, what it can do.
 */
#define _XOPEN_SOURCE 700
#include "fixture.h"

#include <rill/ops.h>

#include <fcntl.h>
#include <unistd.h>

CONFORMS(attributes__are_what_the_table_says, 0)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT((fx->row->can & PIPES) == 0, rill_seekable(s));
    if (!(fx->row->can & FORGETS))
        CHECK_INT((fx->row->can & READS) != 0, rill_readable(s));
    CHECK_INT((fx->row->can & WRITES) != 0, rill_writable(s));
    CHECK_INT(0, rill_isatty(s));
    CHECK(rill_kind(s) != NULL);
    CHECK(rill_mode(s) != NULL);
    CHECK_OK(rill_close(s));
}

CONFORMS(attributes__mode_says_the_directions, 0)
{
    rill *s = fixture_open(fx, "");
    const char *mode = rill_mode(s);

    if (!rill_writable(s))
        CHECK_STR("rb", mode);
    else if (rill_readable(s))
        CHECK_STR("rb+", mode);
    else
        CHECK_STR("wb", mode);
    CHECK_OK(rill_close(s));
}

CONFORMS(attributes__of_one_direction, MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");

    CHECK_INT(1, rill_readable(s));
    CHECK_INT(0, rill_writable(s));
    CHECK_STR("rb", rill_mode(s));
    CHECK_OK(rill_close(s));
    s = fixture_open_mode(fx, "w", "");
    CHECK_INT(0, rill_readable(s));
    CHECK_INT(1, rill_writable(s));
    CHECK_STR("wb", rill_mode(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(attributes__of_append, APPENDS)
{
    rill *s = fixture_open_mode(fx, "a", "abc");

    CHECK_STR("ab", rill_mode(s));
    CHECK_OK(rill_close(s));
    s = fixture_open_mode(fx, "a+", "abc");
    CHECK_STR("ab+", rill_mode(s));
    CHECK_OK(rill_close(s));
}

static void check_kind(rill *s, const char *kind)
{
    CHECK_STR(kind, rill_kind(s));
    CHECK_OK(rill_close(s));
}

TEST(attributes__kinds)
{
    rill_storage storage;
    char room[8];
    int fd[2];

    check_kind(rill_open_mem(NULL), "mem");
    check_kind(rill_open_mem_copy("a", 1, NULL), "mem");
    check_kind(rill_init_mem(&storage), "mem");
    check_kind(rill_open_view("a", 1), "view");
    check_kind(rill_open_fixed(room, 8, NULL), "fixed");
    check_kind(rill_open_spool(10, NULL), "spool");
    check_kind(rill_open_null(), "null");
    check_kind(rill_open("f", "w"), "file");
    CHECK_INT(0, pipe(fd));
    check_kind(rill_open_fd(fd[0], "r", RILL_TAKE, NULL), "pipe");
    check_kind(rill_open_fd(fd[1], "w", RILL_TAKE, NULL), "pipe");
}

TEST(attributes__kind_of_a_spool_stays)
{
    rill *s = rill_open_spool(4, NULL);

    CHECK_INT(10, rill_write(s, "0123456789", 10));
    CHECK_STR("spool", rill_kind(s));
    CHECK_STR("rb+", rill_mode(s));
    CHECK_OK(rill_close(s));
}

static ptrdiff_t read_nothing(rill *s, void *self, void *buf, size_t n,
                              int64_t offset)
{
    (void)s, (void)self, (void)buf, (void)n, (void)offset;
    return 0;
}

TEST(attributes__kind_and_name_of_a_user_store)
{
    static const rill_ops ops = {
        .struct_size = sizeof(rill_ops), .name = "user", .read = read_nothing};
    void *self;
    rill *s = rill_open_ops(&ops, RILL_READ, "user:store", NULL, &self);

    CHECK_STR("user", rill_kind(s));
    CHECK_STR("user:store", rill_name(s));
    CHECK_OK(rill_close(s));
}

TEST(attributes__name_is_a_copy_of_the_path)
{
    char path[] = "f";
    rill *s = rill_open(path, "w");

    path[0] = 'X';
    CHECK_STR("f", rill_name(s));
    CHECK_OK(rill_close(s));
}

TEST(attributes__without_a_name)
{
    rill *s = rill_open_mem(NULL);

    CHECK_STR(NULL, rill_name(s));
    CHECK_OK(rill_close(s));
    s = rill_open_view("abc", 3);
    CHECK_STR(NULL, rill_name(s));
    CHECK_OK(rill_close(s));
}

/* ---- fileno ------------------------------------------------------------- */

TEST(attributes__fileno_of_a_file)
{
    rill *s;
    int fd;
    char c;

    test_write_file("f", "abc", 3);
    s = rill_open("f", "r");
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_INT(fd, rill_fileno(s));
    CHECK_INT(1, pread(fd, &c, 1, 1));
    CHECK_INT('b', c);
    CHECK_OK(rill_close(s));
}

TEST(attributes__fileno_of_memory)
{
    rill *s = rill_open_mem(NULL);

    CHECK_CODE(RILL_ENOTSUP, rill_fileno(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

TEST(attributes__fileno_of_a_spool_makes_its_file)
{
    rill *s = rill_open_spool(1000, NULL);
    char buf[8];
    int fd;

    CHECK_INT(6, rill_write(s, "abcdef", 6));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_BYTES(buf, pread(fd, buf, 8, 0), "abcdef");
    CHECK_INT(2, rill_tell(s));
    CHECK_REST(s, "cdef");
    CHECK_INT(1, rill_write(s, "!", 1));
    CHECK_HOLDS(s, "abcdef!");
    CHECK_OK(rill_close(s));
}

TEST(attributes__isatty)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    rill *s;

    if (fd < 0)
        SKIP("no terminals here");
    s = rill_open_fd(fd, "r+", RILL_TAKE, NULL);
    CHECK_INT(1, rill_isatty(s));
    CHECK_INT(0, rill_seekable(s));
    CHECK_OK(rill_close(s));
}

TEST(attributes__version)
{
    CHECK_STR(RILL_VERSION, rill_version());
}

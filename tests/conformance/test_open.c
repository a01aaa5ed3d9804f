/*
 * Opening: what each mode does to the file, what options change, how a failure
 * is told, and whose memory and descriptors they are.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Any store ---------------------------------------------------------- */

CONFORMS(open__starts_at_the_start, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(0, rill_tell(s));
    CHECK_INT(3, rill_size(s));
    CHECK_INT(0, rill_eof(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_READS(s, "abc");
    CHECK_OK(rill_close(s));
}

CONFORMS(open__of_nothing_is_a_stream, READS | BLOCKS)
{
    rill *s = fixture_open(fx, "");
    char c;
    ptrdiff_t n;

    RETRY(n, rill_read(s, &c, 1));
    CHECK_INT(0, n);
    CHECK_OK(rill_close(s));
}

CONFORMS(open__and_close_at_once, 0)
{
    rill *s = fixture_open(fx, "");

    CHECK_OK(rill_close(s));
}

CONFORMS(open__windows_are_never_null, 0)
{
    rill *s = fixture_open(fx, "");

    CHECK(s->rpos && s->rend && s->wpos && s->wend);
    CHECK(s->rpos <= s->rend && s->wpos <= s->wend);
    CHECK(s->rpos == s->rend || s->wpos == s->wend);
    CHECK_OK(rill_close(s));
}

/* ---- Modes and the file ------------------------------------------------- */

static void check_mode(const char *mode, int64_t size, int64_t position)
{
    rill *s;

    test_write_file("f", "abc", 3);
    s = rill_open("f", mode);
    CHECK(s != NULL);
    CHECK_INT(size, rill_size(s));
    CHECK_INT(position, rill_tell(s));
    CHECK_OK(rill_close(s));
}

TEST(open__existing_file)
{
    check_mode("r", 3, 0);
    check_mode("r+", 3, 0);
    check_mode("w", 0, 0);
    check_mode("w+", 0, 0);
    check_mode("a", 3, 3);
    check_mode("a+", 3, 3);
}

TEST(open__missing_file_is_created)
{
    static const char *const modes[] = {"w", "w+", "a", "a+", "x", "x+"};

    for (size_t i = 0; i < 6; i++) {
        rill *s = rill_open("f", modes[i]);

        CHECK(s != NULL);
        CHECK_INT(0, rill_tell(s));
        CHECK_INT(2, rill_write(s, "hi", 2));
        CHECK_OK(rill_close(s));
        CHECK_FILE("f", "hi");
        CHECK_INT(0, remove("f"));
    }
}

static void check_fails(const char *path, const char *mode,
                        const rill_options *options, int want)
{
    rill_options o = options ? *options : (rill_options)RILL_OPTIONS_INIT;
    rill_error e = {0};

    o.error = &e;
    errno = 0;
    if (rill_open_with(path, mode, &o))
        FAIL("opened %s as %s", path, mode);
    CHECK_INT(want, errno);
    CHECK_INT(want, e.os_error);
    CHECK_CODE(RILL_EIO, e.code);
    CHECK_STR("open", e.operation);
    CHECK_STR(path, e.path);
    CHECK_INT(-1, e.offset);
}

TEST(open__missing_file_for_reading)
{
    check_fails("none", "r", NULL, ENOENT);
    check_fails("none", "r+", NULL, ENOENT);
    check_fails("none/f", "w", NULL, ENOENT);
    check_fails("", "r", NULL, ENOENT);
    check_fails("", "w", NULL, ENOENT);
    CHECK(fopen("none", "rb") == NULL);
}

TEST(open__x_needs_a_new_file)
{
    test_write_file("f", "abc", 3);
    check_fails("f", "x", NULL, EEXIST);
    check_fails("f", "x+", NULL, EEXIST);
    CHECK_FILE("f", "abc");
}

TEST(open__x_refuses_a_dangling_link)
{
    CHECK_INT(0, symlink("target", "link"));
    check_fails("link", "x", NULL, EEXIST);
    CHECK(fopen("target", "rb") == NULL);
}

TEST(open__exclusive_option)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.exclusive = 1;
    test_write_file("f", "abc", 3);
    check_fails("f", "w", &o, EEXIST);
    check_fails("f", "a", &o, EEXIST);
    CHECK_FILE("f", "abc");
    s = rill_open_with("new", "w+", &o);
    CHECK(s != NULL);
    CHECK_OK(rill_close(s));
}

TEST(open__directory_in_every_mode)
{
    static const char *const modes[] = {"r", "r+", "w", "w+", "a", "a+"};

    CHECK_INT(0, mkdir("d", 0777));
    for (size_t i = 0; i < 6; i++)
        check_fails("d", modes[i], NULL, EISDIR);
    check_fails("d", "x", NULL, EEXIST);
}

TEST(open__path_through_a_file)
{
    test_write_file("f", "abc", 3);
    check_fails("f/g", "r", NULL, ENOTDIR);
}

TEST(open__utf8_path)
{
    rill *s = rill_open("na\xc3\xafve \xe2\x9c\x93", "w");

    CHECK(s != NULL);
    CHECK_STR("na\xc3\xafve \xe2\x9c\x93", rill_name(s));
    CHECK_OK(rill_close(s));
    CHECK_FILE("na\xc3\xafve \xe2\x9c\x93", "");
}

/* ---- Options ------------------------------------------------------------ */

static mode_t permissions_of(const char *path)
{
    struct stat st;

    CHECK_INT(0, stat(path, &st));
    return st.st_mode & 07777;
}

TEST(open__permissions)
{
    mode_t old = umask(027);
    rill_options o = RILL_OPTIONS_INIT;
    rill *s = rill_open("usual", "w");

    CHECK_OK(rill_close(s));
    o.permissions = 0604;
    s = rill_open_with("asked", "x", &o);
    CHECK_OK(rill_close(s));
    umask(old);
    CHECK_INT(0640, permissions_of("usual"));
    CHECK_INT(0600, permissions_of("asked"));
}

static int is_inherited(rill *s)
{
    int flags = fcntl(rill_fileno(s), F_GETFD);

    CHECK(flags >= 0);
    CHECK_OK(rill_close(s));
    return !(flags & FD_CLOEXEC);
}

TEST(open__closes_on_exec_unless_told)
{
    rill_options o = RILL_OPTIONS_INIT;

    CHECK_INT(0, is_inherited(rill_open("f", "w")));
    CHECK_INT(0, is_inherited(rill_open("f", "r")));
    o.inheritable = 1;
    CHECK_INT(1, is_inherited(rill_open_with("f", "r", &o)));
}

/* A later version's options are fine as long as they ask for nothing. */
TEST(open__options_of_another_size)
{
    struct {
        rill_options known;
        int64_t later;
    } o = {RILL_OPTIONS_INIT, 0};

    o.known.struct_size = sizeof(o);
    CHECK_OK(rill_close(rill_open_mem(&o.known)));
    o.later = 1;
    errno = 0;
    CHECK(rill_open_mem(&o.known) == NULL);
    CHECK_INT(EINVAL, errno);
    o.known.struct_size = 0;
    CHECK(rill_open_mem(&o.known) == NULL);
}

TEST(open__hints_change_nothing)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.size_hint = 1000000;
    s = rill_open_with("f", "w+", &o);
    CHECK_INT(0, rill_size(s));
    CHECK_INT(2, rill_write(s, "hi", 2));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "hi");
    s = rill_open_mem(&o);
    CHECK_INT(0, rill_size(s));
    CHECK_OK(rill_close(s));
}

static void *no_memory(void *ctx, void *p, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)p;
    (void)old_size;
    (void)new_size;
    return NULL;
}

TEST(open__without_memory)
{
    static const rill_allocator none = {no_memory, NULL};
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;

    o.allocator = &none;
    o.error = &e;
    errno = 0;
    CHECK(rill_open_mem(&o) == NULL);
    CHECK_INT(ENOMEM, errno);
    CHECK_CODE(RILL_ENOMEM, e.code);
    CHECK(rill_open_with("f", "w", &o) == NULL);
    CHECK_CODE(RILL_ENOMEM, e.code);
    CHECK(rill_open_spool(10, &o) == NULL);
    CHECK(rill_open_mem_copy("abc", 3, &o) == NULL);
}

/* ---- Memory: whose it is ------------------------------------------------ */

TEST(open__mem_copy_copies)
{
    char text[] = "abc";
    rill *s = rill_open_mem_copy(text, 3, NULL);

    text[0] = 'X';
    CHECK_INT(3, rill_write(s, "123", 3));
    CHECK_STR("Xbc", text);
    CHECK_HOLDS(s, "123");
    CHECK_OK(rill_close(s));
}

TEST(open__view_reads_in_place)
{
    char text[] = "abc";
    rill *s = rill_open_view(text, 3);
    const void *data;

    text[0] = 'X';
    CHECK_INT(3, rill_data(s, &data));
    CHECK_PTR(text, data);
    CHECK_READS(s, "Xbc");
    CHECK_OK(rill_close(s));
}

TEST(open__mem_take_failing_takes_nothing)
{
    static const rill_allocator none = {no_memory, NULL};
    rill_options o = RILL_OPTIONS_INIT;
    char *data = test_alloc(3);

    o.allocator = &none;
    CHECK(rill_open_mem_take(data, 3, &o) == NULL);
    memcpy(data, "abc", 3);
    free(data);
}

TEST(open__fixed_starts_with_what_it_is_told)
{
    char room[8] = "abcdefgh";
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.length = 3;
    s = rill_open_fixed(room, sizeof(room), &o);
    CHECK_INT(3, rill_size(s));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    CHECK_BYTES(room, 8, "abcdefgh");

    s = rill_open_fixed(room, sizeof(room), NULL);
    CHECK_INT(0, rill_size(s));
    CHECK_OK(rill_close(s));
}

TEST(open__fixed_cannot_start_with_more_than_it_has)
{
    char room[8];
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;

    o.length = 9;
    o.error = &e;
    errno = 0;
    CHECK(rill_open_fixed(room, sizeof(room), &o) == NULL);
    CHECK_INT(EINVAL, errno);
    CHECK_CODE(RILL_EINVAL, e.code);
}

static void check_empty(rill *s)
{
    char c;

    CHECK(s != NULL);
    CHECK_INT(0, rill_size(s));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_INT(0, rill_read(s, NULL, 0));
    CHECK_OK(rill_close(s));
}

TEST(open__of_null_with_no_length)
{
    check_empty(rill_open_view(NULL, 0));
    check_empty(rill_open_mem_copy(NULL, 0, NULL));
    check_empty(rill_open_mem_take(NULL, 0, NULL));
    check_empty(rill_open_fixed(NULL, 0, NULL));
}

/* ---- Descriptors -------------------------------------------------------- */

static int open_for_test(int flags)
{
    int fd = open("f", flags | O_CLOEXEC, 0666);

    CHECK(fd >= 0);
    return fd;
}

TEST(open__fd_goes_on_where_it_stands)
{
    int fd;
    rill *s;

    test_write_file("f", "abcdef", 6);
    fd = open_for_test(O_RDWR);
    CHECK_INT(2, lseek(fd, 2, SEEK_SET));
    s = rill_open_fd(fd, "r+", RILL_TAKE, NULL);
    CHECK_INT(2, rill_tell(s));
    CHECK_READS(s, "cd");
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "abcdXf");
}

TEST(open__fd_cuts_and_creates_nothing)
{
    rill *s;

    test_write_file("f", "abcdef", 6);
    s = rill_open_fd(open_for_test(O_WRONLY), "w", RILL_TAKE, NULL);
    CHECK_INT(6, rill_size(s));
    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "XYcdef");
}

TEST(open__fd_borrowed_stays_open)
{
    int fd;

    test_write_file("f", "abc", 3);
    fd = open_for_test(O_RDONLY);
    CHECK_OK(rill_close(rill_open_fd(fd, "r", RILL_BORROW, NULL)));
    CHECK(fcntl(fd, F_GETFD) >= 0);
    rill_discard(rill_open_fd(fd, "r", RILL_BORROW, NULL));
    CHECK(fcntl(fd, F_GETFD) >= 0);
    CHECK_INT(0, close(fd));
}

TEST(open__fd_taken_is_closed)
{
    int fd;

    test_write_file("f", "abc", 3);
    fd = open_for_test(O_RDONLY);
    CHECK_OK(rill_close(rill_open_fd(fd, "r", RILL_TAKE, NULL)));
    CHECK_INT(-1, fcntl(fd, F_GETFD));
    fd = open_for_test(O_RDONLY);
    rill_discard(rill_open_fd(fd, "r", RILL_TAKE, NULL));
    CHECK_INT(-1, fcntl(fd, F_GETFD));
}

TEST(open__fd_is_not_taken_by_a_failure)
{
    int fd;

    test_write_file("f", "abc", 3);
    fd = open_for_test(O_RDONLY);
    CHECK(rill_open_fd(fd, "rw", RILL_TAKE, NULL) == NULL);
    CHECK(fcntl(fd, F_GETFD) >= 0);
    CHECK_INT(0, close(fd));
}

TEST(open__fd_of_the_wrong_direction_shows_at_first_use)
{
    rill *s;
    char c;

    test_write_file("f", "abc", 3);
    s = rill_open_fd(open_for_test(O_WRONLY), "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_CODE(RILL_EIO, rill_read(s, &c, 1));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(open__fd_negative)
{
    CHECK(rill_open_fd(-1, "r", RILL_BORROW, NULL) == NULL);
    CHECK(rill_open_fd(-1, "r", RILL_TAKE, NULL) == NULL);
}

/*
 * test_devices.c - /dev/full, /dev/null, /dev/zero: a disk that is full on
 * demand, an endless sink, an endless source.
 */
#define _GNU_SOURCE
#include "os_support.h"

static const char *no_dev_full(void)
{
    struct stat st;

    return stat("/dev/full", &st) == 0 && S_ISCHR(st.st_mode)
               ? NULL
               : "there is no /dev/full";
}

static rill *open_full(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = buffer_size;
    s = rill_open_with("/dev/full", "w", &o);
    CHECK(s != NULL);
    return s;
}

/* ---- /dev/full ------------------------------------------------------------ */

TEST(devices__full_shows_in_flush)
{
    rill_error e;
    char text[200];
    rill *s;

    SKIP_IF(no_dev_full());
    s = open_full(0);
    CHECK_INT(4, rill_write(s, "data", 4));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, &e));
    CHECK_INT(RILL_ENOSPC, e.code);
    CHECK_INT(ENOSPC, e.os_error);
    CHECK_STR("write", e.operation);
    CHECK_STR("/dev/full", e.path);
    CHECK(rill_error_format(&e, text, sizeof(text)) > 0);
    CHECK(strstr(text, "No space left on device") != NULL);
    CHECK(strstr(text, "/dev/full") != NULL);
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "more", 4));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(devices__full_shows_in_close)
{
    rill *s;

    SKIP_IF(no_dev_full());
    s = open_full(0);
    CHECK_INT(4, rill_write(s, "data", 4));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

/* The window is full, or there is none: the write itself says so. */
static void shows_in_write(ptrdiff_t buffer_size, size_t len)
{
    char *data = test_alloc(len);
    rill *s = open_full(buffer_size);
    ptrdiff_t n;

    memset(data, 'x', len);
    n = rill_write(s, data, len);
    CHECK(n == RILL_ENOSPC || (n > 0 && n < (ptrdiff_t)len));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, data, 1));
    CHECK_CODE(RILL_ENOSPC, rill_putc(s, 'x'));
    CHECK_CODE(RILL_ENOSPC, rill_printf(s, "%d", 1));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    free(data);
}

TEST(devices__full_shows_in_write)
{
    SKIP_IF(no_dev_full());
    shows_in_write(RILL_UNBUFFERED, 1);
    shows_in_write(RILL_UNBUFFERED, 100000);
    shows_in_write(7, 100);
    shows_in_write(0, (size_t)MIB);
}

/* Discarding is no way to hear of it, and no leak. */
TEST(devices__full_discarded)
{
    rill *s;

    SKIP_IF(no_dev_full());
    s = open_full(0);
    CHECK_INT(4, rill_write(s, "data", 4));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    rill_discard(s);
}

/*
 * Nothing is lost: the descriptor becomes that of a file with room, as if
 * someone had tidied the disk up, and the same bytes go there.
 */
TEST(devices__full_then_room)
{
    int fd, file;
    rill *s;

    SKIP_IF(no_dev_full());
    fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    file = open("room", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && file >= 0);
    s = rill_open_fd(fd, "w", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_INT(6, rill_write(s, "first ", 6));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK(dup2(file, fd) == fd);
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "lost", 4));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    rill_clear(s);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(6, rill_write(s, "second", 6));
    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_close(s));
    close(file);
    CHECK_FILE("room", "first second");
}

/* The same where the window was full: what write() counted is kept. */
TEST(devices__full_window_then_room)
{
    unsigned char data[1000], *back;
    rill_options o = RILL_OPTIONS_INIT;
    size_t kept = 0, len;
    int fd, file;
    rill *s;

    SKIP_IF(no_dev_full());
    test_pattern(data, sizeof(data), 0);
    fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    file = open("room", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && file >= 0);
    o.buffer_size = 64;
    s = rill_open_fd(fd, "w", RILL_TAKE, &o);
    CHECK(s != NULL);
    while (kept < sizeof(data)) {
        ptrdiff_t n = rill_write(s, data + kept, 10);

        if (n < 0)
            break;
        kept += (size_t)n;
        if (n < 10)
            break;
    }
    CHECK(kept > 0 && kept < sizeof(data));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
    CHECK(dup2(file, fd) == fd);
    rill_clear(s);
    CHECK_INT(sizeof(data) - kept,
              rill_write(s, data + kept, sizeof(data) - kept));
    CHECK_OK(rill_close(s));
    close(file);
    back = test_read_file("room", &len);
    CHECK_MEM(back, len, data, sizeof(data));
    free(back);
}

/* A copy says which side it was. */
TEST(devices__copy_to_full)
{
    rill *from, *to;

    SKIP_IF(no_dev_full());
    from = rill_open_view("some bytes", 10);
    to = open_full(RILL_UNBUFFERED);
    CHECK(from != NULL);
    CHECK_CODE(RILL_ENOSPC, rill_copy(to, from, -1));
    CHECK_OK(rill_failed(from, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_failed(to, NULL));
    CHECK_INT(0, rill_tell(from));
    CHECK_OK(rill_close(from));
    CHECK_CODE(RILL_ENOSPC, rill_close(to));
}

/* ---- /dev/null and /dev/zero --------------------------------------------- */

TEST(devices__null)
{
    void *all;
    char byte;
    char *data = test_alloc((size_t)MIB);
    rill *s = rill_open("/dev/null", "r+");

    CHECK(s != NULL);
    memset(data, 'x', (size_t)MIB);
    CHECK_INT(0, rill_read(s, &byte, 1));
    CHECK_INT(1, rill_eof(s));
    CHECK_INT(MIB, rill_write(s, data, (size_t)MIB));
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_flush(s));
    CHECK_INT(0, rill_read_all(s, &all));
    rill_free(all);
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_LINE(s, "");
    CHECK_INT(0, rill_isatty(s));
    CHECK_OK(rill_close(s));
    free(data);
}

TEST(devices__zero)
{
    const void *p;
    unsigned char *data = test_alloc((size_t)MIB);
    rill *s = rill_open("/dev/zero", "r");

    CHECK(s != NULL);
    memset(data, 'x', (size_t)MIB);
    CHECK_INT(100, rill_read(s, data, 100));
    CHECK_INT(MIB - 100, rill_read(s, data + 100, (size_t)MIB - 100));
    for (int64_t i = 0; i < MIB; i++)
        CHECK(data[i] == 0);
    CHECK(rill_peek(s, &p, 1000) >= 1000);
    CHECK_OK(rill_consume(s, 1000));
    CHECK_INT(0, rill_getc(s));
    CHECK_INT(0, rill_eof(s));
    CHECK_OK(rill_close(s));
    free(data);
}

/* A bounded copy out of an endless source ends. */
TEST(devices__copy_from_zero)
{
    rill *s = rill_open("/dev/zero", "r"), *m = rill_open_mem(NULL);

    CHECK(s && m);
    CHECK_INT(3 * MIB + 1, rill_copy(m, s, 3 * MIB + 1));
    CHECK_INT(3 * MIB + 1, rill_size(m));
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(s));
}

/* Nothing must be made of a device's size of 0. */
TEST(devices__random)
{
    unsigned char a[64], b[64];
    rill *s = rill_open("/dev/urandom", "r");

    CHECK(s != NULL);
    CHECK_INT(64, rill_read(s, a, 64));
    CHECK_OK(rill_read_exact(s, b, 64));
    CHECK(memcmp(a, b, 64) != 0);
    CHECK_OK(rill_close(s));
}

/*
 * test_layers.c - rill_options.codec: what rill_open() puts between a file and
 * its stream, here a layer of the test's own that turns each byte over.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <rill/ops.h>

/* ---- The layer ------------------------------------------------------------- */

/* A struct that begins with a layer, as a codec does. */
struct turner {
    rill_layer layer;
    int refuses; /* an errno, or 0 */
    char mode[4];
    int opens, flushes, commits;
};

struct turning {
    rill *below;
    struct turner *turner;
};

static ptrdiff_t turn_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    struct turning *t = self;
    unsigned char *bytes = buf;
    ptrdiff_t r = rill_read_some(t->below, buf, n), i;

    (void)s, (void)offset;
    for (i = 0; i < r; i++)
        bytes[i] = (unsigned char)~bytes[i];
    return (ptrdiff_t)rill_wrapped_result(t->below, r);
}

static ptrdiff_t turn_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    struct turning *t = self;
    const unsigned char *bytes = buf;
    size_t i;

    (void)s, (void)offset;
    for (i = 0; i < n; i++)
        rill_putc(t->below, (unsigned char)~bytes[i]);
    return rill_failed(t->below, NULL) ? RILL_EIO : (ptrdiff_t)n;
}

static int turn_flush(rill *s, void *self, int64_t offset)
{
    struct turning *t = self;

    (void)s, (void)offset;
    t->turner->flushes++;
    return rill_writable(t->below) ? rill_flush(t->below) : RILL_OK;
}

static int turn_commit(rill *s, void *self)
{
    struct turning *t = self;
    rill *below = t->below;

    (void)s;
    t->turner->commits++;
    t->below = NULL;
    return rill_close(below);
}

static int turn_close(rill *s, void *self)
{
    (void)s;
    rill_discard(((struct turning *)self)->below);
    return RILL_OK;
}

static const rill_ops turn_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct turning),
    .name = "turned",
    .flags = RILL_OPS_ENDS,
    .read = turn_read,
    .write = turn_write,
    .flush = turn_flush,
    .commit = turn_commit,
    .close = turn_close,
};

static rill *turn_open(const struct rill_codec *codec, rill *below,
                       int ownership, const char *mode, const rill_options *o)
{
    struct turner *turner = (void *)(uintptr_t)codec;
    int access = (*mode == 'r' ? RILL_READ : RILL_WRITE) |
                 (mode[1] == '+' ? RILL_READ | RILL_WRITE : 0);
    void *self;
    rill *s;

    CHECK_INT(RILL_TAKE, ownership);
    turner->opens++;
    snprintf(turner->mode, sizeof(turner->mode), "%s", mode);
    if (turner->refuses)
        return rill_open_failed(o, NULL, RILL_OS_ERROR(turner->refuses));
    s = rill_open_ops(&turn_ops, access, rill_name(below), o, &self);
    if (s)
        *(struct turning *)self = (struct turning){below, turner};
    return s;
}

static rill_options with(struct turner *turner)
{
    rill_options o = RILL_OPTIONS_INIT;

    *turner = (struct turner){.layer = {turn_open}};
    o.codec = (const void *)turner;
    return o;
}

/* ---- Files ----------------------------------------------------------------- */

TEST(layers__over_a_file)
{
    struct turner turner;
    rill_options o = with(&turner);
    rill *s = rill_open_with("file", "wb", &o);

    CHECK_STR("turned", rill_kind(s));
    CHECK_STR("file", rill_name(s));
    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("file", "\x9e\x9d\x9c");
    s = rill_open_with("file", "r", &o);
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* Text over the layer over the file; and not by the file's name alone. */
TEST(layers__below_text)
{
    struct turner turner;
    rill_options o = with(&turner);
    rill *s;

    o.newline = RILL_NEWLINE_CRLF;
    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_with("file.gz", "wt", &o);
    CHECK_STR("text", rill_kind(s));
    CHECK_INT(2, rill_puts(s, "a\n"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("file.gz", "\x9e\xf2\xf5");
    s = rill_open_with("file.gz", "rt", &o);
    CHECK_REST(s, "a\r\n");
    CHECK_OK(rill_close(s));
    s = rill_open("file.gz", "r");
    CHECK_REST(s, "\x9e\xf2\xf5");
    CHECK_OK(rill_close(s));
}

TEST(layers__modes)
{
    static const char *const modes[][2] = {
        {"r", "r"},  {"rb", "r"},  {"w", "w"},   {"a", "a"},   {"wbs", "w"},
        {"tr", "r"}, {"+r", "r+"}, {"w+", "r+"}, {"a+", "a+"}, {"ast", "a"}};
    struct turner turner;
    rill_options o;
    size_t i;

    test_write_file("file", "", 0);
    for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        rill *s;

        o = with(&turner);
        s = rill_open_with("file", modes[i][0], &o);
        test_context("mode %s", modes[i][0]);
        CHECK(s != NULL);
        CHECK_STR(modes[i][1], turner.mode);
        rill_discard(s);
    }
    o = with(&turner);
    rill_discard(rill_open_with("new", "x", &o));
    CHECK_STR("x", turner.mode);
}

/* What is refused is so before the file is touched. */
TEST(layers__refused)
{
    static const char *const modes[] = {"w", "x", "a", "ws", "wt", "r"};
    struct turner turner;
    rill_options o = with(&turner);
    rill_error e;
    size_t i;

    turner.refuses = EPROTO;
    o.error = &e;
    test_write_file("file", "old", 3);
    for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        test_context("mode %s", modes[i]);
        CHECK_PTR(NULL, rill_open_with("file", modes[i], &o));
        CHECK_STR("file", e.path);
        CHECK_PTR(NULL, rill_open_with("new", modes[i], &o));
        CHECK_FILE("file", "old");
        CHECK(access("new", F_OK) < 0);
    }
}

TEST(layers__over_a_descriptor)
{
    struct turner turner;
    rill_options o = with(&turner);
    int fd = open("file", O_CREAT | O_RDWR, 0666);
    rill *s = rill_open_fd(fd, "w", RILL_BORROW, &o);

    CHECK_INT(1, rill_puts(s, "a"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("file", "\x9e");
    turner.refuses = EPROTO;
    CHECK_PTR(NULL, rill_open_fd(fd, "w", RILL_TAKE, &o));
    CHECK_INT(0, lseek(fd, 0, SEEK_SET));
    turner.refuses = 0;
    s = rill_open_fd(fd, "r", RILL_TAKE, &o);
    CHECK_REST(s, "a");
    CHECK_OK(rill_close(s));
    CHECK(lseek(fd, 0, SEEK_SET) < 0);
}

TEST(layers__carry_a_save)
{
    struct turner turner;
    rill_options o = with(&turner);
    rill *s;

    test_write_file("file", "old", 3);
    s = rill_open_with("file", "ws", &o);
    CHECK_INT(1, rill_puts(s, "a"));
    rill_discard(s);
    CHECK_FILE("file", "old");
    s = rill_open_with("file", "ws", &o);
    CHECK_INT(1, rill_puts(s, "a"));
    CHECK_FILE("file", "old");
    CHECK_OK(rill_close(s));
    CHECK_FILE("file", "\x9e");
}

/* ---- RILL_OPS_ENDS --------------------------------------------------------- */

TEST(layers__close_commits_without_a_flush)
{
    struct turner turner;
    rill_options o = with(&turner);
    rill *s = rill_open_with("file", "w", &o);

    CHECK_INT(1, rill_puts(s, "a"));
    CHECK_INT(0, turner.flushes);
    CHECK_OK(rill_flush(s));
    CHECK_INT(1, turner.flushes);
    CHECK_INT(1, rill_puts(s, "b"));
    CHECK_OK(rill_close(s));
    CHECK_INT(1, turner.flushes);
    CHECK_INT(1, turner.commits);
    CHECK_FILE("file", "\x9e\x9d");
}

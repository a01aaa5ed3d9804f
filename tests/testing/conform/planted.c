/*
 * planted.c - a store with a fault, for the conformance suite to find.
 *
 * A moving store over an array. Its first row has no fault; each other row has
 * one that somebody could make. `test_conform` looks that it is found.
 */
#include <rill/ops.h>
#include <rill/testing/conform.h>

#include <stdlib.h>
#include <string.h>

enum fault {
    NONE,
    WRITES_AT_ITS_OWN_OFFSET, /* where the last write ended */
    READS_AT_THE_START,       /* beyond its first 4096 bytes */
    LOSES_SHORT_COUNTS,       /* takes half, and says all */
    FORGETS_ITS_SIZE,         /* says what it was when it was opened */
    CUTS_NOTHING,             /* truncate() says all is well */
    TAKES_WHAT_BLOCKED        /* says RILL_EAGAIN, and has taken the bytes */
};

enum { ROOM = 4 << 20 };

/* What a case has: the bytes outlive the stream. */
struct array {
    size_t len, len_at_first, last;
    unsigned calls;
    enum fault fault;
    unsigned char bytes[ROOM];
};

struct planted {
    struct array *array;
};

static struct array *array_of(void *self)
{
    return ((struct planted *)self)->array;
}

static ptrdiff_t planted_read(rill *s, void *self, void *buf, size_t n,
                              int64_t offset)
{
    struct array *a = array_of(self);

    (void)s;
    if (offset >= (int64_t)a->len)
        return 0;
    if (n > a->len - (size_t)offset)
        n = a->len - (size_t)offset;
    if (a->fault == READS_AT_THE_START)
        offset %= 4096;
    memcpy(buf, a->bytes + offset, n);
    return (ptrdiff_t)n;
}

/* Zeros from the end to `to`, where that is beyond it. */
static void reach(struct array *a, size_t to)
{
    if (to > a->len)
        memset(a->bytes + a->len, 0, to - a->len);
}

static ptrdiff_t planted_write(rill *s, void *self, const void *buf, size_t n,
                               int64_t offset)
{
    struct array *a = array_of(self);
    ptrdiff_t claimed = (ptrdiff_t)n;

    (void)s;
    if (a->fault == WRITES_AT_ITS_OWN_OFFSET)
        offset = (int64_t)a->last;
    if (a->fault == LOSES_SHORT_COUNTS)
        n = (n + 1) / 2;
    if (offset > ROOM || (int64_t)n > ROOM - offset)
        return RILL_ENOSPC;
    reach(a, (size_t)offset);
    memcpy(a->bytes + offset, buf, n);
    a->last = (size_t)offset + n;
    if (a->last > a->len)
        a->len = a->last;
    if (a->fault == TAKES_WHAT_BLOCKED && a->calls++ % 2 == 0) {
        a->len = a->last += n;
        return RILL_EAGAIN;
    }
    return claimed;
}

static int64_t planted_size(rill *s, void *self)
{
    struct array *a = array_of(self);

    (void)s;
    return (int64_t)(a->fault == FORGETS_ITS_SIZE ? a->len_at_first : a->len);
}

static int planted_truncate(rill *s, void *self, int64_t size)
{
    struct array *a = array_of(self);

    (void)s;
    if (size > ROOM)
        return RILL_ENOSPC;
    if (a->fault == CUTS_NOTHING)
        return RILL_OK;
    reach(a, (size_t)size);
    a->len = (size_t)size;
    return RILL_OK;
}

static const rill_ops planted_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct planted),
    .name = "planted",
    .read = planted_read,
    .write = planted_write,
    .size = planted_size,
    .truncate = planted_truncate,
};

static int access_of(const char *mode)
{
    if (strchr(mode, '+'))
        return RILL_READ | RILL_WRITE;
    return mode[0] == 'r' ? RILL_READ : RILL_WRITE;
}

static rill *open_planted(rill_conform_case *c, const char *mode,
                          const void *data, size_t len)
{
    struct array *a = c->own ? c->own : calloc(1, sizeof(*a));
    void *self;
    rill *s;

    if (!a || len > ROOM)
        rill_conform_fail("no room for %zu bytes", len);
    c->own = a;
    a->fault = (enum fault)c->row->setting;
    a->len = a->len_at_first = len;
    a->last = 0;
    if (len > 0)
        memcpy(a->bytes, data, len);
    s = rill_open_ops(&planted_ops, access_of(mode), NULL, &c->options, &self);
    if (s)
        ((struct planted *)self)->array = a;
    return s;
}

static void look(rill_conform_case *c, rill *s)
{
    const struct array *a = c->own;

    (void)s;
    rill_conform_holds(c, a->bytes, a->len);
}

static void stop(rill_conform_case *c)
{
    free(c->own);
}

enum {
    CAN = RILL_CONFORM_READS | RILL_CONFORM_WRITES | RILL_CONFORM_SEEKS |
          RILL_CONFORM_TRUNCATES | RILL_CONFORM_EXTENDS | RILL_CONFORM_MODES |
          RILL_CONFORM_OPTIONS | RILL_CONFORM_MOVES | RILL_CONFORM_SHOWS,
};

#define ROW(name, more, fault)                                \
    {                                                         \
        name, open_planted, look, stop, CAN | (more), (fault) \
    }

static const rill_conform_row rows[] = {
    ROW("right", 0, NONE),
    ROW("own_offset", 0, WRITES_AT_ITS_OWN_OFFSET),
    ROW("start", 0, READS_AT_THE_START),
    ROW("short", 0, LOSES_SHORT_COUNTS),
    ROW("size", 0, FORGETS_ITS_SIZE),
    ROW("cut", 0, CUTS_NOTHING),
    ROW("blocked", RILL_CONFORM_BLOCKS, TAKES_WHAT_BLOCKED),
};

/* planted ROW [PATTERN]: the suite over that row, or over none. */
int main(int argc, char **argv)
{
    size_t count = sizeof(rows) / sizeof(rows[0]), i = 0;

    if (argc < 2)
        return 2;
    while (i < count && strcmp(rows[i].name, argv[1]) != 0)
        i++;
    return rill_conform(argc - 1, argv + 1, rows + i, i < count);
}

/*
 * null.c - a store without content: takes all, has nothing.
 */
#include <rill/ops.h>

static ptrdiff_t null_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    (void)s, (void)self, (void)buf, (void)n, (void)offset;
    return 0;
}

static ptrdiff_t null_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    (void)s, (void)self, (void)buf, (void)offset;
    return (ptrdiff_t)n;
}

static int64_t null_size(rill *s, void *self)
{
    (void)s, (void)self;
    return 0;
}

static int null_truncate(rill *s, void *self, int64_t size)
{
    (void)s, (void)self, (void)size;
    return RILL_OK;
}

static const rill_ops null_ops = {
    .struct_size = sizeof(rill_ops),
    .name = "null",
    .read = null_read,
    .write = null_write,
    .size = null_size,
    .truncate = null_truncate,
};

rill *rill_open_null(void)
{
    rill_options o = RILL_OPTIONS_INIT;
    void *self;

    o.buffer_size = RILL_UNBUFFERED; /* else what waits would have a size */
    return rill_open_ops(&null_ops, RILL_READ | RILL_WRITE, NULL, &o, &self);
}

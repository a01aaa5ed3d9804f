/*
 * section.c - a part of another stream, with a position of its own.
 *
 * All goes through pread() and pwrite() of that stream, which leave it as it
 * is: so any number of sections can be in use at once.
 */
#include <rill/ops.h>
#include <rill/share.h>

struct section {
    rill *whole;
    int64_t start;
    int64_t size; /* at most so far, wherever the end of the whole is */
};

/* How many of `n` > 0 bytes at `offset` are the section's. */
static size_t within(const struct section *p, size_t n, int64_t offset)
{
    if (offset >= p->size)
        return 0;
    return n < (uint64_t)(p->size - offset) ? n : (size_t)(p->size - offset);
}

static ptrdiff_t section_read(rill *s, void *self, void *buf, size_t n,
                              int64_t offset)
{
    struct section *p = self;

    (void)s;
    n = within(p, n, offset);
    if (n == 0)
        return 0;
    return rill_wrapped_pread(p->whole, buf, n, p->start + offset);
}

static ptrdiff_t section_write(rill *s, void *self, const void *buf, size_t n,
                               int64_t offset)
{
    struct section *p = self;

    (void)s;
    n = within(p, n, offset);
    if (n == 0)
        return RILL_ENOSPC;
    return rill_wrapped_pwrite(p->whole, buf, n, p->start + offset);
}

/* The section ends where the whole does, if that is before. */
static int64_t section_size(rill *s, void *self)
{
    struct section *p = self;
    int64_t size = rill_wrapped_result(p->whole, rill_size(p->whole));

    (void)s;
    if (size < 0)
        return size;
    size = size > p->start ? size - p->start : 0;
    return p->size < size ? p->size : size;
}

static int section_sync(rill *s, void *self, int level)
{
    struct section *p = self;

    (void)s;
    return (int)rill_wrapped_result(p->whole, rill_sync(p->whole, level));
}

static const rill_ops section_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct section),
    .name = "section",
    .read = section_read,
    .write = section_write,
    .size = section_size,
    .sync = section_sync,
};

rill *rill_open_section(rill *s, int64_t offset, int64_t size,
                        const rill_options *o)
{
    struct section *p;
    void *self;
    rill *section;
    int access = (rill_readable(s) ? RILL_READ : 0) |
                 (rill_writable(s) ? RILL_WRITE : 0);

    if (offset < 0 || size < -1 || (size > 0 && offset > INT64_MAX - size))
        return rill_open_failed(o, NULL, RILL_EINVAL);
    if (!rill_seekable(s))
        return rill_open_failed(o, NULL, RILL_ENOTSUP);
    section = rill_open_ops(&section_ops, access, rill_name(s), o, &self);
    if (!section)
        return NULL;
    p = self;
    *p = (struct section){
        .whole = s,
        .start = offset,
        .size = size >= 0 ? size : INT64_MAX - offset,
    };
    return section;
}

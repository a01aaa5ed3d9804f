/*
 * odd_store.c - see odd_store.h. The state of a stream is a pointer to the odd
 * store of the test, so that the test sees all of it.
 */
#include "odd_store.h"

#include <errno.h>

static odd *odd_of(void *self)
{
    return *(odd **)self;
}

/* Whether an operation shall return something else now. */
static int odd_lies(odd *o, enum odd_operation operation)
{
    o->calls[operation]++;
    if (o->first[operation] > 0) {
        o->first[operation]--;
        return 0;
    }
    if (o->times[operation] == 0)
        return 0;
    if (o->times[operation] != ODD_ALWAYS)
        o->times[operation]--;
    return 1;
}

static ptrdiff_t odd_read(rill *s, void *self, void *buf, size_t n,
                          int64_t offset)
{
    odd *o = odd_of(self);
    size_t left = (uint64_t)offset < o->len ? o->len - (size_t)offset : 0;

    (void)s;
    if (odd_lies(o, ODD_READ))
        return (ptrdiff_t)o->says[ODD_READ];
    if (n > left)
        n = left;
    memcpy(buf, o->bytes + o->len - left, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t odd_put(odd *o, const void *buf, size_t n, int64_t offset)
{
    size_t at = (size_t)offset;

    if (offset > ODD_ROOM || n > ODD_ROOM - at)
        return RILL_ENOSPC;
    memcpy(o->bytes + at, buf, n);
    if (at + n > o->len)
        o->len = at + n;
    return (ptrdiff_t)n;
}

static ptrdiff_t odd_write(rill *s, void *self, const void *buf, size_t n,
                           int64_t offset)
{
    odd *o = odd_of(self);

    (void)s;
    return odd_lies(o, ODD_WRITE) ? (ptrdiff_t)o->says[ODD_WRITE]
                                  : odd_put(o, buf, n, offset);
}

/* Vectors: the first piece only, which is a short count. */
static ptrdiff_t odd_readv(rill *s, void *self, const rill_iovec *v, int count,
                           int64_t offset)
{
    odd *o = odd_of(self);

    (void)count;
    return odd_lies(o, ODD_READV)
               ? (ptrdiff_t)o->says[ODD_READV]
               : odd_read(s, self, v[0].data, v[0].len, offset);
}

static ptrdiff_t odd_writev(rill *s, void *self, const rill_iovec *v, int count,
                            int64_t offset)
{
    odd *o = odd_of(self);

    (void)s;
    (void)count;
    return odd_lies(o, ODD_WRITEV) ? (ptrdiff_t)o->says[ODD_WRITEV]
                                   : odd_put(o, v[0].data, v[0].len, offset);
}

static int64_t odd_size(rill *s, void *self)
{
    odd *o = odd_of(self);

    (void)s;
    return odd_lies(o, ODD_SIZE) ? o->says[ODD_SIZE] : (int64_t)o->len;
}

static int odd_truncate(rill *s, void *self, int64_t size)
{
    odd *o = odd_of(self);

    (void)s;
    if (odd_lies(o, ODD_TRUNCATE))
        return (int)o->says[ODD_TRUNCATE];
    if (size > ODD_ROOM)
        return RILL_ENOSPC;
    if ((size_t)size > o->len)
        memset(o->bytes + o->len, 0, (size_t)size - o->len);
    o->len = (size_t)size;
    return RILL_OK;
}

/* What the rest answers where it has nothing to do. */
static int odd_answer(void *self, enum odd_operation operation, int otherwise)
{
    odd *o = odd_of(self);

    return odd_lies(o, operation) ? (int)o->says[operation] : otherwise;
}

static int odd_flush(rill *s, void *self, int64_t offset)
{
    (void)s;
    (void)offset;
    return odd_answer(self, ODD_FLUSH, RILL_OK);
}

static int odd_sync(rill *s, void *self, int level)
{
    (void)s;
    (void)level;
    return odd_answer(self, ODD_SYNC, RILL_OK);
}

static int64_t odd_clone(rill *s, void *self, int64_t offset, void *from_self,
                         int64_t from_offset, int64_t n)
{
    odd *o = odd_of(self), *from = odd_of(from_self);

    (void)s;
    if (odd_lies(o, ODD_CLONE))
        return o->says[ODD_CLONE];
    return odd_put(o, from->bytes + from_offset, (size_t)n, offset);
}

static int odd_fileno(rill *s, void *self)
{
    (void)s;
    return odd_answer(self, ODD_FILENO, ODD_FD);
}

static int odd_commit(rill *s, void *self)
{
    (void)s;
    return odd_answer(self, ODD_COMMIT, RILL_OK);
}

static int odd_close(rill *s, void *self)
{
    (void)s;
    return odd_answer(self, ODD_CLOSE, RILL_OK);
}

static const rill_ops complete = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(odd *),
    .name = "odd",
    .read = odd_read,
    .write = odd_write,
    .readv = odd_readv,
    .writev = odd_writev,
    .size = odd_size,
    .truncate = odd_truncate,
    .flush = odd_flush,
    .clone = odd_clone,
    .sync = odd_sync,
    .fileno = odd_fileno,
    .commit = odd_commit,
    .close = odd_close,
};

odd *odd_new(const char *text)
{
    odd *o = test_alloc(sizeof(*o));

    memset(o, 0, sizeof(*o));
    o->ops = complete;
    o->len = strlen(text);
    memcpy(o->bytes, text, o->len);
    return o;
}

void odd_says(odd *o, enum odd_operation operation, int64_t result,
              unsigned times)
{
    o->says[operation] = result;
    o->times[operation] = times;
}

rill *odd_open(odd *o, int access, const rill_options *options)
{
    void *self;
    rill *s = rill_open_ops(&o->ops, access, NULL, options, &self);

    CHECK(s != NULL);
    *(odd **)self = o;
    return s;
}

void odd_end(odd *o, rill *s, int code)
{
    CHECK_CODE(code, rill_close(s));
    CHECK_INT(1, o->calls[ODD_CLOSE]);
    free(o);
}

/* ---- Memory --------------------------------------------------------------- */

static int allocations_left, refused;

static int refuse(void *ctx, int call, size_t *count)
{
    (void)ctx;
    (void)count;
    if (call != RILL_CALL_ALLOCATE || allocations_left-- > 0)
        return 0;
    refused = 1;
    return ENOMEM;
}

void memory_ends(int after)
{
    rill_pool_trim(); /* what is kept from before would serve instead */
    allocations_left = after;
    refused = 0;
    rill_set_call_hook(refuse, NULL);
}

int memory_is_back(void)
{
    rill_set_call_hook(NULL, NULL);
    return refused;
}

/*
 * driver_open.c - opens and closes the streams of the differential driver: one
 * function per kind, each of which first sets the scene (a file with content,
 * a descriptor at an offset, a filled pipe) and then calls rill_open_*().
 *
 * Two things watch the library meanwhile: an allocator that knows the size of
 * each of its blocks, and a store that is interrupted and gives short counts.
 */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rill/ops.h>

/* ---- The counting allocator -------------------------------------------- */

/* In front of each block; as large as the alignment of malloc(). */
union header {
    size_t size;
    max_align_t align;
};

static void *counting_realloc(void *ctx, void *p, size_t old_size,
                              size_t new_size)
{
    struct slot *slot = ctx;
    union header *h = p == NULL ? NULL : (union header *)p - 1;

    if (old_size != (h == NULL ? 0 : h->size) || (p == NULL && new_size == 0))
        slot->broken |= BROKEN_OLD_SIZE;
    if (new_size == 0) {
        slot->open_allocations -= h != NULL;
        free(h);
        return NULL;
    }
    slot->open_allocations += h == NULL;
    h = realloc(h, sizeof(*h) + new_size);
    if (h == NULL)
        exit(2);
    h->size = new_size;
    return h + 1;
}

void driver_free(struct slot *slot, void *p, size_t n)
{
    /* What rill_take() gives is as long as its content, or longer. */
    (void)n;
    if (slot->has_allocator && p != NULL)
        counting_realloc(slot, p, ((union header *)p - 1)->size, 0);
    else
        rill_free(p);
}

/* ---- A store that moves bytes badly ------------------------------------- */

struct clumsy {
    unsigned char *data;
    size_t len;
    size_t most;   /* the longest count it gives */
    unsigned turn; /* every third call is "interrupted" */
    int append;
    struct bytes *sink; /* gets the content at the end */
};

static ptrdiff_t clumsy_read(rill *s, void *self, void *buf, size_t n,
                             int64_t offset)
{
    struct clumsy *c = self;

    (void)s;
    if (++c->turn % 3 == 0)
        return c->turn % 2 ? RILL_EINTR : RILL_OS_ERROR(EINTR);
    if (offset >= (int64_t)c->len)
        return 0;
    if (n > c->len - (size_t)offset)
        n = c->len - (size_t)offset;
    if (n > c->most)
        n = c->most;
    memcpy(buf, c->data + offset, n);
    return (ptrdiff_t)n;
}

static int clumsy_truncate(rill *s, void *self, int64_t size)
{
    struct clumsy *c = self;
    unsigned char *data = realloc(c->data, (size_t)size + 1);

    (void)s;
    if (data == NULL)
        return RILL_ENOMEM;
    c->data = data;
    if ((size_t)size > c->len)
        memset(c->data + c->len, 0, (size_t)size - c->len);
    c->len = (size_t)size;
    return 0;
}

static ptrdiff_t clumsy_write(rill *s, void *self, const void *buf, size_t n,
                              int64_t offset)
{
    struct clumsy *c = self;

    if (++c->turn % 3 == 0)
        return c->turn % 2 ? RILL_EINTR : RILL_OS_ERROR(EINTR);
    if (c->append)
        offset = (int64_t)c->len;
    if (n > c->most)
        n = c->most;
    if ((size_t)offset + n > c->len &&
        clumsy_truncate(s, self, offset + (int64_t)n) < 0)
        return RILL_ENOMEM;
    memcpy(c->data + offset, buf, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t clumsy_writev(rill *s, void *self, const rill_iovec *v,
                               int count, int64_t offset)
{
    struct clumsy *c = self;
    ptrdiff_t done = 0;

    for (int i = 0; i < count; i++) {
        ptrdiff_t n = clumsy_write(s, self, v[i].data, v[i].len, offset + done);

        if (n < 0)
            return done > 0 ? done : n;
        done += n;
        if ((size_t)n < v[i].len || (size_t)done >= c->most)
            break;
    }
    return done;
}

static int64_t clumsy_size(rill *s, void *self)
{
    (void)s;
    return (int64_t)((struct clumsy *)self)->len;
}

static int clumsy_close(rill *s, void *self)
{
    struct clumsy *c = self;

    (void)s;
    if (c->sink != NULL)
        bytes_add(c->sink, c->data, c->len);
    free(c->data);
    return 0;
}

static const rill_ops clumsy_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct clumsy),
    .name = "clumsy",
    .read = clumsy_read,
    .write = clumsy_write,
    .writev = clumsy_writev,
    .size = clumsy_size,
    .truncate = clumsy_truncate,
    .close = clumsy_close,
};

static const rill_ops clumsy_read_only_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct clumsy),
    .name = "clumsy",
    .read = clumsy_read,
    .size = clumsy_size,
    .close = clumsy_close,
};

/* ---- Opening, kind by kind ---------------------------------------------- */

/* What a request to open says, taken apart. */
struct request {
    const struct op *op;
    rill_options options;
    rill_error error;
    char mode[256];
    const unsigned char *content;
    size_t len;
};

static void set_file(const char *path, const void *content, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0 || write(fd, content, len) != (ssize_t)len || close(fd) != 0) {
        perror(path);
        exit(2);
    }
}

/* How to open a descriptor by hand for a stream of that mode. */
static int flags_of(const char *mode)
{
    int plus = strchr(mode, '+') != NULL, flags;

    flags = plus ? O_RDWR : strchr(mode, 'r') != NULL ? O_RDONLY : O_WRONLY;
    return flags | (strchr(mode, 'a') != NULL ? O_APPEND : 0) | O_CLOEXEC;
}

static rill *open_mem(struct slot *slot, struct request *r)
{
    rill *s = NULL;
    void *memory;

    switch (r->op->b) {
    case 0:
        return rill_open_mem_copy(r->content, r->len, &r->options);
    case 1:
        if (slot->has_allocator)
            memory =
                r->len == 0 ? NULL : counting_realloc(slot, NULL, 0, r->len);
        else
            memory = exactly(r->len);
        if (r->len > 0)
            memcpy(memory, r->content, r->len);
        return rill_open_mem_take(memory, r->len, &r->options);
    case 2:
        s = rill_open_mem(&r->options);
        break;
    default:
        slot->has_allocator = 0;
        s = rill_init_mem(&slot->storage);
        break;
    }
    if (rill_write(s, r->content, r->len) != (ptrdiff_t)r->len ||
        rill_rewind(s) != 0)
        exit(2);
    return s;
}

static rill *open_file(struct slot *slot, struct request *r)
{
    const char *folder = slot->d->folder;

    if (r->op->c & (OPEN_ABSENT | OPEN_NOWHERE | OPEN_DIRECTORY))
        unlink(slot->path);
    if (r->op->c & OPEN_NOWHERE)
        snprintf(slot->path, sizeof(slot->path), "%s/none/nowhere", folder);
    else if (r->op->c & OPEN_DIRECTORY)
        snprintf(slot->path, sizeof(slot->path), "%s", folder);
    else if (!(r->op->c & (OPEN_ABSENT | OPEN_AGAIN)))
        set_file(slot->path, r->content, r->len);
    return rill_open_with(slot->path, r->mode, &r->options);
}

static rill *open_fd(struct slot *slot, struct request *r)
{
    set_file(slot->path, r->content, r->len);
    slot->fd = open(slot->path, flags_of(r->mode));
    if (slot->fd < 0 || lseek(slot->fd, r->op->b, SEEK_SET) < 0)
        exit(2);
    slot->borrowed = (r->op->c & OPEN_BORROW) != 0;
    return rill_open_fd(slot->fd, r->mode,
                        slot->borrowed ? RILL_BORROW : RILL_TAKE, &r->options);
}

static rill *open_spool(struct request *r)
{
    rill *s = rill_open_spool((size_t)r->op->b, &r->options);

    if (s != NULL && (rill_write(s, r->content, r->len) != (ptrdiff_t)r->len ||
                      rill_rewind(s) != 0))
        exit(2);
    return s;
}

static rill *open_ops(struct request *r)
{
    int plus = strchr(r->mode, '+') != NULL;
    int append = strchr(r->mode, 'a') != NULL;
    int reads = strchr(r->mode, 'r') != NULL;
    int access = (plus || reads ? RILL_READ : 0) |
                 (plus || !reads ? RILL_WRITE : 0) | (append ? RILL_APPEND : 0);
    void *self;
    struct clumsy *c;
    rill *s =
        rill_open_ops(plus || !reads ? &clumsy_ops : &clumsy_read_only_ops,
                      access, NULL, &r->options, &self);

    if (s == NULL)
        return NULL;
    c = self;
    c->data = exactly(r->len + 1);
    memcpy(c->data, r->content, r->len);
    c->len = r->len;
    c->most = (size_t)r->op->b;
    c->append = append;
    if (append)
        rill_start_at(s, (int64_t)r->len);
    return s;
}

static rill *open_view(struct slot *slot, struct request *r)
{
    slot->has_allocator = 0;
    slot->memory = exactly(r->len);
    slot->size = r->len;
    if (r->len > 0)
        memcpy(slot->memory, r->content, r->len);
    return rill_open_view(slot->memory, r->len);
}

static rill *open_fixed(struct slot *slot, struct request *r)
{
    slot->size = (size_t)r->op->b;
    slot->memory = exactly(slot->size);
    memset(slot->memory, 0xA5, slot->size);
    if (r->len > 0)
        memcpy(slot->memory, r->content, r->len);
    r->options.length = r->len;
    return rill_open_fixed(slot->memory, slot->size, &r->options);
}

static rill *open_pipe(struct slot *slot, struct request *r)
{
    int reads = slot->kind == KIND_PIPE_READ, ends[2];

    if (pipe(ends) != 0)
        exit(2);
    if (reads) {
        if (write(ends[1], r->content, r->len) != (ssize_t)r->len)
            exit(2);
        close(ends[1]);
    } else {
        slot->other_end = ends[0];
    }
    return rill_open_fd(ends[!reads], reads ? "rb" : "wb", RILL_TAKE,
                        &r->options);
}

static rill *open_kind(struct slot *slot, struct request *r)
{
    switch (slot->kind) {
    case KIND_MEM:
        return open_mem(slot, r);
    case KIND_FILE:
        return open_file(slot, r);
    case KIND_FD:
        return open_fd(slot, r);
    case KIND_SPOOL:
        return open_spool(r);
    case KIND_OPS:
        return open_ops(r);
    case KIND_VIEW:
        return open_view(slot, r);
    case KIND_FIXED:
        return open_fixed(slot, r);
    default:
        return open_pipe(slot, r);
    }
}

/* What the stream says that it is: three flags and its mode. */
static void describe(const rill *s, struct bytes *out)
{
    unsigned char can[3];

    can[0] = (unsigned char)rill_readable(s);
    can[1] = (unsigned char)rill_writable(s);
    can[2] = (unsigned char)rill_seekable(s);
    bytes_add(out, can, sizeof(can));
    bytes_add(out, rill_mode(s), strlen(rill_mode(s)));
}

static void set_options(struct slot *slot, struct request *r)
{
    static const rill_options init = RILL_OPTIONS_INIT;

    r->options = init;
    r->options.error = &r->error;
    r->options.buffer_size = (ptrdiff_t)r->op->a;
    slot->has_allocator = (r->op->c & OPEN_ALLOCATOR) != 0;
    if (slot->has_allocator) {
        slot->allocator.realloc = counting_realloc;
        slot->allocator.ctx = slot;
        r->options.allocator = &slot->allocator;
    }
}

/* `data` of the operation: the mode's length in one byte, the mode, content.
 * Result 0 and the description, or the code and the errno. */
int64_t driver_open(struct driver *d, const struct op *op, struct bytes *out)
{
    struct slot *slot = &d->slots[op->slot];
    struct request r = {.op = op};
    size_t mode_len = op->data[0];

    if (slot->s != NULL)
        return RESULT_SKIPPED;
    memset(slot, 0, offsetof(struct slot, path));
    slot->d = d;
    slot->kind = (enum kind)op->how;
    slot->fd = slot->other_end = -1;
    snprintf(slot->path, sizeof(slot->path) - 16, "%s/rill%d", d->folder,
             op->slot);
    memcpy(r.mode, op->data + 1, mode_len);
    r.mode[mode_len] = '\0';
    r.content = op->data + 1 + mode_len;
    r.len = op->len - 1 - mode_len;
    set_options(slot, &r);
    errno = 0;
    slot->s = open_kind(slot, &r);
    if (slot->s == NULL) {
        bytes_add_number(out, errno, 4);
        if (slot->open_allocations != 0)
            slot->broken |= BROKEN_LEAK;
        return r.error.code < 0 ? r.error.code : 1;
    }
    describe(slot->s, out);
    return 0;
}

/* Append what a stream holds as the caller sees it before it is closed. */
static void add_content(struct slot *slot, struct bytes *out)
{
    void *data;
    ptrdiff_t n;

    if (slot->kind == KIND_MEM || slot->kind == KIND_VIEW ||
        slot->kind == KIND_FIXED) {
        n = rill_getvalue(slot->s, &data);
    } else if (slot->kind == KIND_SPOOL) {
        rill_seek(slot->s, 0, RILL_SEEK_SET);
        n = rill_read_all(slot->s, &data);
    } else {
        return;
    }
    if (n >= 0) {
        bytes_add(out, data, (size_t)n);
        driver_free(slot, data, (size_t)n);
    }
}

static void drain(int fd, struct bytes *out)
{
    unsigned char buf[4096];
    ssize_t n;

    while ((n = read(fd, buf, sizeof(buf))) > 0)
        bytes_add(out, buf, (size_t)n);
}

static void add_file(const char *path, struct bytes *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        drain(fd, out);
        close(fd);
    }
}

/* Free what surrounds a stream that has been closed. */
static void clear_scene(struct slot *slot)
{
    if (slot->open_allocations != 0)
        slot->broken |= BROKEN_LEAK;
    if (slot->fd >= 0) {
        if ((fcntl(slot->fd, F_GETFD) >= 0) != slot->borrowed)
            slot->broken |= BROKEN_OWNERSHIP;
        if (slot->borrowed)
            close(slot->fd);
    }
    if (slot->other_end >= 0)
        close(slot->other_end);
    free(slot->memory);
    slot->memory = NULL;
    slot->exports = 0;
}

void driver_abandon(struct slot *slot)
{
    struct bytes nothing = {0};

    for (; slot->exports > 0; slot->exports--)
        rill_releasebuffer(slot->s);
    driver_close(slot, &nothing);
    free(nothing.data);
}

int64_t driver_close(struct slot *slot, struct bytes *out)
{
    struct clumsy *c = rill_self(slot->s, &clumsy_ops);
    int rc;

    if (c == NULL)
        c = rill_self(slot->s, &clumsy_read_only_ops);
    if (slot->exports == 0)
        add_content(slot, out);
    if (c != NULL)
        c->sink = out;
    rc = rill_close(slot->s);
    if (rc == RILL_EBUSY)
        return rc;
    slot->s = NULL;
    if (slot->kind == KIND_FILE || slot->kind == KIND_FD)
        add_file(slot->path, out);
    if (slot->other_end >= 0)
        drain(slot->other_end, out);
    clear_scene(slot);
    return rc;
}

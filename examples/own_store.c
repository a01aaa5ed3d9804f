/*
 * own_store.c - a store of one's own: ROT13 on top of any other stream.
 *
 * A moving store only moves bytes, at the offset it is told. Buffering, the
 * position, seeking, lines, printf and errors come from the core, so this
 * stream does all that every other stream does.
 */
#include <stdio.h>

#include <rill/ops.h>
#include <rill/rill.h>

struct rot13 {
    rill *under; /* borrowed */
};

static void rotate(unsigned char *p, size_t n)
{
    for (; n > 0; n--, p++) {
        int c = *p | 0x20; /* in lower case */

        if (c >= 'a' && c <= 'z')
            *p = (unsigned char)(*p + (c < 'n' ? 13 : -13));
    }
}

static ptrdiff_t rot13_read(rill *s, void *self, void *buf, size_t n,
                            int64_t offset)
{
    struct rot13 *r = self;
    ptrdiff_t got = rill_pread(r->under, buf, n, offset);

    (void)s;
    if (got > 0)
        rotate(buf, (size_t)got);
    return got;
}

static ptrdiff_t rot13_write(rill *s, void *self, const void *buf, size_t n,
                             int64_t offset)
{
    struct rot13 *r = self;
    unsigned char piece[256];

    (void)s;
    if (n > sizeof(piece))
        n = sizeof(piece); /* fewer is fine: the core comes back */
    memcpy(piece, buf, n);
    rotate(piece, n);
    return rill_pwrite(r->under, piece, n, offset);
}

static int64_t rot13_size(rill *s, void *self)
{
    (void)s;
    return rill_size(((struct rot13 *)self)->under);
}

static const rill_ops rot13_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct rot13),
    .name = "rot13",
    .read = rot13_read,
    .write = rot13_write,
    .size = rot13_size,
};

/* Read and write `under`, which is borrowed, through ROT13. */
static rill *open_rot13(rill *under)
{
    void *self;
    rill *s =
        rill_open_ops(&rot13_ops, RILL_READ | RILL_WRITE, NULL, NULL, &self);

    if (s)
        ((struct rot13 *)self)->under = under;
    return s;
}

int main(void)
{
    rill *memory = rill_open_mem(NULL);
    rill *s = memory ? open_rot13(memory) : NULL;
    const void *raw;
    char line[32];
    ptrdiff_t n;

    if (!s)
        return 1;
    rill_printf(s, "Hello %s\n", "World");
    rill_flush(s);
    n = rill_data(memory, &raw);
    printf("in memory:   %.*s", (int)n, (const char *)raw);

    rill_seek(s, 6, RILL_SEEK_SET);
    n = rill_readline_into(s, line, sizeof(line));
    printf("from byte 6: %.*s", (int)n, line);
    if (rill_close(s) < 0 || rill_close(memory) < 0)
        return 1;
    return n != 6 || memcmp(line, "World\n", 6) != 0;
}

/*
 * save_memory.c - build something in memory, save it to a file later.
 *
 *     buffer = io.BytesIO()
 *     # ...
 *     with open("test.dat", "wb") as f:
 *         f.write(buffer.getvalue())
 *
 * rill_copy() hands the memory straight to the file: no copy of the value is
 * made on the way.
 */
#include <stdio.h>

#include <rill/rill.h>

/* Save all of `s` under `path`. Returns how many bytes, or a negative code. */
static int64_t save(rill *s, const char *path)
{
    rill *f = rill_open(path, "wb");
    int64_t n;
    int rc;

    if (!f)
        return RILL_EIO;
    rill_rewind(s);
    n = rill_copy(f, s, -1);
    rc = rill_close(f);
    return rc < 0 ? rc : n;
}

int main(void)
{
    rill *buffer = rill_open_mem(NULL);
    rill *back;
    int64_t saved, size;
    int i;

    if (!buffer)
        return 1;
    for (i = 0; i < 50000; i++)
        rill_puts(buffer, "Hello World");

    saved = save(buffer, "test.dat");
    printf("saved %lld bytes\n", (long long)saved);

    back = rill_open("test.dat", "rb");
    if (!back)
        return 1;
    size = rill_size(back);
    printf("test.dat has %lld bytes\n", (long long)size);
    if (rill_close(back) < 0 || rill_close(buffer) < 0)
        return 1;
    return saved != 550000 || size != 550000;
}

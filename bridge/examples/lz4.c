/*
 * lz4.c - a file that is kept packed in memory, and read here and there.
 *
 *     lz4 FILE
 *
 * Seeking is reading on, or again from the start: with LZ4 that is some
 * gigabytes in a second.
 */
#include <stdio.h>

#include <rill/lz4.h>
#include <rill/rill.h>

/* The numbers of a PNG's header: its size in pixels. */
static int show_size(rill *s)
{
    uint32_t width, height;

    if (rill_seek(s, 16, RILL_SEEK_SET) < 0 || rill_get_u32be(s, &width) < 0 ||
        rill_get_u32be(s, &height) < 0)
        return -1;
    printf("%u x %u pixels\n", (unsigned)width, (unsigned)height);
    return 0;
}

/* How it ends: IEND, and a checksum. */
static int show_end(rill *s, int64_t size)
{
    char name[5] = "";

    if (rill_seek(s, size - 8, RILL_SEEK_SET) < 0 ||
        rill_read_exact(s, name, 4) < 0)
        return -1;
    printf("ends with %s\n", name);
    return 0;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "r"), *packed = rill_open_mem(NULL);
    rill *s = rill_open_codec(&rill_lz4, packed, RILL_BORROW, "w", NULL);
    int64_t size;

    if (!file || !s) {
        perror(path);
        return 1;
    }
    size = rill_copy(s, file, -1);
    if (size < 0 || rill_close(s) < 0 || rill_close(file) < 0 ||
        rill_rewind(packed) < 0)
        return 1;
    s = rill_open_codec(&rill_lz4, packed, RILL_TAKE, "r", NULL);
    if (!s || show_end(s, size) < 0 || show_size(s) < 0)
        return 1;
    return rill_close(s) < 0;
}

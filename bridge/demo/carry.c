/*
 * carry.c - send a picture and an archive through a bridge and compare.
 *
 *     carry_NAME PICTURE ARCHIVE
 *
 * Prints one line; exit status 0 if both came back as they were.
 */
#include "carry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LENGTH = 8 };

size_t carry_pad(rill *from, size_t multiple, unsigned char **data_out)
{
    int64_t len = rill_size(from);
    size_t n = LENGTH + (size_t)len;
    rill *block;

    n = (n + multiple - 1) / multiple * multiple;
    *data_out = calloc(1, n);
    block = *data_out ? rill_open_fixed(*data_out, n, NULL) : NULL;
    if (!block)
        exit(1);
    rill_put_u64le(block, (uint64_t)len);
    rill_copy(block, from, -1);
    if (rill_close(block) < 0)
        exit(1);
    return n;
}

int carry_unpad(const unsigned char *data, size_t n, rill *to)
{
    rill *block = rill_open_view(data, n);
    uint64_t len = 0;
    int64_t done = -1;

    if (block && rill_get_u64le(block, &len) == 0 && len <= n - LENGTH)
        done = rill_copy(to, block, (int64_t)len);
    if (rill_close(block) < 0)
        done = -1;
    return done == (int64_t)len ? 0 : -1;
}

/* Enough to tell files apart, in four lines: FNV-1a, of 64 bits. */
static uint64_t checksum(rill *s)
{
    uint64_t sum = 14695981039346656037u;
    int byte;

    rill_rewind(s);
    while ((byte = rill_getc(s)) >= 0)
        sum = (sum ^ (uint64_t)byte) * 1099511628211u;
    return sum;
}

/* Carry one of them. Returns whether it came back, and says so. */
static int came_back(const char *what, const char *path)
{
    rill *from = rill_open(path, "rb"), *to = rill_open_mem(NULL);
    uint64_t before = 0, after = 0;
    int ok = 0;

    if (!from) {
        perror(path);
    } else if (to && rill_size(from) > 0) {
        before = checksum(from);
        rill_rewind(from);
        ok = carry(from, to) == 0;
        after = checksum(to);
        ok &= before == after && rill_size(from) == rill_size(to);
    }
    ok &= rill_close(from) == 0;
    ok &= rill_close(to) == 0;
    printf("  %s %016" PRIx64 "%s", what, after, ok ? "" : " (not the same)");
    return ok;
}

int main(int argc, char **argv)
{
    int ok = argc == 3;

    if (!ok) {
        fprintf(stderr, "usage: %s PICTURE ARCHIVE\n", argv[0]);
        return 2;
    }
    printf("%-34s", carrier);
    ok &= came_back("picture", argv[1]);
    ok &= came_back("archive", argv[2]);
    putchar('\n');
    return !ok;
}

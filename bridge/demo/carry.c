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

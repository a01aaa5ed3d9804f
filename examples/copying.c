/*
 * copying.c - copy between any two streams.
 *
 * rill_copy() takes the shortest way that the two allow: the same call copies
 * a file to a file, a file to memory, or a part of memory into a buffer.
 */
#include <stdio.h>

#include <rill/rill.h>

/* Fill `s` with ten thousand numbered lines and go back to the start. */
static void fill(rill *s)
{
    int i;

    for (i = 0; i < 10000; i++)
        rill_printf(s, "line %04d\n", i);
    rill_rewind(s);
}

int main(void)
{
    char box[20];
    int64_t n;
    int rc = 0;
    rill *file = rill_open("original.txt", "wb+");
    rill *twin = rill_open("copy.txt", "wb+");
    rill *memory = rill_open_mem(NULL);
    rill *small = rill_open_fixed(box, sizeof(box), NULL);

    if (!file || !twin || !memory || !small)
        return 1;
    fill(file);

    n = rill_copy(twin, file, -1); /* -1: all that is left */
    printf("file to file:    %lld bytes\n", (long long)n);

    rill_rewind(twin);
    n = rill_copy(memory, twin, -1);
    printf("file to memory:  %lld bytes\n", (long long)n);

    rill_seek(memory, -20, RILL_SEEK_END);
    n = rill_copy(small, memory, 20);
    printf("memory to a box: %lld bytes\n%.20s", (long long)n, box);

    rc |= rill_close(file);
    rc |= rill_close(twin);
    rc |= rill_close(memory);
    rc |= rill_close(small);
    return rc != 0 || memcmp(box, "line 9998\nline 9999\n", 20) != 0;
}

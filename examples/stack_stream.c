/*
 * stack_stream.c - a memory stream in a local variable: no allocation at all.
 *
 * rill_init_mem() makes the stream in storage of the caller's and cannot fail.
 * Short content lies in that storage too; only what outgrows it goes to the
 * heap, so the stream may still grow to any size.
 */
#include <stdio.h>

#include <rill/rill.h>

/* Say how long `seconds` are in words; `size` is that of `out`. */
static void duration(char *out, size_t size, int seconds)
{
    rill_storage storage;
    const void *text;
    ptrdiff_t n;
    rill *s = rill_init_mem(&storage);

    if (seconds >= 3600)
        rill_printf(s, "%d h ", seconds / 3600);
    if (seconds >= 60)
        rill_printf(s, "%d min ", seconds / 60 % 60);
    rill_printf(s, "%d s", seconds % 60);

    n = rill_data(s, &text);
    snprintf(out, size, "%.*s", (int)n, (const char *)text);
    if (rill_close(s) < 0)
        snprintf(out, size, "?");
}

int main(void)
{
    static const int seconds[] = {7, 90, 3725};
    char text[40];
    size_t i;

    for (i = 0; i < 3; i++) {
        duration(text, sizeof(text), seconds[i]);
        printf("%4d: %s\n", seconds[i], text);
    }
    return strcmp(text, "1 h 2 min 5 s") != 0;
}

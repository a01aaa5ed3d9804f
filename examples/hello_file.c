/*
 * hello_file.c - write into a file, as Python's open("test.dat", "wb") does.
 *
 *     with open("test.dat", "wb") as f:
 *         f.write(b"Hello World")
 *         f.write(b"Hello World")
 *         f.write(b"Hello World")
 *
 * The writes need no checks of their own: rill_close() returns the first
 * failure of the stream's whole life.
 */
#include <stdio.h>

#include <rill/rill.h>

int main(void)
{
    char text[64];
    ptrdiff_t n;
    rill *f = rill_open("test.dat", "wb");

    if (!f) {
        perror("test.dat");
        return 1;
    }
    rill_puts(f, "Hello World");
    rill_puts(f, "Hello World");
    rill_puts(f, "Hello World");
    if (rill_close(f) < 0)
        return 1;

    f = rill_open("test.dat", "rb");
    if (!f) {
        perror("test.dat");
        return 1;
    }
    n = rill_read(f, text, sizeof(text));
    if (rill_close(f) < 0 || n != 33)
        return 1;
    printf("test.dat holds %td bytes: %.*s\n", n, (int)n, text);
    return 0;
}

/*
 * hello_memory.c - the same three writes into memory, as io.BytesIO() takes
 * them.
 *
 *     with io.BytesIO() as f:
 *         f.write(b"Hello World")
 *         f.write(b"Hello World")
 *         f.write(b"Hello World")
 *
 * Only the line that opens the stream differs from hello_file.c. No file is
 * made; the bytes are gone when the stream is closed.
 */
#include <stdio.h>

#include <rill/rill.h>

int main(void)
{
    const void *data;
    char word[5];
    ptrdiff_t n;
    rill *f = rill_open_mem(NULL);

    if (!f) {
        perror("memory");
        return 1;
    }
    rill_puts(f, "Hello World");
    rill_puts(f, "Hello World");
    rill_puts(f, "Hello World");

    /* The whole content, whatever the position: f.getbuffer() in Python. */
    n = rill_data(f, &data);
    printf("memory holds %td bytes: %.*s\n", n, (int)n, (const char *)data);

    /* Or read it like a file: from the start, so go back there first. */
    rill_rewind(f);
    rill_skip(f, 6);
    if (rill_read_exact(f, word, sizeof(word)) < 0)
        return 1;
    printf("bytes 6 to 10: %.5s\n", word);
    return rill_close(f) < 0 || n != 33;
}

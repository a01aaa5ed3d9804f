/*
 * saver.c - saves a file, for the checks that cut the power or kill it:
 *
 *     saver PATH MODE LEVEL PIECES SIZE BUFFER SAVES
 *
 * opens PATH for MODE with rill_options.save LEVEL and a buffer of BUFFER bytes
 * (rill_options.buffer_size), writes PIECES times SIZE bytes and closes it; all
 * that SAVES times. Byte i of save number n is (31 n + i) mod 251. A save that
 * has succeeded is acknowledged by a look at a path that does not exist, which
 * shows among the system calls. The exit status is 0 whether it succeeds.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rill/rill.h>

static long number(const char *text)
{
    return strtol(text, NULL, 10);
}

static int save(char **argv, const unsigned char *data)
{
    rill_options o = RILL_OPTIONS_INIT;
    long pieces = number(argv[4]);
    size_t size = (size_t)number(argv[5]);
    rill *s;

    o.save = (int)number(argv[3]);
    o.buffer_size = (ptrdiff_t)number(argv[6]);
    s = rill_open_with(argv[1], argv[2], &o);
    if (!s)
        return RILL_EIO;
    for (long i = 0; i < pieces; i++)
        rill_write(s, data + (size_t)i * size, size);
    return rill_close(s);
}

int main(int argc, char **argv)
{
    unsigned char *data;
    size_t total;

    if (argc != 8) {
        fprintf(stderr, "saver PATH MODE LEVEL PIECES SIZE BUFFER SAVES\n");
        return 2;
    }
    total = (size_t)number(argv[4]) * (size_t)number(argv[5]);
    data = malloc(total + 1);
    if (!data)
        return 2;
    for (size_t n = 0; n < (size_t)number(argv[7]); n++) {
        for (size_t i = 0; i < total; i++)
            data[i] = (unsigned char)((31 * n + i) % 251);
        if (save(argv, data) == RILL_OK)
            (void)!access("/acknowledged", F_OK);
    }
    free(data);
    return 0;
}

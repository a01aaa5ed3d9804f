/*
 * driver.c - does to a text stream what tests/differential/text/run says, one
 * line for each call, and answers with a line each.
 *
 *     open ENCODING NEWLINE ERRORS BUFFER BELOW LINES BYTES    over memory
 *     string NEWLINE TEXT                                       in memory
 *     read CHARACTERS | line | getchar | all | write TEXT | flush
 *     tell SLOT | seek SLOT | rewind | end | seen | close
 *
 * BYTES and TEXT are hexadecimal, with an x before them. The answer is a
 * number, and what was read; that of close is what the memory holds then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/rill.h>
#include <rill/testing/double.h>

enum { SLOTS = 8, LONGEST = 1 << 18 };

static rill *s, *memory;
static rill_text_position slots[SLOTS];
static rill_double below;

static void fail(const char *why, const char *line)
{
    fprintf(stderr, "driver: %s: %.60s\n", why, line);
    exit(2);
}

/* The bytes of "x6162"; ends at the first that is none. */
static size_t unhex(const char *text, unsigned char *out)
{
    size_t n = 0;
    unsigned byte;

    for (text++; sscanf(text, "%2x", &byte) == 1; text += 2)
        out[n++] = (unsigned char)byte;
    return n;
}

static void answer(int64_t result, const void *data, int64_t n)
{
    const unsigned char *p = data;

    printf("%lld x", (long long)result);
    for (int64_t i = 0; i < n; i++)
        printf("%02x", p[i]);
    printf("\n");
    fflush(stdout);
}

/* ---- Opening and closing --------------------------------------------------- */

static void end_stream(void)
{
    const void *data = NULL;
    rill *held = memory ? memory : rill_text_buffer(s);
    int64_t n;
    int rc = rill_flush(s);

    n = rill_data(held ? held : s, &data);
    answer(rc, data, n);
    (void)!rill_close(s);
    (void)!rill_close(memory);
    s = memory = NULL;
}

static void open_text(const char *line, unsigned char *bytes)
{
    rill_options o = RILL_OPTIONS_INIT, under = RILL_OPTIONS_INIT;
    char encoding[64];
    rill *pieces;
    int at = 0;
    long buffer, size;

    if (sscanf(line, "open %63s %d %d %ld %ld %d %n", encoding, &o.newline,
               &o.text_errors, &buffer, &size, &o.line_buffering, &at) != 6)
        fail("cannot be read", line);
    o.encoding = encoding;
    o.buffer_size = buffer;
    under.buffer_size = size;
    memory = rill_open_mem_copy(bytes, unhex(line + at, bytes), NULL);
    below.piece = 100; /* bytes at a time */
    pieces = rill_open_double(memory, RILL_BORROW, &below, &under);
    s = rill_open_text(pieces, RILL_TAKE, &o);
    if (!s) {
        rill_discard(pieces);
        rill_discard(memory);
        memory = NULL;
    }
    answer(s ? 0 : -1, NULL, 0);
}

static void open_string(const char *line, unsigned char *bytes)
{
    rill_options o = RILL_OPTIONS_INIT;
    int at = 0;
    size_t n;

    if (sscanf(line, "string %d %n", &o.newline, &at) != 1)
        fail("cannot be read", line);
    n = unhex(line + at, bytes);
    s = rill_open_string((const char *)bytes, n, &o);
    answer(s ? 0 : -1, NULL, 0);
}

/* ---- Calls ----------------------------------------------------------------- */

static void read_all(void)
{
    void *data = NULL;
    ptrdiff_t n = rill_read_all(s, &data);

    answer(n, data, n);
    rill_free(data);
}

static void read_line(void)
{
    const char *line = NULL;
    ptrdiff_t n = rill_text_readline(s, &line);

    answer(n, line, n);
}

static void run(const char *line, const char *name, long long argument)
{
    static unsigned char bytes[4 * LONGEST];
    rill_text_position *slot = &slots[argument & (SLOTS - 1)];
    ptrdiff_t n;

    if (strcmp(name, "open") == 0) {
        open_text(line, bytes);
    } else if (strcmp(name, "string") == 0) {
        open_string(line, bytes);
    } else if (!s) {
        fail("nothing is open", line);
    } else if (strcmp(name, "read") == 0) {
        n = rill_read_chars(s, (char *)bytes, sizeof(bytes), (size_t)argument);
        answer(n, bytes, n);
    } else if (strcmp(name, "write") == 0) {
        answer(rill_write(s, bytes, unhex(strchr(line, 'x'), bytes)), NULL, 0);
    } else if (strcmp(name, "line") == 0) {
        read_line();
    } else if (strcmp(name, "getchar") == 0) {
        answer(rill_getchar(s), NULL, 0);
    } else if (strcmp(name, "all") == 0) {
        read_all();
    } else if (strcmp(name, "flush") == 0) {
        answer(rill_flush(s), NULL, 0);
    } else if (strcmp(name, "tell") == 0) {
        answer(rill_text_tell(s, slot), NULL, 0);
    } else if (strcmp(name, "seek") == 0) {
        answer(rill_text_seek(s, slot), NULL, 0);
    } else if (strcmp(name, "rewind") == 0) {
        answer(rill_text_rewind(s), NULL, 0);
    } else if (strcmp(name, "end") == 0) {
        answer(rill_text_seek_end(s), NULL, 0);
    } else if (strcmp(name, "seen") == 0) {
        answer(rill_text_newlines(s), NULL, 0);
    } else if (strcmp(name, "close") == 0) {
        end_stream();
    } else {
        fail("no such call", line);
    }
}

int main(void)
{
    static char line[2 * LONGEST];

    while (fgets(line, sizeof(line), stdin)) {
        char name[16];
        long long argument = 0;

        if (sscanf(line, "%15s %lld", name, &argument) < 1)
            fail("cannot be read", line);
        run(line, name, argument);
    }
    return s != NULL;
}

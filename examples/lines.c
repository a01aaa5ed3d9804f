/*
 * lines.c - three ways to read lines, and records that end in another byte.
 *
 * A line is a pointer and a length: the bytes stay where they are, keep their
 * '\n', and may hold NULs. Only the last line may lack its '\n'.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rill/rill.h>

static const char poem[] = "One stream for all:\n"
                           "\n"
                           "a file, a pipe,\n"
                           "a piece of memory.";

int main(void)
{
    rill_lines it;
    rill_line line;
    const char *text;
    char *copy = NULL;
    size_t copy_size = 0;
    ptrdiff_t n;
    int count = 0;
    rill *s = rill_open_view(poem, sizeof(poem) - 1);

    if (!s)
        return 1;

    /* Over many lines: the iterator, the fastest. */
    rill_lines_begin(&it, s, '\n');
    while (rill_lines_next(&it, &line))
        printf("%d: %2zu bytes\n", ++count, line.len);
    if (rill_lines_end(&it) < 0)
        return 1;

    /* One line, in place: valid until the next call on the stream. */
    rill_rewind(s);
    n = rill_readline(s, &text);
    printf("first: %.*s", (int)n, text);

    /* One line that stays: copied, with a NUL behind it, as POSIX getline. */
    rill_skip(s, 1);
    n = rill_getline(s, &copy, &copy_size);
    if (n > 0)
        printf("third: %s", copy);
    free(copy);

    /* Any byte may end a record. */
    rill_rewind(s);
    n = rill_readuntil(s, ' ', &text);
    printf("first word: %.*s\n", (int)n - 1, text);
    return rill_close(s) < 0 || count != 4;
}

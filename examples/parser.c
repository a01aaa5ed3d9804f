/*
 * parser.c - one parser that takes a file or memory.
 *
 * parse() sees a `rill *` and nothing else. The caller decides where the bytes
 * are: in a file, or in memory that is read in place, without a copy.
 */
#include <stdio.h>

#include <rill/rill.h>

/* Read `key = number` lines and `#` comments. Returns the sum of the numbers,
 * or a negative code: RILL_EDATA where a line is not of that form. */
static long parse(rill *s)
{
    const char *line;
    ptrdiff_t n;
    long sum = 0;

    while ((n = rill_readline(s, &line)) > 0) {
        const char *p = memchr(line, '=', (size_t)n), *end = line + n;
        long number = 0;

        if (*line == '#' || *line == '\n')
            continue;
        if (!p)
            return RILL_EDATA;
        while (++p < end && *p == ' ')
            continue;
        for (; p < end && *p >= '0' && *p <= '9'; p++)
            number = number * 10 + (*p - '0');
        sum += number;
    }
    return n < 0 ? (long)n : sum;
}

static const char config[] = "# a small configuration\n"
                             "width = 640\n"
                             "height = 480\n"
                             "\n"
                             "depth = 24";

int main(void)
{
    rill *file = rill_open("config.txt", "wb+");
    rill *memory = rill_open_view(config, sizeof(config) - 1);
    rill *wrong = rill_open_view("no equals sign", 14);
    long from_file, from_memory, from_wrong;

    if (!file || !memory || !wrong)
        return 1;
    rill_puts(file, config);
    rill_rewind(file);

    from_file = parse(file);
    from_memory = parse(memory);
    from_wrong = parse(wrong);
    printf("from a file:   %ld\n", from_file);
    printf("from memory:   %ld\n", from_memory);
    printf("from nonsense: %s\n", from_wrong < 0 ? "refused" : "accepted");

    if (rill_close(file) < 0 || rill_close(memory) < 0 || rill_close(wrong) < 0)
        return 1;
    return from_file != 1144 || from_memory != 1144 || from_wrong != RILL_EDATA;
}

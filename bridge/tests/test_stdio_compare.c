/*
 * test_stdio_compare.c - random programs, run by the C library's stdio and by
 * Rill's, give the same answers: results, positions, flags, contents.
 */
#define _GNU_SOURCE
#define RILL_STDIO_KEEP_NAMES
#include "streams.h"

#include <errno.h>

#include <rill_stdio.h>

enum { START = 20000, STEPS = 300, ROUNDS = 40 };

/* A FILE of each, of files with the same content. */
struct pair {
    FILE *c;
    rill_FILE *r;
};

static char *random_text(uint64_t *seed, size_t n)
{
    static const char letters[] = "0123456789  \n\n-+.xabe\xff";
    char *text = test_alloc(n + 1);
    size_t i;

    for (i = 0; i < n; i++)
        text[i] = letters[test_below(seed, sizeof(letters) - 1)];
    text[n] = 0;
    return text;
}

static void same_state(struct pair p)
{
    CHECK_INT(!!feof(p.c), !!rill_stdio_feof(p.r));
    CHECK_INT(!!ferror(p.c), !!rill_stdio_ferror(p.r));
    CHECK_INT(ftell(p.c), rill_stdio_ftell(p.r));
}

/* ---- Reading and writing ------------------------------------------------ */

static void step_read(struct pair p, uint64_t *seed)
{
    char a[3000], b[3000], *x, *y, *line = NULL, *other = NULL;
    size_t most = test_below(seed, 8) ? 40 : sizeof(a) - 1;
    size_t n = 1 + (size_t)test_below(seed, most);
    size_t size = 0, size2 = 0;
    int c;

    switch (test_below(seed, 5)) {
    case 0:
        CHECK_INT(getc(p.c), rill_stdio_fgetc(p.r));
        break;
    case 1:
        size = fread(a, 1, n, p.c);
        CHECK_MEM(b, rill_stdio_fread(b, 1, n, p.r), a, size);
        break;
    case 2:
        x = fgets(a, (int)n, p.c);
        y = rill_stdio_fgets(b, (int)n, p.r);
        CHECK_INT(x != NULL, y != NULL);
        if (x)
            CHECK_STR(a, b);
        break;
    case 3:
        CHECK_INT(getline(&line, &size, p.c),
                  rill_stdio_getline(&other, &size2, p.r));
        if (line && *line && !feof(p.c))
            CHECK_STR(line, other);
        free(line);
        free(other);
        break;
    default:
        c = getc(p.c);
        CHECK_INT(c, rill_stdio_fgetc(p.r));
        if (c != EOF && ftell(p.c) > 0) {
            c = (int)test_below(seed, 256);
            CHECK_INT(ungetc(c, p.c), rill_stdio_ungetc(c, p.r));
        }
        break;
    }
}

static void step_write(struct pair p, uint64_t *seed)
{
    char data[3000];
    size_t most = test_below(seed, 8) ? 40 : sizeof(data);
    size_t n = (size_t)test_below(seed, most);

    test_pattern(data, n, (int64_t)test_below(seed, 1000));
    switch (test_below(seed, 3)) {
    case 0:
        CHECK_INT(putc('p', p.c), rill_stdio_fputc('p', p.r));
        break;
    case 1:
        CHECK_INT(fwrite(data, 1, n, p.c), rill_stdio_fwrite(data, 1, n, p.r));
        break;
    default:
        CHECK_INT(fprintf(p.c, "%*d", (int)n, 7),
                  rill_stdio_fprintf(p.r, "%*d", (int)n, 7));
        break;
    }
}

/* What C asks for between reading and writing, and the rest. The last seek is
 * one that succeeds: after others, glibc forgets what was put back. */
static void step_move(struct pair p, uint64_t *seed)
{
    long to = (long)test_below(seed, START + 2000), offset;
    int mode;

    switch (test_below(seed, 6)) {
    case 0:
        rewind(p.c);
        rill_stdio_rewind(p.r);
        break;
    case 1:
        offset = (long)test_below(seed, 200) - 150;
        CHECK_INT(fseek(p.c, offset, SEEK_END),
                  rill_stdio_fseek(p.r, offset, SEEK_END));
        break;
    case 2:
        offset = (long)test_below(seed, 200) - 100;
        CHECK_INT(fseek(p.c, offset, SEEK_CUR),
                  rill_stdio_fseek(p.r, offset, SEEK_CUR));
        break;
    case 3:
        mode = (int[]){_IOFBF, _IOLBF, _IONBF}[test_below(seed, 3)];
        CHECK_INT(0, rill_stdio_setvbuf(p.r, NULL, mode, 1 + (size_t)to));
        break;
    case 4:
        CHECK_INT(fflush(p.c), rill_stdio_fflush(p.r));
        break;
    default:
        break;
    }
    CHECK_INT(0, fseek(p.c, to, SEEK_SET));
    CHECK_INT(0, rill_stdio_fseek(p.r, to, SEEK_SET));
}

static void run_program(const char *mode, uint64_t seed)
{
    char *text = random_text(&seed, START), *x, *y;
    int reads = mode[0] == 'r' || mode[1] == '+', i, step;
    int writes = mode[0] != 'r' || mode[1] == '+', turn;
    size_t n, m;
    struct pair p;

    test_write_file("a", text, START);
    test_write_file("b", text, START);
    p = (struct pair){fopen("a", mode), rill_stdio_fopen("b", mode)};
    rewind(p.c); /* where one that appends starts is the C library's choice */
    rill_stdio_rewind(p.r);
    for (i = 0; i < STEPS; i++) {
        test_context("%s, seed %llu, step %d", mode, (unsigned long long)seed,
                     i);
        step_move(p, &seed);
        turn = (int)test_below(&seed, 2);
        for (step = (int)test_below(&seed, 6); step > 0; step--) {
            if (reads && (turn || !writes))
                step_read(p, &seed);
            else
                step_write(p, &seed);
            same_state(p);
        }
    }
    CHECK_INT(fclose(p.c), rill_stdio_fclose(p.r));
    x = test_read_file("a", &n);
    y = test_read_file("b", &m);
    CHECK_MEM(y, m, x, n);
    free(x);
    free(y);
    free(text);
}

TEST(stdio_compare__random_programs)
{
    static const char *const modes[] = {"r", "r+", "w", "w+", "a", "a+"};
    uint64_t seed;
    size_t i;

    for (i = 0; i < 6; i++)
        for (seed = 1; seed <= ROUNDS; seed++)
            run_program(modes[i], seed * 7919 + i);
}

/* ---- scanf() ------------------------------------------------------------ */

struct scanned {
    int n;
    long a, b;
    double d;
    char word[40], set[40], c[4];
    int used;
};

enum { FORMATS = 9 };

/* One fscanf() of each, of the format with this number. */
static int scan(int format, FILE *c, rill_FILE *r, struct scanned *to)
{
#define SCAN(...) \
    (c ? fscanf(c, __VA_ARGS__) : rill_stdio_fscanf(r, __VA_ARGS__))
    switch (format) {
    case 0:
        return SCAN("%ld", &to->a);
    case 1:
        return SCAN("%ld %ld%n", &to->a, &to->b, &to->used);
    case 2:
        return SCAN("%lf", &to->d);
    case 3:
        return SCAN("%39s", to->word);
    case 4:
        return SCAN("%39[0-9 ]", to->set);
    case 5:
        return SCAN("%3c", to->c);
    case 6:
        return SCAN("%li", &to->a);
    case 7:
        return SCAN("%*[^0-9]%2ld-%ld", &to->a, &to->b);
    default:
        return SCAN(" x%n", &to->used);
    }
#undef SCAN
}

/* Also in pieces of a few bytes: what scanf() is given never matters. */
static void compare_scans(uint64_t seed, ptrdiff_t buffer_size)
{
    enum { LONG = 3000 };
    char *text = random_text(&seed, LONG);
    rill_options o = RILL_OPTIONS_INIT;
    FILE *c = fmemopen(text, LONG, "r");
    rill_FILE *r;
    int i;

    test_write_file("scanned", text, LONG);
    o.buffer_size = buffer_size;
    r = rill_stdio_open(rill_open_with("scanned", "r", &o), "r", RILL_TAKE);
    for (i = 0; !feof(c); i++) {
        int format = (int)test_below(&seed, FORMATS);
        struct scanned a = {0}, b = {0};

        a.n = scan(format, c, NULL, &a);
        b.n = scan(format, NULL, r, &b);
        test_context("format %d, scan %d, buffer %td", format, i, buffer_size);
        CHECK(memcmp(&a, &b, sizeof(a)) == 0);
        same_state((struct pair){c, r});
        if (test_below(&seed, 3) == 0)
            CHECK_INT(getc(c), rill_stdio_fgetc(r));
    }
    CHECK_INT(0, fclose(c));
    CHECK_INT(0, rill_stdio_fclose(r));
    free(text);
}

TEST(stdio_compare__scanf)
{
    static const ptrdiff_t sizes[] = {0, 1, 7, 300, RILL_UNBUFFERED};
    uint64_t seed;

    for (seed = 1; seed <= ROUNDS; seed++)
        compare_scans(seed * 104729, sizes[seed % 5]);
}

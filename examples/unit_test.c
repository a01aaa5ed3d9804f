/*
 * unit_test.c - test code that reads and writes, without temporary files.
 *
 * double_spaces() copies text and doubles each space. Because it takes
 * streams, a test is one row of a table: what goes in, what must come out.
 */
#include <stdio.h>

#include <rill/rill.h>

static int double_spaces(rill *out, rill *in)
{
    int c;

    while ((c = rill_getc(in)) >= 0) {
        rill_putc(out, c);
        if (c == ' ')
            rill_putc(out, c);
    }
    return c == RILL_EEOF ? rill_failed(out, NULL) : c;
}

static const struct {
    const char *name, *in, *want;
} tests[] = {
    {"nothing in, nothing out", "", ""},
    {"no space", "abc", "abc"},
    {"one space", "a b", "a  b"},
    {"only spaces", "  ", "    "},
};

/* Returns 1 if the test passed. */
static int passes(const char *text, const char *want)
{
    rill_storage storage;
    const void *got;
    rill *in = rill_open_view(text, strlen(text));
    rill *out = rill_init_mem(&storage);
    int rc = in ? double_spaces(out, in) : RILL_ENOMEM;
    size_t len = (size_t)rill_data(out, &got);
    int same = rc == 0 && len == strlen(want) && memcmp(got, want, len) == 0;

    return rill_close(in) == 0 && rill_close(out) == 0 && same;
}

int main(void)
{
    size_t i, count = sizeof(tests) / sizeof(tests[0]), passed = 0;

    for (i = 0; i < count; i++) {
        int ok = passes(tests[i].in, tests[i].want);

        printf("%s - %s\n", ok ? "ok" : "FAILED", tests[i].name);
        passed += (size_t)ok;
    }
    printf("%zu of %zu passed\n", passed, count);
    return passed != count;
}

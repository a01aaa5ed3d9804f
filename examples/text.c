/*
 * Text in any encoding: what a program reads is UTF-8, and its lines end in \n.
 *
 * Writes a file as Windows has them, in UTF-16 with \r\n, reads it by lines and
 * by characters, and comes back to a place in it.
 */
#include <stdio.h>

#include <rill/rill.h>

static int write_menu(const char *path)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *out;

    o.encoding = "utf-16";
    o.newline = RILL_NEWLINE_CRLF;
    out = rill_open_with(path, "wt", &o);
    if (!out)
        return RILL_EIO;
    rill_puts(out, "Menu\n");
    rill_printf(out, "%s %d \xe2\x82\xac\n", "Caf\xc3\xa9", 3);
    rill_printf(out, "%s %d \xe2\x82\xac\n", "Cr\xc3\xa8me", 5);
    return rill_close(out); /* a failure of any of these shows here */
}

static int read_menu(const char *path)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_text_position second;
    const char *line;
    ptrdiff_t len;
    rill *in;

    o.encoding = "utf-16"; /* \r\n becomes \n unless something else is said */
    in = rill_open_with(path, "rt", &o);
    if (!in)
        return RILL_EIO;
    rill_readline(in, &line);
    rill_text_tell(in, &second);
    while ((len = rill_readline(in, &line)) > 0)
        printf("%.*s", (int)len, line);

    rill_text_seek(in, &second);
    for (int i = 0; i < 4; i++)
        printf("U+%04X ", (unsigned)rill_getchar(in));
    printf("in %s\n", rill_text_encoding(in));
    return rill_close(in);
}

int main(void)
{
    const char *path = "menu.txt";
    int failed = write_menu(path) < 0 || read_menu(path) < 0;

    remove(path);
    return failed;
}

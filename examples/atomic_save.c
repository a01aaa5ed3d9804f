/*
 * atomic_save.c - the mode letter s: a file that is old or new, never half.
 *
 * What is written appears under its name when the stream is closed without an
 * error. Every other end, and there are many, leaves the old file as it was.
 */
#include <stdio.h>

#include <rill/rill.h>

/* Write the scores. Fails halfway where one of them is negative. */
static int save_scores(const char *path, const int *scores, int count)
{
    RILL_AUTO rill *s = rill_open(path, "ws");

    if (!s)
        return -1;
    for (int i = 0; i < count; i++) {
        if (scores[i] < 0)
            return -1; /* nobody will see the half that was written */
        rill_printf(s, "%d\n", scores[i]);
    }
    return rill_closep(&s); /* synced, renamed, synced again */
}

static void show(const char *title, const char *path)
{
    RILL_AUTO rill *s = rill_open(path, "rb");
    const char *line;
    ptrdiff_t n;

    printf("%s:", title);
    while (s && (n = rill_readline(s, &line)) > 0)
        printf(" %.*s", (int)n - 1, line);
    printf("\n");
}

int main(void)
{
    static const int first[] = {1, 2, 3}, second[] = {4, 5, -6},
                     third[] = {7, 8, 9};
    rill *s;

    if (save_scores("scores.txt", first, 3) < 0)
        return 1;
    show("saved", "scores.txt");
    if (save_scores("scores.txt", second, 3) == 0)
        return 1;
    show("after one that failed", "scores.txt");

    s = rill_open("scores.txt", "r+s"); /* a copy of it, to be changed */
    if (!s)
        return 1;
    rill_puts(s, "9");
    show("while another is under way", "scores.txt");
    rill_discard(s);
    show("after it was discarded", "scores.txt");

    if (save_scores("scores.txt", third, 3) < 0)
        return 1;
    show("saved", "scores.txt");
    return 0;
}

/*
 * threads.c - one stream, several threads: a log, and parts of a file.
 *
 * Each thread has a stream of its own over the shared one: rill_open_locked()
 * takes turns at its position, rill_open_section() has another position.
 */
#include <pthread.h>
#include <stdio.h>

#include <rill/rill.h>

enum { THREADS = 4, LINES = 1000 };

static rill_shared *shared;

/* Write lines to the log; each of them stays in one piece. */
static void *write_lines(void *name)
{
    rill *log = rill_open_locked(shared, NULL);

    for (int i = 0; log && i < LINES; i++)
        rill_printf(log, "%s %d %s\n", (char *)name, i, (char *)name);
    return rill_close(log) < 0 || !log ? NULL : name;
}

/* Count the lines of one part of the log. */
static void *count_lines(void *section)
{
    const char *line;
    uintptr_t count = 0;
    ptrdiff_t n;

    while ((n = rill_readline(section, &line)) > 0)
        count += line[n - 1] == '\n';
    return (void *)(n < 0 ? 0 : count);
}

int main(void)
{
    static char names[THREADS][8] = {"one", "two", "three", "four"};
    pthread_t threads[THREADS];
    rill *file, *sections[THREADS];
    uintptr_t total = 0;
    int64_t size;
    void *result;

    shared = rill_share(rill_open("log.txt", "wb"));
    if (!shared)
        return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, write_lines, names[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        if (result != names[i])
            return 1;
    }
    if (rill_unshare(shared) < 0)
        return 1;

    file = rill_open("log.txt", "rb");
    if (!file)
        return 1;
    size = rill_size(file);
    for (int i = 0; i < THREADS; i++) { /* a quarter for each */
        int64_t from = size * i / THREADS, to = size * (i + 1) / THREADS;
        sections[i] = rill_open_section(file, from, to - from, NULL);
        if (!sections[i])
            return 1;
        pthread_create(&threads[i], NULL, count_lines, sections[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        total += (uintptr_t)result;
        if (rill_close(sections[i]) < 0)
            return 1;
    }
    printf("%d lines in %d bytes\n", (int)total, (int)size);
    return rill_close(file) < 0 || total != THREADS * LINES;
}

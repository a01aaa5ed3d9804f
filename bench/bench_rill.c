/*
 * bench_rill.c - the program of Rill: the loops that memory and files share,
 * and main(). Loops are written as the header comments of Rill show them.
 */
#include <stdlib.h>

#include "bench_rill.h"

void loop_put_bytes(rill *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rill_putc(s, (unsigned char)i);
}

void loop_put_bytes_cursor(bench_job *j, rill *s)
{
    rill_writer w = rill_writer_begin(s);
    const size_t n = j->n;

    for (size_t i = 0; i < n; i++)
        rill_writer_putc(&w, (unsigned char)i);
    bench_check(j, rill_writer_end(&w) == RILL_OK);
}

uint64_t loop_get_bytes(bench_job *j, rill *s)
{
    uint64_t sum = 0;
    int c;

    (void)j;
    while ((c = rill_getc(s)) >= 0)
        sum += (unsigned)c;
    return sum;
}

uint64_t loop_get_bytes_cursor(bench_job *j, rill *s)
{
    rill_reader r = rill_reader_begin(s);
    uint64_t sum = 0;
    int c;

    while ((c = rill_reader_getc(&r)) >= 0)
        sum += (unsigned)c;
    bench_check(j, rill_reader_end(&r) == RILL_EEOF);
    return sum;
}

BENCH_VECTORISED uint64_t loop_get_bytes_window(bench_job *j, rill *s)
{
    const void *window;
    ptrdiff_t len;
    uint64_t sum = 0;

    while ((len = rill_peek(s, &window, 0)) > 0) {
        const unsigned char *p = window;
        for (ptrdiff_t i = 0; i < len; i++)
            sum += p[i];
        rill_consume(s, (size_t)len);
    }
    bench_check(j, len == 0);
    return sum;
}

uint64_t loop_sum_lines(bench_job *j, rill *s)
{
    rill_lines it;
    rill_line line;
    uint64_t sum = 0;

    rill_lines_begin(&it, s, '\n');
    while (rill_lines_next(&it, &line))
        sum += bench_line_sum(line.data, line.len);
    bench_check(j, rill_lines_end(&it) == RILL_OK);
    return sum;
}

uint64_t loop_sum_readline(bench_job *j, rill *s)
{
    const char *line;
    ptrdiff_t len;
    uint64_t sum = 0;

    while ((len = rill_readline(s, &line)) > 0)
        sum += bench_line_sum(line, (size_t)len);
    bench_check(j, len == 0);
    return sum;
}

uint64_t loop_sum_getline(bench_job *j, rill *s)
{
    char *line = NULL;
    size_t size = 0;
    ptrdiff_t len;
    uint64_t sum = 0;

    while ((len = rill_getline(s, &line, &size)) > 0)
        sum += bench_line_sum(line, (size_t)len);
    bench_check(j, len == 0);
    free(line);
    return sum;
}

int main(int argc, char **argv)
{
    static bench_workload all[64];
    size_t count = 0;

    for (const bench_workload *w = bench_rill_memory_workloads; w->name; w++)
        all[count++] = *w;
    for (const bench_workload *w = bench_rill_file_workloads; w->name; w++)
        all[count++] = *w;
    return bench_main(argc, argv, all);
}

/*
 * bench_rill.h - the loops over `rill *` that the memory and the file
 * workloads share: the same code over both, as in a user's program.
 */
#ifndef BENCH_RILL_H
#define BENCH_RILL_H

#include <rill/rill.h>

#include "bench.h"

extern const bench_workload bench_rill_memory_workloads[];
extern const bench_workload bench_rill_file_workloads[];

BENCH_INLINE void loop_put_records(rill *s, size_t n, const size_t size)
{
    for (size_t i = 0; i < n; i++)
        rill_write(s, bench_records[i % BENCH_RECORDS], size);
}

BENCH_INLINE void loop_put_records_cursor(bench_job *j, rill *s,
                                          const size_t size)
{
    rill_writer w = rill_writer_begin(s);
    const size_t n = j->n;

    for (size_t i = 0; i < n; i++)
        rill_writer_put(&w, bench_records[i % BENCH_RECORDS], size);
    bench_check(j, rill_writer_end(&w) == RILL_OK);
}

BENCH_INLINE uint64_t loop_get_records(rill *s, size_t n, const size_t size)
{
    unsigned char record[256];
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (rill_read_exact(s, record, size) != RILL_OK)
            break;
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    return sum;
}

BENCH_INLINE uint64_t loop_get_records_cursor(bench_job *j, rill *s,
                                              const size_t size)
{
    rill_reader r = rill_reader_begin(s);
    unsigned char record[256];
    const size_t n = j->n;
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        rill_reader_get(&r, record, size);
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    bench_check(j, rill_reader_end(&r) == RILL_OK);
    return sum;
}

void loop_put_bytes(rill *s, size_t n);
void loop_put_bytes_cursor(bench_job *j, rill *s);
uint64_t loop_get_bytes(bench_job *j, rill *s);
uint64_t loop_get_bytes_cursor(bench_job *j, rill *s);
uint64_t loop_get_bytes_window(bench_job *j, rill *s);
uint64_t loop_sum_lines(bench_job *j, rill *s);
uint64_t loop_sum_readline(bench_job *j, rill *s);
uint64_t loop_sum_getline(bench_job *j, rill *s);

#endif /* BENCH_RILL_H */

/*
 * limit.h - what the parts of the limit program share.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include "bench.h"

extern const bench_workload limit_memory[];
extern const bench_workload limit_file[];

/*
 * Add what each line of the text adds (bench_line_sum()) to *sum. Returns the
 * length of the whole lines; a rest without a newline is left alone.
 */
size_t limit_sum_lines(const char *text, size_t len, uint64_t *sum);

#endif /* LIMIT_H */

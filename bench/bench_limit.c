/*
 * bench_limit.c - the program of the limit: hand-written loops over memory
 * that is there (limit_memory.c) and bare system calls (limit_file.c).
 */
#include "limit.h"

int main(int argc, char **argv)
{
    static bench_workload all[64];
    size_t count = 0;

    for (const bench_workload *w = limit_memory; w->name; w++)
        all[count++] = *w;
    for (const bench_workload *w = limit_file; w->name; w++)
        all[count++] = *w;
    return bench_main(argc, argv, all);
}

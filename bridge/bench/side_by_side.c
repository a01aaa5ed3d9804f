/*
 * side_by_side.c - measure two ways of doing one thing, in turns.
 *
 * Processor time, not time on the clock: other programs on the machine change
 * it little. Neighbours in time are compared, and the median of many such
 * ratios is what counts.
 */
#define _POSIX_C_SOURCE 200809L

#include "side_by_side.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 31 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds that `count` runs take. */
static double measure(void (*run)(void *ctx), void *ctx, int count)
{
    double start = now();

    while (count-- > 0)
        run(ctx);
    return now() - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double v[ROUNDS])
{
    qsort(v, ROUNDS, sizeof(*v), by_size);
    return v[ROUNDS / 2];
}

/* How often to run for 20 ms, at least once; the first run is not counted. */
static int runs_for_20_ms(void (*run)(void *ctx), void *ctx)
{
    double once;

    measure(run, ctx, 1);
    once = measure(run, ctx, 1);
    return once > 0.02 ? 1 : (int)(0.02 / (once + 1e-9)) + 1;
}

void side_by_side(const char *what, size_t bytes, void (*own)(void *ctx),
                  void (*ours)(void *ctx), void *ctx)
{
    double a[ROUNDS], b[ROUNDS], ratio[ROUNDS], megabytes;
    int count = runs_for_20_ms(own, ctx), i;

    runs_for_20_ms(ours, ctx);
    for (i = 0; i < ROUNDS; i++) {
        if (i % 2) {
            a[i] = measure(own, ctx, count);
            b[i] = measure(ours, ctx, count);
        } else {
            b[i] = measure(ours, ctx, count);
            a[i] = measure(own, ctx, count);
        }
        ratio[i] = b[i] / a[i];
    }
    megabytes = (double)bytes * count / 1e6;
    printf("%-46s %8.0f %8.0f MB/s %7.3f%s\n", what, megabytes / median(a),
           megabytes / median(b), median(ratio),
           median(ratio) > 1.02 ? "  over 1.02" : "");
    fflush(stdout);
}

void fill_plausibly(void *buf, size_t len)
{
    unsigned char *p = buf;
    uint32_t x = 1;
    size_t i;

    for (i = 0; i < len; i++) {
        x = x * 1664525u + 1013904223u;
        p[i] = (unsigned char)((i >> 6) + (x >> 29));
    }
}

void give_up(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

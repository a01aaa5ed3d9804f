/*
 * bench.h - what every benchmark program shares.
 *
 * A program is one peer: a table of workloads, each a function that does what
 * the job says, in the way the peer's documentation recommends, and times the
 * part that counts with bench_start() and bench_stop(). bench.c runs one of them
 * on an order from the driver (bench/run).
 *
 * Every function checks its own result after the clock has stopped: a peer
 * that does less than the others is found, not praised.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    BENCH_BLOCK = 64 * 1024,   /* one bulk read or write */
    BENCH_BUFFER = 128 * 1024, /* buffer of every buffered file, as Rill's */
    BENCH_RECORDS = 16         /* rows of the constant table, a power of 2 */
};

/* One measurement. rust.rs has this struct too. */
typedef struct bench_job {
    size_t n;          /* operations in one repetition */
    size_t size;       /* bytes of a record, or of the whole */
    size_t reps;       /* repetitions */
    size_t warm;       /* 1: measured after an unmeasured run */
    const char *path;  /* a file to read or to write */
    const char *path2; /* a file to write */
    double ns;         /* result: CPU time of all repetitions */
    double value;      /* result of workloads that measure no time */
    int ok;            /* result: 0 where the outcome was wrong */
} bench_job;

typedef struct bench_workload {
    const char *name; /* "write_mem", or "write_mem@cursor" for a variant */
    void (*run)(bench_job *j);
} bench_workload;

/* `table` ends with a NULL name. */
int bench_main(int argc, char **argv, const bench_workload *table);

void bench_start(bench_job *j);
void bench_stop(bench_job *j);
void bench_check(bench_job *j, int good);

/* Records come from a constant table: a record made right before it is copied
 * would stall the copy and hide every difference. */
extern unsigned char bench_records[BENCH_RECORDS][256];

/* Word k of the data of every file and memory that is read. */
static inline uint64_t bench_word(uint64_t k)
{
    return (k + 1) * UINT64_C(0x9E3779B97F4A7C15);
}

static inline uint64_t bench_first_word(const void *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return w;
}

/* A cheap random sequence, the same for all peers. */
static inline uint64_t bench_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return *state;
}

/* A random multiple of 64 below `size`, a power of 2. */
static inline uint64_t bench_offset(uint64_t *state, size_t size)
{
    return (bench_next(state) >> 16) & (size - 1) & ~UINT64_C(63);
}

/* Make the compiler believe that the bytes of an array are read. */
#define BENCH_KEEP(array) __asm__ volatile("" : : "m"(array))

/* Make it believe that a scalar is changed: a loop is then not vectorised. */
#define BENCH_OPAQUE(scalar) __asm__ volatile("" : "+r"(scalar))

/* The few loops that show what vectorising gives (-O2 of GCC 12 does not). */
#if defined(__GNUC__) && !defined(__clang__)
#define BENCH_VECTORISED __attribute__((optimize("O3")))
#else
#define BENCH_VECTORISED
#endif

#define BENCH_INLINE static inline __attribute__((always_inline))

/* Call fn(job, size) with the size a constant, as records have in programs. */
#define BENCH_BY_SIZE(job, fn)    \
    do {                          \
        switch ((job)->size) {    \
        case 8:                   \
            fn(job, 8);           \
            break;                \
        case 11:                  \
            fn(job, 11);          \
            break;                \
        case 64:                  \
            fn(job, 64);          \
            break;                \
        case 256:                 \
            fn(job, 256);         \
            break;                \
        default:                  \
            fn(job, (job)->size); \
            break;                \
        }                         \
    } while (0)

/* Memory on huge pages, every page touched, never freed. */
void *bench_memory(size_t size);

/* The same, filled with bench_word(). */
unsigned char *bench_data(size_t size);

/* `n` lines of 110 bytes on average. */
char *bench_lines(size_t n, size_t *len_out);

/* What a line adds to the sum that proves it was seen. */
static inline uint64_t bench_line_sum(const char *line, size_t len)
{
    return len + (unsigned char)line[0];
}

/* What the sums must be. */
uint64_t bench_expect_records(size_t n, size_t size);
uint64_t bench_expect_bytes(size_t n);
uint64_t bench_expect_lines(size_t n);
uint64_t bench_expect_random(size_t n, size_t size);
uint64_t bench_expect_create(size_t n); /* lengths and first bytes */

/* Check what was written: records, the bytes 0 1 2..., blocks of bench_data()
 * all alike, and a copy of bench_data(). */
void bench_check_records(bench_job *j, const void *data, size_t len);
void bench_check_putc(bench_job *j, const void *data, size_t len);
void bench_check_blocks(bench_job *j, const void *data, size_t len);
void bench_check_data(bench_job *j, const void *data, size_t len);

/* The same for a file, which is then removed. */
typedef void bench_checker(bench_job *j, const void *data, size_t len);
void bench_check_file(bench_job *j, const char *path, bench_checker *check);

/* Length of a file; resident bytes of this process. */
size_t bench_file_size(const char *path);
size_t bench_resident(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BENCH_H */

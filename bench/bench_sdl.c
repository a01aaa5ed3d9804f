/*
 * bench_sdl.c - SDL 2's RWops. Memory to write to has a fixed size and is
 * there already: SDL 2 has no memory that grows. No lines.
 */
#include <stdlib.h>
#include <unistd.h>

#define SDL_MAIN_HANDLED
#include <SDL.h>

#include "bench.h"

static SDL_RWops *must(SDL_RWops *rw)
{
    if (!rw)
        exit(1);
    return rw;
}

/* ---- Memory ----------------------------------------------------------- */

static void write_mem(bench_job *j)
{
    size_t len = j->n * j->size;
    unsigned char *memory = bench_memory(len);

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        SDL_RWops *rw = must(SDL_RWFromMem(memory, (int)len));
        for (size_t i = 0, n = j->n; i < n; i++)
            SDL_RWwrite(rw, bench_records[i % BENCH_RECORDS], 1, j->size);
        bench_check(j, SDL_RWclose(rw) == 0);
    }
    bench_stop(j);
    bench_check_records(j, memory, len);
}

static void putc_mem(bench_job *j)
{
    unsigned char *memory = bench_memory(j->n);

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        SDL_RWops *rw = must(SDL_RWFromMem(memory, (int)j->n));
        for (size_t i = 0, n = j->n; i < n; i++)
            SDL_WriteU8(rw, (Uint8)i);
        bench_check(j, SDL_RWclose(rw) == 0);
    }
    bench_stop(j);
    bench_check_putc(j, memory, j->n);
}

static uint64_t get_records(SDL_RWops *rw, size_t n, size_t size)
{
    unsigned char record[256];
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (SDL_RWread(rw, record, 1, size) != size)
            break;
        BENCH_KEEP(record);
        sum += bench_first_word(record);
    }
    return sum;
}

static uint64_t get_bytes(SDL_RWops *rw, size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += SDL_ReadU8(rw);
    return sum;
}

static void read_mem(bench_job *j)
{
    size_t len = j->n * j->size;
    SDL_RWops *rw = must(SDL_RWFromConstMem(bench_data(len), (int)len));
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        SDL_RWseek(rw, 0, RW_SEEK_SET);
        sum += get_records(rw, j->n, j->size);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
    SDL_RWclose(rw);
}

static void getc_mem(bench_job *j)
{
    SDL_RWops *rw = must(SDL_RWFromConstMem(bench_data(j->n), (int)j->n));
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        SDL_RWseek(rw, 0, RW_SEEK_SET);
        sum += get_bytes(rw, j->n);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
    SDL_RWclose(rw);
}

static uint64_t random_reads(bench_job *j, SDL_RWops *rw)
{
    unsigned char record[64];
    uint64_t state = 1, sum = 0;

    for (size_t i = 0, n = j->n; i < n; i++) {
        SDL_RWseek(rw, (Sint64)bench_offset(&state, j->size), RW_SEEK_SET);
        if (SDL_RWread(rw, record, 1, sizeof record) == sizeof record) {
            BENCH_KEEP(record);
            sum += bench_first_word(record);
        }
    }
    return sum;
}

static void rand_mem(bench_job *j)
{
    SDL_RWops *rw = must(SDL_RWFromConstMem(bench_data(j->size), (int)j->size));
    uint64_t sum;

    bench_start(j);
    sum = random_reads(j, rw);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
    SDL_RWclose(rw);
}

static void create(bench_job *j)
{
    uint64_t sum = 0;
    unsigned char memory[64];

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        SDL_RWops *rw = must(SDL_RWFromMem(memory, sizeof memory));
        SDL_RWwrite(rw, bench_records[i % BENCH_RECORDS], 1, 11);
        sum += (uint64_t)SDL_RWtell(rw) + memory[0];
        SDL_RWclose(rw);
    }
    bench_stop(j);
    bench_check(j, sum == bench_expect_create(j->n));
}

/* ---- Files ------------------------------------------------------------ */

static void write_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        SDL_RWops *rw = must(SDL_RWFromFile(j->path, "wb"));
        for (size_t i = 0, n = j->n; i < n; i++)
            SDL_RWwrite(rw, bench_records[i % BENCH_RECORDS], 1, j->size);
        bench_check(j, SDL_RWclose(rw) == 0);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_records);
}

static void putc_file(bench_job *j)
{
    for (size_t r = 0; r < j->reps; r++) {
        bench_start(j);
        SDL_RWops *rw = must(SDL_RWFromFile(j->path, "wb"));
        for (size_t i = 0, n = j->n; i < n; i++)
            SDL_WriteU8(rw, (Uint8)i);
        bench_check(j, SDL_RWclose(rw) == 0);
        bench_stop(j);
        if (r + 1 < j->reps)
            unlink(j->path);
    }
    bench_check_file(j, j->path, bench_check_putc);
}

static void read_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        SDL_RWops *rw = must(SDL_RWFromFile(j->path, "rb"));
        sum += get_records(rw, j->n, j->size);
        SDL_RWclose(rw);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_records(j->n, j->size));
}

static void getc_file(bench_job *j)
{
    uint64_t sum = 0;

    bench_start(j);
    for (size_t r = 0; r < j->reps; r++) {
        SDL_RWops *rw = must(SDL_RWFromFile(j->path, "rb"));
        sum += get_bytes(rw, j->n);
        SDL_RWclose(rw);
    }
    bench_stop(j);
    bench_check(j, sum == j->reps * bench_expect_bytes(j->n));
}

static void read_bulk(bench_job *j)
{
    static unsigned char block[BENCH_BLOCK];
    uint64_t sum = 0;

    bench_start(j);
    SDL_RWops *rw = must(SDL_RWFromFile(j->path, "rb"));
    while (SDL_RWread(rw, block, 1, sizeof block) > 0) {
        BENCH_KEEP(block);
        sum += bench_first_word(block);
    }
    SDL_RWclose(rw);
    bench_stop(j);
    bench_check(j, sum == bench_expect_records(j->n, BENCH_BLOCK));
}

static void write_bulk(bench_job *j)
{
    unsigned char *block = bench_data(BENCH_BLOCK);

    bench_start(j);
    SDL_RWops *rw = must(SDL_RWFromFile(j->path, "wb"));
    for (size_t i = 0, n = j->n; i < n; i++)
        SDL_RWwrite(rw, block, 1, BENCH_BLOCK);
    bench_check(j, SDL_RWclose(rw) == 0);
    bench_stop(j);
    bench_check_file(j, j->path, bench_check_blocks);
}

static void load(bench_job *j)
{
    size_t len = 0;

    bench_start(j);
    void *data = SDL_LoadFile(j->path, &len);
    bench_stop(j);
    bench_check_data(j, data, len);
    bench_start(j);
    SDL_free(data);
    bench_stop(j);
}

static void save(bench_job *j)
{
    unsigned char *data = bench_data(j->size);

    bench_start(j);
    SDL_RWops *rw = must(SDL_RWFromFile(j->path2, "wb"));
    SDL_RWwrite(rw, data, 1, j->size);
    bench_check(j, SDL_RWclose(rw) == 0);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void copy_file(bench_job *j)
{
    static unsigned char piece[BENCH_BUFFER];
    size_t got;

    bench_start(j);
    SDL_RWops *in = must(SDL_RWFromFile(j->path, "rb"));
    SDL_RWops *out = must(SDL_RWFromFile(j->path2, "wb"));
    while ((got = SDL_RWread(in, piece, 1, sizeof piece)) > 0)
        SDL_RWwrite(out, piece, 1, got);
    SDL_RWclose(in);
    bench_check(j, SDL_RWclose(out) == 0);
    bench_stop(j);
    bench_check_file(j, j->path2, bench_check_data);
}

static void rand_file(bench_job *j)
{
    uint64_t sum;

    bench_start(j);
    SDL_RWops *rw = must(SDL_RWFromFile(j->path, "rb"));
    sum = random_reads(j, rw);
    SDL_RWclose(rw);
    bench_stop(j);
    bench_check(j, sum == bench_expect_random(j->n, j->size));
}

static void open_close(bench_job *j)
{
    unsigned char text[1024];
    uint64_t sum = 0;

    bench_start(j);
    for (size_t i = 0, n = j->n; i < n; i++) {
        SDL_RWops *rw = must(SDL_RWFromFile(j->path, "rb"));
        if (SDL_RWread(rw, text, 1, sizeof text) == sizeof text)
            sum += bench_first_word(text);
        SDL_RWclose(rw);
    }
    bench_stop(j);
    bench_check(j, sum == j->n * bench_word(0));
}

int main(int argc, char **argv)
{
    static const bench_workload all[] = {
        {"write_mem", write_mem},
        {"putc_mem", putc_mem},
        {"read_mem", read_mem},
        {"getc_mem", getc_mem},
        {"rand_mem", rand_mem},
        {"create", create},
        {"write_file", write_file},
        {"putc_file", putc_file},
        {"read_file", read_file},
        {"getc_file", getc_file},
        {"read_bulk", read_bulk},
        {"write_bulk", write_bulk},
        {"load", load},
        {"save", save},
        {"copy_file", copy_file},
        {"rand_file", rand_file},
        {"open_close", open_close},
        {NULL, NULL},
    };

    return bench_main(argc, argv, all);
}

/*
 * bench_rust.c - the table of the workloads that bench_rust.rs implements.
 */
#include "bench.h"

#define RUST(name) void rust_##name(bench_job *j)

RUST(write_mem);
RUST(putc_mem);
RUST(grow_mem);
RUST(read_mem);
RUST(getc_mem);
RUST(lines_mem);
RUST(rand_mem);
RUST(create);
RUST(create_array);
RUST(many);
RUST(write_file);
RUST(putc_file);
RUST(read_file);
RUST(getc_file);
RUST(lines_file);
RUST(read_bulk);
RUST(write_bulk);
RUST(load);
RUST(save);
RUST(copy_file);
RUST(rand_file);
RUST(open_close);

int main(int argc, char **argv)
{
    static const bench_workload all[] = {
        {"write_mem", rust_write_mem},
        {"putc_mem", rust_putc_mem},
        {"grow_mem", rust_grow_mem},
        {"read_mem", rust_read_mem},
        {"getc_mem", rust_getc_mem},
        {"lines_mem", rust_lines_mem},
        {"rand_mem", rust_rand_mem},
        {"create", rust_create},
        {"create@array", rust_create_array},
        {"many", rust_many},
        {"write_file", rust_write_file},
        {"putc_file", rust_putc_file},
        {"read_file", rust_read_file},
        {"getc_file", rust_getc_file},
        {"lines_file", rust_lines_file},
        {"read_bulk", rust_read_bulk},
        {"write_bulk", rust_write_bulk},
        {"load", rust_load},
        {"save", rust_save},
        {"copy_file", rust_copy_file},
        {"rand_file", rust_rand_file},
        {"open_close", rust_open_close},
        {NULL, NULL},
    };

    return bench_main(argc, argv, all);
}

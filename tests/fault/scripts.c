/*
 * scripts.c - what is done on a stream while each of its calls fails in turn.
 *
 * Every operation is in one of these. They are short, so that a sweep with all
 * faults, stores, endings and windows is done in minutes.
 */
#include "sweep.h"

enum {
    LITTLE = 30,    /* bytes: within a window of any usual size */
    LINES = 99,     /* nine of the lines that a start consists of */
    LARGE = 40000,  /* past the window, in one request */
    RANGE = 300000, /* so that content in memory moves, twice */
    ALL = READS | WRITES | SEEKS
};

/* ---- Writing ------------------------------------------------------------------ */

static void write_little(world *w)
{
    put(w, LITTLE);
    put(w, 1);
    flush(w);
    put(w, LITTLE);
}

static void write_large(world *w)
{
    put(w, 5);
    put(w, LARGE);
    put(w, 5);
}

static void write_growing(world *w)
{
    put(w, 100);
    put(w, RANGE);
    put(w, RANGE);
}

static void write_pieces(world *w)
{
    put_pieces(w, LITTLE, 3);
    put_pieces(w, LARGE, 5);
    put_pieces(w, 4, 2);
}

static void write_bytes_and_text(world *w)
{
    put_bytes(w, 9);
    put_text(w, 1);
    put_text(w, 123456);
    flush(w);
    put_bytes(w, 2);
}

static void write_in_place(world *w)
{
    put_room(w, 10);
    put_room(w, 200);
    put_cursor(w, 50);
    put(w, 3);
    put_cursor(w, 10);
}

static void write_after_end(world *w)
{
    put(w, LITTLE);
    seek(w, 150, RILL_SEEK_SET);
    put(w, LITTLE);
    seek(w, 10, RILL_SEEK_END);
    put(w, 1);
}

static void write_beside(world *w)
{
    put_at(w, LITTLE, 20);
    put(w, 10);
    put_at(w, 5, 3);
    get_at(w, 40, 0);
    put_at(w, LITTLE, 200);
}

static void append_after(world *w)
{
    put(w, LITTLE);
    put(w, 5);
    flush(w);
    seek(w, 0, RILL_SEEK_SET);
    get(w, 10);
    put(w, LITTLE);
    put(w, LARGE);
    put_pieces(w, LARGE, 2);
}

/* ---- Reading -------------------------------------------------------------------- */

static void read_all_ways(world *w)
{
    get(w, 10);
    get_bytes(w, 3);
    get_some(w, 5);
    get_exact(w, 7);
    get_pieces(w, 20, 3);
    get_peeked(w, 12);
    skip(w, 9);
    get(w, LARGE);
}

static void read_large(world *w)
{
    get(w, 5);
    get(w, 20000);
    get_pieces(w, 18000, 4);
    get_exact(w, 1000);
    get(w, LARGE);
}

static void read_at_once(world *w)
{
    get(w, 11);
    get_all(w);
    get_all(w);
}

static void read_by_position(world *w)
{
    get_cursor(w, 20);
    get_at(w, 50, 30);
    seek(w, 80, RILL_SEEK_SET);
    get(w, 10);
    seek(w, -60, RILL_SEEK_CUR);
    skip(w, 20);
    get_exact(w, 11);
    measure(w);
    seek(w, -5, RILL_SEEK_END);
    get_cursor(w, 20);
}

static void read_lines(world *w)
{
    get_line(w);
    get_line_copied(w);
    get_line_into(w, 4);
    get_lines(w, 3);
    get_line(w);
    get_lines(w, 100);
}

/* ---- Both --------------------------------------------------------------------------- */

static void read_and_write(world *w)
{
    get(w, 10);
    put(w, LITTLE);
    seek(w, 5, RILL_SEEK_SET);
    get(w, 10);
    put(w, 5);
    get(w, 10);
    measure(w);
    seek(w, 0, RILL_SEEK_END);
    put(w, 5);
    seek(w, 0, RILL_SEEK_SET);
    get(w, LARGE);
}

static void cut_and_write(world *w)
{
    seek(w, 50, RILL_SEEK_SET);
    put(w, 10);
    cut(w, 55);
    put(w, 10);
    cut(w, 20);
    cut(w, 90);
    seek(w, 0, RILL_SEEK_SET);
    get(w, 90);
    hint(w, 5000);
    put(w, 10);
}

static void turn_around(world *w)
{
    put(w, 10);
    get(w, 10);
    put(w, 10);
    get_line(w);
    flush(w);
    get_all(w);
    put(w, 3);
}

static void syncs(world *w)
{
    put(w, LITTLE);
    sync_to(w, RILL_SYNC_OS);
    put(w, 5);
    sync_to(w, RILL_SYNC_DATA);
    put(w, 5);
    sync_to(w, RILL_SYNC_DISK);
    put(w, 5);
}

static void shares_descriptor(world *w)
{
    put(w, LITTLE);
    number(w);
    put(w, 5);
    flush(w);
    number(w);
    seek(w, 3, RILL_SEEK_SET);
    get(w, 10);
    number(w);
    put(w, 100);
    number(w);
}

/* ---- Memory --------------------------------------------------------------------------- */

static void values(world *w)
{
    copy_value(w);
    put(w, LITTLE);
    lend(w);
    copy_value(w);
    take(w);
    put(w, 100);
    copy_value(w);
    take(w);
    put(w, LITTLE);
    reset(w);
    put(w, 5);
}

static void becomes_large(world *w)
{
    hint(w, 1000);
    put(w, RANGE);
    put(w, RANGE);
    seek(w, 10, RILL_SEEK_SET);
    put(w, 10);
    get_all(w);
    cut(w, 100);
}

/* ---- Copies ----------------------------------------------------------------- */

static void copies_in(world *w)
{
    put(w, 5);
    bring(w, IN_FILE, LINES);
    bring(w, IN_MEMORY, LINES);
    put(w, 5);
}

static void copies_in_large(world *w)
{
    put(w, 5);
    bring(w, IN_FILE, RANGE);
    bring(w, IN_MEMORY, LARGE);
}

static void copies_out(world *w)
{
    get(w, 5);
    carry(w, IN_MEMORY);
}

static void copies_out_to_file(world *w)
{
    get(w, 5);
    carry(w, IN_FILE);
}

/* ---- The table ---------------------------------------------------------------------------- */

const script scripts[] = {
    {"write_little", write_little, WRITES, "r+", 0, 0},
    {"write_large", write_large, WRITES, "r+", 0, 0},
    {"write_growing", write_growing, WRITES | SEEKS, "r+", 0, 0},
    {"write_pieces", write_pieces, WRITES, "r+", 0, 0},
    {"write_bytes_and_text", write_bytes_and_text, WRITES, "r+", 0, 0},
    {"write_in_place", write_in_place, WRITES | SEEKS, "r+", 0, 0},
    {"write_after_end", write_after_end, WRITES | SEEKS, "r+", LINES, 0},
    {"write_beside", write_beside, ALL, "r+", LINES, TRIES_AGAIN},
    {"append_after", append_after, ALL | APPENDS, "a+", LINES, 0},
    {"read_all_ways", read_all_ways, READS, "r+", LINES, 0},
    {"read_large", read_large, READS, "r+", LARGE, 0},
    {"read_at_once", read_at_once, READS, "r+", 5000, 0},
    {"read_by_position", read_by_position, READS | SEEKS, "r+", LINES,
     TRIES_AGAIN},
    {"read_lines", read_lines, READS, "r+", LINES, 0},
    {"read_and_write", read_and_write, ALL, "r+", LINES, 0},
    {"cut_and_write", cut_and_write, ALL | TRUNCATES, "r+", LINES, 0},
    {"turn_around", turn_around, READS | WRITES, "r+", LINES, 0},
    {"syncs", syncs, WRITES | MOVES, "r+", LINES, 0},
    {"shares_descriptor", shares_descriptor, ALL | NUMBERED, "r+", LINES, 0},
    {"values", values, ALL | MEMORY | TAKES, "r+", LINES, 0},
    {"copies_in", copies_in, WRITES, "r+", LINES, 0},
    {"copies_in_large", copies_in_large, WRITES | SEEKS, "r+", 0, MUCH},
    {"copies_out", copies_out, READS, "r+", LINES, 0},
    {"copies_out_large", copies_out_to_file, READS | SEEKS, "r+", RANGE, MUCH},
    {"copies_out_to_file", copies_out_to_file, READS, "r+", LINES, 0},
    {"becomes_large", becomes_large, ALL | MEMORY | TAKES, "r+", 0, 0},
};

const size_t script_count = sizeof(scripts) / sizeof(scripts[0]);

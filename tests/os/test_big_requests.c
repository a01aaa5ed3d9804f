/*
 * test_big_requests.c - single requests above 2 GiB and above 4 GiB.
 *
 * Linux moves at most 2 GiB - 4 KiB in one system call, and 32-bit counts end
 * at 4 GiB, so the library has to go on by itself. The buffers are one piece
 * of address space under which the same 64 MiB of memory lie again and again:
 * gigabytes of arguments cost 64 MiB.
 */
#define _GNU_SOURCE
#include "os_support.h"

#define TILE (64 * MIB)
#define OVER_2G (2 * GIB + 3 * MIB + 7)
#define OVER_4G (4 * GIB + 3 * MIB + 7)

/* Address space of `size` bytes, rounded up to tiles, over one tile. */
typedef struct tiled {
    unsigned char *base;
    size_t mapped;
} tiled;

/* To be written to: mapped at once. To be read: as it is touched. */
enum tiled_use { SOURCE = 0, TARGET = MAP_POPULATE };

static tiled tiled_open(int64_t size, enum tiled_use use)
{
    tiled t;
    int fd = memfd_create("tile", MFD_CLOEXEC);

    t.mapped = (size_t)((size + TILE - 1) / TILE * TILE);
    CHECK(fd >= 0);
    CHECK(ftruncate(fd, TILE) == 0);
    t.base = mmap(NULL, t.mapped, PROT_NONE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(t.base != MAP_FAILED);
    for (size_t at = 0; at < t.mapped; at += TILE)
        CHECK(mmap(t.base + at, TILE, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_FIXED | (int)use, fd, 0) == t.base + at);
    close(fd);
    return t;
}

static void tiled_close(tiled *t)
{
    munmap(t->base, t->mapped);
}

/* What test_pattern() puts into the tile, seen at any offset. */
static int is_tiled(const unsigned char *p, size_t n, int64_t offset)
{
    return is_pattern(p, n, offset % TILE);
}

static rill *open_checked(const char *path, const char *mode)
{
    rill *s = rill_open(path, mode);

    CHECK(s != NULL);
    return s;
}

/*
 * A hole with marks at both ends. In a file of memory, since reading a hole
 * there costs nothing, where on a disk it fills the page cache.
 */
static rill *open_sparse(int64_t size)
{
    rill *s = rill_open_fd(memfd_create("sparse", MFD_CLOEXEC), "w+", RILL_TAKE,
                           NULL);

    CHECK(s != NULL);
    CHECK_OK(rill_truncate(s, size));
    CHECK_INT(4, rill_pwrite(s, "HEAD", 4, 0));
    CHECK_INT(4, rill_pwrite(s, "TAIL", 4, size - 4));
    return s;
}

/* More is asked for than there is, starting in the middle of a window. */
static void read_to_the_end(const tiled *t)
{
    rill *s = open_sparse(OVER_2G);

    CHECK_INT('H', rill_getc(s));
    CHECK_INT(OVER_2G - 1, rill_read(s, t->base, (size_t)OVER_4G));
    CHECK_BYTES(t->base + OVER_2G - 5, 4, "TAIL");
    CHECK_INT(OVER_2G, rill_tell(s));
    CHECK_INT(OVER_2G - 10, rill_seek(s, -10, RILL_SEEK_END));
    CHECK_CODE(RILL_EEOF, rill_read_exact(s, t->base, (size_t)OVER_4G));
    CHECK_INT(OVER_2G, rill_tell(s));
    CHECK_BYTES(t->base + 6, 4, "TAIL");
    CHECK_OK(rill_close(s));
}

static void read_pieces(const tiled *t, rill *s)
{
    rill_iovec v[3];

    v[0] = (rill_iovec){t->base, (size_t)(2 * GIB + 10)};
    v[1] = (rill_iovec){t->base, (size_t)(2 * GIB + 10)};
    v[2] = (rill_iovec){t->base, (size_t)(OVER_4G - 4 * GIB - 20)};
    CHECK_OK(rill_rewind(s));
    CHECK_INT(OVER_4G, rill_readv(s, v, 3));
    CHECK_BYTES(t->base + v[2].len - 4, 4, "TAIL");
    CHECK_INT(OVER_4G, rill_tell(s));
}

TEST(big_requests__read_files)
{
    tiled t;
    rill *s;

    NEED_MEMORY(GIB);
    t = tiled_open(OVER_4G, TARGET);
    s = open_sparse(OVER_4G);
    CHECK_INT(OVER_4G, rill_read(s, t.base, (size_t)OVER_4G));
    CHECK_INT(OVER_4G, rill_tell(s));
    CHECK_BYTES(t.base + OVER_4G - 4, 4, "TAIL");
    CHECK_INT(0, t.base[OVER_4G - 5]);
    CHECK_INT(0, rill_read(s, t.base, 1));

    memset(t.base, 'x', (size_t)TILE);
    CHECK_INT(OVER_4G - 10, rill_pread(s, t.base, (size_t)OVER_4G, 10));
    CHECK_BYTES(t.base + OVER_4G - 14, 4, "TAIL");
    CHECK_INT(OVER_4G, rill_tell(s));

    read_pieces(&t, s);
    CHECK_OK(rill_close(s));
    read_to_the_end(&t);
    tiled_close(&t);
}

/* /dev/zero and /dev/null cut requests as files do, and cost no disk. */
TEST(big_requests__devices)
{
    tiled t;
    rill *s;

    NEED_MEMORY(GIB);
    t = tiled_open(OVER_4G, TARGET);
    memset(t.base, 0xff, (size_t)TILE);
    s = open_checked("/dev/zero", "r");
    CHECK_INT(OVER_4G, rill_read(s, t.base, (size_t)OVER_4G));
    CHECK_INT(0, t.base[0] | t.base[OVER_4G - 1]);
    CHECK_OK(rill_close(s));
    s = open_checked("/dev/null", "w");
    CHECK_INT(OVER_4G, rill_write(s, t.base, (size_t)OVER_4G));
    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_close(s));
    tiled_close(&t);
}

/* The other end of a pipe, which looks at every byte. */
typedef struct pipe_reader {
    int ends[2];
    const unsigned char *want;
} pipe_reader;

static void read_the_pipe(void *arg)
{
    pipe_reader *r = arg;
    unsigned char *part = malloc((size_t)MIB);
    int64_t at = 0;
    size_t n;

    MUST(part != NULL);
    close(r->ends[1]);
    while ((n = fd_read_all(r->ends[0], part, (size_t)MIB)) > 0) {
        MUST(at + (int64_t)n <= OVER_2G);
        MUST(memcmp(part, r->want + at, n) == 0);
        at += (int64_t)n;
    }
    MUST(at == OVER_2G);
    free(part);
}

TEST(big_requests__write_a_pipe)
{
    tiled t;
    pipe_reader r;
    pid_t child;
    rill *s;

    NEED_MEMORY(GIB);
    t = tiled_open(OVER_2G, SOURCE);
    test_pattern(t.base, (size_t)TILE, 0);
    r.want = t.base;
    CHECK_INT(0, pipe(r.ends));
    child = start_child(read_the_pipe, &r);
    close(r.ends[0]);
    s = rill_open_fd(r.ends[1], "w", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_INT(OVER_2G, rill_write(s, t.base, (size_t)OVER_2G));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
    tiled_close(&t);
}

/* ---- Memory ------------------------------------------------------------- */

TEST(big_requests__view_and_fixed)
{
    tiled from, to;
    rill_options o = RILL_OPTIONS_INIT;
    rill *v, *f;

    NEED_MEMORY(GIB);
    from = tiled_open(OVER_4G, SOURCE);
    to = tiled_open(OVER_4G + 9, TARGET);
    test_pattern(from.base, (size_t)TILE, 0);
    v = rill_open_view(from.base, (size_t)OVER_4G);
    CHECK(v != NULL);
    CHECK_INT(OVER_4G, rill_size(v));
    CHECK_INT(OVER_4G, rill_read(v, to.base, (size_t)OVER_4G + 5));
    CHECK(is_tiled(to.base + OVER_4G - 4096, 4096, OVER_4G - 4096));
    CHECK_INT(OVER_2G, rill_seek(v, OVER_2G, RILL_SEEK_SET));
    CHECK_INT(from.base[OVER_2G % TILE], rill_getc(v));

    f = rill_open_fixed(to.base, (size_t)OVER_4G + 9, &o);
    CHECK(f != NULL);
    CHECK_INT(1, rill_write(f, "x", 1));
    CHECK_INT(OVER_4G, rill_write(f, from.base, (size_t)OVER_4G));
    CHECK_INT(OVER_4G + 1, rill_size(f));
    CHECK_INT(8, rill_write(f, from.base, (size_t)OVER_4G));
    CHECK_CODE(RILL_ENOSPC, rill_write(f, "y", 1));
    CHECK_INT(OVER_4G + 9, rill_size(f));
    CHECK_CODE(RILL_ENOSPC, rill_close(f));
    CHECK_OK(rill_close(v));
    tiled_close(&to);
    tiled_close(&from);
}

/* A line longer than 32 bits count, which an index must not cut. */
TEST(big_requests__line_above_4_gib)
{
    tiled t;
    rill_lines it;
    rill_line line = {NULL, 0};
    const char *text;
    unsigned char *last;
    rill *v;

    NEED_MEMORY(GIB);
    t = tiled_open(OVER_4G + TILE, SOURCE);
    memset(t.base, 'a', (size_t)TILE);
    /* Private memory for the end, so that only there is a newline. */
    last = t.base + t.mapped - TILE;
    CHECK(mmap(last, (size_t)TILE, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == last);
    memcpy(last, "b\ncd\ne", 6);
    v = rill_open_view(t.base, t.mapped - (size_t)TILE + 6);
    CHECK(v != NULL);
    CHECK_INT(last + 2 - t.base, rill_readline(v, &text));
    CHECK_PTR(t.base, text);
    CHECK_OK(rill_rewind(v));

    rill_lines_begin(&it, v, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_INT(last + 2 - t.base, line.len);
    CHECK_PTR(t.base, line.data);
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "cd\n");
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "e");
    CHECK_INT(0, rill_lines_next(&it, &line));
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(v));
    tiled_close(&t);
}

TEST(big_requests__peek_and_copy_a_view)
{
    const void *p;
    tiled t;
    rill *v, *n;

    NEED_MEMORY(GIB);
    t = tiled_open(OVER_4G, SOURCE);
    v = rill_open_view(t.base, (size_t)OVER_4G);
    n = rill_open_null();
    CHECK(v && n);
    CHECK_INT(OVER_4G, rill_peek(v, &p, (size_t)OVER_4G));
    CHECK_OK(rill_consume(v, (size_t)OVER_4G - 1));
    CHECK_INT(OVER_4G - 1, rill_tell(v));
    CHECK_OK(rill_rewind(v));
    CHECK_INT(OVER_4G, rill_copy(n, v, -1));
    CHECK_INT(OVER_4G, rill_tell(n));
    CHECK_OK(rill_close(n));
    CHECK_OK(rill_rewind(v));
    n = open_checked("/dev/null", "w");
    CHECK_INT(OVER_4G, rill_copy(n, v, OVER_4G));
    CHECK_OK(rill_close(n));
    CHECK_OK(rill_close(v));
    tiled_close(&t);
}

TEST(big_requests__copy_a_file)
{
    rill *s, *n;

    NEED_MEMORY(GIB);
    s = open_sparse(OVER_4G);
    n = rill_open_null();
    CHECK(n != NULL);
    CHECK_INT(OVER_4G, rill_copy(n, s, OVER_4G));
    CHECK_INT(OVER_4G, rill_tell(n));
    CHECK_INT(OVER_4G, rill_tell(s));
    CHECK_OK(rill_close(n));
    CHECK_OK(rill_close(s));
}

/* Growing memory: this one costs as much as it holds. */
static void grow_memory(int64_t size)
{
    char back[100];
    const void *data;
    void *taken;
    tiled t = tiled_open(size, SOURCE);
    rill *m;

    test_pattern(t.base, (size_t)TILE, 0);
    m = rill_open_mem(NULL);
    CHECK(m != NULL);
    CHECK_INT(3, rill_write(m, "abc", 3));
    CHECK_INT(size, rill_write(m, t.base, (size_t)size));
    CHECK_INT(size + 3, rill_size(m));
    CHECK_INT(size + 3, rill_tell(m));
    CHECK_INT(size + 3, rill_data(m, &data));
    CHECK(is_tiled((const unsigned char *)data + 3 + size - 4096, 4096,
                   size - 4096));
    CHECK_INT(4, rill_pwrite(m, "MARK", 4, size - 50));
    CHECK_INT(53, rill_pread(m, back, sizeof(back), size - 50));
    CHECK_BYTES(back, 4, "MARK");
    CHECK_INT(size + 3, rill_take(m, &taken));
    CHECK_INT(0, rill_size(m));
    CHECK_BYTES((char *)taken + size - 50, 4, "MARK");
    rill_free(taken);
    CHECK_OK(rill_close(m));
    rill_pool_trim();
    tiled_close(&t);
}

TEST(big_requests__memory_above_2_gib)
{
    NEED_MEMORY(OVER_2G + GIB);
    grow_memory(OVER_2G);
}

TEST(big_requests__memory_above_4_gib)
{
    NEED_LONG();
    NEED_MEMORY(OVER_4G + GIB);
    grow_memory(OVER_4G);
}

/* Reading and copying a whole file into memory. */
TEST(big_requests__file_into_memory)
{
    void *all;
    rill *s, *m;
    int64_t n = OVER_4G;

    NEED_LONG();
    NEED_MEMORY(n + GIB);
    s = open_sparse(n);
    CHECK_INT(n, rill_read_all(s, &all));
    CHECK_BYTES((char *)all + n - 4, 5, "TAIL\0");
    rill_free(all);
    CHECK_OK(rill_rewind(s));
    m = rill_open_mem(NULL);
    CHECK_INT(n, rill_copy(m, s, -1));
    CHECK_INT(n, rill_size(m));
    CHECK_INT(n - 4, rill_seek(m, -4, RILL_SEEK_END));
    CHECK_REST(m, "TAIL");
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(s));
    rill_pool_trim();
}

/* A line of gigabytes grows the caller's buffer, by realloc() alone. */
TEST(big_requests__getline_above_4_gib)
{
    char *line = NULL;
    size_t size = 0;
    rill *s;

    NEED_LONG();
    NEED_MEMORY(2 * OVER_4G);
    s = open_sparse(OVER_4G);
    CHECK_INT(1, rill_pwrite(s, "\n", 1, OVER_4G - 1));
    CHECK_INT(OVER_4G, rill_getline(s, &line, &size));
    CHECK_BYTES(line + OVER_4G - 4, 5, "TAI\n\0");
    CHECK_INT(0, rill_getline(s, &line, &size));
    free(line);
    CHECK_OK(rill_close(s));
}

/*
 * streams.c - the streams that every bridge is tested over.
 */
#include "streams.h"

#include <pthread.h>
#include <unistd.h>

#include <rill/testing/double.h>

static rill *open_mem(void)
{
    return rill_open_mem(NULL);
}

static rill *open_spool(void)
{
    return rill_open_spool(1000, NULL);
}

/* A new file in the test's directory. */
static rill *open_file_with(ptrdiff_t buffer_size)
{
    static unsigned count;
    rill_options o = RILL_OPTIONS_INIT;
    char name[32];

    snprintf(name, sizeof(name), "stream%u", count++);
    o.buffer_size = buffer_size;
    return rill_open_with(name, "wb+", &o);
}

static rill *open_file(void)
{
    return open_file_with(0);
}

static rill *open_unbuffered(void)
{
    return open_file_with(RILL_UNBUFFERED);
}

static rill *open_seven(void)
{
    return open_file_with(7);
}

static rill *open_piecewise(void)
{
    static rill_double piecewise;
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = RILL_UNBUFFERED;
    piecewise = (rill_double){.piece = 1, .interrupts = 1};
    return rill_open_double(rill_open_mem(NULL), RILL_TAKE, &piecewise, &o);
}

const struct kind kinds[] = {
    {"mem", open_mem},     {"spool", open_spool},
    {"file", open_file},   {"unbuffered", open_unbuffered},
    {"seven", open_seven}, {"piecewise", open_piecewise},
};
const size_t kind_count = sizeof(kinds) / sizeof(kinds[0]);

struct bridge_case {
    void (*run)(const struct kind *kind);
    const struct kind *kind;
};

static void run_case(void *arg)
{
    const struct bridge_case *c = arg;

    c->run(c->kind);
}

void bridge_register(const char *name, void (*run)(const struct kind *))
{
    char full[100];
    size_t i;

    for (i = 0; i < kind_count; i++) {
        struct bridge_case *c = test_alloc(sizeof(*c));

        *c = (struct bridge_case){run, &kinds[i]};
        snprintf(full, sizeof(full), "%s[%s]", name, kinds[i].name);
        test_register(full, run_case, c);
    }
}

void check_there_and_back(rill *s)
{
    unsigned char want[5000], got[5000];

    test_pattern(want, sizeof(want), 0);
    CHECK(rill_seekable(s));
    CHECK_INT(sizeof(want), rill_write(s, want, sizeof(want)));
    CHECK_INT(sizeof(want), rill_size(s));
    CHECK_INT(1000, rill_seek(s, -4000, RILL_SEEK_END));
    CHECK_INT(100, rill_read(s, got, 100));
    CHECK_MEM(got, 100, want + 1000, 100);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_INT(sizeof(got), rill_read(s, got, sizeof(got)));
    memcpy(want + 1100, "abc", 3);
    CHECK_MEM(got, sizeof(got), want, sizeof(want));
    CHECK_INT(0, rill_read(s, got, 1));
}

/* What the thread of open_pipe() writes, and where. */
struct feed {
    int fd;
    size_t len;
    unsigned char data[];
};

static void *feed_pipe(void *arg)
{
    struct feed *f = arg;
    size_t done = 0;
    ptrdiff_t n = 1;

    while (done < f->len && n > 0) {
        n = write(f->fd, f->data + done, f->len - done);
        done += n > 0 ? (size_t)n : 0;
    }
    close(f->fd);
    free(f);
    return NULL;
}

rill *open_pipe(const void *data, size_t len)
{
    struct feed *f = test_alloc(sizeof(*f) + len);
    pthread_t thread;
    int ends[2];

    CHECK_INT(0, pipe(ends));
    f->fd = ends[1];
    f->len = len;
    memcpy(f->data, data, len);
    CHECK_INT(0, pthread_create(&thread, NULL, feed_pipe, f));
    CHECK_INT(0, pthread_detach(thread));
    return rill_open_fd(ends[0], "rb", RILL_TAKE, NULL);
}

rill *open_failing(const void *data, size_t len, int64_t from, int err)
{
    static rill_double failing;

    failing = (rill_double){
        .fails = RILL_DOUBLE_READ | RILL_DOUBLE_WRITE,
        .failure = err,
        .from = from,
    };
    return rill_open_double(rill_open_mem_copy(data, len, NULL), RILL_TAKE,
                            &failing, NULL);
}

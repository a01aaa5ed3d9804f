/*
 * pump.c - the far ends of pipes and sockets.
 *
 * A thread pours the content in and closes; another collects what comes out
 * until its end. So no test can hang because a pipe is full or empty.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct pump {
    pthread_t thread;
    int fd;
    unsigned char *data; /* what is poured in; or what came out */
    size_t len, cap;
    int half_close; /* end by shutdown(): the other pump closes */
} pump;

static void *pour(void *arg)
{
    pump *p = arg;
    size_t done = 0;

    while (done < p->len) {
        ssize_t n = write(p->fd, p->data + done, p->len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    if (p->half_close)
        shutdown(p->fd, SHUT_WR);
    else
        close(p->fd);
    return NULL;
}

static void *collect(void *arg)
{
    pump *p = arg;
    ssize_t n;

    for (;;) {
        if (p->len == p->cap) {
            p->cap = p->cap ? p->cap * 2 : 65536;
            p->data = realloc(p->data, p->cap);
            if (!p->data)
                abort();
        }
        n = read(p->fd, p->data + p->len, p->cap - p->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        p->len += (size_t)n;
    }
    return NULL;
}

static pump *start(void *(*run)(void *), int fd, const void *data, size_t len,
                   int half_close)
{
    pump *p = test_alloc(sizeof(*p));

    memset(p, 0, sizeof(*p));
    p->fd = fd;
    p->half_close = half_close;
    if (len) {
        p->data = test_alloc(len);
        memcpy(p->data, data, len);
        p->len = len;
    }
    if (pthread_create(&p->thread, NULL, run, p) != 0)
        FAIL("cannot start a thread");
    return p;
}

void fixture_pump_wait(fixture *fx)
{
    fixture_own *own = fx->own;

    if (own->fill) {
        pthread_join(own->fill->thread, NULL);
        free(own->fill->data);
        free(own->fill);
        own->fill = NULL;
    }
    if (own->drain) {
        pthread_join(own->drain->thread, NULL);
        close(own->drain->fd);
        rill_conform_holds(fx, own->drain->data, own->drain->len);
        free(own->drain->data);
        free(own->drain);
        own->drain = NULL;
    }
}

void fixture_look_at_drain(fixture *fx, rill *s)
{
    if (!s)
        fixture_pump_wait(fx);
}

/* Not inherited, should a test start a program. */
static void make_pipe(int fd[2])
{
    if (pipe(fd) != 0)
        FAIL("pipe: %s", strerror(errno));
    fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
}

rill *fixture_open_pipe_out(fixture *fx, const char *mode, const void *data,
                            size_t len)
{
    int fd[2];

    (void)mode;
    rill_conform_holds(fx, data, len);
    make_pipe(fd);
    fixture_renew(fx)->fill = start(pour, fd[1], data, len, 0);
    return rill_open_fd(fd[0], "r", RILL_TAKE, &fx->options);
}

rill *fixture_open_pipe_in(fixture *fx, const char *mode, const void *data,
                           size_t len)
{
    int fd[2];

    (void)mode;
    (void)data;
    if (len)
        FAIL("a pipe to write into has no content");
    make_pipe(fd);
    fixture_renew(fx)->drain = start(collect, fd[0], NULL, 0, 0);
    return rill_open_fd(fd[1], "w", RILL_TAKE, &fx->options);
}

rill *fixture_open_socket(fixture *fx, const char *mode, const void *data,
                          size_t len)
{
    fixture_own *own = fixture_renew(fx);
    int fd[2];

    (void)mode;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
        FAIL("socketpair: %s", strerror(errno));
    own->fill = start(pour, fd[1], data, len, 1);
    own->drain = start(collect, fd[1], NULL, 0, 0);
    return rill_open_fd(fd[0], "r+", RILL_TAKE, &fx->options);
}

/*
 * fixture_store.h - what the rows of fixture.c are made of.
 *
 * A growable array that stands for "the store, from outside", the stores that
 * the tests write themselves, and the threads at the far end of pipes.
 */
#ifndef FIXTURE_STORE_H
#define FIXTURE_STORE_H

#include "fixture.h"

/* Write at an offset, with zeros before it; or cut, or extend with zeros. */
void fixture_bytes_put(fixture_bytes *b, const void *data, size_t len,
                       size_t offset);
void fixture_bytes_cut(fixture_bytes *b, size_t len);

/* How a user store moves bytes: its row's setting. */
enum fixture_user {
    USER_WHOLE, /* as many as it was asked for */
    USER_ONE,   /* one byte a call */
    USER_HALF,  /* half of what was asked for */
    USER_EINTR, /* at random: interrupted, or some of it */
    USER_EAGAIN /* every other call would block */
};

rill *fixture_open_user(fixture *fx, const char *mode, const void *data,
                        size_t len);
rill *fixture_open_user_unbuffered(fixture *fx, const char *mode,
                                   const void *data, size_t len);
rill *fixture_open_user_7(fixture *fx, const char *mode, const void *data,
                          size_t len);
rill *fixture_open_user_flat(fixture *fx, const char *mode, const void *data,
                             size_t len);

/* A pipe's end to read from, a pipe's end to write into, and a socket. */
rill *fixture_open_pipe_out(fixture *fx, const char *mode, const void *data,
                            size_t len);
rill *fixture_open_pipe_in(fixture *fx, const char *mode, const void *data,
                           size_t len);
rill *fixture_open_socket(fixture *fx, const char *mode, const void *data,
                          size_t len);

/* Wait for the threads to be done; what came out is in fx->bytes. */
void fixture_pump_wait(fixture *fx);

#endif /* FIXTURE_STORE_H */

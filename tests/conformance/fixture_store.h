/*
 * fixture_store.h - what the rows of fixture.c are made of: what they hold
 * while a test runs, the store that the tests write themselves, and the threads
 * at the far end of pipes.
 */
#ifndef FIXTURE_STORE_H
#define FIXTURE_STORE_H

#include <rill/testing/double.h>

#include "fixture.h"

/* What a row of the project's keeps in fx->own, as far as it needs it. */
typedef struct fixture_own {
    unsigned char *room; /* memory that the stream borrows */
    rill_allocator allocator;
    size_t allocated; /* by that: bytes not yet freed */
    int fd;           /* a descriptor to close, or -1 */
    rill *under;      /* a stream to close: what another is over */
    rill_shared *shared;
    rill_double told; /* the double */
    struct pump *fill, *drain;
} fixture_own;

/* That of `fx`, with nothing in it: what was there before is let go. */
fixture_own *fixture_renew(fixture *fx);

/* A row's `stop`. */
void fixture_release(fixture *fx);

/* A flat store that moves its bytes at every growth. */
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

/* The same, once the stream is closed. */
void fixture_look_at_drain(fixture *fx, rill *s);

#endif /* FIXTURE_STORE_H */

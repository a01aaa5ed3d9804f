/*
 * probe.h - one way to write, for each library that is probed.
 *
 * A peer does what its documentation says, and checks every result. It answers
 * 0, or -1 for a failure that it was told of. An operation that it has not is
 * NULL.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stddef.h>

typedef struct peer {
    /* A file to be written, from nothing; to be read. */
    void *(*create)(const char *path);
    void *(*open)(const char *path);
    long long (*read)(void *h, void *buf, size_t n);
    int (*write)(void *h, const void *buf, size_t n);
    int (*flush)(void *h);
    int (*sync)(void *h);
    int (*close)(void *h);

    /* Replace the content of a file, in the safest way that there is. */
    int (*save)(const char *path, const void *buf, size_t n);

    /* Memory that grows; of `size` bytes. */
    void *(*memory)(void);
    void *(*bounded)(void *buf, size_t size);
    /* What is in it now: bytes that were acknowledged are there. */
    const unsigned char *(*content)(void *h, size_t *len_out);
} peer;

extern const peer probed;

#endif /* PROBE_H */

/*
 * faulty.h - a store over an array whose operations fail when told to.
 *
 *     faulty f = {.write_fails_at = 100, .code = RILL_OS_ERROR(ENOSPC)};
 *     rill *s = faulty_open(&f, "r+", NULL);
 *
 * Zero means "never": offsets of failures count from 1. Writes before the
 * offset are taken, so that a failure shows in the middle of a request.
 */
#ifndef FAULTY_H
#define FAULTY_H

#include "test.h"

typedef struct faulty {
    int code; /* what a failing operation returns */
    int64_t read_fails_at, write_fails_at;
    int size_fails, truncate_fails, flush_fails, sync_fails, commit_fails;
    int close_fails;
    int plain; /* it has no commit: what is written is there at once */
    /* What has happened. */
    int reads, writes, commits, closes;
    size_t len;
    unsigned char data[4096];
} faulty;

/* The store is `f`; its path is "faulty:store". */
rill *faulty_open(faulty *f, const char *mode, const rill_options *o);

#endif /* FAULTY_H */

/*
 * streams.h - the streams that every bridge is tested over.
 *
 *     BRIDGE_TEST(png__round_trip)
 *     {
 *         rill *s = kind->open();
 *         ...
 *     }
 *
 * is a test for each kind: a bridge must not notice which one it has.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include "test.h"

/* A kind of stream, empty, to read, write and seek. */
struct kind {
    const char *name;
    rill *(*open)(void);
};

/* mem; spool (on disk from 1000 bytes); file; file without a buffer; file with
 * a buffer of 7 bytes; mem by one byte at a time, interrupted. */
extern const struct kind kinds[];
extern const size_t kind_count;

/* Register `name` for each kind. */
void bridge_register(const char *name, void (*run)(const struct kind *));

#define BRIDGE_TEST(name)                      \
    static void name(const struct kind *kind); \
    TEST_AT_START(name)                        \
    {                                          \
        bridge_register(#name, name);          \
    }                                          \
    static void name(const struct kind *kind)

/* What holds for any stream that reads, writes and seeks, and is empty, holds
 * through a bridge and back: for streams over foreign objects over streams. */
void check_there_and_back(rill *s);

/* A stream that cannot seek, with these bytes to read: the end of a pipe that
 * a thread of its own fills. */
rill *open_pipe(const void *data, size_t len);

/* A stream to read and write, which holds these bytes and fails with `err` (an
 * errno) when it is asked for what lies at `from` or behind it. */
rill *open_failing(const void *data, size_t len, int64_t from, int err);

#endif

/*
 * input.h - numbers out of a fuzzer's input.
 *
 * A target takes what it needs from the front, one call after the other, and
 * gets zeros once the input is used up: every input is a legal one, and a
 * small change of it is a small change of what is done.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct input {
    const uint8_t *at, *end;
};

static inline size_t in_left(const struct input *in)
{
    return (size_t)(in->end - in->at);
}

static inline unsigned in_byte(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

/* A number from 0 to limit - 1; limit <= 256. */
static inline unsigned in_below(struct input *in, unsigned limit)
{
    return in_byte(in) % limit;
}

/* `bytes` bytes as a number, the lowest first. */
static inline uint64_t in_number(struct input *in, unsigned bytes)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)in_byte(in) << 8 * i;
    return v;
}

/* Up to `most` bytes of the input itself. */
static inline size_t in_bytes(struct input *in, void *buf, size_t most)
{
    size_t n = in_left(in) < most ? in_left(in) : most;

    if (n > 0)
        memcpy(buf, in->at, n);
    in->at += n;
    return n;
}

/* A length: most are small, the rest lie around the sizes at which something
 * changes (what lies in the stream, pages, fills, requests that pass the
 * window by, a window). Never more than `most`. */
static inline size_t in_size(struct input *in, size_t most)
{
    static const unsigned edges[] = {256,   512,    1000,   1024,  4096,
                                     8192,  8256,   16384,  20000, 65536,
                                     98304, 131072, 131136, 140000};
    unsigned b = in_byte(in);
    size_t n = b;

    if (b >= 192) {
        unsigned edge = (b - 192) % (sizeof(edges) / sizeof(edges[0]));

        n = edges[edge] + in_below(in, 5) - 2;
    }
    return n < most ? n : most;
}

/* An offset: near 0, near `here`, near `there`, at the edges of the integers,
 * or anything. */
static inline int64_t in_offset(struct input *in, int64_t here, int64_t there)
{
    static const int64_t edges[] = {
        INT16_MAX,  UINT16_MAX, INT32_MAX, INT32_MIN,
        UINT32_MAX, INT64_MAX,  INT64_MIN, INT64_MAX / 2,
    };
    unsigned way = in_below(in, 16);
    int64_t near = (int64_t)in_byte(in) - 128;

    if (way < 6)
        return near + 120;
    if (way < 9)
        return here + near;
    if (way < 12)
        return there + near;
    if (way < 14)
        return (int64_t)in_size(in, SIZE_MAX);
    if (way < 15)
        return (int64_t)((uint64_t)edges[near & 7] + (uint64_t)(near >> 3) / 8);
    return (int64_t)in_number(in, 8);
}

#endif /* FUZZ_INPUT_H */

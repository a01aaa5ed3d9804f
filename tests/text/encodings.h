/*
 * encodings.h - texts in all encodings and with all line ends, made without
 * Rill, for the tests of text streams.
 */
#ifndef ENCODINGS_H
#define ENCODINGS_H

#include "test.h"

/* How an encoding writes a character: in units of that many bytes, at most
 * `most`, with the highest first or last, and behind a mark. */
struct encoding {
    const char *name;
    size_t unit;
    uint32_t most;
    int big, mark;
};

extern const struct encoding encodings[];
extern const size_t encoding_count;

/* Bytes, made by encode() and the like: free() those of `data`. */
struct bytes {
    unsigned char *data;
    size_t len;
};

/* Whether there is such an encoding: not all that the tests use are built in. */
int is_known(const char *name);

/* The text in that encoding; false (and nothing to free) if that is not known,
 * or does not have a character. */
int encode(const struct encoding *e, const char *text, size_t len,
           struct bytes *out);

/* A character of valid UTF-8, and how many bytes it has. */
uint32_t next_character(const char *text, size_t *size_out);

/* What is read of a text with that newline mode. */
struct bytes as_read(int newline, const char *text, size_t len);

/* What a text that is written becomes. */
struct bytes as_written(int newline, const char *text, size_t len);

/* All newline modes, and short texts that have all there is. */
enum { NEWLINES = 5 };
extern const int newlines[NEWLINES];
extern const char *const texts[];
extern const size_t text_count;

/* A long text of lines with all ends; ASCII up to `most`. free(). */
char *long_text(size_t about, uint32_t most, uint64_t seed, size_t *len_out);

#endif /* ENCODINGS_H */

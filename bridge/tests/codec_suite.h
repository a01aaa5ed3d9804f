/*
 * codec_suite.h - what every codec is tested by: its own library's tool and
 * Python as judges, every kind of stream, every fault.
 *
 *     static const struct codec_case gzip = {.codec = &rill_gzip, ...};
 *
 *     TEST_AT_START(gzip)
 *     {
 *         codec_suite(&gzip);
 *     }
 */
#ifndef CODEC_SUITE_H
#define CODEC_SUITE_H

#include "streams.h"

#include <rill/codec.h>

/* A codec, and what is true of it. */
struct codec_case {
    const rill_codec *codec;

    /* Commands that pack, and unpack, their input to their output; each needs
     * the `tool`. A second judge may be NULL. */
    const char *tool, *pack, *unpack;
    const char *other_tool, *other_pack, *other_unpack;

    int proves;  /* a byte that has changed is always found out */
    int quick;   /* a level that costs little */
    int padding; /* as many zeros may stand behind, and twice as many...; 0 */
};

/* Register all tests for this codec: "gzip__comes_back[mem]" and so on. */
void codec_suite(const struct codec_case *c);

/* ---- For its files, and for tests of one codec ----------------------------- */

void codec_suite_of_faults(const struct codec_case *c);

/* Options with these for the codec: valid until the next call. */
const rill_options *codec_options(const rill_codec_options *co);

/* The same with a level; to read one member; for rill_open(), at the case's
 * quick level. */
const rill_options *codec_level(int level);
const rill_options *codec_only_one(void);
const rill_options *codec_for_open(const struct codec_case *c);

rill *codec_writer(const struct codec_case *c, rill *below, int ownership);
rill *codec_reader(const struct codec_case *c, rill *below, int ownership,
                   const rill_options *o);

/* What `len` bytes are packed, at the case's quick level: rill_free(). */
size_t codec_pack(const struct codec_case *c, const void *data, size_t len,
                  void **packed_out);

/* Bytes as logs and programs have them: they get shorter, but not to nothing.
 * The same ones for the same length: free(). */
unsigned char *codec_sample(size_t len);

/* Read to the end, and close: what rill_close() says. What was read has been
 * compared with the first of the `len` bytes at `want`; *len_out gets how many
 * that were. */
int codec_drain(rill *s, const void *want, size_t len, size_t *len_out);

/* All of `s`, which is closed, is this. */
void codec_check_all(rill *s, const void *want, size_t len);

/* A test of the suite: with a kind of stream, or once. */
struct codec_run {
    void (*with_kind)(const struct codec_case *c, const struct kind *kind);
    void (*once)(const struct codec_case *c);
    const struct codec_case *c;
    const struct kind *kind;
};

void codec_add(struct codec_run r, const char *what);

#define ADD(what) codec_add((struct codec_run){.once = what, .c = c}, #what)
#define ADD_KINDS(what)                                                   \
    for (i = 0; i < kind_count; i++)                                      \
    codec_add(                                                            \
        (struct codec_run){.with_kind = what, .c = c, .kind = &kinds[i]}, \
        #what)

#endif

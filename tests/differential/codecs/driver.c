/*
 * driver.c - converts with Rill's codecs what tests/differential/codecs/run
 * asks for, as a text stream would.
 *
 * It says first which byte order the machine has. Then each request is a line,
 *
 *     decode|encode NAME strict|replace ROOM CUT LENGTH
 *
 * and LENGTH bytes, which are converted in two pieces, cut at CUT, into pieces
 * of output of ROOM bytes. The answer is a line and the output:
 *
 *     LENGTH ERROR_AT ERROR_LENGTH        -1 for ERROR_AT: no error
 *     unknown                             no such encoding
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/codec.h"

struct request {
    enum rill__codec_way way;
    int replace;
    size_t room, cut, len;
    unsigned char *data;
};

struct answer {
    unsigned char *data;
    size_t len;
    long error_at;
    size_t error_len;
};

static void fail(const char *why)
{
    fprintf(stderr, "driver: %s\n", why);
    exit(1);
}

static unsigned char *memory(size_t size)
{
    unsigned char *p = malloc(size + 1);

    if (!p)
        fail("out of memory");
    return p;
}

static enum rill__codec_stop
convert(struct rill__codec *c, enum rill__codec_way way, struct rill__piece *p)
{
    return way == CODEC_DECODING ? c->ops->decode(c, p) : c->ops->encode(c, p);
}

/* What stands for `bad` bytes that are no character. */
static void replace(struct rill__codec *c, const struct request *r,
                    struct answer *a)
{
    const unsigned char *mark = (const unsigned char *)"?";
    struct rill__piece p = {mark, mark + 1, a->data + a->len,
                            a->data + a->len + 16, 0};

    if (r->way == CODEC_DECODING)
        a->len += (size_t)rill__utf8_put(a->data + a->len, 0xfffd);
    else if (convert(c, r->way, &p) == CODEC_MORE)
        a->len = (size_t)(p.out - a->data);
    else
        fail("'?' cannot be encoded");
}

/* Convert up to `end`, from `at` on. Returns where it stopped; at an error, too,
 * if that is not replaced. */
static size_t run(struct rill__codec *c, const struct request *r, size_t at,
                  size_t end, struct answer *a)
{
    size_t room = r->room;

    while (at <= end && a->error_at < 0) {
        struct rill__piece p = {r->data + at, r->data + end, a->data + a->len,
                                a->data + a->len + room, 0};
        enum rill__codec_stop stop = convert(c, r->way, &p);
        size_t bad = p.bad;

        if (stop == CODEC_FULL && p.out == a->data + a->len)
            room++;
        else
            room = r->room;
        at = (size_t)(p.in - r->data);
        a->len = (size_t)(p.out - a->data);
        if (stop == CODEC_MORE && end == r->len && at < end) {
            bad = end - at; /* it ends within a character */
            stop = CODEC_BAD;
        }
        if (stop == CODEC_MORE)
            break;
        if (stop == CODEC_FULL)
            continue;
        if (r->replace) {
            replace(c, r, a);
            at += bad;
        } else {
            a->error_at = (long)at;
            a->error_len = bad;
        }
    }
    return at;
}

static void answer_to(const struct request *r, const char *name)
{
    struct answer a = {memory(6 * r->len + r->room + 64), 0, -1, 0};
    struct rill__codec c;
    size_t at;

    if (rill__codec_open(&c, name) != RILL_OK) {
        puts("unknown");
        free(a.data);
        return;
    }
    at = run(&c, r, 0, r->cut < r->len ? r->cut : r->len, &a);
    run(&c, r, at, r->len, &a);
    if (c.ops->finish && a.error_at < 0) {
        struct rill__piece p = {.out = a.data + a.len};

        p.out_end = p.out + 16;
        c.ops->finish(&c, &p, r->way);
        a.len = (size_t)(p.out - a.data);
    }
    printf("%zu %ld %zu\n", a.len, a.error_at, a.error_len);
    fwrite(a.data, 1, a.len, stdout);
    free(a.data);
    rill__codec_close(&c);
}

int main(void)
{
    const unsigned short one = 1;
    char line[256], way[16], name[64], errors[16];
    struct request r = {.replace = 0};

    puts(*(const unsigned char *)&one == 1 ? "little" : "big");
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        if (sscanf(line, "%15s %63s %15s %zu %zu %zu", way, name, errors,
                   &r.room, &r.cut, &r.len) != 6)
            fail("a request that makes no sense");
        r.way = strcmp(way, "encode") == 0 ? CODEC_ENCODING : CODEC_DECODING;
        r.replace = strcmp(errors, "replace") == 0;
        r.data = memory(r.len);
        if (fread(r.data, 1, r.len, stdin) != r.len)
            fail("a request that is cut short");
        answer_to(&r, name);
        free(r.data);
        fflush(stdout);
    }
    return 0;
}

/*
 * binary_records.c - a small binary format: numbers of a fixed byte order for
 * the head, a cursor for many equal records.
 *
 * The file is the same on every machine: "PTS1", how many points (LEB128, as
 * short as the number allows), then 4 bytes for each point.
 */
#include <stdio.h>

#include <rill/rill.h>

enum { MAGIC = 0x50545331, COUNT = 10000, RECORD = 4 };

static int write_points(rill *s)
{
    rill_writer w;
    int i;

    rill_put_u32be(s, MAGIC);
    rill_put_uleb128(s, COUNT);

    /* Within begin and end the window is in local variables: a put is a
     * compare and a copy, and only the end needs to be checked. */
    w = rill_writer_begin(s);
    for (i = 0; i < COUNT; i++) {
        unsigned char point[RECORD] = {(unsigned char)i, (unsigned char)(i * i),
                                       (unsigned char)(i >> 8), 1};
        rill_writer_put(&w, point, sizeof(point));
    }
    return rill_writer_end(&w);
}

/* Returns the sum of all fourth bytes, or a negative code. */
static long sum_points(rill *s)
{
    unsigned char point[RECORD];
    rill_reader r;
    uint32_t magic;
    uint64_t count;
    long sum = 0;
    int rc;

    if (rill_get_u32be(s, &magic) < 0 || magic != MAGIC ||
        rill_get_uleb128(s, &count) < 0)
        return RILL_EDATA;
    r = rill_reader_begin(s);
    while (count-- > 0 && rill_reader_get(&r, point, sizeof(point)) == 0)
        sum += point[3];
    rc = rill_reader_end(&r);
    return rc < 0 ? rc : sum;
}

int main(void)
{
    rill *s = rill_open("points.bin", "wb+");
    long sum;

    if (!s || write_points(s) < 0)
        return 1;
    printf("%d points in %lld bytes\n", COUNT, (long long)rill_size(s));

    rill_rewind(s);
    sum = sum_points(s);
    printf("read %ld of them back\n", sum);

    rill_truncate(s, 1000);
    rill_rewind(s);
    printf("cut short: %s\n", rill_strerror((int)sum_points(s)));
    return rill_close(s) < 0 || sum != COUNT;
}

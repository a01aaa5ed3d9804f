/*
 * codec.c - a codec of one's own: hexadecimal digits, two for each byte.
 *
 *     codec FILE
 *
 * What is written through it are digits, what is read are bytes again: with
 * everything that a stream has, such as seeking.
 */
#include <stdio.h>
#include <string.h>

#include <rill/codec.h>
#include <rill/rill.h>

/* A digit that waits for the other one of its byte. */
struct half {
    int waits, digit;
};

static int begin(rill_codec_run *run)
{
    memset(run->state, 0, sizeof(struct half));
    return RILL_OK;
}

static int to_digits(rill_codec_run *run, int verb)
{
    static const char digits[] = "0123456789abcdef";

    for (; run->in_len > 0 && run->out_len > 1; run->in++, run->in_len--) {
        *run->out++ = (unsigned char)digits[*run->in >> 4];
        *run->out++ = (unsigned char)digits[*run->in & 15];
        run->out_len -= 2;
    }
    return verb != RILL_CODEC_RUN; /* nothing is held back */
}

static int value_of(int digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static int from_digits(rill_codec_run *run, int verb)
{
    struct half *half = run->state;

    (void)verb;
    for (; run->in_len > 0 && run->out_len > 0; run->in++, run->in_len--) {
        int value = value_of(*run->in);

        if (value < 0)
            return RILL_EDATA;
        if (half->waits) {
            *run->out++ = (unsigned char)(half->digit << 4 | value);
            run->out_len--;
        }
        half->waits = !half->waits;
        half->digit = value;
    }
    return 0;
}

static void end(rill_codec_run *run)
{
    (void)run;
}

static const rill_codec hex = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "hex",
    .flags = RILL_CODEC_ENDLESS,
    .room = 2,
    .decode = {sizeof(struct half), begin, from_digits, end},
    .encode = {sizeof(struct half), begin, to_digits, end},
};

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "r"), *digits = rill_open_mem(NULL);
    rill *s = rill_open_codec(&hex, digits, RILL_BORROW, "w", NULL);
    char kind[4] = "";
    int64_t n;

    if (!file || !s) {
        perror(path);
        return 1;
    }
    n = rill_copy(s, file, -1);
    if (n <= 0 || rill_close(s) < 0 || rill_close(file) < 0)
        return 1;
    printf("%lld digits for each byte\n", (long long)(rill_size(digits) / n));

    if (rill_rewind(digits) < 0)
        return 1;
    s = rill_open_codec(&hex, digits, RILL_TAKE, "r", NULL);
    if (!s || rill_seek(s, 1, RILL_SEEK_SET) < 0 ||
        rill_read_exact(s, kind, 3) < 0)
        return 1;
    printf("it is a %s\n", kind);
    return rill_close(s) < 0;
}

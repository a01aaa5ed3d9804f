/*
 * lzma.c - unpacks what a stranger sent, and believes nothing.
 *
 *     lzma FILE
 *
 * A few bytes can say that they need a gigabyte, or become one. A reader that
 * has limits finds out in time.
 */
#include <stdio.h>

#include <rill/lzma.h>
#include <rill/rill.h>

/* Pack all of `from` into new memory. */
static rill *pack(rill *from)
{
    rill *packed = rill_open_mem(NULL);
    rill *s = rill_open_codec(&rill_xz, packed, RILL_BORROW, "w", NULL);

    if (!s || rill_copy(s, from, -1) < 0 || rill_close(s) < 0 ||
        rill_rewind(packed) < 0) {
        (void)!rill_close(packed);
        return NULL;
    }
    return packed;
}

/* Read all of `packed`, which is closed, but not more than this. */
static int unpack(rill *packed, int64_t most)
{
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;
    int64_t n;
    int rc;

    co.max_size = most;
    co.max_memory = 64 * 1024 * 1024;
    o.codec_options = &co;
    s = rill_open_codec(&rill_xz, packed, RILL_TAKE, "r", &o);
    if (!s)
        return RILL_ENOMEM;
    n = rill_skip(s, INT64_MAX);
    rc = rill_close(s);
    if (rc == RILL_OK)
        printf("all of it\n");
    else if (rc == RILL_ELIMIT)
        printf("%lld bytes, and no more: it is too long\n", (long long)n);
    else
        printf("%s\n", rill_strerror(rc));
    return rc;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "r");
    int64_t limit[] = {1000000, 10000};
    int i;

    for (i = 0; file && i < 2; i++) {
        rill *packed = rill_rewind(file) == RILL_OK ? pack(file) : NULL;

        if (!packed)
            return 1;
        if (unpack(packed, limit[i]) != (i == 0 ? RILL_OK : RILL_ELIMIT))
            return 1;
    }
    if (!file)
        perror(path);
    return !file || rill_close(file) < 0;
}

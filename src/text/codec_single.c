/*
 * codec_single.c - one byte, one character: Latin-1 and ASCII.
 *
 * Latin-1 is the first 256 characters of Unicode, ASCII the first 128: how many
 * is all that they differ in.
 */
#include "codec_form.h"

static size_t single_ascii(const unsigned char *in, unsigned char *out,
                           size_t n, unsigned end)
{
    size_t i = 0;
    uint64_t word;

    (void)end;
    for (; n - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, in + i, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
        memcpy(out + i, &word, sizeof(word));
    }
    for (; i < n && in[i] < 0x80; i++)
        out[i] = in[i];
    return i;
}

static int single_get(const unsigned char *in, size_t n, unsigned end,
                      uint32_t *character_out)
{
    if (n == 0)
        return 0;
    *character_out = in[0];
    return in[0] < end ? 1 : -1;
}

static int single_put(unsigned char *out, size_t room, unsigned end,
                      uint32_t character)
{
    if (character >= end)
        return -1;
    if (room > 0)
        out[0] = (unsigned char)character;
    return 1;
}

static const struct rill__codec_form single_form = {
    .unit = 1,
    .get = single_get,
    .put = single_put,
    .get_ascii = single_ascii,
    .put_ascii = single_ascii,
};

static enum rill__codec_stop single_decode(struct rill__codec *c,
                                           struct rill__piece *p)
{
    return rill__codec_decode_form(&single_form, p, c->ops->variant);
}

static enum rill__codec_stop single_encode(struct rill__codec *c,
                                           struct rill__piece *p)
{
    return rill__codec_encode_form(&single_form, p, c->ops->variant);
}

const struct rill__codec_ops rill__codec_single[] = {
    {
        .name = "latin-1",
        .decode = single_decode,
        .encode = single_encode,
        .aliases = " latin1 iso88591 latin l1 iso8859 8859 cp819 ibm819"
                   " isoir100 csisolatin1 iso885911987 ",
        .variant = 0x100,
    },
    {
        .name = "ascii",
        .decode = single_decode,
        .encode = single_encode,
        .aliases = " ascii usascii us 646 iso646us iso646irv1991 isoir6"
                   " ansix341968 ansix341986 cp367 ibm367 csascii ",
        .variant = 0x80,
        .same = true,
    },
    {.name = NULL},
};

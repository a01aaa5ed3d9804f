/*
 * codec.c - finding an encoding by its name.
 *
 * Names are compared without case and without what separates their parts, so
 * that "UTF_16-LE" is utf16le. What is not found here is for iconv.
 */
#include <string.h>

#include "codec.h"

enum { CODEC_NAME_MAX = 24 }; /* longer than any alias */

static bool codec_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool codec_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Make " utf16le " of "UTF_16-LE"; false if that is longer than any alias. */
static bool codec_key(char key[CODEC_NAME_MAX + 3], const char *name)
{
    size_t len = 0;

    key[len++] = ' ';
    for (; *name != '\0'; name++) {
        if (strchr("-_.: ", *name))
            continue;
        if (len > CODEC_NAME_MAX)
            return false;
        key[len++] = (char)(codec_is_letter(*name) ? *name | 0x20 : *name);
    }
    key[len++] = ' ';
    key[len] = '\0';
    return true;
}

static const struct rill__codec_ops *
codec_find(const struct rill__codec_ops *codecs, const char *key)
{
    while (codecs->name && !strstr(codecs->aliases, key))
        codecs++;
    return codecs->name ? codecs : NULL;
}

int rill__codec_open(struct rill__codec *c, const char *name)
{
    char key[CODEC_NAME_MAX + 3];

    memset(c, 0, sizeof(*c));
    if (!name)
        name = "utf-8";
    /* Some iconvs take an empty name for that of the locale. */
    if (!codec_is_letter(name[0]) && !codec_is_digit(name[0]))
        return RILL_EINVAL;
    if (codec_key(key, name)) {
        c->ops = codec_find(rill__codec_utf, key);
        if (!c->ops)
            c->ops = codec_find(rill__codec_single, key);
    }
    if (!c->ops)
        return rill__codec_open_iconv(c, name);
    c->name = c->ops->name;
    c->same = c->ops->same;
    c->restarts = true;
    return RILL_OK;
}

void rill__codec_close(struct rill__codec *c)
{
    if (c->ops && c->ops->close)
        c->ops->close(c);
}

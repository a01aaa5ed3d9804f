/*
 * codec_form.h - how an encoding writes a character, and the loops over such.
 */
#ifndef RILL_CODEC_FORM_H
#define RILL_CODEC_FORM_H

#include <string.h>

#include "codec.h"

/* `variant` tells apart those that are nearly the same: the byte orders. */
struct rill__codec_form {
    size_t unit; /* bytes of a character of ASCII */
    /* As rill__utf8_get(). */
    int (*get)(const unsigned char *in, size_t n, unsigned variant,
               uint32_t *character_out);
    /* Returns how many bytes it takes, and stores it where they are at most
     * `room`; -1 if the encoding does not have it. */
    int (*put)(unsigned char *out, size_t room, unsigned variant,
               uint32_t character);
    /* Move what is ASCII of the first `n` characters from the encoding, or to
     * it, up to the first that is not: returns how many. NULL: rare enough to
     * go by single characters. */
    size_t (*get_ascii)(const unsigned char *in, unsigned char *out, size_t n,
                        unsigned variant);
    size_t (*put_ascii)(const unsigned char *in, unsigned char *out, size_t n,
                        unsigned variant);
};

enum rill__codec_stop
rill__codec_decode_form(const struct rill__codec_form *form,
                        struct rill__piece *p, unsigned variant);
enum rill__codec_stop
rill__codec_encode_form(const struct rill__codec_form *form,
                        struct rill__piece *p, unsigned variant);

#endif /* RILL_CODEC_FORM_H */

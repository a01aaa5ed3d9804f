/*
 * sndfile.c (demo) - libsndfile: the bytes become sound of 16 bits, packed
 * without loss, and bytes again.
 */
#include <stdlib.h>

#include <rill/sndfile.h>

#include "carry.h"

const char carrier[] = "libsndfile, as sound (FLAC)";

int carry(rill *from, rill *to)
{
    SF_INFO info = {.samplerate = 44100,
                    .channels = 1,
                    .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    rill *file = rill_open_mem(NULL);
    unsigned char *data;
    size_t n = carry_pad(from, 2, &data);
    sf_count_t count = (sf_count_t)(n / 2);
    SNDFILE *sound = file ? rill_sf_open(file, SFM_WRITE, &info) : NULL;
    int ok =
        sound && sf_write_short(sound, (short *)(void *)data, count) == count;

    if (sound)
        sf_close(sound);
    if (ok) {
        memset(data, 0, n);
        memset(&info, 0, sizeof(info));
        rill_rewind(file);
        sound = rill_sf_open(file, SFM_READ, &info);
        ok = sound &&
             sf_read_short(sound, (short *)(void *)data, count) == count &&
             carry_unpad(data, n, to) == 0;
        if (sound)
            sf_close(sound);
    }
    free(data);
    return rill_close(file) == 0 && ok ? 0 : -1;
}

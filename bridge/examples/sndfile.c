/*
 * sndfile.c - a melody is recorded as FLAC in memory, and saved from there as a
 * WAV file, through libsndfile.
 */
#include <stdio.h>

#include <rill/sndfile.h>

enum { RATE = 8000, NOTE = RATE / 4 };

/* A triangle wave of so many hertz, after `t` frames. */
static short tone(int t, int hertz)
{
    int phase = t * hertz % RATE;

    return (short)(4 * (phase < RATE / 2 ? phase : RATE - phase) - RATE);
}

/* A scale, note by note. */
static int record(rill *s)
{
    static const int scale[] = {440, 494, 554, 587, 659, 740, 831, 880};
    SF_INFO info = {0, RATE, 1, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0, 0};
    SNDFILE *sound = rill_sf_open(s, SFM_WRITE, &info);
    sf_count_t done = 0;
    short note[NOTE];

    if (!sound)
        return -1;
    for (int i = 0; i < 8; i++) {
        for (int t = 0; t < NOTE; t++)
            note[t] = tone(t, scale[i]);
        done += sf_writef_short(sound, note, NOTE);
    }
    sf_close(sound);
    return done == 8 * NOTE ? rill_flush(s) : -1;
}

/* From one stream to another, whatever they hold. Returns the frames. */
static long convert(rill *from, rill *to, int format)
{
    SF_INFO info = {0, 0, 0, 0, 0, 0}, out;
    SNDFILE *in = rill_sf_open(from, SFM_READ, &info), *sound = NULL;
    sf_count_t n = 0, done = 0;
    short piece[1000];

    out = info;
    out.format = format;
    if (in && info.channels == 1)
        sound = rill_sf_open(to, SFM_WRITE, &out);
    while (sound && (n = sf_readf_short(in, piece, 1000)) > 0)
        done += sf_writef_short(sound, piece, n);
    sf_close(sound);
    sf_close(in);
    return rill_failed(from, NULL) || rill_flush(to) < 0 ? -1 : (long)done;
}

int main(void)
{
    rill *flac = rill_open_mem(NULL), *wav = rill_open("scale.wav", "wb+");
    long frames = -1;
    int ok;

    if (!flac || !wav) {
        perror("scale.wav");
    } else if (record(flac) < 0) {
        printf("cannot record: %s\n", sf_strerror(NULL));
    } else {
        frames = convert(flac, wav, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
        printf("%ld frames, a WAV file of %ld bytes; FLAC is %s\n", frames,
               (long)rill_size(wav),
               rill_size(flac) < rill_size(wav) ? "smaller" : "larger");
    }
    ok = frames == 8 * NOTE;
    ok &= rill_close(flac) == 0;
    ok &= rill_close(wav) == 0;
    return !ok;
}

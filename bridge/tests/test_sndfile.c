/*
 * test_sndfile.c - libsndfile over every kind of stream: sound comes back as it
 * was, and what fails is seen in counts and on the stream.
 */
#include "streams.h"

#include <errno.h>

#include <rill/share.h>
#include <rill/sndfile.h>

enum { FRAMES = 100 * 1000, CHANNELS = 2, RATE = 44100 };

static short samples[FRAMES * CHANNELS], heard[FRAMES * CHANNELS];

/* A triangle wave of so many hertz, after `t` frames. */
static int tone(int t, int hertz)
{
    int phase = t * hertz % RATE;

    return (phase < RATE / 2 ? phase : RATE - phase) - RATE / 4;
}

/* Two tones, one for each ear, with a little noise to keep the codecs busy. */
static void play(void)
{
    uint64_t seed = 1;
    int i;

    for (i = 0; i < FRAMES; i++) {
        int noise = (int)test_below(&seed, 200);

        samples[2 * i] = (short)(tone(i, 440) + noise);
        samples[2 * i + 1] = (short)(tone(i, 660) - noise);
    }
    memset(heard, 0, sizeof(heard));
}

static SF_INFO info_of(int format)
{
    return (SF_INFO){0, RATE, CHANNELS, format, 0, 0};
}

/* Write the tones in pieces: how many frames libsndfile says it wrote. */
static sf_count_t record(rill *s, int format)
{
    SF_INFO info = info_of(format);
    SNDFILE *sound = rill_sf_open(s, SFM_WRITE, &info);
    sf_count_t done = 0;
    int i;

    play();
    if (!sound)
        FAIL("%s", sf_strerror(NULL));
    for (i = 0; i < FRAMES; i += 1000)
        done += sf_writef_short(sound, samples + i * CHANNELS, 1000);
    CHECK_INT(0, sf_close(sound));
    return done;
}

/* Read all frames: how many there were. */
static sf_count_t hear(rill *s, int format)
{
    SF_INFO info = {0, 0, 0, 0, 0, 0};
    SNDFILE *sound = rill_sf_open(s, SFM_READ, &info);
    sf_count_t n;

    if (!sound)
        FAIL("%s", sf_strerror(NULL));
    CHECK_INT(RATE, info.samplerate);
    CHECK_INT(CHANNELS, info.channels);
    CHECK_INT(format, info.format & (SF_FORMAT_TYPEMASK | SF_FORMAT_SUBMASK));
    n = sf_readf_short(sound, heard, FRAMES);
    CHECK_INT(0, sf_close(sound));
    return n;
}

static void check_heard(int format)
{
    double error = 0;
    int i;

    if (format != (SF_FORMAT_OGG | SF_FORMAT_VORBIS)) {
        CHECK_MEM(heard, sizeof(heard), samples, sizeof(samples));
        return;
    }
    for (i = 0; i < FRAMES * CHANNELS; i++)
        error += abs(heard[i] - samples[i]);
    CHECK(error / (FRAMES * CHANNELS) < 500); /* of 12000: much the same */
}

static const int formats[] = {
    SF_FORMAT_WAV | SF_FORMAT_PCM_16,  SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
    SF_FORMAT_RF64 | SF_FORMAT_PCM_24, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
    SF_FORMAT_OGG | SF_FORMAT_VORBIS,
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

BRIDGE_TEST(sndfile__comes_back)
{
    rill *s = kind->open();
    int i;

    /* One after the other: what was there before goes. */
    for (i = 0; i < FORMATS; i++) {
        test_context("format %x", (unsigned)formats[i]);
        CHECK_INT(FRAMES, record(s, formats[i]));
        CHECK_INT(FRAMES, hear(s, formats[i]));
        check_heard(formats[i]);
    }
    CHECK_INT(FRAMES, record(s, SF_FORMAT_RF64 | SF_FORMAT_PCM_24));
    CHECK_INT(FRAMES, record(s, SF_FORMAT_WAV | SF_FORMAT_PCM_16));
    CHECK_INT(44 + FRAMES * CHANNELS * 2, rill_size(s));
    CHECK_OK(rill_close(s));
}

/* Change a piece in the middle, in place; then add some. */
BRIDGE_TEST(sndfile__edited)
{
    rill *s = kind->open();
    SF_INFO info = info_of(SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    SNDFILE *sound;
    short silence[200] = {0}, read[200];

    CHECK_INT(FRAMES, record(s, info.format));
    sound = rill_sf_open(s, SFM_RDWR, &info);
    CHECK(sound != NULL);
    CHECK_INT(5000, sf_seek(sound, 5000, SEEK_SET | SFM_WRITE));
    CHECK_INT(100, sf_writef_short(sound, silence, 100));
    CHECK_INT(5000, sf_seek(sound, 5000, SEEK_SET | SFM_READ));
    CHECK_INT(100, sf_readf_short(sound, read, 100));
    CHECK_MEM(read, sizeof(read), silence, sizeof(silence));
    CHECK_INT(FRAMES, sf_seek(sound, 0, SEEK_END | SFM_WRITE));
    CHECK_INT(100, sf_writef_short(sound, silence, 100));
    CHECK_INT(0, sf_close(sound));

    CHECK_INT(FRAMES, hear(s, info.format));
    memset(samples + 5000 * CHANNELS, 0, sizeof(silence));
    CHECK_MEM(heard, sizeof(heard), samples, sizeof(samples));
    CHECK_INT(44 + (FRAMES + 100) * CHANNELS * 2, rill_size(s));
    CHECK_OK(rill_close(s));
}

/* Sound behind something else, by way of a section. */
TEST(sndfile__part_of_a_stream)
{
    rill *s = rill_open_mem(NULL), *part;
    int format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;

    CHECK_INT(4, rill_puts(s, "head"));
    part = rill_open_section(s, 4, -1, NULL);
    CHECK_INT(FRAMES, record(part, format));
    CHECK_OK(rill_close(part));

    part = rill_open_section(s, 4, -1, NULL);
    CHECK_INT(FRAMES, hear(part, format));
    check_heard(format);
    CHECK_OK(rill_close(part));
    rill_rewind(s);
    CHECK_READS(s, "headfLaC");
    CHECK_OK(rill_close(s));
}

/* The sound: rill_free(). */
static size_t sound_bytes(void **data_out, int format)
{
    rill *s = rill_open_mem(NULL);
    ptrdiff_t len;

    CHECK_INT(FRAMES, record(s, format));
    len = rill_take(s, data_out);
    CHECK(len > 10000);
    CHECK_OK(rill_close(s));
    return (size_t)len;
}

TEST(sndfile__cut_short)
{
    int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    void *data;
    size_t len = sound_bytes(&data, format), cut;

    for (cut = 0; cut < len; cut += 1 + cut / 4) {
        rill *s = rill_open_view(data, cut);
        SF_INFO info = {0, 0, 0, 0, 0, 0};
        SNDFILE *sound = rill_sf_open(s, SFM_READ, &info);

        test_context("cut to %zu bytes", cut);
        CHECK(sound ? cut >= 44 : strlen(sf_strerror(NULL)) > 10);
        if (sound)
            CHECK_INT((cut - 44) / 4, sf_readf_short(sound, heard, FRAMES));
        sf_close(sound);
        CHECK_OK(rill_close(s));
    }
    rill_free(data);
}

TEST(sndfile__reading_fails)
{
    int i;

    for (i = 0; i < FORMATS; i++) {
        void *data;
        size_t len = sound_bytes(&data, formats[i]);
        rill *s = open_failing(data, len, (int64_t)len / 2, EIO);
        rill_error e;

        test_context("format %x", (unsigned)formats[i]);
        CHECK(hear(s, formats[i]) < FRAMES);
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_INT(EIO, e.os_error);
        CHECK_INT(len / 2, e.offset);
        CHECK_CODE(RILL_EIO, rill_close(s));
        rill_free(data);
    }
}

TEST(sndfile__writing_fails)
{
    int i;

    for (i = 0; i < FORMATS; i++) {
        rill *s = open_failing("", 0, 7000, ENOSPC);
        rill_error e;

        test_context("format %x", (unsigned)formats[i]);
        record(s, formats[i]);
        CHECK_CODE(RILL_ENOSPC, rill_flush(s));
        CHECK_CODE(RILL_ENOSPC, rill_failed(s, &e));
        CHECK_INT(ENOSPC, e.os_error);
        CHECK_CODE(RILL_ENOSPC, rill_close(s));
    }
}

TEST(sndfile__no_room)
{
    static unsigned char room[44 + 4 * 5000];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);
    int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;

    CHECK_INT(5000, record(s, format));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

/* libsndfile refuses what it cannot use, in its own words. */
static void check_refused(rill *s, int mode)
{
    SF_INFO info = info_of(SF_FORMAT_WAV | SF_FORMAT_PCM_16);

    CHECK_PTR(NULL, rill_sf_open(s, mode, &info));
    CHECK(strstr(sf_strerror(NULL), "SF_VIRTUAL_IO") != NULL);
    CHECK_OK(rill_close(s));
}

TEST(sndfile__not_open_for_it)
{
    check_refused(rill_open_view("abc", 3), SFM_WRITE);
    check_refused(rill_open_view("abc", 3), SFM_RDWR);
    check_refused(rill_open("out", "wb"), SFM_READ);
    check_refused(rill_open("out", "wb"), SFM_RDWR);
    check_refused(open_pipe("abc", 3), SFM_READ);
}

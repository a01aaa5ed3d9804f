/*
 * test_sdl.c - SDL 2 over every kind of stream, and streams over its RWops:
 * what loads and saves pictures and sounds are the real clients.
 */
#include "streams.h"

#include <errno.h>

#include <SDL_audio.h>
#include <SDL_endian.h>
#include <SDL_error.h>
#include <SDL_surface.h>

#include <rill/sdl.h>
#include <rill/testing/double.h>

enum { SIDE = 60 };

static SDL_RWops *rwops_over(rill *s)
{
    SDL_RWops *rw = rill_as_rwops(s, RILL_TAKE);

    CHECK(rw);
    return rw;
}

static void close_well(SDL_RWops *rw)
{
    CHECK_INT(0, SDL_RWclose(rw));
}

/* SDL's error, which is cleared. */
static const char *take_error(void)
{
    static char text[300];

    snprintf(text, sizeof(text), "%s", SDL_GetError());
    SDL_ClearError();
    return text;
}

/* ---- An RWops over a stream ------------------------------------------------ */

BRIDGE_TEST(sdl__objects)
{
    SDL_RWops *rw = rwops_over(kind->open());
    unsigned char want[3000], got[3000];

    test_pattern(want, sizeof(want), 0);
    SDL_ClearError();
    CHECK_INT(0, SDL_RWsize(rw));
    CHECK_INT(1000, SDL_RWwrite(rw, want, 3, 1000));
    CHECK_INT(3000, SDL_RWtell(rw));
    CHECK_INT(3000, SDL_RWsize(rw));
    CHECK_INT(1000, SDL_RWseek(rw, -2000, RW_SEEK_END));
    CHECK_INT(285, SDL_RWread(rw, got, 7, 1000)); /* and 5 bytes more */
    CHECK_MEM(got, 2000, want + 1000, 2000);
    CHECK_INT(0, SDL_RWread(rw, got, 1, 1));
    CHECK_INT(10, SDL_RWseek(rw, 10, RW_SEEK_SET));
    CHECK_INT(30, SDL_RWseek(rw, 20, RW_SEEK_CUR));
    CHECK_INT(1, SDL_WriteBE32(rw, 0x61626364));
    CHECK_INT(30, SDL_RWseek(rw, -4, RW_SEEK_CUR));
    CHECK_INT(0x64636261, SDL_ReadLE32(rw));
    CHECK_INT(0, SDL_RWread(rw, got, 0, 5));
    CHECK_INT(0, SDL_RWread(rw, got, 5, 0));
    CHECK_STR("", SDL_GetError());
    close_well(rw);
}

static SDL_Surface *draw(void)
{
    SDL_Surface *picture = SDL_CreateRGBSurfaceWithFormat(
        0, SIDE, SIDE, 24, SDL_PIXELFORMAT_BGR24);
    int y;

    CHECK(picture);
    for (y = 0; y < SIDE; y++)
        test_pattern((char *)picture->pixels + y * picture->pitch, SIDE * 3,
                     y * SIDE * 3);
    return picture;
}

static void check_picture(SDL_Surface *got)
{
    SDL_Surface *want = draw();
    int y;

    CHECK(got);
    CHECK_INT(SIDE, got->w);
    CHECK_INT(SIDE, got->h);
    CHECK_INT(SDL_PIXELFORMAT_BGR24, got->format->format);
    for (y = 0; y < SIDE; y++)
        CHECK_MEM((char *)got->pixels + y * got->pitch, SIDE * 3,
                  (char *)want->pixels + y * want->pitch, SIDE * 3);
    SDL_FreeSurface(want);
    SDL_FreeSurface(got);
}

static int save_picture(SDL_RWops *rw, int close)
{
    SDL_Surface *picture = draw();
    int rc = SDL_SaveBMP_RW(picture, rw, close);

    SDL_FreeSurface(picture);
    return rc;
}

BRIDGE_TEST(sdl__pictures_in_a_row)
{
    rill *s = kind->open();
    SDL_RWops *rw = rill_as_rwops(s, RILL_BORROW);

    CHECK_INT(3, rill_puts(s, "one"));
    CHECK_INT(0, save_picture(rw, 0));
    CHECK_INT(0, save_picture(rw, 1));
    CHECK_INT(4, rill_puts(s, "last"));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    rw = rill_as_rwops(s, RILL_BORROW);
    check_picture(SDL_LoadBMP_RW(rw, 0));
    check_picture(SDL_LoadBMP_RW(rw, 1));
    CHECK_REST(s, "last");
    CHECK_OK(rill_close(s));
}

/* A file of sound: a header, a chunk that is none of a player's business, and
 * samples. */
static void write_wav(SDL_RWops *rw, const Uint8 *samples, Uint32 len)
{
    SDL_RWwrite(rw, "RIFF", 1, 4);
    SDL_WriteLE32(rw, 4 + 24 + 16 + 8 + len);
    SDL_RWwrite(rw, "WAVEfmt ", 1, 8);
    SDL_WriteLE32(rw, 16);
    SDL_WriteLE16(rw, 1);
    SDL_WriteLE16(rw, 1);
    SDL_WriteLE32(rw, 8000);
    SDL_WriteLE32(rw, 16000);
    SDL_WriteLE16(rw, 2);
    SDL_WriteLE16(rw, 16);
    SDL_RWwrite(rw, "LIST", 1, 4);
    SDL_WriteLE32(rw, 8);
    SDL_RWwrite(rw, "whatever", 1, 8);
    SDL_RWwrite(rw, "data", 1, 4);
    SDL_WriteLE32(rw, len);
    CHECK_INT(len, SDL_RWwrite(rw, samples, 1, len));
}

BRIDGE_TEST(sdl__sound)
{
    SDL_RWops *rw = rwops_over(kind->open());
    Uint8 want[5000], *got;
    SDL_AudioSpec spec;
    Uint32 len;

    test_pattern(want, sizeof(want), 0);
    write_wav(rw, want, sizeof(want));
    CHECK_INT(0, SDL_RWseek(rw, 0, RW_SEEK_SET));
    CHECK(SDL_LoadWAV_RW(rw, 1, &spec, &got, &len));
    CHECK_INT(8000, spec.freq);
    CHECK_INT(AUDIO_S16LSB, spec.format);
    CHECK_MEM(got, len, want, sizeof(want));
    SDL_FreeWAV(got);
}

TEST(sdl__from_a_pipe)
{
    SDL_RWops *rw = rwops_over(open_pipe("abcdef", 6));
    char buf[8];

    CHECK_INT(-1, SDL_RWsize(rw));
    CHECK_STR("size: this stream cannot do that", take_error());
    CHECK_INT(-1, SDL_RWseek(rw, 0, RW_SEEK_CUR));
    CHECK_STR("seek: this stream cannot do that", take_error());
    CHECK_INT(3, SDL_RWread(rw, buf, 1, 3));
    CHECK_INT(3, SDL_RWread(rw, buf + 3, 1, 5));
    CHECK_BYTES(buf, 6, "abcdef");
    CHECK_STR("", take_error());
    CHECK_INT(0, SDL_RWread(rw, buf, 1, 1));
    CHECK_STR("", take_error());
    close_well(rw);
    CHECK_PTR(NULL, SDL_LoadBMP_RW(rwops_over(open_pipe("BM", 2)), 1));
    CHECK(*take_error());
}

TEST(sdl__cut_short)
{
    rill *s = rill_open_mem(NULL);
    const void *data;
    ptrdiff_t len, cut;

    CHECK_INT(0, save_picture(rill_as_rwops(s, RILL_BORROW), 1));
    len = rill_data(s, &data);
    for (cut = 0; cut < len; cut += 1 + cut / 4) {
        test_context("cut to %td of %td bytes", cut, len);
        CHECK_PTR(NULL, SDL_LoadBMP_RW(
                            rwops_over(rill_open_view(data, (size_t)cut)), 1));
        CHECK(*take_error());
    }
    CHECK_OK(rill_close(s));
}

TEST(sdl__the_stream_fails)
{
    char data[1000] = "";
    rill *s = open_failing(data, sizeof(data), 700, EIO);
    SDL_RWops *rw = rill_as_rwops(s, RILL_BORROW);
    rill_error e;

    SDL_ClearError();
    CHECK_INT(7, SDL_RWread(rw, data, 100, 10));
    CHECK_STR("", take_error());
    CHECK_INT(0, SDL_RWread(rw, data, 100, 10));
    CHECK_STR("read at 700: Input/output error", take_error());
    CHECK_INT(-1, SDL_RWseek(rw, 0, RW_SEEK_SET));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_INT(-1, SDL_RWclose(rw));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(sdl__no_room)
{
    unsigned char room[700], bytes[691] = "";
    SDL_RWops *rw = rwops_over(rill_open_fixed(room, sizeof(room), NULL));

    CHECK_INT(10, SDL_RWwrite(rw, "0123456789", 1, 10));
    CHECK_INT(0, SDL_RWwrite(rw, bytes, sizeof(bytes), 1));
    CHECK_STR("write at 700: no space left", take_error());
    CHECK_INT(-1, save_picture(rw, 0));
    CHECK(*take_error());
    CHECK_INT(-1, SDL_RWclose(rw));
    CHECK_STR("write at 700: no space left", take_error());
}

TEST(sdl__fails_to_close)
{
    static rill_double full;
    SDL_RWops *rw;

    full = (rill_double){.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC};
    rw = rwops_over(
        rill_open_double(rill_open_mem(NULL), RILL_TAKE, &full, NULL));
    CHECK_INT(-1, save_picture(rw, 1));
    CHECK_STR("write at 0: No space left on device", take_error());
}

TEST(sdl__not_open_for_it)
{
    rill *s = rill_open_view("abc", 3);
    SDL_RWops *rw = rill_as_rwops(s, RILL_TAKE);

    CHECK_INT(0, SDL_RWwrite(rw, "x", 1, 1));
    CHECK_STR("write at 0: this stream cannot do that", take_error());
    CHECK_INT(0, SDL_RWread(rw, &s, SIZE_MAX / 2, 3));
    CHECK_STR("read at 0: offset or length out of range", take_error());
    CHECK_INT(0, SDL_RWwrite(rw, &s, SIZE_MAX / 2, 3));
    CHECK_STR("write at 0: offset or length out of range", take_error());
    close_well(rw);
    CHECK_PTR(NULL, rill_as_rwops(NULL, RILL_TAKE));
    CHECK_STR("rill_as_rwops: invalid argument", take_error());
}

/* ---- A stream over an RWops ------------------------------------------------ */

static rill *stream_over(SDL_RWops *rw, const char *mode)
{
    rill *s = rill_open_rwops(rw, mode, RILL_TAKE, NULL);

    CHECK(s);
    return s;
}

BRIDGE_TEST(open_rwops__over_a_stream)
{
    rill *s = stream_over(rwops_over(kind->open()), "rb+");

    check_there_and_back(s);
    CHECK_STR("rwops", rill_kind(s));
    CHECK_OK(rill_close(s));
}

TEST(open_rwops__file)
{
    rill *s = stream_over(SDL_RWFromFile("f", "w+b"), "r+");

    CHECK_INT(11, rill_puts(s, "hello world"));
    CHECK_INT(6, rill_seek(s, -5, RILL_SEEK_END));
    CHECK_READS(s, "wor");
    CHECK_INT(2, rill_puts(s, "LD"));
    CHECK_HOLDS(s, "hello worLD");
    CHECK_INT(20, rill_seek(s, 20, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "hello worLD");
}

/* Memory is bounded, and clamps a seek that goes beyond. */
TEST(open_rwops__memory)
{
    char room[10] = "0123456789";
    SDL_RWops *rw = SDL_RWFromMem(room, sizeof(room));
    rill *s;

    CHECK_INT(2, SDL_RWseek(rw, 2, RW_SEEK_SET));
    s = stream_over(rw, "r+");
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(10, rill_size(s));
    CHECK_READS(s, "23");
    CHECK_INT(2, rill_puts(s, "ab"));
    CHECK_HOLDS(s, "0123ab6789");
    CHECK_INT(50, rill_seek(s, 50, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_INT(8, rill_seek(s, 8, RILL_SEEK_SET));
    CHECK_INT(3, rill_puts(s, "xyz"));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_BYTES(room, 10, "0123ab67xy");
    s = stream_over(SDL_RWFromConstMem(room, 10), "r+");
    CHECK_INT(1, rill_puts(s, "x"));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_STR("Can't write to read-only memory", take_error());
}

/* As SDL's memory does: no seek goes beyond the end. */
static Sint64 SDLCALL clamping_seek(SDL_RWops *rw, Sint64 offset, int whence)
{
    rill *s = rw->hidden.unknown.data1;
    int64_t at = rill_seek(s, offset, whence), size = rill_size(s);

    return at > size ? rill_seek(s, size, RILL_SEEK_SET) : at;
}

/* What was meant for another place is not written where a seek has ended. */
TEST(open_rwops__clamped)
{
    SDL_RWops *rw = rwops_over(rill_open_mem_copy("abc", 3, NULL));
    rill *s;

    rw->seek = clamping_seek;
    s = stream_over(rw, "r+");
    CHECK_INT(10, rill_seek(s, 10, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_INT(1, rill_putc(s, 1));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_INT(3, SDL_RWsize(rw));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(open_rwops__errno)
{
    rill *s = stream_over(SDL_RWFromFile("/dev/full", "wb"), "wb");
    char data[1000] = "";
    rill_error e;

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_CODE(RILL_ENOSPC, rill_close_with(s, &e));
    CHECK_INT(ENOSPC, e.os_error);
    CHECK_STR("close", e.operation);
    s = stream_over(rwops_over(open_failing(data, 1000, 700, EIO)), "rb");
    CHECK_INT(700, rill_read(s, data, 1000));
    CHECK_CODE(RILL_EIO, rill_read(s, data, 1000));
    CHECK_STR("read at 700: Input/output error", take_error());
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(open_rwops__pipe)
{
    rill *s = stream_over(rwops_over(open_pipe("abcdef", 6)), "rb");

    CHECK(!rill_seekable(s));
    CHECK_REST(s, "abcdef");
    CHECK_OK(rill_close(s));
}

TEST(open_rwops__ownership)
{
    SDL_RWops *rw = SDL_RWFromFile("f", "wb");
    rill *s = rill_open_rwops(rw, "w", RILL_BORROW, NULL);

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_close(s));
    CHECK_INT(3, SDL_RWwrite(rw, "def", 1, 3));
    CHECK_PTR(NULL, rill_open_rwops(rw, "a", RILL_TAKE, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_rwops(NULL, "r", RILL_TAKE, NULL));
    CHECK_PTR(NULL, rill_open_rwops(rw, "r", 7, NULL));
    CHECK_INT(0, SDL_RWclose(rw));
    CHECK_FILE("f", "abcdef");
}

/*
 * test_sdl3.c - SDL 3 over every kind of stream, and streams over its
 * IOStreams: what loads and saves pictures and sounds are the real clients.
 */
#include "streams.h"

#include <errno.h>

#include <SDL3/SDL_audio.h>
#include <SDL3/SDL_error.h>
#include <SDL3/SDL_stdinc.h>
#include <SDL3/SDL_surface.h>

#include <rill/sdl3.h>
#include <rill/testing/double.h>

enum { SIDE = 60 };

static SDL_IOStream *io_over(rill *s)
{
    SDL_IOStream *io = rill_as_sdl_iostream(s, RILL_TAKE);

    CHECK(io);
    return io;
}

/* SDL's error, which is cleared. */
static const char *take_error(void)
{
    static char text[300];

    snprintf(text, sizeof(text), "%s", SDL_GetError());
    SDL_ClearError();
    return text;
}

/* ---- An IOStream over a stream --------------------------------------------- */

BRIDGE_TEST(sdl3__bytes)
{
    SDL_IOStream *io = io_over(kind->open());
    unsigned char want[3000], got[3000];
    Uint32 number = 0;

    test_pattern(want, sizeof(want), 0);
    SDL_ClearError();
    CHECK_INT(0, SDL_GetIOSize(io));
    CHECK_INT(3000, SDL_WriteIO(io, want, sizeof(want)));
    CHECK_INT(3000, SDL_TellIO(io));
    CHECK_INT(3000, SDL_GetIOSize(io));
    CHECK_INT(1000, SDL_SeekIO(io, -2000, SDL_IO_SEEK_END));
    CHECK_INT(SDL_IO_STATUS_READY, SDL_GetIOStatus(io));
    CHECK_INT(2000, SDL_ReadIO(io, got, sizeof(got)));
    CHECK_INT(SDL_IO_STATUS_EOF, SDL_GetIOStatus(io));
    CHECK_MEM(got, 2000, want + 1000, 2000);
    CHECK_INT(0, SDL_ReadIO(io, got, 1));
    CHECK_INT(SDL_IO_STATUS_EOF, SDL_GetIOStatus(io));
    CHECK_INT(10, SDL_SeekIO(io, 10, SDL_IO_SEEK_SET));
    CHECK_INT(30, SDL_SeekIO(io, 20, SDL_IO_SEEK_CUR));
    CHECK(SDL_WriteU32BE(io, 0x61626364));
    CHECK_INT(30, SDL_SeekIO(io, -4, SDL_IO_SEEK_CUR));
    CHECK(SDL_ReadU32LE(io, &number));
    CHECK_INT(0x64636261, number);
    CHECK(SDL_FlushIO(io));
    CHECK_STR("", SDL_GetError());
    CHECK(SDL_CloseIO(io));
}

static SDL_Surface *draw(void)
{
    SDL_Surface *picture = SDL_CreateSurface(SIDE, SIDE, SDL_PIXELFORMAT_BGR24);
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
    CHECK_INT(SDL_PIXELFORMAT_BGR24, got->format);
    for (y = 0; y < SIDE; y++)
        CHECK_MEM((char *)got->pixels + y * got->pitch, SIDE * 3,
                  (char *)want->pixels + y * want->pitch, SIDE * 3);
    SDL_DestroySurface(want);
    SDL_DestroySurface(got);
}

static bool save_picture(SDL_IOStream *io, bool close)
{
    SDL_Surface *picture = draw();
    bool ok = SDL_SaveBMP_IO(picture, io, close);

    SDL_DestroySurface(picture);
    return ok;
}

BRIDGE_TEST(sdl3__pictures_in_a_row)
{
    rill *s = kind->open();
    SDL_IOStream *io = rill_as_sdl_iostream(s, RILL_BORROW);

    CHECK_INT(3, rill_puts(s, "one"));
    CHECK(save_picture(io, false));
    CHECK(save_picture(io, true));
    CHECK_INT(4, rill_puts(s, "last"));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    io = rill_as_sdl_iostream(s, RILL_BORROW);
    check_picture(SDL_LoadBMP_IO(io, false));
    check_picture(SDL_LoadBMP_IO(io, true));
    CHECK_REST(s, "last");
    CHECK_OK(rill_close(s));
}

/* A file of sound: a header, a chunk that is none of a player's business, and
 * samples. */
static void write_wav(SDL_IOStream *io, const Uint8 *samples, Uint32 len)
{
    SDL_WriteIO(io, "RIFF", 4);
    SDL_WriteU32LE(io, 4 + 24 + 16 + 8 + len);
    SDL_WriteIO(io, "WAVEfmt ", 8);
    SDL_WriteU32LE(io, 16);
    SDL_WriteU16LE(io, 1);
    SDL_WriteU16LE(io, 1);
    SDL_WriteU32LE(io, 8000);
    SDL_WriteU32LE(io, 16000);
    SDL_WriteU16LE(io, 2);
    SDL_WriteU16LE(io, 16);
    SDL_WriteIO(io, "LIST", 4);
    SDL_WriteU32LE(io, 8);
    SDL_WriteIO(io, "whatever", 8);
    SDL_WriteIO(io, "data", 4);
    SDL_WriteU32LE(io, len);
    CHECK_INT(len, SDL_WriteIO(io, samples, len));
}

BRIDGE_TEST(sdl3__sound)
{
    SDL_IOStream *io = io_over(kind->open());
    Uint8 want[5000], *got;
    SDL_AudioSpec spec;
    Uint32 len;

    test_pattern(want, sizeof(want), 0);
    write_wav(io, want, sizeof(want));
    CHECK_INT(0, SDL_SeekIO(io, 0, SDL_IO_SEEK_SET));
    CHECK(SDL_LoadWAV_IO(io, true, &spec, &got, &len));
    CHECK_INT(8000, spec.freq);
    CHECK_INT(SDL_AUDIO_S16LE, spec.format);
    CHECK_MEM(got, len, want, sizeof(want));
    SDL_free(got);
}

TEST(sdl3__from_a_pipe)
{
    SDL_IOStream *io = io_over(open_pipe("abcdef", 6));
    char buf[8];
    size_t len;
    void *all;

    CHECK_INT(-1, SDL_GetIOSize(io));
    CHECK_INT(-1, SDL_TellIO(io));
    CHECK(*take_error());
    CHECK_INT(3, SDL_ReadIO(io, buf, 3));
    CHECK_INT(3, SDL_ReadIO(io, buf + 3, 5));
    CHECK_BYTES(buf, 6, "abcdef");
    CHECK_INT(SDL_IO_STATUS_EOF, SDL_GetIOStatus(io));
    CHECK_STR("", take_error());
    CHECK_INT(0, SDL_WriteIO(io, "x", 1));
    CHECK_INT(SDL_IO_STATUS_READONLY, SDL_GetIOStatus(io));
    CHECK(SDL_CloseIO(io));
    all = SDL_LoadFile_IO(io_over(open_pipe("abcdef", 6)), &len, true);
    CHECK_BYTES(all, len, "abcdef");
    SDL_free(all);
    CHECK_PTR(NULL, SDL_LoadBMP_IO(io_over(open_pipe("BM", 2)), true));
    CHECK(*take_error());
}

TEST(sdl3__cut_short)
{
    rill *s = rill_open_mem(NULL);
    const void *data;
    ptrdiff_t len, cut;

    CHECK(save_picture(rill_as_sdl_iostream(s, RILL_BORROW), true));
    len = rill_data(s, &data);
    for (cut = 0; cut < len; cut += 1 + cut / 4) {
        test_context("cut to %td of %td bytes", cut, len);
        CHECK_PTR(NULL, SDL_LoadBMP_IO(
                            io_over(rill_open_view(data, (size_t)cut)), true));
        SDL_ClearError();
    }
    CHECK_OK(rill_close(s));
}

TEST(sdl3__the_stream_fails)
{
    char data[1000] = "";
    rill *s = open_failing(data, sizeof(data), 700, EIO);
    SDL_IOStream *io = rill_as_sdl_iostream(s, RILL_BORROW);
    rill_error e;

    CHECK_INT(700, SDL_ReadIO(io, data, sizeof(data)));
    CHECK_INT(SDL_IO_STATUS_ERROR, SDL_GetIOStatus(io));
    CHECK_STR("read at 700: Input/output error", take_error());
    CHECK_INT(0, SDL_ReadIO(io, data, sizeof(data)));
    CHECK_INT(SDL_IO_STATUS_ERROR, SDL_GetIOStatus(io));
    CHECK_STR("read at 700: Input/output error", take_error());
    CHECK_INT(-1, SDL_SeekIO(io, 0, SDL_IO_SEEK_SET));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK(!SDL_CloseIO(io));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(sdl3__no_room)
{
    unsigned char room[700], bytes[691] = "";
    SDL_IOStream *io = io_over(rill_open_fixed(room, sizeof(room), NULL));

    CHECK_INT(10, SDL_WriteIO(io, "0123456789", 10));
    CHECK_INT(0, SDL_WriteIO(io, bytes, sizeof(bytes)));
    CHECK_INT(SDL_IO_STATUS_ERROR, SDL_GetIOStatus(io));
    CHECK_STR("write at 700: no space left", take_error());
    CHECK(!save_picture(io, false));
    CHECK(*take_error());
    CHECK(!SDL_CloseIO(io));
    CHECK_STR("write at 700: no space left", take_error());
}

TEST(sdl3__fails_to_close)
{
    static rill_double full;

    full = (rill_double){.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC};
    CHECK(!save_picture(
        io_over(rill_open_double(rill_open_mem(NULL), RILL_TAKE, &full, NULL)),
        true));
    CHECK_STR("write at 0: No space left on device", take_error());
}

TEST(sdl3__would_block)
{
    static const rill_step steps[] = {
        RILL_STEP_BLOCKS, RILL_STEP_GIVES("ab"), RILL_STEP_BLOCKS,
        RILL_STEP_BLOCKS, RILL_STEP_TAKES("xy"), RILL_STEP_BLOCKS,
        RILL_STEP_BLOCKS, RILL_STEP_TAKES("z"),
    };
    rill_script script = {.steps = steps,
                          .count = sizeof(steps) / sizeof(steps[0])};
    rill_options o = RILL_OPTIONS_INIT;
    char buf[4];
    SDL_IOStream *io;

    o.buffer_size = RILL_UNBUFFERED;
    io = io_over(rill_open_script(&script, &o));
    CHECK_INT(0, SDL_ReadIO(io, buf, sizeof(buf)));
    CHECK_INT(SDL_IO_STATUS_NOT_READY, SDL_GetIOStatus(io));
    CHECK_INT(2, SDL_ReadIO(io, buf, sizeof(buf)));
    CHECK_INT(SDL_IO_STATUS_NOT_READY, SDL_GetIOStatus(io));
    CHECK_INT(0, SDL_WriteIO(io, "xyz", 3));
    CHECK_INT(SDL_IO_STATUS_NOT_READY, SDL_GetIOStatus(io));
    CHECK_INT(2, SDL_WriteIO(io, "xyz", 3));
    CHECK_INT(SDL_IO_STATUS_NOT_READY, SDL_GetIOStatus(io));
    CHECK_INT(1, SDL_WriteIO(io, "z", 1));
    CHECK_PTR(NULL, rill_script_problem(&script));
    CHECK(SDL_CloseIO(io));
}

TEST(sdl3__refused)
{
    CHECK_PTR(NULL, rill_as_sdl_iostream(NULL, RILL_TAKE));
    CHECK_STR("rill_as_sdl_iostream: invalid argument", take_error());
}

/* ---- A stream over an IOStream --------------------------------------------- */

static rill *stream_over(SDL_IOStream *io, const char *mode)
{
    rill *s = rill_open_sdl_iostream(io, mode, RILL_TAKE, NULL);

    CHECK(s);
    return s;
}

BRIDGE_TEST(open_sdl3__over_a_stream)
{
    rill *s = stream_over(io_over(kind->open()), "rb+");

    check_there_and_back(s);
    CHECK_STR("sdl_iostream", rill_kind(s));
    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_close(s));
}

TEST(open_sdl3__file)
{
    rill *s = stream_over(SDL_IOFromFile("f", "w+b"), "r+");

    CHECK_INT(11, rill_puts(s, "hello world"));
    CHECK_INT(6, rill_seek(s, -5, RILL_SEEK_END));
    CHECK_READS(s, "wor");
    CHECK_INT(2, rill_puts(s, "LD"));
    CHECK_OK(rill_flush(s));
    CHECK_FILE("f", "hello worLD");
    CHECK_HOLDS(s, "hello worLD");
    CHECK_INT(20, rill_seek(s, 20, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}

/* Memory is bounded, and clamps a seek that goes beyond. */
TEST(open_sdl3__memory)
{
    char room[10] = "0123456789";
    SDL_IOStream *io = SDL_IOFromMem(room, sizeof(room));
    rill *s;

    CHECK_INT(2, SDL_SeekIO(io, 2, SDL_IO_SEEK_SET));
    s = stream_over(io, "r+");
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(10, rill_size(s));
    CHECK_READS(s, "23");
    CHECK_INT(2, rill_puts(s, "ab"));
    CHECK_HOLDS(s, "0123ab6789");
    CHECK_INT(50, rill_seek(s, 50, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_INT(8, rill_seek(s, 8, RILL_SEEK_SET));
    CHECK_INT(3, rill_puts(s, "xyz"));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_STR("Memory buffer is full", take_error());
    CHECK_BYTES(room, 10, "0123ab67xy");
    s = stream_over(SDL_IOFromConstMem(room, 10), "r+");
    CHECK_INT(1, rill_puts(s, "x"));
    CHECK_CODE(RILL_ENOTSUP, rill_close(s));
    take_error();
}

TEST(open_sdl3__errno)
{
    rill *s = stream_over(SDL_IOFromFile("/dev/full", "wb"), "wb");
    char data[1000] = "";
    rill_error e;

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_close_with(s, &e));
    CHECK_INT(ENOSPC, e.os_error);
    s = stream_over(io_over(open_failing(data, 1000, 700, EIO)), "rb");
    CHECK_INT(700, rill_read(s, data, 1000));
    CHECK_CODE(RILL_EIO, rill_read(s, data, 1000));
    CHECK_STR("read at 700: Input/output error", take_error());
    CHECK_CODE(RILL_EIO, rill_close(s));
}

TEST(open_sdl3__would_block)
{
    static const rill_step steps[] = {RILL_STEP_BLOCKS, RILL_STEP_GIVES("ab")};
    rill_script script = {.steps = steps, .count = 2};
    char buf[4];
    rill *s = stream_over(io_over(rill_open_script(&script, NULL)), "rb");

    CHECK(!rill_seekable(s));
    CHECK_CODE(RILL_EAGAIN, rill_read(s, buf, 2));
    CHECK_REST(s, "ab");
    CHECK_OK(rill_close(s));
}

TEST(open_sdl3__ownership)
{
    SDL_IOStream *io = SDL_IOFromFile("f", "wb");
    rill *s = rill_open_sdl_iostream(io, "w", RILL_BORROW, NULL);

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_close(s));
    CHECK_INT(3, SDL_WriteIO(io, "def", 3));
    CHECK_PTR(NULL, rill_open_sdl_iostream(io, "a", RILL_TAKE, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_sdl_iostream(NULL, "r", RILL_TAKE, NULL));
    CHECK_PTR(NULL, rill_open_sdl_iostream(io, "r", 7, NULL));
    CHECK(SDL_CloseIO(io));
    CHECK_FILE("f", "abcdef");
}

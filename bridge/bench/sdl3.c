/*
 * sdl3.c (bench) - SDL 3 over its own IOStreams and over streams.
 */
#include <stdio.h>

#include <SDL3/SDL_endian.h>
#include <SDL3/SDL_surface.h>

#include <rill/sdl3.h>

#include "side_by_side.h"

enum { WIDTH = 1024, HEIGHT = 768, NUMBERS = 100000 };

static const char path[] = "bench_sdl3.tmp";
static SDL_Surface *picture;

/* The picture's file, in memory. */
struct bytes {
    const void *data;
    size_t len;
};

static void load(SDL_IOStream *io)
{
    SDL_Surface *got = SDL_LoadBMP_IO(io, true);

    if (!got || got->w != WIDTH)
        give_up("cannot load the picture");
    SDL_DestroySurface(got);
}

static void load_own(void *ctx)
{
    struct bytes *b = ctx;

    load(SDL_IOFromConstMem(b->data, b->len));
}

static void load_ours(void *ctx)
{
    struct bytes *b = ctx;

    load(rill_as_sdl_iostream(rill_open_view(b->data, b->len), RILL_TAKE));
}

static void load_own_file(void *ctx)
{
    (void)ctx;
    load(SDL_IOFromFile(path, "rb"));
}

static void load_our_file(void *ctx)
{
    (void)ctx;
    load(rill_as_sdl_iostream(rill_open(path, "rb"), RILL_TAKE));
}

static void save(SDL_IOStream *io)
{
    if (!SDL_SaveBMP_IO(picture, io, true))
        give_up("cannot save the picture");
}

static void save_own_file(void *ctx)
{
    (void)ctx;
    save(SDL_IOFromFile(path, "wb"));
}

static void save_our_file(void *ctx)
{
    (void)ctx;
    save(rill_as_sdl_iostream(rill_open(path, "wb"), RILL_TAKE));
}

/* Small reads: where a call costs most. */
static void read_numbers(SDL_IOStream *io)
{
    Uint32 x, sum = 0;
    int i;

    for (i = 0; i < NUMBERS && SDL_ReadU32LE(io, &x); i++)
        sum += x;
    if (!SDL_CloseIO(io) || sum == 0)
        give_up("cannot read the numbers");
}

static void numbers_own(void *ctx)
{
    struct bytes *b = ctx;

    read_numbers(SDL_IOFromConstMem(b->data, b->len));
}

static void numbers_ours(void *ctx)
{
    struct bytes *b = ctx;

    read_numbers(
        rill_as_sdl_iostream(rill_open_view(b->data, b->len), RILL_TAKE));
}

static void numbers_own_file(void *ctx)
{
    (void)ctx;
    read_numbers(SDL_IOFromFile(path, "rb"));
}

static void numbers_our_file(void *ctx)
{
    (void)ctx;
    read_numbers(rill_as_sdl_iostream(rill_open(path, "rb"), RILL_TAKE));
}

/* The other way: a stream over SDL's RWops, in small reads too. */
static void numbers_through_a_stream(void *ctx)
{
    rill *s = rill_open_sdl_iostream(SDL_IOFromFile(path, "rb"), "rb",
                                     RILL_TAKE, NULL);
    Uint32 x, sum = 0;
    int i;

    (void)ctx;
    for (i = 0; i < NUMBERS && rill_read(s, &x, sizeof(x)) == sizeof(x); i++)
        sum += SDL_Swap32LE(x);
    if (rill_close(s) < 0 || sum == 0)
        give_up("cannot read the numbers");
}

int main(void)
{
    rill *s = rill_open_mem(NULL);
    struct bytes b;

    picture = SDL_CreateSurface(WIDTH, HEIGHT, SDL_PIXELFORMAT_BGR24);
    fill_plausibly(picture->pixels, (size_t)picture->pitch * HEIGHT);
    save(rill_as_sdl_iostream(s, RILL_BORROW));
    b.len = (size_t)rill_data(s, &b.data);
    side_by_side("SDL saves a picture to a file", b.len, save_own_file,
                 save_our_file, NULL);
    side_by_side("SDL loads a picture in memory", b.len, load_own, load_ours,
                 &b);
    side_by_side("SDL loads a picture in a file", b.len, load_own_file,
                 load_our_file, NULL);
    side_by_side("SDL reads numbers in memory", NUMBERS * 4, numbers_own,
                 numbers_ours, &b);
    side_by_side("SDL reads numbers in a file", NUMBERS * 4, numbers_own_file,
                 numbers_our_file, NULL);
    side_by_side("SDL's file, read as a stream", NUMBERS * 4, numbers_own_file,
                 numbers_through_a_stream, NULL);
    SDL_DestroySurface(picture);
    remove(path);
    return rill_close(s) < 0;
}

/*
 * sdl.c (bench) - SDL 2 over its own RWops and over streams.
 */
#include <stdio.h>

#include <SDL_endian.h>
#include <SDL_surface.h>

#include <rill/sdl.h>

#include "side_by_side.h"

enum { WIDTH = 1024, HEIGHT = 768, NUMBERS = 100000 };

static const char path[] = "bench_sdl.tmp";
static SDL_Surface *picture;

/* The picture's file, in memory. */
struct bytes {
    const void *data;
    size_t len;
};

static void load(SDL_RWops *rw)
{
    SDL_Surface *got = SDL_LoadBMP_RW(rw, 1);

    if (!got || got->w != WIDTH)
        give_up("cannot load the picture");
    SDL_FreeSurface(got);
}

static void load_own(void *ctx)
{
    struct bytes *b = ctx;

    load(SDL_RWFromConstMem(b->data, (int)b->len));
}

static void load_ours(void *ctx)
{
    struct bytes *b = ctx;

    load(rill_as_rwops(rill_open_view(b->data, b->len), RILL_TAKE));
}

static void load_own_file(void *ctx)
{
    (void)ctx;
    load(SDL_RWFromFile(path, "rb"));
}

static void load_our_file(void *ctx)
{
    (void)ctx;
    load(rill_as_rwops(rill_open(path, "rb"), RILL_TAKE));
}

static void save(SDL_RWops *rw)
{
    if (SDL_SaveBMP_RW(picture, rw, 1) < 0)
        give_up("cannot save the picture");
}

static void save_own_file(void *ctx)
{
    (void)ctx;
    save(SDL_RWFromFile(path, "wb"));
}

static void save_our_file(void *ctx)
{
    (void)ctx;
    save(rill_as_rwops(rill_open(path, "wb"), RILL_TAKE));
}

/* Small reads: where a call costs most. */
static void read_numbers(SDL_RWops *rw)
{
    Uint32 sum = 0;
    int i;

    for (i = 0; i < NUMBERS; i++)
        sum += SDL_ReadLE32(rw);
    if (SDL_RWclose(rw) < 0 || sum == 0)
        give_up("cannot read the numbers");
}

static void numbers_own(void *ctx)
{
    struct bytes *b = ctx;

    read_numbers(SDL_RWFromConstMem(b->data, (int)b->len));
}

static void numbers_ours(void *ctx)
{
    struct bytes *b = ctx;

    read_numbers(rill_as_rwops(rill_open_view(b->data, b->len), RILL_TAKE));
}

static void numbers_own_file(void *ctx)
{
    (void)ctx;
    read_numbers(SDL_RWFromFile(path, "rb"));
}

static void numbers_our_file(void *ctx)
{
    (void)ctx;
    read_numbers(rill_as_rwops(rill_open(path, "rb"), RILL_TAKE));
}

/* The other way: a stream over SDL's RWops, in small reads too. */
static void numbers_through_a_stream(void *ctx)
{
    rill *s =
        rill_open_rwops(SDL_RWFromFile(path, "rb"), "rb", RILL_TAKE, NULL);
    Uint32 x, sum = 0;
    int i;

    (void)ctx;
    for (i = 0; i < NUMBERS && rill_read(s, &x, sizeof(x)) == sizeof(x); i++)
        sum += SDL_SwapLE32(x);
    if (rill_close(s) < 0 || sum == 0)
        give_up("cannot read the numbers");
}

int main(void)
{
    rill *s = rill_open_mem(NULL);
    struct bytes b;

    picture = SDL_CreateRGBSurfaceWithFormat(0, WIDTH, HEIGHT, 24,
                                             SDL_PIXELFORMAT_BGR24);
    fill_plausibly(picture->pixels, (size_t)picture->pitch * HEIGHT);
    save(rill_as_rwops(s, RILL_BORROW));
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
    SDL_FreeSurface(picture);
    remove(path);
    return rill_close(s) < 0;
}

/*
 * sdl3.c - a picture and a sound that SDL 3 makes and loads again, in memory.
 *
 *     sdl3 PICTURE.png
 *
 * A game keeps its data in one archive. Here it is a stream in memory, and
 * what SDL reads and writes is a part of it. The bytes of the picture that is
 * given become the pixels, and the samples.
 */
#include <stdio.h>

#include <SDL3/SDL_audio.h>
#include <SDL3/SDL_stdinc.h>
#include <SDL3/SDL_surface.h>

#include <rill/sdl3.h>

enum { WIDTH = 160, HEIGHT = 100, SAMPLES = 8000 };

/* What SDL says is wrong, with what. */
static int complain(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, SDL_GetError());
    return -1;
}

static int add_picture(rill *archive, rill *bytes)
{
    SDL_Surface *picture =
        SDL_CreateSurface(WIDTH, HEIGHT, SDL_PIXELFORMAT_BGR24);
    bool ok = false;

    if (picture && rill_read_exact(bytes, picture->pixels,
                                   (size_t)picture->pitch * HEIGHT) == 0)
        ok = SDL_SaveBMP_IO(picture, rill_as_sdl_iostream(archive, RILL_BORROW),
                            true);
    SDL_DestroySurface(picture);
    return ok ? 0 : complain("picture");
}

/* Mono, 8 bits. */
static int add_sound(rill *archive, rill *bytes)
{
    SDL_IOStream *io = rill_as_sdl_iostream(archive, RILL_BORROW);
    bool ok;

    if (!io)
        return complain("sound");
    ok = SDL_WriteIO(io, "RIFF", 4) == 4 && SDL_WriteU32LE(io, 36 + SAMPLES) &&
         SDL_WriteIO(io, "WAVEfmt ", 8) == 8 && SDL_WriteU32LE(io, 16) &&
         SDL_WriteU16LE(io, 1) && SDL_WriteU16LE(io, 1) &&
         SDL_WriteU32LE(io, 8000) && SDL_WriteU32LE(io, 8000) &&
         SDL_WriteU16LE(io, 1) && SDL_WriteU16LE(io, 8) &&
         SDL_WriteIO(io, "data", 4) == 4 && SDL_WriteU32LE(io, SAMPLES);
    if (!SDL_CloseIO(io) || !ok)
        return complain("sound");
    return rill_copy(archive, bytes, SAMPLES) == SAMPLES ? 0 : -1;
}

static int load_both(rill *archive)
{
    SDL_IOStream *io = rill_as_sdl_iostream(archive, RILL_BORROW);
    SDL_Surface *picture;
    SDL_AudioSpec spec;
    Uint8 *samples;
    Uint32 len;

    if (!io)
        return complain("archive");
    picture = SDL_LoadBMP_IO(io, false);
    if (!picture)
        complain("picture");
    else
        printf("%d x %d pixels; ", picture->w, picture->h);
    SDL_DestroySurface(picture);
    if (!SDL_LoadWAV_IO(io, true, &spec, &samples, &len))
        return complain("sound");
    printf("%u samples at %d Hz\n", len, spec.freq);
    SDL_free(samples);
    return picture ? 0 : -1;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *bytes = rill_open(path, "rb"), *archive = rill_open_mem(NULL);
    int ok = 0;

    if (!bytes)
        perror(path);
    else if (archive && add_picture(archive, bytes) == 0 &&
             add_sound(archive, bytes) == 0 && rill_rewind(archive) == 0)
        ok = load_both(archive) == 0;
    ok &= rill_close(bytes) == 0;
    ok &= rill_close(archive) == 0;
    return !ok;
}

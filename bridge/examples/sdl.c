/*
 * sdl.c - a picture and a sound that SDL makes and loads again, in memory.
 *
 *     sdl PICTURE.png
 *
 * A game keeps its data in one archive. Here it is a stream in memory, and
 * what SDL reads and writes is a part of it. The bytes of the picture that is
 * given become the pixels, and the samples.
 */
#include <stdio.h>

#include <SDL_audio.h>
#include <SDL_endian.h>
#include <SDL_surface.h>

#include <rill/sdl.h>

enum { WIDTH = 160, HEIGHT = 100, SAMPLES = 8000 };

/* What SDL says is wrong, with what. */
static int complain(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, SDL_GetError());
    return -1;
}

static int add_picture(rill *archive, rill *bytes)
{
    SDL_Surface *picture = SDL_CreateRGBSurfaceWithFormat(
        0, WIDTH, HEIGHT, 24, SDL_PIXELFORMAT_BGR24);
    int rc = -1;

    if (picture && rill_read_exact(bytes, picture->pixels,
                                   (size_t)picture->pitch * HEIGHT) == 0)
        rc = SDL_SaveBMP_RW(picture, rill_as_rwops(archive, RILL_BORROW), 1);
    SDL_FreeSurface(picture);
    return rc < 0 ? complain("picture") : 0;
}

/* Mono, 8 bits. */
static int add_sound(rill *archive, rill *bytes)
{
    SDL_RWops *rw = rill_as_rwops(archive, RILL_BORROW);
    int ok;

    if (!rw)
        return complain("sound");
    ok = SDL_RWwrite(rw, "RIFF", 4, 1) && SDL_WriteLE32(rw, 36 + SAMPLES) &&
         SDL_RWwrite(rw, "WAVEfmt ", 8, 1) && SDL_WriteLE32(rw, 16) &&
         SDL_WriteLE16(rw, 1) && SDL_WriteLE16(rw, 1) &&
         SDL_WriteLE32(rw, 8000) && SDL_WriteLE32(rw, 8000) &&
         SDL_WriteLE16(rw, 1) && SDL_WriteLE16(rw, 8) &&
         SDL_RWwrite(rw, "data", 4, 1) && SDL_WriteLE32(rw, SAMPLES);
    if (SDL_RWclose(rw) < 0 || !ok)
        return complain("sound");
    return rill_copy(archive, bytes, SAMPLES) == SAMPLES ? 0 : -1;
}

static int load_both(rill *archive)
{
    SDL_RWops *rw = rill_as_rwops(archive, RILL_BORROW);
    SDL_Surface *picture;
    SDL_AudioSpec spec;
    Uint8 *samples;
    Uint32 len;

    if (!rw)
        return complain("archive");
    picture = SDL_LoadBMP_RW(rw, 0);
    if (!picture)
        complain("picture");
    else
        printf("%d x %d pixels; ", picture->w, picture->h);
    SDL_FreeSurface(picture);
    if (!SDL_LoadWAV_RW(rw, 1, &spec, &samples, &len))
        return complain("sound");
    printf("%u samples at %d Hz\n", len, spec.freq);
    SDL_FreeWAV(samples);
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

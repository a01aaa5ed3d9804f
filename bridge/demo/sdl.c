/*
 * sdl.c (demo) - SDL: the bytes become a bitmap of 24 bits, and bytes again.
 */
#define SDL_MAIN_HANDLED
#include <stdlib.h>

#include <SDL.h>

#include <rill/sdl.h>

#include "carry.h"

enum { WIDTH = 1024, ROW = 3 * WIDTH };

const char carrier[] = "SDL 2, as a bitmap";

int carry(rill *from, rill *to)
{
    rill *file = rill_open_mem(NULL);
    unsigned char *pixels;
    size_t n = carry_pad(from, ROW, &pixels);
    int rows = (int)(n / ROW), y, rc = -1;
    SDL_Surface *picture = SDL_CreateRGBSurfaceWithFormatFrom(
        pixels, WIDTH, rows, 24, ROW, SDL_PIXELFORMAT_BGR24);

    if (file && picture &&
        SDL_SaveBMP_RW(picture, rill_as_rwops(file, RILL_BORROW), 1) == 0) {
        SDL_FreeSurface(picture);
        rill_rewind(file);
        picture = SDL_LoadBMP_RW(rill_as_rwops(file, RILL_BORROW), 1);
        for (y = 0; picture && y < rows; y++)
            memcpy(pixels + (size_t)y * ROW,
                   (char *)picture->pixels + (ptrdiff_t)y * picture->pitch,
                   ROW);
        rc = picture ? carry_unpad(pixels, n, to) : -1;
    }
    SDL_FreeSurface(picture);
    free(pixels);
    return rill_close(file) == 0 ? rc : -1;
}

// SPDX-License-Identifier: Apache-2.0
#include "media/still_bmp_rle.h"

#include <stddef.h>

typedef struct {
    uint8_t *pixels;
    uint32_t width, height;
    uint64_t x, y; // of the next pixel; may lie outside
} Canvas;

static void put(Canvas *canvas, unsigned index)
{
    if (canvas->x < canvas->width && canvas->y < canvas->height)
        canvas->pixels[(size_t)canvas->y * canvas->width + (size_t)canvas->x] = (uint8_t)index;
    canvas->x++;
}

static void put_run(Canvas *canvas, unsigned bits, unsigned count, uint8_t value)
{
    for (unsigned i = 0; i < count; i++) {
        if (bits == 8)
            put(canvas, value);
        else
            put(canvas, i % 2 == 0 ? value >> 4 : value & 15);
    }
}

// `count` literal pixels and the byte that pads them to an even number of bytes.
static void put_literals(Canvas *canvas, Reader *reader, unsigned bits, unsigned count)
{
    uint8_t value = 0;
    for (unsigned i = 0; i < count; i++) {
        if (bits == 8) {
            put(canvas, reader_u8(reader));
        } else {
            if (i % 2 == 0)
                value = reader_u8(reader);
            put(canvas, i % 2 == 0 ? value >> 4 : value & 15);
        }
        if (reader->failed)
            return;
    }
    unsigned bytes = bits == 8 ? count : (count + 1) / 2;
    if (bytes % 2 == 1)
        reader_skip(reader, 1);
}

bool bmp_rle_expand(Reader *reader, unsigned bits, uint8_t *pixels, uint32_t width, uint32_t height)
{
    Canvas canvas = {.pixels = pixels, .width = width, .height = height};
    while (reader_remaining(reader) >= 2 && canvas.y < height) {
        uint8_t count = reader_u8(reader);
        uint8_t value = reader_u8(reader);
        if (count > 0) {
            put_run(&canvas, bits, count, value);
        } else if (value == 0) {
            canvas.x = 0;
            canvas.y++;
        } else if (value == 1) {
            return true;
        } else if (value == 2) {
            canvas.x += reader_u8(reader);
            canvas.y += reader_u8(reader);
        } else {
            put_literals(&canvas, reader, bits, value);
        }
    }
    // Many programs leave out the end code: being on the last row's end is enough.
    return canvas.y >= height || (canvas.y + 1 == height && canvas.x >= width);
}

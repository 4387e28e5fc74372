// SPDX-License-Identifier: Apache-2.0
//
// GIF (GIF89a specification): signature (6), logical screen (7), colours, then blocks up to 3B.
//
//   21 label             | sub-blocks     an extension
//   2C place, size, flags | colours | code size (1) | sub-blocks     a picture
//
// Sub-blocks are a length (1) with so many bytes, the last of length 0.
#include "evidence/carve_formats.h"

#define SIGNATURE_BYTES 6u
#define SCREEN_BYTES 7u
#define PICTURE_BYTES 10u // introducer, place, size, flags
#define CODE_SIZE_MAX 11u

typedef struct {
    CarveView *view;
    uint64_t at;
    bool has_picture; // one with some of its data
} GifWalk;

static uint64_t colour_bytes(uint8_t flags)
{
    return flags & 0x80 ? (uint64_t)3 << ((flags & 7) + 1) : 0;
}

// Steps over sub-blocks and tells how many there were. False when they do not end.
static bool skip_sub_blocks(GifWalk *walk, uint64_t *ret_count)
{
    *ret_count = 0;
    for (;;) {
        const uint8_t *bytes = NULL;
        size_t count = carve_view_window(walk->view, walk->at, &bytes), done = 0;
        if (count == 0)
            return false;
        while (done < count && bytes[done] != 0) {
            done += 1u + bytes[done];
            ++*ret_count;
        }
        carve_view_charge(walk->view, done);
        walk->at += done;
        if (done < count) {
            walk->at++;
            return true;
        }
    }
}

// Place (4) and size (4), flags (1), colours, code size (1), sub-blocks.
static bool skip_picture(GifWalk *walk)
{
    Reader reader = carve_view_reader(walk->view, walk->at, PICTURE_BYTES);
    reader_skip(&reader, 5);
    unsigned width = reader_u16le(&reader), height = reader_u16le(&reader);
    uint8_t flags = reader_u8(&reader);
    if (reader.failed || width == 0 || height == 0)
        return false;
    uint64_t at = walk->at + PICTURE_BYTES + colour_bytes(flags), blocks = 0;
    const uint8_t *code_size = carve_view_bytes(walk->view, at, 1);
    if (code_size == NULL || *code_size == 0 || *code_size > CODE_SIZE_MAX)
        return false;
    walk->at = at + 1;
    bool ends = skip_sub_blocks(walk, &blocks);
    walk->has_picture |= blocks > 0;
    return ends;
}

static bool skip_extension(GifWalk *walk)
{
    uint64_t blocks;
    walk->at += 2;
    return skip_sub_blocks(walk, &blocks);
}

CarveShape carve_gif(CarveView *view)
{
    Reader reader = carve_view_reader(view, 0, SIGNATURE_BYTES + SCREEN_BYTES);
    reader_skip(&reader, SIGNATURE_BYTES + 4);
    uint8_t flags = reader_u8(&reader);
    GifWalk walk = {.view = view, .at = SIGNATURE_BYTES + SCREEN_BYTES + colour_bytes(flags)};
    for (;;) {
        const uint8_t *introducer = carve_view_bytes(view, walk.at, 1);
        // Some writers leave the trailer out.
        if (introducer == NULL && walk.at == view->size_bytes && walk.has_picture)
            return carve_shape(CARVE_OPEN, walk.at);
        if (introducer == NULL)
            break;
        if (*introducer == 0x3b)
            return carve_shape_by(walk.has_picture, false, walk.at + 1);
        bool ok = *introducer == 0x21   ? skip_extension(&walk)
                  : *introducer == 0x2c ? skip_picture(&walk)
                                        : false;
        if (!ok)
            break;
    }
    uint64_t end = walk.at < view->size_bytes ? walk.at : view->size_bytes;
    return carve_shape_by(false, walk.has_picture, end);
}

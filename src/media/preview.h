// SPDX-License-Identifier: Apache-2.0
//
// Preview: a picture made for people to look at. Upright as its EXIF block or its container says,
// transparency over mid grey, 8 bits a sample, as large as asked for and never larger than it is.
// Pixels come out of the decoder row by row, and of a JPEG already reduced where that is exact
// enough, so memory is that of the result.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "media/still.h"
#include "media/video.h"
#include "model/picture_view.h"

typedef struct {
    uint32_t width, height;
    unsigned channels; // 1 (grey) or 3 (R, G, B) bytes a pixel, rows without gaps
    uint8_t *pixels;
} Preview;

void preview_free(Preview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Preview, preview_free)

// What EXIF says of the way up that the decoder has not seen to itself: 1 to 8.
unsigned preview_orientation(const Still *still);

// Decodes the still (which is then used up) into a view of at most `side` pixels along the longer
// side. Of an animation the first picture. Errors as of still_decode.
Preview *preview_of_still(Still *still, unsigned orientation, const PictureView *view,
                          uint32_t side, GError **err);

// A frame of a video; `rotation` as in VideoFacts. NULL when there is no memory.
Preview *preview_of_frame(const VideoPicture *picture, unsigned rotation, const PictureView *view,
                          uint32_t side);

// The same once more, smaller. NULL when there is no memory.
Preview *preview_reduced(const Preview *preview, uint32_t side);

// A JPEG without metadata (media/jpeg_writer.h) of at most `limit_bytes`: compressed harder until
// it is. NULL when it cannot be made that small.
GBytes *preview_jpeg(const Preview *preview, size_t limit_bytes);

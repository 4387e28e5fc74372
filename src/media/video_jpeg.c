// SPDX-License-Identifier: Apache-2.0
//
// A picture of a video as a JPEG for people to look at: reduced by a whole number, then compressed
// harder until it is small enough.
#include "media/jpeg_writer.h"
#include "media/video.h"

// Averages of blocks of factor x factor, the channels kept apart: 1 or 3 bytes a pixel.
static void reduce_row(const VideoPicture *picture, uint32_t row, uint32_t factor, uint32_t width,
                       uint8_t *target)
{
    uint32_t step = picture->is_grey ? 1 : 4, channels = picture->is_grey ? 1 : 3;
    for (uint32_t x = 0; x < width; x++) {
        uint32_t sums[3] = {0};
        for (uint32_t y = 0; y < factor; y++) {
            const uint8_t *source =
                picture->pixels + (row * factor + y) * picture->stride + (size_t)x * factor * step;
            for (uint32_t i = 0; i < factor; i++, source += step) {
                for (uint32_t c = 0; c < channels; c++)
                    sums[c] += source[c];
            }
        }
        for (uint32_t c = 0; c < channels; c++)
            *target++ = (uint8_t)(sums[c] / (factor * factor));
    }
}

GBytes *video_picture_jpeg(const VideoPicture *picture, unsigned side, size_t limit_bytes)
{
    static const int qualities[] = {85, 70, 50, 30, 15};
    uint32_t longest = MAX(picture->width, picture->height);
    if (side == 0 || longest == 0)
        return NULL;
    uint32_t factor = (longest + side - 1) / side;
    uint32_t width = picture->width / factor, height = picture->height / factor;
    unsigned channels = picture->is_grey ? 1 : 3;
    if (width == 0 || height == 0)
        return NULL;
    size_t row_bytes = (size_t)width * channels;
    g_autofree uint8_t *pixels = g_try_malloc(row_bytes * height);
    if (pixels == NULL)
        return NULL;
    for (uint32_t y = 0; y < height; y++)
        reduce_row(picture, y, factor, width, pixels + y * row_bytes);
    for (size_t i = 0; i < G_N_ELEMENTS(qualities); i++) {
        g_autoptr(GBytes) jpeg = jpeg_write(pixels, width, height, channels, qualities[i]);
        if (jpeg != NULL && g_bytes_get_size(jpeg) <= limit_bytes)
            return g_steal_pointer(&jpeg);
    }
    return NULL;
}

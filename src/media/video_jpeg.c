// SPDX-License-Identifier: Apache-2.0
//
// A picture of a video as a JPEG for people to look at: reduced by a whole number, then compressed
// harder until it is small enough.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "media/video.h"

typedef struct {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    unsigned char *bytes; // libjpeg's memory
    unsigned long size_bytes;
} JpegWriter;

static G_NORETURN void leave(j_common_ptr common)
{
    JpegWriter *writer = common->client_data;
    longjmp(writer->escape, 1);
}

static void ignore_message(j_common_ptr common, int level)
{
}

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

// Runs under setjmp: owns nothing but what the writer holds.
static void write_jpeg(JpegWriter *writer, const uint8_t *pixels, uint32_t width, uint32_t height,
                       int channels, int quality)
{
    struct jpeg_compress_struct *jpeg = &writer->jpeg;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &writer->bytes, &writer->size_bytes);
    jpeg->image_width = width;
    jpeg->image_height = height;
    jpeg->input_components = channels;
    jpeg->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg->next_scanline * width * (size_t)channels);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

static GBytes *compress(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                        int quality)
{
    g_autofree JpegWriter *writer = g_new0(JpegWriter, 1);
    writer->jpeg.err = jpeg_std_error(&writer->errors);
    writer->jpeg.client_data = writer;
    writer->errors.error_exit = leave;
    writer->errors.emit_message = ignore_message;
    GBytes *result = NULL;
    if (setjmp(writer->escape) == 0) {
        write_jpeg(writer, pixels, width, height, channels, quality);
        result = g_bytes_new(writer->bytes, writer->size_bytes);
    }
    jpeg_destroy_compress(&writer->jpeg);
    free(writer->bytes);
    return result;
}

GBytes *video_picture_jpeg(const VideoPicture *picture, unsigned side, size_t limit_bytes)
{
    static const int qualities[] = {85, 70, 50, 30, 15};
    uint32_t longest = MAX(picture->width, picture->height);
    if (side == 0 || longest == 0)
        return NULL;
    uint32_t factor = (longest + side - 1) / side;
    uint32_t width = picture->width / factor, height = picture->height / factor;
    int channels = picture->is_grey ? 1 : 3;
    if (width == 0 || height == 0 || MAX(width, height) > JPEG_MAX_DIMENSION)
        return NULL;
    size_t row_bytes = (size_t)width * (size_t)channels;
    g_autofree uint8_t *pixels = g_try_malloc(row_bytes * height);
    if (pixels == NULL)
        return NULL;
    for (uint32_t y = 0; y < height; y++)
        reduce_row(picture, y, factor, width, pixels + y * row_bytes);
    for (size_t i = 0; i < G_N_ELEMENTS(qualities); i++) {
        g_autoptr(GBytes) jpeg = compress(pixels, width, height, channels, qualities[i]);
        if (jpeg != NULL && g_bytes_get_size(jpeg) <= limit_bytes)
            return g_steal_pointer(&jpeg);
    }
    return NULL;
}

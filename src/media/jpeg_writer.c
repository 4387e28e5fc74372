// SPDX-License-Identifier: Apache-2.0
#include "media/jpeg_writer.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

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

// Runs under setjmp: owns nothing but what the writer holds.
static void write_jpeg(JpegWriter *writer, const uint8_t *pixels, uint32_t width, uint32_t height,
                       unsigned channels, int quality)
{
    struct jpeg_compress_struct *jpeg = &writer->jpeg;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &writer->bytes, &writer->size_bytes);
    jpeg->image_width = width;
    jpeg->image_height = height;
    jpeg->input_components = (int)channels;
    jpeg->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg->write_JFIF_header = FALSE;
    jpeg->optimize_coding = TRUE;
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg->next_scanline * width * channels);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

GBytes *jpeg_write(const uint8_t *pixels, uint32_t width, uint32_t height, unsigned channels,
                   int quality)
{
    if (width == 0 || height == 0 || MAX(width, height) > JPEG_MAX_DIMENSION)
        return NULL;
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

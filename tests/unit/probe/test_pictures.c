// SPDX-License-Identifier: Apache-2.0
#include "test_pictures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jpeglib.h>
#include <vips/vips.h>

static PictureOptions with_defaults(PictureOptions options)
{
    if (options.width == 0) {
        options.width = 400;
        options.height = 300;
    }
    if (options.quality == 0)
        options.quality = 90;
    return options;
}

static uint8_t level(double value)
{
    return (uint8_t)CLAMP(value * 255, 0, 255);
}

// Blobs of different size and colour over a slope; x and y from 0 to 1.
static void paint(double x, double y, uint8_t rgb[3])
{
    static const double blobs[][4] = {
        {0.2, 0.25, 0.15, 1}, {0.7, 0.3, 0.2, -0.8}, {0.4, 0.8, 0.12, 0.9}, {0.85, 0.75, 0.1, 1}};
    double light = 0.25 + 0.3 * x + 0.2 * y;
    for (size_t i = 0; i < G_N_ELEMENTS(blobs); i++) {
        double dx = (x - blobs[i][0]) / blobs[i][2], dy = (y - blobs[i][1]) / blobs[i][2];
        light += 0.5 * blobs[i][3] * exp(-(dx * dx + dy * dy));
    }
    rgb[0] = level(light);
    rgb[1] = level(light * 0.9 + 0.05 * sin(9 * x));
    rgb[2] = level(light * 0.8 + 0.1 * y);
}

// Packed RGB rows.
static uint8_t *pixels_of(PictureOptions options)
{
    unsigned inner_width = options.width - 2 * options.border;
    unsigned inner_height = options.height - 2 * options.border;
    uint8_t *pixels = g_malloc((size_t)options.width * options.height * 3);
    memset(pixels, 128, (size_t)options.width * options.height * 3);
    for (unsigned row = 0; row < inner_height; row++)
        for (unsigned column = 0; column < inner_width; column++) {
            double x = (column + 0.5) / inner_width;
            size_t at = (size_t)(row + options.border) * options.width + column + options.border;
            paint(options.mirrored ? 1 - x : x, (row + 0.5) / inner_height, pixels + 3 * at);
        }
    return pixels;
}

GByteArray *picture_jpeg(PictureOptions given)
{
    PictureOptions options = with_defaults(given);
    g_autofree uint8_t *pixels = pixels_of(options);
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&errors)};
    unsigned char *encoded = NULL;
    unsigned long size_bytes = 0;

    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &encoded, &size_bytes);
    jpeg.image_width = options.width;
    jpeg.image_height = options.height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, (int)options.quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = pixels + (size_t)jpeg.next_scanline * options.width * 3;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);

    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, encoded, (unsigned)size_bytes);
    free(encoded);
    return bytes;
}

// EXIF
// ---------------------------------------------------------------------------------------------

static void put16(GByteArray *bytes, unsigned value)
{
    g_byte_array_append(bytes, (const uint8_t[]){(uint8_t)value, (uint8_t)(value >> 8)}, 2);
}

static void put32(GByteArray *bytes, unsigned value)
{
    put16(bytes, value & 0xffff);
    put16(bytes, value >> 16);
}

static void put_entry(GByteArray *bytes, unsigned tag, unsigned type, unsigned count,
                      unsigned value)
{
    put16(bytes, tag);
    put16(bytes, type);
    put32(bytes, count);
    put32(bytes, value);
}

// TIFF header, IFD0 with the maker, IFD1 with the place of the thumbnail, then the two values.
#define IFD0 8
#define IFD1 (IFD0 + 2 + 12 + 4)
#define MAKER_AT (IFD1 + 2 + 3 * 12 + 4)
#define MAKER "Testcam"
#define THUMBNAIL_AT (MAKER_AT + sizeof MAKER)

static GByteArray *exif_block(const GByteArray *thumbnail)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const uint8_t *)"II*\0", 4);
    put32(bytes, IFD0);
    put16(bytes, 1);
    put_entry(bytes, 0x010f, 2, sizeof MAKER, MAKER_AT); // Make
    put32(bytes, IFD1);
    put16(bytes, 3);
    put_entry(bytes, 0x0103, 3, 1, 6);              // Compression: JPEG
    put_entry(bytes, 0x0201, 4, 1, THUMBNAIL_AT);   // JPEGInterchangeFormat
    put_entry(bytes, 0x0202, 4, 1, thumbnail->len); // JPEGInterchangeFormatLength
    put32(bytes, 0);
    g_byte_array_append(bytes, (const uint8_t *)MAKER, sizeof MAKER);
    g_byte_array_append(bytes, thumbnail->data, thumbnail->len);
    return bytes;
}

GByteArray *picture_with_exif(const GByteArray *jpeg, const GByteArray *thumbnail)
{
    g_autoptr(GByteArray) exif = exif_block(thumbnail);
    unsigned length = exif->len + 2 + 6;
    g_assert_cmpuint(length, <=, 0xffff);

    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, jpeg->data, 2); // start of image
    g_byte_array_append(bytes,
                        (const uint8_t[]){0xff, 0xe1, (uint8_t)(length >> 8), (uint8_t)length}, 4);
    g_byte_array_append(bytes, (const uint8_t *)"Exif\0\0", 6);
    g_byte_array_append(bytes, exif->data, exif->len);
    g_byte_array_append(bytes, jpeg->data + 2, jpeg->len - 2);
    return bytes;
}

// Other formats -----------------------------------------------------------------------------------

static void ignore_log(const char *domain, GLogLevelFlags level, const char *message, void *unused)
{
}

static bool write_all(int descriptor, const uint8_t *bytes, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t written = write(descriptor, bytes, size_bytes);
        if (written <= 0)
            return false;
        bytes += written;
        size_bytes -= (size_t)written;
    }
    return true;
}

static _Noreturn void save_to(int descriptor, PictureOptions options, const char *suffix)
{
    g_log_set_handler("VIPS", G_LOG_LEVEL_MASK, ignore_log, NULL);
    uint8_t *pixels = pixels_of(options);
    void *saved = NULL;
    size_t size_bytes = 0;
    if (VIPS_INIT("test") != 0)
        _exit(1);
    VipsImage *image =
        vips_image_new_from_memory(pixels, (size_t)options.width * options.height * 3,
                                   (int)options.width, (int)options.height, 3, VIPS_FORMAT_UCHAR);
    bool done = vips_image_write_to_buffer(image, suffix, &saved, &size_bytes, NULL) == 0 &&
                write_all(descriptor, saved, size_bytes);
    _exit(done ? 0 : 1);
}

// In a child, because encoders start threads and leak.
GByteArray *picture_saved_as(PictureOptions options, const char *suffix)
{
    int ends[2];
    g_assert_no_errno(pipe(ends));
    pid_t child = fork();
    if (child == 0)
        save_to(ends[1], with_defaults(options), suffix);
    close(ends[1]);

    g_autoptr(GByteArray) bytes = g_byte_array_new();
    uint8_t part[4096];
    for (ssize_t count; (count = read(ends[0], part, sizeof part)) > 0;)
        g_byte_array_append(bytes, part, (unsigned)count);
    close(ends[0]);
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    return status == 0 ? g_steal_pointer(&bytes) : NULL;
}

// SPDX-License-Identifier: Apache-2.0
#include "picture.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

Picture *picture_new(uint32_t width, uint32_t height, PdqPixels kind)
{
    Picture *picture = g_new0(Picture, 1);
    picture->width = width;
    picture->height = height;
    picture->kind = kind;
    picture->pixel_bytes = kind == PDQ_PIXELS_GREY ? 1 : 4;
    picture->pixels = g_malloc0(picture_stride(picture) * height);
    return picture;
}

void picture_free(Picture *picture)
{
    if (!picture)
        return;
    g_free(picture->pixels);
    g_free(picture);
}

size_t picture_stride(const Picture *picture)
{
    return picture->width * picture->pixel_bytes;
}

uint8_t *picture_at(const Picture *picture, uint32_t x, uint32_t y)
{
    return picture->pixels + y * picture_stride(picture) + x * picture->pixel_bytes;
}

// Numerical Recipes' constants; the high bits are good enough for pictures.
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

// u and v run from 0 to 1023 over the picture.
static uint8_t chart_value(int u, int v, int channel)
{
    int slope = (u * (3 - channel) + v * (1 + channel)) / 24;
    int bars = (u / 61 + v / 97) % 3 * 30;
    int du = u - 380, dv = v - 610;
    int disc = du * du + dv * dv < 200 * 200 ? 110 - 40 * channel : 0;
    int wedge = u > 560 && v < 3 * u - 1500 && v > u / 3 ? 55 + 20 * channel : 0;
    int texture = (u * u / 1800 + v * 7 / 30) % 13 * 2;
    int value = 12 + slope + bars + disc - wedge + texture;
    return (uint8_t)CLAMP(value, 0, 255);
}

Picture *picture_chart(uint32_t width, uint32_t height, PdqPixels kind)
{
    Picture *picture = picture_new(width, height, kind);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *to = picture_at(picture, x, y);
            int u = (int)((uint64_t)x * 1024 / width), v = (int)((uint64_t)y * 1024 / height);
            for (size_t c = 0; c < picture->pixel_bytes; c++)
                to[c] = c < 3 ? chart_value(u, v, (int)c) : 0xff;
        }
    }
    return picture;
}

Picture *picture_noise(uint32_t width, uint32_t height, PdqPixels kind, uint32_t seed)
{
    Picture *picture = picture_new(width, height, kind);
    size_t size = picture_stride(picture) * height;
    for (size_t i = 0; i < size; i++)
        picture->pixels[i] = (uint8_t)next_random(&seed);
    return picture;
}

Picture *picture_sparks(uint32_t width, uint32_t height, PdqPixels kind, uint32_t seed)
{
    Picture *picture = picture_new(width, height, kind);
    size_t size = picture_stride(picture) * height;
    for (size_t i = 0; i < size; i++)
        picture->pixels[i] = next_random(&seed) % 997 == 0;
    return picture;
}

Picture *picture_crop(const Picture *picture, PdqRect rect)
{
    Picture *crop = picture_new(rect.width, rect.height, picture->kind);
    for (uint32_t y = 0; y < rect.height; y++)
        memcpy(picture_at(crop, 0, y), picture_at(picture, rect.x, rect.y + y),
               picture_stride(crop));
    return crop;
}

// Where pixel (x, y) of the turned picture comes from.
static const uint8_t *turned_from(const Picture *picture, PdqOrientation operation, uint32_t x,
                                  uint32_t y)
{
    uint32_t right = picture->width - 1, bottom = picture->height - 1;
    switch (operation) {
    case PDQ_ORIENTATION_ROT90: // counter-clockwise: the right edge becomes the top
        return picture_at(picture, right - y, x);
    case PDQ_ORIENTATION_ROT180:
        return picture_at(picture, right - x, bottom - y);
    case PDQ_ORIENTATION_ROT270: // clockwise: the left edge becomes the top
        return picture_at(picture, y, bottom - x);
    case PDQ_ORIENTATION_FLIP_X:
        return picture_at(picture, x, bottom - y);
    case PDQ_ORIENTATION_FLIP_Y:
        return picture_at(picture, right - x, y);
    case PDQ_ORIENTATION_FLIP_PLUS:
        return picture_at(picture, y, x);
    case PDQ_ORIENTATION_FLIP_MINUS:
        return picture_at(picture, right - y, bottom - x);
    default:
        return picture_at(picture, x, y);
    }
}

Picture *picture_turn(const Picture *picture, PdqOrientation operation)
{
    bool upright = operation == PDQ_ORIENTATION_ORIGINAL || operation == PDQ_ORIENTATION_ROT180 ||
                   operation == PDQ_ORIENTATION_FLIP_X || operation == PDQ_ORIENTATION_FLIP_Y;
    Picture *turned = picture_new(upright ? picture->width : picture->height,
                                  upright ? picture->height : picture->width, picture->kind);
    for (uint32_t y = 0; y < turned->height; y++) {
        for (uint32_t x = 0; x < turned->width; x++)
            memcpy(picture_at(turned, x, y), turned_from(picture, operation, x, y),
                   picture->pixel_bytes);
    }
    return turned;
}

Picture *picture_frame(const Picture *picture, uint32_t left_right, uint32_t top_bottom,
                       uint8_t value)
{
    Picture *framed = picture_new(picture->width + 2 * left_right, picture->height + 2 * top_bottom,
                                  picture->kind);
    memset(framed->pixels, value, picture_stride(framed) * framed->height);
    for (uint32_t y = 0; y < picture->height; y++)
        memcpy(picture_at(framed, left_right, top_bottom + y), picture_at(picture, 0, y),
               picture_stride(picture));
    return framed;
}

// ---- JPEG

typedef struct {
    struct jpeg_error_mgr base; // must stand first
    jmp_buf back;
} JpegErrors;

static void jpeg_gives_up(j_common_ptr jpeg)
{
    longjmp(((JpegErrors *)jpeg->err)->back, 1);
}

static Picture *decode(const uint8_t *bytes, size_t size)
{
    struct jpeg_decompress_struct jpeg;
    JpegErrors errors;
    Picture *volatile picture = NULL;
    jpeg.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = jpeg_gives_up;
    jpeg_create_decompress(&jpeg);
    if (setjmp(errors.back)) {
        jpeg_destroy_decompress(&jpeg);
        picture_free(picture);
        return NULL;
    }
    jpeg_mem_src(&jpeg, bytes, size);
    jpeg_read_header(&jpeg, TRUE);
    bool grey = jpeg.jpeg_color_space == JCS_GRAYSCALE;
    jpeg.out_color_space = grey ? JCS_GRAYSCALE : JCS_EXT_RGBX;
    jpeg_start_decompress(&jpeg);
    picture = picture_new(jpeg.output_width, jpeg.output_height,
                          grey ? PDQ_PIXELS_GREY : PDQ_PIXELS_RGBX);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = picture_at(picture, 0, jpeg.output_scanline);
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return picture;
}

Picture *picture_load_jpeg(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize size;
    if (!g_file_get_contents(path, &bytes, &size, NULL))
        return NULL;
    return decode((const uint8_t *)bytes, size);
}

Picture *picture_resave(const Picture *picture, int quality)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    g_assert_cmpint(picture->kind, ==, PDQ_PIXELS_RGBX);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = picture->width;
    jpeg.image_height = picture->height;
    jpeg.input_components = 4;
    jpeg.in_color_space = JCS_EXT_RGBX;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = picture_at(picture, 0, jpeg.next_scanline);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    Picture *saved = decode(bytes, size);
    free(bytes);
    return saved;
}

// ---- hashing

PdqHasher *picture_hash(const Picture *picture, const PdqOptions *options)
{
    PdqOptions with_kind = options ? *options : (PdqOptions){0};
    with_kind.pixels = picture->kind;
    PdqHasher *hasher = pdq_hasher_new(picture->width, picture->height, &with_kind);
    if (!hasher)
        return NULL;
    pdq_hasher_push(hasher, picture->pixels, picture_stride(picture), picture->height);
    g_assert_true(pdq_hasher_finish(hasher));
    return hasher;
}

PdqResult picture_result(const Picture *picture, PdqPipeline pipeline)
{
    PdqResult result;
    PdqHasher *hasher = picture_hash(picture, &(PdqOptions){.pipelines = pipeline});
    g_assert_nonnull(hasher);
    g_assert_true(pdq_hasher_result(hasher, pipeline, &result));
    pdq_hasher_free(hasher);
    return result;
}

int hash_distance(const PdqHash *a, const PdqHash *b)
{
    int distance = 0;
    for (int i = 0; i < PDQ_HASH_BYTES; i++)
        distance += __builtin_popcount(a->bytes[i] ^ b->bytes[i]);
    return distance;
}

const PdqEngine *engines_here(void)
{
    static PdqEngine engines[4];
    int count = 0;
    for (PdqEngine engine = PDQ_ENGINE_BASELINE; engine <= PDQ_ENGINE_AVX512; engine++) {
        if (pdq_engine_available(engine))
            engines[count++] = engine;
    }
    engines[count] = PDQ_ENGINE_AUTO;
    return engines;
}

// SPDX-License-Identifier: Apache-2.0
//
// Every format that media/ decodes, on one small picture in each, compared pixel by pixel with the
// formula the picture was made from (tests/fixtures/stills/make.sh).
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "media/still.h"
#include "sniff/sniff.h"
#include "test_sink.h"

#define WIDTH 24

// What a picture shows: fills `ret_pixel` (3 bytes, or 1 for a grey picture) of column x, row y.
typedef void (*Scene)(unsigned x, unsigned y, uint8_t *ret_pixel);

static void gradient(unsigned x, unsigned y, uint8_t *ret_pixel)
{
    ret_pixel[0] = (uint8_t)(10 * x);
    ret_pixel[1] = (uint8_t)(12 * y);
    ret_pixel[2] = (uint8_t)(5 * (x + y));
}

static unsigned block(unsigned value)
{
    return value - value % 8;
}

// Twelve colours, for palettes.
static void blocks(unsigned x, unsigned y, uint8_t *ret_pixel)
{
    gradient(block(x), block(y), ret_pixel);
}

static void grey(unsigned x, unsigned y, uint8_t *ret_pixel)
{
    *ret_pixel = (uint8_t)(4 * x + 7 * y);
}

static void grey_1(unsigned x, unsigned y, uint8_t *ret_pixel)
{
    *ret_pixel = (uint8_t)((block(x) + block(y)) / 8 % 2 * 255);
}

static void grey_1_as_rgb(unsigned x, unsigned y, uint8_t *ret_pixel)
{
    grey_1(x, y, ret_pixel);
    ret_pixel[1] = ret_pixel[2] = ret_pixel[0];
}

static void grey_2(unsigned x, unsigned y, uint8_t *ret_pixel)
{
    *ret_pixel = (uint8_t)((block(x) + block(y)) / 8 % 4 * 85);
}

static void grey_4(unsigned x, unsigned y, uint8_t *ret_pixel)
{
    *ret_pixel = (uint8_t)((x + y) % 16 * 17);
}

typedef struct {
    const char *name;
    const char *media_type;
    Scene scene;
    unsigned bands;
    unsigned tolerance; // largest difference of one value
    unsigned height;    // 20 unless said
    unsigned frames;    // 1 unless said
    unsigned bits;      // 8 unless said
} Format;

static const Format formats[] = {
    {"png-rgb.png", "image/png", gradient, 3},
    {"png-interlaced.png", "image/png", gradient, 3},
    {"png-rgba.png", "image/png", gradient, 3},
    {"png-exif.png", "image/png", gradient, 3},
    {"png-rgb16.png", "image/png", blocks, 3, .bits = 16},
    {"png-palette.png", "image/png", blocks, 3},
    {"png-grey1.png", "image/png", grey_1, 1},
    {"png-grey2.png", "image/png", grey_2, 1},
    {"png-grey4.png", "image/png", grey_4, 1},
    {"png-grey8.png", "image/png", grey, 1},
    {"png-grey16.png", "image/png", grey, 1, .bits = 16},
    {"png-grey-alpha.png", "image/png", grey, 1},
    {"gif-animated.gif", "image/gif", blocks, 3, .frames = 2},
    {"webp-lossless.webp", "image/webp", gradient, 3},
    {"webp-lossy.webp", "image/webp", gradient, 3, .tolerance = 12},
    {"tiff-strips.tif", "image/tiff", gradient, 3},
    {"tiff-tiles.tif", "image/tiff", gradient, 3},
    {"tiff-rgb16.tif", "image/tiff", blocks, 3, .bits = 16},
    {"tiff-big-endian.tif", "image/tiff", blocks, 3, .bits = 16},
    {"tiff-cmyk.tif", "image/tiff", gradient, 3, .tolerance = 2},
    {"tiff-bilevel.tif", "image/tiff", grey_1, 1},
    {"tiff-palette.tif", "image/tiff", blocks, 3},
    {"tiff-lab.tif", "image/tiff", blocks, 3, .tolerance = 2},
    {"tiff-alpha.tif", "image/tiff", gradient, 3},
    {"tiff-pages.tif", "image/tiff", blocks, 3, .frames = 2},
    {"jpeg-rgb.jpg", "image/jpeg", gradient, 3, .tolerance = 8},
    {"jpeg-exif.jpg", "image/jpeg", gradient, 3, .tolerance = 8},
    {"jpeg-progressive.jpg", "image/jpeg", gradient, 3, .tolerance = 8},
    {"jpeg-grey.jpg", "image/jpeg", grey, 1, .tolerance = 4},
    {"jpeg-cmyk.jpg", "image/jpeg", gradient, 3, .tolerance = 12},
    {"bmp-24.bmp", "image/bmp", gradient, 3},
    {"bmp-32-v5.bmp", "image/bmp", gradient, 3, .height = 19},
    {"bmp-565.bmp", "image/bmp", gradient, 3, .tolerance = 8},
    {"bmp-rle8.bmp", "image/bmp", blocks, 3},
    {"bmp-4.bmp", "image/bmp", blocks, 3},
    {"bmp-os2.bmp", "image/bmp", blocks, 3},
    {"bmp-1.bmp", "image/bmp", grey_1_as_rgb, 3},
    {"heic.heic", "image/heic", gradient, 3, .tolerance = 12},
    {"avif.avif", "image/avif", gradient, 3, .tolerance = 10},
    {"jp2.jp2", "image/jp2", gradient, 3},
    {"j2k.j2k", "image/x-j2c", gradient, 3},
    {"jxl.jxl", "image/jxl", gradient, 3},
    {"jxl-16.jxl", "image/jxl", blocks, 3, .bits = 16},
};

static void compare(const Format *format, const Picture *picture)
{
    unsigned worst = 0;
    for (unsigned y = 0; y < picture->height; y++) {
        for (unsigned x = 0; x < picture->width; x++) {
            uint8_t expected[3];
            format->scene(x, y, expected);
            const uint8_t *pixel = picture->pixels + (y * picture->width + x) * picture->bands;
            for (unsigned i = 0; i < picture->bands; i++)
                worst = MAX(worst, (unsigned)abs(pixel[i] - expected[i]));
        }
    }
    if (worst > 0)
        g_test_message("%s: largest difference %u", format->name, worst);
    g_assert_cmpuint(worst, <=, format->tolerance);
}

static char *read_fixture(const char *name, size_t *ret_size_bytes)
{
    g_autofree char *path =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "stills", name, NULL);
    char *bytes = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &bytes, ret_size_bytes, &error);
    g_assert_no_error(error);
    return bytes;
}

static void decodes_the_known_picture(const void *user_data)
{
    const Format *format = user_data;
    size_t size_bytes;
    g_autofree char *bytes = read_fixture(format->name, &size_bytes);
    g_assert_cmpstr(sniff_bytes((uint8_t *)bytes, size_bytes)->media_type, ==, format->media_type);
    g_autoptr(GError) error = NULL;
    g_autoptr(Still) still = still_open((uint8_t *)bytes, size_bytes, format->media_type, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(still_width(still), ==, WIDTH);
    g_assert_cmpuint(still_height(still), ==, format->height > 0 ? format->height : 20);
    g_assert_cmpuint(still_frames(still), ==, format->frames > 0 ? format->frames : 1);
    g_assert_cmpuint(still_sample_bits(still), ==, format->bits > 0 ? format->bits : 8);
    g_assert_cmpint(still_format(still), ==, format->bands == 1 ? STILL_GREY : STILL_RGBX);

    g_auto(Picture) picture = {0};
    test_sink_decode(still, &picture, &error);
    g_assert_no_error(error);
    g_assert_false(picture.is_truncated);
    g_assert_cmpuint(picture.rows, ==, picture.height);
    g_assert_cmpuint(still_trailing_bytes(still), ==, 0);
    compare(format, &picture);
}

// A PNG that ends early keeps the rows it had, says how many, and is black below.
static void keeps_the_rows_before_a_cut(void)
{
    size_t size_bytes;
    unsigned cuts = 0;
    g_autofree char *bytes = read_fixture("png-rgb.png", &size_bytes);
    for (size_t length = size_bytes / 2; length < size_bytes - 12; length += 8) {
        g_autoptr(Still) still = still_open((uint8_t *)bytes, length, "image/png", NULL);
        g_auto(Picture) picture = {0};
        if (!test_sink_decode(still, &picture, NULL) || picture.rows == picture.height)
            continue;
        cuts++;
        g_assert_true(picture.is_truncated);
        for (unsigned y = 0; y < picture.height; y++) {
            uint8_t expected[3] = {0};
            if (y < picture.rows)
                gradient(1, y, expected);
            g_assert_cmpmem(picture.pixels + (y * WIDTH + 1) * 3, 3, expected, 3);
        }
    }
    g_assert_cmpuint(cuts, >, 0);
}

static void free_texts(ExifFacts *facts)
{
    char *texts[] = {facts->make,       facts->model,       facts->software, facts->body_serial,
                     facts->lens_model, facts->lens_serial, facts->taken,    facts->digitized,
                     facts->modified,   facts->gps_time};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

static void check_exif(const Still *still, unsigned tables_bytes)
{
    ExifFacts facts = {0};
    g_autoptr(GByteArray) tables = g_byte_array_new();
    still_metadata(still, &facts, tables);
    g_assert_true(facts.present);
    g_assert_cmpstr(facts.make, ==, "Maker");
    g_assert_cmpuint(tables->len, ==, tables_bytes);
    free_texts(&facts);
}

// Before decoding and after it: libvips drops its metadata in between.
static void reads_exif_of_every_format_that_has_it(void)
{
    static const char *const names[] = {"jpeg-exif.jpg",  "png-exif.png", "webp-exif.webp",
                                        "heic-exif.heic", "jxl-exif.jxl", "jp2-exif.jp2"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t size_bytes;
        g_autofree char *bytes = read_fixture(names[i], &size_bytes);
        const SniffType *type = sniff_bytes((uint8_t *)bytes, size_bytes);
        g_autoptr(GError) error = NULL;
        g_autoptr(Still) still = still_open((uint8_t *)bytes, size_bytes, type->media_type, &error);
        g_assert_no_error(error);
        unsigned tables_bytes = i == 0 ? 2 * 128 : 0; // luma and chroma tables of the JPEG
        check_exif(still, tables_bytes);
        g_auto(Picture) picture = {0};
        g_assert_true(test_sink_decode(still, &picture, &error));
        check_exif(still, tables_bytes);
    }
}

static void finds_the_thumbnail_of_a_jpeg(void)
{
    size_t size_bytes, thumbnail_bytes;
    g_autofree char *bytes = read_fixture("jpeg-exif.jpg", &size_bytes);
    g_autoptr(Still) still = still_open((uint8_t *)bytes, size_bytes, "image/jpeg", NULL);
    const uint8_t *thumbnail = still_thumbnail(still, &thumbnail_bytes);
    g_autoptr(Still) inner = still_open(thumbnail, thumbnail_bytes, "image/jpeg", NULL);
    g_assert_cmpuint(still_width(inner), ==, 8);
    g_auto(Picture) picture = {0};
    g_assert_true(test_sink_decode(inner, &picture, NULL));
    g_assert_false(picture.is_truncated);
}

// The pixel that is now top left, of a picture turned by its decoder, as the header promises.
static void expect_turned(const char *name, const char *media_type, unsigned x, unsigned y)
{
    size_t size_bytes;
    g_autofree char *bytes = read_fixture(name, &size_bytes);
    g_autoptr(Still) still = still_open((uint8_t *)bytes, size_bytes, media_type, NULL);
    g_auto(Picture) picture = {0};
    g_assert_true(test_sink_decode(still, &picture, NULL));
    g_assert_cmpuint(picture.width, ==, 20);
    g_assert_cmpuint(picture.height, ==, WIDTH);
    uint8_t expected[3];
    gradient(x, y, expected);
    for (unsigned i = 0; i < 3; i++)
        g_assert_cmpint(abs(picture.pixels[i] - expected[i]), <=, 20);
}

static void turns_heif_and_jpeg_xl(void)
{
    expect_turned("jxl-turned.jxl", "image/jxl", 0, 19);    // a quarter clockwise
    expect_turned("heic-turned.heic", "image/heic", 23, 0); // a quarter counter-clockwise
}

// The low byte was made 255 minus the high byte.
static void takes_low_bytes_when_asked(void)
{
    size_t size_bytes;
    g_autofree char *bytes = read_fixture("png-grey16.png", &size_bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(Still) still = still_open((uint8_t *)bytes, size_bytes, "image/png", &error);
    g_assert_no_error(error);
    still_take_low_bytes(still);
    g_auto(Picture) picture = {0};
    g_assert_true(test_sink_decode(still, &picture, &error));
    for (unsigned x = 0; x < WIDTH; x++)
        g_assert_cmpuint(picture.pixels[x], ==, 255 - 4 * x);
}

// Whatever a file is cut to, it is decoded as far as it goes or refused with a reason.
static void survives_being_cut_anywhere(const void *user_data)
{
    const Format *format = user_data;
    size_t size_bytes;
    g_autofree char *bytes = read_fixture(format->name, &size_bytes);
    for (size_t length = 0; length < size_bytes; length += 1 + size_bytes / 200) {
        g_autofree uint8_t *cut = g_memdup2(bytes, length);
        g_autoptr(GError) error = NULL;
        g_auto(Picture) picture = {0};
        g_autoptr(Still) still = still_open(cut, length, format->media_type, &error);
        bool is_decoded = still != NULL && test_sink_decode(still, &picture, &error);
        g_assert_cmpint(is_decoded, ==, error == NULL);
        if (is_decoded)
            g_assert_cmpuint(picture.rows, >, 0);
    }
}

static void counts_bytes_behind_the_picture(void)
{
    static const char *const names[] = {
        "png-rgb.png", "gif-animated.gif", "jpeg-rgb.jpg", "webp-lossless.webp", "heic.heic",
        "avif.avif",   "jp2.jp2",          "jxl-exif.jxl", "bmp-24.bmp"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t size_bytes;
        g_autofree char *bytes = read_fixture(names[i], &size_bytes);
        bytes = g_realloc(bytes, size_bytes + 10);
        memset(bytes + size_bytes, 0, 10);
        const SniffType *type = sniff_bytes((uint8_t *)bytes, size_bytes);
        g_autoptr(GError) error = NULL;
        g_autoptr(Still) still =
            still_open((uint8_t *)bytes, size_bytes + 10, type->media_type, &error);
        g_assert_no_error(error);
        g_auto(Picture) picture = {0};
        g_assert_true(test_sink_decode(still, &picture, &error));
        if (still_trailing_bytes(still) != 10)
            g_test_message("%s", names[i]);
        g_assert_cmpuint(still_trailing_bytes(still), ==, 10);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    still_prepare(&error);
    g_assert_no_error(error);
    still_prepare_locked();
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *decodes = g_strconcat("/still/decodes/", formats[i].name, NULL);
        g_autofree char *cut = g_strconcat("/still/survives_cuts/", formats[i].name, NULL);
        g_test_add_data_func(decodes, &formats[i], decodes_the_known_picture);
        g_test_add_data_func(cut, &formats[i], survives_being_cut_anywhere);
    }
    g_test_add_func("/still/takes_low_bytes_when_asked", takes_low_bytes_when_asked);
    g_test_add_func("/still/keeps_the_rows_before_a_cut", keeps_the_rows_before_a_cut);
    g_test_add_func("/still/reads_exif_of_every_format", reads_exif_of_every_format_that_has_it);
    g_test_add_func("/still/finds_the_thumbnail", finds_the_thumbnail_of_a_jpeg);
    g_test_add_func("/still/turns_heif_and_jpeg_xl", turns_heif_and_jpeg_xl);
    g_test_add_func("/still/counts_trailing_bytes", counts_bytes_behind_the_picture);
    return g_test_run();
}

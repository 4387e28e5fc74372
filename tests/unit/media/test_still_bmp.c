// SPDX-License-Identifier: Apache-2.0
//
// Our own BMP reader on files made by hand: every header version, depth and coding, the order of
// the rows, and what it does with files that lie.
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "media/still.h"
#include "test_sink.h"

// A file under construction.
typedef struct {
    unsigned header_bytes; // 12, 16, 40 …
    int32_t width, height; // negative height: top row first
    unsigned bits;
    unsigned compression;
    unsigned colours; // entries of the palette; also written as colours used
    const uint8_t (*palette)[3];
    const uint32_t *masks; // three, inside a longer header or behind one of 40
    const uint8_t *pixels;
    size_t pixel_bytes;
} Bmp;

static void append(GByteArray *bytes, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        g_byte_array_append(bytes, &byte, 1);
    }
}

static GByteArray *bmp_bytes(const Bmp *bmp)
{
    GByteArray *bytes = g_byte_array_new();
    bool is_core = bmp->header_bytes == 12;
    unsigned masks_bytes = bmp->masks != NULL && bmp->header_bytes == 40 ? 12 : 0;
    unsigned pixels = 14 + bmp->header_bytes + masks_bytes + bmp->colours * (is_core ? 3 : 4);
    g_byte_array_append(bytes, (const uint8_t *)"BM", 2);
    append(bytes, pixels + bmp->pixel_bytes, 4);
    append(bytes, 0, 4);
    append(bytes, pixels, 4);
    append(bytes, bmp->header_bytes, 4);
    append(bytes, (uint32_t)bmp->width, is_core ? 2 : 4);
    append(bytes, (uint32_t)bmp->height, is_core ? 2 : 4);
    append(bytes, 1, 2);
    append(bytes, bmp->bits, 2);
    if (bmp->header_bytes >= 40) {
        append(bytes, bmp->compression, 4);
        append(bytes, bmp->pixel_bytes, 4);
        append(bytes, 0, 8);
        append(bytes, bmp->colours, 4);
        append(bytes, 0, 4);
        for (unsigned i = 0; bmp->masks != NULL && i < 3; i++)
            append(bytes, bmp->masks[i], 4);
        while (bytes->len < 14 + bmp->header_bytes)
            append(bytes, 0, 1);
    }
    for (unsigned i = 0; i < bmp->colours; i++) {
        for (unsigned channel = 0; channel < 3; channel++)
            append(bytes, bmp->palette[i][2 - channel], 1);
        if (!is_core)
            append(bytes, 0, 1);
    }
    g_byte_array_append(bytes, bmp->pixels, (unsigned)bmp->pixel_bytes);
    return bytes;
}

static bool decode(const GByteArray *bytes, Picture *ret_picture, GError **err)
{
    g_autofree uint8_t *exact = g_memdup2(bytes->data, bytes->len); // so that ASan sees its end
    g_autoptr(Still) still = still_open(exact, bytes->len, "image/bmp", err);
    return still != NULL && test_sink_decode(still, ret_picture, err);
}

// Decodes a file of 2x2 and compares its pixels, as RGB from the top left.
static void expect(const Bmp *bmp, const char *pixels)
{
    g_autoptr(GByteArray) bytes = bmp_bytes(bmp);
    g_auto(Picture) picture = {0};
    g_autoptr(GError) error = NULL;
    decode(bytes, &picture, &error);
    g_assert_no_error(error);
    g_assert_false(picture.is_truncated);
    g_assert_cmpuint(picture.bands, ==, 3);
    g_assert_cmpmem(picture.pixels, 12, pixels, 12);
}

// Red, green / blue, white.
#define FOUR "\xff\0\0\0\xff\0\0\0\xff\xff\xff\xff"
static const uint8_t palette[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
#define BYTES(text) (const uint8_t *)text, sizeof(text) - 1

static void reads_every_header_version(void)
{
    static const unsigned sizes[] = {12, 16, 40, 52, 56, 64, 108, 124};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        Bmp bmp = {sizes[i],
                   2,
                   2,
                   24,
                   0,
                   0,
                   NULL,
                   NULL,
                   BYTES("\xff\0\0\xff\xff\xff\0\0"
                         "\0\0\xff\0\xff\0\0\0")};
        expect(&bmp, FOUR);
    }
}

static void reads_the_top_row_first_when_height_is_negative(void)
{
    Bmp bmp = {40,
               2,
               -2,
               24,
               0,
               0,
               NULL,
               NULL,
               BYTES("\0\0\xff\0\xff\0\0\0"
                     "\xff\0\0\xff\xff\xff\0\0")};
    expect(&bmp, FOUR);
}

static void reads_palettes_of_every_depth(void)
{
    Bmp one = {40,
               2,
               2,
               1,
               0,
               2,
               palette,
               NULL,
               BYTES("\x40\0\0\0"
                     "\x80\0\0\0")};
    expect(&one, "\0\xff\0\xff\0\0\xff\0\0\0\xff\0");
    Bmp two = {40,
               2,
               2,
               2,
               0,
               4,
               palette,
               NULL,
               BYTES("\xb0\0\0\0"
                     "\x10\0\0\0")};
    expect(&two, FOUR);
    Bmp four = {40,
                2,
                2,
                4,
                0,
                4,
                palette,
                NULL,
                BYTES("\x23\0\0\0"
                      "\x01\0\0\0")};
    expect(&four, FOUR);
    Bmp eight = {40,
                 2,
                 2,
                 8,
                 0,
                 4,
                 palette,
                 NULL,
                 BYTES("\2\3\0\0"
                       "\0\1\0\0")};
    expect(&eight, FOUR);
    Bmp core = {12,
                2,
                2,
                4,
                0,
                4,
                palette,
                NULL,
                BYTES("\x23\0\0\0"
                      "\x01\0\0\0")};
    g_autoptr(GByteArray) bytes = bmp_bytes(&core); // its palette is full length by definition
    g_auto(Picture) picture = {0};
    g_assert_true(decode(bytes, &picture, NULL));
    g_assert_cmpmem(picture.pixels, 12, FOUR, 12);
}

static void colours_outside_the_palette_are_black(void)
{
    Bmp bmp = {40,
               2,
               2,
               8,
               0,
               2,
               palette,
               NULL,
               BYTES("\2\xff\0\0"
                     "\0\1\0\0")};
    expect(&bmp, "\xff\0\0\0\xff\0\0\0\0\0\0\0");
}

static void reads_16_and_32_bits(void)
{
    Bmp plain_16 = {40,
                    2,
                    2,
                    16,
                    0,
                    0,
                    NULL,
                    NULL,
                    BYTES("\x1f\0\xff\x7f"
                          "\0\x7c\xe0\x03")};
    expect(&plain_16, FOUR);
    Bmp plain_32 = {40,
                    2,
                    2,
                    32,
                    0,
                    0,
                    NULL,
                    NULL,
                    BYTES("\xff\0\0\x11\xff\xff\xff\x22"
                          "\0\0\xff\x33\0\xff\0\x44")};
    expect(&plain_32, FOUR);
}

static void reads_channels_by_their_masks(void)
{
    static const uint32_t masks_565[] = {0xf800, 0x07e0, 0x001f};
    static const uint32_t masks_turned[] = {0x000000ff, 0x0000ff00, 0x00ff0000};
    static const uint32_t masks_deep[] = {0x3ff00000, 0x000ffc00, 0x000003ff};
    const uint8_t *pixels_565 = (const uint8_t *)"\x1f\0\xff\xff"
                                                 "\0\xf8\xe0\x07";
    for (unsigned size = 40; size <= 124; size = size == 40 ? 52 : size == 52 ? 108 : size + 16) {
        Bmp bmp = {size, 2, 2, 16, 3, 0, NULL, masks_565, pixels_565, 8};
        expect(&bmp, FOUR);
    }
    Bmp turned = {40,
                  2,
                  2,
                  32,
                  3,
                  0,
                  NULL,
                  masks_turned,
                  BYTES("\0\0\xff\0\xff\xff\xff\0"
                        "\xff\0\0\0\0\xff\0\0")};
    expect(&turned, FOUR);
    Bmp deep = {40,
                2,
                2,
                32,
                3,
                0,
                NULL,
                masks_deep,
                BYTES("\xff\x03\0\0\xff\xff\xff\x3f"
                      "\0\0\xf0\x3f\0\xfc\x0f\0")};
    expect(&deep, FOUR);
}

static void refuses_masks_with_gaps(void)
{
    static const uint32_t masks[] = {0xf00f0000, 0x07e0, 0x001f};
    Bmp bmp = {40, 2, 2, 32, 3, 0, NULL, masks, (const uint8_t *)"0123456789abcdef", 16};
    g_autoptr(GByteArray) bytes = bmp_bytes(&bmp);
    g_auto(Picture) picture = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(decode(bytes, &picture, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void expands_run_lengths(void)
{
    Bmp runs = {40,
                2,
                2,
                8,
                1,
                4,
                palette,
                NULL,
                BYTES("\1\2\1\3\0\0"
                      "\1\0\1\1\0\1")};
    expect(&runs, FOUR);
    // Three literal pixels are one more than fits: the third is dropped; padded to two bytes.
    Bmp literals = {40,
                    2,
                    2,
                    8,
                    1,
                    4,
                    palette,
                    NULL,
                    BYTES("\0\3\2\3\1\0\0\0"
                          "\0\3\0\1\2\0\0\1")};
    expect(&literals, FOUR);
    Bmp moved = {40,
                 2,
                 2,
                 8,
                 1,
                 4,
                 palette,
                 NULL,
                 BYTES("\0\2\1\0\1\3\0\0"
                       "\2\1\0\1")};
    expect(&moved, "\0\xff\0\0\xff\0\xff\0\0\xff\xff\xff");
    Bmp four_bits = {40,
                     2,
                     2,
                     4,
                     2,
                     4,
                     palette,
                     NULL,
                     BYTES("\2\x23\0\0"
                           "\0\4\x01\x11\0\1")};
    expect(&four_bits, FOUR);
    Bmp no_end = {40,
                  2,
                  2,
                  8,
                  1,
                  4,
                  palette,
                  NULL,
                  BYTES("\1\2\1\3\0\0"
                        "\1\0\1\1")};
    expect(&no_end, FOUR);
}

static void rows_that_are_missing_are_black(void)
{
    Bmp bmp = {40,
               2,
               2,
               24,
               0,
               0,
               NULL,
               NULL,
               BYTES("\xff\0\0\xff\xff\xff\0\0"
                     "\0\0\xff")};
    g_autoptr(GByteArray) bytes = bmp_bytes(&bmp);
    g_auto(Picture) picture = {0};
    g_assert_true(decode(bytes, &picture, NULL));
    g_assert_true(picture.is_truncated);
    g_assert_cmpmem(picture.pixels, 12, "\0\0\0\0\0\0\0\0\xff\xff\xff\xff", 12);

    Bmp rle = {40, 2, 2, 8, 1, 4, palette, NULL, BYTES("\1\2\1\3\0\0")};
    g_autoptr(GByteArray) rle_bytes = bmp_bytes(&rle);
    g_auto(Picture) rle_picture = {0};
    g_assert_true(decode(rle_bytes, &rle_picture, NULL));
    g_assert_true(rle_picture.is_truncated);
}

static void expect_error(const Bmp *bmp, ClewError code)
{
    g_autoptr(GByteArray) bytes = bmp_bytes(bmp);
    g_auto(Picture) picture = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(decode(bytes, &picture, &error));
    g_assert_error(error, CLEW_ERROR, (int)code);
}

static void refuses_what_cannot_be(void)
{
    Bmp empty = {40, 0, 2, 24, 0, 0, NULL, NULL, BYTES("0123456789abcdef")};
    expect_error(&empty, CLEW_ERROR_CORRUPT);
    Bmp negative = {40, -2, 2, 24, 0, 0, NULL, NULL, BYTES("0123456789abcdef")};
    expect_error(&negative, CLEW_ERROR_CORRUPT); // a width of 4294967294: no such row
    Bmp lowest = {40, 2, INT32_MIN, 24, 0, 0, NULL, NULL, BYTES("0123456789abcdef")};
    expect_error(&lowest, CLEW_ERROR_LIMIT);
    Bmp no_pixels = {40, 2, 2, 24, 0, 0, NULL, NULL, BYTES("")};
    expect_error(&no_pixels, CLEW_ERROR_CORRUPT);
    Bmp bomb = {40, 30000, 30000, 8, 1, 4, palette, NULL, BYTES("\1\2\1\3\0\0")};
    expect_error(&bomb, CLEW_ERROR_LIMIT);
    Bmp jpeg = {40, 2, 2, 24, 4, 0, NULL, NULL, BYTES("\xff\xd8\xff\xe0")};
    expect_error(&jpeg, CLEW_ERROR_UNSUPPORTED);
    Bmp odd = {40, 2, 2, 7, 0, 0, NULL, NULL, BYTES("0123456789abcdef")};
    expect_error(&odd, CLEW_ERROR_UNSUPPORTED);
    Bmp huffman = {64, 2, 2, 1, 3, 0, NULL, NULL, BYTES("0123456789abcdef")};
    expect_error(&huffman, CLEW_ERROR_UNSUPPORTED);
}

// Random changes to headers and codes: an answer every time, and nothing read outside (ASan).
static void survives_any_changed_byte(void)
{
    static const unsigned kinds[][3] = {{24, 0, 0}, {8, 1, 4}, {4, 2, 4}, {16, 3, 0}, {1, 0, 2}};
    static const uint32_t masks[] = {0xf800, 0x07e0, 0x001f};
    for (unsigned round = 0; round < 5000; round++) {
        const unsigned *kind = kinds[round % G_N_ELEMENTS(kinds)];
        Bmp bmp = {40,
                   2,
                   2,
                   kind[0],
                   kind[1],
                   kind[2],
                   palette,
                   kind[1] == 3 ? masks : NULL,
                   BYTES("\1\2\1\3\0\0\0\2\1\0\0\4\2\1\1\0\0\1")};
        g_autoptr(GByteArray) bytes = bmp_bytes(&bmp);
        for (unsigned i = 0; i < 2; i++)
            bytes->data[g_test_rand_int_range(10, (int)bytes->len)] =
                (uint8_t)g_test_rand_int_range(0, 256);
        // Sizes stay small, so that the sink of the test does.
        memset(bytes->data + 20, 0, 2);
        memset(bytes->data + 24, 0, 2);
        g_auto(Picture) picture = {0};
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(decode(bytes, &picture, &error), ==, error == NULL);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bmp/reads_every_header_version", reads_every_header_version);
    g_test_add_func("/bmp/top_row_first", reads_the_top_row_first_when_height_is_negative);
    g_test_add_func("/bmp/palettes_of_every_depth", reads_palettes_of_every_depth);
    g_test_add_func("/bmp/colours_outside_are_black", colours_outside_the_palette_are_black);
    g_test_add_func("/bmp/16_and_32_bits", reads_16_and_32_bits);
    g_test_add_func("/bmp/channels_by_masks", reads_channels_by_their_masks);
    g_test_add_func("/bmp/refuses_masks_with_gaps", refuses_masks_with_gaps);
    g_test_add_func("/bmp/expands_run_lengths", expands_run_lengths);
    g_test_add_func("/bmp/missing_rows_are_black", rows_that_are_missing_are_black);
    g_test_add_func("/bmp/refuses_what_cannot_be", refuses_what_cannot_be);
    g_test_add_func("/bmp/survives_any_changed_byte", survives_any_changed_byte);
    return g_test_run();
}

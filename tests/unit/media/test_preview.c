// SPDX-License-Identifier: Apache-2.0
//
// What people see of a still: upright, as large as asked for, with what is transparent over grey,
// and as a JPEG with nothing but the picture in it.
#include "media/preview.h"

#include <math.h>
#include <string.h>

#include "media/jpeg_writer.h"
#include "media/preview_reduce.h"

enum { RED, GREEN, BLUE, WHITE };
static const uint8_t colours[4][3] = {{230, 20, 20}, {20, 200, 20}, {20, 20, 230}, {240, 240, 240}};

// ---- Pictures ---------------------------------------------------------------------------------

// Quarters of one colour each: top left red, top right green, bottom left blue, bottom right white.
static void paint_quarters(uint32_t width, uint32_t height, uint8_t *pixels)
{
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            unsigned quarter = (y >= height / 2 ? 2 : 0) + (x >= width / 2 ? 1 : 0);
            memcpy(pixels + 3 * ((size_t)y * width + x), colours[quarter], 3);
        }
    }
}

static GByteArray *jpeg_of(const uint8_t *pixels, uint32_t width, uint32_t height,
                           unsigned channels)
{
    g_autoptr(GBytes) jpeg = jpeg_write(pixels, width, height, channels, 95);
    GByteArray *bytes = g_byte_array_new();
    gsize size;
    const uint8_t *data = g_bytes_get_data(jpeg, &size);
    g_byte_array_append(bytes, data, (unsigned)size);
    return bytes;
}

static GByteArray *quarters_jpeg(uint32_t width, uint32_t height)
{
    g_autofree uint8_t *pixels = g_malloc((size_t)width * height * 3);
    paint_quarters(width, height, pixels);
    return jpeg_of(pixels, width, height, 3);
}

// An EXIF block with the orientation alone, behind the JPEG's first marker.
static void add_orientation(GByteArray *jpeg, unsigned orientation)
{
    uint8_t segment[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0,    0, 'I', 'I',
                         '*',  0,    8, 0,  0,   0,   1,   0,   0x12, 1, 3,   0,
                         1,    0,    0, 0,  0,   0,   0,   0,   0,    0, 0,   0};
    segment[28] = (uint8_t)orientation;
    g_autoptr(GByteArray) rest = g_byte_array_new();
    g_byte_array_append(rest, jpeg->data + 2, jpeg->len - 2);
    g_byte_array_set_size(jpeg, 2);
    g_byte_array_append(jpeg, segment, sizeof segment);
    g_byte_array_append(jpeg, rest->data, rest->len);
}

static void put32be(GByteArray *bytes, uint32_t value)
{
    const uint8_t four[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                            (uint8_t)value};
    g_byte_array_append(bytes, four, sizeof four);
}

static uint32_t crc_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static void put_chunk(GByteArray *png, const char *type, const GByteArray *data)
{
    put32be(png, data->len);
    unsigned begin = png->len;
    g_byte_array_append(png, (const uint8_t *)type, 4);
    g_byte_array_append(png, data->data, data->len);
    put32be(png, crc_of(png->data + begin, png->len - begin));
}

// One stored block of at most 65,535 bytes.
static GByteArray *stored(const GByteArray *rows)
{
    GByteArray *data = g_byte_array_new();
    unsigned a = 1, b = 0;
    const uint8_t head[] = {0x78,
                            1,
                            1,
                            (uint8_t)rows->len,
                            (uint8_t)(rows->len >> 8),
                            (uint8_t)~rows->len,
                            (uint8_t)(~rows->len >> 8)};
    g_assert_cmpuint(rows->len, <=, 0xffff);
    g_byte_array_append(data, head, sizeof head);
    g_byte_array_append(data, rows->data, rows->len);
    for (unsigned i = 0; i < rows->len; i++) {
        a = (a + rows->data[i]) % 65521;
        b = (b + a) % 65521;
    }
    put32be(data, b << 16 | a);
    return data;
}

// Every pixel alike. Colour types: 0 grey, 2 RGB, 4 grey and alpha, 6 RGB and alpha.
static GByteArray *plain_png(unsigned side, unsigned depth, unsigned colour_type,
                             const uint8_t *pixel, unsigned pixel_bytes)
{
    GByteArray *png = g_byte_array_new();
    g_autoptr(GByteArray) header = g_byte_array_new(), rows = g_byte_array_new();
    g_autoptr(GByteArray) nothing = g_byte_array_new();
    g_byte_array_append(png, (const uint8_t *)"\x89PNG\r\n\x1a\n", 8);
    put32be(header, side);
    put32be(header, side);
    const uint8_t kind[] = {(uint8_t)depth, (uint8_t)colour_type, 0, 0, 0};
    g_byte_array_append(header, kind, sizeof kind);
    for (unsigned y = 0; y < side; y++) {
        g_byte_array_append(rows, (const uint8_t *)"", 1);
        for (unsigned x = 0; x < side; x++)
            g_byte_array_append(rows, pixel, pixel_bytes);
    }
    g_autoptr(GByteArray) data = stored(rows);
    put_chunk(png, "IHDR", header);
    put_chunk(png, "IDAT", data);
    put_chunk(png, "IEND", nothing);
    return png;
}

// ---- Looking at it ----------------------------------------------------------------------------

static Preview *show(const GByteArray *bytes, const char *media_type, PictureView view,
                     uint32_t side)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Still) still = still_open(bytes->data, bytes->len, media_type, &error);
    g_assert_no_error(error);
    Preview *preview = preview_of_still(still, preview_orientation(still), &view, side, &error);
    g_assert_no_error(error);
    return preview;
}

static const uint8_t *pixel_at(const Preview *preview, double x, double y)
{
    uint32_t column = (uint32_t)(x * preview->width), row = (uint32_t)(y * preview->height);
    return preview->pixels + ((size_t)row * preview->width + column) * preview->channels;
}

static void assert_colour(const Preview *preview, double x, double y, unsigned colour)
{
    const uint8_t *pixel = pixel_at(preview, x, y);
    g_assert_cmpuint(preview->channels, ==, 3);
    for (unsigned i = 0; i < 3; i++)
        g_assert_cmpint(abs(pixel[i] - colours[colour][i]), <=, 12);
}

static void assert_quarters(const Preview *preview, const unsigned expected[4])
{
    assert_colour(preview, 0.2, 0.2, expected[0]);
    assert_colour(preview, 0.8, 0.2, expected[1]);
    assert_colour(preview, 0.2, 0.8, expected[2]);
    assert_colour(preview, 0.8, 0.8, expected[3]);
}

static void assert_plain(const Preview *preview, unsigned value)
{
    for (size_t i = 0; i < (size_t)preview->width * preview->height * preview->channels; i++)
        g_assert_cmpint(abs(preview->pixels[i] - (int)value), <=, 1);
}

// ---- Sizes ------------------------------------------------------------------------------------

static void a_large_picture_gets_the_side_that_was_asked_for(void)
{
    g_autoptr(GByteArray) jpeg = quarters_jpeg(4000, 3000);
    g_autoptr(Preview) preview = show(jpeg, "image/jpeg", picture_view_plain, 512);
    g_assert_cmpuint(preview->width, ==, 512);
    g_assert_cmpuint(preview->height, ==, 384);
    assert_quarters(preview, (const unsigned[]){RED, GREEN, BLUE, WHITE});

    g_autoptr(Preview) smaller = preview_reduced(preview, 192);
    g_assert_cmpuint(smaller->width, ==, 192);
    g_assert_cmpuint(smaller->height, ==, 144);
    assert_quarters(smaller, (const unsigned[]){RED, GREEN, BLUE, WHITE});
}

static void a_small_picture_is_not_enlarged(void)
{
    g_autoptr(GByteArray) jpeg = quarters_jpeg(100, 60);
    g_autoptr(Preview) preview = show(jpeg, "image/jpeg", picture_view_plain, 512);
    g_assert_cmpuint(preview->width, ==, 100);
    g_assert_cmpuint(preview->height, ==, 60);
}

static void a_long_and_narrow_picture_keeps_a_pixel(void)
{
    g_autoptr(GByteArray) jpeg = quarters_jpeg(3000, 2);
    g_autoptr(Preview) preview = show(jpeg, "image/jpeg", picture_view_plain, 192);
    g_assert_cmpuint(preview->width, ==, 192);
    g_assert_cmpuint(preview->height, ==, 1);
}

// What each pixel of the target should be, by its area.
static double area_average(const uint8_t *grey, uint32_t width, uint32_t height, double left,
                           double top, double right, double bottom)
{
    double sum = 0;
    for (uint32_t y = (uint32_t)top; y < height && y < bottom; y++) {
        for (uint32_t x = (uint32_t)left; x < width && x < right; x++) {
            double across = MIN(x + 1.0, right) - MAX((double)x, left);
            double down = MIN(y + 1.0, bottom) - MAX((double)y, top);
            sum += across * down * grey[(size_t)y * width + x];
        }
    }
    return sum / ((right - left) * (bottom - top));
}

static void reducing_is_the_average_of_areas(void)
{
    for (unsigned round = 0; round < 40; round++) {
        uint32_t width = (uint32_t)g_test_rand_int_range(1, 60);
        uint32_t height = (uint32_t)g_test_rand_int_range(1, 60);
        uint32_t columns = (uint32_t)g_test_rand_int_range(1, (int)width + 1);
        uint32_t rows = (uint32_t)g_test_rand_int_range(1, (int)height + 1);
        g_autofree uint8_t *grey = g_malloc((size_t)width * height);
        for (size_t i = 0; i < (size_t)width * height; i++)
            grey[i] = (uint8_t)g_test_rand_int();
        g_autoptr(PreviewReducer) reducer = preview_reducer_new(width, height, true, columns, rows);
        for (uint32_t y = 0; y < height; y++)
            preview_reducer_push(reducer, grey + (size_t)y * width);
        g_autofree uint8_t *result = preview_reducer_take(reducer);
        double step_x = (double)width / columns, step_y = (double)height / rows;
        for (uint32_t y = 0; y < rows; y++) {
            for (uint32_t x = 0; x < columns; x++) {
                double expected = area_average(grey, width, height, x * step_x, y * step_y,
                                               (x + 1) * step_x, (y + 1) * step_y);
                g_assert_cmpfloat_with_epsilon(result[y * columns + x], expected, 0.51);
            }
        }
    }
}

static void what_the_decoder_reduces_looks_like_what_is_reduced_afterwards(void)
{
    g_autoptr(GByteArray) jpeg = quarters_jpeg(1600, 1200);
    g_autoptr(Preview) by_decoder = show(jpeg, "image/jpeg", picture_view_plain, 200);
    g_autoptr(Preview) whole = show(jpeg, "image/jpeg", picture_view_plain, 1600);
    g_assert_cmpuint(whole->width, ==, 1600);
    g_autoptr(Preview) afterwards = preview_reduced(whole, 200);
    uint64_t difference = 0;
    size_t count = (size_t)afterwards->width * afterwards->height * 3;
    for (size_t i = 0; i < count; i++)
        difference += (uint64_t)abs(by_decoder->pixels[i] - afterwards->pixels[i]);
    g_assert_cmpuint(difference / count, <=, 1);
}

// ---- The way up -------------------------------------------------------------------------------

// Where the quarters of the stored picture come to lie, by EXIF's definition of each orientation.
static void every_orientation_is_turned_upright(void)
{
    static const unsigned expected[9][4] = {
        {0},
        {RED, GREEN, BLUE, WHITE},
        {GREEN, RED, WHITE, BLUE}, // mirrored
        {WHITE, BLUE, GREEN, RED}, // upside down
        {BLUE, WHITE, RED, GREEN}, // upside down and mirrored
        {RED, BLUE, GREEN, WHITE}, // along the falling diagonal
        {BLUE, RED, WHITE, GREEN}, // to be turned clockwise
        {WHITE, GREEN, BLUE, RED}, // along the rising diagonal
        {GREEN, WHITE, RED, BLUE}, // to be turned counter-clockwise
    };
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        g_autoptr(GByteArray) jpeg = quarters_jpeg(320, 160);
        add_orientation(jpeg, orientation);
        g_autoptr(Preview) preview = show(jpeg, "image/jpeg", picture_view_plain, 80);
        g_assert_cmpuint(preview->width, ==, orientation < 5 ? 80 : 40);
        g_assert_cmpuint(preview->height, ==, orientation < 5 ? 40 : 80);
        assert_quarters(preview, expected[orientation]);
    }
}

static void quarter_turns_come_on_top(void)
{
    static const unsigned expected[4][4] = {{RED, GREEN, BLUE, WHITE},
                                            {BLUE, RED, WHITE, GREEN},
                                            {WHITE, BLUE, GREEN, RED},
                                            {GREEN, WHITE, RED, BLUE}};
    g_autoptr(GByteArray) jpeg = quarters_jpeg(320, 160);
    for (unsigned turns = 0; turns < 4; turns++) {
        PictureView view = picture_view_plain;
        view.quarter_turns = turns;
        g_autoptr(Preview) preview = show(jpeg, "image/jpeg", view, 80);
        g_assert_cmpuint(preview->width, ==, turns % 2 == 0 ? 80 : 40);
        assert_quarters(preview, expected[turns]);
    }
}

static void a_part_is_of_the_picture_as_it_stands_upright(void)
{
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        g_autoptr(GByteArray) jpeg = quarters_jpeg(320, 160);
        add_orientation(jpeg, orientation);
        g_autoptr(Preview) whole = show(jpeg, "image/jpeg", picture_view_plain, 320);
        PictureView view = picture_view_plain;
        view.left = 0.55;
        view.bottom = 0.45;
        g_autoptr(Preview) part = show(jpeg, "image/jpeg", view, 320);
        for (unsigned i = 0; i < 3; i++) // the quarter at the top right, all of it
            g_assert_cmpint(abs(pixel_at(part, 0.5, 0.5)[i] - pixel_at(whole, 0.8, 0.2)[i]), <=, 3);
        g_assert_cmpint(abs((int)part->width - (orientation < 5 ? 144 : 72)), <=, 1);
        g_assert_cmpint(abs((int)part->height - (orientation < 5 ? 72 : 144)), <=, 1);
    }
}

static void a_frame_is_turned_as_players_turn_it(void)
{
    enum { WIDTH = 64, HEIGHT = 32 };
    uint8_t rgb[WIDTH * HEIGHT * 3], rgbx[WIDTH * HEIGHT * 4] = {0};
    paint_quarters(WIDTH, HEIGHT, rgb);
    for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
        memcpy(rgbx + 4 * i, rgb + 3 * i, 3);
    const VideoPicture picture = {
        .width = WIDTH, .height = HEIGHT, .pixels = rgbx, .stride = WIDTH * 4};
    g_autoptr(Preview) upright = preview_of_frame(&picture, 0, &picture_view_plain, 64);
    assert_quarters(upright, (const unsigned[]){RED, GREEN, BLUE, WHITE});
    g_autoptr(Preview) turned = preview_of_frame(&picture, 90, &picture_view_plain, 32);
    g_assert_cmpuint(turned->width, ==, 16);
    g_assert_cmpuint(turned->height, ==, 32);
    assert_quarters(turned, (const unsigned[]){BLUE, RED, WHITE, GREEN});
}

// ---- Samples and tones ------------------------------------------------------------------------

static void what_is_transparent_shows_grey_behind_it(void)
{
    static const struct {
        uint8_t pixel[4];
        unsigned expected;
    } cases[] = {{{255, 255, 255, 0}, 128}, {{200, 200, 200, 255}, 200}, {{0, 0, 0, 128}, 64}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GByteArray) rgba = plain_png(16, 8, 6, cases[i].pixel, 4);
        g_autoptr(Preview) colour = show(rgba, "image/png", picture_view_plain, 8);
        g_assert_cmpuint(colour->channels, ==, 3);
        assert_plain(colour, cases[i].expected);
        g_autoptr(GByteArray) grey_alpha = plain_png(16, 8, 4, cases[i].pixel + 2, 2);
        g_autoptr(Preview) grey = show(grey_alpha, "image/png", picture_view_plain, 8);
        g_assert_cmpuint(grey->channels, ==, 1);
        assert_plain(grey, cases[i].expected);
    }
}

static void wide_samples_are_seen_by_their_high_bytes(void)
{
    const uint8_t grey[] = {100, 255}, colour[] = {90, 1, 90, 2, 90, 3, 0xff, 0xff};
    g_autoptr(GByteArray) grey_png = plain_png(16, 16, 0, grey, 2);
    g_autoptr(Preview) one = show(grey_png, "image/png", picture_view_plain, 16);
    assert_plain(one, 100);
    g_autoptr(GByteArray) colour_png = plain_png(16, 16, 6, colour, 8);
    g_autoptr(Preview) other = show(colour_png, "image/png", picture_view_plain, 16);
    assert_plain(other, 90);
}

static void tones_follow_what_was_asked_for(void)
{
    const uint8_t pixel[] = {100, 100, 100};
    g_autoptr(GByteArray) png = plain_png(8, 8, 2, pixel, 3);
    PictureView view = picture_view_plain;
    view.brightness = 1;
    g_autoptr(Preview) white = show(png, "image/png", view, 8);
    assert_plain(white, 255);
    view.brightness = -0.2;
    g_autoptr(Preview) darker = show(png, "image/png", view, 8);
    assert_plain(darker, 49);
    view = picture_view_plain;
    view.contrast = 2;
    g_autoptr(Preview) harder = show(png, "image/png", view, 8);
    assert_plain(harder, 73); // (100 / 255 - 0.5) * 2 + 0.5
    view = picture_view_plain;
    view.gamma = 2;
    g_autoptr(Preview) lighter = show(png, "image/png", view, 8);
    assert_plain(lighter, 160); // sqrt(100 / 255)
}

static void grey_is_one_channel(void)
{
    g_autoptr(GByteArray) jpeg = quarters_jpeg(64, 64);
    PictureView view = picture_view_plain;
    view.is_grey = true;
    g_autoptr(Preview) preview = show(jpeg, "image/jpeg", view, 64);
    g_assert_cmpuint(preview->channels, ==, 1);
    g_assert_cmpint(abs(*pixel_at(preview, 0.2, 0.2) - 83), <=, 6); // of the red
    g_assert_cmpint(abs(*pixel_at(preview, 0.8, 0.8) - 240), <=, 6);
}

static void what_breaks_off_is_shown_as_far_as_it_goes(void)
{
    g_autoptr(GByteArray) jpeg = quarters_jpeg(640, 640);
    g_byte_array_set_size(jpeg, jpeg->len * 3 / 4);
    g_autoptr(Preview) preview = show(jpeg, "image/jpeg", picture_view_plain, 160);
    assert_colour(preview, 0.2, 0.2, RED);
    assert_colour(preview, 0.8, 0.2, GREEN);
}

// ---- The JPEG ---------------------------------------------------------------------------------

// Its markers up to the pixels, as hex.
static char *markers_of(GBytes *jpeg)
{
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(jpeg, &size);
    GString *text = g_string_new(NULL);
    g_assert_cmpuint(bytes[0], ==, 0xff);
    g_assert_cmpuint(bytes[1], ==, 0xd8);
    for (size_t at = 2; at + 4 <= size;) {
        g_assert_cmpuint(bytes[at], ==, 0xff);
        g_string_append_printf(text, "%02x ", bytes[at + 1]);
        if (bytes[at + 1] == 0xda)
            break;
        at += 2 + ((size_t)bytes[at + 2] << 8 | bytes[at + 3]);
    }
    return g_string_free(text, FALSE);
}

static void its_jpeg_holds_tables_and_the_picture_alone(void)
{
    g_autoptr(GByteArray) source = quarters_jpeg(640, 480);
    add_orientation(source, 6);
    g_autoptr(Preview) colour = show(source, "image/jpeg", picture_view_plain, 192);
    g_autoptr(GBytes) jpeg = preview_jpeg(colour, 100000);
    g_autofree char *markers = markers_of(jpeg);
    g_assert_cmpstr(markers, ==, "db db c0 c4 c4 c4 c4 da ");

    PictureView view = picture_view_plain;
    view.is_grey = true;
    g_autoptr(Preview) grey = show(source, "image/jpeg", view, 192);
    g_autoptr(GBytes) grey_jpeg = preview_jpeg(grey, 100000);
    g_autofree char *grey_markers = markers_of(grey_jpeg);
    g_assert_cmpstr(grey_markers, ==, "db c0 c4 c4 da ");

    g_autoptr(GByteArray) again = g_byte_array_new(); // it is a JPEG of the same colours
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(jpeg, &size);
    g_byte_array_append(again, bytes, (unsigned)size);
    g_autoptr(Preview) shown = show(again, "image/jpeg", picture_view_plain, 192);
    assert_quarters(shown, (const unsigned[]){BLUE, RED, WHITE, GREEN});
}

static void noise_is_compressed_until_it_fits(void)
{
    enum { SIDE = 256 };
    uint8_t *pixels = g_malloc(SIDE * SIDE * 3);
    for (size_t i = 0; i < SIDE * SIDE * 3; i++)
        pixels[i] = (uint8_t)g_test_rand_int();
    g_autoptr(Preview) preview = g_new0(Preview, 1);
    *preview = (Preview){.width = SIDE, .height = SIDE, .channels = 3, .pixels = pixels};
    g_autoptr(GBytes) free_size = preview_jpeg(preview, 1 << 20);
    g_assert_cmpuint(g_bytes_get_size(free_size), >, 20000);
    g_autoptr(GBytes) small = preview_jpeg(preview, 20000);
    g_assert_cmpuint(g_bytes_get_size(small), <=, 20000);
    g_assert_null(preview_jpeg(preview, 200));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    still_prepare(&error);
    g_assert_no_error(error);
    still_prepare_locked();
#define TEST(name) g_test_add_func("/preview/" #name, name)
    TEST(a_large_picture_gets_the_side_that_was_asked_for);
    TEST(a_small_picture_is_not_enlarged);
    TEST(a_long_and_narrow_picture_keeps_a_pixel);
    TEST(reducing_is_the_average_of_areas);
    TEST(what_the_decoder_reduces_looks_like_what_is_reduced_afterwards);
    TEST(every_orientation_is_turned_upright);
    TEST(quarter_turns_come_on_top);
    TEST(a_part_is_of_the_picture_as_it_stands_upright);
    TEST(a_frame_is_turned_as_players_turn_it);
    TEST(what_is_transparent_shows_grey_behind_it);
    TEST(wide_samples_are_seen_by_their_high_bytes);
    TEST(tones_follow_what_was_asked_for);
    TEST(grey_is_one_channel);
    TEST(what_breaks_off_is_shown_as_far_as_it_goes);
    TEST(its_jpeg_holds_tables_and_the_picture_alone);
    TEST(noise_is_compressed_until_it_fits);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// What a JPEG's header says of how it was last saved; what it does not say is 0.
#include "probe/jpeg_history.h"

#include <glib.h>

enum { SOF_BASELINE = 0xc0, SOF_PROGRESSIVE = 0xc2, DQT = 0xdb, SOS = 0xda };

static GByteArray *begin(void)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const uint8_t[]){0xff, 0xd8}, 2);
    return bytes;
}

static void put_segment(GByteArray *bytes, uint8_t mark, const uint8_t *inside, size_t size_bytes)
{
    const uint8_t head[] = {0xff, mark, (uint8_t)((size_bytes + 2) >> 8),
                            (uint8_t)(size_bytes + 2)};
    g_byte_array_append(bytes, head, sizeof head);
    g_byte_array_append(bytes, inside, (guint)size_bytes);
}

// A table of 63 equal values and another one.
static void put_table(GByteArray *bytes, uint8_t number, uint8_t value, uint8_t last)
{
    uint8_t table[65] = {number};
    for (unsigned i = 1; i < 64; i++)
        table[i] = value;
    table[64] = last;
    put_segment(bytes, DQT, table, sizeof table);
}

static void put_frame(GByteArray *bytes, uint8_t mark, uint8_t luma_sampling)
{
    const uint8_t frame[] = {8, 0, 16, 0, 16, 3, 1, luma_sampling, 0, 2, 0x11, 1, 3, 0x11, 1};
    put_segment(bytes, mark, frame, sizeof frame);
}

static unsigned quality_of(uint8_t value, uint8_t last)
{
    g_autoptr(GByteArray) bytes = begin();
    put_table(bytes, 0, value, last);
    return jpeg_history(bytes->data, bytes->len).quality;
}

static void the_sum_of_the_luma_table_is_the_quality(void)
{
    g_assert_cmpuint(quality_of(58, 34), ==, 50); // Annex K's sum, 3688
    g_assert_cmpuint(quality_of(5, 54), ==, 95);  // a tenth of it
    g_assert_cmpuint(quality_of(116, 68), ==, 25);
    g_assert_cmpuint(quality_of(1, 1), ==, 99);
}

static void the_table_of_colours_says_nothing(void)
{
    g_autoptr(GByteArray) bytes = begin();
    put_table(bytes, 1, 5, 54);
    g_assert_cmpuint(jpeg_history(bytes->data, bytes->len).quality, ==, 0);
    put_table(bytes, 0, 58, 34);
    put_table(bytes, 1, 5, 54);
    g_assert_cmpuint(jpeg_history(bytes->data, bytes->len).quality, ==, 50);
}

static void tables_of_16_bits_are_read(void)
{
    g_autoptr(GByteArray) bytes = begin();
    uint8_t table[129] = {0x10};
    for (unsigned i = 0; i < 63; i++)
        table[2 + 2 * i] = 58;
    table[128] = 34;
    put_segment(bytes, DQT, table, sizeof table);
    g_assert_cmpuint(jpeg_history(bytes->data, bytes->len).quality, ==, 50);
}

static void sampling_and_kind_of_scan_are_told(void)
{
    g_autoptr(GByteArray) bytes = begin();
    put_frame(bytes, SOF_PROGRESSIVE, 0x21);
    JpegHistory history = jpeg_history(bytes->data, bytes->len);
    g_assert_cmpuint(history.across, ==, 2);
    g_assert_cmpuint(history.down, ==, 1);
    g_assert_true(history.is_progressive);
    g_autoptr(GByteArray) baseline = begin();
    put_frame(baseline, SOF_BASELINE, 0x11);
    history = jpeg_history(baseline->data, baseline->len);
    g_assert_cmpuint(history.across, ==, 1);
    g_assert_false(history.is_progressive);
}

static void a_sampling_that_no_jpeg_has_is_not_told(void)
{
    g_autoptr(GByteArray) bytes = begin();
    put_frame(bytes, SOF_BASELINE, 0xf0);
    g_assert_cmpuint(jpeg_history(bytes->data, bytes->len).across, ==, 0);
}

static void what_comes_behind_the_header_is_not_read(void)
{
    g_autoptr(GByteArray) bytes = begin();
    put_segment(bytes, SOS, (const uint8_t[]){0}, 1);
    put_table(bytes, 0, 58, 34);
    g_assert_cmpuint(jpeg_history(bytes->data, bytes->len).quality, ==, 0);
}

static void a_header_cut_anywhere_says_no_more_than_it_holds(void)
{
    g_autoptr(GByteArray) bytes = begin();
    put_table(bytes, 0, 58, 34);
    put_frame(bytes, SOF_BASELINE, 0x22);
    for (guint length = 0; length < bytes->len; length++) {
        g_autofree uint8_t *exact = g_memdup2(bytes->data, length);
        JpegHistory history = jpeg_history(exact, length);
        g_assert_cmpuint(history.across, ==, 0);
        g_assert_true(history.quality == 0 || length >= 71);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/jpeg_history/" #name, name)
    ADD(the_sum_of_the_luma_table_is_the_quality);
    ADD(the_table_of_colours_says_nothing);
    ADD(tables_of_16_bits_are_read);
    ADD(sampling_and_kind_of_scan_are_told);
    ADD(a_sampling_that_no_jpeg_has_is_not_told);
    ADD(what_comes_behind_the_header_is_not_read);
    ADD(a_header_cut_anywhere_says_no_more_than_it_holds);
    return g_test_run();
}

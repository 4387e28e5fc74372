// SPDX-License-Identifier: Apache-2.0
//
// What the EXIF reader promises: the facts of a sound block, as much as is there of a damaged one,
// clean texts whatever stands in the file, and no way out of the block or into a loop.
#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "media/exif.h"

// A block under construction: little- or big-endian TIFF, data appended behind the directories.
typedef struct {
    GByteArray *bytes;
    bool is_little;
} Builder;

static void put_number(Builder *builder, size_t at, uint32_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++) {
        unsigned shift = 8 * (builder->is_little ? i : width - 1 - i);
        builder->bytes->data[at + i] = (uint8_t)(value >> shift);
    }
}

static size_t reserve(Builder *builder, size_t count)
{
    size_t at = builder->bytes->len;
    g_byte_array_set_size(builder->bytes, (unsigned)(at + count));
    memset(builder->bytes->data + at, 0, count);
    return at;
}

static Builder builder_new(bool is_little)
{
    Builder builder = {g_byte_array_new(), is_little};
    reserve(&builder, 8);
    memcpy(builder.bytes->data, is_little ? "II*\0" : "MM\0*", 4);
    return builder;
}

static void builder_clear(Builder *builder)
{
    g_byte_array_unref(builder->bytes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Builder, builder_clear)

// An empty directory of `count` entries; the caller fills them with the functions below.
static size_t add_directory(Builder *builder, unsigned count)
{
    size_t at = reserve(builder, 2 + 12 * count + 4);
    put_number(builder, at, count, 2);
    return at;
}

static size_t put_entry(Builder *builder, size_t directory, unsigned index, unsigned tag,
                        unsigned type, uint32_t count)
{
    size_t at = directory + 2 + 12 * index;
    put_number(builder, at, tag, 2);
    put_number(builder, at + 2, type, 2);
    put_number(builder, at + 4, count, 4);
    return at + 8;
}

static void put_short(Builder *builder, size_t directory, unsigned index, unsigned tag,
                      uint32_t value)
{
    put_number(builder, put_entry(builder, directory, index, tag, 3, 1), value, 2);
}

static void put_long(Builder *builder, size_t directory, unsigned index, unsigned tag,
                     uint32_t value)
{
    put_number(builder, put_entry(builder, directory, index, tag, 4, 1), value, 4);
}

static void put_text(Builder *builder, size_t directory, unsigned index, unsigned tag,
                     const char *text)
{
    size_t length = strlen(text) + 1;
    size_t value = put_entry(builder, directory, index, tag, 2, (uint32_t)length);
    if (length > 4) {
        size_t at = reserve(builder, length);
        put_number(builder, value, (uint32_t)at, 4);
        value = at;
    }
    memcpy(builder->bytes->data + value, text, length);
}

static void put_rationals(Builder *builder, size_t directory, unsigned index, unsigned tag,
                          const uint32_t *pairs, unsigned count)
{
    size_t value = put_entry(builder, directory, index, tag, 5, count);
    size_t at = reserve(builder, 8 * count);
    put_number(builder, value, (uint32_t)at, 4);
    for (unsigned i = 0; i < 2 * count; i++)
        put_number(builder, at + 4 * i, pairs[i], 4);
}

static void facts_clear(ExifFacts *facts)
{
    char **texts[] = {&facts->make,        &facts->model,   &facts->software,  &facts->body_serial,
                      &facts->lens_serial, &facts->taken,   &facts->digitized, &facts->modified,
                      &facts->lens_model,  &facts->gps_time};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_clear_pointer(texts[i], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExifFacts, facts_clear)

// Make, orientation, an Exif directory with serials and a time, a GPS directory, a thumbnail.
static Builder sound_block(bool is_little)
{
    Builder builder = builder_new(is_little);
    put_number(&builder, 4, 8, 4);
    size_t ifd0 = add_directory(&builder, 4);
    put_text(&builder, ifd0, 0, 0x010f, "Maker Co");
    put_short(&builder, ifd0, 1, 0x0112, 6);
    size_t exif = add_directory(&builder, 5);
    put_long(&builder, ifd0, 2, 0x8769, (uint32_t)exif);
    put_text(&builder, exif, 0, 0x9003, "2026:01:31 23:59:59");
    put_text(&builder, exif, 1, 0x9011, "+02:00");
    put_text(&builder, exif, 2, 0xa431, "B1");
    put_text(&builder, exif, 3, 0xa435, "LENS-77");
    put_text(&builder, exif, 4, 0xa434, "Lens 50");
    size_t gps = add_directory(&builder, 8);
    put_long(&builder, ifd0, 3, 0x8825, (uint32_t)gps);
    put_text(&builder, gps, 0, 1, "S");
    put_rationals(&builder, gps, 1, 2, (uint32_t[]){52, 1, 30, 1, 0, 1}, 3);
    put_text(&builder, gps, 2, 3, "E");
    put_rationals(&builder, gps, 3, 4, (uint32_t[]){13, 1, 1500, 100, 0, 1}, 3);
    put_number(&builder, put_entry(&builder, gps, 4, 5, 1, 1), 1, 1);
    put_rationals(&builder, gps, 5, 6, (uint32_t[]){69, 2}, 1);
    put_rationals(&builder, gps, 6, 7, (uint32_t[]){21, 1, 59, 1, 598, 10}, 3);
    put_text(&builder, gps, 7, 29, "2026:01:31");
    size_t ifd1 = add_directory(&builder, 2);
    put_number(&builder, ifd0 + 2 + 12 * 4, (uint32_t)ifd1, 4);
    size_t thumbnail = reserve(&builder, 6);
    memcpy(builder.bytes->data + thumbnail, "\xff\xd8\xff\xd9\0\0", 6);
    put_long(&builder, ifd1, 0, 0x0201, (uint32_t)thumbnail);
    put_long(&builder, ifd1, 1, 0x0202, 4);
    return builder;
}

static void check_sound(const uint8_t *bytes, size_t size_bytes)
{
    g_auto(ExifFacts) facts = {0};
    exif_read(bytes, size_bytes, &facts);
    g_assert_true(facts.present);
    g_assert_cmpstr(facts.make, ==, "Maker Co");
    g_assert_null(facts.model);
    g_assert_cmpuint(facts.orientation, ==, 6);
    g_assert_cmpstr(facts.taken, ==, "2026:01:31 23:59:59+02:00");
    g_assert_cmpstr(facts.body_serial, ==, "B1");
    g_assert_cmpstr(facts.lens_serial, ==, "LENS-77");
    g_assert_cmpstr(facts.lens_model, ==, "Lens 50");
    g_assert_true(facts.has_gps);
    g_assert_cmpfloat_with_epsilon(facts.gps_latitude, -52.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(facts.gps_longitude, 13.25, 1e-9);
    g_assert_true(facts.has_gps_altitude);
    g_assert_cmpfloat_with_epsilon(facts.gps_altitude_metres, -34.5, 1e-9);
    g_assert_cmpstr(facts.gps_time, ==, "2026-01-31T21:59:59Z");
    size_t thumbnail_bytes = 0;
    const uint8_t *thumbnail = exif_find_thumbnail(bytes, size_bytes, &thumbnail_bytes);
    g_assert_cmpmem(thumbnail, (int)thumbnail_bytes, "\xff\xd8\xff\xd9", 4);
    g_assert_true(thumbnail > bytes && thumbnail < bytes + size_bytes);
}

static void reads_both_byte_orders(void)
{
    g_auto(Builder) little = sound_block(true);
    g_auto(Builder) big = sound_block(false);
    check_sound(little.bytes->data, little.bytes->len);
    check_sound(big.bytes->data, big.bytes->len);
}

static void reads_behind_the_exif_prefix(void)
{
    g_auto(Builder) builder = sound_block(true);
    g_byte_array_prepend(builder.bytes, (const uint8_t *)"Exif\0\0", 6);
    check_sound(builder.bytes->data, builder.bytes->len);
}

// Every prefix gives facts or none; what is read lies inside (the copy is exactly as long).
static void survives_being_cut_anywhere(void)
{
    g_auto(Builder) builder = sound_block(false);
    for (size_t length = 0; length < builder.bytes->len; length++) {
        g_autofree uint8_t *cut = g_memdup2(builder.bytes->data, length);
        g_auto(ExifFacts) facts = {0};
        exif_read(cut, length, &facts);
        size_t thumbnail_bytes = 0;
        const uint8_t *thumbnail = exif_find_thumbnail(cut, length, &thumbnail_bytes);
        if (thumbnail != NULL)
            g_assert_true(thumbnail + thumbnail_bytes <= cut + length);
    }
}

static void survives_any_changed_byte(void)
{
    g_auto(Builder) builder = sound_block(true);
    for (unsigned round = 0; round < 20000; round++) {
        g_autofree uint8_t *copy = g_memdup2(builder.bytes->data, builder.bytes->len);
        for (unsigned i = 0; i < 3; i++)
            copy[g_test_rand_int_range(8, (int)builder.bytes->len)] =
                (uint8_t)g_test_rand_int_range(0, 256);
        g_auto(ExifFacts) facts = {0};
        exif_read(copy, builder.bytes->len, &facts);
        size_t thumbnail_bytes;
        exif_find_thumbnail(copy, builder.bytes->len, &thumbnail_bytes);
        if (facts.make != NULL)
            g_assert_true(g_utf8_validate(facts.make, -1, NULL));
        g_assert_cmpuint(facts.orientation, <=, 8);
        if (facts.has_gps)
            g_assert_cmpfloat(facts.gps_latitude, <=, 90);
    }
}

static void directories_that_point_at_themselves_end(void)
{
    g_auto(Builder) builder = builder_new(true);
    put_number(&builder, 4, 8, 4);
    size_t ifd0 = add_directory(&builder, 2);
    put_long(&builder, ifd0, 0, 0x8769, 8);
    put_long(&builder, ifd0, 1, 0x8825, 8);
    put_number(&builder, ifd0 + 2 + 24, 8, 4);
    g_auto(ExifFacts) facts = {0};
    exif_read(builder.bytes->data, builder.bytes->len, &facts);
    g_assert_true(facts.present);
    size_t thumbnail_bytes;
    g_assert_null(exif_find_thumbnail(builder.bytes->data, builder.bytes->len, &thumbnail_bytes));
}

typedef struct {
    const char *written;
    const char *kept;
} Text;

static void cleans_texts(void)
{
    static const Text texts[] = {
        {"plain", "plain"},
        {"  padded   ", "padded"},
        {"\x1b[31mred\x07\n\x7f", "[31mred"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"latin \xe9 one", "latin \xef\xbf\xbd one"},
        {"turn\xe2\x80\xaetxt.exe", "turntxt.exe"}, // right-to-left override
        {"\xc2\x9b"
         "2J",
         "2J"}, // C1 control sequence introducer
        {"", NULL},
        {"   ", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_auto(Builder) builder = builder_new(true);
        put_number(&builder, 4, 8, 4);
        size_t ifd0 = add_directory(&builder, 1);
        put_text(&builder, ifd0, 0, 0x0110, texts[i].written);
        g_auto(ExifFacts) facts = {0};
        exif_read(builder.bytes->data, builder.bytes->len, &facts);
        g_assert_cmpstr(facts.model, ==, texts[i].kept);
    }
}

static void cuts_long_texts_between_characters(void)
{
    g_autoptr(GString) text = g_string_new("x");
    for (unsigned i = 0; i < 300; i++)
        g_string_append(text, "\xc3\xa9");
    g_auto(Builder) builder = builder_new(false);
    put_number(&builder, 4, 8, 4);
    size_t ifd0 = add_directory(&builder, 1);
    put_text(&builder, ifd0, 0, 0x0131, text->str);
    g_auto(ExifFacts) facts = {0};
    exif_read(builder.bytes->data, builder.bytes->len, &facts);
    g_assert_cmpuint(strlen(facts.software), ==, LIMIT_EXIF_TEXT - 1);
    g_assert_true(g_utf8_validate(facts.software, -1, NULL));
}

static void places_outside_the_world_are_none(void)
{
    static const uint32_t latitudes[][6] = {
        {91, 1, 0, 1, 0, 1},
        {52, 0, 0, 1, 0, 1},
        {0xffffffff, 1, 0, 1, 0, 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(latitudes); i++) {
        g_auto(Builder) builder = builder_new(true);
        put_number(&builder, 4, 8, 4);
        size_t ifd0 = add_directory(&builder, 1);
        size_t gps = add_directory(&builder, 4);
        put_long(&builder, ifd0, 0, 0x8825, (uint32_t)gps);
        put_text(&builder, gps, 0, 1, "N");
        put_rationals(&builder, gps, 1, 2, latitudes[i], 3);
        put_text(&builder, gps, 2, 3, "E");
        put_rationals(&builder, gps, 3, 4, (uint32_t[]){1, 1, 0, 1, 0, 1}, 3);
        g_auto(ExifFacts) facts = {0};
        exif_read(builder.bytes->data, builder.bytes->len, &facts);
        g_assert_false(facts.has_gps);
    }
}

static void a_thumbnail_must_be_a_jpeg_inside(void)
{
    g_auto(Builder) builder = sound_block(true);
    size_t thumbnail_bytes;
    // A length that claims more than there is, is cut to what there is.
    g_autofree uint8_t *copy = g_memdup2(builder.bytes->data, builder.bytes->len);
    uint8_t *start = memmem(copy, builder.bytes->len, "\xff\xd8\xff\xd9", 4);
    start[-8] = 0xff; // IFD1: offset entry, length entry, next: the length's low byte
    exif_find_thumbnail(copy, builder.bytes->len, &thumbnail_bytes);
    g_assert_cmpuint(thumbnail_bytes, ==, 6);
    start[1] = 0;
    g_assert_null(exif_find_thumbnail(copy, builder.bytes->len, &thumbnail_bytes));
}

static void anything_else_is_no_exif(void)
{
    g_auto(ExifFacts) facts = {.present = true};
    exif_read((const uint8_t *)"Exif\0\0", 6, &facts);
    g_assert_false(facts.present);
    exif_read((const uint8_t *)"XX*\0\x08\0\0\0\0\0\0\0", 12, &facts);
    g_assert_false(facts.present);
    exif_read((const uint8_t *)"", 0, &facts);
    g_assert_false(facts.present);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exif/reads_both_byte_orders", reads_both_byte_orders);
    g_test_add_func("/exif/reads_behind_the_prefix", reads_behind_the_exif_prefix);
    g_test_add_func("/exif/survives_being_cut", survives_being_cut_anywhere);
    g_test_add_func("/exif/survives_any_changed_byte", survives_any_changed_byte);
    g_test_add_func("/exif/self_pointing_directories_end",
                    directories_that_point_at_themselves_end);
    g_test_add_func("/exif/cleans_texts", cleans_texts);
    g_test_add_func("/exif/cuts_between_characters", cuts_long_texts_between_characters);
    g_test_add_func("/exif/places_outside_the_world", places_outside_the_world_are_none);
    g_test_add_func("/exif/thumbnail_is_a_jpeg_inside", a_thumbnail_must_be_a_jpeg_inside);
    g_test_add_func("/exif/anything_else_is_none", anything_else_is_no_exif);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// RTF documents: pictures and objects written as digits, also where somebody tried to hide them.
#include <glib.h>
#include <stdarg.h>
#include <string.h>

#include "walk_fixture.h"

#define TIKA "evidence/apache_tika/"

static GByteArray *still(const char *name)
{
    g_autofree char *path =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests/fixtures/stills", name, NULL);
    char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    return g_byte_array_new_take((guint8 *)bytes, size);
}

// Digits of the bytes; every `period` digits the text `between`.
static char *digits_of(const GByteArray *bytes, unsigned period, const char *between)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned count = 0;
    for (unsigned i = 0; i < bytes->len; i++) {
        for (unsigned half = 0; half < 2; half++) {
            unsigned value = half == 0 ? bytes->data[i] >> 4 : bytes->data[i] & 15u;
            g_string_append_c(text, "0123456789abcdef"[value]);
            if (++count % period == 0)
                g_string_append(text, between);
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static Walked *G_GNUC_PRINTF(1, 2) walk_text(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return walk_fixture_bytes(text, strlen(text), "a.rtf", (WalkFixtureOptions){0});
}

static const WalkedItem *find(const Walked *walked, const char *path)
{
    const WalkedItem *item = walked_find(walked, path);
    if (item == NULL) {
        walked_dump(walked);
        g_error("nothing at %s", path);
    }
    return item;
}

static void assert_bytes(const Walked *walked, const char *path, const GByteArray *bytes)
{
    g_autofree char *sha256 =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
    g_assert_cmpstr(find(walked, path)->sha256, ==, sha256);
}

static void put(GByteArray *target, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, value >>= 8) {
        uint8_t byte = (uint8_t)value;
        g_byte_array_append(target, &byte, 1);
    }
}

static void put_text(GByteArray *target, const char *text)
{
    put(target, strlen(text) + 1, 4);
    g_byte_array_append(target, (const uint8_t *)text, (unsigned)strlen(text) + 1);
}

// ---- Real documents ---------------------------------------------------------------------------

static void embedded_files_have_their_names(void)
{
    // The same file stands beside the document in its project (testJPEG.jpg, 7686 bytes).
    static const char jpeg[] = "643dbb91";
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testRTFEmbeddedFiles.rtf", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    const WalkedItem *item = find(walked, "testJPEG_\xe6\x99\xae\xe6\x9e\x97\xe6\x96\xaf"
                                          "\xe9\xa1\xbf.jpg");
    g_assert_true(g_str_has_prefix(item->sha256, jpeg));
    g_assert_cmpuint(item->size_bytes, ==, 7686);
    // Text in a package in a Word document in an RTF.
    const WalkedItem *text =
        find(walked, "object 1 > ObjectPool/_1457338542/\001Ole10Native > Hw.txt");
    g_assert_cmpstr(text->sha256, ==,
                    "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e");
    g_assert_nonnull(find(walked, "object 8 > CONTENTS > object 16"));
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

static void pictures_of_a_real_document_are_found(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testRTFRegularImages.rtf", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    g_assert_cmpuint(find(walked, "picture 1")->size_bytes, ==, 16357);
    g_assert_true(g_str_has_prefix(find(walked, "picture 3")->sha256, "643dbb91"));
}

// ---- Pictures ---------------------------------------------------------------------------------

static void digits_are_read_whatever_stands_between_them(void)
{
    static const struct {
        unsigned period;
        const char *between;
    } rows[] = {
        {128, "\r\n"}, // as Word writes them
        {1, " "},      {7, "\\par "},      {3, "{\\*\\unheard of0123}"},
        {5, "{}"},     {9, "{\\object }"}, {11, "\\'41"},
        {2, "\\*"},    {13, "\\bin0 "},    {1000, "\\unheard-0123456789 "},
        {3, "xyz"},
    };
    g_autoptr(GByteArray) picture = still("png-rgb.png");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *digits = digits_of(picture, rows[i].period, rows[i].between);
        g_autoptr(Walked) walked =
            walk_text("{\\rtf1{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn a}{\\sv 12}}}"
                      "\\pngblip\\picw100 %s}}}",
                      digits);
        assert_bytes(walked, "picture 1", picture);
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    }
}

static void counted_bytes_are_read(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) text = g_byte_array_new();
    // The first two bytes as digits and one digit too many.
    g_autofree char *begin =
        g_strdup_printf("{\\rtf1{\\pict\\jpegblip ffd8 4\\bin%u ", picture->len - 2);
    g_byte_array_append(text, (const guint8 *)begin, (guint)strlen(begin));
    g_byte_array_append(text, picture->data + 2, picture->len - 2);
    g_byte_array_append(text, (const guint8 *)"}}", 2);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(text->data, text->len, "a.rtf", (WalkFixtureOptions){0});
    assert_bytes(walked, "picture 1", picture);
}

static void a_bitmap_gets_its_file_header_back(void)
{
    g_autoptr(GByteArray) picture = still("bmp-24.bmp");
    g_autoptr(GByteArray) dib = g_byte_array_new();
    g_byte_array_append(dib, picture->data + 14, picture->len - 14);
    g_autofree char *digits = digits_of(dib, 100, "\n");
    g_autoptr(Walked) walked = walk_text("{\\rtf1{\\pict\\dibitmap0 %s}}", digits);
    assert_bytes(walked, "picture 1", picture);
}

static void a_long_run_of_digits_is_read_from_any_place(void)
{
    g_autoptr(GByteArray) large = g_byte_array_new();
    for (unsigned i = 0; i < 300000; i++)
        put(large, i * 2654435761u >> 13, 1);
    g_autofree char *digits = digits_of(large, 97, " ");
    g_autoptr(Walked) walked = walk_text("{\\rtf1{\\pict %s}}", digits);
    assert_bytes(walked, "picture 1", large);
}

static void layers_are_the_numbers_of_groups(void)
{
    g_autoptr(Walked) walked = walk_text("{\\rtf1{\\fonttbl{\\f0 a}}{\\pict 00}{\\pict 11}}");
    g_assert_cmpstr(find(walked, "picture 1")->layer, ==, "{\"group\":3}");
    g_assert_cmpstr(find(walked, "picture 2")->layer, ==, "{\"group\":4}");
}

// ---- Objects ----------------------------------------------------------------------------------

static GByteArray *object_of(const char *class_name, const GByteArray *data)
{
    GByteArray *object = g_byte_array_new();
    put(object, 0x501, 4);
    put(object, 2, 4);
    put_text(object, class_name);
    put_text(object, "");
    put_text(object, "");
    put(object, data->len, 4);
    g_byte_array_append(object, data->data, data->len);
    return object;
}

static void an_object_and_what_is_shown_for_it_are_delivered(void)
{
    g_autoptr(GByteArray) picture = still("bmp-24.bmp");
    g_autoptr(GByteArray) object = object_of("PBrush", picture);
    put(object, 0x501, 4);
    put(object, 5, 4);
    put_text(object, "METAFILEPICT");
    put(object, 100, 4);
    put(object, 100, 4);
    put(object, 5, 4);
    g_byte_array_append(object, (const guint8 *)"shown", 5);
    g_autofree char *digits = digits_of(object, 128, "\n");
    g_autoptr(Walked) walked = walk_text(
        "{\\rtf1{\\object\\objemb{\\*\\objclass PBrush}{\\*\\objdata %s}{\\result }}}", digits);
    assert_bytes(walked, "object 1", picture);
    g_assert_cmpstr(find(walked, "object 1")->layer, ==, "{\"group\":3}");
    g_assert_cmpuint(find(walked, "object 1 as shown")->size_bytes, ==, 5);
    g_assert_cmpstr(find(walked, "object 1 as shown")->layer, ==, "{\"group\":3,\"part\":1}");
}

static void a_link_is_named(void)
{
    g_autoptr(GByteArray) object = g_byte_array_new();
    put(object, 0x501, 4);
    put(object, 1, 4);
    put_text(object, "Paint.Picture");
    put_text(object, "C:\\elsewhere.bmp");
    put_text(object, "");
    g_autofree char *digits = digits_of(object, 128, "\n");
    g_autoptr(Walked) walked = walk_text("{\\rtf1{\\object{\\*\\objdata %s}}}", digits);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_REFERENCE), ==,
                    "object 1 links to C:\\elsewhere.bmp");
}

static void data_that_is_no_object_is_delivered_whole(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autofree char *digits = digits_of(picture, 128, "\n");
    g_autoptr(Walked) walked =
        walk_text("{\\rtf1{\\*\\objdata %s}{\\*\\themedata %s}}", digits, digits);
    assert_bytes(walked, "object 1", picture);
    assert_bytes(walked, "themedata", picture);
}

static void an_object_longer_than_its_data_is_corrupt(void)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    put(data, 0x1234, 20);
    g_autoptr(GByteArray) object = object_of("PBrush", data);
    g_byte_array_set_size(object, object->len - 5);
    g_autofree char *digits = digits_of(object, 128, "\n");
    g_autoptr(Walked) walked = walk_text("{\\rtf1{\\*\\objdata %s}}", digits);
    g_assert_cmpint(find(walked, "object 1")->status, ==, STATUS_CORRUPT);
    g_assert_cmpuint(find(walked, "object 1")->size_bytes, ==, 15);
}

// ---- Where it ends ----------------------------------------------------------------------------

static void a_text_cut_short_gives_what_is_there(void)
{
    g_autoptr(Walked) walked = walk_text("{\\rtf1{\\pict\\pngblip 89504e470");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(walked_root(walked)->reason, ==, "the text breaks off inside a group");
    const WalkedItem *item = find(walked, "picture 1");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpuint(item->size_bytes, ==, 4);
}

static void bytes_behind_the_text_are_found(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-exif.jpg");
    g_autoptr(GByteArray) text = g_byte_array_new();
    g_byte_array_append(text, (const guint8 *)"{\\rtf1 text}\r\n", 14);
    g_byte_array_append(text, picture->data, picture->len);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(text->data, text->len, "a.rtf", (WalkFixtureOptions){0});
    g_autofree char *sha256 =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, picture->data, picture->len);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
    g_assert_nonnull(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
}

static void line_ends_behind_the_text_are_nothing(void)
{
    g_autoptr(Walked) walked = walk_text("{\\rtf1 text}\r\n\r\n ");
    g_assert_null(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
}

static void a_second_text_behind_the_first_is_read(void)
{
    g_autoptr(GByteArray) picture = still("png-rgb.png");
    g_autofree char *digits = digits_of(picture, 128, "\n");
    g_autoptr(Walked) walked = walk_text("{\\rtf1 text}\n{\\pict\\pngblip %s}", digits);
    assert_bytes(walked, "picture 1", picture);
}

static void braces_without_end_are_said(void)
{
    g_autofree char *braces = g_strnfill(5000, '{');
    g_autoptr(Walked) walked = walk_text("{\\rtf1 %s{\\pict 00}", braces);
    const WalkedItem *root = walked_root(walked);
    g_assert_cmpint(root->status, !=, STATUS_OK);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*run)(void);
    } tests[] = {
        {"/rtf/embedded_files_have_their_names", embedded_files_have_their_names},
        {"/rtf/pictures_of_a_real_document_are_found", pictures_of_a_real_document_are_found},
        {"/rtf/digits_are_read_whatever_stands_between_them",
         digits_are_read_whatever_stands_between_them},
        {"/rtf/counted_bytes_are_read", counted_bytes_are_read},
        {"/rtf/a_bitmap_gets_its_file_header_back", a_bitmap_gets_its_file_header_back},
        {"/rtf/a_long_run_of_digits_is_read_from_any_place",
         a_long_run_of_digits_is_read_from_any_place},
        {"/rtf/layers_are_the_numbers_of_groups", layers_are_the_numbers_of_groups},
        {"/rtf/an_object_and_what_is_shown_for_it_are_delivered",
         an_object_and_what_is_shown_for_it_are_delivered},
        {"/rtf/a_link_is_named", a_link_is_named},
        {"/rtf/data_that_is_no_object_is_delivered_whole",
         data_that_is_no_object_is_delivered_whole},
        {"/rtf/an_object_longer_than_its_data_is_corrupt",
         an_object_longer_than_its_data_is_corrupt},
        {"/rtf/a_text_cut_short_gives_what_is_there", a_text_cut_short_gives_what_is_there},
        {"/rtf/bytes_behind_the_text_are_found", bytes_behind_the_text_are_found},
        {"/rtf/line_ends_behind_the_text_are_nothing", line_ends_behind_the_text_are_nothing},
        {"/rtf/a_second_text_behind_the_first_is_read", a_second_text_behind_the_first_is_read},
        {"/rtf/braces_without_end_are_said", braces_without_end_are_said},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].path, tests[i].run);
    return g_test_run();
}

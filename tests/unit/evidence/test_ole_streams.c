// SPDX-License-Identifier: Apache-2.0
//
// Streams of compound files that are containers themselves, made byte by byte: what the real files
// at hand do not show.
#include <glib.h>
#include <string.h>
#include <zlib.h>

#include "ole_builder.h"
#include "walk_fixture.h"

static GByteArray *still(const char *name)
{
    g_autofree char *path =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests/fixtures/stills", name, NULL);
    char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    return g_byte_array_new_take((guint8 *)bytes, size);
}

static char *sha256_of(const GByteArray *bytes)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
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
    g_byte_array_append(target, (const uint8_t *)text, (unsigned)strlen(text));
}

static void put_bytes(GByteArray *target, const GByteArray *bytes)
{
    g_byte_array_append(target, bytes->data, bytes->len);
}

static GByteArray *packed(const GByteArray *bytes)
{
    uLongf size = compressBound(bytes->len);
    uint8_t *target = g_malloc(size);
    g_assert_cmpint(compress(target, &size, bytes->data, bytes->len), ==, Z_OK);
    return g_byte_array_new_take(target, size);
}

// A file with one stream.
static Walked *walk_stream(const char *name, const GByteArray *stream)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    ole_builder_stream(builder, 0, name, stream->data, stream->len);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    return walk_fixture_bytes(file->data, file->len, "a.doc", (WalkFixtureOptions){0});
}

static void assert_bytes(const Walked *walked, const char *path, const GByteArray *bytes)
{
    const WalkedItem *item = walked_find(walked, path);
    g_autofree char *sha256 = sha256_of(bytes);
    if (item == NULL) {
        walked_dump(walked);
        g_error("nothing at %s", path);
    }
    g_assert_cmpstr(item->sha256, ==, sha256);
}

// ---- Drawing records --------------------------------------------------------------------------

static void put_blip(GByteArray *target, unsigned instance, unsigned type, const GByteArray *body)
{
    put(target, instance << 4, 2);
    put(target, type, 2);
    put(target, body->len, 4);
    put_bytes(target, body);
}

static void a_picture_with_two_digests_is_found_among_other_bytes(void)
{
    g_autoptr(GByteArray) picture = still("png-rgb.png");
    g_autoptr(GByteArray) body = g_byte_array_new();
    for (unsigned i = 0; i < 33; i++)
        put(body, i, 1);
    put_bytes(body, picture);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put_text(stream, "some text, at no boundary");
    put_blip(stream, 0x6e1, 0xf01e, body);
    g_autoptr(Walked) walked = walk_stream("Data", stream);
    assert_bytes(walked, "Data > picture 1", picture);
}

static void a_bitmap_gets_its_file_header_back(void)
{
    g_autoptr(GByteArray) picture = still("bmp-24.bmp");
    g_autoptr(GByteArray) body = g_byte_array_new();
    for (unsigned i = 0; i < 17; i++)
        put(body, i, 1);
    g_byte_array_append(body, picture->data + 14, picture->len - 14);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put_blip(stream, 0x7a8, 0xf01f, body);
    g_autoptr(Walked) walked = walk_stream("Pictures", stream);
    assert_bytes(walked, "Pictures > picture 1", picture);
}

static void every_kind_of_bitmap_header_is_known(void)
{
    static const char *const names[] = {"bmp-1.bmp",   "bmp-4.bmp",    "bmp-565.bmp",
                                        "bmp-os2.bmp", "bmp-rle8.bmp", "bmp-32-v5.bmp"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GByteArray) picture = still(names[i]);
        g_autoptr(GByteArray) body = g_byte_array_new();
        for (unsigned k = 0; k < 17; k++)
            put(body, k, 1);
        g_byte_array_append(body, picture->data + 14, picture->len - 14);
        g_autoptr(GByteArray) stream = g_byte_array_new();
        put_blip(stream, 0x7a8, 0xf01f, body);
        g_autoptr(Walked) walked = walk_stream("Pictures", stream);
        assert_bytes(walked, "Pictures > picture 1", picture);
    }
}

static GByteArray *metafile_blip(const GByteArray *contents, unsigned left_out)
{
    g_autoptr(GByteArray) zlib = packed(contents);
    g_autoptr(GByteArray) body = g_byte_array_new();
    for (unsigned i = 0; i < 16; i++)
        put(body, i, 1);
    put(body, contents->len, 4);
    put(body, 0, 24);
    put(body, zlib->len - left_out, 4);
    put(body, 0, 1);
    put(body, 0xfe, 1);
    g_byte_array_append(body, zlib->data, zlib->len - left_out);
    GByteArray *stream = g_byte_array_new();
    put_blip(stream, 0x3d4, 0xf01a, body);
    return stream;
}

static void a_metafile_is_unpacked_and_searched(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) metafile = g_byte_array_new();
    put_text(metafile, "in front of the picture ");
    put_bytes(metafile, picture);
    g_autoptr(GByteArray) stream = metafile_blip(metafile, 0);
    g_autoptr(Walked) walked = walk_stream("Data", stream);
    assert_bytes(walked, "Data > picture 1", metafile);
    assert_bytes(walked, "Data > picture 1 > @0x18", picture);
}

static void a_metafile_that_breaks_off_is_corrupt(void)
{
    g_autoptr(GByteArray) contents = still("bmp-24.bmp");
    g_autoptr(GByteArray) stream = metafile_blip(contents, 6);
    g_autoptr(Walked) walked = walk_stream("Data", stream);
    const WalkedItem *item = walked_find(walked, "Data > picture 1");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(item->reason, ==, "the packed data breaks off before its end");
}

static void what_lies_between_records_is_searched(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put_text(stream, "no record here ");
    put_bytes(stream, picture);
    g_autoptr(Walked) walked = walk_stream("WordDocument", stream);
    assert_bytes(walked, "WordDocument > @0xf", picture);
}

// ---- Excel ------------------------------------------------------------------------------------

static void put_record(GByteArray *target, unsigned id, const uint8_t *bytes, unsigned size)
{
    put(target, id, 2);
    put(target, size, 2);
    g_byte_array_append(target, bytes, size);
}

static void a_background_goes_on_in_further_records(void)
{
    g_autoptr(GByteArray) picture = still("bmp-24.bmp");
    g_autoptr(GByteArray) body = g_byte_array_new();
    put(body, 9, 2);
    put(body, 1, 2);
    put(body, picture->len - 14, 4);
    g_byte_array_append(body, picture->data + 14, picture->len - 14);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put_record(stream, 0x809, (const uint8_t *)"\0\6\5\0", 4);
    put_record(stream, 0xe9, body->data, 500);
    put_record(stream, 0x3c, body->data + 500, body->len - 500);
    put_record(stream, 0x0a, NULL, 0);
    g_autoptr(Walked) walked = walk_stream("Workbook", stream);
    assert_bytes(walked, "Workbook > image 1", picture);
}

static void a_record_that_is_longer_than_the_stream_ends_it(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put_record(stream, 0x809, (const uint8_t *)"\0\6\5\0", 4);
    put(stream, 0x00fc, 2);
    put(stream, 0xffff, 2);
    put_bytes(stream, picture);
    g_autoptr(Walked) walked = walk_stream("Workbook", stream);
    assert_bytes(walked, "Workbook > @0xc", picture);
}

// ---- PowerPoint -------------------------------------------------------------------------------

static void put_slide_record(GByteArray *target, unsigned version, unsigned instance, unsigned type,
                             unsigned length)
{
    put(target, version | instance << 4, 2);
    put(target, type, 2);
    put(target, length, 4);
}

static void objects_are_found_packed_and_as_they_are(void)
{
    g_autoptr(GByteArray) object = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) zlib = packed(object);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put_slide_record(stream, 15, 0, 1000, 8 + object->len);
    put_slide_record(stream, 0, 0, 0x1011, object->len);
    put_bytes(stream, object);
    put_slide_record(stream, 0, 1, 0x1011, 4 + zlib->len);
    put(stream, object->len, 4);
    put_bytes(stream, zlib);
    g_autoptr(Walked) walked = walk_stream("PowerPoint Document", stream);
    assert_bytes(walked, "PowerPoint Document > object 1", object);
    assert_bytes(walked, "PowerPoint Document > object 2", object);
}

// ---- Packages ---------------------------------------------------------------------------------

static GByteArray *package_of(const GByteArray *contents, unsigned said)
{
    GByteArray *stream = g_byte_array_new();
    put(stream, 0, 4);
    put(stream, 2, 2);
    put_text(stream, "label.jpg");
    put(stream, 0, 1);
    put_text(stream, "C:\\holiday\\label.jpg");
    put(stream, 0, 1);
    put(stream, 0, 2);
    put(stream, 3, 2);
    put(stream, 4, 4);
    put_text(stream, "tmp");
    put(stream, 0, 1);
    put(stream, said, 4);
    put_bytes(stream, contents);
    return stream;
}

static void a_packaged_file_has_its_own_name(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) stream = package_of(picture, picture->len);
    g_autoptr(Walked) walked = walk_stream("\001Ole10Native", stream);
    assert_bytes(walked, "\001Ole10Native > label.jpg", picture);
}

static void a_package_that_is_longer_than_its_stream_is_corrupt(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) stream = package_of(picture, 0x7fffffff);
    g_autoptr(Walked) walked = walk_stream("\001Ole10Native", stream);
    const WalkedItem *item = walked_find(walked, "\001Ole10Native > label.jpg");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpuint(item->size_bytes, ==, picture->len);
}

static void native_data_that_is_no_package_is_delivered(void)
{
    g_autoptr(GByteArray) picture = still("bmp-24.bmp");
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put(stream, picture->len, 4);
    put_bytes(stream, picture);
    g_autoptr(Walked) walked = walk_stream("\001Ole10Native", stream);
    assert_bytes(walked, "\001Ole10Native > data", picture);
}

// ---- Thumbs.db --------------------------------------------------------------------------------

static void put_catalog_entry(GByteArray *target, unsigned number, const char *name)
{
    put(target, 16 + 2 * strlen(name) + 4, 4);
    put(target, number, 4);
    put(target, 0x01d9000000000000, 8);
    for (const char *at = name; *at != '\0'; at++)
        put(target, (uint8_t)*at, 2);
    put(target, 0, 4);
}

static Walked *walk_thumbnails(const GByteArray *first, const GByteArray *second)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) catalog = g_byte_array_new();
    put(catalog, 16, 2);
    put(catalog, 7, 2);
    put(catalog, 2, 4);
    put(catalog, 96, 4);
    put(catalog, 96, 4);
    put_catalog_entry(catalog, 12, "holiday.avi");
    put_catalog_entry(catalog, 3, "b.jpg");
    ole_builder_stream(builder, 0, "Catalog", catalog->data, catalog->len);
    ole_builder_stream(builder, 0, "21", first->data, first->len);
    ole_builder_stream(builder, 0, "3", second->data, second->len);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    return walk_fixture_bytes(file->data, file->len, "Thumbs.db", (WalkFixtureOptions){0});
}

static void thumbnails_name_the_files_they_show(void)
{
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put(stream, 12, 4);
    put(stream, 1, 4);
    put(stream, picture->len, 4);
    put_bytes(stream, picture);
    g_autoptr(GByteArray) old = g_byte_array_new();
    put(old, 1, 4);
    put(old, 100, 4);
    put(old, 0, 8 + 100);
    g_autoptr(Walked) walked = walk_thumbnails(stream, old);
    assert_bytes(walked, "21 (holiday.avi) > thumbnail", picture);
    const WalkedItem *shown = walked_find(walked, "21 (holiday.avi)");
    g_assert_cmpint(shown->times.modified.zone, ==, ZONE_UTC);
    g_assert_null(walked_finding(shown, FINDING_EXTENSION_MISMATCH));
    const WalkedItem *unsupported = walked_find(walked, "3 (b.jpg)");
    g_assert_cmpint(unsupported->status, ==, STATUS_UNSUPPORTED);
    g_assert_cmpstr(unsupported->reason, ==,
                    "a thumbnail of Windows 98 to 2000, a JPEG without its tables");
}

// ---- Encryption -------------------------------------------------------------------------------

static void each_mark_of_encryption_is_named(void)
{
    static const struct {
        const char *stream;
        uint8_t bytes[20];
        const char *reason;
    } rows[] = {
        {"WordDocument", {0xec, 0xa5, [11] = 0x01}, "Word document with a password, RC4"},
        {"WordDocument", {0xec, 0xa5, [11] = 0x81}, "Word document with a password, XOR"},
        {"Workbook",
         {9, 8, 4, 0, 0, 6, 5, 0, 0x2f, 0, 6, 0, 1, 0, 1, 0},
         "Excel workbook with a password, RC4"},
        {"Book",
         {9, 8, 4, 0, 0, 5, 5, 0, 0x2f, 0, 4, 0, 0, 0, 1, 0},
         "Excel workbook with a password, XOR"},
        {"Current User",
         {0, 0, 0xf6, 0x0f, 20, 0, 0, 0, 20, 0, 0, 0, 0xdf, 0xc4, 0xd1, 0xf3},
         "PowerPoint presentation with a password, RC4"},
        {"EncryptedPackage", {0}, "office document with a password or rights management"},
        {"\tDRMContent", {0}, "document under rights management"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) stream = g_byte_array_new();
        g_byte_array_append(stream, rows[i].bytes, sizeof rows[i].bytes);
        g_autoptr(Walked) walked = walk_stream(rows[i].stream, stream);
        const WalkedItem *root = walked_root(walked);
        g_assert_cmpint(root->status, ==, STATUS_ENCRYPTED);
        g_assert_cmpstr(root->reason, ==, rows[i].reason);
        g_assert_cmpstr(walked_finding(root, FINDING_ENCRYPTED), ==, rows[i].reason);
        g_assert_nonnull(walked_find(walked, rows[i].stream));
        g_assert_cmpuint(root->not_examined_bytes, ==, root->size_bytes);
    }
}

static void agile_encryption_is_told_from_standard(void)
{
    static const struct {
        uint8_t version[4];
        const char *reason;
    } rows[] = {
        {{4, 0, 4, 0}, "office document with a password, agile encryption"},
        {{4, 0, 2, 0}, "office document with a password, standard encryption"},
        {{4, 0, 3, 0}, "office document with a password, extensible encryption"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(OleBuilder) builder = ole_builder_new(9);
        ole_builder_stream(builder, 0, "EncryptionInfo", rows[i].version, 4);
        ole_builder_stream(builder, 0, "EncryptedPackage", "packed and encrypted", 20);
        g_autoptr(GByteArray) file = ole_builder_finish(builder);
        g_autoptr(Walked) walked =
            walk_fixture_bytes(file->data, file->len, "a.docx", (WalkFixtureOptions){0});
        g_assert_cmpstr(walked_root(walked)->reason, ==, rows[i].reason);
    }
}

static void a_document_without_a_mark_is_not_called_encrypted(void)
{
    g_autoptr(GByteArray) stream = g_byte_array_new();
    put(stream, 0xa5ec, 2);
    put(stream, 0, 18);
    g_autoptr(Walked) walked = walk_stream("WordDocument", stream);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*run)(void);
    } tests[] = {
        {"/ole_streams/a_picture_with_two_digests_is_found_among_other_bytes",
         a_picture_with_two_digests_is_found_among_other_bytes},
        {"/ole_streams/a_bitmap_gets_its_file_header_back", a_bitmap_gets_its_file_header_back},
        {"/ole_streams/every_kind_of_bitmap_header_is_known", every_kind_of_bitmap_header_is_known},
        {"/ole_streams/a_metafile_is_unpacked_and_searched", a_metafile_is_unpacked_and_searched},
        {"/ole_streams/a_metafile_that_breaks_off_is_corrupt",
         a_metafile_that_breaks_off_is_corrupt},
        {"/ole_streams/what_lies_between_records_is_searched",
         what_lies_between_records_is_searched},
        {"/ole_streams/a_background_goes_on_in_further_records",
         a_background_goes_on_in_further_records},
        {"/ole_streams/a_record_that_is_longer_than_the_stream_ends_it",
         a_record_that_is_longer_than_the_stream_ends_it},
        {"/ole_streams/objects_are_found_packed_and_as_they_are",
         objects_are_found_packed_and_as_they_are},
        {"/ole_streams/a_packaged_file_has_its_own_name", a_packaged_file_has_its_own_name},
        {"/ole_streams/a_package_that_is_longer_than_its_stream_is_corrupt",
         a_package_that_is_longer_than_its_stream_is_corrupt},
        {"/ole_streams/native_data_that_is_no_package_is_delivered",
         native_data_that_is_no_package_is_delivered},
        {"/ole_streams/thumbnails_name_the_files_they_show", thumbnails_name_the_files_they_show},
        {"/ole_streams/each_mark_of_encryption_is_named", each_mark_of_encryption_is_named},
        {"/ole_streams/agile_encryption_is_told_from_standard",
         agile_encryption_is_told_from_standard},
        {"/ole_streams/a_document_without_a_mark_is_not_called_encrypted",
         a_document_without_a_mark_is_not_called_encrypted},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].path, tests[i].run);
    return g_test_run();
}

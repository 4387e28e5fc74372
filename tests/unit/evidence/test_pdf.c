// SPDX-License-Identifier: Apache-2.0
//
// PDF documents: pictures as they were put in, attached files under their names, older states,
// damage, passwords. Digests of the real files' streams are those that the qpdf program gives
// (--show-object=N --raw-stream-data).
#include <glib.h>
#include <string.h>
#include <zlib.h>

#include "evidence/pdf_attachment.h"
#include "pdf_builder.h"
#include "walk_fixture.h"

#define TIKA "evidence/apache_tika/"
#define CATALOG "<< /Type /Catalog /Pages 2 0 R >>"
#define PAGES "<< /Type /Pages /Kids [] /Count 0 >>"
#define IMAGE "/Type /XObject /Subtype /Image /Width 4 /Height 2 /BitsPerComponent 8 "

static GByteArray *fixture(const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("CLEW_SOURCE"), "tests/fixtures", name, NULL);
    char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    return g_byte_array_new_take((guint8 *)bytes, size);
}

static char *sha256_of(const void *bytes, size_t size)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);
}

static GByteArray *packed(const void *bytes, size_t size)
{
    uLongf bound = compressBound(size);
    uint8_t *target = g_malloc(bound);
    g_assert_cmpint(compress(target, &bound, bytes, size), ==, Z_OK);
    return g_byte_array_new_take(target, bound);
}

static PdfBuilder *new_document(void)
{
    PdfBuilder *builder = pdf_builder_new();
    pdf_builder_object(builder, 1, CATALOG);
    pdf_builder_object(builder, 2, PAGES);
    return builder;
}

static Walked *walk_document(PdfBuilder *builder)
{
    const GByteArray *bytes = pdf_builder_bytes(builder);
    return walk_fixture_bytes(bytes->data, bytes->len, "a.pdf",
                              (WalkFixtureOptions){.keeps_contents = true});
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

static void assert_bytes(const Walked *walked, const char *path, const void *bytes, size_t size)
{
    g_autofree char *sha256 = sha256_of(bytes, size);
    g_assert_cmpstr(find(walked, path)->sha256, ==, sha256);
}

// ---- Pictures ---------------------------------------------------------------------------------

static void pictures_are_delivered_as_they_were_put_in(void)
{
    static const struct {
        const char *path, *sha256, *type;
    } rows[] = {
        {"object 7", "d326286860ff608012cf7261d4c28b01c64c268fbc70c849bcbd22c6f5e5f696",
         "image/jp2"},
        {"object 34", "1e5828b40cac119a59b31a33ec241570ade418c5d1fba4d2cf88d718e76927a0",
         "image/jp2"},
        {"object 71", "1a7796a89b4221b847c426080f653e73e00d3f988d1adab6bd7b536e1cef431c",
         "image/jpeg"},
    };
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testPDF_angles.pdf", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const WalkedItem *item = find(walked, rows[i].path);
        g_assert_cmpstr(item->sha256, ==, rows[i].sha256);
        g_assert_cmpstr(item->type->media_type, ==, rows[i].type);
    }
    g_assert_cmpstr(find(walked, "object 71")->layer, ==, "{\"object\":71}");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

static void filters_around_a_picture_are_peeled(void)
{
    g_autoptr(GByteArray) picture = fixture("stills/jpeg-rgb.jpg");
    g_autoptr(GByteArray) zlib = packed(picture->data, picture->len);
    g_autoptr(GString) hex = g_string_new(NULL);
    for (unsigned i = 0; i < zlib->len; i++)
        g_string_append_printf(hex, "%02x", zlib->data[i]);
    g_string_append_c(hex, '>');
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, IMAGE "/Filter [/ASCIIHexDecode /FlateDecode /DCTDecode]",
                       hex->str, hex->len);
    pdf_builder_stream(builder, 4, IMAGE "/Filter [/Fl /DCT] /DecodeParms [null null]", zlib->data,
                       zlib->len);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    assert_bytes(walked, "object 3", picture->data, picture->len);
    assert_bytes(walked, "object 4", picture->data, picture->len);
}

static const uint8_t samples[] = {0,   10,  20,  30,  40,  50,  60,  70,  80,  90,  100,
                                  110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210,
                                  220, 230, 1,   2,   3,   4,   5,   6,   7,   8};

// The value of a TIFF entry with one value, or what stands in its value field.
static uint32_t tiff_value(const GByteArray *tiff, unsigned tag)
{
    unsigned count = (unsigned)(tiff->data[8] << 8 | tiff->data[9]);
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *entry = tiff->data + 10 + i * 12;
        uint32_t value = 0;
        if ((unsigned)(entry[0] << 8 | entry[1]) != tag)
            continue;
        for (unsigned k = 8; k < 12; k++)
            value = value << 8 | entry[k];
        bool is_short = entry[3] == 3 && entry[7] == 1;
        return is_short ? value >> 16 : value;
    }
    return UINT32_MAX;
}

typedef struct {
    const char *space;
    unsigned bytes; // of samples
    unsigned photometric, samples;
} SpaceRow;

static void check_bitmap(const SpaceRow *row)
{
    g_autoptr(PdfBuilder) builder = new_document();
    g_autoptr(GByteArray) zlib = packed(samples, row->bytes);
    g_autofree char *dictionary =
        g_strdup_printf(IMAGE "/Filter /FlateDecode /ColorSpace %s", row->space);
    pdf_builder_stream(builder, 3, dictionary, zlib->data, zlib->len);
    pdf_builder_stream(builder, 4, "/N 3", "profile", 7);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    const WalkedItem *item = find(walked, "object 3 (bitmap).tif");
    g_assert_cmpstr(item->type->media_type, ==, "image/tiff");
    const GByteArray *tiff = item->contents;
    uint32_t offset = tiff_value(tiff, 273);
    g_assert_cmpuint(tiff_value(tiff, 256), ==, 4);
    g_assert_cmpuint(tiff_value(tiff, 257), ==, 2);
    g_assert_cmpuint(tiff_value(tiff, 259), ==, 1);
    g_assert_cmpuint(tiff_value(tiff, 262), ==, row->photometric);
    g_assert_cmpuint(tiff_value(tiff, 277), ==, row->samples);
    g_assert_cmpuint(tiff_value(tiff, 279), ==, row->bytes);
    g_assert_cmpuint(tiff->len, ==, offset + row->bytes);
    g_assert_cmpmem(tiff->data + offset, row->bytes, samples, row->bytes);
    g_assert_null(walked_finding(item, FINDING_NOT_EXAMINED));
}

static void samples_become_a_file(void)
{
    static const SpaceRow rows[] = {
        {"/DeviceGray", 8, 1, 1},
        {"/DeviceRGB", 24, 2, 3},
        {"/DeviceCMYK", 32, 5, 4},
        {"[/ICCBased 4 0 R]", 24, 2, 3},
        {"[/CalRGB << >>]", 24, 2, 3},
        {"[/Separation /Black /DeviceGray null]", 8, 0, 1},
        {"[/Indexed /DeviceRGB 1 <000000ffffff>]", 8, 3, 1},
        {"/DeviceGray /Decode [1 0]", 8, 0, 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check_bitmap(&rows[i]);
}

static void a_palette_is_kept(void)
{
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, IMAGE "/ColorSpace [/Indexed /DeviceCMYK 1 4 0 R]", samples, 8);
    pdf_builder_stream(builder, 4, "", "\0\0\0\0\xff\0\0\x7f", 8);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    const GByteArray *tiff = find(walked, "object 3 (bitmap).tif")->contents;
    const uint8_t *map = tiff->data + tiff_value(tiff, 320);
    // Red, green, blue of the second colour: cyan, half black.
    g_assert_cmphex(map[2], ==, 0x00);
    g_assert_cmphex(map[2 * 256 + 2], ==, 0x80);
    g_assert_cmphex(map[2 * 512 + 2], ==, 0x80);
    g_assert_cmphex(map[0], ==, 0xff);
}

static void fax_codes_are_kept_behind_a_header(void)
{
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3,
                       "/Subtype /Image /Width 1728 /Height 9 /BitsPerComponent 1 "
                       "/ColorSpace /DeviceGray /Filter /CCITTFaxDecode "
                       "/DecodeParms << /K -1 /Columns 1728 >>",
                       samples, 10);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    const GByteArray *tiff = find(walked, "object 3 (bitmap).tif")->contents;
    g_assert_cmpuint(tiff_value(tiff, 259), ==, 4);
    g_assert_cmpuint(tiff_value(tiff, 262), ==, 0);
    g_assert_cmpuint(tiff_value(tiff, 279), ==, 10);
    g_assert_cmpmem(tiff->data + tiff_value(tiff, 273), 10, samples, 10);
}

static void what_cannot_be_converted_is_said(void)
{
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, IMAGE "/ColorSpace [/Lab << >>]", samples, 24);
    pdf_builder_stream(builder, 4, IMAGE "/Filter /JBIG2Decode", samples, 24);
    pdf_builder_stream(builder, 5, "/Filter /UnheardOf", samples, 24);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    g_assert_cmpstr(walked_finding(find(walked, "object 3"), FINDING_NOT_EXAMINED), ==,
                    "a bitmap whose colour space is not converted");
    g_assert_cmpstr(walked_finding(find(walked, "object 4"), FINDING_NOT_EXAMINED), ==,
                    "a JBIG2 picture, which nothing here decodes");
    g_assert_cmpstr(walked_finding(find(walked, "object 5"), FINDING_NOT_EXAMINED), ==,
                    "coded by a filter that is not known");
    assert_bytes(walked, "object 5", samples, 24);
}

// ---- Attached files ---------------------------------------------------------------------------

static void attached_documents_are_opened(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testPDF_deeplyEmbeddedAttachments.pdf", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    unsigned attached = 0;
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        attached += item->depth == 1 && g_str_has_prefix(item->name, "files/orig");
    }
    g_assert_cmpuint(attached, ==, 20);
    g_assert_nonnull(find(walked, "files/orig(13).pdf > object 5"));
}

static void files_are_found_wherever_they_are_attached(void)
{
    g_autoptr(GByteArray) picture = fixture("stills/png-rgb.png");
    g_autoptr(PdfBuilder) builder = new_document();
    // In an array in an annotation, without a type.
    pdf_builder_object(builder, 3,
                       "<< /Any [1 [<< /F (old.png) /UF (new\\040name.png) /EF << /F 4 0 R >> >>]] "
                       ">>");
    pdf_builder_stream(builder, 4,
                       "/Params << /ModDate (D:20240229120000+01'00') "
                       "/CreationDate (D:20240229120000) >>",
                       picture->data, picture->len);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    assert_bytes(walked, "new name.png", picture->data, picture->len);
    const ItemTimes *times = &find(walked, "new name.png")->times;
    g_assert_cmpint(times->modified.zone, ==, ZONE_UTC);
    g_assert_cmpint(times->modified.seconds, ==, 1709204400);
    g_assert_cmpint(times->created.zone, ==, ZONE_UNKNOWN);
    g_assert_cmpint(times->created.seconds, ==, 1709208000);
}

static void dates_are_read_as_far_as_they_go(void)
{
    static const struct {
        const char *text;
        Zone zone;
        int64_t seconds;
    } rows[] = {
        {"D:19700101000000Z", ZONE_UTC, 0},
        {"D:20000301", ZONE_UNKNOWN, 951868800},
        {"2000", ZONE_UNKNOWN, 946684800},
        {"D:20240229120000-05'30'", ZONE_UTC, 1709227800},
        {"D:20241301", ZONE_NONE, 0},
        {"D:202", ZONE_NONE, 0},
        {"", ZONE_NONE, 0},
        {"yesterday", ZONE_NONE, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ItemTime time = pdf_date(rows[i].text);
        g_assert_cmpint(time.zone, ==, rows[i].zone);
        g_assert_cmpint(time.seconds, ==, rows[i].seconds);
    }
}

// ---- Older states -----------------------------------------------------------------------------

static void a_picture_that_a_later_state_dropped_is_found(void)
{
    g_autoptr(PdfBuilder) builder = new_document();
    g_autoptr(GByteArray) zlib = packed(samples, 24);
    pdf_builder_stream(builder, 3, IMAGE "/ColorSpace /DeviceRGB /Filter /FlateDecode", zlib->data,
                       zlib->len);
    pdf_builder_stream(builder, 4, "", "stays", 5);
    pdf_builder_close(builder);
    pdf_builder_object(builder, 3, "null");
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    const WalkedItem *item = find(walked, "object 3, revision 1 (bitmap).tif");
    g_assert_cmpstr(item->layer, ==, "{\"object\":3,\"revision\":1}");
    g_assert_nonnull(walked_finding(item, FINDING_DELETED));
    // What did not change is delivered once.
    g_assert_nonnull(find(walked, "object 4"));
    g_assert_null(walked_find(walked, "object 4, revision 1"));
}

static void a_real_document_with_updates_gives_its_older_states(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testPDF_incrementalUpdates.pdf", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    g_assert_cmpstr(find(walked, "object 27")->sha256, ==,
                    "44f23945147b387d5a35a89a9ac4014aaf1fa66e7213ece8a9b959b8c2b96aa4");
    g_assert_nonnull(find(walked, "object 2"));
    g_assert_nonnull(find(walked, "object 2, revision 2"));
    g_assert_nonnull(find(walked, "object 2, revision 3"));
}

// ---- Around the document ----------------------------------------------------------------------

static void bytes_behind_and_before_the_document_are_found(void)
{
    g_autoptr(GByteArray) behind = fixture("stills/jpeg-exif.jpg");
    g_autoptr(GByteArray) before = fixture("stills/jpeg-rgb.jpg");
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, "", "stays", 5);
    pdf_builder_close(builder);
    GByteArray *bytes = pdf_builder_bytes(builder);
    g_byte_array_append(bytes, behind->data, behind->len);
    g_byte_array_prepend(bytes, before->data, before->len);
    g_byte_array_prepend(bytes, (const guint8 *)"\x01\x02\x03 before ", 11);
    // Readers want to see the end near the end.
    g_byte_array_append(bytes, (const guint8 *)"startxref", 9);
    g_autoptr(Walked) walked = walk_document(builder);
    g_autofree char *behind_sha256 = sha256_of(behind->data, behind->len);
    g_autofree char *before_sha256 = sha256_of(before->data, before->len);
    g_assert_nonnull(walked_find_sha256(walked, behind_sha256));
    g_assert_nonnull(walked_find_sha256(walked, before_sha256));
    g_assert_nonnull(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
    assert_bytes(walked, "object 3", "stays", 5);
}

static void a_picture_between_objects_is_found(void)
{
    g_autoptr(GByteArray) picture = fixture("stills/jpeg-exif.jpg");
    g_autoptr(PdfBuilder) builder = new_document();
    g_byte_array_append(pdf_builder_bytes(builder), picture->data, picture->len);
    pdf_builder_stream(builder, 3, "", "stays", 5);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    g_autofree char *sha256 = sha256_of(picture->data, picture->len);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
}

// ---- Damage -----------------------------------------------------------------------------------

static void a_document_cut_before_its_end_gives_its_objects(void)
{
    g_autoptr(GByteArray) picture = fixture("stills/jpeg-rgb.jpg");
    g_autoptr(GByteArray) zlib = packed(samples, 24);
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, IMAGE "/Filter /DCTDecode", picture->data, picture->len);
    pdf_builder_stream(builder, 4, IMAGE "/ColorSpace /DeviceRGB /Filter /FlateDecode", zlib->data,
                       zlib->len);
    pdf_builder_object(builder, 5, "<< /Cut");
    g_autoptr(Walked) walked = walk_document(builder);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
    assert_bytes(walked, "object 3", picture->data, picture->len);
    g_assert_nonnull(find(walked, "object 4 (bitmap).tif"));
}

static void an_update_cut_before_its_end_gives_its_objects(void)
{
    g_autoptr(GByteArray) zlib = packed(samples, 24);
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, "", "old", 3);
    pdf_builder_close(builder);
    pdf_builder_stream(builder, 3, "", "new", 3);
    pdf_builder_stream(builder, 4, IMAGE "/ColorSpace /DeviceRGB /Filter /FlateDecode", zlib->data,
                       zlib->len);
    g_autoptr(Walked) walked = walk_document(builder);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
    assert_bytes(walked, "object 3", "new", 3);
    assert_bytes(walked, "object 3, revision 1", "old", 3);
    g_assert_nonnull(find(walked, "object 4 (bitmap).tif"));
}

static void nothing_but_a_header_is_corrupt(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_bytes("%PDF-1.4\nnothing", 16, "a.pdf", (WalkFixtureOptions){0});
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 16);
}

static void a_stream_that_breaks_off_is_corrupt(void)
{
    g_autoptr(GByteArray) zlib = packed(samples, sizeof samples);
    g_autoptr(PdfBuilder) builder = new_document();
    zlib->data[zlib->len / 2] ^= 0xff;
    zlib->data[zlib->len / 2 + 1] ^= 0xff;
    pdf_builder_stream(builder, 3, "/Filter /FlateDecode", zlib->data, zlib->len);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    const WalkedItem *item = find(walked, "object 3");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(item->reason, ==, "the stream is damaged: decoding broke off");
}

static void a_stream_longer_than_a_window_is_read_whole(void)
{
    // 64 MiB are decoded at once.
    size_t size = (64u << 20) + 12345;
    g_autofree uint8_t *bytes = g_malloc0(size);
    for (size_t i = 0; i < size; i += 1000)
        bytes[i] = (uint8_t)(i / 1000);
    g_autoptr(GByteArray) zlib = packed(bytes, size);
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, "/Filter /FlateDecode", zlib->data, zlib->len);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    g_assert_cmpuint(find(walked, "object 3")->size_bytes, ==, size);
    assert_bytes(walked, "object 3", bytes, size);
}

static void a_stream_that_unpacks_without_end_is_ended(void)
{
    // 64 MiB of zeroes, packed twice more: a few hundred bytes.
    size_t size = 64u << 20;
    g_autofree uint8_t *zeroes = g_malloc0(size);
    g_autoptr(GByteArray) once = packed(zeroes, size);
    g_autoptr(GByteArray) many = g_byte_array_new();
    for (unsigned i = 0; i < 64; i++)
        g_byte_array_append(many, once->data, once->len);
    g_autoptr(GByteArray) twice = packed(many->data, many->len);
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_stream(builder, 3, "/Filter [/FlateDecode /FlateDecode]", twice->data, twice->len);
    pdf_builder_close(builder);
    const GByteArray *bytes = pdf_builder_bytes(builder);
    g_autoptr(Walked) walked = walk_fixture_bytes(bytes->data, bytes->len, "a.pdf",
                                                  (WalkFixtureOptions){.time_limit_ms = 3000});
    g_assert_nonnull(find(walked, "object 3"));
}

static void brackets_without_end_are_no_crash(void)
{
    g_autoptr(PdfBuilder) builder = new_document();
    g_autofree char *brackets = g_strnfill(200000, '[');
    pdf_builder_object(builder, 3, brackets);
    pdf_builder_stream(builder, 4, "", "stays", 5);
    pdf_builder_close(builder);
    g_autoptr(Walked) walked = walk_document(builder);
    g_assert_cmpuint(walked->items->len, >=, 1);
}

// ---- Encryption -------------------------------------------------------------------------------

static void assert_opened(const Walked *walked, const char *detail)
{
    g_autoptr(GByteArray) jpeg = fixture("stills/jpeg-rgb.jpg");
    g_autoptr(GByteArray) png = fixture("stills/png-rgb.png");
    assert_bytes(walked, "object 4", jpeg->data, jpeg->len);
    assert_bytes(walked, "attached.png", png->data, png->len);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_ENCRYPTED), ==, detail);
}

static Walked *walk_encrypted(const char *name, const char *const *passwords)
{
    g_autofree char *relative = g_build_filename("documents", name, NULL);
    g_autoptr(GByteArray) bytes = fixture(relative);
    return walk_fixture_bytes(bytes->data, bytes->len, name,
                              (WalkFixtureOptions){.passwords = passwords});
}

static void documents_without_a_user_password_open(void)
{
    static const struct {
        const char *name, *detail;
    } rows[] = {
        {"rc4-40.pdf", "PDF, RC4; opened without a password"},
        {"aes-128.pdf", "PDF, AES-128; opened without a password"},
        {"aes-256.pdf", "PDF, AES-256; opened without a password"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Walked) walked = walk_encrypted(rows[i].name, NULL);
        assert_opened(walked, rows[i].detail);
    }
}

static void passwords_are_tried(void)
{
    static const char *const passwords[] = {"wrong", "open sesame",
                                            "\xc3\x96"
                                            "ffne dich",
                                            NULL};
    g_autoptr(Walked) rc4 = walk_encrypted("rc4-128-password.pdf", passwords);
    assert_opened(rc4, "PDF, RC4; opened with a password that was given");
    g_autoptr(Walked) aes = walk_encrypted("aes-256-password.pdf", passwords);
    assert_opened(aes, "PDF, AES-256; opened with a password that was given");
}

static void without_the_password_it_is_said(void)
{
    static const char *const passwords[] = {"wrong", NULL};
    g_autoptr(Walked) walked = walk_encrypted("aes-256-password.pdf", passwords);
    const WalkedItem *root = walked_root(walked);
    g_assert_cmpint(root->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpstr(root->reason, ==, "it needs a password, and none that was given fits");
    g_assert_cmpstr(walked_finding(root, FINDING_ENCRYPTED), ==, "PDF with a password");
    g_assert_cmpuint(root->not_examined_bytes, ==, root->size_bytes);
}

static void a_lock_that_takes_more_than_a_password_is_said(void)
{
    g_autoptr(PdfBuilder) builder = new_document();
    pdf_builder_object(builder, 3, "<< /Filter /Adobe.PubSec /V 4 /R 4 >>");
    pdf_builder_close(builder);
    GByteArray *bytes = pdf_builder_bytes(builder);
    g_autofree char *text = g_strndup((const char *)bytes->data, bytes->len);
    char *root = strstr(text, "/Root 1 0 R");
    g_autofree char *locked =
        g_strdup_printf("%.*s/Encrypt 3 0 R /ID [(0123456789012345) (0123456789012345)] %s",
                        (int)(root - text), text, root);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(locked, strlen(locked), "a.pdf", (WalkFixtureOptions){0});
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_ENCRYPTED);
    g_assert_nonnull(walked_finding(walked_root(walked), FINDING_ENCRYPTED));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*run)(void);
    } tests[] = {
        {"/pdf/pictures_are_delivered_as_they_were_put_in",
         pictures_are_delivered_as_they_were_put_in},
        {"/pdf/filters_around_a_picture_are_peeled", filters_around_a_picture_are_peeled},
        {"/pdf/samples_become_a_file", samples_become_a_file},
        {"/pdf/a_palette_is_kept", a_palette_is_kept},
        {"/pdf/fax_codes_are_kept_behind_a_header", fax_codes_are_kept_behind_a_header},
        {"/pdf/what_cannot_be_converted_is_said", what_cannot_be_converted_is_said},
        {"/pdf/attached_documents_are_opened", attached_documents_are_opened},
        {"/pdf/files_are_found_wherever_they_are_attached",
         files_are_found_wherever_they_are_attached},
        {"/pdf/dates_are_read_as_far_as_they_go", dates_are_read_as_far_as_they_go},
        {"/pdf/a_picture_that_a_later_state_dropped_is_found",
         a_picture_that_a_later_state_dropped_is_found},
        {"/pdf/a_real_document_with_updates_gives_its_older_states",
         a_real_document_with_updates_gives_its_older_states},
        {"/pdf/bytes_behind_and_before_the_document_are_found",
         bytes_behind_and_before_the_document_are_found},
        {"/pdf/a_picture_between_objects_is_found", a_picture_between_objects_is_found},
        {"/pdf/a_document_cut_before_its_end_gives_its_objects",
         a_document_cut_before_its_end_gives_its_objects},
        {"/pdf/an_update_cut_before_its_end_gives_its_objects",
         an_update_cut_before_its_end_gives_its_objects},
        {"/pdf/nothing_but_a_header_is_corrupt", nothing_but_a_header_is_corrupt},
        {"/pdf/a_stream_that_breaks_off_is_corrupt", a_stream_that_breaks_off_is_corrupt},
        {"/pdf/a_stream_longer_than_a_window_is_read_whole",
         a_stream_longer_than_a_window_is_read_whole},
        {"/pdf/a_stream_that_unpacks_without_end_is_ended",
         a_stream_that_unpacks_without_end_is_ended},
        {"/pdf/brackets_without_end_are_no_crash", brackets_without_end_are_no_crash},
        {"/pdf/documents_without_a_user_password_open", documents_without_a_user_password_open},
        {"/pdf/passwords_are_tried", passwords_are_tried},
        {"/pdf/without_the_password_it_is_said", without_the_password_it_is_said},
        {"/pdf/a_lock_that_takes_more_than_a_password_is_said",
         a_lock_that_takes_more_than_a_password_is_said},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].path, tests[i].run);
    return g_test_run();
}

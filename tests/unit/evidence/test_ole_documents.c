// SPDX-License-Identifier: Apache-2.0
//
// Office files of other people: what lies in them is found, byte for byte. The digests of pictures
// are those in sibling files that another program wrote as ZIP (pic.xls and pic.xlsx), or of parts
// cut out by offsets; the streams of every file are compared with what libgsf reads.
#include <glib.h>
#include <gsf/gsf.h>
#include <string.h>

#include "walk_fixture.h"

#define TIKA "evidence/apache_tika/"

static const char green_png[] = "c7ed7eaee12184fbae328aec72e7448b65c46296dbb04eae90e0bac9e0de9f32";
static const char small_jpeg[] = "4cf692f77946e6e88a35077868088af8a074fe6db3e0580ce2b3ebc737a83c24";
static const char large_png[] = "05a62264c46e5475a2d1e6c12a4a0f506a606b8a810c89f7853550ee4b18887a";

typedef struct {
    const char *path, *sha256;
} Expected;

static void assert_items(const Walked *walked, const Expected *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const WalkedItem *item = walked_find(walked, expected[i].path);
        if (item == NULL) {
            walked_dump(walked);
            g_error("nothing at %s", expected[i].path);
        }
        g_assert_cmpstr(item->sha256, ==, expected[i].sha256);
    }
}

// ---- Pictures ---------------------------------------------------------------------------------

static void pictures_of_a_workbook_equal_those_of_its_sibling(void)
{
    // unzip -p pic.xlsx xl/media/image1.jpeg and image2.jpeg; records cut both every 8 KB.
    static const Expected expected[] = {
        {"Workbook > drawings > picture 1",
         "fe7b811a545395078032323340fad490b72cf5848a886b2564fc7a7c4cf0bf73"},
        {"Workbook > drawings > picture 2",
         "ff86372ce43519d675b8d8d29c98e9ccbe905d400ba057c8544fa001fa4d8e73"},
    };
    g_autoptr(Walked) walked = walk_fixture_media(TIKA "pic.xls", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    assert_items(walked, expected, G_N_ELEMENTS(expected));
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 0);
    const WalkedItem *second = walked_find(walked, expected[1].path);
    g_assert_cmpstr(second->locator, ==, "{\"stream\":1},{\"drawings\":1},{\"picture\":2}");
    g_assert_cmpstr(second->type->media_type, ==, "image/jpeg");
}

static bool is_carved_picture(const WalkedItem *item)
{
    return item->finished && walked_finding(item, FINDING_CARVED) != NULL;
}

static void records_that_cut_a_picture_are_not_taken_for_a_part_of_it(void)
{
    g_autoptr(Walked) walked = walk_fixture_media(TIKA "pic.xls", (WalkFixtureOptions){0});
    if (walked != NULL)
        g_assert_cmpuint(walked_count(walked, is_carved_picture), ==, 0);
}

static void pictures_of_a_text_are_found_beside_it(void)
{
    // unzip -p testWORD_3imgs.docx word/media/image2.png, image4.png; image3.jpeg without what is
    // appended to it there.
    static const Expected expected[] = {{"WordDocument > picture 1", green_png},
                                        {"WordDocument > picture 2", small_jpeg},
                                        {"WordDocument > picture 3", large_png}};
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testWORD_3imgs.doc", (WalkFixtureOptions){0});
    if (walked != NULL)
        assert_items(walked, expected, G_N_ELEMENTS(expected));
}

static void pictures_of_a_presentation_are_found(void)
{
    static const Expected expected[] = {
        {"Pictures > picture 1", green_png},
        {"Pictures > picture 2",
         "30dc2e216188cbfca584e3b40fb4ed273995127c3f84dbb8005e844c5ce9ece0"},
        {"Pictures > picture 3",
         "eaaa382c2cabec611d7f0dd939cbfd07dc0132caba6991fffd117111520cdacc"},
    };
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testPPT_2imgs.ppt", (WalkFixtureOptions){0});
    if (walked != NULL)
        assert_items(walked, expected, G_N_ELEMENTS(expected));
}

static void pictures_inside_packed_metafiles_are_found(void)
{
    static const Expected expected[] = {
        {"Data > picture 2 > @0xc84", green_png},
        {"Data > picture 3 > @0x5770", small_jpeg},
        {"Data > picture 3 > @0x8ba4", large_png},
    };
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testWORD_embeded.doc", (WalkFixtureOptions){0});
    if (walked != NULL)
        assert_items(walked, expected, G_N_ELEMENTS(expected));
}

// ---- Documents in documents -------------------------------------------------------------------

static void objects_of_a_presentation_in_a_workbook_are_opened(void)
{
    static const Expected expected[] = {
        {"MBD0003271D/PowerPoint Document > object 1 > Workbook > drawings > picture 1", green_png},
        {"MBD0003271D/PowerPoint Document > object 2 > WordDocument > picture 2", small_jpeg},
        {"MBD0003271D/PowerPoint Document > object 2 > WordDocument > picture 3", large_png},
        {"MBD00032A24/WordDocument > picture 1", green_png},
    };
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testEXCEL_embeded.xls", (WalkFixtureOptions){0});
    if (walked != NULL)
        assert_items(walked, expected, G_N_ELEMENTS(expected));
}

static void an_attachment_has_its_own_name_and_times(void)
{
    static const Expected expected[] = {
        {"__attach_version1.0_#00000001/smbprn.00009008.KdcPjl.pdf",
         "1bd629440fff7a30e340c95e51f2732f239ff7115be211aaa23ba498d0f1b208"},
    };
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testMSG_att_msg.msg", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    assert_items(walked, expected, G_N_ELEMENTS(expected));
    const WalkedItem *item = walked_find(walked, expected[0].path);
    g_assert_cmpint(item->times.modified.zone, ==, ZONE_UTC);
    // The message inside the message is a storage of the same file.
    g_assert_nonnull(walked_find(walked, "__attach_version1.0_#00000000/__substg1.0_3701000D/"
                                         "__substg1.0_0037001F"));
}

static void addresses_of_a_message_are_told(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media(TIKA "testMSG_att_msg.msg", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    const GPtrArray *identifiers = walked_root(walked)->identifiers;
    g_assert_cmpuint(identifiers->len, ==, 1);
    const Identifier *identifier = identifiers->pdata[0];
    g_assert_cmpstr(identifier->value, ==, "nick.booth@pof.com.au");
}

// ---- An independent reader --------------------------------------------------------------------

typedef struct {
    const Walked *walked;
    unsigned streams;
} Comparison;

static void compare_stream(Comparison *comparison, GsfInput *input)
{
    size_t size = (size_t)gsf_input_size(input);
    g_autofree uint8_t *bytes = g_malloc(size + 1);
    if (size > 0)
        g_assert_nonnull(gsf_input_read(input, size, bytes));
    g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);
    const WalkedItem *item = walked_find_sha256(comparison->walked, sha256);
    if (item == NULL)
        g_error("the stream %s is missing", gsf_input_name(input));
    g_assert_cmpuint(item->size_bytes, ==, size);
    comparison->streams++;
}

static void compare_storage(Comparison *comparison, GsfInfile *storage)
{
    for (int i = 0; i < gsf_infile_num_children(storage); i++) {
        GsfInput *child = gsf_infile_child_by_index(storage, i);
        g_assert_nonnull(child);
        bool is_storage = GSF_IS_INFILE(child) && gsf_infile_num_children(GSF_INFILE(child)) >= 0;
        if (is_storage)
            compare_storage(comparison, GSF_INFILE(child));
        else
            compare_stream(comparison, child);
        g_object_unref(child);
    }
}

static bool is_stream(const WalkedItem *item)
{
    return item->finished && item->depth == 1 && g_str_has_prefix(item->layer, "{\"stream\"");
}

static void streams_are_those_that_libgsf_reads(void)
{
    static const struct {
        const char *path;
        unsigned streams;
    } files[] = {
        {TIKA "pic.xls", 4},
        {TIKA "testEXCEL_embeded.xls", 17},
        {TIKA "testMSG_att_msg.msg", 165},
        {TIKA "testPPT_2imgs.ppt", 5},
        {TIKA "testWORD_3imgs.doc", 6},
        {TIKA "testWORD_embeded.doc", 25},
    };
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(Walked) walked = walk_fixture_media(files[i].path, (WalkFixtureOptions){0});
        if (walked == NULL)
            return;
        g_autofree char *path = g_build_filename(media, files[i].path, NULL);
        g_autofree char *bytes = NULL;
        gsize size = 0;
        g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
        GsfInput *input = gsf_input_memory_new((const guint8 *)bytes, (gsf_off_t)size, FALSE);
        GsfInfile *file = gsf_infile_msole_new(input, NULL);
        g_assert_nonnull(file);
        Comparison comparison = {.walked = walked};
        compare_storage(&comparison, file);
        g_object_unref(file);
        g_object_unref(input);
        g_assert_cmpuint(comparison.streams, ==, files[i].streams);
        g_assert_cmpuint(walked_count(walked, is_stream), ==, files[i].streams);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    gsf_init();
    g_test_add_func("/ole/pictures_of_a_workbook_equal_those_of_its_sibling",
                    pictures_of_a_workbook_equal_those_of_its_sibling);
    g_test_add_func("/ole/records_that_cut_a_picture_are_not_taken_for_a_part_of_it",
                    records_that_cut_a_picture_are_not_taken_for_a_part_of_it);
    g_test_add_func("/ole/pictures_of_a_text_are_found_beside_it",
                    pictures_of_a_text_are_found_beside_it);
    g_test_add_func("/ole/pictures_of_a_presentation_are_found",
                    pictures_of_a_presentation_are_found);
    g_test_add_func("/ole/pictures_inside_packed_metafiles_are_found",
                    pictures_inside_packed_metafiles_are_found);
    g_test_add_func("/ole/objects_of_a_presentation_in_a_workbook_are_opened",
                    objects_of_a_presentation_in_a_workbook_are_opened);
    g_test_add_func("/ole/an_attachment_has_its_own_name_and_times",
                    an_attachment_has_its_own_name_and_times);
    g_test_add_func("/ole/addresses_of_a_message_are_told", addresses_of_a_message_are_told);
    g_test_add_func("/ole/streams_are_those_that_libgsf_reads",
                    streams_are_those_that_libgsf_reads);
    int result = g_test_run();
    gsf_shutdown();
    return result;
}

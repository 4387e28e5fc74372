// SPDX-License-Identifier: Apache-2.0
//
// Compound files that are cut short, hide something or want to exhaust the reader.
#include <glib.h>
#include <string.h>

#include "evidence/ole_file.h"
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

static Walked *walk_bytes(const GByteArray *file, const char *name)
{
    return walk_fixture_bytes(file->data, file->len, name, (WalkFixtureOptions){0});
}

static GByteArray *bytes_of(char value, unsigned size)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, size);
    memset(bytes->data, value, size);
    return bytes;
}

static char *sha256_of(const GByteArray *bytes)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
}

// ---- Streams ----------------------------------------------------------------------------------

static void names_are_paths_and_layers_are_directory_numbers(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    uint32_t outer = ole_builder_storage(builder, 0, "outer");
    uint32_t inner = ole_builder_storage(builder, outer, "inner");
    ole_builder_stream(builder, inner, "\001data", "abc", 3);
    ole_builder_stream(builder, 0, "top", "de", 2);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    const WalkedItem *data = walked_find(walked, "outer/inner/\001data");
    g_assert_nonnull(data);
    g_assert_cmpstr(data->layer, ==, "{\"stream\":3}");
    g_assert_cmpuint(data->size_bytes, ==, 3);
    g_assert_cmpstr(walked_find(walked, "top")->layer, ==, "{\"stream\":4}");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

static void sectors_of_4096_bytes_are_read(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(12);
    g_autoptr(GByteArray) bytes = bytes_of('x', 9000);
    ole_builder_stream(builder, 0, "stream", bytes->data, bytes->len);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    g_autofree char *sha256 = sha256_of(bytes);
    g_assert_cmpstr(walked_find(walked, "stream")->sha256, ==, sha256);
}

static void a_stream_that_no_storage_leads_to_is_found(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) picture = still("jpeg-rgb.jpg");
    ole_builder_stream(builder, 0, "seen", "abc", 3);
    ole_builder_unlinked(builder, "hidden", picture->data, picture->len);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    const WalkedItem *hidden = walked_find(walked, "hidden");
    g_autofree char *sha256 = sha256_of(picture);
    g_assert_cmpstr(hidden->sha256, ==, sha256);
    g_assert_nonnull(walked_finding(hidden, FINDING_DELETED));
}

static void a_picture_in_free_sectors_is_found(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) picture = still("jpeg-exif.jpg");
    ole_builder_stream(builder, 0, "before", "abc", 3);
    ole_builder_free_bytes(builder, picture->data, picture->len);
    ole_builder_stream(builder, 0, "behind", "abc", 3);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    g_autofree char *sha256 = sha256_of(picture);
    const WalkedItem *item = walked_find_sha256(walked, sha256);
    g_assert_nonnull(item);
    g_assert_nonnull(walked_finding(item, FINDING_CARVED));
    g_assert_cmpstr(item->name, ==, "@0x600");
}

static void a_picture_behind_the_end_is_found_and_said(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) picture = still("jpeg-exif.jpg");
    ole_builder_stream(builder, 0, "stream", "abc", 3);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    g_byte_array_append(file, picture->data, picture->len);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    g_autofree char *sha256 = sha256_of(picture);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
    g_assert_nonnull(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
}

static void a_file_cut_short_gives_what_is_there(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) large = bytes_of('x', 5000);
    ole_builder_stream(builder, 0, "large", large->data, large->len);
    g_autoptr(GByteArray) whole = ole_builder_finish(builder);
    // The directory is the last sector: in front of the contents, it survives a cut.
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_byte_array_append(file, whole->data, 1024);
    g_byte_array_append(file, whole->data + whole->len - 512, 512);
    g_byte_array_append(file, whole->data + 1024, 2048);
    uint32_t *fat = (uint32_t *)(void *)(file->data + 512);
    fat[1] = GUINT32_TO_LE(0xfffffffeu); // the directory
    for (uint32_t i = 2; i < 11; i++)
        fat[i] = GUINT32_TO_LE(i + 1);
    fat[11] = GUINT32_TO_LE(0xfffffffeu);
    file->data[48] = 1;
    file->data[1024 + 128 + 116] = 2;
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    const WalkedItem *item = walked_find(walked, "large");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(item->reason, ==, "only 2048 of 5000 bytes of the stream are there");
    g_assert_cmpuint(item->size_bytes, ==, 2048);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
}

static void a_file_without_a_directory_is_searched(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) picture = still("jpeg-exif.jpg");
    ole_builder_stream(builder, 0, "stream", picture->data, picture->len);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    g_byte_array_set_size(file, file->len - 512);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    g_autofree char *sha256 = sha256_of(picture);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
}

// ---- Loops and depths -------------------------------------------------------------------------

static void a_chain_that_meets_itself_ends(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) large = bytes_of('x', 5000);
    ole_builder_stream(builder, 0, "large", large->data, large->len);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    uint32_t *fat = (uint32_t *)(void *)(file->data + 512);
    fat[3] = GUINT32_TO_LE(1);   // the stream goes back to its first sector
    fat[11] = GUINT32_TO_LE(11); // the directory to itself
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    g_assert_cmpuint(walked_find(walked, "large")->size_bytes, ==, 5000);
    g_assert_cmpuint(walked->items->len, ==, 2);
}

static void a_directory_whose_tree_is_a_long_chain_is_read(void)
{
    // libgsf 1.14.50 recurses once for each and overflows the stack.
    g_autoptr(OleBuilder) builder = ole_builder_new(12);
    for (unsigned i = 0; i < 100000; i++)
        ole_builder_stream(builder, 0, "s", "", 0);
    g_autoptr(GByteArray) bytes = ole_builder_finish(builder);
    g_autoptr(Source) source = source_new_memory(bytes->data, bytes->len);
    g_autoptr(OleFile) file = ole_file_open(source, NULL);
    g_assert_nonnull(file);
    g_assert_cmpuint(ole_file_count(file), ==, 100000);
}

static void a_tree_that_meets_itself_gives_each_entry_once(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    uint32_t storage = ole_builder_storage(builder, 0, "storage");
    ole_builder_stream(builder, storage, "stream", "abc", 3);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    uint8_t *directory = file->data + file->len - 512;
    directory[2 * 128 + 76] = 1; // the stream's child is its own storage
    directory[2 * 128 + 68] = 1; // and its left sibling as well
    memset(directory + 2 * 128 + 69, 0, 3);
    memset(directory + 2 * 128 + 77, 0, 3);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    g_assert_nonnull(walked_find(walked, "storage/stream"));
    g_assert_cmpuint(walked->items->len, ==, 2);
}

static void storages_nested_too_deep_are_said(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    uint32_t storage = 0;
    for (unsigned i = 0; i < 40; i++)
        storage = ole_builder_storage(builder, storage, "s");
    ole_builder_stream(builder, storage, "stream", "abc", 3);
    g_autoptr(GByteArray) file = ole_builder_finish(builder);
    g_autoptr(Walked) walked = walk_bytes(file, "a.doc");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_LIMIT);
    g_assert_cmpstr(walked_root(walked)->reason, ==,
                    "its storages are nested deeper than is followed");
    // Found all the same, as an entry that nothing followed leads to.
    g_assert_nonnull(walked_find(walked, "stream"));
}

// ---- Unused bytes -----------------------------------------------------------------------------

static void every_byte_belongs_to_a_stream_or_is_unused_or_is_structure(void)
{
    g_autoptr(OleBuilder) builder = ole_builder_new(9);
    g_autoptr(GByteArray) bytes = bytes_of('x', 700);
    ole_builder_stream(builder, 0, "stream", bytes->data, bytes->len);
    ole_builder_free_bytes(builder, bytes->data, bytes->len);
    g_autoptr(GByteArray) written = ole_builder_finish(builder);
    g_autoptr(Source) source = source_new_memory(written->data, written->len);
    g_autoptr(OleFile) file = ole_file_open(source, NULL);
    g_autoptr(GArray) unused = ole_file_unused(file);
    // Header, FAT, two sectors of stream (its last 324 bytes are slack), two free, directory.
    g_assert_cmpuint(unused->len, ==, 1);
    const Extent *extent = &g_array_index(unused, Extent, 0);
    g_assert_cmpuint(extent->offset, ==, 1024 + 700);
    g_assert_cmpuint(extent->size_bytes, ==, 324 + 1024);
    g_assert_cmpuint(ole_file_end(file), ==, written->len);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ole_file/names_are_paths_and_layers_are_directory_numbers",
                    names_are_paths_and_layers_are_directory_numbers);
    g_test_add_func("/ole_file/sectors_of_4096_bytes_are_read", sectors_of_4096_bytes_are_read);
    g_test_add_func("/ole_file/a_stream_that_no_storage_leads_to_is_found",
                    a_stream_that_no_storage_leads_to_is_found);
    g_test_add_func("/ole_file/a_picture_in_free_sectors_is_found",
                    a_picture_in_free_sectors_is_found);
    g_test_add_func("/ole_file/a_picture_behind_the_end_is_found_and_said",
                    a_picture_behind_the_end_is_found_and_said);
    g_test_add_func("/ole_file/a_file_cut_short_gives_what_is_there",
                    a_file_cut_short_gives_what_is_there);
    g_test_add_func("/ole_file/a_file_without_a_directory_is_searched",
                    a_file_without_a_directory_is_searched);
    g_test_add_func("/ole_file/a_chain_that_meets_itself_ends", a_chain_that_meets_itself_ends);
    g_test_add_func("/ole_file/a_directory_whose_tree_is_a_long_chain_is_read",
                    a_directory_whose_tree_is_a_long_chain_is_read);
    g_test_add_func("/ole_file/a_tree_that_meets_itself_gives_each_entry_once",
                    a_tree_that_meets_itself_gives_each_entry_once);
    g_test_add_func("/ole_file/storages_nested_too_deep_are_said",
                    storages_nested_too_deep_are_said);
    g_test_add_func("/ole_file/every_byte_belongs_to_a_stream_or_is_unused_or_is_structure",
                    every_byte_belongs_to_a_stream_or_is_unused_or_is_structure);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// Single compressed files, tar archives in them and without them: what they hold, what is damaged
// and what hides behind their end.
#include <string.h>

#include "archive_builder.h"
#include "archive_fixture.h"
#include "base/limits.h"
#include "evidence/archive.h"

#define HELLO "2cf24dba"
#define OTHER "d9298a10"
#define HELLO_WHOLE "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static const char hello[] = "hello", other[] = "other";

static Walked *walk(GByteArray *bytes, const char *name)
{
    Walked *walked = walk_fixture_bytes(bytes->data, bytes->len, name, (WalkFixtureOptions){0});
    g_byte_array_unref(bytes);
    return walked;
}

static void append(GByteArray *bytes, const void *more, size_t size)
{
    g_byte_array_append(bytes, more, (unsigned)size);
}

static GByteArray *two_files(void)
{
    GByteArray *bytes = g_byte_array_new();
    tar_builder_add(bytes, "a", hello, 5);
    tar_builder_add(bytes, "folder/b", other, 5);
    return bytes;
}

// ---- gzip -------------------------------------------------------------------------------------

static void the_item_has_the_stored_name_and_time(void)
{
    g_autoptr(Walked) walked = walk(gzip_new(hello, 5, "inner.txt", 1769862600), "outer.gz");
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | ok inner.txt " HELLO);
    const WalkedItem *item = walked_find(walked, "inner.txt");
    g_assert_cmpint(item->times.modified.seconds, ==, 1769862600);
    g_assert_cmpint(item->times.modified.zone, ==, ZONE_UTC);
    g_assert_cmpstr(item->layer, ==, "{\"member\":0}");
}

static void without_one_it_is_called_like_the_archive(void)
{
    static const struct {
        const char *name, *expected;
    } rows[] = {
        {"a.txt.gz", "ok | ok a.txt " HELLO}, {"a.svgz", "ok | ok a.svg " HELLO},
        {"A.TXT.GZ", "ok | ok A.TXT " HELLO}, {"noname", "ok | ok noname " HELLO},
        {".gz", "ok | ok .gz " HELLO},        {"", "ok | ok unpacked " HELLO},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) bytes = gzip_new(hello, 5, NULL, 0);
        archive_assert(bytes->data, bytes->len, rows[i].name, rows[i].expected);
    }
}

static void gzip_members_are_one_item(void)
{
    g_autoptr(GByteArray) bytes = gzip_new("hel", 3, "a", 0);
    g_autoptr(GByteArray) second = gzip_new("lo", 2, "b", 0);
    append(bytes, second->data, second->len);
    archive_assert(bytes->data, bytes->len, "x.gz", "ok | ok a " HELLO);
}

static void a_wrong_gzip_checksum_is_damage(void)
{
    GByteArray *bytes = gzip_new(hello, 5, "a", 0);
    bytes->data[bytes->len - 8] ^= 1;
    g_autoptr(Walked) walked = walk(bytes, "x.gz");
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "corrupt | corrupt a " HELLO);
    g_assert_cmpstr(walked_find(walked, "a")->reason, ==,
                    "its packed data are damaged: incorrect data check");
}

static void a_gzip_file_that_breaks_off_gives_what_there_is(void)
{
    g_autofree char *text = g_strnfill(100000, 'x');
    GByteArray *bytes = gzip_new(text, 100000, "a", 0);
    g_byte_array_set_size(bytes, bytes->len - 9);
    g_autoptr(Walked) walked = walk(bytes, "x.gz");
    const WalkedItem *item = walked_find(walked, "a");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(item->reason, ==, "its packed data are damaged: they break off");
    g_assert_cmpuint(item->size_bytes, >, 90000);
}

static void bytes_behind_gzip_are_searched(void)
{
    g_autoptr(GByteArray) inner = gzip_new(other, 5, "b", 0);
    GByteArray *bytes = gzip_new(hello, 5, "a", 0);
    g_autofree char *padding = g_strnfill(40, 'x');
    append(bytes, padding, 40);
    append(bytes, inner->data, inner->len);
    size_t end = bytes->len - 40 - inner->len;
    g_autoptr(Walked) walked = walk(bytes, "x.gz");
    g_autofree char *finding = g_strdup_printf("bytes behind the end, from byte %zu on", end);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_APPENDED_DATA), ==, finding);
}

static void each_layer_of_compression_is_a_step_of_depth(void)
{
    GByteArray *bytes = gzip_new(hello, 5, "a", 0);
    for (unsigned i = 0; i < LIMIT_EVIDENCE_DEPTH + 2; i++) {
        GByteArray *outer = gzip_new(bytes->data, bytes->len, "a", 0);
        g_byte_array_unref(bytes);
        bytes = outer;
    }
    g_autoptr(Walked) walked = walk(bytes, "x.gz");
    unsigned deepest = 0, limits = 0;
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        deepest = MAX(deepest, item->depth);
        limits += item->status == STATUS_LIMIT;
    }
    g_assert_cmpuint(deepest, ==, LIMIT_EVIDENCE_DEPTH);
    g_assert_cmpuint(limits, ==, 1);
}

// ---- tar --------------------------------------------------------------------------------------

static void a_packed_tar_archive_is_opened_at_once(void)
{
    g_autoptr(GByteArray) tar = two_files();
    tar_builder_finish(tar);
    GByteArray *bytes = gzip_new(tar->data, tar->len, "a.tar", 0);
    g_autoptr(Walked) walked = walk(bytes, "a.tgz");
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | ok a " HELLO " | ok folder/b " OTHER);
    g_assert_cmpstr(walked_find(walked, "folder/b")->layer, ==, "{\"member\":1}");
    g_assert_cmpuint(walked_root(walked)->findings->len, ==, 0);
}

static void bytes_behind_a_tar_archive_are_searched(void)
{
    g_autofree char *secret = g_strnfill(300, 's');
    secret[0] = 't';
    g_autoptr(GByteArray) tar = two_files();
    tar_builder_finish(tar);
    append(tar, secret, 300);
    g_autoptr(Walked) plain =
        walk_fixture_bytes(tar->data, tar->len, "a.tar", (WalkFixtureOptions){0});
    g_assert_cmpstr(walked_finding(walked_root(plain), FINDING_APPENDED_DATA), ==,
                    "bytes behind the end, from byte 3072 on");
    g_autoptr(Walked) packed = walk(gzip_new(tar->data, tar->len, NULL, 0), "a.tgz");
    const WalkedItem *item = walked_find(packed, "bytes behind the end of the archive");
    g_assert_nonnull(item);
    g_assert_cmpstr(item->layer, ==, "{\"behind\":1}");
    g_assert_cmpstr(item->sha256, ==,
                    "3b61661cd5556c0c23d8bed42049223355b59a2e1a7f8970586067b97318949c");
    g_assert_cmpuint(item->size_bytes, ==, 300);
}

static void zeroes_behind_a_tar_archive_are_nothing(void)
{
    g_autofree char *zeroes = g_strnfill(8000, '\0');
    g_autoptr(GByteArray) tar = two_files();
    tar_builder_finish(tar);
    append(tar, zeroes, 8000);
    archive_assert(tar->data, tar->len, "a.tar", "ok | ok a " HELLO " | ok folder/b " OTHER);
    g_autoptr(Walked) packed = walk(gzip_new(tar->data, tar->len, NULL, 0), "a.tgz");
    g_assert_cmpuint(walked_root(packed)->findings->len, ==, 0);
}

static void a_damaged_tar_header_hides_only_its_member(void)
{
    GByteArray *tar = g_byte_array_new();
    tar_builder_add(tar, "a", hello, 5);
    tar_builder_add(tar, "b", other, 5);
    tar_builder_add(tar, "c", hello, 5);
    tar_builder_finish(tar);
    tar->data[1024] ^= 1; // the name of b
    g_autoptr(Walked) walked = walk(tar, "a.tar");
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | ok a " HELLO " | ok c " HELLO);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 1024);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_NOT_EXAMINED), ==,
                    "damaged headers were passed over");
}

static void a_tar_archive_that_breaks_off_says_so(void)
{
    g_autoptr(GByteArray) tar = g_byte_array_new();
    tar_builder_add(tar, "a", hello, 5);
    g_autofree char *text = g_strnfill(2000, 'x');
    tar_builder_add(tar, "b", text, 2000);
    g_byte_array_set_size(tar, 2000);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(tar->data, tar->len, "a.tar", (WalkFixtureOptions){0});
    g_assert_cmpint(walked_find(walked, "a")->status, ==, STATUS_OK);
    const WalkedItem *item = walked_find(walked, "b");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpuint(item->size_bytes, ==, 2000 - 1536);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
}

static void damage_in_a_packed_tar_archive_is_said_once_it_is_reached(void)
{
    g_autoptr(GByteArray) tar = two_files();
    tar_builder_finish(tar);
    GByteArray *bytes = gzip_new(tar->data, tar->len, NULL, 0);
    bytes->data[bytes->len - 8] ^= 1;
    g_autoptr(Walked) walked = walk(bytes, "a.tgz");
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "corrupt | ok a " HELLO " | ok folder/b " OTHER);
}

// ---- rpm --------------------------------------------------------------------------------------

static void a_package_holds_its_packed_archive(void)
{
    GByteArray *bytes = g_byte_array_new();
    uint8_t lead[96] = {0xed, 0xab, 0xee, 0xdb, 3};
    static const uint8_t header[16] = {0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4};
    static const uint8_t zeroes[24];
    append(bytes, lead, sizeof lead);
    append(bytes, header, sizeof header);
    append(bytes, zeroes, 16 + 4 + 4); // one index entry, data, and up to a multiple of eight
    append(bytes, header, sizeof header);
    append(bytes, zeroes, 16 + 4);
    g_autoptr(GByteArray) payload = gzip_new(hello, 5, NULL, 0);
    append(bytes, payload->data, payload->len);
    g_autoptr(Walked) walked = walk(bytes, "a.rpm");
    const WalkedItem *item = walked_find_sha256(walked, HELLO_WHOLE);
    g_assert_nonnull(item);
    g_assert_cmpstr(item->path, ==, "a.cpio > a.cpio");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(archive_prepare());
    g_test_add_func("/archive_packed/the_item_has_the_stored_name_and_time",
                    the_item_has_the_stored_name_and_time);
    g_test_add_func("/archive_packed/without_one_it_is_called_like_the_archive",
                    without_one_it_is_called_like_the_archive);
    g_test_add_func("/archive_packed/gzip_members_are_one_item", gzip_members_are_one_item);
    g_test_add_func("/archive_packed/a_wrong_gzip_checksum_is_damage",
                    a_wrong_gzip_checksum_is_damage);
    g_test_add_func("/archive_packed/a_gzip_file_that_breaks_off_gives_what_there_is",
                    a_gzip_file_that_breaks_off_gives_what_there_is);
    g_test_add_func("/archive_packed/bytes_behind_gzip_are_searched",
                    bytes_behind_gzip_are_searched);
    g_test_add_func("/archive_packed/each_layer_of_compression_is_a_step_of_depth",
                    each_layer_of_compression_is_a_step_of_depth);
    g_test_add_func("/archive_packed/a_packed_tar_archive_is_opened_at_once",
                    a_packed_tar_archive_is_opened_at_once);
    g_test_add_func("/archive_packed/bytes_behind_a_tar_archive_are_searched",
                    bytes_behind_a_tar_archive_are_searched);
    g_test_add_func("/archive_packed/zeroes_behind_a_tar_archive_are_nothing",
                    zeroes_behind_a_tar_archive_are_nothing);
    g_test_add_func("/archive_packed/a_damaged_tar_header_hides_only_its_member",
                    a_damaged_tar_header_hides_only_its_member);
    g_test_add_func("/archive_packed/a_tar_archive_that_breaks_off_says_so",
                    a_tar_archive_that_breaks_off_says_so);
    g_test_add_func("/archive_packed/damage_in_a_packed_tar_archive_is_said_once_it_is_reached",
                    damage_in_a_packed_tar_archive_is_said_once_it_is_reached);
    g_test_add_func("/archive_packed/a_package_holds_its_packed_archive",
                    a_package_holds_its_packed_archive);
    return g_test_run();
}

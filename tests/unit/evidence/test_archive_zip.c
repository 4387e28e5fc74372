// SPDX-License-Identifier: Apache-2.0
//
// ZIP archives that were put together so that readers see less than there is, or other things than
// there are. The bytes hidden in them are a JPEG file's, or look like one.
#include <glib/gstdio.h>
#include <string.h>

#include "archive_builder.h"
#include "archive_fixture.h"
#include "base/limits.h"
#include "evidence/archive.h"

// "hello" and "other" have these first bytes of SHA-256.
#define HELLO "2cf24dba"
#define OTHER "d9298a10"
#define HELLO_WHOLE "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static const char hello[] = "hello", other[] = "other";

// A GIF file of one black pixel.
#define GIF "ce8c71e714f592dd46e243b179dc4e26cbc9208a348bd8a01a91fd73a0b40173"
static const uint8_t gif[] = {'G', 'I', 'F', '8', '9', 'a', 1, 0,    1, 0, 0x80, 0,
                              0,   0,   0,   0,   0,   0,   0, 0x2c, 0, 0, 0,    0,
                              1,   0,   1,   0,   0,   2,   2, 0x44, 1, 0, 0x3b};

static ZipBuilderMember stored(const char *name, const char *bytes)
{
    return (ZipBuilderMember){.name = name, .bytes = bytes, .size = strlen(bytes)};
}

static void add_padding(ZipBuilder *builder, size_t count)
{
    g_autofree char *bytes = g_strnfill(count, 'x');
    zip_builder_add_bytes(builder, bytes, count);
}

static void check(GByteArray *bytes, const char *expected)
{
    archive_assert(bytes->data, bytes->len, "a.zip", expected);
    g_byte_array_unref(bytes);
}

static Walked *walk(GByteArray *bytes, WalkFixtureOptions options)
{
    Walked *walked = walk_fixture_bytes(bytes->data, bytes->len, "a.zip", options);
    g_byte_array_unref(bytes);
    return walked;
}

static void members_are_those_of_the_directory(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, stored("a", hello));
    zip_builder_add(&builder, (ZipBuilderMember){"b", other, 5, .is_deflated = true});
    zip_builder_add(&builder, stored("folder/", ""));
    zip_builder_add(&builder, (ZipBuilderMember){"c", hello, 5, .has_descriptor = true});
    zip_builder_add(&builder,
                    (ZipBuilderMember){"d", hello, 5, .is_deflated = true, .has_descriptor = true,
                                       .is_plain_descriptor = true});
    GByteArray *bytes = zip_builder_finish(&builder, NULL);
    g_autoptr(Walked) walked = walk(bytes, (WalkFixtureOptions){0});
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==,
                    "ok | ok a " HELLO " | ok b " OTHER " | ok c " HELLO " | ok d " HELLO);
    const WalkedItem *item = walked_find(walked, "c");
    g_assert_cmpstr(item->layer, ==, "{\"member\":3}");
    g_assert_cmpint(item->times.modified.zone, ==, ZONE_UNKNOWN);
    g_assert_cmpint(item->times.modified.seconds, ==, 1769862600);
    g_assert_cmpuint(walked_root(walked)->findings->len, ==, 0);
}

static void an_archive_without_members_is_whole(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    check(zip_builder_finish(&builder, NULL), "ok");
}

// ---- Bytes that no member has -----------------------------------------------------------------

static void bytes_before_between_and_behind_are_searched(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    add_padding(&builder, 100);
    zip_builder_add_bytes(&builder, gif, sizeof gif);
    builder.start = builder.bytes->len;
    zip_builder_add(&builder, stored("a", hello));
    add_padding(&builder, 100);
    // Another picture, by one byte: the same one is delivered once only.
    uint8_t between[sizeof gif], behind[sizeof gif];
    memcpy(between, gif, sizeof gif);
    memcpy(behind, gif, sizeof gif);
    between[13] = 1;
    behind[13] = 2;
    zip_builder_add_bytes(&builder, between, sizeof between);
    zip_builder_add(&builder, stored("b", other));
    GByteArray *bytes = zip_builder_finish(&builder, NULL);
    size_t end = bytes->len;
    g_byte_array_append(bytes, (const uint8_t *)"0123456789", 10);
    g_byte_array_append(bytes, behind, sizeof behind);
    g_autoptr(Walked) walked = walk(bytes, (WalkFixtureOptions){0});
    g_assert_nonnull(walked_find(walked, "a"));
    g_assert_nonnull(walked_find(walked, "b"));
    const WalkedItem *item = walked_find_sha256(walked, GIF);
    g_assert_nonnull(item);
    g_assert_cmpstr(item->layer, ==, "{\"offset\":100,\"size\":35}");
    unsigned found = 0;
    for (unsigned i = 0; i < walked->items->len; i++)
        found += walked_finding(walked->items->pdata[i], FINDING_CARVED) != NULL;
    g_assert_cmpuint(found, ==, 3);
    g_autofree char *appended = g_strdup_printf("bytes behind the end, from byte %zu on", end);
    const WalkedItem *root = walked_root(walked);
    g_assert_cmpstr(((Finding *)root->findings->pdata[0])->detail, ==, appended);
    g_assert_cmpstr(((Finding *)root->findings->pdata[1])->detail, ==,
                    "a ZIP archive begins at byte 135, behind other content");
}

static void a_member_without_an_entry_is_found_in_the_gap(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, stored("a", hello));
    g_autofree char *secret = g_strnfill(200, 's');
    zip_builder_add(&builder, (ZipBuilderMember){"hidden.txt", secret, 200, .is_hidden = true});
    zip_builder_add(&builder, stored("b", other));
    g_autoptr(Walked) walked = walk(zip_builder_finish(&builder, NULL), (WalkFixtureOptions){0});
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    const WalkedItem *item = walked_find_sha256(
        walked, "e58893ff14f77d2d7a7ea42426fccac2b1b68229c218a8135e0276948cac49a6");
    g_assert_nonnull(item);
    g_assert_cmpstr(item->name, ==, "hidden.txt");
}

static void a_long_comment_is_searched(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, stored("a", hello));
    g_autofree char *comment = g_strnfill(100, 'c');
    GByteArray *bytes = zip_builder_finish(&builder, comment);
    memcpy(bytes->data + bytes->len - 50, gif, sizeof gif);
    g_autoptr(Walked) walked = walk(bytes, (WalkFixtureOptions){0});
    g_assert_nonnull(walked_find(walked, "a"));
    g_assert_nonnull(walked_find_sha256(walked, GIF));
    g_assert_cmpuint(walked_root(walked)->findings->len, ==, 0);
}

static void an_aff4_image_is_named_and_its_members_are_examined(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, stored("map", hello));
    g_autoptr(Walked) walked =
        walk(zip_builder_finish(&builder, "aff4://0cdc1dbf"), (WalkFixtureOptions){0});
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_UNSUPPORTED);
    g_assert_nonnull(strstr(walked_root(walked)->reason, "AFF4"));
    g_assert_nonnull(walked_find(walked, "map"));
}

static void long_extra_fields_are_searched(void)
{
    g_autofree char *extra = g_strnfill(2000, '\0');
    memcpy(extra, "\xff\xff\xcc\x07", 4); // tag and 1,996 bytes
    memcpy(extra + 1000, gif, sizeof gif);
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder,
                    (ZipBuilderMember){"a", hello, 5, .extra = extra, .extra_bytes = 2000});
    g_autoptr(Walked) walked = walk(zip_builder_finish(&builder, NULL), (WalkFixtureOptions){0});
    g_assert_nonnull(walked_find(walked, "a"));
    g_assert_nonnull(walked_find_sha256(walked, GIF));
}

static void an_archive_behind_a_picture_is_opened(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add_bytes(&builder, gif, sizeof gif);
    zip_builder_add(&builder, stored("a", hello));
    GByteArray *bytes = zip_builder_finish(&builder, NULL);
    g_autoptr(Walked) walked = walk(bytes, (WalkFixtureOptions){0});
    g_assert_cmpstr(walked_root(walked)->type->media_type, ==, "image/gif");
    g_assert_nonnull(walked_find_sha256(walked, HELLO_WHOLE));
    g_assert_nonnull(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
}

// ---- Damage -----------------------------------------------------------------------------------

static void without_a_directory_members_are_found_by_their_headers(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, stored("a", hello));
    zip_builder_add(&builder,
                    (ZipBuilderMember){"b", other, 5, .is_deflated = true, .has_descriptor = true});
    zip_builder_add(&builder, (ZipBuilderMember){"c", hello, 5, .has_descriptor = true,
                                                 .is_plain_descriptor = true});
    zip_builder_add(&builder, stored("d", other));
    size_t end = builder.bytes->len;
    GByteArray *bytes = zip_builder_finish(&builder, NULL);
    g_byte_array_set_size(bytes, (unsigned)end);
    check(bytes, "corrupt | ok a " HELLO " | ok b " OTHER " | ok c " HELLO " | ok d " OTHER);
}

static void a_member_that_breaks_off_gives_what_there_is(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, stored("a", "hello and more"));
    GByteArray *bytes = zip_builder_finish(&builder, NULL);
    g_byte_array_set_size(bytes, 30 + 1 + 5);
    g_autoptr(Walked) walked = walk(bytes, (WalkFixtureOptions){0});
    const WalkedItem *item = walked_find(walked, "a");
    g_assert_cmpint(item->status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(item->reason, ==, "the archive ends 9 bytes before the member does");
    g_assert_cmpstr(item->sha256, ==, HELLO_WHOLE);
}

static void a_wrong_checksum_is_damage(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, (ZipBuilderMember){"a", hello, 5, .wrong_crc32 = 1});
    zip_builder_add(&builder,
                    (ZipBuilderMember){"b", other, 5, .is_deflated = true, .wrong_crc32 = 1});
    zip_builder_add(&builder, stored("c", hello));
    check(zip_builder_finish(&builder, NULL),
          "ok | corrupt a " HELLO " | corrupt b " OTHER " | ok c " HELLO);
}

static void an_entry_that_leads_nowhere_is_damage(void)
{
    // The two members themselves are found where no entry leads, as an archive of their own.
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, stored("a", hello));
    zip_builder_add(&builder, (ZipBuilderMember){"b", other, 5, .local_offset = 7});
    zip_builder_add(&builder, (ZipBuilderMember){"c", other, 5, .local_offset = 0x7fffffff});
    check(zip_builder_finish(&builder, NULL),
          "ok | ok a " HELLO " | corrupt b - | corrupt c - | corrupt @0x24 d7c74dff");
}

static void members_that_share_bytes_are_said(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    add_padding(&builder, 1);
    size_t offset = zip_builder_add(&builder, stored("a", hello));
    zip_builder_add(&builder, (ZipBuilderMember){"a", hello, 5, .local_offset = (uint32_t)offset});
    g_autoptr(Walked) walked = walk(zip_builder_finish(&builder, NULL), (WalkFixtureOptions){0});
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | ok a " HELLO " | ok a " HELLO " | corrupt @0x25 aeb7016a");
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_DAMAGED), ==,
                    "1 members share bytes with others");
}

static void a_damaged_directory_hides_nothing(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    g_autofree char *long_text = g_strnfill(100, 's');
    zip_builder_add(&builder, stored("a", hello));
    zip_builder_add(&builder, stored("b", long_text));
    size_t second = builder.directory->len / 2;
    size_t directory = builder.bytes->len;
    GByteArray *bytes = zip_builder_finish(&builder, NULL);
    bytes->data[directory + second] = 'X';
    g_autoptr(Walked) walked = walk(bytes, (WalkFixtureOptions){0});
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
    g_assert_nonnull(walked_find(walked, "a"));
    // In the gap, by its local header.
    unsigned found = 0;
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        found += strcmp(item->name, "b") == 0 && item->size_bytes == 100;
    }
    g_assert_cmpuint(found, ==, 1);
}

// ---- Two stories ------------------------------------------------------------------------------

static void headers_that_contradict_each_other_give_both_readings(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, (ZipBuilderMember){"a.txt", hello, 5, .local_name = "b.jpg"});
    // Deflated, and the directory says stored.
    g_autofree char *text = g_strnfill(300, 's');
    zip_builder_add(&builder,
                    (ZipBuilderMember){"c", text, 300, .is_deflated = true, .method = 99 + 1});
    g_autoptr(Walked) walked = walk(zip_builder_finish(&builder, NULL), (WalkFixtureOptions){0});
    const WalkedItem *item = walked_find(walked, "a.txt");
    g_assert_cmpstr(walked_finding(item, FINDING_DAMAGED), ==,
                    "its local header has another name than the directory");
    g_assert_cmpint(walked_find(walked, "c")->status, ==, STATUS_UNSUPPORTED);
    item = walked_find(walked, "c (by its local header)");
    g_assert_nonnull(item);
    g_assert_cmpint(item->status, ==, STATUS_OK);
    g_assert_cmpuint(item->size_bytes, ==, 300);
    g_assert_cmpstr(item->layer, ==, "{\"member\":1,\"header\":\"local\"}");
}

static void what_is_only_marked_as_encrypted_is_read(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add(&builder, (ZipBuilderMember){"a", hello, 5, .flags = 1});
    zip_builder_add(&builder, (ZipBuilderMember){"b", other, 5, .flags = 1, .is_deflated = true});
    check(zip_builder_finish(&builder, NULL), "ok | ok a " HELLO " | ok b " OTHER);
}

// ---- Encryption -------------------------------------------------------------------------------

// "hello", stored and encrypted by Info-ZIP with the password "secret".
static const uint8_t encrypted_hello[] = {
    0x50, 0x4b, 0x03, 0x04, 0x0a, 0x00, 0x09, 0x00, 0x00, 0x00, 0x99, 0xbe, 0x75, 0x5d, 0x86,
    0xa6, 0x10, 0x36, 0x11, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00,
    0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x2e, 0x74, 0x78, 0x74, 0x31, 0x31, 0x03, 0x5a, 0x12, 0xa1,
    0xc0, 0x3b, 0xf8, 0xec, 0xbd, 0xfb, 0x3f, 0x7a, 0xf2, 0xee, 0xcf, 0x50, 0x4b, 0x07, 0x08,
    0x86, 0xa6, 0x10, 0x36, 0x11, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x50, 0x4b, 0x01,
    0x02, 0x1e, 0x03, 0x0a, 0x00, 0x09, 0x00, 0x00, 0x00, 0x99, 0xbe, 0x75, 0x5d, 0x86, 0xa6,
    0x10, 0x36, 0x11, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xa4, 0x81, 0x00, 0x00, 0x00, 0x00, 0x68, 0x65,
    0x6c, 0x6c, 0x6f, 0x2e, 0x74, 0x78, 0x74, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x01, 0x00, 0x37, 0x00, 0x00, 0x00, 0x48, 0x00, 0x00, 0x00, 0x00, 0x00};

static GByteArray *encrypted_archive(void)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, encrypted_hello, sizeof encrypted_hello);
    return bytes;
}

static void the_traditional_cipher_is_opened_with_a_password(void)
{
    static const char *const passwords[] = {"wrong", "Secret", "secret", NULL};
    g_autoptr(Walked) walked =
        walk(encrypted_archive(), (WalkFixtureOptions){.passwords = passwords});
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | ok hello.txt " HELLO);
    g_assert_cmpstr(walked_finding(walked_find(walked, "hello.txt"), FINDING_ENCRYPTED), ==,
                    "ZipCrypto");
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_ENCRYPTED), ==,
                    "1 of 1 members are encrypted (ZipCrypto); opened with a given password");
}

// One wrong password in 256 passes the cipher's check byte; its garbage must not come out.
static void a_wrong_password_never_gives_garbage(void)
{
    char text[3000][8];
    const char *passwords[1001] = {NULL};
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 1000; i++) {
            g_snprintf(text[i], sizeof text[i], "%u", round * 1000 + i);
            passwords[i] = text[i];
        }
        g_autoptr(Walked) walked =
            walk(encrypted_archive(), (WalkFixtureOptions){.passwords = passwords});
        const WalkedItem *item = walked_find(walked, "hello.txt");
        g_assert_cmpint(item->status, ==, STATUS_ENCRYPTED);
        g_assert_false(item->has_digests);
    }
}

static void without_a_password_it_is_encrypted(void)
{
    g_autoptr(Walked) walked = walk(encrypted_archive(), (WalkFixtureOptions){0});
    const WalkedItem *item = walked_find(walked, "hello.txt");
    g_assert_cmpint(item->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpstr(item->reason, ==, "it is encrypted (ZipCrypto)");
}

// ---- Volumes ----------------------------------------------------------------------------------

// What zip -s makes: the volumes before the last begin with a signature, offsets count from the
// start of each.
static void parts_are_joined(void)
{
    g_autofree char *folder = g_dir_make_tmp("clew-zip-XXXXXX", NULL);
    ZipBuilder builder;
    zip_builder_begin(&builder);
    zip_builder_add_bytes(&builder, "PK\7\10", 4);
    zip_builder_add(&builder, stored("a", hello));
    size_t second = zip_builder_add(&builder, stored("b", "hello over the edge"));
    zip_builder_add(&builder, stored("c", other));
    GByteArray *bytes = zip_builder_finish(&builder, NULL);
    // Cut inside the data of b; a lies on disk 0 and so do all headers but the last.
    size_t cut = second + 35, end = bytes->len - 22;
    size_t entries = end - 3 * 47, third = second + 30 + 1 + 19;
    bytes->data[entries + 2 * 47 + 34] = 1; // disk of c
    uint32_t offset = (uint32_t)(third - cut);
    memcpy(bytes->data + entries + 2 * 47 + 42, &offset, 4);
    bytes->data[end + 4] = bytes->data[end + 6] = 1; // disks of record and directory
    offset = (uint32_t)(entries - cut);
    memcpy(bytes->data + end + 16, &offset, 4);
    g_autofree char *first = g_build_filename(folder, "x.z01", NULL);
    g_autofree char *last = g_build_filename(folder, "x.zip", NULL);
    g_assert_true(g_file_set_contents(first, (char *)bytes->data, (gssize)cut, NULL));
    g_assert_true(
        g_file_set_contents(last, (char *)bytes->data + cut, (gssize)(bytes->len - cut), NULL));
    g_byte_array_unref(bytes);

    g_autoptr(Walked) whole = walk_fixture_file(last, (WalkFixtureOptions){.folder = folder});
    g_autofree char *found = archive_describe(whole);
    g_assert_cmpstr(found, ==, "ok | ok a " HELLO " | ok b 4b4185c1 | ok c " OTHER);
    g_assert_cmpstr(walked_finding(walked_root(whole), FINDING_SEGMENT), ==,
                    "last of 2 files that hold one ZIP archive");
    g_autoptr(Walked) part = walk_fixture_file(first, (WalkFixtureOptions){.folder = folder});
    g_assert_cmpuint(part->items->len, ==, 1);
    g_assert_cmpstr(walked_finding(walked_root(part), FINDING_SEGMENT), ==,
                    "part 1 of an archive that is examined with x.zip");

    // Without the first part.
    g_assert_cmpint(g_remove(first), ==, 0);
    g_autoptr(Walked) lacking = walk_fixture_file(last, (WalkFixtureOptions){.folder = folder});
    g_autofree char *left = archive_describe(lacking);
    g_assert_cmpstr(left, ==, "ok | unreadable a - | unreadable b - | ok c " OTHER);
    g_assert_cmpstr(walked_find(lacking, "a")->reason, ==, "it lies in a missing volume (x.z01)");
    g_remove(last);
    g_rmdir(folder);
}

// ---- Large members ----------------------------------------------------------------------------

static void a_large_stored_member_is_read_where_it_lies_and_checked(void)
{
    size_t size = LIMIT_EVIDENCE_MEMORY_BYTES + 1;
    g_autofree char *zeroes = g_malloc0(size);
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        ZipBuilder builder;
        zip_builder_begin(&builder);
        zip_builder_add(&builder, (ZipBuilderMember){"a", zeroes, size, .wrong_crc32 = wrong});
        g_autoptr(Walked) walked =
            walk(zip_builder_finish(&builder, NULL), (WalkFixtureOptions){0});
        const WalkedItem *item = walked_find(walked, "a");
        g_assert_cmpuint(item->size_bytes, ==, size);
        g_assert_cmpstr(item->sha256, ==,
                        "91990977345985aaf03af1358f4f989d7eaf985b58529efb72f613c588f6599a");
        g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_DAMAGED), ==,
                        wrong ? "the checksum of {\"member\":0} is wrong" : NULL);
    }
}

// ---- Sharing ----------------------------------------------------------------------------------

static WalkChoice choose_second(void *user_data, const WalkItem *item)
{
    return item->name != NULL && strcmp(item->name, "b") == 0 ? WALK_TAKE : WALK_SKIP;
}

static void a_member_is_read_without_those_before_it(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    // It would end in an error if it were unpacked.
    zip_builder_add(&builder, (ZipBuilderMember){"a", hello, 5, .wrong_crc32 = 1});
    zip_builder_add(&builder, stored("b", other));
    g_autoptr(Walked) walked =
        walk(zip_builder_finish(&builder, NULL), (WalkFixtureOptions){.choose = choose_second});
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | ok b " OTHER);
    g_assert_cmpstr(walked_find(walked, "b")->layer, ==, "{\"member\":1}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(archive_prepare());
    g_test_add_func("/archive_zip/members_are_those_of_the_directory",
                    members_are_those_of_the_directory);
    g_test_add_func("/archive_zip/an_archive_without_members_is_whole",
                    an_archive_without_members_is_whole);
    g_test_add_func("/archive_zip/bytes_before_between_and_behind_are_searched",
                    bytes_before_between_and_behind_are_searched);
    g_test_add_func("/archive_zip/a_member_without_an_entry_is_found_in_the_gap",
                    a_member_without_an_entry_is_found_in_the_gap);
    g_test_add_func("/archive_zip/a_long_comment_is_searched", a_long_comment_is_searched);
    g_test_add_func("/archive_zip/an_aff4_image_is_named_and_its_members_are_examined",
                    an_aff4_image_is_named_and_its_members_are_examined);
    g_test_add_func("/archive_zip/long_extra_fields_are_searched", long_extra_fields_are_searched);
    g_test_add_func("/archive_zip/an_archive_behind_a_picture_is_opened",
                    an_archive_behind_a_picture_is_opened);
    g_test_add_func("/archive_zip/without_a_directory_members_are_found_by_their_headers",
                    without_a_directory_members_are_found_by_their_headers);
    g_test_add_func("/archive_zip/a_member_that_breaks_off_gives_what_there_is",
                    a_member_that_breaks_off_gives_what_there_is);
    g_test_add_func("/archive_zip/a_wrong_checksum_is_damage", a_wrong_checksum_is_damage);
    g_test_add_func("/archive_zip/an_entry_that_leads_nowhere_is_damage",
                    an_entry_that_leads_nowhere_is_damage);
    g_test_add_func("/archive_zip/members_that_share_bytes_are_said",
                    members_that_share_bytes_are_said);
    g_test_add_func("/archive_zip/a_damaged_directory_hides_nothing",
                    a_damaged_directory_hides_nothing);
    g_test_add_func("/archive_zip/headers_that_contradict_each_other_give_both_readings",
                    headers_that_contradict_each_other_give_both_readings);
    g_test_add_func("/archive_zip/what_is_only_marked_as_encrypted_is_read",
                    what_is_only_marked_as_encrypted_is_read);
    g_test_add_func("/archive_zip/the_traditional_cipher_is_opened_with_a_password",
                    the_traditional_cipher_is_opened_with_a_password);
    g_test_add_func("/archive_zip/a_wrong_password_never_gives_garbage",
                    a_wrong_password_never_gives_garbage);
    g_test_add_func("/archive_zip/without_a_password_it_is_encrypted",
                    without_a_password_it_is_encrypted);
    g_test_add_func("/archive_zip/parts_are_joined", parts_are_joined);
    g_test_add_func("/archive_zip/a_large_stored_member_is_read_where_it_lies_and_checked",
                    a_large_stored_member_is_read_where_it_lies_and_checked);
    g_test_add_func("/archive_zip/a_member_is_read_without_those_before_it",
                    a_member_is_read_without_those_before_it);
    return g_test_run();
}

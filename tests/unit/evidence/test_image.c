// SPDX-License-Identifier: Apache-2.0
//
// What the walk promises of disk images: whatever a medium is wrapped in, the same files are found
// at the same places; what is missing, damaged, locked or not supported is said with its bytes.
#include <fcntl.h>
#include <glib.h>
#include <string.h>

#include "evidence/image.h"
#include "evidence/walk_private.h"
#include "image_fixture.h"
#include "walk_fixture.h"

static Walked *walk_in(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return walk_fixture_file(path, (WalkFixtureOptions){.folder = folder});
}

// All items but the evidence file: places, names and digests, one a line.
static char *list_of(const Walked *walked)
{
    GString *list = g_string_new(NULL);
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (item->depth > 0)
            g_string_append_printf(list, "%s|%s|%s|%s\n", item->path, item->locator,
                                   item->sha256 != NULL ? item->sha256 : "-",
                                   status_name(item->status));
    }
    return g_string_free(list, FALSE);
}

static bool has_picture(const Walked *walked, const char *sha256)
{
    const WalkedItem *item = walked_find_sha256(walked, sha256);
    return item != NULL && item->status == STATUS_OK;
}

static unsigned count_findings(const WalkedItem *item, FindingType type)
{
    unsigned count = 0;
    for (unsigned i = 0; i < item->findings->len; i++)
        count += ((const Finding *)item->findings->pdata[i])->type == type;
    return count;
}

static void assert_finding(const Walked *walked, FindingType type, uint64_t bytes,
                           const char *detail)
{
    const WalkedItem *root = walked_root(walked);
    for (unsigned i = 0; i < root->findings->len; i++) {
        const Finding *finding = root->findings->pdata[i];
        if (finding->type == type && finding->bytes == bytes &&
            strcmp(finding->detail, detail) == 0)
            return;
    }
    walked_dump(walked);
    g_error("no finding: %s", detail);
}

// ---- Wrappers -----------------------------------------------------------------------------------

static void the_same_items_lie_in_every_wrapper(void)
{
    static const char *const names[] = {
        "disk.qcow", "disk.qcow2",  "old.qcow2", "zstd.qcow2", "extended.qcow2",
        "disk.vhd",  "fixed.vhd",   "disk.vhdx", "disk.vdi",   "static.vdi",
        "disk.vmdk", "stream.vmdk", "cowd.vmdk", "adc.dmg",    "zlib.dmg",
        "bzip2.dmg", "lzma.dmg",    "smart.s01", "first.E01",  "odd.E01",
    };
    g_autoptr(GByteArray) raw = image_fixture_load("medium.raw");
    g_autoptr(Walked) plain =
        walk_fixture_bytes(raw->data, raw->len, "medium.raw", (WalkFixtureOptions){0});
    g_autofree char *expected = list_of(plain);
    g_assert_true(has_picture(plain, IMAGE_FIRST_PICTURE));
    g_assert_true(has_picture(plain, IMAGE_LAST_PICTURE));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_test_message("%s", names[i]);
        g_autoptr(GByteArray) bytes = image_fixture_load(names[i]);
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes->data, bytes->len, names[i], (WalkFixtureOptions){0});
        g_autofree char *list = list_of(walked);
        g_assert_cmpstr(list, ==, expected);
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
        g_assert_cmpuint(count_findings(walked_root(walked), FINDING_NOT_EXAMINED), ==, 0);
        g_assert_cmpuint(count_findings(walked_root(walked), FINDING_DAMAGED), ==, 0);
    }
}

static void an_image_opens_inside_another(void)
{
    // The bytes of a VHD as the medium of a flat VMDK: a volume that holds an image would do as
    // well.
    char *folder = image_fixture_folder();
    g_autoptr(GByteArray) inner = image_fixture_load("disk.qcow2");
    g_byte_array_set_size(inner, (inner->len + 511) / 512 * 512);
    image_fixture_put(folder, "inner", inner->data, inner->len);
    g_autofree char *text = g_strdup_printf(
        "# Disk DescriptorFile\nversion=1\nparentCID=ffffffff\nRW %u FLAT \"inner\" 0\n",
        inner->len / 512);
    image_fixture_put(folder, "outer.vmdk", text, strlen(text));
    g_autoptr(Walked) walked = walk_in(folder, "outer.vmdk");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_cmpuint(walked->items->len, >, 0);
    image_fixture_remove(folder);
}

static void siblings_are_found_by_the_last_part_of_a_path(void)
{
    char *folder = image_fixture_folder();
    image_fixture_copy(folder, "overlay.qcow2", "overlay.qcow2");
    image_fixture_copy(folder, "overlay.vmdk", "overlay.vmdk");
    image_fixture_copy(folder, "differing.vhd", "differing.vhd");
    image_fixture_copy(folder, "differing.vhdx", "differing.vhdx");
    image_fixture_copy(folder, "disk.vmdk", "disk.vmdk");
    image_fixture_copy(folder, "medium.raw", "medium.raw");
    static const char *const names[] = {"overlay.qcow2", "overlay.vmdk", "differing.vhd",
                                        "differing.vhdx"};
    g_autofree char *first = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_test_message("%s", names[i]);
        g_autoptr(Walked) walked = walk_in(folder, names[i]);
        g_autofree char *list = list_of(walked);
        g_assert_true(has_picture(walked, IMAGE_FIRST_PICTURE));
        g_assert_true(has_picture(walked, IMAGE_LAST_PICTURE));
        g_assert_cmpuint(count_findings(walked_root(walked), FINDING_NOT_EXAMINED), ==, 0);
        if (first == NULL)
            first = g_steal_pointer(&list);
        else
            g_assert_cmpstr(list, ==, first);
    }
    image_fixture_remove(folder);
}

static void a_missing_parent_is_said_with_its_bytes(void)
{
    static const char *const names[] = {"overlay.qcow2", "overlay.vmdk", "differing.vhd",
                                        "differing.vhdx"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GByteArray) bytes = image_fixture_load(names[i]);
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes->data, bytes->len, names[i], (WalkFixtureOptions){0});
        const char *detail = walked_finding(walked_root(walked), FINDING_NOT_EXAMINED);
        g_assert_true(g_str_has_prefix(detail, "the image holds changes only; its parent "));
        g_assert_true(g_str_has_suffix(detail, " is missing"));
    }
}

// ---- VMDK extents -------------------------------------------------------------------------------

static const char descriptor[] = "# Disk DescriptorFile\r\n"
                                 "version=1\r\n"
                                 "CID=fffffffe\r\n"
                                 "parentCID=ffffffff\r\n"
                                 "createType=\"custom\"\r\n"
                                 "RW 1000 FLAT \"C:\\images\\medium.raw\" 0\r\n"
                                 "RW 792 FLAT \"medium.raw\" 1000\r\n"
                                 "RW 2048 ZERO\r\n";

static void extents_follow_one_another(void)
{
    char *folder = image_fixture_folder();
    image_fixture_copy(folder, "medium.raw", "medium.raw");
    image_fixture_put(folder, "disk.vmdk", descriptor, strlen(descriptor));
    g_autoptr(Walked) walked = walk_in(folder, "disk.vmdk");
    g_assert_true(has_picture(walked, IMAGE_FIRST_PICTURE));
    g_assert_true(has_picture(walked, IMAGE_LAST_PICTURE));
    g_assert_cmpuint(count_findings(walked_root(walked), FINDING_NOT_EXAMINED), ==, 0);
    image_fixture_remove(folder);
}

static void a_missing_extent_moves_nothing(void)
{
    char *folder = image_fixture_folder();
    g_autoptr(GByteArray) raw = image_fixture_load("medium.raw");
    image_fixture_put(folder, "begin", raw->data, 600 * 512);
    image_fixture_put(folder, "end", raw->data + 1000 * 512, 792 * 512);
    static const char text[] = "# Disk DescriptorFile\n"
                               "RW 600 FLAT \"begin\" 0\n"
                               "RW 400 SPARSE \"middle.vmdk\"\n"
                               "RW 792 FLAT \"end\" 0\n";
    image_fixture_put(folder, "disk.vmdk", text, strlen(text));
    g_autoptr(Walked) walked = walk_in(folder, "disk.vmdk");
    g_assert_true(has_picture(walked, IMAGE_FIRST_PICTURE));
    g_assert_true(has_picture(walked, IMAGE_LAST_PICTURE));
    assert_finding(walked, FINDING_NOT_EXAMINED, 204800,
                   "bytes 307200 to 512000 of the medium: the extent middle.vmdk is missing");
    image_fixture_remove(folder);
}

static void a_descriptor_without_its_files_is_unreadable(void)
{
    char *folder = image_fixture_folder();
    static const char text[] = "# Disk DescriptorFile\nRW 600 FLAT \"gone\" 0\n";
    image_fixture_put(folder, "disk.vmdk", text, strlen(text));
    g_autoptr(Walked) walked = walk_in(folder, "disk.vmdk");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_UNREADABLE);
    g_assert_cmpstr(walked_root(walked)->reason, ==,
                    "the VMDK disk could not be opened: none of the files that hold it could be "
                    "opened");
    image_fixture_remove(folder);
}

// ---- E01 sets -----------------------------------------------------------------------------------

// The set under another name, without the segments whose bit is not set.
static char *folder_with_set(unsigned present)
{
    char *folder = image_fixture_folder();
    static const char *const names[] = {"set.E01", "set.E02", "set.E03"};
    static const char *const shown[] = {"exhibit 7.E01", "exhibit 7.E02", "exhibit 7.E03"};
    for (unsigned i = 0; i < 3; i++)
        if ((present & 1u << i) != 0)
            image_fixture_copy(folder, names[i], shown[i]);
    return folder;
}

static void a_set_is_read_through_its_segments(void)
{
    char *folder = folder_with_set(7);
    g_autofree char *path = g_build_filename(folder, "exhibit 7.E01", NULL);
    g_autoptr(Walked) walked =
        walk_fixture_file(path, (WalkFixtureOptions){.folder = folder, .verify_images = true});
    g_assert_true(has_picture(walked, IMAGE_FIRST_PICTURE));
    g_assert_true(has_picture(walked, IMAGE_LAST_PICTURE));
    g_assert_cmpuint(count_findings(walked_root(walked), FINDING_SEGMENT), ==, 1);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_SEGMENT), ==,
                    "the first of 3 segments, which are read as one");
    g_assert_cmpuint(count_findings(walked_root(walked), FINDING_STORED_HASH), ==, 2);
    g_assert_true(g_str_has_prefix(walked_finding(walked_root(walked), FINDING_STORED_HASH),
                                   "the stored MD5 agrees: "));
    image_fixture_remove(folder);
}

static void the_stored_hash_is_verified_on_request_alone(void)
{
    char *folder = folder_with_set(7);
    g_autoptr(Walked) walked = walk_in(folder, "exhibit 7.E01");
    g_assert_cmpuint(count_findings(walked_root(walked), FINDING_STORED_HASH), ==, 0);
    image_fixture_remove(folder);
}

static void a_missing_middle_segment_is_said_and_the_rest_is_found(void)
{
    char *folder = folder_with_set(5);
    g_autoptr(Walked) walked = walk_in(folder, "exhibit 7.E01");
    g_assert_true(has_picture(walked, IMAGE_FIRST_PICTURE));
    g_assert_true(has_picture(walked, IMAGE_LAST_PICTURE));
    assert_finding(walked, FINDING_SEGMENT, 0,
                   "segment 2 of the E01 set is missing, although later ones lie there");
    assert_finding(walked, FINDING_NOT_EXAMINED, 327680,
                   "bytes 327680 to 655360 of the medium: no segment that could be read holds "
                   "them");
    image_fixture_remove(folder);
}

static void missing_last_segments_are_said(void)
{
    char *folder = folder_with_set(3);
    g_autoptr(Walked) walked = walk_in(folder, "exhibit 7.E01");
    g_assert_true(has_picture(walked, IMAGE_FIRST_PICTURE));
    g_assert_false(has_picture(walked, IMAGE_LAST_PICTURE));
    assert_finding(walked, FINDING_SEGMENT, 0,
                   "the E01 set goes on behind segment 2, the last that lies here");
    assert_finding(walked, FINDING_NOT_EXAMINED, 262144,
                   "bytes 655360 to 917504 of the medium: no segment that could be read holds "
                   "them");
    image_fixture_remove(folder);
}

static void a_file_that_is_no_segment_is_not_used(void)
{
    char *folder = folder_with_set(5);
    image_fixture_copy(folder, "set.E03", "exhibit 7.E02");
    g_autoptr(Walked) swapped = walk_in(folder, "exhibit 7.E01");
    g_assert_true(has_picture(swapped, IMAGE_LAST_PICTURE));
    g_autoptr(GByteArray) third = image_fixture_load("set.E03");
    assert_finding(swapped, FINDING_SEGMENT, third->len,
                   "exhibit 7.E02 is not used as segment 2: it says that it is number 3");
    image_fixture_put(folder, "exhibit 7.E02", "something else", 14);
    g_autoptr(Walked) garbage = walk_in(folder, "exhibit 7.E01");
    assert_finding(garbage, FINDING_SEGMENT, 14,
                   "exhibit 7.E02 is not used as segment 2: it does not begin like an E01 segment");
    image_fixture_remove(folder);
}

static void damage_is_said_after_reading(void)
{
    char *folder = folder_with_set(3);
    g_autoptr(GByteArray) third = image_fixture_load("set.E03");
    for (unsigned at = 13; at + 200 < third->len; at++)
        if (memcmp(third->data + at, "sectors", 8) == 0)
            third->data[at + 120] ^= 1;
    image_fixture_put(folder, "exhibit 7.E03", third->data, third->len);
    g_autofree char *path = g_build_filename(folder, "exhibit 7.E01", NULL);
    g_autoptr(Walked) walked =
        walk_fixture_file(path, (WalkFixtureOptions){.folder = folder, .verify_images = true});
    assert_finding(walked, FINDING_DAMAGED, 0,
                   "parts of the image are damaged and were read as zeroes");
    assert_finding(walked, FINDING_NOT_EXAMINED, 32768,
                   "bytes 655360 to 688128 of the medium: its zlib stream is damaged");
    g_assert_true(g_str_has_prefix(walked_finding(walked_root(walked), FINDING_STORED_HASH),
                                   "the stored MD5 does not agree: "));
    image_fixture_remove(folder);
}

static void a_later_segment_is_part_of_its_set(void)
{
    char *folder = folder_with_set(7);
    g_autoptr(Walked) walked = walk_in(folder, "exhibit 7.E02");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    assert_finding(walked, FINDING_SEGMENT, 0,
                   "segment 2 of an E01 set that begins with exhibit 7.E01");
    image_fixture_remove(folder);
    folder = folder_with_set(2);
    g_autoptr(Walked) alone = walk_in(folder, "exhibit 7.E02");
    g_assert_cmpint(walked_root(alone)->status, ==, STATUS_UNSUPPORTED);
    g_assert_cmpstr(walked_root(alone)->reason, ==,
                    "it is segment 2 of an E01 set whose first segment is missing");
    image_fixture_remove(folder);
}

// ---- What is not opened -------------------------------------------------------------------------

static void images_that_are_not_opened_are_named(void)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *word;
    } rows[] = {
        {"LVF\x09\r\n\xff\0\1\1\0\0\0", 13, "L01"},
        {"LEF2\r\n\x81\0", 8, "Lx01"},
        {"EVF2\r\n\x81\0", 8, "Ex01"},
        {"ADSEGMENTEDFILE\0", 16, "AD1"},
        {"AFF10\r\n\0", 8, "AFF"},
        {"sprs\0\0\0\3", 8, "sparseimage"},
        {"MSWIM\0\0\0", 8, "WIM"},
        {"WithoutFreeSpace", 16, "Parallels"},
        {"QED\0", 4, "QED"},
        {"partclone-image\0", 16, "Partclone"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *bytes = g_malloc0(4096);
        memcpy(bytes, rows[i].magic, rows[i].length);
        g_autoptr(Walked) walked = walk_fixture_bytes(bytes, 4096, "x", (WalkFixtureOptions){0});
        const WalkedItem *root = walked_root(walked);
        g_assert_cmpint(root->status, ==, STATUS_UNSUPPORTED);
        g_assert_nonnull(strstr(root->reason, rows[i].word));
        g_assert_cmpuint(root->not_examined_bytes, ==, 4096);
    }
}

static void what_is_not_opened_is_searched(void)
{
    g_autoptr(GByteArray) raw = image_fixture_load("medium.raw");
    g_autofree uint8_t *bytes = g_malloc0(raw->len + 1001);
    memcpy(bytes, "ADSEGMENTEDFILE\0", 16);
    memcpy(bytes + 1001, raw->data, raw->len);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(bytes, raw->len + 1001, "x.ad1", (WalkFixtureOptions){0});
    g_assert_true(has_picture(walked, IMAGE_FIRST_PICTURE));
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_UNSUPPORTED);
}

static void locked_images_are_encrypted(void)
{
    g_autoptr(GByteArray) qcow = image_fixture_load("disk.qcow2");
    qcow->data[35] = 2;
    g_autoptr(Walked) walked =
        walk_fixture_bytes(qcow->data, qcow->len, "x", (WalkFixtureOptions){0});
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_ENCRYPTED), ==,
                    "it is encrypted (LUKS)");
}

static void media_is_no_image_whatever_its_end_says(void)
{
    g_autoptr(GByteArray) vhd = image_fixture_load("fixed.vhd");
    static const uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0};
    memcpy(vhd->data, jpeg, sizeof(jpeg));
    g_autoptr(Source) source = source_new_memory(vhd->data, vhd->len);
    g_assert_false(image_container.fits(sniff_bytes(vhd->data, vhd->len), source));
}

// ---- Raw parts ----------------------------------------------------------------------------------

typedef struct {
    const char *folder;
    Walk walk;
    Frame root;
    WalkSink sink;
    WalkOptions options;
} Joiner;

static int open_sibling(void *user_data, const char *name, uint64_t *ret_size_bytes)
{
    const Joiner *joiner = user_data;
    g_autofree char *path = g_build_filename(joiner->folder, name, NULL);
    char *contents = NULL;
    size_t length = 0;
    if (!g_file_get_contents(path, &contents, &length, NULL))
        return -1;
    g_free(contents);
    *ret_size_bytes = length;
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool go_on(void *user_data, uint64_t bytes)
{
    return true;
}

// Joins the parts in a folder as the walk does before it looks at the evidence file. The digest of
// all; NULL when there is nothing to join.
static char *join(const char *folder, const char *name, GPtrArray **ret_findings)
{
    Joiner joiner = {.folder = folder};
    joiner.root = (Frame){.name = name, .is_root = true, .is_taken = true};
    joiner.sink = (WalkSink){.sibling = open_sibling, .progress = go_on, .user_data = &joiner};
    joiner.walk = (Walk){.options = &joiner.options,
                         .sink = &joiner.sink,
                         .frame = &joiner.root,
                         .deadline_ms = INT64_MAX};
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *contents = NULL;
    size_t length = 0;
    g_assert_true(g_file_get_contents(path, &contents, &length, NULL));
    Source *first = source_new_memory(contents, length);
    Source *joined = image_join_parts(&joiner.walk, first);
    char *sha256 = NULL;
    if (joined != NULL) {
        size_t size = 0;
        const uint8_t *bytes = source_map(joined, &size, NULL);
        sha256 = image_fixture_sha256(bytes, size);
        source_free(joined);
    }
    source_free(first);
    g_free(contents);
    *ret_findings = findings_new();
    if (joiner.root.findings != NULL)
        findings_copy(*ret_findings, joiner.root.findings);
    frame_clear(&joiner.root);
    return sha256;
}

static void put_parts(const char *folder, const char *const *names, size_t count)
{
    g_autoptr(GByteArray) raw = image_fixture_load("medium.raw");
    size_t part = 300000;
    for (size_t i = 0; i < count; i++) {
        size_t left = raw->len - i * part;
        if (names[i] != NULL)
            image_fixture_put(folder, names[i], raw->data + i * part, MIN(left, part));
    }
}

static void raw_parts_are_joined(void)
{
    static const char *const sets[][4] = {
        {"stick.001", "stick.002", "stick.003", "stick.004"},
        {"stick.000", "stick.001", "stick.002", "stick.003"},
        {"stick.dd.aa", "stick.dd.ab", "stick.dd.ac", "stick.dd.ad"},
        {"xaa", "xab", "xac", "xad"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        char *folder = image_fixture_folder();
        put_parts(folder, sets[i], 4);
        g_autoptr(GPtrArray) findings = NULL;
        g_autofree char *sha256 = join(folder, sets[i][0], &findings);
        g_assert_cmpstr(sha256, ==, IMAGE_MEDIUM);
        g_assert_cmpuint(findings->len, ==, 1);
        g_assert_cmpstr(((Finding *)findings->pdata[0])->detail, ==,
                        "the first of 4 parts, which are read as one");
        image_fixture_remove(folder);
    }
}

static void a_missing_raw_part_is_zeroes_and_said(void)
{
    static const char *const names[] = {"stick.001", NULL, "stick.003", "stick.004"};
    char *folder = image_fixture_folder();
    put_parts(folder, names, 4);
    g_autoptr(GPtrArray) findings = NULL;
    g_autofree char *sha256 = join(folder, "stick.001", &findings);
    g_autoptr(GByteArray) raw = image_fixture_load("medium.raw");
    memset(raw->data + 300000, 0, 300000);
    g_autofree char *expected = image_fixture_sha256(raw->data, raw->len);
    g_assert_cmpstr(sha256, ==, expected);
    g_assert_cmpuint(findings->len, ==, 2);
    const Finding *finding = findings->pdata[0];
    g_assert_cmpint(finding->type, ==, FINDING_NOT_EXAMINED);
    g_assert_cmpuint(finding->bytes, ==, 300000);
    g_assert_cmpstr(finding->detail, ==, "the part stick.002 is missing; read as zeroes");
    image_fixture_remove(folder);
}

static void files_that_only_look_like_parts_are_not_joined(void)
{
    char *folder = image_fixture_folder();
    // Of different sizes, and no medium: logs.
    image_fixture_put(folder, "log.001", "the first log\n", 14);
    image_fixture_put(folder, "log.002", "the second log\n", 15);
    image_fixture_put(folder, "alone.001", "alone\n", 6);
    image_fixture_put(folder, "x.7z.001",
                      "7z\xbc\xaf\x27\x1c"
                      "abcdefgh",
                      14);
    image_fixture_put(folder, "x.7z.002", "abcdefghabcdef", 14);
    static const char *const names[] = {"log.001", "log.002", "alone.001", "x.7z.001"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GPtrArray) findings = NULL;
        g_autofree char *sha256 = join(folder, names[i], &findings);
        g_assert_null(sha256);
    }
    image_fixture_remove(folder);
}

// ---- Real media ---------------------------------------------------------------------------------

#define TSK "evidence/sleuthkit_sleuthkit/test/data/"
#define DFVFS "evidence/log2timeline_dfvfs/test_data/"
#define BULK "evidence/simsong_bulk_extractor/src/tests/"

// The stored hash of a real image, which the program that made it computed.
static void stored_hashes_of_real_images_agree(void)
{
    static const struct {
        const char *path, *detail;
    } rows[] = {
        {TSK "image.E01", "the stored MD5 agrees: 3ebb0b7dcd6b5fcd59a0020625d70994"},
        {TSK "imageformat_mmls_1.E01", "the stored MD5 agrees: 8ec671e301095c258224aad701740503"},
        {BULK "CFReDS001.E01", "the stored MD5 agrees: e4f9afba18011f0b9015a9d74cd3c3ac"},
        {BULK "nps-2010-emails.E01", "the stored MD5 agrees: 7dae50cec8163697415e69fd72387c01"},
        // Ends inside a sector: programs that count whole sectors cannot verify it.
        {BULK "email_test.E01", "the stored MD5 agrees: b817ed2590eeeb39f42445088d369f6c"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Walked) walked =
            walk_fixture_media(rows[i].path, (WalkFixtureOptions){.verify_images = true});
        if (walked == NULL)
            return;
        g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_STORED_HASH), ==,
                        rows[i].detail);
        g_assert_cmpuint(count_findings(walked_root(walked), FINDING_DAMAGED), ==, 0);
        g_assert_cmpuint(count_findings(walked_root(walked), FINDING_NOT_EXAMINED), ==, 0);
    }
}

// One ext2 volume in five containers.
static void real_wrappers_give_the_same_files(void)
{
    static const char *const names[] = {TSK "image.E01", TSK "image.qcow", TSK "image.vmdk",
                                        TSK "image.vhd"};
    g_autoptr(Walked) raw = walk_fixture_media(TSK "image.dd", (WalkFixtureOptions){0});
    if (raw == NULL)
        return;
    g_assert_cmpuint(raw->items->len, >, 3);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_test_message("%s", names[i]);
        g_autoptr(Walked) walked = walk_fixture_media(names[i], (WalkFixtureOptions){0});
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
        for (unsigned n = 0; n < raw->items->len; n++) {
            const WalkedItem *item = raw->items->pdata[n];
            if (item->depth > 0 && item->sha256 != NULL && !item->is_structure)
                g_assert_nonnull(walked_find_sha256(walked, item->sha256));
        }
    }
}

// Images of several kinds and a mail store in one process: their libraries do not get in each
// other's way.
static void images_and_mail_stores_open_in_one_process(void)
{
    static const char *const names[] = {TSK "image.E01",
                                        TSK "image.vmdk",
                                        TSK "image.qcow",
                                        DFVFS "hfsplus_zlib.dmg",
                                        DFVFS "windows_volume.qcow2",
                                        DFVFS "ext2.vmdk",
                                        "evidence/apache_tika/testPST.pst"};
    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            g_autoptr(Walked) walked = walk_fixture_media(names[i], (WalkFixtureOptions){0});
            if (walked == NULL)
                return;
            g_test_message("%s", names[i]);
            g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
            g_assert_cmpuint(walked->items->len, >, 1);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/image/" #name, name)
    TEST(the_same_items_lie_in_every_wrapper);
    TEST(an_image_opens_inside_another);
    TEST(siblings_are_found_by_the_last_part_of_a_path);
    TEST(a_missing_parent_is_said_with_its_bytes);
    TEST(extents_follow_one_another);
    TEST(a_missing_extent_moves_nothing);
    TEST(a_descriptor_without_its_files_is_unreadable);
    TEST(a_set_is_read_through_its_segments);
    TEST(the_stored_hash_is_verified_on_request_alone);
    TEST(a_missing_middle_segment_is_said_and_the_rest_is_found);
    TEST(missing_last_segments_are_said);
    TEST(a_file_that_is_no_segment_is_not_used);
    TEST(damage_is_said_after_reading);
    TEST(a_later_segment_is_part_of_its_set);
    TEST(images_that_are_not_opened_are_named);
    TEST(what_is_not_opened_is_searched);
    TEST(locked_images_are_encrypted);
    TEST(media_is_no_image_whatever_its_end_says);
    TEST(raw_parts_are_joined);
    TEST(a_missing_raw_part_is_zeroes_and_said);
    TEST(files_that_only_look_like_parts_are_not_joined);
    TEST(stored_hashes_of_real_images_agree);
    TEST(real_wrappers_give_the_same_files);
    TEST(images_and_mail_stores_open_in_one_process);
    return g_test_run();
}

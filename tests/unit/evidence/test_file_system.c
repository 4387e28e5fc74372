// SPDX-License-Identifier: Apache-2.0
//
// Real volumes: every file that others have listed is found with the digest they published, deleted
// ones too; what cannot be opened is said.
#include <string.h>

#include <glib/gstdio.h>

#include "base/limits.h"
#include "walk_fixture.h"

typedef struct {
    const char *path, *md5;
} Truth;

static void check(const Walked *walked, const Truth *rows, size_t count, FindingType finding)
{
    for (size_t i = 0; i < count; i++) {
        const WalkedItem *item = walked_find(walked, rows[i].path);
        g_test_message("%s", rows[i].path);
        g_assert_nonnull(item);
        g_assert_cmpstr(item->md5, ==, rows[i].md5);
        g_assert_cmpint(item->status, ==, STATUS_OK);
        if (finding != FINDING_TYPE_COUNT)
            g_assert_nonnull(walked_finding(item, finding));
    }
}

static void remove_folder(const char *folder)
{
    const char *const arguments[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

// A shell command with the media file as $0 and a new folder as $1. NULL: the test was skipped.
static char *unpack(const char *relative, const char *command)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    g_autofree char *packed = g_build_filename(media, "evidence", relative, NULL);
    g_autofree char *folder = g_dir_make_tmp("clew-test-XXXXXX", NULL);
    const char *const arguments[] = {"sh", "-c", command, packed, folder, NULL};
    int status = 0;
    if (g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                     &status, NULL) &&
        status == 0)
        return g_steal_pointer(&folder);
    remove_folder(folder);
    g_test_skip("the sample cannot be unpacked here");
    return NULL;
}

static Walked *walk_unpacked(const char *relative, const char *command, const char *name)
{
    g_autofree char *folder = unpack(relative, command);
    if (folder == NULL)
        return NULL;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    Walked *walked = walk_fixture_file(path, (WalkFixtureOptions){0});
    remove_folder(folder);
    return walked;
}

#define UNZIP "unzip -q \"$0\" -d \"$1\""
#define GUNZIP "gunzip -c \"$0\" > \"$1/volume.raw\""
#define BRIAN "sleuthkit_sleuthkit_test_data/from_brian/"

// The same four files on four file systems.
static const Truth four_files[] = {
    {"/passwords.txt", "39cb097008d17660abd0539891a672af"},
    {"/a_directory/a_file", "85bebf486af24792085f769afa46717d"},
    {"/a_directory/another_file", "d54ff73404ed6041a3bd66850b061bff"},
};

static void ext2_lists_files_links_and_deleted_names(void)
{
    g_autoptr(Walked) walked = walk_fixture_media("evidence/sleuthkit_sleuthkit/test/data/image.dd",
                                                  (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    check(walked, four_files, G_N_ELEMENTS(four_files), FINDING_TYPE_COUNT);
    g_assert_cmpstr(walked_find(walked, "/passwords.txt")->layer, ==, "{\"inode\":15}");
    g_assert_cmpstr(walked_finding(walked_find(walked, "/a_link"), FINDING_SPECIAL_FILE), ==,
                    "symbolic link to a_directory/another_file");
    const WalkedItem *deleted = walked_find(walked, "/a_directory/.another_file.swp");
    g_assert_cmpstr(walked_finding(deleted, FINDING_DELETED), ==, "deleted; only its name is left");
    g_assert_null(deleted->sha256);
}

static void apfs_lists_the_volumes_of_a_container(void)
{
    static const Truth rows[] = {
        {"/apfs_test/passwords.txt", "39cb097008d17660abd0539891a672af"},
        {"/apfs_test/a_directory/a_file", "85bebf486af24792085f769afa46717d"},
        {"/apfs_test/a_directory/another_file", "d54ff73404ed6041a3bd66850b061bff"},
    };
    g_autoptr(Walked) walked = walk_fixture_media("evidence/log2timeline_dfvfs/test_data/apfs.raw",
                                                  (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    check(walked, rows, G_N_ELEMENTS(rows), FINDING_TYPE_COUNT);
    const WalkedItem *fork =
        walked_find(walked, "/apfs_test/a_directory/a_resourcefork/..namedfork/rsrc");
    g_assert_cmpstr(fork->layer, ==, "{\"volume\":0,\"inode\":23,\"attribute\":\"4353-1\"}");
    g_assert_cmpstr(walked_finding(fork, FINDING_ALTERNATE_STREAM), ==, "resource fork");
}

static void iso9660_is_walked(void)
{
    static const Truth rows[] = {
        {"/PASSWORDS.TXT", "39cb097008d17660abd0539891a672af"},
        {"/A_DIRECTORY/A_FILE", "85bebf486af24792085f769afa46717d"},
        {"/A_DIRECTORY/ANOTHER_FILE", "d54ff73404ed6041a3bd66850b061bff"},
    };
    g_autoptr(Walked) walked = walk_fixture_media(
        "evidence/log2timeline_dfvfs/test_data/iso9660.raw", (WalkFixtureOptions){0});
    if (walked != NULL)
        check(walked, rows, G_N_ELEMENTS(rows), FINDING_TYPE_COUNT);
}

// dftt.sf.net test 6. FAT keeps no clusters of a deleted file: of fragmented ones the published
// "incorrect" digests are what can be had.
static void deleted_files_of_fat_are_recovered(void)
{
    static const Truth rows[] = {
        {"/_ing.dat", "59b20779f69ff9f0ac5fcd2c38835a79"},
        {"/_ult1.dat", "ffd27bd782bdce67750b6b9ee069d2ef"},
        {"/_rag1.dat", "c4f3b9a0f17d464f4fc61b94ecf6cc21"},
        {"/_rag2.dat", "965370acfa85aa7e26ab04bbd45cdcae"},
        {"/_ir1/mult2.dat", "59cf0e9cd107bc1e75afb7374f6e05bb"},
        {"/_ir1/dir2/frag3.dat", "a7a14ac62f79fdea4056ed5e8bcf97ef"},
    };
    g_autoptr(Walked) walked =
        walk_unpacked(BRIAN "6-undel-fat.zip", UNZIP, "6-undel-fat/6-fat-undel.dd");
    if (walked == NULL)
        return;
    check(walked, rows, G_N_ELEMENTS(rows), FINDING_DELETED);
    const WalkedItem *file = walked_find(walked, "/_ult1.dat");
    g_assert_cmpstr(walked_finding(file, FINDING_DELETED), ==,
                    "deleted; where it lies is a guess, all but its first block");
    g_assert_cmpint(file->times.modified.zone, ==, ZONE_UNKNOWN);
}

// dftt.sf.net test 7: all eleven, with the fragmented ones and the alternate stream.
static void deleted_files_of_ntfs_are_recovered(void)
{
    static const Truth rows[] = {
        {"/res1.dat", "9036637712b491904cd0bfbdbe648453"},
        {"/sing1.dat", "59b20779f69ff9f0ac5fcd2c38835a79"},
        {"/mult1.dat", "ffd27bd782bdce67750b6b9ee069d2ef"},
        {"/mult1.dat:ADS", "ba1b9eedb1c091ddca253d35dde8f616"},
        {"/frag1.dat", "7a3bc5b763bef201202108f4ba128149"},
        {"/frag2.dat", "0e80ab84ef0087e60dfc67b88a1cf13e"},
        {"/dir1/mult2.dat", "59cf0e9cd107bc1e75afb7374f6e05bb"},
        {"/dir1/dir2/frag3.dat", "21121699487f3fbbdb9a4b3391b6d3e0"},
        {"/$OrphanFiles/sing2.dat", "c229626f6a71b167ad7e50c4f2fccdb1"},
    };
    g_autoptr(Walked) walked =
        walk_unpacked(BRIAN "7-undel-ntfs.zip", UNZIP, "7-undel-ntfs/7-ntfs-undel.dd");
    if (walked == NULL)
        return;
    check(walked, rows, G_N_ELEMENTS(rows), FINDING_DELETED);
    g_assert_nonnull(
        walked_finding(walked_find(walked, "/mult1.dat:ADS"), FINDING_ALTERNATE_STREAM));
    g_assert_nonnull(
        walked_finding(walked_find(walked, "/$OrphanFiles/sing2.dat"), FINDING_ORPHAN));
    g_assert_null(walked_find(walked, "/$BadClus:$Bad")); // all holes
    g_assert_cmpint(walked_find(walked, "/$Boot")->status, ==, STATUS_OK);
}

// dftt.sf.net test 10: NTFS with the superblock of another file system planted. The library alone
// refuses to choose and lists nothing.
static void ambiguous_volumes_are_walked_as_each_that_fits(void)
{
    g_autoptr(Walked) walked =
        walk_unpacked(BRIAN "10b-ntfs-autodetect.zip", UNZIP, "10-ntfs-autodetect/10-ntfs-disk.dd");
    if (walked == NULL)
        return;
    g_assert_cmpstr(walked_finding(walked_find(walked, "p1"), FINDING_AMBIGUOUS), ==,
                    "NTFS, ext2/3/4 fit; each was walked");
    g_assert_cmpstr(walked_finding(walked_find(walked, "p2"), FINDING_AMBIGUOUS), ==,
                    "NTFS, UFS fit; each was walked");
    g_assert_cmpuint(walked_find(walked, "p1 > /ntfs/NTFS.TXT")->size_bytes, ==, 44);
    g_assert_cmpuint(walked_find(walked, "p1 > /ext/ext2.txt")->size_bytes, ==, 77);
    g_assert_cmpuint(walked_find(walked, "p2 > /ntfs/NTFS.TXT")->size_bytes, ==, 44);
    g_assert_cmpuint(walked_find(walked, "p2 > /ufs/ufs1.txt")->size_bytes, ==, 77);
    g_assert_cmpstr(walked_find(walked, "p2 > /ufs/ufs1.txt")->layer, ==,
                    "{\"fs\":\"ufs\",\"inode\":3}");
}

static void a_volume_the_library_refuses_is_named(void)
{
    g_autoptr(Walked) walked =
        walk_unpacked("msuhanov_ntfs-samples/ntfs-2m.raw.gz", GUNZIP, "volume.raw");
    if (walked == NULL)
        return;
    const char *detail = walked_finding(walked_find(walked, "p1"), FINDING_UNRECOGNISED);
    g_assert_true(g_str_has_prefix(detail, "looks like NTFS ("));
}

static void ntfs_times_are_utc(void)
{
    g_autoptr(Walked) walked =
        walk_unpacked("msuhanov_ntfs-samples/ntfs-lastaccess.raw.gz", GUNZIP, "volume.raw");
    if (walked == NULL)
        return;
    const WalkedItem *file = walked_find(walked, "p1 > /test/1.txt");
    g_assert_cmpuint(file->size_bytes, ==, 143);
    g_assert_cmpint(file->times.modified.zone, ==, ZONE_UTC);
    g_assert_cmpint(file->times.created.seconds, >, 1500000000);
}

// ---- ext4, made here --------------------------------------------------------------------------

// Runs a shell command in a new folder and walks the volume.img it leaves there. NULL: skipped.
static Walked *walk_made(const char *command)
{
    g_autofree char *folder = g_dir_make_tmp("clew-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "volume.img", NULL);
    const char *const arguments[] = {"sh", "-ec", command, NULL};
    int status = 0;
    Walked *walked = NULL;
    if (g_spawn_sync(folder, (char **)arguments, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                     &status, NULL) &&
        status == 0)
        walked = walk_fixture_file(path, (WalkFixtureOptions){0});
    else
        g_test_skip("the volume cannot be made here");
    remove_folder(folder);
    return walked;
}

#define EXT4_TOOLS "PATH=$PATH:/sbin:/usr/sbin; "

static void files_encrypted_by_ext4_are_said_to_be(void)
{
    g_autoptr(Walked) walked =
        walk_made(EXT4_TOOLS "mkdir d; seq 1 1000 > d/secret; seq 1 1000 > d/open; "
                             "truncate -s 8M volume.img; "
                             "mkfs.ext4 -q -F -O encrypt -d d volume.img; "
                             "debugfs -w -R 'sif secret flags 0x80800' volume.img");
    if (walked == NULL)
        return;
    const WalkedItem *secret = walked_find(walked, "/secret");
    g_assert_cmpint(secret->status, ==, STATUS_ENCRYPTED);
    g_assert_nonnull(walked_finding(secret, FINDING_ENCRYPTED));
    g_assert_null(secret->sha256);
    g_assert_cmpstr(walked_find(walked, "/open")->md5, ==, "53d025127ae99ab79e8502aae2d9bea6");
}

static void holes_read_as_zeros(void)
{
    g_autoptr(Walked) walked =
        walk_made(EXT4_TOOLS "mkdir d; truncate -s 1M d/middle; echo end >> d/middle; "
                             "echo begin > d/tail; truncate -s 1M d/tail; "
                             "truncate -s 8M volume.img; "
                             "mkfs.ext4 -q -F -d d volume.img");
    if (walked == NULL)
        return;
    g_assert_cmpuint(walked_find(walked, "/middle")->size_bytes, ==, 1048580);
    g_assert_cmpstr(walked_find(walked, "/middle")->md5, ==, "66f4c78287e68910d1a97fb35a764f50");
    g_assert_cmpstr(walked_find(walked, "/tail")->md5, ==, "ddcf548e124d5f533f25c581fe446ca3");
}

// Reading a terabyte of zeros would tell nothing and take hours.
static void endless_holes_are_left_out_and_that_is_said(void)
{
    g_autoptr(Walked) walked =
        walk_made(EXT4_TOOLS "mkdir d; truncate -s 1000G d/huge; echo end >> d/huge; "
                             "truncate -s 8M volume.img; mkfs.ext4 -q -F -b 4096 -d d volume.img");
    if (walked == NULL)
        return;
    const WalkedItem *huge = walked_find(walked, "/huge");
    g_assert_cmpuint(huge->size_bytes, ==, 4);
    g_assert_cmpstr(huge->md5, ==, "b0061974914468de549a2af8ced10316");
    g_assert_cmpstr(walked_finding(huge, FINDING_NOT_EXAMINED), ==,
                    "1073741824000 bytes of holes were left out; the digests are of the stored "
                    "part");
}

// ---- Orphans without end ----------------------------------------------------------------------

#define SECTOR 512u
#define RESERVED_SECTORS 32u
#define CLUSTER_SECTORS 8u

static void put16(uint8_t *target, uint32_t value)
{
    target[0] = (uint8_t)value;
    target[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *target, uint32_t value)
{
    put16(target, value);
    put16(target + 2, value >> 16);
}

// An empty FAT32 volume; `ret_data` is the cluster behind the root folder's.
static uint8_t *make_fat32(uint32_t clusters, size_t *ret_size, uint8_t **ret_data)
{
    uint32_t table_sectors = (clusters + 2) * 4 / SECTOR + 1;
    uint32_t data = RESERVED_SECTORS + table_sectors, total = data + clusters * CLUSTER_SECTORS;
    uint8_t *volume = g_malloc0((size_t)total * SECTOR);
    memcpy(volume, "\xeb\x58\x90MSDOS5.0", 11);
    put16(volume + 11, SECTOR);
    volume[13] = CLUSTER_SECTORS;
    put16(volume + 14, RESERVED_SECTORS);
    volume[16] = 1;
    volume[21] = 0xf8;
    put32(volume + 32, total);
    put32(volume + 36, table_sectors);
    put32(volume + 44, 2);
    put16(volume + 48, 1);
    volume[510] = 0x55;
    volume[511] = 0xaa;
    uint8_t *table = volume + (size_t)RESERVED_SECTORS * SECTOR;
    put32(table, 0x0ffffff8);
    put32(table + 4, 0x0fffffff);
    put32(table + 8, 0x0fffffff); // the root folder
    *ret_data = volume + (size_t)(data + CLUSTER_SECTORS) * SECTOR;
    *ret_size = (size_t)total * SECTOR;
    return volume;
}

static void put_entry(uint8_t *entry, const char *name, uint8_t attributes, uint32_t cluster,
                      uint32_t size)
{
    memcpy(entry, name, 11);
    entry[11] = attributes;
    put16(entry + 16, 0x5821);
    put16(entry + 18, 0x5821);
    put16(entry + 22, 0x6000);
    put16(entry + 24, 0x5821);
    put16(entry + 26, cluster);
    put32(entry + 28, size);
}

static unsigned offered;

static WalkChoice skip_all(void *user_data, const WalkItem *item)
{
    offered++;
    return WALK_SKIP;
}

static void orphans_end_at_the_limit_and_that_is_said(void)
{
    enum { ORPHANS = LIMIT_EVIDENCE_ORPHANS + 5000 };
    size_t size = 0;
    uint8_t *data = NULL;
    g_autofree uint8_t *volume = make_fat32(66000, &size, &data);
    for (uint32_t i = 0; i < ORPHANS; i++)
        put_entry(data + i * 32,
                  "\xe5"
                  "RPHAN  TXT",
                  0x20, 3, 10);
    offered = 0;
    g_autoptr(Walked) walked =
        walk_fixture_bytes(volume, size, "orphans.img", (WalkFixtureOptions){.choose = skip_all});
    g_assert_cmpuint(offered, >=, LIMIT_EVIDENCE_ORPHANS);
    g_assert_cmpuint(offered, <, LIMIT_EVIDENCE_ORPHANS + 1000); // and stretches of free space
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_NOT_EXAMINED), ==,
                    "of more than 1000000 entries without a folder the first were listed; the "
                    "others' contents were searched for media");
}

// The old entries of a moved folder lead to the same clusters as the new one.
static void what_a_moved_folder_holds_is_listed_once(void)
{
    enum { FOLDER = 0x10, FILE = 0x20 };
    size_t size = 0;
    uint8_t *data = NULL;
    g_autofree uint8_t *volume = make_fat32(66000, &size, &data);
    uint8_t *table = volume + (size_t)RESERVED_SECTORS * SECTOR;
    uint8_t *root = data - CLUSTER_SECTORS * SECTOR;
    put32(table + 3 * 4, 0x0fffffff);
    put32(table + 4 * 4, 0x0fffffff);
    put_entry(root,
              "\xe5"
              "LD        ",
              FOLDER, 3, 0);
    put_entry(root + 32, "NEW        ", FOLDER, 3, 0);
    put_entry(data, ".          ", FOLDER, 3, 0);
    put_entry(data + 32, "..         ", FOLDER, 0, 0);
    put_entry(data + 64, "KEPT    TXT", FILE, 4, 5);
    put_entry(data + 96,
              "\xe5"
              "ONE    TXT",
              FILE, 5, 5);
    memcpy(data + CLUSTER_SECTORS * SECTOR, "kept\n", 5);
    memcpy(data + 2 * CLUSTER_SECTORS * SECTOR, "gone\n", 5);
    // Moved twice, then deleted: all three entries are.
    uint8_t *folder = data + 3 * CLUSTER_SECTORS * SECTOR;
    put_entry(root + 64,
              "\xe5"
              "IRST      ",
              FOLDER, 6, 0);
    put_entry(root + 96,
              "\xe5"
              "ECOND     ",
              FOLDER, 6, 0);
    put_entry(folder, ".          ", FOLDER, 6, 0);
    put_entry(folder + 32, "..         ", FOLDER, 0, 0);
    put_entry(folder + 64,
              "\xe5"
              "WO     TXT",
              FILE, 5, 5);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(volume, size, "moved.img", (WalkFixtureOptions){0});
    unsigned kept = 0, gone = 0, twice = 0;
    for (guint i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        kept += g_str_has_suffix(item->name, "/KEPT.TXT");
        gone += g_str_has_suffix(item->name, "/_ONE.TXT");
        twice += g_str_has_suffix(item->name, "/_WO.TXT");
    }
    g_assert_cmpuint(kept, ==, 1);
    g_assert_cmpuint(gone, ==, 1);
    g_assert_cmpuint(twice, ==, 1);
    g_assert_nonnull(walked_find(walked, "/NEW/KEPT.TXT"));
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC0", TRUE);
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        {"ext2_lists_files_links_and_deleted_names", ext2_lists_files_links_and_deleted_names},
        {"apfs_lists_the_volumes_of_a_container", apfs_lists_the_volumes_of_a_container},
        {"iso9660_is_walked", iso9660_is_walked},
        {"deleted_files_of_fat_are_recovered", deleted_files_of_fat_are_recovered},
        {"deleted_files_of_ntfs_are_recovered", deleted_files_of_ntfs_are_recovered},
        {"ambiguous_volumes_are_walked_as_each_that_fits",
         ambiguous_volumes_are_walked_as_each_that_fits},
        {"a_volume_the_library_refuses_is_named", a_volume_the_library_refuses_is_named},
        {"ntfs_times_are_utc", ntfs_times_are_utc},
        {"files_encrypted_by_ext4_are_said_to_be", files_encrypted_by_ext4_are_said_to_be},
        {"holes_read_as_zeros", holes_read_as_zeros},
        {"endless_holes_are_left_out_and_that_is_said",
         endless_holes_are_left_out_and_that_is_said},
        {"what_a_moved_folder_holds_is_listed_once", what_a_moved_folder_holds_is_listed_once},
        {"orphans_end_at_the_limit_and_that_is_said", orphans_end_at_the_limit_and_that_is_said},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/evidence/file_system/", tests[i].name, NULL);
        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// A medium is walked from its first byte to its last: partitions, the space between them, what is
// encrypted, unknown or cut short, each said.
#include <string.h>

#include "evidence/volume.h"
#include "sniff/sniff.h"
#include "walk_fixture.h"

#define SECTOR 512u
#define MEDIUM_BYTES (256u << 10)

// The smallest picture: 1 x 1, of a colour of its own, since the same contents are found once.
static void put_picture(uint8_t *medium, size_t offset, uint8_t shade)
{
    static const uint8_t gif[] = {'G', 'I', 'F', '8', '9', 'a', 1, 0,    1, 0, 0x80, 0,
                                  0,   0,   0,   0,   9,   9,   9, ',',  0, 0, 0,    0,
                                  1,   0,   1,   0,   0,   2,   2, 0x44, 1, 0, ';'};
    memcpy(medium + offset, gif, sizeof gif);
    medium[offset + 13] = shade;
}

static Walked *walk(const uint8_t *medium, size_t size)
{
    return walk_fixture_bytes(medium, size, "medium", (WalkFixtureOptions){0});
}

static void put_entry(uint8_t *medium, unsigned slot, uint32_t first, uint32_t count)
{
    uint8_t *entry = medium + 446 + slot * 16;
    entry[4] = 0x83;
    memcpy(entry + 8, &first, sizeof first);
    memcpy(entry + 12, &count, sizeof count);
    medium[510] = 0x55;
    medium[511] = 0xaa;
}

static const WalkedItem *carved_at(const Walked *walked, uint64_t offset)
{
    g_autofree char *name = g_strdup_printf("@0x%" G_GINT64_MODIFIER "x", offset);
    for (guint i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (item->finished && g_strcmp0(item->name, name) == 0)
            return item;
    }
    return NULL;
}

static bool fits(const uint8_t *bytes, size_t size)
{
    g_autoptr(Source) source = source_new_memory(bytes, size);
    return volume_container.fits(sniff_bytes(bytes, size), source);
}

static void partitions_are_named_and_gaps_are_searched(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 300, 100);
    put_entry(medium, 1, 64, 100);
    put_picture(medium, (size_t)200 * SECTOR, 1); // between them
    put_picture(medium, (size_t)70 * SECTOR, 2);  // in the second
    put_picture(medium, (size_t)450 * SECTOR, 3); // behind the last
    g_autoptr(Walked) walked = walk(medium, MEDIUM_BYTES);
    const WalkedItem *first = walked_find(walked, "p1"), *second = walked_find(walked, "p2");
    g_assert_cmpstr(first->layer, ==, "{\"volume\":1,\"offset\":153600,\"size\":51200}");
    g_assert_cmpstr(second->layer, ==, "{\"volume\":2,\"offset\":32768,\"size\":51200}");
    g_assert_true(first->is_structure);
    g_assert_nonnull(walked_finding(second, FINDING_UNRECOGNISED));
    g_assert_nonnull(carved_at(walked, 6 * SECTOR)); // in p2, counted from its start
    g_assert_nonnull(carved_at(walked, 200 * SECTOR));
    g_assert_nonnull(carved_at(walked, 450 * SECTOR));
    g_assert_null(carved_at(walked, 70 * SECTOR));
}

static void partitions_past_the_end_are_cut_and_said(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 100, 100000);
    g_autoptr(Walked) walked = walk(medium, MEDIUM_BYTES);
    g_assert_cmpuint(walked_find(walked, "p1")->size_bytes, ==, MEDIUM_BYTES - 100 * SECTOR);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_DAMAGED), ==,
                    "partition 1 was cut: it reaches 50989056 bytes behind the end of the medium");
}

static void overlapping_partitions_are_both_walked(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 100, 100);
    put_entry(medium, 1, 150, 100);
    g_autoptr(Walked) walked = walk(medium, MEDIUM_BYTES);
    g_assert_nonnull(walked_find(walked, "p1"));
    g_assert_nonnull(walked_find(walked, "p2"));
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_DAMAGED), ==,
                    "partitions 1 and 2 overlap; each was walked");
}

static void an_encrypted_partition_is_named_and_searched(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 64, 100);
    memcpy(medium + (size_t)64 * SECTOR, "LUKS\xba\xbe\0\2", 8);
    put_picture(medium, (size_t)80 * SECTOR, 4); // left over from before
    g_autoptr(Walked) walked = walk(medium, MEDIUM_BYTES);
    const WalkedItem *volume = walked_find(walked, "p1");
    g_assert_cmpint(volume->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpstr(walked_finding(volume, FINDING_ENCRYPTED), ==, "LUKS2 volume (Linux)");
    g_assert_nonnull(carved_at(walked, 16 * SECTOR));
}

static void unsupported_file_systems_are_named_and_searched(void)
{
    static const struct {
        uint32_t offset;
        const char *bytes;
        size_t size;
        const char *reason;
    } rows[] = {
        {0, "XFSB", 4, "XFS is not opened; it was searched for media"},
        {65600, "_BHRfS_M", 8, "Btrfs is not opened; it was searched for media"},
        {1024, "\x10\x20\xf5\xf2", 4, "F2FS is not opened; it was searched for media"},
        {512, "LABELONE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0LVM2 001", 32,
         "LVM2 physical volume is not opened; it was searched for media"},
        {4096, "\xfc\x4e\x2b\xa9\1\0\0\0", 8,
         "Linux RAID member is not opened; it was searched for media"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
        memcpy(medium + rows[i].offset, rows[i].bytes, rows[i].size);
        put_picture(medium, 0x20000, 5);
        g_autoptr(Walked) walked = walk(medium, MEDIUM_BYTES);
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_UNSUPPORTED);
        g_assert_cmpstr(walked_root(walked)->reason, ==, rows[i].reason);
        g_assert_nonnull(carved_at(walked, 0x20000));
    }
}

// Memory has no blocks at which pictures would begin.
static void swap_space_is_searched_at_every_byte(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    memcpy(medium + 4096 - 10, "SWAPSPACE2", 10);
    put_picture(medium, 0x20003, 6);
    g_autoptr(Walked) walked = walk(medium, MEDIUM_BYTES);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_nonnull(carved_at(walked, 0x20003));
}

static void a_file_system_that_does_not_open_is_said_to_look_like_one(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    memcpy(medium + 3, "NTFS    \0\2", 10);
    put_picture(medium, 0x20000, 7);
    g_autoptr(Walked) walked = walk(medium, MEDIUM_BYTES);
    const char *detail = walked_finding(walked_root(walked), FINDING_UNRECOGNISED);
    g_assert_true(g_str_has_prefix(detail, "looks like NTFS ("));
    g_assert_true(g_str_has_suffix(detail, "could not be opened; it was searched for media"));
    g_assert_nonnull(carved_at(walked, 0x20000));
}

static void ordinary_bytes_are_no_volume(void)
{
    g_autofree uint8_t *bytes = g_malloc0(MEDIUM_BYTES);
    g_assert_false(fits(bytes, MEDIUM_BYTES));
    memset(bytes, 'A', MEDIUM_BYTES);
    g_assert_false(fits(bytes, MEDIUM_BYTES));
    bytes[510] = 0x55;
    bytes[511] = 0xaa;
    g_assert_false(fits(bytes, MEDIUM_BYTES));
    for (uint32_t i = 0, state = 1; i < MEDIUM_BYTES; i++) {
        state = state * 1103515245u + 12345u;
        bytes[i] = (uint8_t)(state >> 16);
    }
    g_assert_false(fits(bytes, MEDIUM_BYTES));
}

// NTFS keeps its boot sectors as a file, and rescue tools keep superblocks.
static void a_boot_sector_alone_is_no_volume(void)
{
    g_autofree uint8_t *bytes = g_malloc0(MEDIUM_BYTES);
    memcpy(bytes + 3, "NTFS    \0\2", 10);
    g_assert_false(fits(bytes, 8192));
    g_assert_true(fits(bytes, MEDIUM_BYTES));
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC0", TRUE);
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        {"partitions_are_named_and_gaps_are_searched", partitions_are_named_and_gaps_are_searched},
        {"partitions_past_the_end_are_cut_and_said", partitions_past_the_end_are_cut_and_said},
        {"overlapping_partitions_are_both_walked", overlapping_partitions_are_both_walked},
        {"an_encrypted_partition_is_named_and_searched",
         an_encrypted_partition_is_named_and_searched},
        {"unsupported_file_systems_are_named_and_searched",
         unsupported_file_systems_are_named_and_searched},
        {"swap_space_is_searched_at_every_byte", swap_space_is_searched_at_every_byte},
        {"a_file_system_that_does_not_open_is_said_to_look_like_one",
         a_file_system_that_does_not_open_is_said_to_look_like_one},
        {"ordinary_bytes_are_no_volume", ordinary_bytes_are_no_volume},
        {"a_boot_sector_alone_is_no_volume", a_boot_sector_alone_is_no_volume},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/evidence/volume/", tests[i].name, NULL);
        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}

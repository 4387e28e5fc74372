// SPDX-License-Identifier: Apache-2.0
//
// Partition tables are read as they were meant, also when they are damaged, and what is none is not
// taken for one.
#include <string.h>

#include "evidence/volume_table.h"

#define SECTOR 512u
#define SECTORS 400u
#define MEDIUM_BYTES (SECTORS * SECTOR)

static VolumeTable *read_table(const uint8_t *medium, size_t size)
{
    g_autoptr(Source) source = source_new_memory(medium, size);
    return volume_table_read(source);
}

// "number:offset+size" of each partition, with spaces between; NULL without a table.
static char *describe(const VolumeTable *table)
{
    if (table == NULL)
        return NULL;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < table->partitions->len; i++) {
        const Partition *partition = &g_array_index(table->partitions, Partition, i);
        g_string_append_printf(text, "%s%u:%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT,
                               i > 0 ? " " : "", partition->number, partition->offset,
                               partition->size_bytes);
    }
    return g_string_free(text, FALSE);
}

static char *partitions_of(const uint8_t *medium)
{
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    return describe(table);
}

static bool has_table(const uint8_t *medium)
{
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    return table != NULL;
}

static void put32(uint8_t *target, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        target[i] = (uint8_t)(value >> 8 * i);
}

static void put32be(uint8_t *target, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        target[3 - i] = (uint8_t)(value >> 8 * i);
}

// ---- DOS --------------------------------------------------------------------------------------

static void put_entry(uint8_t *medium, uint32_t sector, unsigned slot, uint8_t type, uint32_t first,
                      uint32_t count)
{
    uint8_t *at = medium + (size_t)sector * SECTOR, *entry = at + 446 + slot * 16;
    entry[4] = type;
    put32(entry + 8, first);
    put32(entry + 12, count);
    at[510] = 0x55;
    at[511] = 0xaa;
}

static void reads_primary_partitions_by_slot(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0x83, 200, 50);
    put_entry(medium, 0, 2, 0x07, 63, 100);
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "1:102400+25600 3:32256+51200");
}

static void reads_logical_partitions_from_five_on(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0x83, 10, 20);
    put_entry(medium, 0, 1, 0x05, 100, 200);
    put_entry(medium, 100, 0, 0x83, 1, 40);  // counts from this sector
    put_entry(medium, 100, 1, 0x05, 50, 60); // counts from the extended partition
    put_entry(medium, 150, 0, 0x0b, 2, 30);
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "1:5120+10240 5:51712+20480 6:77824+15360");
}

static void a_chain_that_goes_back_ends(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0x0f, 100, 200);
    put_entry(medium, 100, 0, 0x83, 1, 40);
    put_entry(medium, 100, 1, 0x05, 50, 60);
    put_entry(medium, 150, 0, 0x83, 1, 40);
    put_entry(medium, 150, 1, 0x05, 0, 60);
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    g_autofree char *found = describe(table);
    g_assert_cmpstr(found, ==, "5:51712+20480 6:77312+20480");
    g_assert_cmpuint(table->complaints->len, ==, 1);
    g_assert_cmpstr(table->complaints->pdata[0], ==,
                    "the chain of logical partitions points back to sector 100");
}

static void a_broken_chain_is_said(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0x05, 100, 200);
    put_entry(medium, 100, 0, 0x83, 1, 40);
    put_entry(medium, 100, 1, 0x05, 90000, 60);
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    g_assert_cmpuint(table->partitions->len, ==, 1);
    g_assert_nonnull(strstr(table->complaints->pdata[0], "breaks off at sector 90100"));
}

static void what_is_not_a_table_is_none(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    g_assert_false(has_table(medium));
    medium[510] = 0x55;
    medium[511] = 0xaa;
    g_assert_false(has_table(medium)); // no entry at all
    put_entry(medium, 0, 0, 0x83, 10, 20);
    medium[446 + 16] = 'N'; // text where an entry would be
    medium[446 + 16 + 4] = 'o';
    g_assert_false(has_table(medium));
    medium[446 + 16] = medium[446 + 16 + 4] = 0;
    g_assert_true(has_table(medium));
    put_entry(medium, 0, 0, 0x83, SECTORS, 20); // begins behind the end
    g_assert_false(has_table(medium));
    medium[510] = 0;
    put32(medium + 446 + 8, 10);
    g_assert_false(has_table(medium));
}

// One damaged entry does not hide a partition that holds a file system.
static void an_entry_that_leads_to_a_file_system_counts(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0x83, 10, 20);
    put_entry(medium, 0, 1, 0x83, 0xfffffff0u, 20);
    medium[446] = 0x77;
    g_assert_false(has_table(medium));
    medium[446] = 0;
    memcpy(medium + (size_t)10 * SECTOR, "XFSB", 4);
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "1:5120+10240 2:2199023247360+10240");
}

static void sectors_of_4096_bytes_are_guessed(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0x83, 3, 20);
    memcpy(medium + (size_t)3 * 4096, "XFSB", 4);
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "1:12288+81920");
}

// ---- GPT --------------------------------------------------------------------------------------

static uint32_t crc(const uint8_t *bytes, size_t size)
{
    uint32_t value = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        value ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? value >> 1 ^ 0xedb88320u : value >> 1;
    }
    return ~value;
}

static void put_gpt(uint8_t *medium, uint32_t header_sector, uint32_t entries_sector,
                    uint32_t sector_bytes)
{
    uint8_t *header = medium + (size_t)header_sector * sector_bytes;
    uint8_t *entries = medium + (size_t)entries_sector * sector_bytes;
    memset(header, 0, SECTOR);
    memset(entries, 0, 8 * 128);
    memset(entries + 128, 0x11, 16); // the second of eight entries
    put32(entries + 128 + 32, 40);
    put32(entries + 128 + 40, 59);
    memset(entries + 7 * 128, 0x22, 16);
    put32(entries + 7 * 128 + 32, 30);
    put32(entries + 7 * 128 + 40, 30);
    memcpy(header, "EFI PART\0\0\1\0", 12);
    put32(header + 12, 92);
    put32(header + 72, entries_sector);
    put32(header + 80, 8);
    put32(header + 84, 128);
    put32(header + 88, crc(entries, 8 * 128));
    put32(header + 16, crc(header, 92));
}

static void reads_gpt_entries_by_slot(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0xee, 1, SECTORS - 1);
    put_gpt(medium, 1, 2, SECTOR);
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    g_autofree char *found = describe(table);
    g_assert_cmpstr(found, ==, "2:20480+10240 8:15360+512");
    g_assert_cmpstr(table->scheme, ==, "GPT");
    g_assert_cmpuint(table->complaints->len, ==, 0);
}

static void uses_the_backup_of_a_damaged_gpt(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0xee, 1, SECTORS - 1);
    put_gpt(medium, 1, 2, SECTOR);
    put_gpt(medium, SECTORS - 1, SECTORS - 10, SECTOR);
    medium[2 * SECTOR + 128 + 32] ^= 1; // an entry, so that its checksum is wrong
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    g_autofree char *found = describe(table);
    g_assert_cmpstr(found, ==, "2:20480+10240 8:15360+512");
    g_assert_cmpstr(table->complaints->pdata[0], ==,
                    "the first GPT is damaged or missing; its backup was used");
}

static void reads_a_damaged_gpt_without_backup(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_gpt(medium, 1, 2, SECTOR);
    medium[SECTOR + 24] ^= 1;
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    g_autofree char *found = describe(table);
    g_assert_cmpstr(found, ==, "2:20480+10240 8:15360+512");
    g_assert_nonnull(strstr(table->complaints->pdata[0], "no intact backup"));
}

static void a_gpt_of_large_sectors_is_read(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_gpt(medium, 1, 2, 4096);
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "2:163840+81920 8:122880+4096");
}

static void a_missing_gpt_is_said(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_entry(medium, 0, 0, 0xee, 1, SECTORS - 1);
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    g_assert_cmpuint(table->partitions->len, ==, 0);
    g_assert_nonnull(strstr(table->complaints->pdata[0], "announces a GPT"));
}

static void absurd_gpt_headers_are_refused(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_gpt(medium, 1, 2, SECTOR);
    put32(medium + SECTOR + 84, 16); // entries of 16 bytes
    g_assert_false(has_table(medium));
    put32(medium + SECTOR + 84, 128);
    put32(medium + SECTOR + 76, UINT32_MAX); // entries far away
    g_assert_false(has_table(medium));
}

// ---- APM and BSD ------------------------------------------------------------------------------

static void put_apm(uint8_t *medium, uint32_t block, uint32_t entries, uint32_t first,
                    uint32_t count, const char *type)
{
    uint8_t *at = medium + (size_t)block * SECTOR;
    memcpy(at, "PM", 2);
    put32be(at + 4, entries);
    put32be(at + 8, first);
    put32be(at + 12, count);
    strcpy((char *)at + 48, type);
}

static void reads_an_apple_partition_map(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    memcpy(medium, "ER\2\0", 4);
    put_apm(medium, 1, 4, 1, 63, "Apple_partition_map");
    put_apm(medium, 2, 4, 64, 100, "Apple_HFS");
    put_apm(medium, 3, 4, 164, 50, "Apple_Free");
    put_apm(medium, 4, 4, 214, 60, "Apple_UFS");
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "2:32768+51200 4:109568+30720");
}

static void a_damaged_entry_of_a_map_is_said(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_apm(medium, 1, 3, 1, 63, "Apple_partition_map");
    put_apm(medium, 3, 3, 164, 50, "Apple_HFS");
    g_autoptr(VolumeTable) table = read_table(medium, MEDIUM_BYTES);
    g_assert_cmpuint(table->partitions->len, ==, 1);
    g_assert_cmpstr(table->complaints->pdata[0], ==, "entry 2 of the partition map is damaged");
}

static void put_bsd(uint8_t *medium, uint32_t a_first, uint32_t c_first)
{
    uint8_t *label = medium + SECTOR;
    put32(label, 0x82564557u);
    put32(label + 132, 0x82564557u);
    put32(label + 40, SECTOR);
    label[138] = 3;
    put32(label + 148, 20); // a: size, first sector, type
    put32(label + 148 + 4, a_first);
    label[148 + 12] = 7;
    put32(label + 148 + 32, 300); // c
    put32(label + 148 + 36, c_first);
}

static void reads_a_bsd_label(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_bsd(medium, 16, 0);
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "1:8192+10240");
}

// The label of a slice counts from the start of the disk that the slice was cut from.
static void a_label_that_counts_from_the_disk_is_shifted(void)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    put_bsd(medium, 1016, 1000);
    memcpy(medium + (size_t)16 * SECTOR, "XFSB", 4);
    g_autofree char *found = partitions_of(medium);
    g_assert_cmpstr(found, ==, "1:8192+10240");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        {"reads_primary_partitions_by_slot", reads_primary_partitions_by_slot},
        {"reads_logical_partitions_from_five_on", reads_logical_partitions_from_five_on},
        {"a_chain_that_goes_back_ends", a_chain_that_goes_back_ends},
        {"a_broken_chain_is_said", a_broken_chain_is_said},
        {"what_is_not_a_table_is_none", what_is_not_a_table_is_none},
        {"an_entry_that_leads_to_a_file_system_counts",
         an_entry_that_leads_to_a_file_system_counts},
        {"sectors_of_4096_bytes_are_guessed", sectors_of_4096_bytes_are_guessed},
        {"reads_gpt_entries_by_slot", reads_gpt_entries_by_slot},
        {"uses_the_backup_of_a_damaged_gpt", uses_the_backup_of_a_damaged_gpt},
        {"reads_a_damaged_gpt_without_backup", reads_a_damaged_gpt_without_backup},
        {"a_gpt_of_large_sectors_is_read", a_gpt_of_large_sectors_is_read},
        {"a_missing_gpt_is_said", a_missing_gpt_is_said},
        {"absurd_gpt_headers_are_refused", absurd_gpt_headers_are_refused},
        {"reads_an_apple_partition_map", reads_an_apple_partition_map},
        {"a_damaged_entry_of_a_map_is_said", a_damaged_entry_of_a_map_is_said},
        {"reads_a_bsd_label", reads_a_bsd_label},
        {"a_label_that_counts_from_the_disk_is_shifted",
         a_label_that_counts_from_the_disk_is_shifted},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/evidence/volume_table/", tests[i].name, NULL);
        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}

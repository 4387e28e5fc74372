// SPDX-License-Identifier: Apache-2.0
//
// Encrypted volumes are known by their markers, and nothing else is taken for one.
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "evidence/volume_marker.h"

#define MEDIUM_BYTES (64u << 10)

static const uint8_t bitlocker_guid[16] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
                                           0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};

static const char *detail_of(const void *bytes, size_t size)
{
    g_autoptr(Source) source = source_new_memory(bytes, size);
    const VolumeMarker *marker = volume_marker_find(source);
    return marker != NULL ? marker->detail : NULL;
}

// A medium of zeros with some bytes put in.
static uint8_t *medium_with(size_t offset, const void *bytes, size_t size)
{
    uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    memcpy(medium + offset, bytes, size);
    return medium;
}

static void finds_simple_markers(void)
{
    static const struct {
        size_t offset;
        const char *bytes;
        size_t size;
        const char *detail;
    } rows[] = {
        {0, "LUKS\xba\xbe\0\1", 8, "LUKS1 volume (Linux)"},
        {0, "LUKS\xba\xbe\0\2", 8, "LUKS2 volume (Linux)"},
        {0, "LUKS\xba\xbe\0\3", 8, NULL},
        {3, "-FVE-FS-", 8, "BitLocker volume"},
        {4, "-FVE-FS-", 8, NULL},
        {0, "encrcdsa", 8, "encrypted disk image (FileVault, Disk Utility)"},
        {MEDIUM_BYTES - 8, "cdsaencr", 8, "encrypted disk image (FileVault, Disk Utility)"},
        {MEDIUM_BYTES - 512, "GEOM::ELI\0\0\0\0\0\0\0", 16, "GELI volume (FreeBSD)"},
        {MEDIUM_BYTES - 4096, "GEOM::ELI\0\0\0\0\0\0\0", 16, "GELI volume (FreeBSD)"},
        {MEDIUM_BYTES - 1024, "GEOM::ELI\0\0\0\0\0\0\0", 16, NULL},
        {88, "CS\1\0\0\0", 6, NULL},
        {3, "PGPGUARD", 8, "PGP Whole Disk Encryption"},
        {3, "SafeBoot", 8, "McAfee Drive Encryption (SafeBoot)"},
        {8, "\1\2\3\4\x3d\x83\xb4\xf1", 8, "file encrypted by eCryptfs"},
        {8, "\1\2\3\4\x3d\x83\xb4\xf0", 8, NULL},
        {0, "", 0, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *medium = medium_with(rows[i].offset, rows[i].bytes, rows[i].size);
        g_assert_cmpstr(detail_of(medium, MEDIUM_BYTES), ==, rows[i].detail);
    }
}

static void finds_luks2_by_its_backup_header(void)
{
    g_autofree uint8_t *medium = medium_with(0x4000, "SKUL\xba\xbe\0\2", 8);
    g_assert_null(detail_of(medium, MEDIUM_BYTES)); // it does not say that it stands there
    memcpy(medium + 0x4000 + 256, "\0\0\0\0\0\0\x40\0", 8);
    g_assert_cmpstr(detail_of(medium, MEDIUM_BYTES), ==,
                    "LUKS2 volume (Linux) of which only the backup header is left");
    g_assert_null(detail_of(medium, 0x4000 + 100));
}

static void core_storage_needs_more_than_two_letters(void)
{
    g_autofree uint8_t *medium = medium_with(88, "CS\1\0\0\0", 6);
    memcpy(medium + 8, "\1\0\x10\0", 4);
    g_assert_cmpstr(detail_of(medium, MEDIUM_BYTES), ==, "CoreStorage volume (FileVault 2)");
}

static void to_go_mimics_a_fat_volume(void)
{
    g_autofree uint8_t *medium = medium_with(3, "MSWIN4.1", 8);
    g_assert_null(detail_of(medium, MEDIUM_BYTES));
    memcpy(medium + 424, bitlocker_guid, sizeof bitlocker_guid);
    g_autoptr(Source) source = source_new_memory(medium, MEDIUM_BYTES);
    const VolumeMarker *marker = volume_marker_find(source);
    g_assert_cmpstr(marker->detail, ==, "BitLocker To Go volume");
    g_assert_true(marker->mimics_fat);
    g_assert_false(marker->opens_without_secret);
}

// One copy of the metadata, with one master key of this protection behind an entry of another kind.
static void put_metadata(uint8_t *metadata, uint16_t protection, uint16_t entry_size)
{
    memcpy(metadata, "-FVE-FS-", 8);
    metadata[64] = 48 + 20 + 44; // size of all that follows
    uint8_t *other = metadata + 64 + 48;
    memcpy(other, "\x14\0\7\0\2\0\1\0", 8);
    uint8_t *key = other + 20;
    memcpy(key + 2, "\2\0\x08\0\1\0", 6);
    key[0] = (uint8_t)entry_size;
    key[8 + 26] = (uint8_t)protection;
    key[8 + 27] = (uint8_t)(protection >> 8);
}

static uint8_t *bitlocker_medium(uint32_t metadata_offset)
{
    uint8_t *medium = medium_with(3, "-FVE-FS-", 8);
    memcpy(medium + 160, bitlocker_guid, sizeof bitlocker_guid);
    memcpy(medium + 176 + 8, &metadata_offset, sizeof metadata_offset); // the second copy's place
    return medium;
}

static void a_suspended_volume_opens_without_a_secret(void)
{
    static const struct {
        uint16_t protection, entry_size;
        const char *detail;
    } rows[] = {
        {0x0000, 44, "BitLocker volume, suspended: it opens without a secret"},
        {0x2000, 44, "BitLocker volume"},
        {0x0000, 7, "BitLocker volume"},   // shorter than its own header
        {0x0000, 30, "BitLocker volume"},  // too short to have a protection
        {0x0000, 255, "BitLocker volume"}, // longer than all entries
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *medium = bitlocker_medium(0x8000);
        put_metadata(medium + 0x8000, rows[i].protection, rows[i].entry_size);
        g_assert_cmpstr(detail_of(medium, MEDIUM_BYTES), ==, rows[i].detail);
    }
}

static void metadata_outside_the_medium_is_left_alone(void)
{
    g_autofree uint8_t *medium = bitlocker_medium(UINT32_MAX);
    g_assert_cmpstr(detail_of(medium, MEDIUM_BYTES), ==, "BitLocker volume");
}

static void short_items_have_no_marker(void)
{
    g_assert_null(detail_of("", 0));
    g_assert_null(detail_of("LUKS\xba\xbe", 6));
    g_assert_cmpstr(detail_of("LUKS\xba\xbe\0\1", 8), ==, "LUKS1 volume (Linux)");
}

// ---- The samples of cryptsetup's own tests ----------------------------------------------------

static void remove_folder(const char *folder)
{
    const char *const arguments[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

// Unpacks an archive of the media folder. NULL (and the test skipped) without it.
static char *unpack(const char *name)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    g_autofree char *archive =
        g_build_filename(media, "evidence", "mbroz_cryptsetup", "tests", name, NULL);
    g_autofree char *folder = g_dir_make_tmp("clew-test-XXXXXX", NULL);
    const char *const arguments[] = {"tar", "-xJSf", archive, "-C", folder, NULL};
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                      &status, NULL) ||
        status != 0) {
        remove_folder(folder);
        g_test_skip("tar cannot unpack the samples");
        return NULL;
    }
    return g_steal_pointer(&folder);
}

static const char *detail_of_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    g_assert_cmpint(descriptor, >=, 0);
    g_assert_cmpint(fstat(descriptor, &status), ==, 0);
    g_autoptr(Source) source = source_new_descriptor(descriptor, (uint64_t)status.st_size);
    const VolumeMarker *marker = volume_marker_find(source);
    return marker != NULL ? marker->detail : NULL;
}

static const char *expected_bitlocker(const char *name)
{
    if (strstr(name, "clearkey") != NULL)
        return "BitLocker volume, suspended: it opens without a secret";
    if (strstr(name, "togo") != NULL)
        return "BitLocker To Go volume";
    if (strstr(name, "eow") != NULL || strstr(name, "partially") != NULL)
        return "BitLocker volume, encrypted on write";
    return "BitLocker volume";
}

static void knows_every_bitlocker_sample(void)
{
    g_autofree char *folder = unpack("bitlk-images.tar.xz");
    if (folder == NULL)
        return;
    g_autofree char *images = g_build_filename(folder, "bitlk-images", NULL);
    g_autoptr(GDir) dir = g_dir_open(images, 0, NULL);
    unsigned count = 0;
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        bool is_image = g_str_has_suffix(name, ".img");
        g_assert_cmpstr(detail_of_file(images, name), ==,
                        is_image ? expected_bitlocker(name) : NULL);
        count += is_image;
    }
    g_assert_cmpuint(count, ==, 21);
    remove_folder(folder);
}

static void knows_luks_and_file_vault_samples(void)
{
    g_autofree char *luks = unpack("luks1-images.tar.xz");
    if (luks == NULL)
        return;
    g_assert_cmpstr(detail_of_file(luks, "luks1-images/luks1_aes-lrw-plain64-sha1.img"), ==,
                    "LUKS1 volume (Linux)");
    g_assert_null(detail_of_file(luks, "luks1-images/README"));
    remove_folder(luks);
    g_autofree char *vault = unpack("fvault2-images.tar.xz");
    g_assert_cmpstr(detail_of_file(vault, "fvault2-images/small"), ==,
                    "CoreStorage volume (FileVault 2)");
    remove_folder(vault);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/evidence/volume_marker/finds_simple_markers", finds_simple_markers);
    g_test_add_func("/evidence/volume_marker/finds_luks2_by_its_backup_header",
                    finds_luks2_by_its_backup_header);
    g_test_add_func("/evidence/volume_marker/core_storage_needs_more_than_two_letters",
                    core_storage_needs_more_than_two_letters);
    g_test_add_func("/evidence/volume_marker/to_go_mimics_a_fat_volume", to_go_mimics_a_fat_volume);
    g_test_add_func("/evidence/volume_marker/a_suspended_volume_opens_without_a_secret",
                    a_suspended_volume_opens_without_a_secret);
    g_test_add_func("/evidence/volume_marker/metadata_outside_the_medium_is_left_alone",
                    metadata_outside_the_medium_is_left_alone);
    g_test_add_func("/evidence/volume_marker/short_items_have_no_marker",
                    short_items_have_no_marker);
    g_test_add_func("/evidence/volume_marker/knows_every_bitlocker_sample",
                    knows_every_bitlocker_sample);
    g_test_add_func("/evidence/volume_marker/knows_luks_and_file_vault_samples",
                    knows_luks_and_file_vault_samples);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// Encrypted containers without a marker are seen, whole, in part or mostly empty; compressed media,
// text and empty space are not taken for them.
#include <string.h>
#include <sys/wait.h>

#include "base/error.h"
#include "evidence/random_region.h"

#define WINDOW 65536u

// Bytes of a good generator (xorshift64*), the same on every run.
static uint8_t *random_bytes(size_t count, uint64_t seed)
{
    uint8_t *bytes = g_malloc(count);
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    for (size_t i = 0; i < count; i++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes[i] = (uint8_t)(state * 2685821657736338717u >> 56);
    }
    return bytes;
}

// What is found in memory; the detail is checked to be there exactly when something is.
static uint64_t find_in(const uint8_t *bytes, size_t size, char **ret_detail)
{
    g_autoptr(Source) source = source_new_memory(bytes, size);
    g_autofree char *detail = NULL;
    uint64_t found = random_region_find(source, &detail);
    g_assert_cmpint(found > 0, ==, detail != NULL);
    if (ret_detail != NULL)
        *ret_detail = g_steal_pointer(&detail);
    return found;
}

static void chi_squared_of_known_histograms(void)
{
    uint8_t bytes[512];
    for (unsigned i = 0; i < 512; i++)
        bytes[i] = (uint8_t)i;
    g_assert_cmpfloat(random_region_chi_squared(bytes, 512), ==, 0);
    memset(bytes, 7, 512);
    // One bin holds all: 512 * 255.
    g_assert_cmpfloat(random_region_chi_squared(bytes, 512), ==, 130560);
    g_assert_cmpfloat(random_region_chi_squared(bytes, 0), ==, 0);
    // Sizes that are no multiple of four are counted to the last byte.
    g_assert_cmpfloat(random_region_chi_squared(bytes, 3), ==, 765);
}

static void random_bytes_are_found_whole(void)
{
    static const size_t sizes[] = {WINDOW, WINDOW + 1, WINDOW + 512, 20 * WINDOW, 4000000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree uint8_t *bytes = random_bytes(sizes[i], i + 1);
        g_autofree char *detail = NULL;
        g_assert_cmpuint(find_in(bytes, sizes[i], &detail), ==, sizes[i]);
        bool is_multiple = sizes[i] % 512 == 0;
        g_assert_cmpint(strstr(detail, "no multiple of 512") == NULL, ==, is_multiple);
    }
}

static void nearly_all_random_sources_are_found(void)
{
    unsigned found = 0;
    for (unsigned seed = 1; seed <= 100; seed++) {
        g_autofree uint8_t *bytes = random_bytes(18 * WINDOW, seed);
        found += find_in(bytes, 18 * WINDOW, NULL) == 18 * WINDOW;
    }
    g_assert_cmpuint(found, >=, 98);
}

static void short_sources_are_not_looked_at(void)
{
    g_autofree uint8_t *bytes = random_bytes(WINDOW, 1);
    g_assert_cmpuint(find_in(bytes, WINDOW - 1, NULL), ==, 0);
}

static void a_header_before_nothing_is_found(void)
{
    const size_t size = 40 * WINDOW;
    g_autofree uint8_t *bytes = g_malloc0(size);
    g_autofree uint8_t *header = random_bytes(512, 3);
    memcpy(bytes, header, 512);
    g_autofree char *detail = NULL;
    g_assert_cmpuint(find_in(bytes, size, &detail), ==, 512);
    g_assert_nonnull(strstr(detail, "in 1 of 2048 sectors"));
    // The same somewhere behind nothing is no container.
    memset(bytes, 0, 512);
    memcpy(bytes + 512, header, 512);
    g_assert_cmpuint(find_in(bytes, size, NULL), ==, 0);
}

static void random_ends_around_something_else_are_found(void)
{
    const size_t size = 40 * WINDOW;
    g_autofree uint8_t *bytes = random_bytes(size, 4);
    memset(bytes + 2 * WINDOW, 'x', size - 4 * WINDOW);
    memset(bytes + 2 * WINDOW, 'y', size / 3);
    for (size_t at = 2 * WINDOW; at < size - 4 * WINDOW; at += 100)
        bytes[at] = ' ';
    uint64_t found = find_in(bytes, size, NULL);
    g_assert_cmpuint(found, ==, 2 * WINDOW);
    // A container's size is a multiple of the sector's.
    g_assert_cmpuint(find_in(bytes + 1, size - 1, NULL), ==, 0);
}

static void what_is_not_random_is_not_found(void)
{
    const size_t size = 30 * WINDOW;
    g_autofree uint8_t *bytes = g_malloc0(size);
    g_assert_cmpuint(find_in(bytes, size, NULL), ==, 0);
    memset(bytes, 0xff, size);
    g_assert_cmpuint(find_in(bytes, size, NULL), ==, 0);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)i; // too even to be random
    g_assert_cmpuint(find_in(bytes, size, NULL), ==, 0);

    // One value is missing, as where it is escaped.
    g_autofree uint8_t *escaped = random_bytes(size, 5);
    for (size_t i = 0; i < size; i++)
        escaped[i] = escaped[i] == 0 ? 1 : escaped[i];
    g_assert_cmpuint(find_in(escaped, size, NULL), ==, 0);
}

static ssize_t fail_behind_the_first_window(void *user_data, uint64_t offset, void *target,
                                            size_t size, GError **err)
{
    if (offset >= WINDOW) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "the medium has a scratch");
        return -1;
    }
    size_t count = MIN(size, WINDOW - (size_t)offset);
    memcpy(target, (const uint8_t *)user_data + offset, count);
    return (ssize_t)count;
}

static void a_source_that_cannot_be_read_is_not_random(void)
{
    static const SourceOps ops = {fail_behind_the_first_window, NULL};
    g_autofree uint8_t *bytes = random_bytes(WINDOW, 6);
    g_autoptr(Source) whole = source_new(&ops, bytes, WINDOW);
    g_autofree char *detail = NULL;
    g_assert_cmpuint(random_region_find(whole, &detail), ==, WINDOW);
    g_clear_pointer(&detail, g_free);
    g_autoptr(Source) failing = source_new(&ops, bytes, 2 * WINDOW);
    g_assert_cmpuint(random_region_find(failing, &detail), ==, 0);
    g_assert_null(detail);
}

// ---- Real containers --------------------------------------------------------------------------

// Unpacks the archive of TrueCrypt and VeraCrypt volumes into a new folder; NULL when the test is
// skipped. Most are 300 KB: headers, and where a file system lay, nothing.
static char *unpack_volumes(void)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    g_autofree char *archive =
        g_build_filename(media, "evidence/mbroz_cryptsetup/tests/tcrypt-images.tar.xz", NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("clew-random-XXXXXX", &error);
    g_assert_no_error(error);
    char *argv[] = {(char *)"tar", (char *)"-xJf", archive, (char *)"-C", folder, NULL};
    int status = 0;
    g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return g_steal_pointer(&folder);
}

static void remove_folder(const char *folder)
{
    char *argv[] = {(char *)"rm", (char *)"-rf", (char *)folder, NULL};
    g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

static void every_volume_of_64_kib_or_more_is_found(void)
{
    g_autofree char *folder = unpack_volumes();
    if (folder == NULL)
        return;
    g_autofree char *volumes = g_build_filename(folder, "tcrypt-images", NULL);
    g_autoptr(GError) error = NULL;
    GDir *dir = g_dir_open(volumes, 0, &error);
    g_assert_no_error(error);
    unsigned found = 0, looked_at = 0;
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(volumes, name, NULL);
        g_autofree char *bytes = NULL;
        gsize size = 0;
        // Whole disks with a partition table, and volumes that are too short.
        if (g_str_has_prefix(name, "sys_") || g_str_has_prefix(name, "tc_1") ||
            g_str_has_prefix(name, "tc_2") || g_str_has_prefix(name, "tc_3"))
            continue;
        g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
        if (size < WINDOW)
            continue;
        looked_at++;
        found += find_in((const uint8_t *)bytes, size, NULL) >= 4096;
    }
    g_dir_close(dir);
    remove_folder(folder);
    g_assert_cmpuint(looked_at, ==, 51);
    g_assert_cmpuint(found, ==, 51);
}

// Without the beginning that tells their type.
static void tails_of_media_are_not_found(void)
{
    static const char *const names[] = {
        "video/chair-20-sd-bar.mp4",
        "video/chair-orig-22-sd-bar.mp4",
        "video/pattern-hd-no-bar.mp4",
        "pdq/reg-test-input/exif-rotn/exif-rotn-1.jpg",
        "pdq/reg-test-input/exif-rotn/exif-rotn-6.jpg",
    };
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(media, names[i], NULL);
        g_autofree char *bytes = NULL;
        gsize size = 0;
        g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
        gsize tail = (size - 20000) / 512 * 512;
        g_assert_cmpuint(find_in((const uint8_t *)bytes + size - tail, tail, NULL), ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/random_region/" #name, name)
    ADD(chi_squared_of_known_histograms);
    ADD(random_bytes_are_found_whole);
    ADD(nearly_all_random_sources_are_found);
    ADD(short_sources_are_not_looked_at);
    ADD(a_header_before_nothing_is_found);
    ADD(random_ends_around_something_else_are_found);
    ADD(what_is_not_random_is_not_found);
    ADD(a_source_that_cannot_be_read_is_not_random);
    ADD(every_volume_of_64_kib_or_more_is_found);
    ADD(tails_of_media_are_not_found);
    return g_test_run();
}

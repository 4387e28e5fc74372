// SPDX-License-Identifier: Apache-2.0
//
// Generated volumes and disks (tests/fixtures/evidence) are walked, and everything that their
// ground truth names is there: by path, digest, time, status and findings. Nothing is delivered
// twice, and workers that share a walk find together what one finds alone.
#include <string.h>
#include <time.h>

#include <glib/gstdio.h>

#include "walk_fixture.h"

static const char *const names[] = {"fat12", "fat16", "fat32", "exfat", "ext2", "ext4", "ntfs",
                                    "apfs",  "dos",   "gpt",   "apple", "bsd",  NULL};
static char *folder; // of the generated files; NULL without the tools

static void make_fixtures(void)
{
    g_autofree char *made = g_dir_make_tmp("clew-test-XXXXXX", NULL);
    g_autofree char *maker =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "evidence", "make.py", NULL);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    g_ptr_array_add(arguments, (gpointer) "python3");
    g_ptr_array_add(arguments, maker);
    g_ptr_array_add(arguments, made);
    for (size_t i = 0; names[i] != NULL; i++)
        g_ptr_array_add(arguments, (gpointer)names[i]);
    g_ptr_array_add(arguments, NULL);
    int status = 0;
    if (g_spawn_sync(NULL, (char **)arguments->pdata, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                     &status, NULL) &&
        status == 0)
        folder = g_steal_pointer(&made);
}

static void remove_fixtures(void)
{
    const char *const arguments[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(folder);
}

// False, and the test skipped, when the fixture could not be made.
static bool has_fixture(const char *name)
{
    g_autofree char *path = folder != NULL ? g_strdup_printf("%s/%s.img", folder, name) : NULL;
    if (path != NULL && g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    g_test_skip("the fixture cannot be made here");
    return false;
}

static Walked *walk(const char *name, WalkFixtureOptions options)
{
    g_autofree char *path = g_strdup_printf("%s/%s.img", folder, name);
    return walk_fixture_file(path, options);
}

// ---- Ground truth -----------------------------------------------------------------------------

enum { PATH, SHA256, SIZE, STATUS, FINDINGS, OFFSET, MODIFIED, FIELDS };

// The fields of a row as csv.writer() writes them.
static char **split_row(const char *line)
{
    char **fields = g_strsplit(line, "\t", -1);
    for (size_t i = 0; fields[i] != NULL; i++) {
        size_t length = strlen(fields[i]);
        if (length < 2 || fields[i][0] != '"')
            continue;
        char *inner = g_strndup(fields[i] + 1, length - 2);
        g_free(fields[i]);
        fields[i] = inner;
    }
    return fields;
}

// Takes the escapes of a printed path back, and the evidence file's own name off.
static char *raw_path(const char *printed)
{
    const char *inside = strstr(printed, " > ");
    GString *raw = g_string_new(NULL);
    for (const char *at = inside != NULL ? inside + 3 : ""; *at != '\0'; at++) {
        if (at[0] != '\\') {
            g_string_append_c(raw, at[0]);
        } else if (at[1] == 'x') {
            const char digits[] = {at[2], at[3], '\0'};
            g_string_append_c(raw, (char)g_ascii_strtoull(digits, NULL, 16));
            at += 3;
        } else {
            g_string_append_c(raw, at[1] == 'n' ? '\n' : at[1] == 't' ? '\t' : at[1]);
            at++;
        }
    }
    return g_string_free(raw, FALSE);
}

// A carved item lies where its name says; the stretch it was found in has no name.
static const WalkedItem *find_carved(const Walked *walked, char **fields)
{
    g_autofree char *name =
        g_strdup_printf("@0x%" G_GINT64_MODIFIER "x", g_ascii_strtoull(fields[OFFSET], NULL, 10));
    for (guint i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (item->finished && strcmp(item->name, name) == 0 &&
            g_strcmp0(item->sha256, fields[SHA256]) == 0)
            return item;
    }
    return NULL;
}

static char *time_text(ItemTime when)
{
    time_t seconds = (time_t)when.seconds;
    struct tm parts;
    char text[32];
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    return g_strconcat(text, when.zone == ZONE_UTC ? "Z" : "", NULL);
}

static bool has_finding(const WalkedItem *item, const char *name)
{
    for (guint i = 0; i < item->findings->len; i++) {
        const Finding *finding = item->findings->pdata[i];
        if (strcmp(finding_type_name(finding->type), name) == 0)
            return true;
    }
    return false;
}

static void check_row(const Walked *walked, char **fields)
{
    g_autofree char *path = raw_path(fields[PATH]);
    const WalkedItem *item =
        *fields[OFFSET] != '\0' ? find_carved(walked, fields) : walked_find(walked, path);
    g_test_message("%s", fields[PATH]);
    g_assert_nonnull(item);
    if (*fields[STATUS] != '\0')
        g_assert_cmpstr(status_name(item->status), ==, fields[STATUS]);
    if (*fields[SHA256] != '\0')
        g_assert_cmpstr(item->sha256, ==, fields[SHA256]);
    if (*fields[SIZE] != '\0')
        g_assert_cmpuint(item->size_bytes, ==, g_ascii_strtoull(fields[SIZE], NULL, 10));
    if (*fields[MODIFIED] != '\0') {
        g_autofree char *modified = time_text(item->times.modified);
        g_assert_cmpstr(modified, ==, fields[MODIFIED]);
    }
    g_auto(GStrv) findings = g_strsplit(fields[FINDINGS], ",", -1);
    for (size_t i = 0; findings[i] != NULL; i++)
        if (*findings[i] != '\0')
            g_assert_true(has_finding(item, findings[i]));
}

static void finds_what_is_there(const void *name)
{
    if (!has_fixture(name))
        return;
    g_autofree char *truth = g_strdup_printf("%s/%s.img.tsv", folder, (const char *)name);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(truth, &text, NULL, NULL));
    g_strdelimit(text, "\r", '\n');
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(Walked) walked = walk(name, (WalkFixtureOptions){0});
    unsigned rows = 0;
    for (size_t i = 1; lines[i] != NULL; i++) {
        g_auto(GStrv) fields = split_row(lines[i]);
        if (g_strv_length(fields) < FIELDS)
            continue;
        check_row(walked, fields);
        rows++;
    }
    g_assert_cmpuint(rows, >, 0);
}

// ---- Once, and by all -------------------------------------------------------------------------

static void nothing_is_delivered_twice(const void *name)
{
    if (!has_fixture(name))
        return;
    g_autoptr(Walked) walked = walk(name, (WalkFixtureOptions){0});
    g_autoptr(GHashTable) digests = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) locators = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (!item->finished || item->depth == 0)
            continue;
        g_test_message("%s", item->path);
        bool is_carved = item->name[0] == '@',
             is_media = item->type != NULL && item->type->family == FAMILY_STILL;
        // What lies in the metadata itself is found there as well.
        if (is_carved && !g_str_has_prefix(item->path, "/$MFT"))
            g_assert_false(g_hash_table_contains(digests, item->sha256));
        if (is_media && item->sha256 != NULL)
            g_hash_table_add(digests, item->sha256);
        if (!is_carved)
            g_assert_true(g_hash_table_add(locators, item->locator));
    }
}

static char *place_text(const WalkedItem *item)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < item->depth; i++)
        g_string_append_printf(text, "%u.", item->place[i]);
    return g_string_free(text, FALSE);
}

static void shares_make_up_the_whole(const void *name)
{
    enum { SHARES = 3 };
    if (!has_fixture(name))
        return;
    g_autoptr(GHashTable) shared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (unsigned share = 0; share < SHARES; share++) {
        g_autoptr(Walked) part = walk(name, (WalkFixtureOptions){.share = share, .shares = SHARES});
        for (guint i = 0; i < part->items->len; i++) {
            const WalkedItem *item = part->items->pdata[i];
            if (item->finished && item->depth > 0)
                g_hash_table_insert(shared, place_text(item),
                                    g_strdup_printf("%s %s", item->layer, item->sha256));
        }
    }
    g_autoptr(Walked) whole = walk(name, (WalkFixtureOptions){0});
    for (guint i = 0; i < whole->items->len; i++) {
        const WalkedItem *item = whole->items->pdata[i];
        if (!item->finished || item->depth == 0)
            continue;
        g_autofree char *place = place_text(item);
        g_autofree char *expected = g_strdup_printf("%s %s", item->layer, item->sha256);
        g_test_message("%s", item->path);
        g_assert_cmpstr(g_hash_table_lookup(shared, place), ==, expected);
    }
}

// ---- Damage -----------------------------------------------------------------------------------

// Half a volume is walked as far as it goes, and that it is half is said.
static void a_volume_that_ends_early_is_walked(const void *name)
{
    if (!has_fixture(name))
        return;
    g_autofree char *path = g_strdup_printf("%s/%s.img", folder, (const char *)name);
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    g_autoptr(Walked) walked =
        walk_fixture_bytes(bytes, size / 2, "half.img", (WalkFixtureOptions){0});
    const WalkedItem *root = walked_root(walked);
    g_assert_true(walked_finding(root, FINDING_DAMAGED) != NULL ||
                  walked_finding(root, FINDING_UNRECOGNISED) != NULL);
}

static uint8_t *find_mft_record(uint8_t *bytes, size_t size, uint32_t number)
{
    for (size_t at = 0; at + 1024 <= size; at += 1024) {
        uint32_t found = 0;
        memcpy(&found, bytes + at + 44, sizeof found);
        if (memcmp(bytes + at, "FILE", 4) == 0 && found == number)
            return bytes + at;
    }
    return NULL;
}

// The header of a record's first attribute of this type.
static uint8_t *find_attribute(uint8_t *record, uint32_t type)
{
    uint32_t at = record[20] | (uint32_t)record[21] << 8;
    while (at < 1000) {
        uint32_t found = 0, length = 0;
        memcpy(&found, record + at, sizeof found);
        memcpy(&length, record + at + 4, sizeof length);
        if (found == type)
            return record + at;
        if (found == UINT32_MAX || length == 0)
            break;
        at += length;
    }
    return NULL;
}

static void a_file_encrypted_by_ntfs_is_said_to_be(void)
{
    enum { FIRST_FILE = 64, DATA = 0x80, FLAGS = 12 };
    if (!has_fixture("ntfs"))
        return;
    g_autofree char *path = g_strdup_printf("%s/ntfs.img", folder);
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    uint8_t *record = find_mft_record((uint8_t *)bytes, size, FIRST_FILE);
    find_attribute(record, DATA)[FLAGS + 1] = 0x40;
    g_autoptr(Walked) walked = walk_fixture_bytes(bytes, size, "efs.img", (WalkFixtureOptions){0});
    const WalkedItem *file = walked_find(walked, "/picture.jpg");
    g_assert_cmpint(file->status, ==, STATUS_ENCRYPTED);
    g_assert_null(file->sha256);
    g_assert_cmpstr(walked_finding(file, FINDING_ENCRYPTED), ==, "encrypted by NTFS: EFS");
    g_assert_cmpuint(file->not_examined_bytes, ==, file->size_bytes);
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC0", TRUE);
    g_test_init(&argc, &argv, NULL);
    make_fixtures();
    static const struct {
        const char *name;
        void (*test)(const void *);
    } tests[] = {
        {"finds_what_is_there", finds_what_is_there},
        {"nothing_is_delivered_twice", nothing_is_delivered_twice},
        {"shares_make_up_the_whole", shares_make_up_the_whole},
        {"a_volume_that_ends_early_is_walked", a_volume_that_ends_early_is_walked},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        for (size_t j = 0; names[j] != NULL; j++) {
            g_autofree char *path =
                g_strdup_printf("/evidence/file_system/%s/%s", names[j], tests[i].name);
            g_test_add_data_func(path, names[j], tests[i].test);
        }
    }
    g_test_add_func("/evidence/file_system/ntfs/a_file_encrypted_by_ntfs_is_said_to_be",
                    a_file_encrypted_by_ntfs_is_said_to_be);
    int result = g_test_run();
    if (folder != NULL)
        remove_fixtures();
    return result;
}

// SPDX-License-Identifier: Apache-2.0
//
// RAR archives: volumes, damage, and what stands in nobody's way. Members are stored; what packed
// ones give is shown by the real archives of test_archive.c.
#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>

#include "archive_builder.h"
#include "archive_fixture.h"
#include "evidence/archive.h"
#include "evidence/rar_structure.h"

#define HELLO "2cf24dba"
#define OTHER "d9298a10"
#define TWICE "0a86050f"

// "hellohello" is cut in the middle.
static const char hello[] = "hello", other[] = "other", twice[] = "hellohello";

static RarBuilderMember stored(const char *name, const char *bytes)
{
    return (RarBuilderMember){.name = name, .bytes = bytes, .size = strlen(bytes)};
}

static uint32_t checksum(const char *text)
{
    return (uint32_t)crc32(0, (const uint8_t *)text, (unsigned)strlen(text));
}

// ---- Both formats -----------------------------------------------------------------------------

typedef struct {
    void (*begin)(GByteArray *bytes, bool is_volume, unsigned number);
    void (*add)(GByteArray *bytes, RarBuilderMember member);
    void (*finish)(GByteArray *bytes, bool has_next);
    const char *cipher;
} Format;

static void begin4(GByteArray *bytes, bool is_volume, unsigned number)
{
    rar4_builder_begin(bytes, is_volume);
}

static const Format formats[] = {
    {begin4, rar4_builder_add, rar4_builder_finish, "AES-128"},
    {rar5_builder_begin, rar5_builder_add, rar5_builder_finish, "AES-256"},
};

static void members_are_those_of_the_headers(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        format->begin(bytes, false, 0);
        format->add(bytes, stored("a", hello));
        format->add(bytes, stored("b", other));
        format->finish(bytes, false);
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes->data, bytes->len, "a.rar", (WalkFixtureOptions){0});
        g_autofree char *found = archive_describe(walked);
        g_assert_cmpstr(found, ==, "ok | ok a " HELLO " | ok b " OTHER);
        g_assert_cmpint(walked_find(walked, "b")->times.modified.seconds, ==, 1769862600);
        g_assert_cmpint(walked_find(walked, "b")->times.modified.zone, ==,
                        i == 0 ? ZONE_UNKNOWN : ZONE_UTC);
        g_assert_cmpuint(walked_root(walked)->findings->len, ==, 0);
    }
}

static void encrypted_members_hide_no_others(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        RarBuilderMember secret = stored("secret", "0123456789abcdef");
        secret.is_encrypted = true;
        format->begin(bytes, false, 0);
        format->add(bytes, stored("a", hello));
        format->add(bytes, secret);
        format->add(bytes, stored("b", other));
        format->finish(bytes, false);
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes->data, bytes->len, "a.rar", (WalkFixtureOptions){0});
        g_autofree char *found = archive_describe(walked);
        g_assert_cmpstr(found, ==, "ok | ok a " HELLO " | encrypted secret - | ok b " OTHER);
        g_assert_cmpstr(walked_finding(walked_find(walked, "secret"), FINDING_ENCRYPTED), ==,
                        format->cipher);
    }
}

static void a_damaged_member_hides_no_others(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        RarBuilderMember damaged = stored("a", hello);
        damaged.crc32 = 1;
        format->begin(bytes, false, 0);
        format->add(bytes, damaged);
        format->add(bytes, stored("b", other));
        format->finish(bytes, false);
        archive_assert(bytes->data, bytes->len, "a.rar", "ok | corrupt a " HELLO " | ok b " OTHER);
    }
}

static void bytes_behind_the_end_are_searched(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        format->begin(bytes, false, 0);
        format->add(bytes, stored("a", hello));
        format->finish(bytes, false);
        // Another archive.
        format->begin(bytes, false, 0);
        format->add(bytes, stored("b", other));
        format->finish(bytes, false);
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes->data, bytes->len, "a.rar", (WalkFixtureOptions){0});
        g_assert_nonnull(walked_find(walked, "a"));
        g_assert_nonnull(walked_find_sha256(
            walked, "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"));
        g_assert_nonnull(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    }
}

static void an_archive_that_breaks_off_says_how_much_is_missing(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        format->begin(bytes, false, 0);
        format->add(bytes, stored("a", hello));
        format->add(bytes, stored("b", other));
        g_byte_array_set_size(bytes, bytes->len - 2);
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes->data, bytes->len, "a.rar", (WalkFixtureOptions){0});
        g_assert_cmpstr(walked_find(walked, "a")->reason, ==, NULL);
        g_assert_cmpint(walked_find(walked, "b")->status, ==, STATUS_CORRUPT);
        g_assert_cmpstr(walked_root(walked)->reason, ==,
                        "the RAR archive is cut off: 2 bytes are missing");
    }
}

static void a_broken_chain_is_said_with_the_bytes_behind_it(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        format->begin(bytes, false, 0);
        format->add(bytes, stored("a", hello));
        size_t broken = bytes->len;
        format->add(bytes, stored("b", other));
        format->finish(bytes, false);
        bytes->data[broken] ^= 1;
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes->data, bytes->len, "a.rar", (WalkFixtureOptions){0});
        g_autofree char *found = archive_describe(walked);
        g_assert_cmpstr(found, ==, "corrupt | ok a " HELLO);
        g_autofree char *reason = g_strdup_printf("the RAR archive is damaged at byte %zu", broken);
        g_assert_cmpstr(walked_root(walked)->reason, ==, reason);
        g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, bytes->len - broken);
    }
}

// ---- Methods ----------------------------------------------------------------------------------

static void old_packings_are_named(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    RarBuilderMember old = stored("old", "xxxxx"), older = stored("older", "xxxxx");
    RarBuilderMember kept = stored("stored", hello);
    old.is_packed = older.is_packed = true;
    old.version = kept.version = 20;
    older.version = 15;
    rar4_builder_begin(bytes, false);
    rar4_builder_add(bytes, old);
    rar4_builder_add(bytes, older);
    rar4_builder_add(bytes, kept);
    rar4_builder_finish(bytes, false);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(bytes->data, bytes->len, "a.rar", (WalkFixtureOptions){0});
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | unsupported old - | unsupported older - | ok stored " HELLO);
    g_assert_cmpstr(walked_find(walked, "older")->reason, ==,
                    "it is packed with a method that is not supported: that of RAR 1.5");
}

// ---- Volumes ----------------------------------------------------------------------------------

// Three volumes: a whole member, one that goes on in the second, one that goes on in the third.
static void make_volumes(const Format *format, GByteArray **ret_volumes)
{
    for (unsigned i = 0; i < 3; i++) {
        ret_volumes[i] = g_byte_array_new();
        format->begin(ret_volumes[i], true, i);
    }
    RarBuilderMember part = {.bytes = hello, .size = 5, .whole_size = 10, .crc32 = checksum(twice)};
    format->add(ret_volumes[0], stored("a", other));
    part.name = "b";
    part.continues = true;
    // A part that is not the last has the checksum of its own bytes.
    part.crc32 = checksum(hello);
    format->add(ret_volumes[0], part);
    part.continues = false;
    part.is_continued = true;
    part.crc32 = checksum(twice);
    format->add(ret_volumes[1], part);
    part.name = "c";
    part.continues = true;
    part.is_continued = false;
    part.crc32 = checksum(hello);
    format->add(ret_volumes[1], part);
    part.continues = false;
    part.is_continued = true;
    part.crc32 = checksum(twice);
    format->add(ret_volumes[2], part);
    format->add(ret_volumes[2], stored("d", hello));
    for (unsigned i = 0; i < 3; i++)
        format->finish(ret_volumes[i], i < 2);
}

static char *write_volumes(const Format *format, const char *const *names)
{
    char *folder = g_dir_make_tmp("clew-rar-XXXXXX", NULL);
    GByteArray *volumes[3];
    make_volumes(format, volumes);
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_assert_true(g_file_set_contents(path, (char *)volumes[i]->data, volumes[i]->len, NULL));
        g_byte_array_unref(volumes[i]);
    }
    return folder;
}

static void remove_folder(const char *folder, const char *const *names)
{
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_remove(path);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static Walked *walk_in(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return walk_fixture_file(path, (WalkFixtureOptions){.folder = folder});
}

static void volumes_are_joined(void)
{
    static const char *const names[][3] = {{"x.part1.rar", "x.part2.rar", "x.part3.rar"},
                                           {"x.rar", "x.r00", "x.r01"}};
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
            g_autofree char *folder = write_volumes(&formats[i], names[n]);
            g_autoptr(Walked) walked = walk_in(folder, names[n][0]);
            g_autofree char *found = archive_describe(walked);
            g_assert_cmpstr(found, ==,
                            "ok | ok a " OTHER " | ok b " TWICE " | ok c " TWICE " | ok d " HELLO);
            g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_SEGMENT), ==,
                            "first of 3 files that hold one RAR archive");
            g_autoptr(Walked) later = walk_in(folder, names[n][1]);
            g_autofree char *finding =
                g_strdup_printf("part 2 of an archive that is examined with %s", names[n][0]);
            g_assert_cmpuint(later->items->len, ==, 1);
            g_assert_cmpstr(walked_finding(walked_root(later), FINDING_SEGMENT), ==, finding);
            remove_folder(folder, names[n]);
        }
    }
}

static void a_missing_volume_is_named_and_what_begins_behind_it_is_read(void)
{
    static const char *const names[] = {"x.part1.rar", "x.part2.rar", "x.part3.rar"};
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *folder = write_volumes(&formats[i], names);
        g_autofree char *second = g_build_filename(folder, names[1], NULL);
        g_assert_cmpint(g_remove(second), ==, 0);
        g_autoptr(Walked) first = walk_in(folder, names[0]);
        g_assert_cmpint(walked_find(first, "a")->status, ==, STATUS_OK);
        g_assert_cmpint(walked_find(first, "b")->status, ==, STATUS_CORRUPT);
        g_assert_cmpstr(walked_finding(walked_root(first), FINDING_NOT_EXAMINED), ==,
                        "the volume that follows (x.part2.rar) is missing");
        g_autoptr(Walked) third = walk_in(folder, names[2]);
        g_autofree char *found = archive_describe(third);
        g_assert_cmpstr(found, ==, "ok | unreadable c - | ok d " HELLO);
        g_assert_cmpstr(walked_find(third, "c")->reason, ==,
                        "it begins in a volume that is missing");
        remove_folder(folder, names);
    }
}

// ---- Names ------------------------------------------------------------------------------------

static void names_with_a_unicode_part_are_decoded(void)
{
    // The plain name, a zero, the common high byte 0x04, and codes: the high byte with d0 and c1,
    // then two characters as they are in the plain name.
    static const uint8_t coded[] = {'?', '?', '.', 'c', 0, 0x04, 0x5c, 0x30, 0x31, 0x00};
    g_autofree char *name = rar_decode_name(coded, sizeof coded);
    g_assert_cmpstr(name, ==, "\u0430\u0431.c");
    g_autofree char *plain = rar_decode_name((const uint8_t *)"a\xc3\xa4", 3);
    g_assert_cmpstr(plain, ==, "a\xc3\xa4");
    g_autofree char *cut = rar_decode_name((const uint8_t *)"ab\0", 3);
    g_assert_cmpstr(cut, ==, "ab");
}

static WalkChoice choose_b(void *user_data, const WalkItem *item)
{
    return item->name != NULL && strcmp(item->name, "b") == 0 ? WALK_TAKE : WALK_SKIP;
}

static void a_member_is_read_without_those_before_it(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const Format *format = &formats[i];
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        format->begin(bytes, false, 0);
        format->add(bytes, stored("a", hello));
        format->add(bytes, stored("b", other));
        format->finish(bytes, false);
        g_autoptr(Walked) walked = walk_fixture_bytes(bytes->data, bytes->len, "a.rar",
                                                      (WalkFixtureOptions){.choose = choose_b});
        g_autofree char *found = archive_describe(walked);
        g_assert_cmpstr(found, ==, "ok | ok b " OTHER);
        g_assert_cmpstr(walked_find(walked, "b")->layer, ==, "{\"member\":1}");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(archive_prepare());
    g_test_add_func("/archive_rar/members_are_those_of_the_headers",
                    members_are_those_of_the_headers);
    g_test_add_func("/archive_rar/encrypted_members_hide_no_others",
                    encrypted_members_hide_no_others);
    g_test_add_func("/archive_rar/a_damaged_member_hides_no_others",
                    a_damaged_member_hides_no_others);
    g_test_add_func("/archive_rar/bytes_behind_the_end_are_searched",
                    bytes_behind_the_end_are_searched);
    g_test_add_func("/archive_rar/an_archive_that_breaks_off_says_how_much_is_missing",
                    an_archive_that_breaks_off_says_how_much_is_missing);
    g_test_add_func("/archive_rar/a_broken_chain_is_said_with_the_bytes_behind_it",
                    a_broken_chain_is_said_with_the_bytes_behind_it);
    g_test_add_func("/archive_rar/old_packings_are_named", old_packings_are_named);
    g_test_add_func("/archive_rar/volumes_are_joined", volumes_are_joined);
    g_test_add_func("/archive_rar/a_missing_volume_is_named_and_what_begins_behind_it_is_read",
                    a_missing_volume_is_named_and_what_begins_behind_it_is_read);
    g_test_add_func("/archive_rar/names_with_a_unicode_part_are_decoded",
                    names_with_a_unicode_part_are_decoded);
    g_test_add_func("/archive_rar/a_member_is_read_without_those_before_it",
                    a_member_is_read_without_those_before_it);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// Which files are a part of a set that another file opens, as rows: the files of a folder, and what
// is said of one of them. What is passed over because its set is examined elsewhere must really be
// reached there.
#include "cases/segment.h"

#include "sniff/segment_name.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EWF "EVF\x09\x0d\x0a\xff\x00"
#define RAR "Rar!\x1a\x07\x00"
#define ZIP "PK\x03\x04"

typedef struct {
    char *folder;
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-segment-XXXXXX", NULL);
    g_assert_cmpint(g_chdir(fixture->folder), ==, 0);
}

static void empty_folder(const Fixture *fixture)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'/*", fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    empty_folder(fixture);
    g_assert_cmpint(g_chdir("/"), ==, 0);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
}

// A file of some kind: 'd' a raw disk with a partition table, 'e' EWF, 'r' RAR, 'z' ZIP, 't' text,
// anything else bytes without meaning. Its size in units of 1024 bytes, at least 1.
static void put(const char *name, char kind, unsigned units)
{
    g_autofree uint8_t *bytes = g_malloc0(units * 1024u);
    memset(bytes, 'x', units * 1024u);
    switch (kind) {
    case 'd':
        memset(bytes, 0, 1024);
        memcpy(bytes + 446, "\x80\x01\x01\x00\x0c\xfe\xff\xff\x01\x00\x00\x00\x40\x00\x00\x00", 16);
        memcpy(bytes + 510, "\x55\xaa", 2);
        break;
    case 'e':
        memcpy(bytes, EWF, 8);
        break;
    case 'r':
        memcpy(bytes, RAR, 7);
        break;
    case 'z':
        memcpy(bytes, ZIP, 4);
        break;
    default:
        break;
    }
    g_assert_true(g_file_set_contents(name, (const char *)bytes, (ssize_t)(units * 1024u), NULL));
}

static void put_text(const char *name, const char *text)
{
    g_assert_true(g_file_set_contents(name, text, -1, NULL));
}

// "none", "covered" or "search", with the finding.
static char *role_of(const char *name, bool is_argument)
{
    static const char *const names[] = {
        [SEGMENT_NONE] = "none", [SEGMENT_COVERED] = "covered", [SEGMENT_SEARCH] = "search"};
    char *bytes;
    size_t size;
    g_assert_true(g_file_get_contents(name, &bytes, &size, NULL));
    const SniffType *type = sniff_bytes((const uint8_t *)bytes, MIN(size, (size_t)SNIFF_BYTES));
    g_free(bytes);
    g_autofree char *path = g_build_filename(".", name, NULL);
    const WalkEntry entry = {
        .kind = WALK_FILE, .path = path, .size_bytes = size, .is_argument = is_argument};
    g_autoptr(Record) record = record_new();
    SegmentRole role = segment_role(&entry, type, record);
    const Finding *finding = record->findings->len > 0 ? record->findings->pdata[0] : NULL;
    g_assert_cmpuint(record->findings->len, <=, 1);
    return g_strconcat(names[role], finding != NULL ? ": " : "",
                       finding != NULL ? finding->detail : "", NULL);
}

static void assert_role(const char *name, const char *expected)
{
    g_autofree char *role = role_of(name, false);
    g_test_message("%s", name);
    g_assert_cmpstr(role, ==, expected);
}

// ---- Names ------------------------------------------------------------------------------------

typedef struct {
    const char *opener;
    char opener_kind;
    const char *part;
    char part_kind;
    const char *expected;
} Row;

static void parts_beside_the_file_that_opens_their_set(Fixture *fixture, const void *unused)
{
    static const Row rows[] = {
        {"x.001", 'd', "x.002", '-', "covered: part 2 of the set that x.001 opens"},
        {"x.000", 'd', "x.001", '-', "covered: part 1 of the set that x.000 opens"},
        {"x.aa", 'd', "x.ab", '-', "covered: part 2 of the set that x.aa opens"},
        {"xaa", 'd', "xab", '-', "covered: part 2 of the set that xaa opens"},
        {"x.E01", 'e', "x.E02", 'e', "search: part 2 of the set that x.E01 opens"},
        {"x.part1.rar", 'r', "x.part2.rar", 'r',
         "search: part 2 of the set that x.part1.rar opens"},
        {"x.rar", 'r', "x.r00", 'r', "search: part 2 of the set that x.rar opens"},
        {"x.zip", 'z', "x.z01", '-', "search: part 1 of the set that x.zip opens"},
        {"x.7z.001", 'z', "x.7z.002", '-', "search: part 2 of the set that x.7z.001 opens"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        put(rows[i].opener, rows[i].opener_kind, 2);
        put(rows[i].part, rows[i].part_kind, 2);
        assert_role(rows[i].part, rows[i].expected);
        assert_role(rows[i].opener, "none");
        empty_folder(fixture);
    }
}

static void names_alone_prove_nothing(Fixture *fixture, const void *unused)
{
    static const Row rows[] = {
        {"x.001", '-', "x.002", '-', "none"}, // opens nothing that is known
        {"x.001", 'd', "y.002", '-', "none"}, // of another set
        {"x.001", 'd', "x.002.jpg", '-', "none"},
        {"x.aa", '-', "x.db", '-', "none"},
        {"x.E01", '-', "x.E02", 'e', "none"},
        {"x.E01", 'd', "x.E02", 'e', "none"},
        {"x.rar", '-', "x.r00", 'r', "none"},
        {"x.rar", 'r', "x.r00", '-', "none"},
        {"other", '-', "x.E02", 'e',
         "none: part 2 of a set; x.E01, which opens it, is not beside it"},
        {"other", '-', "x.002", '-', "none"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        put(rows[i].opener, rows[i].opener_kind, 2);
        put(rows[i].part, rows[i].part_kind, 2);
        assert_role(rows[i].part, rows[i].expected);
        empty_folder(fixture);
    }
}

static void a_part_that_the_user_named_is_examined_for_itself(Fixture *fixture, const void *unused)
{
    put("x.001", 'd', 2);
    put("x.002", '-', 2);
    g_autofree char *role = role_of("x.002", true);
    g_assert_cmpstr(role, ==, "none: part 2 of the set that x.001 opens");
}

static void an_opener_must_be_a_file_of_its_own(Fixture *fixture, const void *unused)
{
    put("x.002", '-', 2);
    g_assert_cmpint(g_mkdir("x.001", 0700), ==, 0);
    assert_role("x.002", "none");
    g_rmdir("x.001");
    put("elsewhere", 'd', 2);
    g_assert_cmpint(symlink("elsewhere", "x.001"), ==, 0);
    assert_role("x.002", "none");
    g_unlink("x.001");
    g_assert_cmpint(mkfifo("x.001", 0600), ==, 0);
    assert_role("x.002", "none");
}

static void the_name_of_the_opener_is_escaped(Fixture *fixture, const void *unused)
{
    put("a\n.001", 'd', 2);
    put("a\n.002", '-', 2);
    assert_role("a\n.002", "covered: part 2 of the set that a\\n.001 opens");
}

// ---- Split media ------------------------------------------------------------------------------

static void put_parts(unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++) {
        g_autofree char *name = g_strdup_printf("x.%03u", i);
        put(name, i == 1 ? 'd' : '-', 2);
    }
}

static void missing_parts_are_bridged_as_far_as_the_reader_goes(Fixture *fixture,
                                                                const void *unused)
{
    put_parts(1, 3);
    put_parts(3 + SEGMENT_LOOK_AHEAD, 3 + SEGMENT_LOOK_AHEAD + 1);
    assert_role("x.003", "covered: part 3 of the set that x.001 opens");
    assert_role("x.019", "covered: part 19 of the set that x.001 opens");
    assert_role("x.020", "covered: part 20 of the set that x.001 opens");
    g_unlink("x.003");
    assert_role("x.019", "none");
    assert_role("x.020", "none");
    assert_role("x.002", "covered: part 2 of the set that x.001 opens");
}

static void a_part_longer_than_the_first_ends_the_set(Fixture *fixture, const void *unused)
{
    put_parts(1, 5);
    put("x.003", '-', 3);
    assert_role("x.002", "covered: part 2 of the set that x.001 opens");
    assert_role("x.003", "none");
    assert_role("x.004", "none");
    put("x.003", '-', 1);
    assert_role("x.003", "covered: part 3 of the set that x.001 opens");
    assert_role("x.004", "covered: part 4 of the set that x.001 opens");
}

// Then x.001 is no first part, and nothing is read behind it.
static void a_part_zero_opens_the_set(Fixture *fixture, const void *unused)
{
    put_parts(1, 3);
    put("x.000", 't', 1);
    assert_role("x.001", "none");
    assert_role("x.002", "none");
    put("x.000", 'd', 2);
    assert_role("x.001", "covered: part 1 of the set that x.000 opens");
    assert_role("x.002", "covered: part 2 of the set that x.000 opens");
}

static void a_number_far_away_is_examined_for_itself(Fixture *fixture, const void *unused)
{
    put_parts(1, 2);
    put("x.99999999", '-', 1);
    assert_role("x.99999999", "none");
}

// ---- VMDK -------------------------------------------------------------------------------------

#define HEAD "# Disk DescriptorFile\nversion=1\ncreateType=\"monolithicFlat\"\n"

static void extents_are_those_that_the_descriptor_names(Fixture *fixture, const void *unused)
{
    static const struct {
        const char *descriptor, *part, *expected;
    } rows[] = {
        {HEAD "RW 4 FLAT \"x-flat.vmdk\" 0\n", "x-flat.vmdk",
         "covered: part 1 of the set that x.vmdk opens"},
        {HEAD "RDONLY 4 VMFS \"/vmfs/x-flat.vmdk\"\n", "x-flat.vmdk",
         "covered: part 1 of the set that x.vmdk opens"},
        // Bytes of the file that are not in the medium.
        {HEAD "RW 3 FLAT \"x-flat.vmdk\" 0\n", "x-flat.vmdk", "none"},
        {HEAD "RW 4 FLAT \"x-flat.vmdk\" 1\n", "x-flat.vmdk", "none"},
        {HEAD "RW 36028797018963968 FLAT \"x-flat.vmdk\" 0\n", "x-flat.vmdk", "none"},
        // Not in the medium at all.
        {HEAD "RW 4 FLAT \"y-flat.vmdk\" 0\n", "x-flat.vmdk", "none"},
        {HEAD "RW 4 FLAT \"prefix-x-flat.vmdk\" 0\n", "x-flat.vmdk", "none"},
        {HEAD "NOACCESS 4 FLAT \"x-flat.vmdk\" 0\n", "x-flat.vmdk", "none"},
        {HEAD "# RW 4 FLAT \"x-flat.vmdk\" 0\n", "x-flat.vmdk", "none"},
        {"shopping list\n", "x-flat.vmdk", "none"},
        {HEAD "RW 4 SPARSE \"x-s001.vmdk\"\n", "x-s001.vmdk",
         "search: part 1 of the set that x.vmdk opens"},
        {HEAD "RW 4 SPARSE \"x-s001.vmdk\"\n", "x-s002.vmdk", "none"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        put_text("x.vmdk", rows[i].descriptor);
        put(rows[i].part, '-', 2);
        assert_role(rows[i].part, rows[i].expected);
        empty_folder(fixture);
    }
}

#define ADD(name) g_test_add("/segment/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(parts_beside_the_file_that_opens_their_set);
    ADD(names_alone_prove_nothing);
    ADD(a_part_that_the_user_named_is_examined_for_itself);
    ADD(an_opener_must_be_a_file_of_its_own);
    ADD(the_name_of_the_opener_is_escaped);
    ADD(missing_parts_are_bridged_as_far_as_the_reader_goes);
    ADD(a_part_longer_than_the_first_ends_the_set);
    ADD(a_part_zero_opens_the_set);
    ADD(a_number_far_away_is_examined_for_itself);
    ADD(extents_are_those_that_the_descriptor_names);
    return g_test_run();
}

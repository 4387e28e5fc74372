// SPDX-License-Identifier: Apache-2.0
//
// What names of parts promise: each kind counts as its programs do, the name of every part leads to
// that of every other, and a name that only looks alike is refused.
#include <glib.h>
#include <string.h>

#include "sniff/segment_name.h"

typedef struct {
    SegmentKind kind;
    const char *name;
    unsigned number;
    const char *opener;
    const char *next; // NULL: no part has that number
} Row;

static const Row rows[] = {
    {SEGMENT_EWF, "disk.E01", 1, "disk.E01", "disk.E02"},
    {SEGMENT_EWF, "disk.E99", 99, "disk.E01", "disk.EAA"},
    {SEGMENT_EWF, "disk.EAZ", 125, "disk.E01", "disk.EBA"},
    {SEGMENT_EWF, "disk.EZZ", 775, "disk.E01", "disk.FAA"},
    {SEGMENT_EWF, "disk.ZZZ", 14971, "disk.E01", NULL},
    {SEGMENT_EWF, "disk.e99", 99, "disk.e01", "disk.eaa"},
    {SEGMENT_EWF, "disk.s01", 1, "disk.s01", "disk.s02"},
    {SEGMENT_EWF, "disk.saa", 100, "disk.s01", "disk.sab"},
    {SEGMENT_EWF, "disk.L99", 99, "disk.L01", "disk.LAA"},
    {SEGMENT_EWF, "disk.Ex99", 99, "disk.Ex01", "disk.ExAA"},
    {SEGMENT_EWF, "disk.ExZZ", 775, "disk.Ex01", "disk.EyAA"},
    {SEGMENT_EWF, "disk.EzZZ", 2127, "disk.Ex01", NULL},
    {SEGMENT_EWF, "disk.Lx02", 2, "disk.Lx01", "disk.Lx03"},
    {SEGMENT_EWF, "disk.ex99", 99, "disk.ex01", "disk.exaa"},
    {SEGMENT_EWF, "a.b.E01.E07", 7, "a.b.E01.E01", "a.b.E01.E08"},
    {SEGMENT_NUMBERED, "stick.dd.001", 1, "stick.dd.001", "stick.dd.002"},
    {SEGMENT_NUMBERED, "stick.000", 0, "stick.001", "stick.001"},
    {SEGMENT_NUMBERED, "stick.999", 999, "stick.001", "stick.1000"},
    {SEGMENT_NUMBERED, "stick.1000", 1000, "stick.001", "stick.1001"},
    {SEGMENT_NUMBERED, "stick.0999", 999, "stick.0001", "stick.1000"},
    {SEGMENT_NUMBERED, "x.7z.001", 1, "x.7z.001", "x.7z.002"},
    {SEGMENT_LETTERED, "stick.dd.aa", 1, "stick.dd.aa", "stick.dd.ab"},
    {SEGMENT_LETTERED, "stick.az", 26, "stick.aa", "stick.ba"},
    {SEGMENT_LETTERED, "stick.zz", 676, "stick.aa", NULL},
    {SEGMENT_LETTERED, "stick.aaa", 1, "stick.aaa", "stick.aab"},
    {SEGMENT_LETTERED, "STICK.AB", 2, "STICK.AA", "STICK.AC"},
    {SEGMENT_LETTERED, "xab", 2, "xaa", "xac"},
    {SEGMENT_RAR_PARTS, "film.part1.rar", 1, "film.part1.rar", "film.part2.rar"},
    {SEGMENT_RAR_PARTS, "film.part009.rar", 9, "film.part001.rar", "film.part010.rar"},
    {SEGMENT_RAR_PARTS, "FILM.PART9.RAR", 9, "FILM.PART1.RAR", "FILM.PART10.RAR"},
    {SEGMENT_RAR_OLD, "film.rar", 1, "film.rar", "film.r00"},
    {SEGMENT_RAR_OLD, "film.r99", 101, "film.rar", "film.s00"},
    {SEGMENT_RAR_OLD, "FILM.R00", 2, "FILM.RAR", "FILM.R01"},
    {SEGMENT_RAR_OLD, "film.z99", 901, "film.rar", NULL},
    {SEGMENT_ZIP, "film.z01", 1, "film.zip", "film.z02"},
    {SEGMENT_ZIP, "film.z99", 99, "film.zip", "film.z100"},
    {SEGMENT_ZIP, "film.z100", 100, "film.zip", "film.z101"},
    {SEGMENT_ZIP, "film.zip", 0, "film.zip", "film.z01"},
    {SEGMENT_AD1, "case.ad1", 1, "case.ad1", "case.ad2"},
    {SEGMENT_AD1, "case.ad9", 9, "case.ad1", "case.ad10"},
    {SEGMENT_VMDK, "disk.vmdk", 0, "disk.vmdk", "disk-s001.vmdk"},
    {SEGMENT_VMDK, "disk-s002.vmdk", 2, "disk.vmdk", "disk-s003.vmdk"},
    {SEGMENT_VMDK, "disk-f009.vmdk", 9, "disk.vmdk", "disk-f010.vmdk"},
    {SEGMENT_VMDK, "disk-flat.vmdk", 1, "disk.vmdk", NULL},
    {SEGMENT_DMG, "mac.dmg", 1, "mac.dmg", "mac.002.dmgpart"},
    {SEGMENT_DMG, "mac.002.dmgpart", 2, "mac.dmg", "mac.003.dmgpart"},
};

static void counts_as_the_programs_do(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        SegmentName parsed;
        g_test_message("%s", rows[i].name);
        g_assert_true(segment_name_parse(rows[i].kind, rows[i].name, &parsed));
        g_assert_cmpuint(parsed.number, ==, rows[i].number);
        g_autofree char *opener = segment_name_of_opener(rows[i].name, &parsed);
        g_assert_cmpstr(opener, ==, rows[i].opener);
        g_autofree char *next = segment_name_of_part(rows[i].name, &parsed, parsed.number + 1);
        g_assert_cmpstr(next, ==, rows[i].next);
    }
}

static void every_part_names_itself(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        SegmentName parsed;
        g_assert_true(segment_name_parse(rows[i].kind, rows[i].name, &parsed));
        g_autofree char *same = segment_name_of_part(rows[i].name, &parsed, parsed.number);
        g_assert_cmpstr(same, ==, rows[i].name);
    }
}

// From the first part of a set through 775 (beyond, an .L01 set's names are those of an .E01 set):
// each name leads to the number it was made of.
static void names_and_numbers_agree_along_a_set(void)
{
    static const struct {
        SegmentKind kind;
        const char *first;
    } sets[] = {
        {SEGMENT_EWF, "a.E01"},
        {SEGMENT_EWF, "a.e01"},
        {SEGMENT_EWF, "a.Ex01"},
        {SEGMENT_EWF, "a.L01"},
        {SEGMENT_NUMBERED, "a.001"},
        {SEGMENT_RAR_OLD, "a.rar"},
        {SEGMENT_LETTERED, "a.aaa"},
        {SEGMENT_ZIP, "a.z01"},
        {SEGMENT_RAR_PARTS, "a.part1.rar"},
        {SEGMENT_AD1, "a.ad1"},
        {SEGMENT_VMDK, "a-s001.vmdk"},
        {SEGMENT_DMG, "a.dmg"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        SegmentName first;
        g_assert_true(segment_name_parse(sets[i].kind, sets[i].first, &first));
        for (unsigned number = 1; number <= 775; number++) {
            g_autofree char *name = segment_name_of_part(sets[i].first, &first, number);
            SegmentName parsed;
            g_assert_nonnull(name);
            g_assert_true(segment_name_parse(sets[i].kind, name, &parsed));
            g_assert_cmpuint(parsed.number, ==, number);
        }
    }
}

static void refuses_what_only_looks_alike(void)
{
    static const struct {
        SegmentKind kind;
        const char *name;
    } others[] = {
        {SEGMENT_EWF, ""},
        {SEGMENT_EWF, "E01"},
        {SEGMENT_EWF, ".E01"},
        {SEGMENT_EWF, "a.E00"},
        {SEGMENT_EWF, "a.E1"},
        {SEGMENT_EWF, "a.E0A"},
        {SEGMENT_EWF, "a.E001"},
        {SEGMENT_EWF, "a.F01"},
        {SEGMENT_EWF, "a.Eaa"},
        {SEGMENT_EWF, "a.D01"},
        {SEGMENT_EWF, "a.Ey01"},
        {SEGMENT_EWF, "a.Sx01"},
        {SEGMENT_EWF, "a.\xc3\xa9"
                      "01"},
        {SEGMENT_NUMBERED, "001"},
        {SEGMENT_NUMBERED, ".001"},
        {SEGMENT_NUMBERED, "a.01"},
        {SEGMENT_NUMBERED, "a001"},
        {SEGMENT_NUMBERED, "a.1234567"},
        {SEGMENT_NUMBERED, "a.99999999999999999999"},
        {SEGMENT_LETTERED, "aa"},
        {SEGMENT_LETTERED, ".aa"},
        {SEGMENT_LETTERED, "a.a"},
        {SEGMENT_LETTERED, "a.aB"},
        {SEGMENT_LETTERED, "a.aaaa"},
        {SEGMENT_RAR_PARTS, "a.part.rar"},
        {SEGMENT_RAR_PARTS, "a.part0.rar"},
        {SEGMENT_RAR_PARTS, ".part1.rar"},
        {SEGMENT_RAR_PARTS, "part1.rar"},
        {SEGMENT_RAR_PARTS, "a.part99999999999.rar"},
        {SEGMENT_RAR_OLD, "a.part1.rar"},
        {SEGMENT_RAR_OLD, ".rar"},
        {SEGMENT_RAR_OLD, "a.q00"},
        {SEGMENT_RAR_OLD, "a.r0"},
        {SEGMENT_RAR_OLD, "a.r000"},
        {SEGMENT_ZIP, "a.z00"},
        {SEGMENT_ZIP, "a.z1"},
        {SEGMENT_ZIP, "a.z001"},
        {SEGMENT_ZIP, ".zip"},
        {SEGMENT_ZIP, "a.z"},
        {SEGMENT_AD1, "a.ad0"},
        {SEGMENT_AD1, "a.ad"},
        {SEGMENT_AD1, ".ad1"},
        {SEGMENT_VMDK, ".vmdk"},
        {SEGMENT_VMDK, "a-s000.vmdk"},
        {SEGMENT_DMG, "a.001.dmgpart"},
        {SEGMENT_DMG, ".002.dmgpart"},
        {SEGMENT_DMG, "a.dmgpart"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        SegmentName parsed = {.number = 77};
        g_test_message("%s", others[i].name);
        g_assert_false(segment_name_parse(others[i].kind, others[i].name, &parsed));
        g_assert_cmpuint(parsed.number, ==, 77);
    }
}

static void short_names_of_every_byte_are_harmless(void)
{
    GRand *random = g_rand_new_with_seed(7);
    static const char alphabet[] = ".x-sfrazEZL019\xff";
    for (unsigned run = 0; run < 200000; run++) {
        char name[12] = "";
        unsigned length = (unsigned)g_rand_int_range(random, 0, 11);
        for (unsigned i = 0; i < length; i++)
            name[i] = alphabet[g_rand_int_range(random, 0, sizeof(alphabet) - 1)];
        for (unsigned kind = 0; kind < SEGMENT_KIND_COUNT; kind++) {
            SegmentName parsed;
            if (!segment_name_parse(kind, name, &parsed))
                continue;
            g_autofree char *same = segment_name_of_part(name, &parsed, parsed.number);
            g_autofree char *opener = segment_name_of_opener(name, &parsed);
            g_assert_nonnull(same);
            g_assert_nonnull(opener);
        }
    }
    g_rand_free(random);
}

static void the_content_decides_which_kinds_are_tried(void)
{
    const SniffType *ewf = sniff_by_media_type("application/x-ewf");
    const SniffType *rar = sniff_by_media_type("application/vnd.rar");
    const SniffType *unknown = sniff_by_media_type("application/octet-stream");
    SegmentName parsed;
    g_assert_true(segment_name_find(ewf, "a.EAA", &parsed));
    g_assert_cmpint(parsed.kind, ==, SEGMENT_EWF);
    g_assert_true(segment_name_find(rar, "a.part2.rar", &parsed));
    g_assert_cmpint(parsed.kind, ==, SEGMENT_RAR_PARTS);
    g_assert_true(segment_name_find(rar, "a.r01", &parsed));
    g_assert_cmpint(parsed.kind, ==, SEGMENT_RAR_OLD);
    g_assert_true(segment_name_find(unknown, "a-flat.vmdk", &parsed));
    g_assert_cmpint(parsed.kind, ==, SEGMENT_VMDK);
    g_assert_true(segment_name_find(unknown, "a.002", &parsed));
    g_assert_cmpint(parsed.kind, ==, SEGMENT_NUMBERED);
    g_assert_true(segment_name_find(unknown, "a.ab", &parsed));
    g_assert_cmpint(parsed.kind, ==, SEGMENT_LETTERED);
    g_assert_false(segment_name_find(unknown, "holiday.jpeg", &parsed));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/segment_name/counts_as_the_programs_do", counts_as_the_programs_do);
    g_test_add_func("/segment_name/every_part_names_itself", every_part_names_itself);
    g_test_add_func("/segment_name/names_and_numbers_agree_along_a_set",
                    names_and_numbers_agree_along_a_set);
    g_test_add_func("/segment_name/refuses_what_only_looks_alike", refuses_what_only_looks_alike);
    g_test_add_func("/segment_name/short_names_of_every_byte_are_harmless",
                    short_names_of_every_byte_are_harmless);
    g_test_add_func("/segment_name/the_content_decides_which_kinds_are_tried",
                    the_content_decides_which_kinds_are_tried);
    return g_test_run();
}

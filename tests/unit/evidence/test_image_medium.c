// SPDX-License-Identifier: Apache-2.0
//
// What the readers of disk images promise: every wrapper gives the same medium, to the byte and at
// any place; what is damaged reads as zeroes, moves nothing else, and is noted with its place.
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "evidence/dmg_medium.h"
#include "evidence/ewf_medium.h"
#include "evidence/qcow_medium.h"
#include "evidence/vdi_medium.h"
#include "evidence/vhd_medium.h"
#include "evidence/vhdx_medium.h"
#include "evidence/vmdk_medium.h"
#include "image_fixture.h"

// ---- Openers ------------------------------------------------------------------------------------

typedef PieceMedium *Opener(Source *file, GError **err);

static PieceMedium *open_qcow(Source *file, GError **err)
{
    QcowFacts facts = {0};
    PieceMedium *medium = qcow_medium_open(file, &facts, err);
    qcow_facts_clear(&facts);
    return medium;
}

static PieceMedium *open_vhd(Source *file, GError **err)
{
    VhdFacts facts = {0};
    PieceMedium *medium = vhd_medium_open(file, &facts, err);
    vhd_facts_clear(&facts);
    return medium;
}

static PieceMedium *open_vhdx(Source *file, GError **err)
{
    VhdxFacts facts = {0};
    PieceMedium *medium = vhdx_medium_open(file, &facts, err);
    vhdx_facts_clear(&facts);
    return medium;
}

static PieceMedium *open_vdi(Source *file, GError **err)
{
    bool is_differencing = false;
    return vdi_medium_open(file, &is_differencing, err);
}

static PieceMedium *open_vmdk(Source *file, GError **err)
{
    VmdkSparse *sparse = vmdk_sparse_open(file, err);
    if (sparse == NULL)
        return NULL;
    VmdkMedium *vmdk = vmdk_medium_new();
    vmdk_medium_add_sparse(vmdk, vmdk_sparse_sectors(sparse) * 512, sparse);
    return vmdk_medium_finish(vmdk);
}

static PieceMedium *open_ewf(Source *file, GError **err)
{
    g_autoptr(EwfSegment) segment = ewf_segment_read(file, err);
    EwfMedium *ewf = segment != NULL ? ewf_medium_new(segment, err) : NULL;
    if (ewf == NULL)
        return NULL;
    ewf_medium_add(ewf, file, segment);
    g_autoptr(GArray) gaps = NULL;
    return ewf_medium_finish(ewf, &gaps);
}

// ---- Reading ------------------------------------------------------------------------------------

static GByteArray *read_all(Source *source, size_t step)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, (unsigned)source_size(source));
    GError *error = NULL;
    for (size_t at = 0; at < bytes->len; at += step) {
        size_t count = MIN(step, bytes->len - at);
        source_read_exact(source, at, bytes->data + at, count, &error);
        g_assert_no_error(error);
    }
    return bytes;
}

static char *digest_of(PieceMedium *medium, size_t step)
{
    g_autoptr(GByteArray) bytes = read_all(piece_medium_source(medium), step);
    return image_fixture_sha256(bytes->data, bytes->len);
}

typedef struct {
    GByteArray *bytes;
    Source *file;
    PieceMedium *medium;
} Opened;

static void close_opened(Opened *opened)
{
    piece_medium_free(opened->medium);
    source_free(opened->file);
    g_byte_array_unref(opened->bytes);
}

// Takes the bytes.
static Opened open_bytes(GByteArray *bytes, Opener *opener)
{
    GError *error = NULL;
    Opened opened = {.bytes = bytes, .file = source_new_memory(bytes->data, bytes->len)};
    opened.medium = opener(opened.file, &error);
    g_assert_no_error(error);
    return opened;
}

// Fails to open, with this code.
static void assert_refused(GByteArray *bytes, Opener *opener, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Source) file = source_new_memory(bytes->data, bytes->len);
    g_assert_null(opener(file, &error));
    g_assert_error(error, CLEW_ERROR, code);
}

// ---- Whole images -------------------------------------------------------------------------------

static const struct {
    const char *name;
    Opener *opener;
    const char *sha256;
} wrappers[] = {
    {"disk.qcow", open_qcow, IMAGE_MEDIUM},      {"disk.qcow2", open_qcow, IMAGE_MEDIUM},
    {"old.qcow2", open_qcow, IMAGE_MEDIUM},      {"zstd.qcow2", open_qcow, IMAGE_MEDIUM},
    {"extended.qcow2", open_qcow, IMAGE_MEDIUM}, {"disk.vhd", open_vhd, IMAGE_MEDIUM},
    {"fixed.vhd", open_vhd, IMAGE_MEDIUM},       {"disk.vhdx", open_vhdx, IMAGE_MEDIUM},
    {"disk.vdi", open_vdi, IMAGE_MEDIUM},        {"static.vdi", open_vdi, IMAGE_MEDIUM},
    {"disk.vmdk", open_vmdk, IMAGE_MEDIUM},      {"stream.vmdk", open_vmdk, IMAGE_MEDIUM},
    {"cowd.vmdk", open_vmdk, IMAGE_MEDIUM},      {"adc.dmg", dmg_medium_open, IMAGE_MEDIUM},
    {"zlib.dmg", dmg_medium_open, IMAGE_MEDIUM}, {"bzip2.dmg", dmg_medium_open, IMAGE_MEDIUM},
    {"lzma.dmg", dmg_medium_open, IMAGE_MEDIUM}, {"smart.s01", open_ewf, IMAGE_MEDIUM},
    {"first.E01", open_ewf, IMAGE_MEDIUM},       {"odd.E01", open_ewf, IMAGE_ODD},
};

static void every_wrapper_gives_the_same_medium(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
        g_test_message("%s", wrappers[i].name);
        Opened opened = open_bytes(image_fixture_load(wrappers[i].name), wrappers[i].opener);
        g_autofree char *large = digest_of(opened.medium, 1 << 20);
        g_autofree char *small = digest_of(opened.medium, 1000);
        g_assert_cmpstr(large, ==, wrappers[i].sha256);
        g_assert_cmpstr(small, ==, wrappers[i].sha256);
        g_assert_cmpuint(piece_medium_damage(opened.medium)->len, ==, 0);
        close_opened(&opened);
    }
}

static void any_place_can_be_read_in_any_order(void)
{
    g_autoptr(GByteArray) expected = image_fixture_load("medium.raw");
    for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
        Opened opened = open_bytes(image_fixture_load(wrappers[i].name), wrappers[i].opener);
        for (unsigned n = 0; n < 300; n++) {
            uint8_t bytes[70000];
            size_t size = (size_t)g_test_rand_int_range(1, n % 10 == 0 ? 70000 : 600);
            size_t at = (size_t)g_test_rand_int_range(0, (int)(IMAGE_MEDIUM_BYTES - size));
            g_assert_true(
                source_read_exact(piece_medium_source(opened.medium), at, bytes, size, NULL));
            g_assert_cmpint(memcmp(bytes, expected->data + at, size), ==, 0);
        }
        close_opened(&opened);
    }
}

static void a_parent_answers_for_what_is_not_stored(void)
{
    static const struct {
        const char *name;
        Opener *opener;
    } overlays[] = {
        {"overlay.qcow2", open_qcow},
        {"overlay.vmdk", open_vmdk},
        {"differing.vhd", open_vhd},
        {"differing.vhdx", open_vhdx},
    };
    g_autoptr(GByteArray) raw = image_fixture_load("medium.raw");
    g_autoptr(Source) parent = source_new_memory(raw->data, raw->len);
    for (size_t i = 0; i < G_N_ELEMENTS(overlays); i++) {
        g_test_message("%s", overlays[i].name);
        Opened opened = open_bytes(image_fixture_load(overlays[i].name), overlays[i].opener);
        uint64_t left = piece_medium_parent_bytes(opened.medium, 100000);
        g_assert_cmpuint(left, >=, IMAGE_MEDIUM_BYTES - 256 * 1024);
        g_assert_cmpuint(left, <=, IMAGE_MEDIUM_BYTES - 60 * 1024);
        piece_medium_set_parent(opened.medium, parent);
        g_autofree char *sha256 = digest_of(opened.medium, 5000);
        g_assert_cmpstr(sha256, ==, IMAGE_CHANGED);
        close_opened(&opened);
    }
}

static void a_parent_may_be_shorter(void)
{
    static const uint8_t bytes[1000] = {1, 2, 3};
    g_autoptr(Source) parent = source_new_memory(bytes, sizeof(bytes));
    Opened opened = open_bytes(image_fixture_load("overlay.qcow2"), open_qcow);
    piece_medium_set_parent(opened.medium, parent);
    uint8_t read[2000];
    g_assert_true(
        source_read_exact(piece_medium_source(opened.medium), 0, read, sizeof(read), NULL));
    g_assert_cmpmem(read, 1000, bytes, 1000);
    for (size_t i = 1000; i < sizeof(read); i++)
        g_assert_cmpuint(read[i], ==, 0);
    g_assert_cmpuint(piece_medium_damage(opened.medium)->len, ==, 0);
    close_opened(&opened);
}

// ---- Sets of segments ---------------------------------------------------------------------------

#define SET_SEGMENTS 3u
#define SEGMENT_BYTES (10u * 32768u)

typedef struct {
    GByteArray *bytes[SET_SEGMENTS];
    Source *files[SET_SEGMENTS];
    PieceMedium *medium;
    GArray *gaps;
} Set;

// The segments whose bit is set in `present`; `damage` may change them before.
static Set open_set(unsigned present, void (*damage)(GByteArray *segments[SET_SEGMENTS]))
{
    Set set = {0};
    for (unsigned i = 0; i < SET_SEGMENTS; i++) {
        g_autofree char *name = g_strdup_printf("set.E%02u", i + 1);
        set.bytes[i] = image_fixture_load(name);
    }
    if (damage != NULL)
        damage(set.bytes);
    GError *error = NULL;
    EwfMedium *ewf = NULL;
    for (unsigned i = 0; i < SET_SEGMENTS; i++) {
        set.files[i] = source_new_memory(set.bytes[i]->data, set.bytes[i]->len);
        g_autoptr(EwfSegment) segment = ewf_segment_read(set.files[i], &error);
        g_assert_no_error(error);
        g_assert_cmpuint(segment->number, ==, i + 1);
        if (i == 0)
            ewf = ewf_medium_new(segment, &error);
        g_assert_no_error(error);
        if ((present & 1u << i) != 0)
            ewf_medium_add(ewf, set.files[i], segment);
        if ((present & 1u << i) == 0 || (!segment->is_followed && !segment->is_last))
            ewf_medium_add_gap(ewf);
    }
    set.medium = ewf_medium_finish(ewf, &set.gaps);
    return set;
}

static void close_set(Set *set)
{
    piece_medium_free(set->medium);
    g_array_unref(set->gaps);
    for (unsigned i = 0; i < SET_SEGMENTS; i++) {
        source_free(set->files[i]);
        g_byte_array_unref(set->bytes[i]);
    }
}

// The medium is what it should be, but for zeroes in [begin, end).
static void assert_zeroes_only_in(PieceMedium *medium, size_t begin, size_t end)
{
    g_autoptr(GByteArray) expected = image_fixture_load("medium.raw");
    g_autoptr(GByteArray) bytes = read_all(piece_medium_source(medium), 10000);
    g_assert_cmpuint(bytes->len, ==, expected->len);
    memset(expected->data + begin, 0, end - begin);
    g_assert_cmpmem(bytes->data, bytes->len, expected->data, expected->len);
}

static void a_set_is_one_medium(void)
{
    Set set = open_set(7, NULL);
    g_autofree char *sha256 = digest_of(set.medium, 100000);
    g_assert_cmpstr(sha256, ==, IMAGE_MEDIUM);
    g_assert_cmpuint(set.gaps->len, ==, 0);
    close_set(&set);
}

static void a_missing_segment_moves_nothing(void)
{
    static const struct {
        unsigned present;
        size_t begin, end;
    } rows[] = {{5, SEGMENT_BYTES, 2 * SEGMENT_BYTES},
                {3, 2 * SEGMENT_BYTES, IMAGE_MEDIUM_BYTES},
                {6, 0, SEGMENT_BYTES},
                {1, SEGMENT_BYTES, IMAGE_MEDIUM_BYTES},
                {4, 0, 2 * SEGMENT_BYTES}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Set set = open_set(rows[i].present, NULL);
        g_assert_cmpuint(set.gaps->len, ==, 1);
        const Extent *gap = &g_array_index(set.gaps, Extent, 0);
        g_assert_cmpuint(gap->offset, ==, rows[i].begin);
        g_assert_cmpuint(gap->offset + gap->size_bytes, ==, rows[i].end);
        assert_zeroes_only_in(set.medium, rows[i].begin, rows[i].end);
        g_assert_cmpuint(piece_medium_damage(set.medium)->len, ==, 0);
        close_set(&set);
    }
}

static void between_two_gaps_nothing_can_be_placed(void)
{
    Set set = open_set(2, NULL);
    g_assert_cmpuint(set.gaps->len, ==, 1);
    assert_zeroes_only_in(set.medium, 0, IMAGE_MEDIUM_BYTES);
    close_set(&set);
}

static void cut_second(GByteArray *segments[SET_SEGMENTS])
{
    g_byte_array_set_size(segments[1], 3000);
}

static void a_segment_that_breaks_off_moves_nothing(void)
{
    Set set = open_set(7, cut_second);
    assert_zeroes_only_in(set.medium, SEGMENT_BYTES, 2 * SEGMENT_BYTES);
    close_set(&set);
}

// The bytes behind the header of the first section of this type.
static size_t find_section(const GByteArray *segment, const char *type)
{
    for (size_t at = 13; at + 76 < segment->len; at++)
        if (memcmp(segment->data + at, type, strlen(type) + 1) == 0)
            return at + 76;
    g_assert_not_reached();
}

static void flip_chunk(GByteArray *segments[SET_SEGMENTS])
{
    // The first of its chunks is packed and begins the section.
    segments[2]->data[find_section(segments[2], "sectors") + 40] ^= 0x10;
}

static void a_damaged_chunk_is_noted_with_its_place(void)
{
    Set set = open_set(7, flip_chunk);
    size_t begin = 2 * SEGMENT_BYTES;
    assert_zeroes_only_in(set.medium, begin, begin + 32768);
    const GArray *damage = piece_medium_damage(set.medium);
    g_assert_cmpuint(damage->len, ==, 1);
    const PieceDamage *noted = &g_array_index(damage, PieceDamage, 0);
    g_assert_cmpuint(noted->begin, ==, begin);
    g_assert_cmpuint(noted->end, ==, begin + 32768);
    g_assert_cmpint(noted->code, ==, CLEW_ERROR_CORRUPT);
    g_assert_cmpstr(noted->reason, ==, "its zlib stream is damaged");
    close_set(&set);
}

static void spoil_table_entries(GByteArray *segments[SET_SEGMENTS])
{
    memset(segments[1]->data + find_section(segments[1], "table") + 24, 0xee, 20);
}

static void spoil_table_header(GByteArray *segments[SET_SEGMENTS])
{
    memset(segments[1]->data + find_section(segments[1], "table"), 0xee, 20);
}

static void spoil_both_table_headers(GByteArray *segments[SET_SEGMENTS])
{
    spoil_table_header(segments);
    memset(segments[1]->data + find_section(segments[1], "table2"), 0xee, 20);
}

static void a_damaged_table_has_a_copy(void)
{
    Set entries = open_set(7, spoil_table_entries);
    assert_zeroes_only_in(entries.medium, 0, 0);
    close_set(&entries);
    Set header = open_set(7, spoil_table_header);
    assert_zeroes_only_in(header.medium, 0, 0);
    close_set(&header);
}

static void lost_tables_move_nothing(void)
{
    Set set = open_set(7, spoil_both_table_headers);
    g_assert_cmpuint(set.gaps->len, ==, 1);
    assert_zeroes_only_in(set.medium, SEGMENT_BYTES, 2 * SEGMENT_BYTES);
    close_set(&set);
}

// ---- What cannot be read ------------------------------------------------------------------------

static void an_unsupported_compression_is_noted_with_its_range(void)
{
    Opened opened = open_bytes(image_fixture_load("lzfse.dmg"), dmg_medium_open);
    g_autoptr(GByteArray) bytes = read_all(piece_medium_source(opened.medium), 65536);
    g_autoptr(GByteArray) expected = image_fixture_load("medium.raw");
    g_assert_cmpmem(bytes->data, 393216, expected->data, 393216);
    const GArray *damage = piece_medium_damage(opened.medium);
    g_assert_cmpuint(damage->len, >=, 1);
    const PieceDamage *noted = &g_array_index(damage, PieceDamage, 0);
    g_assert_cmpuint(noted->begin, ==, 393216);
    g_assert_cmpint(noted->code, ==, CLEW_ERROR_UNSUPPORTED);
    g_assert_cmpstr(noted->reason, ==, "its compression (LZFSE) is not supported");
    close_opened(&opened);
}

static void a_locked_image_is_said_to_be_encrypted(void)
{
    g_autoptr(GByteArray) qcow = image_fixture_load("disk.qcow2");
    qcow->data[35] = 2;
    assert_refused(qcow, open_qcow, CLEW_ERROR_DENIED);
    g_autoptr(GByteArray) dmg = image_fixture_load("zlib.dmg");
    memcpy(dmg->data, "encrcdsa", 8);
    assert_refused(dmg, dmg_medium_open, CLEW_ERROR_DENIED);
    g_autoptr(GByteArray) old = image_fixture_load("zlib.dmg");
    memcpy(old->data + old->len - 8, "cdsaencr", 8);
    assert_refused(old, dmg_medium_open, CLEW_ERROR_DENIED);
}

static void unknown_features_are_not_guessed_at(void)
{
    g_autoptr(GByteArray) qcow = image_fixture_load("disk.qcow2");
    qcow->data[78] = 1;
    assert_refused(qcow, open_qcow, CLEW_ERROR_UNSUPPORTED);
    g_autoptr(GByteArray) version = image_fixture_load("disk.qcow2");
    version->data[7] = 9;
    assert_refused(version, open_qcow, CLEW_ERROR_UNSUPPORTED);
    g_autoptr(GByteArray) vdi = image_fixture_load("disk.vdi");
    vdi->data[76] = 3;
    assert_refused(vdi, open_vdi, CLEW_ERROR_UNSUPPORTED);
    g_autoptr(GByteArray) dmg = image_fixture_load("zlib.dmg");
    dmg->data[dmg->len - 512 + 63] = 2;
    assert_refused(dmg, dmg_medium_open, CLEW_ERROR_UNSUPPORTED);
}

#define BAD_BEGIN 100000u
#define BAD_END 100512u

// A file on a disk with a bad sector.
static ssize_t read_bad(void *user_data, uint64_t offset, void *target, size_t size, GError **err)
{
    const GByteArray *bytes = user_data;
    if (offset >= BAD_BEGIN && offset < BAD_END) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_IO, "a bad sector");
        return -1;
    }
    size_t count = offset < BAD_BEGIN ? MIN(size, BAD_BEGIN - offset) : size;
    memcpy(target, bytes->data + offset, count);
    return (ssize_t)count;
}

static void a_bad_sector_costs_little_more_than_itself(void)
{
    static const SourceOps ops = {read_bad, NULL};
    g_autoptr(GByteArray) bytes = image_fixture_load("fixed.vhd");
    g_autoptr(Source) file = source_new(&ops, bytes, bytes->len);
    g_autoptr(PieceMedium) medium = open_vhd(file, NULL);
    assert_zeroes_only_in(medium, BAD_BEGIN, 102400);
    const GArray *damage = piece_medium_damage(medium);
    g_assert_cmpuint(damage->len, ==, 1);
    g_assert_cmpuint(g_array_index(damage, PieceDamage, 0).begin, ==, BAD_BEGIN);
    g_assert_cmpuint(g_array_index(damage, PieceDamage, 0).end, ==, 102400);
    g_assert_cmpint(g_array_index(damage, PieceDamage, 0).code, ==, CLEW_ERROR_IO);
}

static void a_cut_file_is_read_to_its_last_byte(void)
{
    g_autoptr(GByteArray) bytes = image_fixture_load("static.vdi");
    // Blocks of 1 MiB: the medium is one of them, cut inside.
    g_autoptr(Source) file = source_new_memory(bytes->data, bytes->len - 300001);
    g_autoptr(PieceMedium) medium = open_vdi(file, NULL);
    g_byte_array_unref(read_all(piece_medium_source(medium), 1 << 20));
    const GArray *damage = piece_medium_damage(medium);
    g_assert_cmpuint(damage->len, ==, 1);
    size_t held = (size_t)g_array_index(damage, PieceDamage, 0).begin;
    g_assert_cmpuint(held, >, 500000);
    assert_zeroes_only_in(medium, held, IMAGE_MEDIUM_BYTES);
}

// Cut at every length up to a few KiB, then at some: opens or refuses, reads or notes damage.
static void a_cut_image_never_crashes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
        g_autoptr(GByteArray) whole = image_fixture_load(wrappers[i].name);
        for (size_t length = 0; length < whole->len; length += length < 700 ? 7 : length / 3) {
            g_autoptr(Source) file = source_new_memory(whole->data, length);
            g_autoptr(GError) error = NULL;
            g_autoptr(PieceMedium) medium = wrappers[i].opener(file, &error);
            g_assert_true((medium == NULL) == (error != NULL));
            uint8_t bytes[4096];
            if (medium != NULL)
                source_read(piece_medium_source(medium), 0, bytes, sizeof(bytes), NULL);
        }
    }
}

static void damage_is_joined_and_kept_in_order(void)
{
    Opened opened = open_bytes(image_fixture_load("disk.vhd"), open_vhd);
    // The table behind the header now leads behind the end of the file for every block.
    piece_medium_free(opened.medium);
    memset(opened.bytes->data + 1536, 0x7f, 4);
    GError *error = NULL;
    opened.medium = open_vhd(opened.file, &error);
    g_assert_no_error(error);
    uint8_t bytes[512];
    static const uint64_t places[] = {4096, 512, 0, 4608, 8192, 512};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        source_read(piece_medium_source(opened.medium), places[i], bytes, sizeof(bytes), NULL);
    static const uint64_t expected[][2] = {{0, 1024}, {4096, 5120}, {8192, 8704}};
    const GArray *damage = piece_medium_damage(opened.medium);
    g_assert_cmpuint(damage->len, ==, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < damage->len; i++) {
        g_assert_cmpuint(g_array_index(damage, PieceDamage, i).begin, ==, expected[i][0]);
        g_assert_cmpuint(g_array_index(damage, PieceDamage, i).end, ==, expected[i][1]);
    }
    close_opened(&opened);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/image_medium/" #name, name)
    TEST(every_wrapper_gives_the_same_medium);
    TEST(any_place_can_be_read_in_any_order);
    TEST(a_parent_answers_for_what_is_not_stored);
    TEST(a_parent_may_be_shorter);
    TEST(a_set_is_one_medium);
    TEST(a_missing_segment_moves_nothing);
    TEST(between_two_gaps_nothing_can_be_placed);
    TEST(a_segment_that_breaks_off_moves_nothing);
    TEST(a_damaged_chunk_is_noted_with_its_place);
    TEST(a_damaged_table_has_a_copy);
    TEST(lost_tables_move_nothing);
    TEST(an_unsupported_compression_is_noted_with_its_range);
    TEST(a_locked_image_is_said_to_be_encrypted);
    TEST(unknown_features_are_not_guessed_at);
    TEST(a_bad_sector_costs_little_more_than_itself);
    TEST(a_cut_file_is_read_to_its_last_byte);
    TEST(a_cut_image_never_crashes);
    TEST(damage_is_joined_and_kept_in_order);
    return g_test_run();
}

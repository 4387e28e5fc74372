// SPDX-License-Identifier: Apache-2.0
//
// Promise: on the public conformance pictures every engine gives the reference's hashes, qualities
// and floats in both pipelines, the dihedral hashes find the turned pictures, and borders are found
// where there are some and nowhere else. Needs the media folder: CLEW_TEST_MEDIA.
#include "picture.h"

#include <string.h>

enum { MATCH = 31 };

typedef struct {
    char *path, *pdq_512, *pdq_full;
    int quality_512, quality_full;
    Picture *picture;
} Expected;

static void expected_free(gpointer data)
{
    Expected *row = data;
    g_free(row->path);
    g_free(row->pdq_512);
    g_free(row->pdq_full);
    picture_free(row->picture);
    g_free(row);
}

static char *media_folder(void)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (!media || !*media) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    return g_build_filename(media, "pdq", NULL);
}

// One line of EXPECTED.tsv: path, hash, quality, full hash, full quality. NULL for a picture that
// is no RGB or grey JPEG; those have no full hash, or do not decode here.
static Expected *expected_from(const char *folder, const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, "\t", -1);
    if (g_strv_length(fields) < 5 || strlen(fields[3]) != 64)
        return NULL;
    g_autofree char *path = g_build_filename(folder, fields[0], NULL);
    Expected *row = g_new0(Expected, 1);
    row->path = g_strdup(fields[0]);
    row->pdq_512 = g_strdup(fields[1]);
    row->quality_512 = atoi(fields[2]);
    row->pdq_full = g_strdup(fields[3]);
    row->quality_full = atoi(fields[4]);
    row->picture = picture_load_jpeg(path);
    g_assert_nonnull(row->picture);
    return row;
}

static GPtrArray *expected_load(void)
{
    g_autofree char *folder = media_folder();
    if (!folder)
        return NULL;
    g_autofree char *table = g_build_filename(folder, "EXPECTED.tsv", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(table, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GPtrArray *rows = g_ptr_array_new_with_free_func(expected_free);
    for (char **line = lines + 1; *line; line++) {
        Expected *row = expected_from(folder, *line);
        if (row)
            g_ptr_array_add(rows, row);
    }
    g_assert_cmpuint(rows->len, >=, 35);
    return rows;
}

static void assert_result(const PdqHasher *hasher, PdqPipeline pipeline, const char *hex,
                          int quality)
{
    char actual[2 * PDQ_HASH_BYTES + 1];
    PdqResult result;
    g_assert_true(pdq_hasher_result(hasher, pipeline, &result));
    pdq_hash_to_hex(&result.hash, actual);
    g_assert_cmpstr(actual, ==, hex);
    g_assert_cmpint(result.quality, ==, quality);
}

static void every_engine_gives_the_expected_hashes(void)
{
    g_autoptr(GPtrArray) rows = expected_load();
    for (guint i = 0; rows && i < rows->len; i++) {
        const Expected *row = g_ptr_array_index(rows, i);
        for (const PdqEngine *engine = engines_here(); *engine != PDQ_ENGINE_AUTO; engine++) {
            g_test_message("%s, %s", row->path, pdq_engine_name(*engine));
            PdqHasher *hasher = picture_hash(row->picture, &(PdqOptions){.engine = *engine});
            assert_result(hasher, PDQ_512, row->pdq_512, row->quality_512);
            assert_result(hasher, PDQ_FULL, row->pdq_full, row->quality_full);
            pdq_hasher_free(hasher);
        }
    }
}

static void assert_same_floats(const Picture *picture, PdqPipeline pipeline)
{
    PdqReference reference;
    g_assert_true(pdq_reference(picture->pixels, picture->kind, picture->width, picture->height,
                                pipeline, &reference));
    for (const PdqEngine *engine = engines_here(); *engine != PDQ_ENGINE_AUTO; engine++) {
        PdqHasher *hasher = picture_hash(picture, &(PdqOptions){.engine = *engine});
        g_assert_cmpmem(pdq_hasher_matrix(hasher, pipeline), sizeof reference.matrix,
                        reference.matrix, sizeof reference.matrix);
        pdq_hasher_free(hasher);
    }
}

static void every_engine_gives_the_reference_floats(void)
{
    g_autoptr(GPtrArray) rows = expected_load();
    for (guint i = 0; rows && i < rows->len; i++) {
        const Expected *row = g_ptr_array_index(rows, i);
        // The four largest take most of the time; one of them is enough.
        if (row->picture->width > 4000 && !strstr(row->path, "exif-rotn-1"))
            continue;
        g_test_message("%s", row->path);
        assert_same_floats(row->picture, PDQ_512);
        assert_same_floats(row->picture, PDQ_FULL);
    }
}

// The folder holds one photo in all eight orientations, turned as the names say ("rotate-90" is
// the picture that results from ROT90).
static void dihedral_hashes_find_the_turned_photos(void)
{
    static const char *const names[PDQ_ORIENTATIONS] = {
        "1-original", "2-rotate-90", "3-rotate-180",  "4-rotate-270",
        "5-flipx",    "6-flipy",     "7-flip-plus-1", "8-flip-minus-1",
    };
    g_autofree char *folder = media_folder();
    if (!folder)
        return;
    PdqResult results[PDQ_ORIENTATIONS];
    for (int o = 0; o < PDQ_ORIENTATIONS; o++) {
        g_autofree char *path =
            g_strdup_printf("%s/reg-test-input/dih/bridge-%s.jpg", folder, names[o]);
        g_autoptr(Picture) picture = picture_load_jpeg(path);
        g_assert_nonnull(picture);
        results[o] = picture_result(picture, PDQ_FULL);
    }
    for (int o = 0; o < PDQ_ORIENTATIONS; o++) {
        for (int other = 0; other < PDQ_ORIENTATIONS; other++) {
            int distance = hash_distance(&results[0].dihedral[other], &results[o].hash);
            g_test_message("original as %s against %s: %d",
                           pdq_orientation_name((PdqOrientation)other), names[o], distance);
            if (other == o)
                g_assert_cmpint(distance, <=, MATCH);
            else
                g_assert_cmpint(distance, >, MATCH);
        }
    }
}

// Three of the pictures have a border: one was letterboxed on purpose, two came with grey edges.
static void borders_are_found_only_where_there_are_some(void)
{
    static const struct {
        const char *path;
        PdqRect inside;
    } bordered[] = {
        {"python-resources/letterboxed_sample-b.jpg", {200, 200, 1600, 1004}},
        {"reg-test-input/labelme-subset/q0291.jpg", {12, 0, 244, 249}},
        {"reg-test-input/labelme-subset/q1050.jpg", {0, 0, 248, 256}},
    };
    g_autoptr(GPtrArray) rows = expected_load();
    guint found = 0;
    for (guint i = 0; rows && i < rows->len; i++) {
        const Expected *row = g_ptr_array_index(rows, i);
        PdqRect inside = {0}, expected = {0};
        for (size_t b = 0; b < G_N_ELEMENTS(bordered); b++) {
            if (strcmp(bordered[b].path, row->path) == 0)
                expected = bordered[b].inside;
        }
        g_test_message("%s", row->path);
        PdqHasher *hasher = picture_hash(row->picture, &(PdqOptions){.find_border = true});
        found += pdq_hasher_border(hasher, &inside);
        g_assert_cmpmem(&inside, sizeof inside, &expected, sizeof expected);
        pdq_hasher_free(hasher);
    }
    if (rows)
        g_assert_cmpuint(found, ==, G_N_ELEMENTS(bordered));
}

typedef struct {
    const char *name;
    double left_right, top_bottom; // of the side
    uint8_t value;
    guint tried, untrimmed, trimmed;
} Edit;

static bool matches(const Picture *picture, const PdqHash *original)
{
    PdqResult result = picture_result(picture, PDQ_512);
    return hash_distance(&result.hash, original) <= MATCH;
}

static void edit_try(Edit *edit, const Picture *picture)
{
    PdqResult original = picture_result(picture, PDQ_512);
    if (original.quality < 50)
        return;
    g_autoptr(Picture) framed =
        picture_frame(picture, (uint32_t)(edit->left_right * picture->width),
                      (uint32_t)(edit->top_bottom * picture->height), edit->value);
    g_autoptr(Picture) saved = picture_resave(framed, 85);
    PdqRect inside;
    PdqHasher *hasher = picture_hash(saved, &(PdqOptions){.find_border = true});
    bool found = pdq_hasher_border(hasher, &inside);
    pdq_hasher_free(hasher);
    g_autoptr(Picture) trimmed = picture_crop(saved, found ? inside : (PdqRect){0, 0, 5, 5});
    edit->tried++;
    edit->untrimmed += matches(saved, &original.hash);
    edit->trimmed += found && matches(trimmed, &original.hash);
}

// Different photos of moderate size; most of the set shows the same bridge.
static bool taken_for_edits(const Expected *row)
{
    return row->picture->kind == PDQ_PIXELS_RGBX && !strstr(row->path, "bridge-mods") &&
           !strstr(row->path, "modes/") && !strstr(row->path, "dih/") &&
           !strstr(row->path, "letterboxed") && !strstr(row->path, "wee") &&
           row->picture->width < 2000;
}

static void trimmed_photos_match_their_originals(void)
{
    Edit edits[] = {
        {"letterbox 15 %, black", 0, 0.15, 0, 0, 0, 0},
        {"pillars 15 %, black", 0.15, 0, 0, 0, 0, 0},
        {"frame 5 %, white", 0.05, 0.05, 255, 0, 0, 0},
        {"frame 10 %, grey", 0.10, 0.10, 90, 0, 0, 0},
        {"frame 20 %, black", 0.20, 0.20, 0, 0, 0, 0},
    };
    g_autoptr(GPtrArray) rows = expected_load();
    for (size_t e = 0; rows && e < G_N_ELEMENTS(edits); e++) {
        Edit *edit = &edits[e];
        for (guint i = 0; i < rows->len; i++) {
            const Expected *row = g_ptr_array_index(rows, i);
            if (taken_for_edits(row))
                edit_try(edit, row->picture);
        }
        g_test_message("%s: %u of %u match, %u as they are", edit->name, edit->trimmed, edit->tried,
                       edit->untrimmed);
        g_assert_cmpuint(edit->tried, >=, 6);
        g_assert_cmpuint(edit->trimmed * 10, >=, edit->tried * 8);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/pdq_media/every_engine_gives_the_expected_hashes",
                    every_engine_gives_the_expected_hashes);
    g_test_add_func("/hash/pdq_media/every_engine_gives_the_reference_floats",
                    every_engine_gives_the_reference_floats);
    g_test_add_func("/hash/pdq_media/dihedral_hashes_find_the_turned_photos",
                    dihedral_hashes_find_the_turned_photos);
    g_test_add_func("/hash/pdq_media/borders_are_found_only_where_there_are_some",
                    borders_are_found_only_where_there_are_some);
    g_test_add_func("/hash/pdq_media/trimmed_photos_match_their_originals",
                    trimmed_photos_match_their_originals);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// Decoding as PDQ's reference has it, proved on its own pictures: every 8-bit RGB or grey JPEG
// hashes to the expected bits, every other kind of picture to within 10 of 256. Reads
// pdq/EXPECTED.tsv in the folder CLEW_TEST_MEDIA names; skipped without it.
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "hash/pdq.h"
#include "media/still.h"
#include "sniff/sniff.h"
#include "test_sink.h"

#define OTHER_DECODER_DISTANCE 10

typedef struct {
    unsigned files, equal;
} Count;

static unsigned bit_distance(const char *hex, const char *expected)
{
    g_assert_cmpuint(strlen(expected), ==, 64);
    unsigned distance = 0;
    for (unsigned i = 0; i < 64; i++) {
        int difference = g_ascii_xdigit_value(hex[i]) ^ g_ascii_xdigit_value(expected[i]);
        distance += (unsigned)__builtin_popcount((unsigned)difference);
    }
    return distance;
}

static void check_pipeline(const PdqHasher *hasher, PdqPipeline pipeline, const char *expected,
                           unsigned allowed, const char *path, Count *count)
{
    PdqResult result;
    char hex[2 * PDQ_HASH_BYTES + 1];
    g_assert_true(pdq_hasher_result(hasher, pipeline, &result));
    pdq_hash_to_hex(&result.hash, hex);
    unsigned distance = bit_distance(hex, expected);
    if (distance > 0)
        g_test_message("%s: %u bits from the reference", path, distance);
    g_assert_cmpuint(distance, <=, allowed);
    count->files++;
    count->equal += distance == 0;
}

// One row: path, pdq_512, quality, pdq_full, quality, dimensions; the second hash may be missing.
static void check_row(const char *folder, char **row, Count *jpegs, Count *others)
{
    g_autofree char *path = g_build_filename(folder, row[0], NULL);
    g_autofree char *bytes = NULL;
    gsize size_bytes;
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_get_contents(path, &bytes, &size_bytes, &error));
    const SniffType *type = sniff_bytes((const uint8_t *)bytes, size_bytes);
    g_autoptr(Still) still =
        still_open((const uint8_t *)bytes, size_bytes, type->media_type, &error);
    g_assert_no_error(error);
    if (still_sample_bits(still) > 8)
        still_take_low_bytes(still); // the reference's way

    PdqHasher *hasher = test_sink_hash(still, &error);
    g_assert_no_error(error);
    bool is_exact = row[3][0] != 0;
    Count *count = is_exact ? jpegs : others;
    unsigned allowed = is_exact ? 0 : OTHER_DECODER_DISTANCE;
    check_pipeline(hasher, PDQ_512, row[1], allowed, row[0], count);
    if (is_exact)
        check_pipeline(hasher, PDQ_FULL, row[3], allowed, row[0], count);
    pdq_hasher_free(hasher);
}

static void hashes_the_reference_pictures_alike(void)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return;
    }
    g_autofree char *folder = g_build_filename(media, "pdq", NULL);
    g_autofree char *list = g_build_filename(folder, "EXPECTED.tsv", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_get_contents(list, &text, NULL, &error));

    Count jpegs = {0}, others = {0};
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines + 1; *line != NULL && **line != 0; line++) {
        g_auto(GStrv) row = g_strsplit(*line, "\t", -1);
        check_row(folder, row, &jpegs, &others);
    }
    g_test_message("JPEG hashes: %u, equal %u; other pictures: %u, equal %u", jpegs.files,
                   jpegs.equal, others.files, others.equal);
    g_assert_cmpuint(jpegs.files, >=, 78);
    g_assert_cmpuint(others.files, >=, 15);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(still_prepare(NULL));
    still_prepare_locked();
    g_test_add_func("/still/hashes_reference_pictures", hashes_the_reference_pictures_alike);
    return g_test_run();
}

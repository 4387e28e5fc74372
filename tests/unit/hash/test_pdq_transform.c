// SPDX-License-Identifier: Apache-2.0
//
// Promise: the cosine table is what its formula says, and each dihedral hash is the hash of the
// picture after the operation it is named for.
#include "picture.h"

#include "hash/pdq_dct_table.h"
#include "hash/pdq_transform.h"

#include <math.h>

static void cosine_table_equals_its_formula(void)
{
    float scale = (float)sqrt(2.0 / 64);
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 64; j++) {
            float expected = (float)(scale * cos(M_PI / 2.0 / 64 * (i + 1) * (2 * j + 1)));
            g_assert_cmpmem(&pdq_dct_table[i][j], sizeof(float), &expected, sizeof expected);
        }
    }
}

// Turning moves the sampled columns by less than a pixel, so a few bits may differ.
static void each_dihedral_hash_is_that_of_the_turned_picture(void)
{
    g_autoptr(Picture) picture = picture_chart(1024, 768, PDQ_PIXELS_RGBX);
    PdqResult asked = picture_result(picture, PDQ_FULL);
    for (PdqOrientation o = 0; o < PDQ_ORIENTATIONS; o++) {
        g_autoptr(Picture) turned = picture_turn(picture, o);
        PdqResult listed = picture_result(turned, PDQ_FULL);
        for (PdqOrientation other = 0; other < PDQ_ORIENTATIONS; other++) {
            int distance = hash_distance(&asked.dihedral[other], &listed.hash);
            g_test_message("%s against a picture turned by %s: %d", pdq_orientation_name(other),
                           pdq_orientation_name(o), distance);
            if (other == o)
                g_assert_cmpint(distance, <=, 16);
            else
                g_assert_cmpint(distance, >, 60);
        }
    }
}

static void uniform_matrix_has_no_quality(void)
{
    float matrix[64 * 64];
    for (int i = 0; i < 64 * 64; i++)
        matrix[i] = 77;
    PdqResult result;
    pdq_transform(matrix, &result);
    g_assert_cmpint(result.quality, ==, 0);
}

static void checkered_matrix_has_full_quality(void)
{
    float matrix[64 * 64];
    for (int i = 0; i < 64 * 64; i++)
        matrix[i] = (i / 64 + i) % 2 ? 255 : 0;
    PdqResult result;
    pdq_transform(matrix, &result);
    g_assert_cmpint(result.quality, ==, 100);
}

// 2 * 64 steps of 3/255 each count int(1.17) = 1: 128 / 90 = 1. Rounding instead of cutting off, or
// summing before cutting off, gives another number.
static void gradients_are_cut_off_one_by_one(void)
{
    float matrix[64 * 64];
    for (int i = 0; i < 64 * 64; i++)
        matrix[i] = i % 64 == 20 ? 103 : 100;
    PdqResult result;
    pdq_transform(matrix, &result);
    g_assert_cmpint(result.quality, ==, 1);
}

// Just under 7.65, (d * 100) / 255 and d * (100 / 255) fall on different sides of 3.
static void gradients_are_multiplied_before_they_are_divided(void)
{
    float matrix[64 * 64];
    for (int i = 0; i < 64 * 64; i++)
        matrix[i] = i % 64 == 20 ? 0x1.e99998p+2f : 0;
    PdqResult result;
    pdq_transform(matrix, &result);
    g_assert_cmpint(result.quality, ==, 2 * 64 * 2 / 90);
}

static void hex_prints_the_first_byte_first(void)
{
    char hex[2 * PDQ_HASH_BYTES + 1];
    PdqHash hash = {{0x0f, 0xa0}};
    hash.bytes[31] = 0x7e;
    pdq_hash_to_hex(&hash, hex);
    g_assert_cmpstr(hex, ==, "0fa000000000000000000000000000000000000000000000000000000000007e");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/pdq_transform/cosine_table_equals_its_formula",
                    cosine_table_equals_its_formula);
    g_test_add_func("/hash/pdq_transform/each_dihedral_hash_is_that_of_the_turned_picture",
                    each_dihedral_hash_is_that_of_the_turned_picture);
    g_test_add_func("/hash/pdq_transform/uniform_matrix_has_no_quality",
                    uniform_matrix_has_no_quality);
    g_test_add_func("/hash/pdq_transform/checkered_matrix_has_full_quality",
                    checkered_matrix_has_full_quality);
    g_test_add_func("/hash/pdq_transform/gradients_are_cut_off_one_by_one",
                    gradients_are_cut_off_one_by_one);
    g_test_add_func("/hash/pdq_transform/gradients_are_multiplied_before_they_are_divided",
                    gradients_are_multiplied_before_they_are_divided);
    g_test_add_func("/hash/pdq_transform/hex_prints_the_first_byte_first",
                    hex_prints_the_first_byte_first);
    return g_test_run();
}

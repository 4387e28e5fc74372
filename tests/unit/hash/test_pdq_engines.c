// SPDX-License-Identifier: Apache-2.0
//
// Promise: every engine computes, from rows in any portions, the floats of the plain reference.
#include "picture.h"

#include <errno.h>
#include <string.h>

typedef Picture *PictureMaker(uint32_t width, uint32_t height, PdqPixels kind, uint32_t seed);

static Picture *chart(uint32_t width, uint32_t height, PdqPixels kind, uint32_t seed)
{
    return picture_chart(width, height, kind);
}

static void assert_equals_reference(const PdqHasher *hasher, PdqPipeline pipeline,
                                    const PdqReference *reference)
{
    PdqResult result;
    g_assert_true(pdq_hasher_result(hasher, pipeline, &result));
    const float *matrix = pdq_hasher_matrix(hasher, pipeline);
    if (matrix)
        g_assert_cmpmem(matrix, sizeof reference->matrix, reference->matrix,
                        sizeof reference->matrix);
    g_assert_cmpmem(&result.hash, sizeof result.hash, &reference->hash, sizeof reference->hash);
    g_assert_cmpmem(result.dihedral, sizeof result.dihedral, reference->dihedral,
                    sizeof reference->dihedral);
    g_assert_cmpint(result.quality, ==, reference->quality);
}

static void assert_engines_agree(const Picture *picture)
{
    PdqReference nearest, full;
    g_assert_true(pdq_reference(picture->pixels, picture->kind, picture->width, picture->height,
                                PDQ_512, &nearest));
    g_assert_true(pdq_reference(picture->pixels, picture->kind, picture->width, picture->height,
                                PDQ_FULL, &full));
    for (const PdqEngine *engine = engines_here(); *engine != PDQ_ENGINE_AUTO; engine++) {
        g_test_message("%s, %s, %ux%u", pdq_engine_name(*engine),
                       picture->kind == PDQ_PIXELS_GREY ? "grey" : "rgbx", picture->width,
                       picture->height);
        PdqHasher *hasher = picture_hash(picture, &(PdqOptions){.engine = *engine});
        assert_equals_reference(hasher, PDQ_512, &nearest);
        assert_equals_reference(hasher, PDQ_FULL, &full);
        pdq_hasher_free(hasher);
    }
}

static void assert_sizes_agree(const uint32_t (*sizes)[2], size_t count, PictureMaker *make)
{
    for (size_t i = 0; i < count; i++) {
        for (PdqPixels kind = PDQ_PIXELS_RGBX; kind <= PDQ_PIXELS_GREY; kind++) {
            g_autoptr(Picture) picture = make(sizes[i][0], sizes[i][1], kind, (uint32_t)i + 1);
            assert_engines_agree(picture);
        }
    }
}

static void engines_equal_the_reference_on_small_and_odd_sizes(void)
{
    static const uint32_t sizes[][2] = {
        {1, 1},    {4, 4},     {4, 700},   {700, 4},   {5, 5},     {5, 9},     {17, 6},
        {31, 33},  {63, 64},   {64, 63},   {64, 64},   {65, 64},   {127, 129}, {128, 128},
        {129, 64}, {160, 100}, {255, 256}, {300, 511}, {512, 512}, {511, 100}, {16, 500},
    };
    assert_sizes_agree(sizes, G_N_ELEMENTS(sizes), picture_noise);
    assert_sizes_agree(sizes, G_N_ELEMENTS(sizes), picture_sparks);
}

static void engines_equal_the_reference_on_large_and_stretched_sizes(void)
{
    static const uint32_t sizes[][2] = {
        {513, 512}, {512, 513}, {600, 64}, {64, 600}, {1031, 777},
        {1600, 40}, {40, 1600}, {6000, 7}, {7, 6000}, {5, 513},
    };
    assert_sizes_agree(sizes, G_N_ELEMENTS(sizes), chart);
    assert_sizes_agree(sizes, G_N_ELEMENTS(sizes), picture_noise);
    assert_sizes_agree(sizes, G_N_ELEMENTS(sizes), picture_sparks);
}

// Beyond 20,480 the windows hold more than 160 elements, where division by FMA is not proven.
static void engines_equal_the_reference_beyond_the_proven_division(void)
{
    static const uint32_t sizes[][2] = {{20480, 9}, {20481, 9}, {9, 30000}, {65535, 6}};
    assert_sizes_agree(sizes, G_N_ELEMENTS(sizes), picture_noise);
    g_autoptr(Picture) widest = picture_noise(PDQ_SIDE_MAX, 5, PDQ_PIXELS_GREY, 9);
    assert_engines_agree(widest);
}

static void engines_equal_the_reference_on_random_sizes(void)
{
    for (int i = 0; i < 25; i++) {
        uint32_t width = (uint32_t)g_test_rand_int_range(1, 1200);
        uint32_t height = (uint32_t)g_test_rand_int_range(1, 600);
        g_autoptr(Picture) picture =
            picture_noise(width, height, (PdqPixels)(i % 2), (uint32_t)g_test_rand_int());
        assert_engines_agree(picture);
    }
}

// The values come from an independent program that agrees with the public reference.
static void chart_has_its_known_hashes(void)
{
    char hex[2 * PDQ_HASH_BYTES + 1];
    g_autoptr(Picture) picture = picture_chart(1000, 700, PDQ_PIXELS_RGBX);
    PdqResult nearest = picture_result(picture, PDQ_512);
    PdqResult full = picture_result(picture, PDQ_FULL);
    pdq_hash_to_hex(&nearest.hash, hex);
    g_assert_cmpstr(hex, ==, "77d247ce52abb821c7cdb9a56636d99057fbad466801b03d9a45c961b8266a5a");
    pdq_hash_to_hex(&full.hash, hex);
    g_assert_cmpstr(hex, ==, "77d247ce52abb821c7cdb9252636d99257fbad466801b03f9a45c961b8266a5a");
    g_assert_cmpint(nearest.quality, ==, 100);
    g_assert_cmpint(full.quality, ==, 100);
}

// Fills rows where the hasher wants them, in portions of random size, with garbage behind the
// width.
static PdqHasher *hash_in_portions(const Picture *picture, const PdqOptions *options)
{
    PdqHasher *hasher = pdq_hasher_new(picture->width, picture->height, options);
    for (uint32_t y = 0; y < picture->height;) {
        unsigned room;
        uint8_t **rows = pdq_hasher_rows(hasher, &room);
        g_assert_cmpuint(room, >, 0);
        unsigned count = (unsigned)g_test_rand_int_range(0, (gint32)room + 1);
        for (unsigned i = 0; i < count; i++) {
            memcpy(rows[i], picture_at(picture, 0, y + i), picture_stride(picture));
            memset(rows[i] + picture_stride(picture), 0xA5, 15 * picture->pixel_bytes);
        }
        pdq_hasher_commit(hasher, count);
        y += count;
    }
    g_assert_true(pdq_hasher_finish(hasher));
    return hasher;
}

static void portions_and_bytes_behind_the_width_do_not_matter(void)
{
    for (PdqPixels kind = PDQ_PIXELS_RGBX; kind <= PDQ_PIXELS_GREY; kind++) {
        g_autoptr(Picture) picture = picture_noise(611, 530, kind, 3);
        PdqReference nearest, full;
        pdq_reference(picture->pixels, kind, 611, 530, PDQ_512, &nearest);
        pdq_reference(picture->pixels, kind, 611, 530, PDQ_FULL, &full);
        for (const PdqEngine *engine = engines_here(); *engine != PDQ_ENGINE_AUTO; engine++) {
            PdqOptions options = {.pixels = kind, .engine = *engine};
            PdqHasher *hasher = hash_in_portions(picture, &options);
            assert_equals_reference(hasher, PDQ_512, &nearest);
            assert_equals_reference(hasher, PDQ_FULL, &full);
            pdq_hasher_free(hasher);
        }
    }
}

static void crop_equals_the_hash_of_the_cropped_picture(void)
{
    static const PdqRect crops[] = {
        {1, 1, 700, 590},  {0, 0, 801, 100}, {33, 47, 64, 64}, {800, 599, 1, 1},
        {101, 3, 523, 17}, {7, 90, 5, 510},  {0, 0, 801, 600},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(crops); i++) {
        g_autoptr(Picture) picture = picture_noise(801, 600, (PdqPixels)(i % 2), 5);
        g_autoptr(Picture) cropped = picture_crop(picture, crops[i]);
        PdqOptions options = {.crop = crops[i], .pixels = picture->kind};
        for (PdqPipeline pipeline = PDQ_512; pipeline <= PDQ_FULL; pipeline++) {
            PdqReference reference;
            pdq_reference(cropped->pixels, cropped->kind, cropped->width, cropped->height, pipeline,
                          &reference);
            PdqHasher *hasher = hash_in_portions(picture, &options);
            assert_equals_reference(hasher, pipeline, &reference);
            pdq_hasher_free(hasher);
        }
    }
}

static void packed_rgb_gives_the_same_as_rgbx(void)
{
    g_autoptr(Picture) picture = picture_noise(333, 40, PDQ_PIXELS_RGBX, 8);
    g_autofree uint8_t *rgb = g_malloc(333 * 40 * 3);
    for (size_t i = 0; i < 333 * 40; i++)
        memcpy(rgb + 3 * i, picture->pixels + 4 * i, 3);
    PdqHasher *hasher = pdq_hasher_new(333, 40, NULL);
    pdq_hasher_push_rgb(hasher, rgb, 333 * 3, 40);
    g_assert_true(pdq_hasher_finish(hasher));
    PdqResult packed, padded = picture_result(picture, PDQ_FULL);
    g_assert_true(pdq_hasher_result(hasher, PDQ_FULL, &packed));
    g_assert_cmpmem(&packed, sizeof packed, &padded, sizeof padded);
    pdq_hasher_free(hasher);
}

// The file tool stretches before it looks at the sides, the library looks at once.
static void flat_picture_has_a_512_hash_but_no_full_one(void)
{
    static const PdqHash zero = {0};
    g_autoptr(Picture) picture = picture_noise(700, 3, PDQ_PIXELS_RGBX, 2);
    PdqResult nearest = picture_result(picture, PDQ_512);
    PdqResult full = picture_result(picture, PDQ_FULL);
    g_assert_cmpint(hash_distance(&nearest.hash, &zero), >, 0);
    g_assert_cmpint(hash_distance(&full.hash, &zero), ==, 0);
    g_assert_cmpint(full.quality, ==, 0);
}

static void missing_rows_give_no_result(void)
{
    PdqResult result;
    g_autoptr(Picture) picture = picture_chart(100, 50, PDQ_PIXELS_RGBX);
    PdqHasher *hasher = pdq_hasher_new(100, 50, NULL);
    pdq_hasher_push(hasher, picture->pixels, picture_stride(picture), 49);
    g_assert_false(pdq_hasher_finish(hasher));
    g_assert_false(pdq_hasher_result(hasher, PDQ_FULL, &result));
    g_assert_null(pdq_hasher_matrix(hasher, PDQ_FULL));
    pdq_hasher_free(hasher);
}

static void rows_beyond_the_height_are_left_out(void)
{
    g_autoptr(Picture) picture = picture_chart(100, 50, PDQ_PIXELS_RGBX);
    PdqHasher *hasher = pdq_hasher_new(100, 40, NULL);
    pdq_hasher_push(hasher, picture->pixels, picture_stride(picture), 50);
    unsigned room;
    pdq_hasher_rows(hasher, &room);
    g_assert_cmpuint(room, ==, 0);
    pdq_hasher_commit(hasher, 3);
    g_assert_true(pdq_hasher_finish(hasher));
    pdq_hasher_free(hasher);
}

static void pipeline_not_asked_for_has_no_result(void)
{
    PdqResult result;
    g_autoptr(Picture) picture = picture_chart(900, 50, PDQ_PIXELS_RGBX);
    PdqHasher *hasher = picture_hash(picture, &(PdqOptions){.pipelines = PDQ_512});
    g_assert_true(pdq_hasher_result(hasher, PDQ_512, &result));
    g_assert_false(pdq_hasher_result(hasher, PDQ_FULL, &result));
    g_assert_false(pdq_hasher_result(hasher, PDQ_BOTH, &result));
    pdq_hasher_free(hasher);
}

static void impossible_pictures_are_refused(void)
{
    static const struct {
        uint32_t width, height;
        PdqOptions options;
    } rows[] = {
        {0, 5, {0}},
        {5, 0, {0}},
        {PDQ_SIDE_MAX + 1, 5, {0}},
        {5, UINT32_MAX, {0}},
        {100, 100, {.crop = {0, 0, 101, 100}}},
        {100, 100, {.crop = {60, 0, 41, 100}}},
        {100, 100, {.crop = {UINT32_MAX, 0, 2, 2}}},
        {100, 100, {.crop = {1, 1, 0, 50}}},
        {100, 100, {.pixels = (PdqPixels)2}},
        {100, 100, {.pipelines = (PdqPipeline)4}},
        {100, 100, {.engine = (PdqEngine)9}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        errno = 0;
        g_assert_null(pdq_hasher_new(rows[i].width, rows[i].height, &rows[i].options));
        g_assert_cmpint(errno, ==, EINVAL);
    }
}

static void hasher_stays_under_a_megabyte_for_twelve_megapixels(void)
{
    PdqHasher *landscape = pdq_hasher_new(4000, 3000, &(PdqOptions){.find_border = true});
    PdqHasher *portrait = pdq_hasher_new(3000, 4000, &(PdqOptions){.find_border = true});
    g_assert_cmpuint(pdq_hasher_bytes(landscape), <, 1000000);
    g_assert_cmpuint(pdq_hasher_bytes(portrait), <, 1000000);
    pdq_hasher_free(landscape);
    pdq_hasher_free(portrait);
}

static void rows_stay_off_the_alignment_that_skips_the_cache(void)
{
    for (uint32_t width = 1; width < 5000; width += 97) {
        PdqHasher *hasher = pdq_hasher_new(width, 16, NULL);
        unsigned room;
        uint8_t **rows = pdq_hasher_rows(hasher, &room);
        g_assert_cmpuint(room, ==, 16);
        for (unsigned i = 0; i < room; i++)
            g_assert_cmpuint((uintptr_t)rows[i] % 16, ==, 4);
        g_assert_cmpuint((size_t)(rows[1] - rows[0]) / 64 % 2, ==, 1);
        pdq_hasher_free(hasher);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/pdq/engines_equal_the_reference_on_small_and_odd_sizes",
                    engines_equal_the_reference_on_small_and_odd_sizes);
    g_test_add_func("/hash/pdq/engines_equal_the_reference_on_large_and_stretched_sizes",
                    engines_equal_the_reference_on_large_and_stretched_sizes);
    g_test_add_func("/hash/pdq/engines_equal_the_reference_beyond_the_proven_division",
                    engines_equal_the_reference_beyond_the_proven_division);
    g_test_add_func("/hash/pdq/engines_equal_the_reference_on_random_sizes",
                    engines_equal_the_reference_on_random_sizes);
    g_test_add_func("/hash/pdq/chart_has_its_known_hashes", chart_has_its_known_hashes);
    g_test_add_func("/hash/pdq/portions_and_bytes_behind_the_width_do_not_matter",
                    portions_and_bytes_behind_the_width_do_not_matter);
    g_test_add_func("/hash/pdq/crop_equals_the_hash_of_the_cropped_picture",
                    crop_equals_the_hash_of_the_cropped_picture);
    g_test_add_func("/hash/pdq/packed_rgb_gives_the_same_as_rgbx",
                    packed_rgb_gives_the_same_as_rgbx);
    g_test_add_func("/hash/pdq/flat_picture_has_a_512_hash_but_no_full_one",
                    flat_picture_has_a_512_hash_but_no_full_one);
    g_test_add_func("/hash/pdq/missing_rows_give_no_result", missing_rows_give_no_result);
    g_test_add_func("/hash/pdq/rows_beyond_the_height_are_left_out",
                    rows_beyond_the_height_are_left_out);
    g_test_add_func("/hash/pdq/pipeline_not_asked_for_has_no_result",
                    pipeline_not_asked_for_has_no_result);
    g_test_add_func("/hash/pdq/impossible_pictures_are_refused", impossible_pictures_are_refused);
    g_test_add_func("/hash/pdq/hasher_stays_under_a_megabyte_for_twelve_megapixels",
                    hasher_stays_under_a_megabyte_for_twelve_megapixels);
    g_test_add_func("/hash/pdq/rows_stay_off_the_alignment_that_skips_the_cache",
                    rows_stay_off_the_alignment_that_skips_the_cache);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// The search promises: every whole piece of media is found where it may begin, to its last byte;
// what breaks off is said to; and whatever the bytes are, the work stays in proportion to them.
#include <string.h>

#include "base/error.h"
#include "carve_fixture.h"

#define PIECE (1u << 20)

static GByteArray *joined(const char *first, const char *second)
{
    GByteArray *bytes = carve_sample(first);
    g_autoptr(GByteArray) more = carve_sample(second);
    g_byte_array_append(bytes, more->data, more->len);
    return bytes;
}

static void assert_found(const CarveResult *result, unsigned index, uint64_t offset, uint64_t size,
                         bool complete)
{
    const Carved *carved = carve_result_at(result, index);
    g_assert_cmpuint(carved->offset, ==, offset);
    g_assert_cmpuint(carved->size_bytes, ==, size);
    g_assert_cmpint(carved->complete, ==, complete);
}

// ---- What is found ----------------------------------------------------------------------------

static void finds_every_format_at_odd_offsets(void)
{
    g_auto(GStrv) names = carve_sample_names();
    g_autoptr(GByteArray) noise = carve_noise(3 * PIECE, 1);
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(guint));
    size_t offset = 1001;
    for (char **name = names; *name != NULL; name++, offset += 10007) {
        g_autoptr(GByteArray) media = carve_sample(*name);
        carve_plant(noise, offset, media);
        g_array_append_val(sizes, media->len);
    }
    g_autoptr(CarveResult) result = carve_run_bytes(noise, 1);
    g_assert_cmpuint(result->found->len, ==, sizes->len);
    for (unsigned i = 0; i < sizes->len; i++)
        assert_found(result, i, 1001 + 10007 * i, g_array_index(sizes, guint, i), true);
}

static void finds_what_lies_across_the_seams_of_reading(void)
{
    static const char *const names[] = {"jpeg.jpg",  "png.png", "mp4.mp4",
                                        "m2ts.m2ts", "bmp.bmp", "tiff.tif"};
    g_autoptr(GByteArray) noise = carve_noise(2 * PIECE, 2);
    g_autoptr(Source) source = source_new_memory(noise->data, noise->len);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GByteArray) media = carve_sample(names[i]);
        for (size_t before = 0; before <= 40; before++) {
            g_autoptr(GByteArray) hidden =
                g_byte_array_append(g_byte_array_new(), noise->data + PIECE - before, media->len);
            carve_plant(noise, PIECE - before, media);
            g_autoptr(CarveResult) result = carve_run(source, (CarveRange){0});
            g_assert_cmpuint(result->found->len, ==, 1);
            assert_found(result, 0, PIECE - before, media->len, true);
            carve_plant(noise, PIECE - before, hidden);
        }
    }
}

static void looks_at_the_beginnings_of_blocks_only(void)
{
    g_autoptr(GByteArray) noise = carve_noise(64 << 10, 3);
    g_autoptr(GByteArray) media = carve_sample("jpeg.jpg");
    carve_plant(noise, 100 + 3 * 512, media);
    carve_plant(noise, 100 + 20 * 512 + 1, media);
    g_autoptr(Source) source = source_new_memory(noise->data, noise->len);
    g_autoptr(CarveResult) result = carve_run(source, (CarveRange){.begin = 100, .alignment = 512});
    g_assert_cmpuint(result->found->len, ==, 1);
    assert_found(result, 0, 100 + 3 * 512, media->len, true);
}

static void reads_only_beginnings_when_blocks_are_large(void)
{
    const uint32_t alignment = 2 * PIECE;
    g_autoptr(GByteArray) noise = carve_noise(3 * alignment, 4);
    g_autoptr(GByteArray) media = carve_sample("mp4.mp4");
    carve_plant(noise, alignment, media);
    carve_plant(noise, 2 * alignment + 512, media);
    g_autoptr(CarveResult) result = carve_run_bytes(noise, alignment);
    g_assert_cmpuint(result->found->len, ==, 1);
    assert_found(result, 0, alignment, media->len, true);
}

static void media_may_reach_over_the_end_but_not_over_the_limit(void)
{
    g_autoptr(GByteArray) noise = carve_noise(8192, 5);
    g_autoptr(GByteArray) media = carve_sample("jpeg.jpg");
    carve_plant(noise, 4000, media);
    g_autoptr(Source) source = source_new_memory(noise->data, noise->len);

    g_autoptr(CarveResult) begins_before = carve_run(source, (CarveRange){.end = 4001});
    g_assert_cmpuint(begins_before->found->len, ==, 1);
    assert_found(begins_before, 0, 4000, media->len, true);

    g_autoptr(CarveResult) begins_behind = carve_run(source, (CarveRange){.end = 4000});
    g_assert_cmpuint(begins_behind->found->len, ==, 0);

    uint64_t limit = 4000 + media->len - 1;
    g_autoptr(CarveResult) cut = carve_run(source, (CarveRange){.end = 4001, .limit = limit});
    g_assert_cmpuint(cut->found->len, ==, 1);
    assert_found(cut, 0, 4000, media->len - 1, false);
}

static void goes_on_behind_the_end(void)
{
    g_autoptr(GByteArray) pair = joined("jpeg-thumbnail.jpg", "jpeg-progressive.jpg");
    g_autoptr(GByteArray) second = carve_sample("jpeg-progressive.jpg");
    g_autoptr(CarveResult) result = carve_run_bytes(pair, 1);
    g_assert_cmpuint(result->found->len, ==, 2);
    assert_found(result, 0, 0, pair->len - second->len, true);
    assert_found(result, 1, pair->len - second->len, second->len, true);
}

static void finds_the_thumbnail_of_what_broke_off(void)
{
    g_autoptr(GByteArray) media = carve_sample("jpeg-thumbnail.jpg");
    g_autoptr(GByteArray) thumbnail = carve_sample("jpeg-progressive.jpg");
    g_byte_array_set_size(media, media->len - 100);
    g_autoptr(CarveResult) result = carve_run_bytes(media, 1);
    g_assert_cmpuint(result->found->len, ==, 2);
    assert_found(result, 0, 0, media->len, false);
    g_assert_cmpuint(carve_result_at(result, 1)->size_bytes, ==, thumbnail->len);
    g_assert_true(carve_result_at(result, 1)->complete);
}

static void finds_the_film_behind_a_motion_photo(void)
{
    g_autoptr(GByteArray) photo = joined("jpeg.jpg", "mp4.mp4");
    g_autoptr(GByteArray) still = carve_sample("jpeg.jpg");
    g_assert_cmpuint(carve_end_of(photo, "image/jpeg"), ==, still->len);
    g_autoptr(CarveResult) result = carve_run_bytes(photo, 1);
    g_assert_cmpuint(result->found->len, ==, 2);
    g_assert_cmpstr(carve_result_at(result, 1)->type->media_type, ==, "video/mp4");
    assert_found(result, 1, still->len, photo->len - still->len, true);
}

static void sound_is_not_carved(void)
{
    static const uint8_t sound[] = "\0\0\0\x18"
                                   "ftypM4A \0\0\0\0M4A isom"
                                   "\0\0\0\x10"
                                   "moov\0\0\0\x08mvhd"
                                   "\0\0\0\x0c"
                                   "mdat1234";
    g_autoptr(GByteArray) bytes = carve_noise(4096, 6);
    memcpy(bytes->data + 77, sound, sizeof sound - 1);
    g_autoptr(CarveResult) result = carve_run_bytes(bytes, 1);
    g_assert_cmpuint(result->found->len, ==, 0);
}

static void finds_nothing_in_noise_zeroes_and_ones(void)
{
    g_autoptr(GByteArray) noise = carve_noise(2 * PIECE + 17, 7);
    memset(noise->data + 1000, 0, PIECE);
    memset(noise->data + PIECE, 0xff, PIECE / 2);
    for (uint32_t alignment = 1; alignment <= 512; alignment += 511) {
        g_autoptr(CarveResult) result = carve_run_bytes(noise, alignment);
        g_assert_cmpuint(result->found->len, ==, 0);
        g_assert_cmpuint(result->progress_bytes, ==, noise->len);
    }
}

// ---- Progress, ends, failures -----------------------------------------------------------------

static void progress_adds_up_to_the_range(void)
{
    g_autoptr(GByteArray) noise = carve_noise(3 * PIECE + 333, 8);
    g_autoptr(GByteArray) media = carve_sample("avi.avi");
    carve_plant(noise, PIECE - 5, media);
    g_autoptr(CarveResult) result = carve_run_bytes(noise, 1);
    g_assert_cmpuint(result->progress_bytes, ==, noise->len);
    g_assert_cmpuint(result->calls, >=, 3);
}

typedef struct {
    unsigned found, progress;
    unsigned found_max, progress_max;
} Patience;

static bool count_found(void *user_data, const Carved *carved)
{
    Patience *patience = user_data;
    return ++patience->found < patience->found_max;
}

static bool count_progress(void *user_data, uint64_t bytes)
{
    Patience *patience = user_data;
    return ++patience->progress < patience->progress_max;
}

static void ends_when_the_caller_has_enough(void)
{
    g_autoptr(GByteArray) noise = carve_noise(4 * PIECE, 9);
    g_autoptr(GByteArray) media = carve_sample("png.png");
    for (size_t i = 0; i < 10; i++)
        carve_plant(noise, 1000 * i, media);
    g_autoptr(Source) source = source_new_memory(noise->data, noise->len);
    const CarveRange range = {.end = noise->len, .limit = noise->len, .alignment = 1};
    g_autoptr(GError) error = NULL;

    Patience by_found = {.found_max = 3, .progress_max = 100};
    g_assert_false(carve_search(source, range, count_found, count_progress, &by_found, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(by_found.found, ==, 3);

    Patience by_progress = {.found_max = 100, .progress_max = 2};
    g_assert_false(carve_search(source, range, count_found, count_progress, &by_progress, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(by_progress.progress, ==, 2);
}

// A source that fails from some byte on.
typedef struct {
    const GByteArray *bytes;
    uint64_t fails_at;
} Medium;

static ssize_t medium_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    const Medium *medium = user_data;
    if (offset >= medium->fails_at) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "the medium has a scratch");
        return -1;
    }
    size_t count = (size_t)MIN((uint64_t)size, medium->fails_at - offset);
    memcpy(target, medium->bytes->data + offset, count);
    return (ssize_t)count;
}

static const SourceOps medium_ops = {medium_read_at, NULL};

static void a_failing_medium_is_said_and_what_lay_before_is_found(void)
{
    g_autoptr(GByteArray) noise = carve_noise(3 * PIECE, 10);
    g_autoptr(GByteArray) media = carve_sample("gif.gif");
    const uint64_t scratch = 2 * PIECE + 777;
    carve_plant(noise, scratch - media->len, media);
    carve_plant(noise, scratch - media->len - 100 - media->len, media);
    Medium medium = {.bytes = noise, .fails_at = scratch};
    g_autoptr(Source) source = source_new(&medium_ops, &medium, noise->len);
    g_autoptr(CarveResult) result = carve_run(source, (CarveRange){0});
    g_assert_false(result->ok);
    g_assert_error(result->error, CLEW_ERROR, CLEW_ERROR_IO);
    g_assert_cmpuint(result->found->len, ==, 2);
    g_assert_cmpuint(result->progress_bytes, ==, scratch);
}

// ---- Work -------------------------------------------------------------------------------------

// Beginnings of JPEGs, one behind another, and the segment of each ends behind the next beginning:
// each leads over all the others to nothing. Walked to the end, each time, that would take longer
// than any test may.
static void many_false_beginnings_do_not_multiply_the_work(void)
{
    static const uint8_t link[] = "\xff\xd8\xff\xee\x00\x06..";
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (size_t i = 0; i < 100000; i++)
        g_byte_array_append(bytes, link, sizeof link - 1);
    g_autoptr(CarveResult) result = carve_run_bytes(bytes, 1);
    g_assert_cmpuint(result->found->len, ==, 0);
    g_assert_cmpuint(result->progress_bytes, ==, bytes->len);
}

static void what_breaks_off_is_not_reported_longer_than_can_be_read(void)
{
    // Each claims all that follows, up to 60 MiB.
    static const uint8_t box[] = "\0\0\0\x14"
                                 "ftypisom\0\0\0\0isom"
                                 "\x03\xc0\0\0"
                                 "mdat";
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, 32 << 20);
    memset(bytes->data, 0x55, bytes->len);
    for (size_t at = 0; at + sizeof box <= bytes->len; at += 4096)
        memcpy(bytes->data + at, box, sizeof box - 1);
    g_autoptr(CarveResult) result = carve_run_bytes(bytes, 4096);
    g_assert_cmpuint(result->found->len, ==, bytes->len / 4096);
    uint64_t total = 0;
    for (unsigned i = 0; i < result->found->len; i++) {
        g_assert_false(carve_result_at(result, i)->complete);
        total += carve_result_at(result, i)->size_bytes;
    }
    g_assert_cmpuint(total, <, 3ull << 30);
    assert_found(result, 0, 0, bytes->len, false);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/carve/" #name, name)
    ADD(finds_every_format_at_odd_offsets);
    ADD(finds_what_lies_across_the_seams_of_reading);
    ADD(looks_at_the_beginnings_of_blocks_only);
    ADD(reads_only_beginnings_when_blocks_are_large);
    ADD(media_may_reach_over_the_end_but_not_over_the_limit);
    ADD(goes_on_behind_the_end);
    ADD(finds_the_thumbnail_of_what_broke_off);
    ADD(finds_the_film_behind_a_motion_photo);
    ADD(sound_is_not_carved);
    ADD(finds_nothing_in_noise_zeroes_and_ones);
    ADD(progress_adds_up_to_the_range);
    ADD(ends_when_the_caller_has_enough);
    ADD(a_failing_medium_is_said_and_what_lay_before_is_found);
    ADD(many_false_beginnings_do_not_multiply_the_work);
    ADD(what_breaks_off_is_not_reported_longer_than_can_be_read);
    return g_test_run();
}

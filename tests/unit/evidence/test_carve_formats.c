// SPDX-License-Identifier: Apache-2.0
//
// Where media of each format ends, and where it breaks off. The samples are whole files of every
// format; what is special is built from them.
#include <string.h>

#include "carve_fixture.h"

// ---- All formats ------------------------------------------------------------------------------

static const char *media_type_of(const GByteArray *bytes)
{
    return sniff_bytes(bytes->data, bytes->len)->media_type;
}

static void every_sample_ends_with_its_last_byte(void)
{
    g_auto(GStrv) names = carve_sample_names();
    g_assert_cmpuint(g_strv_length(names), >=, 33);
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(GByteArray) media = carve_sample(*name);
        uint64_t end = carve_end_of(media, media_type_of(media));
        if (end != media->len)
            g_error("%s: %u bytes, its end is told to be %" G_GUINT64_FORMAT, *name, media->len,
                    end);
    }
}

static void what_follows_does_not_belong_to_it(void)
{
    g_auto(GStrv) names = carve_sample_names();
    g_autoptr(GByteArray) noise = carve_noise(5000, 1);
    g_autoptr(GByteArray) zeroes = g_byte_array_new();
    g_byte_array_set_size(zeroes, 5000);
    memset(zeroes->data, 0, zeroes->len);
    g_autoptr(GByteArray) text = g_byte_array_new();
    for (unsigned i = 0; i < 200; i++)
        g_byte_array_append(text, (const guint8 *)"the quick brown fox; ", 21);
    const GByteArray *const behind[] = {noise, zeroes, text};
    for (char **name = names; *name != NULL; name++) {
        for (size_t i = 0; i < G_N_ELEMENTS(behind); i++) {
            g_autoptr(GByteArray) media = carve_sample(*name);
            const char *media_type = media_type_of(media);
            unsigned size = media->len;
            g_byte_array_append(media, behind[i]->data, behind[i]->len);
            if (carve_end_of(media, media_type) != size)
                g_error("%s: what follows (%zu) was taken for a part of it", *name, i);
        }
    }
}

// Of the others every beginning that ends between two of their parts is as good as a whole one.
static void a_sample_cut_short_has_no_end(void)
{
    static const char *const names[] = {

        "avi.avi",
        "avif.avif",
        "bmp.bmp",
        "heic.heic",
        "j2k.j2k",
        "jp2.jp2",
        "jpeg.jpg",
        "jpeg-progressive.jpg",
        "jxl.jxl",
        "matroska.mkv",
        "mp4.mp4",
        "ogg.ogv",
        "png.png",
        "quicktime.mov",
        "tiff.tif",
        "tiff-tiles.tif",
        "webp.webp",

        "tiff-big.tif",
        "webm.webm",
        "webp-lossless.webp",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GByteArray) media = carve_sample(names[i]);
        for (unsigned step = 1; step < media->len; step = step * 2 + 1) {
            g_autoptr(GByteArray) cut = g_byte_array_new();
            g_byte_array_append(cut, media->data, media->len - step);
            if (carve_end_of(cut, media_type_of(media)) != 0)
                g_error("%s: %u bytes short and not noticed", names[i], step);
            g_autoptr(CarveResult) result = carve_run_bytes(cut, 4096);
            if (result->found->len > 0)
                g_assert_false(carve_result_at(result, 0)->complete);
        }
    }
}

// ---- JPEG -------------------------------------------------------------------------------------

static size_t find(const GByteArray *bytes, const char *what, size_t size)
{
    const uint8_t *hit = memmem(bytes->data, bytes->len, what, size);
    g_assert_nonnull(hit);
    return (size_t)(hit - bytes->data);
}

static GByteArray *with_inserted(const GByteArray *bytes, size_t at, const void *more, size_t size)
{
    GByteArray *result = g_byte_array_new();
    g_byte_array_append(result, bytes->data, (guint)at);
    g_byte_array_append(result, more, (guint)size);
    g_byte_array_append(result, bytes->data + at, bytes->len - (guint)at);
    return result;
}

static void jpeg_takes_fill_bytes_comments_and_a_late_height(void)
{
    g_autoptr(GByteArray) jpeg = carve_sample("jpeg.jpg");
    size_t tables = find(jpeg, "\xff\xdb", 2);
    g_autoptr(GByteArray) filled = with_inserted(jpeg, tables, "\xff\xff\xff", 3);
    g_assert_cmpuint(carve_end_of(filled, "image/jpeg"), ==, jpeg->len + 3);
    g_autoptr(GByteArray) commented =
        with_inserted(jpeg, tables, "\xff\xfe\x00\x06\xff\xd9\xff\xd8", 8);
    g_assert_cmpuint(carve_end_of(commented, "image/jpeg"), ==, jpeg->len + 8);

    size_t frame = find(jpeg, "\xff\xc0\x00\x11\x08", 5);
    memset(jpeg->data + frame + 5, 0, 2);
    g_autoptr(GByteArray) late = with_inserted(jpeg, jpeg->len - 2, "\xff\xdc\x00\x04\x00\x10", 6);
    g_assert_cmpuint(carve_end_of(late, "image/jpeg"), ==, jpeg->len + 6);
}

static void jpeg_without_a_frame_or_tables_is_none(void)
{
    static const uint8_t tables_only[] = "\xff\xd8\xff\xe0\x00\x04..\xff\xd9";
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, tables_only, sizeof tables_only - 1);
    g_autoptr(CarveResult) none = carve_run_bytes(bytes, 1);
    g_assert_cmpuint(none->found->len, ==, 0);

    g_autoptr(GByteArray) jpeg = carve_sample("jpeg.jpg");
    jpeg->data[find(jpeg, "\xff\xdb", 2) + 1] = 0xfe;
    jpeg->data[find(jpeg, "\xff\xdb", 2) + 1] = 0xfe;
    g_autoptr(CarveResult) no_tables = carve_run_bytes(jpeg, 1);
    g_assert_cmpuint(no_tables->found->len, ==, 0);
}

static void jpeg_breaks_off_where_other_data_begins(void)
{
    g_autoptr(GByteArray) jpeg = carve_sample("jpeg.jpg");
    size_t cut = jpeg->len - 100;
    g_byte_array_set_size(jpeg, (guint)cut);
    g_byte_array_append(jpeg, (const guint8 *)"and now a word \xff\x03 about else", 29);
    g_autoptr(CarveResult) result = carve_run_bytes(jpeg, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_false(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, cut + 15);
}

static void jpeg_breaks_off_where_nothing_was_written(void)
{
    g_autoptr(GByteArray) jpeg = carve_sample("jpeg.jpg");
    size_t cut = jpeg->len - 100;
    while (jpeg->data[cut - 1] == 0)
        cut--;
    g_byte_array_set_size(jpeg, 3 << 20);
    memset(jpeg->data + cut, 0, jpeg->len - cut);
    g_autoptr(CarveResult) result = carve_run_bytes(jpeg, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_false(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, cut);
}

static void jpeg_of_one_colour_may_hold_many_zeroes(void)
{
    g_autoptr(GByteArray) jpeg = carve_sample("jpeg.jpg");
    // 16,000 by 16,000 samples: 12 MB of zeroes would still be one block in 8 bits each.
    size_t frame = find(jpeg, "\xff\xc0\x00\x11\x08", 5);
    memcpy(jpeg->data + frame + 5, "\x3e\x80\x3e\x80", 4);
    g_autoptr(GByteArray) zeroes = g_byte_array_new();
    g_byte_array_set_size(zeroes, 10 << 20);
    memset(zeroes->data, 0, zeroes->len);
    g_autoptr(GByteArray) even = with_inserted(jpeg, jpeg->len - 2, zeroes->data, zeroes->len);
    g_assert_cmpuint(carve_end_of(even, "image/jpeg"), ==, even->len);
}

static void jpeg_lost_behind_its_header_is_kept_for_its_thumbnail(void)
{
    g_autoptr(GByteArray) jpeg = carve_sample("jpeg-thumbnail.jpg");
    size_t tables = find(jpeg, "\xff\xdb", 2);
    g_autoptr(GByteArray) thumbnail = carve_sample("jpeg-progressive.jpg");
    size_t inside = find(jpeg, "Exif", 4);
    g_assert_cmpuint(tables, >, inside);
    g_autoptr(GByteArray) lost = carve_noise(4096, 3);
    memcpy(lost->data, jpeg->data, inside - 4 + 1074);
    g_autoptr(CarveResult) result = carve_run_bytes(lost, 4096);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_false(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, >, thumbnail->len);
}

// ---- Others -----------------------------------------------------------------------------------

static void png_needs_its_header_checksum_and_data(void)
{
    g_autoptr(GByteArray) png = carve_sample("png.png");
    png->data[29] ^= 1; // checksum of IHDR
    g_assert_cmpuint(carve_end_of(png, "image/png"), ==, 0);
    png->data[29] ^= 1;
    memcpy(png->data + find(png, "IDAT", 4), "xyZt", 4);
    g_assert_cmpuint(carve_end_of(png, "image/png"), ==, 0);
}

static void png_breaks_off_at_what_is_no_chunk(void)
{
    g_autoptr(GByteArray) png = carve_sample("png.png");
    size_t end_chunk = png->len - 12;
    memset(png->data + end_chunk, '#', 12);
    g_autoptr(CarveResult) result = carve_run_bytes(png, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_false(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, end_chunk);
}

static void gif_without_a_trailer_ends_with_the_bytes(void)
{
    g_autoptr(GByteArray) gif = carve_sample("gif.gif");
    g_byte_array_set_size(gif, gif->len - 1);
    g_assert_cmpuint(carve_end_of(gif, "image/gif"), ==, gif->len);
    g_autoptr(CarveResult) result = carve_run_bytes(gif, 1);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, gif->len);
    g_assert_false(carve_result_at(result, 0)->complete);
}

static void webp_pads_chunks_of_odd_length(void)
{
    g_autoptr(GByteArray) webp = carve_sample("webp.webp");
    g_byte_array_append(webp, (const guint8 *)"XMP \x03\0\0\0abc\0XMP \x01\0\0\0d\0", 22);
    uint32_t length = GUINT32_TO_LE(webp->len - 8);
    memcpy(webp->data + 4, &length, 4);
    g_assert_cmpuint(carve_end_of(webp, "image/webp"), ==, webp->len);
    // The last byte of all is left out at times, and then not counted.
    length = GUINT32_TO_LE(webp->len - 9);
    memcpy(webp->data + 4, &length, 4);
    g_byte_array_set_size(webp, webp->len - 1);
    g_assert_cmpuint(carve_end_of(webp, "image/webp"), ==, webp->len);
}

static void avi_goes_on_in_further_riffs(void)
{
    g_autoptr(GByteArray) avi = carve_sample("avi.avi");
    static const uint8_t more[] = "RIFF\x14\0\0\0AVIXLIST\x08\0\0\0movi1234";
    g_byte_array_append(avi, more, sizeof more - 1);
    unsigned size = avi->len;
    g_assert_cmpuint(carve_end_of(avi, "video/x-msvideo"), ==, size);
    g_byte_array_set_size(avi, size - 1);
    g_assert_cmpuint(carve_end_of(avi, "video/x-msvideo"), ==, 0);
}

static void avi_of_a_recorder_that_was_cut_off_is_incomplete(void)
{
    g_autoptr(GByteArray) avi = carve_sample("avi.avi");
    memset(avi->data + 4, 0, 4);
    g_autoptr(CarveResult) result = carve_run_bytes(avi, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_false(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, avi->len);
}

static void a_box_of_unknown_type_belongs_only_between_known_ones(void)
{
    static const uint8_t unknown[] = "\0\0\0\x0cmine1234";
    static const uint8_t known[] = "\0\0\0\x08"
                                   "free";
    g_autoptr(GByteArray) film = carve_sample("mp4.mp4");
    unsigned size = film->len;
    g_byte_array_append(film, unknown, sizeof unknown - 1);
    g_assert_cmpuint(carve_end_of(film, "video/mp4"), ==, size + 12);
    g_byte_array_append(film, known, sizeof known - 1);
    g_assert_cmpuint(carve_end_of(film, "video/mp4"), ==, size + 20);

    g_byte_array_set_size(film, size);
    g_byte_array_append(film, unknown, sizeof unknown - 1);
    g_byte_array_append(film, (const guint8 *)"not a box at all", 16);
    g_assert_cmpuint(carve_end_of(film, "video/mp4"), ==, size);
}

static void a_film_ends_where_the_next_begins(void)
{
    g_autoptr(GByteArray) films = carve_sample("mp4.mp4");
    g_autoptr(GByteArray) second = carve_sample("fragmented.mp4");
    unsigned size = films->len;
    g_byte_array_append(films, second->data, second->len);
    g_assert_cmpuint(carve_end_of(films, "video/mp4"), ==, size);
    g_autoptr(CarveResult) result = carve_run_bytes(films, 1);
    g_assert_cmpuint(result->found->len, ==, 2);
}

static void a_last_box_without_size_reaches_to_the_limit(void)
{
    g_autoptr(GByteArray) film = carve_sample("fragmented.mp4");
    g_byte_array_append(film, (const guint8 *)"\0\0\0\0mdat", 8);
    g_autoptr(GByteArray) noise = carve_noise(100000, 4);
    g_byte_array_append(film, noise->data, noise->len);
    g_assert_cmpuint(carve_end_of(film, "video/mp4"), ==, film->len);
    g_autoptr(CarveResult) result = carve_run_bytes(film, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_false(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, film->len);
}

static void sizes_of_64_bits_are_read(void)
{
    static const char *const types[] = {"mdat", "moov"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(GByteArray) film = carve_sample("mp4.mp4");
        size_t box = find(film, types[i], 4) - 4;
        unsigned size = (unsigned)(film->data[box + 2] << 8 | film->data[box + 3]) + 8;
        uint8_t header[] = "\0\0\0\1....\0\0\0\0\0\0..";
        memcpy(header + 4, types[i], 4);
        header[14] = (uint8_t)(size >> 8);
        header[15] = (uint8_t)size;
        g_autoptr(GByteArray) wide = g_byte_array_new();
        g_byte_array_append(wide, film->data, (guint)box);
        g_byte_array_append(wide, header, 16);
        g_byte_array_append(wide, film->data + box + 8, film->len - (guint)box - 8);
        g_assert_cmpuint(carve_end_of(wide, "video/mp4"), ==, film->len + 8);
    }
}

static void quicktime_may_begin_with_its_data(void)
{
    g_autoptr(GByteArray) film = carve_sample("quicktime.mov");
    size_t first = film->data[3]; // size of ftyp
    g_byte_array_remove_range(film, 0, (guint)first);
    g_autoptr(CarveResult) result = carve_run_bytes(film, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_true(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, film->len);
}

static void a_matroska_segment_ends_where_its_length_says(void)
{
    g_autoptr(GByteArray) film = carve_sample("matroska.mkv");
    size_t cluster = find(film, "\x1f\x43\xb6\x75", 4);
    const uint8_t *hit = memmem(film->data + cluster, film->len - cluster, "\x1c\x53\xbb\x6b", 4);
    g_assert_nonnull(hit);
    size_t cues = (size_t)(hit - film->data);
    film->data[cues] = 0x1d;
    g_assert_cmpuint(carve_end_of(film, "video/x-matroska"), ==, 0);
    g_autoptr(CarveResult) result = carve_run_bytes(film, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_false(carve_result_at(result, 0)->complete);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, cues);
}

static void jpeg_2000_knows_its_end_where_its_box_does_not(void)
{
    g_autoptr(GByteArray) jp2 = carve_sample("jp2.jp2");
    unsigned size = jp2->len;
    size_t stream = find(jp2, "jp2c", 4) - 4;
    memset(jp2->data + stream, 0, 4);
    g_autoptr(GByteArray) noise = carve_noise(1000, 5);
    g_byte_array_append(jp2, noise->data, noise->len);
    g_assert_cmpuint(carve_end_of(jp2, "image/jp2"), ==, size);
}

static void a_last_tile_part_without_length_is_searched_for_its_end(void)
{
    g_autoptr(GByteArray) j2k = carve_sample("j2k.j2k");
    unsigned size = j2k->len;
    size_t part = find(j2k, "\xff\x90\x00\x0a", 4);
    memset(j2k->data + part + 6, 0, 4);
    g_autoptr(GByteArray) noise = carve_noise(1000, 6);
    g_byte_array_append(j2k, noise->data, noise->len);
    g_assert_cmpuint(carve_end_of(j2k, "image/x-j2c"), ==, size);
}

static void exif_is_not_taken_for_a_tiff(void)
{
    g_autoptr(GByteArray) jpeg = carve_sample("jpeg-thumbnail.jpg");
    g_autoptr(GByteArray) exif = g_byte_array_new();
    size_t begin = find(jpeg, "Exif", 4) + 6;
    g_byte_array_append(exif, jpeg->data + begin, jpeg->len - (guint)begin);
    g_assert_cmpstr(media_type_of(exif), ==, "image/tiff");
    g_assert_cmpuint(carve_end_of(exif, "image/tiff"), ==, 0);
}

// As EXIF has it: the thumbnail's directory comes second.
static void a_tiff_has_its_picture_in_the_first_directory(void)
{
    g_autoptr(GByteArray) tiff = carve_sample("tiff.tif");
    // A comment, and the old first directory as the next.
    uint8_t directory[] = "\x01\0\x0d\x01\x02\0\x02\0\0\0"
                          "a\0\0\0....";
    memcpy(directory + 14, tiff->data + 4, 4);
    uint32_t at = GUINT32_TO_LE(tiff->len);
    memcpy(tiff->data + 4, &at, 4);
    g_byte_array_append(tiff, directory, 18);
    g_assert_cmpuint(carve_end_of(tiff, "image/tiff"), ==, 0);
}

static void a_tiff_with_a_loop_of_directories_ends(void)
{
    g_autoptr(GByteArray) tiff = carve_sample("tiff.tif");
    uint32_t first = GUINT32_FROM_LE(*(const uint32_t *)(const void *)(tiff->data + 4));
    uint16_t entries = (uint16_t)(tiff->data[first] | tiff->data[first + 1] << 8);
    memcpy(tiff->data + first + 2 + 12u * entries, tiff->data + 4, 4);
    g_assert_cmpuint(carve_end_of(tiff, "image/tiff"), ==, tiff->len);
}

static void bmp_is_believed_only_when_all_agrees(void)
{
    static const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{6, 1}, {14, 41}, {26, 2}, {28, 7}, {30, 9}, {21, 2}, {2, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(GByteArray) bmp = carve_sample("bmp.bmp");
        bmp->data[changes[i].at] = changes[i].value;
        bmp->data[3] = changes[i].at == 2 ? 1 : bmp->data[3];
        g_autoptr(CarveResult) result = carve_run_bytes(bmp, 1);
        g_assert_cmpuint(result->found->len, ==, 0);
    }
}

static void a_naked_jpeg_xl_stream_has_no_end(void)
{
    g_autoptr(GByteArray) stream = carve_noise(500, 8);
    memcpy(stream->data, "\xff\x0a", 2);
    g_assert_cmpstr(media_type_of(stream), ==, "image/jxl");
    g_assert_cmpuint(carve_end_of(stream, "image/jxl"), ==, 0);
}

static void types_without_a_walk_have_no_end(void)
{
    g_autoptr(GByteArray) noise = carve_noise(500, 9);
    g_assert_cmpuint(carve_end_of(noise, "application/octet-stream"), ==, 0);
    g_assert_cmpuint(carve_end_of(noise, "image/jpeg"), ==, 0);
    g_assert_cmpuint(carve_end_of(noise, "image/x-nikon-nef"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/carve_formats/" #name, name)
    ADD(every_sample_ends_with_its_last_byte);
    ADD(what_follows_does_not_belong_to_it);
    ADD(a_sample_cut_short_has_no_end);
    ADD(jpeg_takes_fill_bytes_comments_and_a_late_height);
    ADD(jpeg_without_a_frame_or_tables_is_none);
    ADD(jpeg_breaks_off_where_other_data_begins);
    ADD(jpeg_breaks_off_where_nothing_was_written);
    ADD(jpeg_of_one_colour_may_hold_many_zeroes);
    ADD(jpeg_lost_behind_its_header_is_kept_for_its_thumbnail);
    ADD(png_needs_its_header_checksum_and_data);
    ADD(png_breaks_off_at_what_is_no_chunk);
    ADD(gif_without_a_trailer_ends_with_the_bytes);
    ADD(webp_pads_chunks_of_odd_length);
    ADD(avi_goes_on_in_further_riffs);
    ADD(avi_of_a_recorder_that_was_cut_off_is_incomplete);
    ADD(a_box_of_unknown_type_belongs_only_between_known_ones);
    ADD(a_film_ends_where_the_next_begins);
    ADD(a_last_box_without_size_reaches_to_the_limit);
    ADD(sizes_of_64_bits_are_read);
    ADD(quicktime_may_begin_with_its_data);
    ADD(a_matroska_segment_ends_where_its_length_says);
    ADD(jpeg_2000_knows_its_end_where_its_box_does_not);
    ADD(a_last_tile_part_without_length_is_searched_for_its_end);
    ADD(exif_is_not_taken_for_a_tiff);
    ADD(a_tiff_has_its_picture_in_the_first_directory);
    ADD(a_tiff_with_a_loop_of_directories_ends);
    ADD(bmp_is_believed_only_when_all_agrees);
    ADD(a_naked_jpeg_xl_stream_has_no_end);
    ADD(types_without_a_walk_have_no_end);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// What is damaged, cut, encrypted, too large or no video at all is told so, and what decodes
// before and around the damage is given.
#include <string.h>

#include "base/error.h"
#include "media/still.h"
#include "test_video_source.h"

#define PICTURE "-f lavfi -i testsrc2=s=160x120:r=10:d=4 "
#define H264 "-c:v libx264 -preset ultrafast -bf 2 -g 10 "

static VideoBytes make_mp4(void)
{
    return video_bytes_make(PICTURE H264 "-movflags +faststart", "a.mp4");
}

static void assert_refused(VideoBytes *bytes, const char *media_type, ClewError code,
                           const char *words)
{
    VideoSource source = video_bytes_source(bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(Video) video = video_open(&source, media_type, EVERY_FRAME, &error);
    g_assert_null(video);
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, words));
}

static void gives_what_decodes_of_a_cut_file(void)
{
    static const char *const names[][2] = {{"a.mp4", "video/mp4"},
                                           {"a.mkv", "video/x-matroska"},
                                           {"a.avi", "video/x-msvideo"},
                                           {"a.flv", "video/x-flv"}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *arguments =
            i == 0 ? PICTURE H264 "-movflags +faststart" : PICTURE "-c:v mpeg4 -tag:v XVID -g 10";
        g_autofree char *codec = g_strdup(i == 3 ? PICTURE "-c:v flv -g 10" : arguments);
        g_auto(VideoBytes) bytes = video_bytes_make(codec, names[i][0]);
        bytes.size_bytes = bytes.size_bytes / 2;
        g_auto(VideoResult) result = video_result_of(&bytes, names[i][1], EVERY_FRAME);
        g_test_message("%s: %u frames", names[i][0], result.frames->len);
        g_assert_no_error(result.error);
        g_assert_cmpuint(result.frames->len, >=, 8);
        g_assert_cmpuint(result.frames->len, <, 40);
        g_assert_true(result.facts->is_truncated);
        g_auto(VideoResult) keys = video_result_of(&bytes, names[i][1], KEY_FRAMES);
        g_assert_no_error(keys.error);
        g_assert_true(keys.facts->is_truncated);
    }
}

// Streams without a length: known when the cut lies within a page or packet.
static void knows_a_stream_that_is_cut(void)
{
    static const struct {
        const char *name, *media_type, *arguments;
    } rows[] = {
        {"a.ts", "video/mp2t", H264},
        {"a.ogv", "video/ogg", "-c:v libtheora -g 10"},
        {"a.mpg", "video/mpeg", "-r 25 -c:v mpeg2video -g 10"},
        {"b.mpg", "video/mpeg", "-r 25 -c:v mpeg1video -g 10 -f mpeg"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *arguments = g_strconcat(PICTURE, rows[i].arguments, NULL);
        g_auto(VideoBytes) bytes = video_bytes_make(arguments, rows[i].name);
        g_auto(VideoResult) whole = video_result_of(&bytes, rows[i].media_type, EVERY_FRAME);
        g_assert_false(whole.facts->is_truncated);
        bytes.size_bytes = bytes.size_bytes * 3 / 5;
        while (bytes.size_bytes % 188 != 100 || bytes.size_bytes % 2048 < 100)
            bytes.size_bytes--; // within a packet of a transport stream or a pack
        g_auto(VideoResult) result = video_result_of(&bytes, rows[i].media_type, EVERY_FRAME);
        g_test_message("%s: %u frames", rows[i].name, result.frames->len);
        g_assert_no_error(result.error);
        g_assert_cmpuint(result.frames->len, >=, 8);
        g_assert_true(result.facts->is_truncated);
    }
}

static void gives_whole_pictures_of_a_cut_webp(void)
{
    g_auto(VideoBytes) bytes = video_bytes_make(PICTURE "-c:v libwebp_anim", "a.webp");
    g_auto(VideoResult) whole = video_result_of(&bytes, "image/webp", EVERY_FRAME);
    bytes.size_bytes = bytes.size_bytes / 2;
    g_auto(VideoResult) result = video_result_of(&bytes, "image/webp", EVERY_FRAME);
    g_assert_no_error(result.error);
    g_assert_true(result.facts->is_truncated);
    g_assert_cmpuint(result.frames->len, >=, 10);
    g_assert_cmpuint(result.frames->len, <, 30);
    for (guint i = 0; i < result.frames->len; i++)
        g_assert_cmpuint(video_hash_distance(&g_array_index(whole.frames, FrameHash, i),
                                             &g_array_index(result.frames, FrameHash, i)),
                         ==, 0);
    for (bytes.size_bytes = 1; bytes.size_bytes < 60; bytes.size_bytes++) {
        g_auto(VideoResult) nothing = video_result_of(&bytes, "image/webp", EVERY_FRAME);
        g_assert_nonnull(nothing.error);
    }
}

static void says_that_the_index_is_missing(void)
{
    g_auto(VideoBytes) bytes = video_bytes_make(PICTURE H264, "a.mp4"); // moov at the end
    bytes.size_bytes /= 2;
    assert_refused(&bytes, "video/mp4", CLEW_ERROR_CORRUPT, "no moov box");
}

static void counts_damage_and_goes_on(void)
{
    g_auto(VideoBytes) bytes = make_mp4();
    for (size_t i = bytes.size_bytes / 3; i < bytes.size_bytes / 3 + 600; i++)
        bytes.bytes[i] ^= 0x5a;
    g_auto(VideoResult) result = video_result_of(&bytes, "video/mp4", EVERY_FRAME);
    g_assert_no_error(result.error);
    g_assert_cmpuint(result.facts->damaged, >=, 1);
    g_assert_cmpuint(result.frames->len, >=, 20);
    g_assert_false(result.facts->is_truncated);
}

static void knows_encryption(void)
{
    g_auto(VideoBytes) bytes =
        video_bytes_make(PICTURE H264 "-encryption_scheme cenc-aes-ctr -encryption_key "
                                      "00112233445566778899aabbccddeeff -encryption_kid "
                                      "00112233445566778899aabbccddeeff",
                         "a.mp4");
    assert_refused(&bytes, "video/mp4", CLEW_ERROR_ENCRYPTED, "encrypted");
}

static void finds_no_video_in_sound(void)
{
    g_auto(VideoBytes) sound = video_bytes_make("-f lavfi -i sine=d=1 -c:a aac", "a.mp4");
    assert_refused(&sound, "video/mp4", CLEW_ERROR_NOT_FOUND, "no video stream");
    g_auto(VideoBytes) cover =
        video_bytes_make("-f lavfi -i sine=d=1 -f lavfi -i testsrc2=s=64x64:d=1 -map 0 -map 1 "
                         "-frames:v 1 -c:v mjpeg "
                         "-pix_fmt yuvj420p -c:a aac -shortest -disposition:v attached_pic",
                         "a.mp4");
    assert_refused(&cover, "video/mp4", CLEW_ERROR_NOT_FOUND, "no video stream");
}

static void refuses_decoders_that_are_not_named(void)
{
    g_auto(VideoBytes) bytes = video_bytes_make(PICTURE "-c:v snow -strict -2", "a.avi");
    assert_refused(&bytes, "video/x-msvideo", CLEW_ERROR_UNSUPPORTED, "snow");
    g_assert_false(video_supports("application/x-shockwave-flash"));
    assert_refused(&bytes, "application/x-shockwave-flash", CLEW_ERROR_UNSUPPORTED, "no video");
}

static void refuses_what_is_no_video(void)
{
    static const char *const types[] = {"video/mp4",  "video/x-matroska", "video/x-msvideo",
                                        "video/mp2t", "video/x-flv",      "image/gif",
                                        "image/webp"};
    uint8_t noise[5000];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)(i * i * 31 + i * 7 + (i >> 5));
    VideoBytes bytes = {noise, sizeof noise}, empty = {noise, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        VideoSource source = video_bytes_source(&bytes);
        g_autoptr(GError) error = NULL;
        g_autoptr(Video) video = video_open(&source, types[i], EVERY_FRAME, &error);
        g_assert_null(video);
        g_assert_true(error->domain == CLEW_ERROR && error->code != CLEW_ERROR_LIMIT);
        assert_refused(&empty, types[i], CLEW_ERROR_CORRUPT, "empty");
    }
}

// 60000 x 60000 pixels in the header of a file of a few hundred bytes.
static void refuses_declared_sizes_without_allocating(void)
{
    g_auto(VideoBytes) y4m = {0};
    y4m.bytes = (uint8_t *)g_strdup("YUV4MPEG2 W60000 H60000 F25:1 Ip A1:1 C420\nFRAME\nxxxx");
    y4m.size_bytes = strlen((char *)y4m.bytes);
    assert_refused(&y4m, "video/x-yuv4mpeg", CLEW_ERROR_CORRUPT, "header");
    g_auto(VideoBytes) gif = video_bytes_make("-f lavfi -i testsrc2=s=64x64:r=5:d=1", "a.gif");
    memset(gif.bytes + 6, 0xff, 4); // width and height of the screen
    g_auto(VideoResult) result = video_result_of(&gif, "image/gif", EVERY_FRAME);
    g_assert_nonnull(result.error);
    g_assert_cmpuint(result.frames->len, ==, 0);
}

static void refuses_sides_over_the_limit(void)
{
    g_autofree char *text = g_strdup("YUV4MPEG2 W16386 H2 F25:1 Ip A1:1 C420\nFRAME\nxxxx");
    VideoBytes bytes = {(uint8_t *)text, strlen(text)};
    assert_refused(&bytes, "video/x-yuv4mpeg", CLEW_ERROR_LIMIT, "16386x2 pixels");
}

static void add_element(GByteArray *file, guint32 id, unsigned id_bytes, const void *data,
                        guint32 size)
{
    guint8 head[4 + 5] = {0};
    for (unsigned i = 0; i < id_bytes; i++)
        head[i] = (guint8)(id >> (8 * (id_bytes - 1 - i)));
    head[id_bytes] = 0x08; // a length of four bytes follows
    for (unsigned i = 0; i < 4; i++)
        head[id_bytes + 1 + i] = (guint8)(size >> (8 * (3 - i)));
    g_byte_array_append(file, head, id_bytes + 5);
    g_byte_array_append(file, data, size);
}

// Matroska: blocks of 256 empty frames each.
static void ends_at_blocks_of_empty_frames(void)
{
    static const guint8 track[] = {0xd7, 0x81, 1,    0x83, 0x81, 1,    0x86, 0x85, 'V',  '_', 'V',
                                   'P',  '8',  0xe0, 0x86, 0xb0, 0x81, 64,   0xba, 0x81, 64};
    guint8 block[4 + 1 + 256] = {0x81, 0, 0, 0x84, 0xff};
    g_autoptr(GByteArray) tracks = g_byte_array_new(), cluster = g_byte_array_new();
    g_autoptr(GByteArray) segment = g_byte_array_new(), file = g_byte_array_new();
    add_element(tracks, 0xae, 1, track, sizeof track);
    add_element(cluster, 0xe7, 1, "", 1);
    for (unsigned i = 0; i < 1000; i++)
        add_element(cluster, 0xa3, 1, block, sizeof block);
    add_element(segment, 0x1654ae6b, 4, tracks->data, tracks->len);
    add_element(segment, 0x1f43b675, 4, cluster->data, cluster->len);
    add_element(file, 0x1a45dfa3, 4, "\x42\x82\x88matroska", 11);
    add_element(file, 0x18538067, 4, segment->data, segment->len);
    VideoBytes bytes = {file->data, file->len};
    g_auto(VideoResult) result = video_result_of(&bytes, "video/x-matroska", EVERY_FRAME);
    g_assert_error(result.error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_assert_nonnull(strstr(result.error->message, "no frame"));
}

static bool must_stop;

static bool go_on(void *user_data)
{
    return !must_stop;
}

static void stops_when_told(void)
{
    g_auto(VideoBytes) bytes = make_mp4();
    VideoSource source = video_bytes_source(&bytes);
    source.go_on = go_on;
    must_stop = false;
    g_autoptr(GError) error = NULL;
    g_autoptr(Video) video = video_open(&source, "video/mp4", EVERY_FRAME, &error);
    g_assert_no_error(error);
    VideoPicture picture;
    g_assert_cmpint(video_next(video, &picture, &error), ==, VIDEO_PICTURE);
    must_stop = true;
    g_assert_cmpint(video_next(video, &picture, &error), ==, VIDEO_FAILED);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
}

// A matrix of a quarter turn in the track's header: 0, 1, 0, -1, 0, 0 after 40 bytes.
static void turn_right(VideoBytes *bytes)
{
    static const uint8_t matrix[24] = {[5] = 1, [12] = 0xff, [13] = 0xff};
    uint8_t *header = memmem(bytes->bytes, bytes->size_bytes, "tkhd", 4);
    g_assert_nonnull(header);
    memcpy(header + 4 + 40, matrix, sizeof matrix);
}

static void tells_what_the_file_says(void)
{
    g_auto(VideoBytes) bytes = video_bytes_make(
        PICTURE H264 "-movflags use_metadata_tags -metadata com.apple.quicktime.make=Maker "
                     "-metadata 'com.apple.quicktime.model=Model\tOne' -metadata "
                     "com.apple.quicktime.location.ISO6709=+37.5-122.25+010.000/ "
                     "-metadata creation_time=2021-03-04T05:06:07Z",
        "a.mov");
    turn_right(&bytes);
    g_auto(VideoResult) result = video_result_of(&bytes, "video/quicktime", KEY_FRAMES);
    const VideoFacts *facts = result.facts;
    g_assert_cmpuint(facts->width, ==, 160);
    g_assert_cmpuint(facts->height, ==, 120);
    g_assert_cmpuint(facts->rotation, ==, 90);
    g_assert_cmpfloat(facts->duration_seconds, ==, 4.0);
    g_assert_cmpstr(facts->created, ==, "2021-03-04T05:06:07Z");
    g_assert_cmpstr(facts->make, ==, "Maker");
    g_assert_cmpstr(facts->model, ==, "Model One");
    g_assert_true(facts->has_location);
    g_assert_cmpfloat(facts->latitude, ==, 37.5);
    g_assert_cmpfloat(facts->longitude, ==, -122.25);
    g_assert_cmpuint(facts->frames_seen, ==, 40);
}

static void shows_the_picture_at_a_time(const char *name, const char *media_type,
                                        const char *arguments)
{
    g_auto(VideoBytes) bytes = video_bytes_make(arguments, name);
    g_auto(VideoResult) all = video_result_of(&bytes, media_type, EVERY_FRAME);
    VideoSource source = video_bytes_source(&bytes);
    FrameChoice scaled = {FRAMES_SCALED, SAMPLING_PER_SECOND, 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(Video) video = video_open(&source, media_type, scaled, &error);
    g_assert_no_error(error);
    static const struct {
        uint32_t milliseconds, number;
    } times[] = {{2350, 23}, {0, 0}, {1700, 17}, {3900, 39}, {900000, 39}, {99, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        VideoPicture picture;
        VideoOutcome outcome = video_picture_at(video, times[i].milliseconds, &picture, &error);
        g_assert_no_error(error);
        g_assert_cmpint(outcome, ==, VIDEO_PICTURE);
        g_assert_cmpuint(picture.number, ==, times[i].number);
        g_assert_false(picture.is_grey);
        FrameHash hash = video_picture_hash(&picture);
        const FrameHash *same = &g_array_index(all.frames, FrameHash, times[i].number);
        g_assert_cmpuint(video_hash_distance(&hash, same), ==, 0);
    }
}

static void shows_pictures_forth_and_back(void)
{
    shows_the_picture_at_a_time("a.mp4", "video/mp4", PICTURE H264);
    shows_the_picture_at_a_time("a.ts", "video/mp2t", PICTURE H264);
    shows_the_picture_at_a_time("a.gif", "image/gif", PICTURE);
    shows_the_picture_at_a_time("a.webp", "image/webp", PICTURE "-c:v libwebp_anim");
}

static void makes_bounded_jpegs(void)
{
    g_auto(VideoBytes) bytes = make_mp4();
    VideoSource source = video_bytes_source(&bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(Video) video = video_open(&source, "video/mp4", EVERY_FRAME, &error);
    VideoPicture picture;
    g_assert_cmpint(video_picture_at(video, 1000, &picture, &error), ==, VIDEO_PICTURE);
    g_autoptr(GBytes) jpeg = video_picture_jpeg(&picture, 100, 20000);
    g_assert_nonnull(jpeg);
    g_assert_cmpuint(g_bytes_get_size(jpeg), <=, 20000);
    gsize size;
    const uint8_t *data = g_bytes_get_data(jpeg, &size);
    g_autoptr(Still) still = still_open(data, size, "image/jpeg", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(still_width(still), ==, 80);
    g_assert_cmpuint(still_height(still), ==, 60);
    g_assert_null(video_picture_jpeg(&picture, 100, 50));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(still_prepare(NULL));
    still_prepare_locked();
    g_assert_true(video_prepare(NULL));
    g_test_add_func("/video/cut", gives_what_decodes_of_a_cut_file);
    g_test_add_func("/video/cut_webp", gives_whole_pictures_of_a_cut_webp);
    g_test_add_func("/video/cut_stream", knows_a_stream_that_is_cut);
    g_test_add_func("/video/no_index", says_that_the_index_is_missing);
    g_test_add_func("/video/damaged", counts_damage_and_goes_on);
    g_test_add_func("/video/encrypted", knows_encryption);
    g_test_add_func("/video/sound", finds_no_video_in_sound);
    g_test_add_func("/video/decoders", refuses_decoders_that_are_not_named);
    g_test_add_func("/video/noise", refuses_what_is_no_video);
    g_test_add_func("/video/bombs", refuses_declared_sizes_without_allocating);
    g_test_add_func("/video/sides", refuses_sides_over_the_limit);
    g_test_add_func("/video/empty_packets", ends_at_blocks_of_empty_frames);
    g_test_add_func("/video/stopped", stops_when_told);
    g_test_add_func("/video/facts", tells_what_the_file_says);
    g_test_add_func("/video/picture_at", shows_pictures_forth_and_back);
    g_test_add_func("/video/jpeg", makes_bounded_jpegs);
    return g_test_run();
}

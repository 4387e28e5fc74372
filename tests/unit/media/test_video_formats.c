// SPDX-License-Identifier: Apache-2.0
//
// Every container gives its frames, and frames that are passed over change neither the numbers nor
// the hashes of those that are taken. The videos are made by the `ffmpeg` tool.
#include <string.h>

#include "media/still.h"
#include "test_video_source.h"

#define PICTURE "-f lavfi -i testsrc2=s=160x120:r=10:d=4 "

typedef struct {
    const char *name; // of the file
    const char *media_type;
    const char *arguments;
    const char *container, *codec;
    unsigned frames;
    bool has_times; // presentation times are in the file, so key frames are numbered exactly
} Format;

static const Format formats[] = {
    {"a.mp4", "video/mp4", "-c:v libx264 -preset ultrafast -bf 3 -g 20", "mp4", "h264", 40, true},
    {"b.mp4", "video/mp4", "-c:v mpeg4 -bf 2 -g 12", "mp4", "mpeg4", 40, true},
    {"a.mov", "video/quicktime", "-c:v mjpeg -pix_fmt yuvj420p", "mov", "mjpeg", 40, true},
    {"a.mkv", "video/x-matroska", "-c:v libx264 -preset veryfast -bf 2 -g 15", "matroska", "h264",
     40, true},
    {"a.webm", "video/webm", "-c:v libvpx -deadline realtime -auto-alt-ref 1 -g 20", "webm", "vp8",
     40, true},
    {"b.webm", "video/webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20", "webm", "vp9",
     40, true},
    {"a.avi", "video/x-msvideo", "-c:v mpeg4 -bf 2 -g 12", "avi", "mpeg4", 40, false},
    {"a.ts", "video/mp2t", "-c:v libx264 -preset veryfast -bf 2 -g 15", "mpegts", "h264", 40, true},
    {"b.ts", "video/mp2t", "-r 25 -vsync cfr -c:v mpeg2video -bf 2 -g 12", "mpegts", "mpeg2video",
     100, true},
    {"a.mpg", "video/mpeg", "-r 25 -vsync cfr -c:v mpeg2video -bf 2 -g 12", "mpeg", "mpeg2video",
     100, false},
    {"a.m1v", "video/mpv", "-r 25 -vsync cfr -c:v mpeg1video -bf 2 -g 12", "mpegvideo",
     "mpeg1video", 100, false},
    {"a.flv", "video/x-flv", "-c:v flv -g 12", "flv", "flv1", 40, true},
    {"a.3gp", "video/3gpp", "-s 176x144 -c:v h263 -g 12", "3gp", "h263", 40, true},
    {"a.wmv", "video/x-ms-asf", "-c:v wmv2 -g 12", "asf", "wmv2", 40, true},
    {"a.ogv", "video/ogg", "-c:v libtheora -g 12", "ogg", "theora", 40, true},
    {"a.mxf", "application/mxf", "-r 25 -vsync cfr -c:v mpeg2video -g 12", "mxf", "mpeg2video", 100,
     true},
    {"a.rm", "application/vnd.rn-realmedia", "-c:v rv20 -g 12", "rm", "rv20", 40, true},
    {"a.ivf", "video/x-ivf", "-c:v libvpx -deadline realtime -g 20", "ivf", "vp8", 40, true},
    {"a.y4m", "video/x-yuv4mpeg", "", "yuv4mpegpipe", "rawvideo", 40, true},
    {"a.gif", "image/gif", "", "gif", "gif", 40, true},
    {"a.webp", "image/webp", "-c:v libwebp_anim", "webp", "webp", 40, true},
};

static const FrameHash *find_frame(const VideoResult *result, uint32_t number)
{
    for (guint i = 0; i < result->frames->len; i++) {
        const FrameHash *frame = &g_array_index(result->frames, FrameHash, i);
        if (frame->number == number)
            return frame;
    }
    return NULL;
}

static void assert_same_frame(const VideoResult *all, const FrameHash *frame)
{
    const FrameHash *same = find_frame(all, frame->number);
    g_assert_nonnull(same);
    g_assert_cmpuint(same->milliseconds, ==, frame->milliseconds);
    g_assert_cmpuint(video_hash_distance(same, frame), ==, 0);
}

// Each frame of the smaller choice is the same among all, and none is missing.
static void check_sampled(const VideoResult *all, VideoBytes *bytes, const char *media_type,
                          double per_second)
{
    FrameChoice choice = {FRAMES_VPDQ, SAMPLING_PER_SECOND, per_second};
    g_auto(VideoResult) some = video_result_of(bytes, media_type, choice);
    g_assert_no_error(some.error);
    g_assert_cmpuint(some.facts->frames_seen, ==, all->frames->len);
    unsigned step = MAX((unsigned)(some.facts->frame_rate / per_second), 1u);
    g_assert_cmpuint(some.frames->len, ==, (all->frames->len + step - 1) / step);
    for (guint i = 0; i < some.frames->len; i++) {
        const FrameHash *frame = &g_array_index(some.frames, FrameHash, i);
        g_assert_cmpuint(frame->number, ==, i * step);
        assert_same_frame(all, frame);
    }
}

static void check_key_frames(const VideoResult *all, VideoBytes *bytes, const Format *format)
{
    g_auto(VideoResult) keys = video_result_of(bytes, format->media_type, KEY_FRAMES);
    g_assert_no_error(keys.error);
    g_assert_cmpuint(keys.frames->len, >=, 1);
    g_assert_cmpuint(keys.facts->frames_hashed, ==, keys.frames->len);
    for (guint i = 0; i < keys.frames->len && format->has_times; i++)
        assert_same_frame(all, &g_array_index(keys.frames, FrameHash, i));
}

static void decodes_every_container(const void *user_data)
{
    const Format *format = user_data;
    g_autofree char *arguments = g_strconcat(PICTURE, format->arguments, NULL);
    g_auto(VideoBytes) bytes = video_bytes_make(arguments, format->name);
    g_assert_true(video_supports(format->media_type));
    g_auto(VideoResult) all = video_result_of(&bytes, format->media_type, EVERY_FRAME);
    g_assert_no_error(all.error);
    g_assert_cmpstr(all.facts->container, ==, format->container);
    g_assert_cmpstr(all.facts->codec, ==, format->codec);
    g_assert_cmpuint(all.frames->len, ==, format->frames);
    g_assert_cmpuint(all.facts->frames_seen, ==, format->frames);
    g_assert_cmpuint(all.facts->damaged, ==, 0);
    g_assert_false(all.facts->is_truncated);
    g_assert_cmpfloat(all.facts->frame_rate, >, 9.9);
    for (guint i = 0; i < all.frames->len; i++)
        g_assert_cmpuint(g_array_index(all.frames, FrameHash, i).number, ==, i);
    // All last four seconds.
    const FrameHash *last = &g_array_index(all.frames, FrameHash, format->frames - 1);
    g_assert_cmpuint(last->milliseconds, ==, 4000 - 4000 / format->frames);
    check_sampled(&all, &bytes, format->media_type, 1);
    check_sampled(&all, &bytes, format->media_type, 3);
    check_key_frames(&all, &bytes, format);
}

// Two films one behind the other, of different sizes: a stream whose frames change theirs.
static void gives_each_frame_at_its_own_size(void)
{
    g_auto(VideoBytes) first =
        video_bytes_make("-f lavfi -i testsrc2=s=160x120:r=10:d=2 -c:v libx264 -g 10", "a.ts");
    g_auto(VideoBytes) second =
        video_bytes_make("-f lavfi -i testsrc2=s=640x560:r=10:d=2 -c:v libx264 -g 10", "a.ts");
    g_auto(VideoBytes) both = {g_malloc(first.size_bytes + second.size_bytes),
                               first.size_bytes + second.size_bytes};
    memcpy(both.bytes, first.bytes, first.size_bytes);
    memcpy(both.bytes + first.size_bytes, second.bytes, second.size_bytes);
    for (int is_scaled = 0; is_scaled < 2; is_scaled++) {
        FrameChoice choice = {is_scaled ? FRAMES_SCALED : FRAMES_VPDQ, SAMPLING_EVERY_FRAME, 0};
        VideoSource source = video_bytes_source(&both);
        g_autoptr(GError) error = NULL;
        g_autoptr(Video) video = video_open(&source, "video/mp2t", choice, &error);
        VideoPicture picture;
        for (uint32_t i = 0; i < 40; i++) {
            g_assert_cmpint(video_next(video, &picture, &error), ==, VIDEO_PICTURE);
            g_assert_cmpuint(picture.number, ==, i);
            g_assert_cmpuint(picture.width, ==, i < 20 ? 160 : is_scaled ? 256 : 640);
            g_assert_cmpuint(picture.height, ==, i < 20 ? 120 : is_scaled ? 256 : 560);
            FrameHash hash = video_picture_hash(&picture); // reads all of it
            g_assert_cmpuint(hash.quality, >=, 50);
        }
        g_assert_cmpint(video_next(video, &picture, &error), ==, VIDEO_END);
    }
}

// A sequence of AV1 pictures: the encoder is slow, so few and small ones.
static void decodes_animated_avif(void)
{
    g_auto(VideoBytes) bytes = video_bytes_make(
        "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libaom-av1 -cpu-used 8 -still-picture 0",
        "a.avif");
    g_auto(VideoResult) all = video_result_of(&bytes, "image/avif", EVERY_FRAME);
    g_assert_no_error(all.error);
    g_assert_cmpuint(all.frames->len, ==, 5);
    g_assert_cmpstr(all.facts->codec, ==, "av1");
}

// Frames of 4:4:4, 10 bits, odd sizes, palettes: all become colour and grey.
static void takes_any_kind_of_pixels(void)
{
    static const char *const arguments[] = {
        "-f lavfi -i testsrc2=s=161x121:r=5:d=1 -c:v ffv1 -pix_fmt yuv444p",
        "-f lavfi -i testsrc2=s=160x120:r=5:d=1 -c:v ffv1 -pix_fmt yuv420p10le",
        "-f lavfi -i testsrc2=s=321x601:r=5:d=1 -c:v ffv1 -pix_fmt bgr0",
        "-f lavfi -i testsrc2=s=600x90:r=5:d=1 -c:v ffv1 -pix_fmt gray",
        "-f lavfi -i testsrc2=s=163x119:r=5:d=1 -c:v rawvideo -pix_fmt yuv420p",
        "-f lavfi -i testsrc2=s=1100x700:r=5:d=1 -c:v ffv1 -pix_fmt yuv422p",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(arguments); i++) {
        g_auto(VideoBytes) bytes = video_bytes_make(arguments[i], "a.mkv");
        g_auto(VideoResult) colour = video_result_of(&bytes, "video/x-matroska", EVERY_FRAME);
        FrameChoice choice = {FRAMES_SCALED, SAMPLING_EVERY_FRAME, 0};
        g_auto(VideoResult) grey = video_result_of(&bytes, "video/x-matroska", choice);
        g_assert_no_error(colour.error);
        g_assert_no_error(grey.error);
        g_assert_cmpuint(colour.frames->len, ==, 5);
        g_assert_cmpuint(grey.frames->len, ==, 5);
        for (guint k = 0; k < 5; k++)
            g_assert_cmpuint(video_hash_distance(&g_array_index(colour.frames, FrameHash, k),
                                                 &g_array_index(grey.frames, FrameHash, k)),
                             <=, 10);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(still_prepare(NULL));
    still_prepare_locked();
    g_assert_true(video_prepare(NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *path = g_strdup_printf("/video/container/%s", formats[i].name);
        g_test_add_data_func(path, &formats[i], decodes_every_container);
    }
    g_test_add_func("/video/container/animated_avif", decodes_animated_avif);
    g_test_add_func("/video/sizes", gives_each_frame_at_its_own_size);
    g_test_add_func("/video/pixels", takes_any_kind_of_pixels);
    return g_test_run();
}

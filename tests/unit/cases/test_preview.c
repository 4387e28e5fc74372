// SPDX-License-Identifier: Apache-2.0
//
// Previews and views with the real decoder: what comes out holds the picture and nothing of its
// file, and what cannot be shown says why.
#include "cases/preview.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "test_pictures.h"

#define VIDEO "video/test-padded-dimensions.mp4" // 150 frames of 30 a second

typedef struct {
    Zygote *zygote;
    MediaClient *client;
    PreviewSet *previews;
    PreviewPicture *view;
    MediaReply reply;
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    fixture->zygote = zygote_start((ZygoteOptions){.program = MEDIA_WORKER}, &error);
    g_assert_no_error(error);
    fixture->client = media_client_new(fixture->zygote, NULL, &error);
    g_assert_no_error(error);
}

static void forget(Fixture *fixture)
{
    g_clear_pointer(&fixture->previews, preview_set_free);
    g_clear_pointer(&fixture->view, preview_picture_free);
    media_reply_clear(&fixture->reply);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    forget(fixture);
    media_client_free(fixture->client);
    zygote_free(fixture->zygote);
}

static MediaItem place(Fixture *fixture, const void *bytes, size_t size_bytes,
                       const char *media_type)
{
    g_assert_true(media_client_ready(fixture->client, NULL));
    memcpy(media_client_buffer(fixture->client), bytes, size_bytes);
    return (MediaItem){.size_bytes = size_bytes, .media_type = media_type, .descriptor = -1};
}

static void make(Fixture *fixture, const MediaItem *item, bool is_video)
{
    g_autoptr(GError) error = NULL;
    forget(fixture);
    preview_make(fixture->client, item, is_video, &fixture->previews, &fixture->reply, &error);
    g_assert_no_error(error);
}

static void view(Fixture *fixture, const MediaItem *item, ViewChoice choice)
{
    g_autoptr(GError) error = NULL;
    forget(fixture);
    preview_view(fixture->client, item, &choice, &fixture->view, &fixture->reply, &error);
    g_assert_no_error(error);
}

// "192 192x144; 512 …"
static char *describe(const PreviewSet *previews)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < previews->pictures->len; i++) {
        const PreviewPicture *picture = previews->pictures->pdata[i];
        g_string_append_printf(text, "%s%s %ux%u", i > 0 ? "; " : "",
                               preview_kind_name(picture->kind), picture->width, picture->height);
    }
    return g_string_free(text, FALSE);
}

static bool contains(GBytes *jpeg, const char *text)
{
    gsize size;
    const void *bytes = g_bytes_get_data(jpeg, &size);
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

static void a_still_gets_two_sizes_and_its_thumbnail_one(Fixture *fixture, const void *unused)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){.width = 1600, .height = 1200});
    g_autoptr(GByteArray) thumbnail = picture_jpeg((PictureOptions){.width = 320, .height = 240});
    g_autoptr(GByteArray) both = picture_with_exif(jpeg, thumbnail);
    g_assert_nonnull(memmem(both->data, both->len, "Testcam", 7));
    MediaItem item = place(fixture, both->data, both->len, "image/jpeg");
    make(fixture, &item, false);
    g_assert_cmpint(fixture->reply.status, ==, STATUS_OK);
    g_autofree char *described = describe(fixture->previews);
    g_assert_cmpstr(described, ==, "192 192x144; 512 512x384; thumbnail 192x144");
    size_t sum = 0;
    for (unsigned i = 0; i < 3; i++) {
        const PreviewPicture *picture = fixture->previews->pictures->pdata[i];
        g_assert_false(contains(picture->jpeg, "Testcam"));
        g_assert_false(contains(picture->jpeg, "Exif"));
        g_assert_false(contains(picture->jpeg, "JFIF"));
        sum += g_bytes_get_size(picture->jpeg);
    }
    g_assert_cmpuint(fixture->previews->size_bytes, ==, sum);
}

static void what_cannot_be_decoded_says_why(Fixture *fixture, const void *unused)
{
    static const char nonsense[] = "\xff\xd8\xff\xe0 no picture";
    MediaItem item = place(fixture, nonsense, sizeof nonsense, "image/jpeg");
    make(fixture, &item, false);
    g_assert_null(fixture->previews);
    g_assert_cmpint(fixture->reply.status, ==, STATUS_CORRUPT);
    g_assert_nonnull(fixture->reply.reason);
    view(fixture, &item, (ViewChoice){.view = picture_view_plain, .side = 100});
    g_assert_null(fixture->view);
    g_assert_cmpint(fixture->reply.status, ==, STATUS_CORRUPT);
}

static void a_view_is_of_the_part_and_size_that_were_asked_for(Fixture *fixture, const void *unused)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){.width = 1600, .height = 1200});
    MediaItem item = place(fixture, jpeg->data, jpeg->len, "image/jpeg");
    ViewChoice choice = {.view = picture_view_plain, .side = LIMIT_VIEW_SIDE};
    view(fixture, &item, choice);
    g_assert_cmpuint(fixture->view->width, ==, 1600); // not enlarged
    choice.view.left = 0.5;
    choice.view.quarter_turns = 1;
    choice.side = 600;
    view(fixture, &item, choice);
    g_assert_cmpuint(fixture->view->width, ==, 600); // of 800 x 1200, turned
    g_assert_cmpuint(fixture->view->height, ==, 400);
}

static void a_view_out_of_bounds_is_refused(Fixture *fixture, const void *unused)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){0});
    MediaItem item = place(fixture, jpeg->data, jpeg->len, "image/jpeg");
    ViewChoice choice = {.view = picture_view_plain, .side = LIMIT_VIEW_SIDE + 1};
    g_autoptr(GError) error = NULL;
    g_assert_false(
        preview_view(fixture->client, &item, &choice, &fixture->view, &fixture->reply, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_clear_error(&error);
    choice.side = 100;
    choice.view.gamma = 0;
    g_assert_false(
        preview_view(fixture->client, &item, &choice, &fixture->view, &fixture->reply, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
}

static void put_le(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

// A bitmap of noise, whose JPEG is as large as can be.
static void a_view_that_is_larger_than_a_message_arrives_whole(Fixture *fixture, const void *unused)
{
    enum { SIDE = 1024, HEADERS = 54, SIZE = HEADERS + SIDE * SIDE * 3 };
    g_autofree uint8_t *bmp = g_malloc0(SIZE);
    memcpy(bmp, "BM", 2);
    put_le(bmp + 2, SIZE);
    put_le(bmp + 10, HEADERS);
    put_le(bmp + 14, 40);
    put_le(bmp + 18, SIDE);
    put_le(bmp + 22, SIDE);
    bmp[26] = 1;
    bmp[28] = 24;
    for (size_t i = HEADERS; i < SIZE; i++)
        bmp[i] = (uint8_t)g_test_rand_int();
    MediaItem item = place(fixture, bmp, SIZE, "image/bmp");
    view(fixture, &item, (ViewChoice){.view = picture_view_plain, .side = SIDE});
    g_assert_nonnull(fixture->view);
    g_assert_cmpuint(fixture->view->width, ==, SIDE);
    g_assert_cmpuint(g_bytes_get_size(fixture->view->jpeg), >, 2 * LIMIT_MESSAGE_BYTES);
    make(fixture, &item, false); // and its previews are small all the same
    const PreviewPicture *large = preview_set_find(fixture->previews, PREVIEW_512);
    g_assert_cmpuint(g_bytes_get_size(large->jpeg), <=, LIMIT_PREVIEW_BYTES);
}

// ---- Videos -----------------------------------------------------------------------------------

static char *load_video(gsize *ret_size)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    char *bytes = NULL;
    if (media == NULL) {
        g_test_skip("needs a real video: CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    g_autofree char *path = g_build_filename(media, VIDEO, NULL);
    g_assert_true(g_file_get_contents(path, &bytes, ret_size, NULL));
    return bytes;
}

static void a_video_gets_a_telling_frame_and_a_strip(Fixture *fixture, const void *unused)
{
    gsize size;
    g_autofree char *bytes = load_video(&size);
    if (bytes == NULL)
        return;
    MediaItem item = place(fixture, bytes, size, "video/mp4");
    make(fixture, &item, true);
    const GPtrArray *pictures = fixture->previews->pictures;
    g_assert_nonnull(preview_set_find(fixture->previews, PREVIEW_192));
    const PreviewPicture *large = preview_set_find(fixture->previews, PREVIEW_512);
    g_assert_cmpuint(pictures->len, >=, 4);
    g_assert_cmpuint(pictures->len, <=, 2 + LIMIT_PREVIEW_STRIP);
    bool is_in_strip = false;
    for (unsigned i = 2; i < pictures->len; i++) {
        const PreviewPicture *frame = pictures->pdata[i], *before = pictures->pdata[i - 1];
        g_assert_cmpint(frame->kind, ==, PREVIEW_STRIP);
        g_assert_cmpuint(MAX(frame->width, frame->height), ==, 192);
        if (i > 2)
            g_assert_cmpuint(frame->milliseconds, >, before->milliseconds);
        is_in_strip = is_in_strip || frame->milliseconds == large->milliseconds;
    }
    g_assert_true(is_in_strip);
}

static void a_view_of_a_video_is_the_frame_at_its_time(Fixture *fixture, const void *unused)
{
    gsize size;
    g_autofree char *bytes = load_video(&size);
    if (bytes == NULL)
        return;
    MediaItem item = place(fixture, bytes, size, "video/mp4");
    ViewChoice choice = {.view = picture_view_plain, .side = 300, .is_video = true};
    choice.milliseconds = 2000;
    view(fixture, &item, choice);
    g_assert_cmpuint(fixture->view->milliseconds, <=, 2000);
    g_assert_cmpuint(fixture->view->milliseconds, >, 1900);
    g_assert_cmpuint(MAX(fixture->view->width, fixture->view->height), ==, 300);
}

#define ADD(name) g_test_add("/preview/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_still_gets_two_sizes_and_its_thumbnail_one);
    ADD(what_cannot_be_decoded_says_why);
    ADD(a_view_is_of_the_part_and_size_that_were_asked_for);
    ADD(a_view_out_of_bounds_is_refused);
    ADD(a_view_that_is_larger_than_a_message_arrives_whole);
    ADD(a_video_gets_a_telling_frame_and_a_strip);
    ADD(a_view_of_a_video_is_the_frame_at_its_time);
    return g_test_run();
}

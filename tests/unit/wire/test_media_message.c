// SPDX-License-Identifier: Apache-2.0
//
// What a worker says arrives unchanged, and what breaks a rule does not arrive at all.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "wire/media_message.h"
#include "wire/media_preview.h"
#include "wire_fixture.h"

// Builders ----------------------------------------------------------------------------------------

static MediaReply random_reply(void)
{
    MediaReply reply = {
        .item = random_u64(),
        .status = (Status)g_test_rand_int_range(0, STATUS_COUNT),
        .still = random_bool() ? random_still() : NULL,
        .thumbnail = random_bool() ? random_still() : NULL,
        .video = random_bool() ? random_video() : NULL,
        .findings = findings_new(),
    };
    if (reply.status != STATUS_OK)
        reply.reason = g_strdup("some reason");
    random_findings(reply.findings);
    return reply;
}

// Comparison --------------------------------------------------------------------------------------

static void assert_same_reply(const MediaReply *a, const MediaReply *b)
{
    g_assert_cmpuint(a->item, ==, b->item);
    g_assert_cmpint(a->status, ==, b->status);
    g_assert_cmpstr(a->reason, ==, b->reason);
    assert_same_still(a->still, b->still);
    assert_same_still(a->thumbnail, b->thumbnail);
    assert_same_video(a->video, b->video);
    assert_same_findings(a->findings, b->findings);
}

static GByteArray *encoded(const MediaReply *reply)
{
    GByteArray *message = g_byte_array_new();
    media_reply_encode(reply, message);
    return message;
}

static bool decodes(const GByteArray *message)
{
    MediaReply reply;
    if (!media_reply_decode(message->data, message->len, &reply))
        return false;
    media_reply_clear(&reply);
    return true;
}

// Encodes the reply, clears it, and says whether the decoder takes it.
static bool is_accepted(MediaReply *reply)
{
    g_autoptr(GByteArray) message = encoded(reply);
    media_reply_clear(reply);
    return decodes(message);
}

static MediaReply decoded_still(void)
{
    MediaReply reply = {.findings = findings_new(), .still = still_facts_new()};
    reply.still->decoded = true;
    reply.still->width = 100;
    reply.still->height = 50;
    return reply;
}

// Tests -------------------------------------------------------------------------------------------

static void test_replies_arrive_unchanged(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        MediaReply reply = random_reply(), arrived;
        g_autoptr(GByteArray) message = encoded(&reply);
        g_assert_cmpuint(message->len, <=, LIMIT_MESSAGE_BYTES);
        g_assert_true(media_reply_decode(message->data, message->len, &arrived));
        assert_same_reply(&reply, &arrived);
        media_reply_clear(&reply);
        media_reply_clear(&arrived);
    }
}

static void test_largest_reply_fits_a_message(void)
{
    MediaReply reply = decoded_still();
    g_autofree char *longest = g_strnfill(4 * LIMIT_REASON_BYTES, 'a');
    reply.status = STATUS_CORRUPT;
    reply.reason = g_strdup(longest);
    for (unsigned i = 0; i < 2 * LIMIT_ITEM_FINDINGS; i++)
        findings_add(reply.findings, FINDING_TRUNCATED, i, longest);
    g_autoptr(GByteArray) message = encoded(&reply);
    g_assert_cmpuint(message->len, <=, LIMIT_MESSAGE_BYTES);
    g_assert_true(is_accepted(&reply));
}

static void test_requests_arrive_unchanged(void)
{
    const MediaRequest request = {.item = 77, .size_bytes = 1ull << 33, .media_type = "image/jpeg"};
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_request_encode(&request, message);

    MediaRequest arrived;
    g_autofree char *media_type = NULL;
    g_assert_true(media_request_decode(message->data, message->len, &arrived, &media_type));
    g_assert_cmpuint(arrived.item, ==, 77);
    g_assert_cmpuint(arrived.size_bytes, ==, 1ull << 33);
    g_assert_cmpstr(arrived.media_type, ==, "image/jpeg");
}

static void test_requests_about_videos_arrive_unchanged(void)
{
    MediaRequest request = {.ask = MEDIA_ASK_VIDEO,
                            .item = 3,
                            .size_bytes = 1ull << 40,
                            .media_type = "video/mp4",
                            .by_descriptor = true,
                            .choice = {FRAMES_SCALED, SAMPLING_PER_SECOND, 2.5},
                            .variants = true};
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_request_encode(&request, message);
    MediaRequest arrived;
    g_autofree char *media_type = NULL;
    g_assert_true(media_request_decode(message->data, message->len, &arrived, &media_type));
    g_assert_cmpint(arrived.ask, ==, MEDIA_ASK_VIDEO);
    g_assert_cmpuint(arrived.size_bytes, ==, 1ull << 40);
    g_assert_true(arrived.by_descriptor && arrived.variants);
    g_assert_cmpint(arrived.choice.pipeline, ==, FRAMES_SCALED);
    g_assert_cmpfloat(arrived.choice.per_second, ==, 2.5);

    g_clear_pointer(&media_type, g_free);
    request = (MediaRequest){.ask = MEDIA_ASK_PICTURES,
                             .media_type = "video/webm",
                             .side = 320,
                             .picture_count = 2,
                             .time_count = 2,
                             .milliseconds = {1000, 70000}};
    g_byte_array_set_size(message, 0);
    media_request_encode(&request, message);
    g_assert_true(media_request_decode(message->data, message->len, &arrived, &media_type));
    g_assert_cmpuint(arrived.side, ==, 320);
    g_assert_cmpuint(arrived.time_count, ==, 2);
    g_assert_cmpuint(arrived.milliseconds[1], ==, 70000);
}

static bool request_is_accepted(const MediaRequest *request)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_request_encode(request, message);
    MediaRequest arrived;
    g_autofree char *media_type = NULL;
    return media_request_decode(message->data, message->len, &arrived, &media_type);
}

static void test_requests_without_sense_are_refused(void)
{
    MediaRequest request = {.ask = MEDIA_ASK_VIDEO, .media_type = "video/mp4"};
    g_assert_false(request_is_accepted(&request)); // no frame in any second
    request.choice.per_second = 1;
    g_assert_true(request_is_accepted(&request));
    request.choice.per_second = -1;
    g_assert_false(request_is_accepted(&request));

    request = (MediaRequest){
        .ask = MEDIA_ASK_PICTURES, .media_type = "video/mp4", .side = 100, .picture_count = 3};
    g_assert_true(request_is_accepted(&request));
    request.time_count = 2;
    g_assert_false(request_is_accepted(&request));
    request.time_count = 0;
    request.side = 0;
    g_assert_false(request_is_accepted(&request));
}

// Frames ------------------------------------------------------------------------------------------

static MediaFrame numbered_frame(uint32_t number, uint32_t milliseconds)
{
    MediaFrame frame = {.number = number, .milliseconds = milliseconds};
    frame.whole = (PdqFacts){.present = true, .quality = 77};
    random_bytes(frame.whole.hash, sizeof frame.whole.hash);
    frame.trimmed = frame.whole;
    frame.trimmed.quality = 66;
    frame.trimmed.present = number % 2 == 1;
    return frame;
}

static void test_frames_arrive_in_all_their_variants(void)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    g_autoptr(VideoFrames) frames = video_frames_new(FRAMES_VPDQ);
    MediaFrame sent[4];
    media_frames_begin(batch, 9, true);
    for (uint32_t i = 0; i < 4; i++) {
        sent[i] = numbered_frame(30 * i + i % 2, 1000 * i);
        media_frames_add(batch, &sent[i]);
    }
    g_assert_cmpuint(media_frames_count(batch), ==, 4);
    g_assert_cmpint(media_message_kind(batch->data, batch->len), ==, MEDIA_MESSAGE_FRAMES);
    g_assert_true(media_frames_decode(batch->data, batch->len, 9, frames));

    for (unsigned orientation = 0; orientation < ORIENTATION_COUNT; orientation++) {
        const GArray *whole = frames->variants[frame_variant(orientation, false)];
        const GArray *trimmed = frames->variants[frame_variant(orientation, true)];
        g_assert_cmpuint(whole->len, ==, 4);
        g_assert_cmpuint(trimmed->len, ==, 2);
        const FrameHash *third = &g_array_index(whole, FrameHash, 2);
        g_assert_cmpuint(third->number, ==, 60);
        g_assert_cmpuint(third->milliseconds, ==, 2000);
        g_assert_cmpuint(third->quality, ==, 77);
        g_assert_cmpmem(third->hash, PDQ_BYTES, sent[2].whole.hash[orientation], PDQ_BYTES);
        const FrameHash *last = &g_array_index(trimmed, FrameHash, 1);
        g_assert_cmpuint(last->number, ==, 91);
        g_assert_cmpuint(last->quality, ==, 66);
        g_assert_cmpmem(last->hash, PDQ_BYTES, sent[3].trimmed.hash[orientation], PDQ_BYTES);
    }
}

static void test_frames_without_variants_are_those_as_they_stand(void)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    g_autoptr(VideoFrames) frames = video_frames_new(FRAMES_VPDQ);
    const MediaFrame frame = numbered_frame(1, 0);
    media_frames_begin(batch, 9, false);
    media_frames_add(batch, &frame);
    g_assert_true(media_frames_decode(batch->data, batch->len, 9, frames));
    g_assert_cmpuint(frames->variants[0]->len, ==, 1);
    for (unsigned i = 1; i < FRAME_VARIANT_COUNT; i++)
        g_assert_null(frames->variants[i]);
}

static bool frames_are_accepted(const MediaFrame *frames, unsigned count, uint64_t item)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    g_autoptr(VideoFrames) taken = video_frames_new(FRAMES_VPDQ);
    bool ok = true;
    for (unsigned i = 0; ok && i < count; i++) { // each in a message of its own
        media_frames_begin(batch, item, true);
        media_frames_add(batch, &frames[i]);
        ok = media_frames_decode(batch->data, batch->len, 9, taken);
    }
    return ok;
}

static void test_frames_that_go_back_in_time_are_refused(void)
{
    MediaFrame frames[2] = {numbered_frame(4, 100), numbered_frame(5, 100)};
    g_assert_true(frames_are_accepted(frames, 2, 9));
    g_assert_false(frames_are_accepted(frames, 2, 8)); // of another item
    frames[1].number = 4;
    g_assert_false(frames_are_accepted(frames, 2, 9));
    frames[1] = numbered_frame(5, 99);
    g_assert_false(frames_are_accepted(frames, 2, 9));
    frames[1] = numbered_frame(5, 101);
    frames[1].whole.quality = 101;
    g_assert_false(frames_are_accepted(frames, 2, 9));
}

static void test_pictures_arrive_unchanged_and_bounded(void)
{
    static const uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xd9};
    const MediaPicture picture = {.number = 5, .milliseconds = 167, .jpeg = jpeg, .jpeg_bytes = 4};
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_picture_encode(12, &picture, message);
    MediaPicture arrived;
    g_assert_true(media_picture_decode(message->data, message->len, 12, &arrived));
    g_assert_cmpuint(arrived.milliseconds, ==, 167);
    g_assert_cmpmem(arrived.jpeg, (int)arrived.jpeg_bytes, jpeg, sizeof jpeg);
    g_assert_false(media_picture_decode(message->data, message->len, 13, &arrived));
    g_assert_false(media_picture_decode(message->data, message->len - 1, 12, &arrived));

    g_autofree uint8_t *large = g_malloc0(LIMIT_VIDEO_STILL_BYTES + 1);
    const MediaPicture too_large = {.jpeg = large, .jpeg_bytes = LIMIT_VIDEO_STILL_BYTES + 1};
    g_byte_array_set_size(message, 0);
    media_picture_encode(12, &too_large, message);
    g_assert_false(media_picture_decode(message->data, message->len, 12, &arrived));
}

static void test_cut_messages_are_refused(void)
{
    for (unsigned i = 0; i < 200; i++) {
        MediaReply reply = random_reply();
        g_autoptr(GByteArray) message = encoded(&reply);
        media_reply_clear(&reply);
        MediaReply untouched = {.item = 5}, target = untouched;
        for (unsigned length = 0; length < message->len; length++)
            g_assert_false(media_reply_decode(message->data, length, &target));
        g_assert_cmpmem(&target, sizeof target, &untouched, sizeof untouched);
    }
}

static void test_longer_messages_are_refused(void)
{
    MediaReply reply = decoded_still();
    g_autoptr(GByteArray) message = encoded(&reply);
    media_reply_clear(&reply);
    g_assert_true(decodes(message));
    g_byte_array_append(message, (const uint8_t *)"", 1);
    g_assert_false(decodes(message));
}

static void test_cut_requests_are_refused(void)
{
    const MediaRequest request = {.media_type = "image/png"};
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_request_encode(&request, message);
    MediaRequest arrived;
    char *media_type = NULL;
    for (unsigned length = 0; length < message->len; length++)
        g_assert_false(media_request_decode(message->data, length, &arrived, &media_type));
    g_assert_null(media_type);
}

static void test_status_and_reason_belong_together(void)
{
    MediaReply reply = {.status = STATUS_CORRUPT, .findings = findings_new()};
    g_assert_false(is_accepted(&reply));
    reply = (MediaReply){.reason = g_strdup("but it is fine"), .findings = findings_new()};
    g_assert_false(is_accepted(&reply));
}

static void test_values_out_of_range_are_refused(void)
{
    MediaReply reply = {
        .status = STATUS_COUNT, .reason = g_strdup("x"), .findings = findings_new()};
    g_assert_false(is_accepted(&reply));

    reply = (MediaReply){.findings = findings_new()};
    findings_add(reply.findings, FINDING_TYPE_COUNT, 0, NULL);
    g_assert_false(is_accepted(&reply));

    reply = decoded_still();
    reply.still->width = LIMIT_STILL_SIDE + 1;
    g_assert_false(is_accepted(&reply));

    reply = decoded_still();
    reply.still->height = 0;
    g_assert_false(is_accepted(&reply));

    reply = decoded_still();
    reply.still->pdq[PIPELINE_512] = (PdqFacts){.present = true, .quality = 101};
    g_assert_false(is_accepted(&reply));
}

static void test_hashes_without_pixels_are_refused(void)
{
    MediaReply reply = decoded_still();
    reply.still->pdq[PIPELINE_512].present = true;
    reply.still->decoded = false;
    g_assert_false(is_accepted(&reply));
}

static void test_trim_of_everything_is_refused(void)
{
    MediaReply reply = decoded_still();
    reply.still->pdq[PIPELINE_FULL_TRIMMED].present = true;
    reply.still->trim_left = 60;
    reply.still->trim_right = 40;
    g_assert_false(is_accepted(&reply));

    reply = decoded_still();
    reply.still->pdq[PIPELINE_FULL_TRIMMED].present = true;
    reply.still->trim_top = UINT32_MAX; // the sum must not wrap
    reply.still->trim_bottom = 2;
    g_assert_false(is_accepted(&reply));
}

static void test_places_off_the_earth_are_refused(void)
{
    const double wrong[] = {90.5, -91, NAN, INFINITY};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        MediaReply reply = decoded_still();
        reply.still->exif = (ExifFacts){.present = true, .has_gps = true, .gps_latitude = wrong[i]};
        g_assert_false(is_accepted(&reply));
    }
}

// The encoder cleans; a compromised worker would not.
static void test_harmful_text_is_cleaned_by_the_encoder(void)
{
    MediaReply reply = {
        .status = STATUS_CORRUPT,
        .reason = g_strdup("a\x1b[2Jb\xff"
                           "c\xe2\x80\xae"
                           "d\n"),
        .findings = findings_new(),
    };
    g_autoptr(GByteArray) message = encoded(&reply);
    media_reply_clear(&reply);
    g_assert_true(media_reply_decode(message->data, message->len, &reply));
    g_assert_cmpstr(reply.reason, ==,
                    "a\xef\xbf\xbd[2Jb\xef\xbf\xbd"
                    "c\xef\xbf\xbd"
                    "d ");
    media_reply_clear(&reply);
}

// Replaces the text "????" inside a message by four other bytes.
static bool is_accepted_with_text(const char *bytes)
{
    MediaReply reply = {
        .status = STATUS_CORRUPT, .reason = g_strdup("????"), .findings = findings_new()};
    g_autoptr(GByteArray) message = encoded(&reply);
    media_reply_clear(&reply);
    memcpy(memmem(message->data, message->len, "????", 4), bytes, 4);
    return decodes(message);
}

static void test_harmful_text_is_refused_by_the_decoder(void)
{
    g_assert_true(is_accepted_with_text("fine"));
    g_assert_false(is_accepted_with_text("a\x1b[m")); // escape
    g_assert_false(is_accepted_with_text("a\0bc"));   // end of a C text
    g_assert_false(is_accepted_with_text("ab\xff"
                                         "c"));             // not UTF-8
    g_assert_false(is_accepted_with_text("a\xe2\x80\xae")); // right-to-left override
    g_assert_false(is_accepted_with_text("ab\xc2\x9b"));    // C1 control
}

static void test_changed_bytes_never_break_the_decoder(void)
{
    for (unsigned i = 0; i < 300; i++) {
        MediaReply reply = random_reply();
        g_autoptr(GByteArray) message = encoded(&reply);
        media_reply_clear(&reply);
        for (unsigned j = 0; j < 50; j++) {
            unsigned at = (unsigned)g_test_rand_int_range(0, (int)message->len);
            message->data[at] = (uint8_t)g_test_rand_int();
            decodes(message);
        }
    }
}

// Previews ----------------------------------------------------------------------------------------

static MediaRequest preview_request(void)
{
    return (MediaRequest){.ask = MEDIA_ASK_PREVIEWS,
                          .item = 5,
                          .size_bytes = 1000,
                          .media_type = "image/jpeg",
                          .with_thumbnail = true,
                          .side = 192,
                          .size_count = 2,
                          .sizes = {512, 192},
                          .view = picture_view_plain};
}

static MediaRequest strip_request(void)
{
    MediaRequest request = preview_request();
    request.is_video = true;
    request.with_thumbnail = false;
    request.by_descriptor = true;
    request.picture_count = LIMIT_PREVIEW_STRIP;
    return request;
}

static void test_requests_for_previews_arrive_unchanged(void)
{
    MediaRequest request = strip_request(), arrived;
    request.time_count = 1;
    request.milliseconds[0] = 123456;
    request.view = (PictureView){.left = 0.25,
                                 .top = 0.125,
                                 .right = 0.5,
                                 .bottom = 1,
                                 .quarter_turns = 3,
                                 .is_grey = true,
                                 .contrast = 1.5,
                                 .brightness = -0.5,
                                 .gamma = 2.25};
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_request_encode(&request, message);
    g_autofree char *media_type = NULL;
    g_assert_true(media_request_decode(message->data, message->len, &arrived, &media_type));
    g_assert_true(arrived.is_video && arrived.by_descriptor && !arrived.with_thumbnail);
    g_assert_cmpuint(arrived.picture_count, ==, LIMIT_PREVIEW_STRIP);
    g_assert_cmpuint(arrived.milliseconds[0], ==, 123456);
    g_assert_cmpuint(arrived.size_count, ==, 2);
    g_assert_cmpuint(arrived.sizes[0], ==, 512);
    g_assert_cmpuint(arrived.sizes[1], ==, 192);
    g_assert_cmpuint(arrived.view.quarter_turns, ==, 3);
    g_assert_true(arrived.view.is_grey);
    const double values[][2] = {{arrived.view.left, 0.25},    {arrived.view.top, 0.125},
                                {arrived.view.right, 0.5},    {arrived.view.bottom, 1},
                                {arrived.view.contrast, 1.5}, {arrived.view.brightness, -0.5},
                                {arrived.view.gamma, 2.25}};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        g_assert_cmpfloat(values[i][0], ==, values[i][1]);
}

static void assert_view_refused(PictureView view)
{
    MediaRequest request = preview_request();
    request.view = view;
    g_assert_false(request_is_accepted(&request));
}

static void test_views_out_of_bounds_are_refused(void)
{
    const MediaRequest good = preview_request();
    g_assert_true(request_is_accepted(&good));
    PictureView view = picture_view_plain;
    view.left = 1.0;
    assert_view_refused(view); // nothing left of it
    view = picture_view_plain;
    view.bottom = 1.5;
    assert_view_refused(view);
    view = picture_view_plain;
    view.top = -0.5;
    assert_view_refused(view);
    view = picture_view_plain;
    view.quarter_turns = 4;
    assert_view_refused(view);
    view = picture_view_plain;
    view.gamma = 0;
    assert_view_refused(view);
    view = picture_view_plain;
    view.contrast = 9;
    assert_view_refused(view);
    view = picture_view_plain;
    view.brightness = NAN;
    assert_view_refused(view);
}

static void test_requests_for_previews_without_sense_are_refused(void)
{
    MediaRequest request = strip_request();
    g_assert_true(request_is_accepted(&request));
    request.with_thumbnail = true; // of a video
    g_assert_false(request_is_accepted(&request));
    request = strip_request();
    request.picture_count = LIMIT_PREVIEW_STRIP + 1;
    g_assert_false(request_is_accepted(&request));
    request = preview_request();
    request.picture_count = 1; // frames of a still
    g_assert_false(request_is_accepted(&request));
    request = preview_request();
    request.by_descriptor = true;
    g_assert_false(request_is_accepted(&request));
    request = preview_request();
    request.sizes[1] = 600; // rising
    g_assert_false(request_is_accepted(&request));
    request = preview_request();
    request.sizes[0] = LIMIT_VIEW_SIDE + 1;
    g_assert_false(request_is_accepted(&request));
    request = preview_request();
    request.size_count = 0; // of nothing
    g_assert_false(request_is_accepted(&request));
}

static MediaPreviewPiece small_piece(void)
{
    return (MediaPreviewPiece){.of = PREVIEW_OF_STRIP,
                               .side = 192,
                               .milliseconds = 40,
                               .width = 192,
                               .height = 108,
                               .whole_bytes = 10,
                               .offset = 6,
                               .bytes = (const uint8_t *)"abcd",
                               .size_bytes = 4};
}

static bool piece_is_accepted(const MediaPreviewPiece *piece, MediaPreviewPiece *ret_arrived)
{
    static GByteArray *message;
    if (message == NULL)
        message = g_byte_array_new();
    g_byte_array_set_size(message, 0);
    media_preview_encode(9, piece, message);
    g_assert_cmpint(media_message_kind(message->data, message->len), ==, MEDIA_MESSAGE_PREVIEW);
    g_assert_false(media_preview_decode(message->data, message->len, 8, ret_arrived));
    g_assert_false(media_preview_decode(message->data, message->len - 1, 9, ret_arrived));
    bool ok = media_preview_decode(message->data, message->len, 9, ret_arrived);
    if (!ok)
        g_clear_pointer(&message, g_byte_array_unref);
    return ok;
}

static void test_pieces_of_previews_arrive_unchanged_and_bounded(void)
{
    MediaPreviewPiece piece = small_piece(), arrived;
    g_assert_true(piece_is_accepted(&piece, &arrived));
    g_assert_cmpint(arrived.of, ==, PREVIEW_OF_STRIP);
    g_assert_cmpuint(arrived.side, ==, 192);
    g_assert_cmpuint(arrived.milliseconds, ==, 40);
    g_assert_cmpuint(arrived.width, ==, 192);
    g_assert_cmpuint(arrived.height, ==, 108);
    g_assert_cmpuint(arrived.whole_bytes, ==, 10);
    g_assert_cmpuint(arrived.offset, ==, 6);
    g_assert_cmpmem(arrived.bytes, arrived.size_bytes, "abcd", 4);

    piece.whole_bytes = 9; // it would go beyond the end
    g_assert_false(piece_is_accepted(&piece, &arrived));
    piece = small_piece();
    piece.height = 193;
    g_assert_false(piece_is_accepted(&piece, &arrived));
    piece = small_piece();
    piece.whole_bytes = LIMIT_PREVIEW_BYTES + 1;
    g_assert_false(piece_is_accepted(&piece, &arrived));
    piece.side = LIMIT_VIEW_SIDE; // a full view may be as large
    g_assert_true(piece_is_accepted(&piece, &arrived));
    piece.whole_bytes = LIMIT_VIEW_BYTES + 1;
    g_assert_false(piece_is_accepted(&piece, &arrived));
    piece = small_piece();
    piece.of = PREVIEW_OF_COUNT;
    g_assert_false(piece_is_accepted(&piece, &arrived));
}

// The smallest thing that is built like a JPEG of 8 x 5 pixels: a frame, a scan, an end.
#define PLAIN_START 0xff, 0xd8
#define PLAIN_FRAME 0xff, 0xc0, 0, 11, 8, 0, 5, 0, 8, 1, 1, 0x11, 0
#define PLAIN_SCAN 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xff, 0, 0x34
#define PLAIN_END 0xff, 0xd9

#define IS_PLAIN(...)                                                                              \
    media_preview_is_plain((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), \
                           8, 5)

static void test_only_a_picture_and_nothing_else_is_plain(void)
{
    g_assert_true(IS_PLAIN(PLAIN_START, PLAIN_FRAME, PLAIN_SCAN, PLAIN_END));
    g_assert_true(IS_PLAIN(PLAIN_START, 0xff, 0xdb, 0, 3, 0, PLAIN_FRAME, PLAIN_SCAN, PLAIN_END));
    // EXIF, a JFIF header, a comment; bytes behind the end; a second frame or scan; no end.
    g_assert_false(
        IS_PLAIN(PLAIN_START, 0xff, 0xe1, 0, 4, 'E', 'x', PLAIN_FRAME, PLAIN_SCAN, PLAIN_END));
    g_assert_false(
        IS_PLAIN(PLAIN_START, 0xff, 0xe0, 0, 4, 'J', 'F', PLAIN_FRAME, PLAIN_SCAN, PLAIN_END));
    g_assert_false(
        IS_PLAIN(PLAIN_START, PLAIN_FRAME, 0xff, 0xfe, 0, 4, 'h', 'i', PLAIN_SCAN, PLAIN_END));
    g_assert_false(IS_PLAIN(PLAIN_START, PLAIN_FRAME, PLAIN_SCAN, PLAIN_END, 0));
    g_assert_false(IS_PLAIN(PLAIN_START, PLAIN_FRAME, PLAIN_FRAME, PLAIN_SCAN, PLAIN_END));
    g_assert_false(IS_PLAIN(PLAIN_START, PLAIN_FRAME, PLAIN_SCAN, PLAIN_SCAN, PLAIN_END));
    g_assert_false(IS_PLAIN(PLAIN_START, PLAIN_FRAME, PLAIN_SCAN));
    g_assert_false(IS_PLAIN(PLAIN_START, PLAIN_SCAN, PLAIN_END));
    g_assert_false(IS_PLAIN(PLAIN_START, PLAIN_FRAME));
    g_assert_false(IS_PLAIN(PLAIN_START));
    const uint8_t whole[] = {PLAIN_START, PLAIN_FRAME, PLAIN_SCAN, PLAIN_END};
    g_assert_false(media_preview_is_plain(whole, sizeof whole, 8, 6)); // of another size
    for (size_t i = 0; i < sizeof whole; i++)
        g_assert_false(media_preview_is_plain(whole, i, 8, 5));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media_message/replies_arrive_unchanged", test_replies_arrive_unchanged);
    g_test_add_func("/media_message/largest_reply_fits_a_message",
                    test_largest_reply_fits_a_message);
    g_test_add_func("/media_message/requests_arrive_unchanged", test_requests_arrive_unchanged);
    g_test_add_func("/media_message/cut_messages_are_refused", test_cut_messages_are_refused);
    g_test_add_func("/media_message/longer_messages_are_refused", test_longer_messages_are_refused);
    g_test_add_func("/media_message/cut_requests_are_refused", test_cut_requests_are_refused);
    g_test_add_func("/media_message/status_and_reason_belong_together",
                    test_status_and_reason_belong_together);
    g_test_add_func("/media_message/values_out_of_range_are_refused",
                    test_values_out_of_range_are_refused);
    g_test_add_func("/media_message/hashes_without_pixels_are_refused",
                    test_hashes_without_pixels_are_refused);
    g_test_add_func("/media_message/trim_of_everything_is_refused",
                    test_trim_of_everything_is_refused);
    g_test_add_func("/media_message/places_off_the_earth_are_refused",
                    test_places_off_the_earth_are_refused);
    g_test_add_func("/media_message/harmful_text_is_cleaned_by_the_encoder",
                    test_harmful_text_is_cleaned_by_the_encoder);
    g_test_add_func("/media_message/harmful_text_is_refused_by_the_decoder",
                    test_harmful_text_is_refused_by_the_decoder);
    g_test_add_func("/media_message/changed_bytes_never_break_the_decoder",
                    test_changed_bytes_never_break_the_decoder);
    g_test_add_func("/media_message/requests_about_videos_arrive_unchanged",
                    test_requests_about_videos_arrive_unchanged);
    g_test_add_func("/media_message/requests_without_sense_are_refused",
                    test_requests_without_sense_are_refused);
    g_test_add_func("/media_message/frames_arrive_in_all_their_variants",
                    test_frames_arrive_in_all_their_variants);
    g_test_add_func("/media_message/frames_without_variants_are_those_as_they_stand",
                    test_frames_without_variants_are_those_as_they_stand);
    g_test_add_func("/media_message/frames_that_go_back_in_time_are_refused",
                    test_frames_that_go_back_in_time_are_refused);
    g_test_add_func("/media_message/pictures_arrive_unchanged_and_bounded",
                    test_pictures_arrive_unchanged_and_bounded);
    g_test_add_func("/media_message/requests_for_previews_arrive_unchanged",
                    test_requests_for_previews_arrive_unchanged);
    g_test_add_func("/media_message/views_out_of_bounds_are_refused",
                    test_views_out_of_bounds_are_refused);
    g_test_add_func("/media_message/requests_for_previews_without_sense_are_refused",
                    test_requests_for_previews_without_sense_are_refused);
    g_test_add_func("/media_message/pieces_of_previews_arrive_unchanged_and_bounded",
                    test_pieces_of_previews_arrive_unchanged_and_bounded);
    g_test_add_func("/media_message/only_a_picture_and_nothing_else_is_plain",
                    test_only_a_picture_and_nothing_else_is_plain);
    return g_test_run();
}

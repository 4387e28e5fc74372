// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h, wire/still_codec.h and wire/video_codec.h. Booleans are bits
// of a flags byte; unknown bits are refused.
//
//   still     u8 'q', u64 item, u64 size_bytes, text media_type
//   video     u8 'v', the same, u8 flags (1 descriptor, 2 variants), u8 pipeline, u8 sampling,
//             f64 per_second
//   pictures  u8 'p', the same, u8 flags (1 descriptor), u32 side, u8 picture_count, u8 time_count,
//             time_count * u32
//   previews  u8 'w', the same, u8 flags (1 descriptor, 4 video, 8 thumbnail, 16 grey), u32 side,
//             u8 picture_count, u8 time_count, time_count * u32, u8 size_count, size_count * u32,
//             f64 left, top, right, bottom, u8 quarter_turns, f64 contrast, brightness, gamma
//
//   reply     u8 'r', u64 item, u8 status, text reason, u8 flags (1 still, 2 thumbnail, 4 video),
//             [still], [still], [video], findings
//   frames    u8 'f', u64 item, u8 flags (2 variants), u32 count, count * frame
//   frame     u32 number, u32 milliseconds, u8 flags (1 trimmed), hashes, [hashes]
//   hashes    u8 quality, 32 bytes; with variants 8 * 32
//   progress  u8 'g', u64 item
//   picture   u8 'j', u64 item, u32 number, u32 milliseconds, u32 size, JPEG
//   preview   wire/media_preview.c
#include "wire/media_message.h"

#include <string.h>

#include "wire/codec.h"
#include "wire/media_preview.h"
#include "wire/still_codec.h"
#include "wire/video_codec.h"

#define STILL_MARK 'q'
#define VIDEO_MARK 'v'
#define PICTURES_MARK 'p'
#define PREVIEWS_MARK 'w'
#define REPLY_MARK 'r'
#define FRAMES_MARK 'f'
#define PROGRESS_MARK 'g'
#define PICTURE_MARK 'j'

enum {
    ASK_DESCRIPTOR = 1,
    ASK_VARIANTS = 2,
    ASK_IS_VIDEO = 4,
    ASK_THUMBNAIL = 8,
    ASK_GREY = 16,
};
enum { REPLY_STILL = 1, REPLY_THUMBNAIL = 2, REPLY_VIDEO = 4 };
enum { FRAME_TRIMMED = 1 };

#define PER_SECOND_MAX 1000.0
#define COUNT_OFFSET 10u // of a batch of frames

// ---- Requests ---------------------------------------------------------------------------------

static const uint8_t ask_marks[MEDIA_ASK_COUNT] = {[MEDIA_ASK_STILL] = STILL_MARK,
                                                   [MEDIA_ASK_VIDEO] = VIDEO_MARK,
                                                   [MEDIA_ASK_PICTURES] = PICTURES_MARK,
                                                   [MEDIA_ASK_PREVIEWS] = PREVIEWS_MARK};

static unsigned flags_of(const MediaRequest *request)
{
    return (request->by_descriptor ? ASK_DESCRIPTOR : 0u) |
           (request->variants ? ASK_VARIANTS : 0u) | (request->is_video ? ASK_IS_VIDEO : 0u) |
           (request->with_thumbnail ? ASK_THUMBNAIL : 0u) | (request->view.is_grey ? ASK_GREY : 0u);
}

static unsigned known_flags(MediaAsk ask)
{
    static const unsigned flags[MEDIA_ASK_COUNT] = {
        [MEDIA_ASK_VIDEO] = ASK_DESCRIPTOR | ASK_VARIANTS,
        [MEDIA_ASK_PICTURES] = ASK_DESCRIPTOR,
        [MEDIA_ASK_PREVIEWS] = ASK_DESCRIPTOR | ASK_IS_VIDEO | ASK_THUMBNAIL | ASK_GREY,
    };
    return flags[ask];
}

static void put_sizes_and_view(const MediaRequest *request, GByteArray *message)
{
    const PictureView *view = &request->view;
    codec_put(message, request->size_count, 1);
    for (unsigned i = 0; i < request->size_count; i++)
        codec_put(message, request->sizes[i], 4);
    codec_put_double(message, view->left);
    codec_put_double(message, view->top);
    codec_put_double(message, view->right);
    codec_put_double(message, view->bottom);
    codec_put(message, view->quarter_turns, 1);
    codec_put_double(message, view->contrast);
    codec_put_double(message, view->brightness);
    codec_put_double(message, view->gamma);
}

void media_request_encode(const MediaRequest *request, GByteArray *ret_message)
{
    codec_put(ret_message, ask_marks[request->ask], 1);
    codec_put(ret_message, request->item, 8);
    codec_put(ret_message, request->size_bytes, 8);
    codec_put_text(ret_message, request->media_type, CODEC_MEDIA_TYPE_BYTES);
    if (request->ask == MEDIA_ASK_STILL)
        return;
    codec_put(ret_message, flags_of(request) & known_flags(request->ask), 1);
    if (request->ask == MEDIA_ASK_VIDEO) {
        codec_put(ret_message, request->choice.pipeline, 1);
        codec_put(ret_message, request->choice.sampling, 1);
        codec_put_double(ret_message, request->choice.per_second);
        return;
    }
    codec_put(ret_message, request->side, 4);
    codec_put(ret_message, request->picture_count, 1);
    codec_put(ret_message, request->time_count, 1);
    for (unsigned i = 0; i < request->time_count; i++)
        codec_put(ret_message, request->milliseconds[i], 4);
    if (request->ask == MEDIA_ASK_PREVIEWS)
        put_sizes_and_view(request, ret_message);
}

static MediaAsk take_ask(Reader *reader)
{
    uint8_t mark = reader_u8(reader);
    for (unsigned ask = 0; ask < MEDIA_ASK_COUNT; ask++)
        if (ask_marks[ask] == mark)
            return (MediaAsk)ask;
    codec_refuse_unless(reader, false);
    return MEDIA_ASK_STILL;
}

static void take_choice(Reader *reader, MediaRequest *request)
{
    request->choice.pipeline = codec_take_below(reader, FRAMES_PIPELINE_COUNT);
    request->choice.sampling = codec_take_below(reader, SAMPLING_COUNT);
    request->choice.per_second = codec_take_double(reader, PER_SECOND_MAX);
    codec_refuse_unless(reader, request->choice.sampling != SAMPLING_PER_SECOND ||
                                    request->choice.per_second > 0);
}

static void take_times(Reader *reader, MediaRequest *request)
{
    request->side = reader_u32le(reader);
    request->picture_count = codec_take_below(reader, LIMIT_VIDEO_STILLS + 1);
    request->time_count = codec_take_below(reader, LIMIT_VIDEO_STILLS + 1);
    codec_refuse_unless(reader, request->side > 0 && request->side <= LIMIT_VIDEO_SIDE);
    for (unsigned i = 0; i < request->time_count; i++)
        request->milliseconds[i] = reader_u32le(reader);
}

static void take_pictures(Reader *reader, MediaRequest *request)
{
    take_times(reader, request);
    codec_refuse_unless(
        reader, request->picture_count > 0 &&
                    (request->time_count == 0 || request->time_count == request->picture_count));
}

static void take_sizes(Reader *reader, MediaRequest *request)
{
    request->size_count = codec_take_below(reader, MEDIA_PREVIEW_SIZES + 1);
    for (unsigned i = 0; i < request->size_count; i++) {
        request->sizes[i] = reader_u32le(reader);
        codec_refuse_unless(reader, request->sizes[i] > 0 && request->sizes[i] <= LIMIT_VIEW_SIDE &&
                                        (i == 0 || request->sizes[i] < request->sizes[i - 1]));
    }
}

static void take_view(Reader *reader, PictureView *view)
{
    view->left = codec_take_double(reader, 1);
    view->top = codec_take_double(reader, 1);
    view->right = codec_take_double(reader, 1);
    view->bottom = codec_take_double(reader, 1);
    view->quarter_turns = codec_take_below(reader, 4);
    view->contrast = codec_take_double(reader, VIEW_CONTRAST_MAX);
    view->brightness = codec_take_double(reader, VIEW_BRIGHTNESS_MAX);
    view->gamma = codec_take_double(reader, VIEW_GAMMA_MAX);
    codec_refuse_unless(reader, picture_view_is_valid(view));
}

// What only a video has is asked of a video alone, and the other way round.
static void take_previews(Reader *reader, MediaRequest *request)
{
    take_times(reader, request);
    take_sizes(reader, request);
    take_view(reader, &request->view);
    bool has_frames = request->picture_count > 0 || request->time_count > 0;
    codec_refuse_unless(reader, request->picture_count <= LIMIT_PREVIEW_STRIP &&
                                    request->time_count <= 1 && request->side <= LIMIT_VIEW_SIDE);
    codec_refuse_unless(reader, request->is_video ? !request->with_thumbnail
                                                  : !has_frames && !request->by_descriptor);
    codec_refuse_unless(reader, request->size_count > 0 || request->picture_count > 0);
}

bool media_request_decode(const uint8_t *message, size_t size_bytes, MediaRequest *ret_request,
                          char **ret_media_type)
{
    Reader reader = reader_init(message, size_bytes);
    MediaRequest request = {.ask = take_ask(&reader)};
    request.item = reader_u64le(&reader);
    request.size_bytes = reader_u64le(&reader);
    g_autofree char *media_type = codec_take_text(&reader, CODEC_MEDIA_TYPE_BYTES);
    if (request.ask != MEDIA_ASK_STILL) {
        unsigned flags = codec_take_flags(&reader, known_flags(request.ask));
        request.by_descriptor = flags & ASK_DESCRIPTOR;
        request.variants = flags & ASK_VARIANTS;
        request.is_video = flags & ASK_IS_VIDEO;
        request.with_thumbnail = flags & ASK_THUMBNAIL;
        request.view.is_grey = flags & ASK_GREY;
    }
    if (request.ask == MEDIA_ASK_VIDEO)
        take_choice(&reader, &request);
    else if (request.ask == MEDIA_ASK_PICTURES)
        take_pictures(&reader, &request);
    else if (request.ask == MEDIA_ASK_PREVIEWS)
        take_previews(&reader, &request);
    if (!codec_is_whole(&reader) || media_type == NULL)
        return false;

    request.media_type = media_type;
    *ret_request = request;
    *ret_media_type = g_steal_pointer(&media_type);
    return true;
}

// ---- Replies ----------------------------------------------------------------------------------

MediaMessageKind media_message_kind(const uint8_t *message, size_t size_bytes)
{
    if (size_bytes == 0)
        return MEDIA_MESSAGE_NONE;
    switch (message[0]) {
    case REPLY_MARK:
        return MEDIA_MESSAGE_REPLY;
    case FRAMES_MARK:
        return MEDIA_MESSAGE_FRAMES;
    case PROGRESS_MARK:
        return MEDIA_MESSAGE_PROGRESS;
    case PICTURE_MARK:
        return MEDIA_MESSAGE_PICTURE;
    case MEDIA_PREVIEW_MARK:
        return MEDIA_MESSAGE_PREVIEW;
    default:
        return MEDIA_MESSAGE_NONE;
    }
}

void media_reply_encode(const MediaReply *reply, GByteArray *ret_message)
{
    codec_put(ret_message, REPLY_MARK, 1);
    codec_put(ret_message, reply->item, 8);
    codec_put(ret_message, reply->status, 1);
    codec_put_text(ret_message, reply->reason, LIMIT_REASON_BYTES);
    codec_put(ret_message,
              (reply->still != NULL ? REPLY_STILL : 0u) |
                  (reply->thumbnail != NULL ? REPLY_THUMBNAIL : 0u) |
                  (reply->video != NULL ? REPLY_VIDEO : 0u),
              1);
    if (reply->still != NULL)
        codec_put_still(ret_message, reply->still);
    if (reply->thumbnail != NULL)
        codec_put_still(ret_message, reply->thumbnail);
    if (reply->video != NULL)
        codec_put_video(ret_message, reply->video);
    codec_put_findings(ret_message, reply->findings, LIMIT_ITEM_FINDINGS);
}

bool media_reply_decode(const uint8_t *message, size_t size_bytes, MediaReply *ret_reply)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == REPLY_MARK);
    MediaReply reply = {.item = reader_u64le(&reader)};
    reply.status = codec_take_below(&reader, STATUS_COUNT);
    reply.reason = codec_take_text(&reader, LIMIT_REASON_BYTES);
    codec_refuse_unless(&reader, (reply.status == STATUS_OK) == (reply.reason == NULL));

    unsigned flags = codec_take_flags(&reader, REPLY_STILL | REPLY_THUMBNAIL | REPLY_VIDEO);
    reply.still = flags & REPLY_STILL ? codec_take_still(&reader) : NULL;
    reply.thumbnail = flags & REPLY_THUMBNAIL ? codec_take_still(&reader) : NULL;
    reply.video = flags & REPLY_VIDEO ? codec_take_video(&reader) : NULL;
    reply.findings = codec_take_findings(&reader, LIMIT_ITEM_FINDINGS);
    if (!codec_is_whole(&reader)) {
        media_reply_clear(&reply);
        return false;
    }
    *ret_reply = reply;
    return true;
}

void media_reply_clear(MediaReply *reply)
{
    g_free(reply->reason);
    still_facts_free(reply->still);
    still_facts_free(reply->thumbnail);
    video_facts_free(reply->video);
    if (reply->findings != NULL)
        g_ptr_array_unref(reply->findings);
    *reply = (MediaReply){0};
}

// ---- Frames -----------------------------------------------------------------------------------

void media_frames_begin(GByteArray *batch, uint64_t item, bool variants)
{
    g_byte_array_set_size(batch, 0);
    codec_put(batch, FRAMES_MARK, 1);
    codec_put(batch, item, 8);
    codec_put(batch, variants ? ASK_VARIANTS : 0u, 1);
    codec_put(batch, 0, 4);
}

unsigned media_frames_count(const GByteArray *batch)
{
    Reader reader = reader_init(batch->data, batch->len);
    reader_skip(&reader, COUNT_OFFSET);
    return reader_u32le(&reader);
}

static bool has_variants(const GByteArray *batch)
{
    return batch->data[COUNT_OFFSET - 1] & ASK_VARIANTS;
}

static void put_hashes(GByteArray *batch, const PdqFacts *facts, bool variants)
{
    codec_put(batch, facts->quality, 1);
    codec_put_bytes(batch, facts->hash[0], (variants ? ORIENTATION_COUNT : 1u) * PDQ_BYTES);
}

void media_frames_add(GByteArray *batch, const MediaFrame *frame)
{
    unsigned count = media_frames_count(batch) + 1;
    for (unsigned i = 0; i < 4; i++)
        batch->data[COUNT_OFFSET + i] = (uint8_t)(count >> 8 * i);

    bool variants = has_variants(batch), is_trimmed = variants && frame->trimmed.present;
    codec_put(batch, frame->number, 4);
    codec_put(batch, frame->milliseconds, 4);
    codec_put(batch, is_trimmed ? FRAME_TRIMMED : 0u, 1);
    put_hashes(batch, &frame->whole, variants);
    if (is_trimmed)
        put_hashes(batch, &frame->trimmed, variants);
}

static void append(VideoFrames *frames, unsigned variant, const FrameHash *frame)
{
    GArray **array = &frames->variants[variant];
    if (*array == NULL)
        *array = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    g_array_append_val(*array, *frame);
}

static void take_hashes(Reader *reader, FrameHash frame, bool variants, bool is_trimmed,
                        VideoFrames *frames)
{
    frame.quality = (uint8_t)codec_take_below(reader, 101);
    for (unsigned i = 0; i < (variants ? ORIENTATION_COUNT : 1u); i++) {
        reader_copy(reader, frame.hash, PDQ_BYTES);
        if (!reader->failed)
            append(frames, frame_variant(i, is_trimmed), &frame);
    }
}

static const FrameHash *last_frame(const VideoFrames *frames)
{
    const GArray *array = frames->variants[0];
    return array != NULL && array->len > 0 ? &g_array_index(array, FrameHash, array->len - 1)
                                           : NULL;
}

static size_t bytes_of(const VideoFrames *frames)
{
    size_t count = 0;
    for (unsigned i = 0; i < FRAME_VARIANT_COUNT; i++)
        count += frames->variants[i] != NULL ? frames->variants[i]->len : 0;
    return count * sizeof(FrameHash);
}

static void take_frame(Reader *reader, bool variants, VideoFrames *frames)
{
    const FrameHash *last = last_frame(frames);
    FrameHash frame = {.number = reader_u32le(reader), .milliseconds = reader_u32le(reader)};
    unsigned flags = codec_take_flags(reader, variants ? FRAME_TRIMMED : 0u);
    codec_refuse_unless(reader, last == NULL || (frame.number > last->number &&
                                                 frame.milliseconds >= last->milliseconds));
    take_hashes(reader, frame, variants, false, frames);
    if (flags & FRAME_TRIMMED)
        take_hashes(reader, frame, variants, true, frames);
}

bool media_frames_decode(const uint8_t *message, size_t size_bytes, uint64_t item,
                         VideoFrames *frames)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == FRAMES_MARK);
    codec_refuse_unless(&reader, reader_u64le(&reader) == item);
    bool variants = codec_take_flags(&reader, ASK_VARIANTS) != 0;
    unsigned count = reader_u32le(&reader);
    codec_refuse_unless(&reader, bytes_of(frames) <= LIMIT_VIDEO_HASH_BYTES);
    for (unsigned i = 0; i < count && !reader.failed; i++)
        take_frame(&reader, variants, frames);
    return codec_is_whole(&reader);
}

// ---- Progress and pictures --------------------------------------------------------------------

void media_progress_encode(uint64_t item, GByteArray *ret_message)
{
    codec_put(ret_message, PROGRESS_MARK, 1);
    codec_put(ret_message, item, 8);
}

bool media_progress_decode(const uint8_t *message, size_t size_bytes, uint64_t item)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == PROGRESS_MARK);
    codec_refuse_unless(&reader, reader_u64le(&reader) == item);
    return codec_is_whole(&reader);
}

void media_picture_encode(uint64_t item, const MediaPicture *picture, GByteArray *ret_message)
{
    codec_put(ret_message, PICTURE_MARK, 1);
    codec_put(ret_message, item, 8);
    codec_put(ret_message, picture->number, 4);
    codec_put(ret_message, picture->milliseconds, 4);
    codec_put(ret_message, picture->jpeg_bytes, 4);
    codec_put_bytes(ret_message, picture->jpeg, picture->jpeg_bytes);
}

bool media_picture_decode(const uint8_t *message, size_t size_bytes, uint64_t item,
                          MediaPicture *ret_picture)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == PICTURE_MARK);
    codec_refuse_unless(&reader, reader_u64le(&reader) == item);
    MediaPicture picture = {.number = reader_u32le(&reader), .milliseconds = reader_u32le(&reader)};
    picture.jpeg_bytes = reader_u32le(&reader);
    codec_refuse_unless(&reader,
                        picture.jpeg_bytes > 0 && picture.jpeg_bytes <= LIMIT_VIDEO_STILL_BYTES);
    picture.jpeg = reader_bytes(&reader, picture.jpeg_bytes);
    if (!codec_is_whole(&reader))
        return false;
    *ret_picture = picture;
    return true;
}

// SPDX-License-Identifier: Apache-2.0
//
// Messages between a program and clew-media-worker. Little-endian, length-prefixed texts; exact
// layout in media_message.c. Decoding checks every length and enum against its range and refuses
// left-over bytes, so a compromised worker can only send a well-formed record.
//
//   program -> worker  STILL, VIDEO, PICTURES or PREVIEWS, about bytes in the shared buffer, or (of
//                      a video) in the file whose descriptor comes along
//   worker -> program  of a video FRAMES …, of pictures PICTURE …, of previews PREVIEW … in pieces
//                      (wire/media_preview.h), and PROGRESS when there is nothing else to say; one
//                      REPLY is the last
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "model/picture_view.h"
#include "model/record.h"
#include "model/video.h"

// Sizes of one picture at a time.
#define MEDIA_PREVIEW_SIZES 4u

typedef enum {
    MEDIA_ASK_STILL,    // decode and hash a still
    MEDIA_ASK_VIDEO,    // decode and hash the chosen frames of a video
    MEDIA_ASK_PICTURES, // a few frames of a video as JPEG
    MEDIA_ASK_PREVIEWS, // of a still or a video, for people
    MEDIA_ASK_COUNT,
} MediaAsk;

typedef struct {
    MediaAsk ask;
    uint64_t item;          // echoed in the answers
    uint64_t size_bytes;    // of the item, at the start of the shared buffer or of the file
    const char *media_type; // as sniffed
    bool by_descriptor;     // of a video only

    FrameChoice choice; // VIDEO
    bool variants;      // VIDEO: also turned, mirrored and trimmed

    // PICTURES: the frames at these times; when there are none, `picture_count` of them where the
    // scene changes most, the first frame among them.
    unsigned picture_count; // at most LIMIT_VIDEO_STILLS
    unsigned time_count;    // 0 or picture_count
    uint32_t milliseconds[LIMIT_VIDEO_STILLS];
    uint32_t side; // pixels along the longer side, at most

    // PREVIEWS: one of each size of the still, or of the video's frame at milliseconds[0]
    // (time_count 1) or else its most telling one. Of a video besides `picture_count` frames (at
    // most LIMIT_PREVIEW_STRIP) of `side`; of a still its embedded thumbnail, as large as `side`.
    bool is_video;
    bool with_thumbnail;
    unsigned size_count; // at most MEDIA_PREVIEW_SIZES
    uint32_t
        sizes[MEDIA_PREVIEW_SIZES]; // pixels along the longer side, falling, <= LIMIT_VIEW_SIDE
    PictureView view;
} MediaRequest;

typedef struct {
    uint64_t item;
    Status status;
    char *reason;          // NULL when STATUS_OK
    StillFacts *still;     // NULL when nothing could be said, or it is a video
    StillFacts *thumbnail; // NULL when there is none
    VideoFacts *video;     // NULL when nothing could be said, or it is a still
    GPtrArray *findings;   // of Finding *, owned
} MediaReply;

// One hashed frame on its way: as it stands and, when there is a border, without it.
typedef struct {
    uint32_t number, milliseconds;
    PdqFacts whole, trimmed; // whole.present always
} MediaFrame;

// One frame as a JPEG.
typedef struct {
    uint32_t number, milliseconds;
    const uint8_t *jpeg; // borrowed from the message
    size_t jpeg_bytes;   // at most LIMIT_VIDEO_STILL_BYTES
} MediaPicture;

void media_request_encode(const MediaRequest *request, GByteArray *ret_message);
// *ret_media_type is newly allocated and what ret_request->media_type points to.
bool media_request_decode(const uint8_t *message, size_t size_bytes, MediaRequest *ret_request,
                          char **ret_media_type);

typedef enum {
    MEDIA_MESSAGE_REPLY,
    MEDIA_MESSAGE_FRAMES,
    MEDIA_MESSAGE_PROGRESS,
    MEDIA_MESSAGE_PICTURE,
    MEDIA_MESSAGE_PREVIEW,
    MEDIA_MESSAGE_NONE, // breaks the rules
} MediaMessageKind;

// Which of the decoders below to ask; says nothing of the message but its first byte.
MediaMessageKind media_message_kind(const uint8_t *message, size_t size_bytes);

void media_reply_encode(const MediaReply *reply, GByteArray *ret_message);
// False when the message breaks the rules; then nothing is written.
bool media_reply_decode(const uint8_t *message, size_t size_bytes, MediaReply *ret_reply);
void media_reply_clear(MediaReply *reply);

// A batch of frames: begun, added to while it is shorter than MEDIA_FRAMES_BATCH_BYTES, sent.
#define MEDIA_FRAMES_BATCH_BYTES (64u << 10)
void media_frames_begin(GByteArray *batch, uint64_t item, bool variants);
void media_frames_add(GByteArray *batch, const MediaFrame *frame);
unsigned media_frames_count(const GByteArray *batch);
// Appends the frames to the variants, which must go on where they ended: numbers rise, times do not
// fall, together they stay within LIMIT_VIDEO_HASH_BYTES. False when the message breaks the rules
// or is of another item; what was appended of it then stays.
bool media_frames_decode(const uint8_t *message, size_t size_bytes, uint64_t item,
                         VideoFrames *frames);

void media_progress_encode(uint64_t item, GByteArray *ret_message);
bool media_progress_decode(const uint8_t *message, size_t size_bytes, uint64_t item);

void media_picture_encode(uint64_t item, const MediaPicture *picture, GByteArray *ret_message);
bool media_picture_decode(const uint8_t *message, size_t size_bytes, uint64_t item,
                          MediaPicture *ret_picture);

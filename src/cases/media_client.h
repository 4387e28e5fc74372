// SPDX-License-Identifier: Apache-2.0
//
// MediaClient: one confined media worker at a time and what it is asked. A worker that falls is
// replaced; one that had served before may have fallen over what others left behind, so the item
// then gets a second chance with a fresh one: a crash costs the item that caused it.
//
// Bytes lie in the buffer that the worker sees read-only, so that the bytes that were digested are
// the bytes that are decoded. What is too large for it comes as a descriptor.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/media_message.h"
#include "wire/media_preview.h"
#include "wire/worker.h"

typedef struct MediaClient MediaClient;

// The zygote (of clew-media-worker) is borrowed; is_cancelled may be NULL.
MediaClient *media_client_new(Zygote *zygote, bool (*is_cancelled)(void), GError **err);
void media_client_free(MediaClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MediaClient, media_client_free)

// Makes sure that there is a worker. What lay in the buffer is gone when it had to be replaced.
bool media_client_ready(MediaClient *client, GError **err);

// True when the bytes in the buffer are still there: the worker had not to be stopped.
bool media_client_keeps_bytes(const MediaClient *client);

// Of the worker that is there; its size is LIMIT_STILL_BYTES.
uint8_t *media_client_buffer(MediaClient *client);
size_t media_client_buffer_bytes(const MediaClient *client);
// Gives memory of the buffer back to the system when the item in it was a large one.
void media_client_trim(MediaClient *client, uint64_t item_bytes);

typedef struct {
    uint64_t size_bytes;
    const char *media_type;
    int descriptor; // of the file with these bytes, read with pread; -1: they lie in the buffer
} MediaItem;

// Decodes and hashes the still in the buffer. A worker that falls is an answer, too: its status
// says how. False when no worker can be had.
bool media_client_still(MediaClient *client, const MediaItem *item, MediaReply *ret_reply,
                        GError **err);

// Decodes and hashes the chosen frames of a video, or of an animated picture; `variants`: also
// turned, mirrored and trimmed. *ret_frames (never NULL) holds what came before a fall, too, and
// the reply's status says why there is no more. False also when cancelled (CLEW_ERROR_CANCELLED).
bool media_client_video(MediaClient *client, const MediaItem *item, FrameChoice choice,
                        bool variants, VideoFrames **ret_frames, MediaReply *ret_reply,
                        GError **err);

// A frame as a JPEG, for people. Kept in memory only.
typedef struct {
    uint32_t number, milliseconds;
    GBytes *jpeg;
} MediaStill;

void media_still_free(MediaStill *still);

typedef struct {
    unsigned count;               // at most LIMIT_VIDEO_STILLS
    const uint32_t *milliseconds; // `count` times; NULL: where the scene changes most
    uint32_t side;                // pixels along the longer side, at most
} MediaStillsChoice;

// Frames of a video in order of time: *ret_stills of MediaStill *, owned; fewer than asked for when
// the video has not more or the worker fell, which the reply's status says.
bool media_client_stills(MediaClient *client, const MediaItem *item, MediaStillsChoice choice,
                         GPtrArray **ret_stills, MediaReply *ret_reply, GError **err);

// A picture for people, made by the worker and found to hold nothing but the picture.
typedef struct {
    PreviewOf of;
    uint32_t side, milliseconds, width, height; // as in MediaPreviewPiece
    GBytes *jpeg;
} MediaPreview;

void media_preview_free(MediaPreview *preview);

// Previews of the still in the buffer, or of the video there or in the file (MediaRequest says what
// can be asked; `ask` and what is told of the item are filled in here): *ret_previews of
// MediaPreview *, owned; fewer than asked for when the reply's status says why, or the item has not
// more. False also when cancelled.
bool media_client_previews(MediaClient *client, const MediaItem *item, const MediaRequest *asked,
                           GPtrArray **ret_previews, MediaReply *ret_reply, GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// What people may see of media: previews, made while it is scanned or when somebody must look, and
// the full view, made on demand. All of it comes out of the confined media worker as a JPEG without
// metadata; the bytes of the evidence are handed to nobody. Kept in memory only.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/media_client.h"
#include "model/picture_view.h"

typedef enum {
    PREVIEW_192, // of a video: its most telling frame
    PREVIEW_512,
    PREVIEW_THUMBNAIL, // embedded in a still, examined as media of its own: at most 192
    PREVIEW_STRIP, // a frame of a video, at most 192; up to LIMIT_PREVIEW_STRIP in order of time
    PREVIEW_KIND_COUNT,
} PreviewKind;

// "192", "512", "thumbnail", "strip".
const char *preview_kind_name(PreviewKind kind);

typedef struct {
    PreviewKind kind;
    uint32_t milliseconds; // of a frame; else 0
    uint32_t width, height;
    GBytes *jpeg;
} PreviewPicture;

// What there is to see of one medium, at least one picture.
typedef struct {
    GPtrArray *pictures; // of PreviewPicture *, by kind, those of the strip in order of time
    size_t size_bytes;   // of all JPEGs
} PreviewSet;

void preview_set_free(PreviewSet *previews);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PreviewSet, preview_set_free)

// Without pictures; and another one with the same pictures, whose bytes both share.
PreviewSet *preview_set_new(void);
PreviewSet *preview_set_copy(const PreviewSet *previews);
// Appends; takes the JPEG.
void preview_set_add(PreviewSet *previews, PreviewKind kind, uint32_t milliseconds, uint32_t width,
                     uint32_t height, GBytes *jpeg);

// The first of this kind; NULL when there is none.
const PreviewPicture *preview_set_find(const PreviewSet *previews, PreviewKind kind);

// Makes all previews of an item in one question. *ret_previews is NULL when nothing of it could be
// shown; the reply, which is the caller's to clear, then says why (its status is never STATUS_OK).
// What came before a fall is kept. False when no worker can be had, or when cancelled.
bool preview_make(MediaClient *client, const MediaItem *item, bool is_video,
                  PreviewSet **ret_previews, MediaReply *ret_reply, GError **err);

// A full view.
typedef struct {
    PictureView view;
    uint32_t side; // pixels along the longer side, at most LIMIT_VIEW_SIDE; never enlarged
    bool is_video;
    uint32_t milliseconds; // of a video: its frame at this time
} ViewChoice;

// *ret_picture (`kind` says nothing) is NULL when it cannot be shown, as above. CLEW_ERROR_INVALID
// when the choice is outside of its bounds.
bool preview_view(MediaClient *client, const MediaItem *item, const ViewChoice *choice,
                  PreviewPicture **ret_picture, MediaReply *ret_reply, GError **err);

void preview_picture_free(PreviewPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PreviewPicture, preview_picture_free)

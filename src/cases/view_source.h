// SPDX-License-Identifier: Apache-2.0
//
// From the record of an item back to something to look at: its bytes are fetched again out of the
// evidence, held against the digest they had, and shown by the media worker. They are kept in the
// worker's buffer, a large video in a file without a name, and gone afterwards.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/evidence_reader.h"
#include "cases/preview.h"

typedef struct {
    const char *const *roots;     // folders below which evidence lies, NULL-terminated
    const char *evidence;         // where the evidence lay when it was scanned; NULL: not known
    const char *locator;          // of the item's record
    const uint8_t *sha256;        // of the item's record
    const char *media_type;       // of the item's record
    EvidenceReaderOptions reader; // its zygote is of clew-evidence-worker
} ViewSource;

// The item's bytes, where the client's worker can see them.
typedef struct {
    MediaClient *client;
    MediaItem item;
    bool is_video;
    int spool; // -1: the bytes are in the buffer
} ViewContents;

// Fetches the bytes. CLEW_ERROR_NOT_FOUND: the evidence is not there now. _DENIED: it does not lie
// below one of the roots, all links followed. _CONFLICT: its bytes are not those that were
// examined. _LIMIT: it is too large. Others: what reading failed with.
bool view_source_open(const ViewSource *source, MediaClient *client, ViewContents *ret_contents,
                      GError **err);
void view_contents_clear(ViewContents *contents);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ViewContents, view_contents_clear)

// Fetches the bytes and makes a view of them (preview_view); choice->is_video is filled in here.
bool view_source_view(const ViewSource *source, MediaClient *client, const ViewChoice *choice,
                      PreviewPicture **ret_picture, MediaReply *ret_reply, GError **err);

// Fetches the bytes and makes the previews anew (preview_make).
bool view_source_previews(const ViewSource *source, MediaClient *client, PreviewSet **ret_previews,
                          MediaReply *ret_reply, GError **err);

// Writes the item's bytes, of whatever type, to a descriptor, and holds them against the digest.
// CLEW_ERROR_LIMIT when there are more than `limit_bytes`; errors else as of view_source_open,
// after which what was written is to be thrown away.
bool view_source_copy(const ViewSource *source, int descriptor, uint64_t limit_bytes,
                      uint64_t *ret_size_bytes, GError **err);

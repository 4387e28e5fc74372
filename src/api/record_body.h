// SPDX-License-Identifier: Apache-2.0
//
// A record as it comes in: an object with the members of docs/json.md, and beside them
//
//   hashes   packed perceptual hashes with all orientations (store/media_hashes.h), base64
//   frames_packed  {"pipeline", "variants": [{"variant": 0-15, "frames": packed frames in base64}]}
//            (store/frame_pack.h); the variants are those of VideoFrames, 0 is required, and all
//            are of the same frames
//   is_media sniffed as a still or video
//   preview_reason  why there are no previews although it needs eyes
//
// `locator` is the array of layers, or the text of that array, which is kept as it is. PDQ keys of
// docs/json.md are checked and passed over: `hashes` says more. `matches` and `left_out` are no
// members: who receives a record asks the sets itself.
//
// Whoever sends it is not trusted: every member is checked for type, length and meaning, and what
// is not known is refused.
#pragma once

#include <stdbool.h>

#include "api/body.h"
#include "model/record.h"
#include "model/video.h"

typedef struct {
    Record *record;
    VideoFrames *frames; // NULL: none
    bool is_media;
    char *preview_reason; // NULL: not said
} RecordBody;

// Never NULL. Faults are kept in the body of the object (api_body_ok); what was read is to be
// thrown away then.
RecordBody *record_body_new(ApiObject *object);
void record_body_free(RecordBody *body);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordBody, record_body_free)

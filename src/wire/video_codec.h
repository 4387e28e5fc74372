// SPDX-License-Identifier: Apache-2.0
//
// What decoding a video showed, and what a match between videos says, as bytes; made and taken as
// wire/codec.h does.
//
//   facts   u32 width, height, trim left, top, right, bottom, u16 rotation, u8 pipeline,
//           u8 sampling, f64 per_second, f64 frame_rate, f64 duration, f64 seconds_seen,
//           u64 frames_seen, frames_hashed, damaged, u16 other_streams, u8 flags (1 truncated, 2
//           location), 6 texts in the order of VIDEO_TEXTS, [f64 latitude, longitude]
//   match   u8 flags (1 item is a video, 2 entry is one, 4 trimmed), u8 pipeline,
//           [f64 item_percent, entry_percent  when both are videos], u32 count, count * piece
//   piece   f64 from, to, their_from, their_to, speed, u32 frames, matched, u16 distance,
//           u8 is_static
#pragma once

#include <glib.h>

#include "base/reader.h"
#include "model/match.h"
#include "model/video.h"

void codec_put_video(GByteArray *message, const VideoFacts *facts);
// Newly allocated, never NULL.
VideoFacts *codec_take_video(Reader *reader);

#define CODEC_MATCH_PIECES 4096u

void codec_put_match_video(GByteArray *message, const MatchVideo *video);
// One allocation, pieces included; g_free. Never NULL.
MatchVideo *codec_take_match_video(Reader *reader);

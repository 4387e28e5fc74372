// SPDX-License-Identifier: Apache-2.0
//
// What decoding a still showed, as bytes; made and taken as wire/codec.h does.
//
//   still  u8 flags (1 decoded, 2 JPEG tables, 4 EXIF), u32 width, height, frames,
//          u8 pipelines present, for each: u8 quality, 8 * 32 bytes of hash
//          [u32 left, top, right, bottom  when a trimmed pipeline is present]
//          [32 bytes                      when there are JPEG tables]
//          [exif]
//   exif   u8 flags (1 GPS, 2 altitude), u8 orientation, 10 texts in the order of EXIF_TEXTS,
//          [f64 latitude, longitude], [f64 altitude]
#pragma once

#include <glib.h>

#include "base/reader.h"
#include "model/record.h"

void codec_put_still(GByteArray *message, const StillFacts *still);
// Newly allocated, never NULL.
StillFacts *codec_take_still(Reader *reader);

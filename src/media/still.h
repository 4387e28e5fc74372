// SPDX-License-Identifier: Apache-2.0
//
// Still: a picture being decoded from memory, top row first, in strips, bounded by the limits in
// base/limits.h. Not thread-safe; one Still at a time in a worker. A reader of this header cannot
// tell which library decodes: still.c holds one table of backends (docs/adding-a-decoder.md).
//
// Pixels come out as PDQ's reference has them: no rotation by EXIF; alpha left out, not blended;
// grey stays grey; palettes become RGB; CMYK is multiplied out without a profile; of animations
// and documents of several pages the first picture. Two formats turn the picture themselves,
// because there turning is part of decoding: HEIF and AVIF (irot, imir) and JPEG XL (orientation
// in the codestream); what EXIF says is in the metadata all the same.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

typedef struct Still Still;

typedef enum {
    STILL_RGBX, // 4 bytes a pixel: R, G, B, unused
    STILL_GREY, // 1 byte a pixel
} StillFormat;

// Once, before the sandbox closes: loads what the libraries load lazily. Fails unless exactly one
// thread exists afterwards: a second one would stay outside the sandbox. Decode nothing before the
// lock, not even to warm up. Changes the environment (VIPSHOME) and GLib's log settings.
bool still_prepare(GError **err);

// Once, in the worker after the lock: cache off, one worker thread, untrusted loaders blocked.
void still_prepare_locked(void);

// True when a backend decodes this media type.
bool still_supports(const char *media_type);

// Reads the header of `bytes` (borrowed until still_free) and holds its numbers against the limits
// before anything is allocated by them. On failure the error's code says which status the record
// gets: CLEW_ERROR_UNSUPPORTED, _CORRUPT, _LIMIT.
Still *still_open(const uint8_t *bytes, size_t size_bytes, const char *media_type, GError **err);

uint32_t still_width(const Still *still);
uint32_t still_height(const Still *still);
uint32_t still_frames(const Still *still);
StillFormat still_format(const Still *still);

// Bits of a stored sample, 8 for most. Of wider ones the high byte is taken. PDQ's reference file
// tool takes the low byte (it casts 16-bit samples to 8), which is noise in a photograph; asked for
// before still_decode, a Still does the same, so that the tool's hash can be told too.
unsigned still_sample_bits(const Still *still);
void still_take_low_bytes(Still *still);

// For people, asked for before still_decode: what is transparent shows mid grey behind it.
void still_blend_over_grey(Still *still);
// For people, asked for before still_decode: a picture reduced by `factor` (2, 4 or 8), if its
// decoder can do so while it decodes; still_width and still_height say what it will be.
void still_reduce(Still *still, unsigned factor);
// The decoder turns the picture upright, so what EXIF says of that is done.
bool still_turns_itself(const Still *still);

// Where rows go: straight into the caller's memory, which is how the hasher wants it
// (hash/pdq.h: pdq_hasher_rows and pdq_hasher_commit fit as they are, but for the user_data).
typedef struct {
    // The rows to fill next, at least one while the picture has more; each holds still_width
    // pixels of still_format. Borrowed until the next call.
    uint8_t **(*next_rows)(void *user_data, unsigned *ret_room);
    // The first `count` of them (0 to the room given) now hold the picture's next rows.
    void (*commit)(void *user_data, unsigned count);
    void *user_data;
} StillSink;

// Decodes all rows into the sink, once in the life of a Still. A picture that ends early or is
// damaged inside succeeds and sets *ret_truncated: the decoder goes on as every viewer does (the
// rest grey or garbled), or the rows that never came are filled with black. `*ret_rows` says how
// many rows the decoder gave. False when it gave none (CLEW_ERROR_CORRUPT), cannot (_UNSUPPORTED),
// or a limit was reached (_LIMIT).
bool still_decode(Still *still, const StillSink *sink, uint32_t *ret_rows, bool *ret_truncated,
                  GError **err);

// EXIF into zeroed facts, whose texts the caller then owns; and the quantisation tables of a JPEG
// in id order, each 64 values of 16 bit big-endian in zig-zag order, appended to `tables` (other
// formats: untouched; NULL: not wanted). At any time after opening.
void still_metadata(const Still *still, ExifFacts *ret_exif, GByteArray *tables);

// Embedded EXIF thumbnail (a JPEG), borrowed from the picture's bytes or the Still; NULL if none.
const uint8_t *still_thumbnail(const Still *still, size_t *ret_size_bytes);

// Bytes after the end of the picture, when the format says where it ends; else 0. Of a JPEG it is
// known only after still_decode.
size_t still_trailing_bytes(const Still *still);

void still_free(Still *still);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Still, still_free)

// Versions of the decoders, "libjpeg-turbo 2.1.5; libvips 8.14.1", for provenance. Static.
const char *still_versions(void);

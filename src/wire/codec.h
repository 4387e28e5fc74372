// SPDX-License-Identifier: Apache-2.0
//
// The parts all messages are made of. Little-endian, nothing aligned:
//
//   text     16-bit length (0xffff: absent), that many bytes of plain text (model/plain_text.h);
//            a long text has a 32-bit length (0xffffffff: absent)
//   name     16-bit length, bytes as they are, none of them NUL; a long name has a 32-bit length
//   time     u8 zone; unless it is ZONE_NONE: i64 seconds, u32 nanoseconds
//   times    modified, accessed, changed, created
//   place    u8 depth, depth * u32
//   digests  16 + 20 + 32 bytes
//   findings     u16 count, count * (u8 type, u64 bytes, text detail)
//   identifiers  u16 count, count * (u8 kind, text value)
//
// Writers make what they are given fit (texts plain and short, counts within limits), so that
// whatever a library said can be sent. Takers trust nothing: a rule that is broken turns the reader
// `failed`, as a read past the end does, so that a decoder takes a whole message and checks once.
// What they return then is harmless and still owned by the caller.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "model/record.h"
#include "wire/place.h"

#define CODEC_MEDIA_TYPE_BYTES 128u

// ---- Writing
void codec_put(GByteArray *message, uint64_t value, unsigned byte_count);
void codec_put_double(GByteArray *message, double value);
void codec_put_bytes(GByteArray *message, const void *bytes, size_t size_bytes);
void codec_put_text(GByteArray *message, const char *text, size_t limit);
void codec_put_long_text(GByteArray *message, const char *text, size_t limit);
void codec_put_name(GByteArray *message, const char *name, size_t limit);
void codec_put_long_name(GByteArray *message, const char *name, size_t limit);
void codec_put_times(GByteArray *message, const ItemTimes *times);
void codec_put_place(GByteArray *message, const Place *place);
void codec_put_digests(GByteArray *message, const Digests *digests);
void codec_put_findings(GByteArray *message, const GPtrArray *findings, unsigned limit);
void codec_put_identifiers(GByteArray *message, const GPtrArray *identifiers);

// ---- Reading
void codec_refuse_unless(Reader *reader, bool rule);
// Nothing failed and nothing is left over.
bool codec_is_whole(const Reader *reader);

// A byte in which only `known` bits may be set.
unsigned codec_take_flags(Reader *reader, unsigned known);
// A byte below `limit`; 0 when it is not.
unsigned codec_take_below(Reader *reader, unsigned limit);
// Finite and not larger than `magnitude` either way; else 0.
double codec_take_double(Reader *reader, double magnitude);
// Newly allocated, or NULL when absent (or failed).
char *codec_take_text(Reader *reader, size_t limit);
char *codec_take_long_text(Reader *reader, size_t limit);
// Newly allocated, or NULL when failed.
char *codec_take_name(Reader *reader, size_t limit);
char *codec_take_long_name(Reader *reader, size_t limit);
ItemTimes codec_take_times(Reader *reader);
Place codec_take_place(Reader *reader);
Digests codec_take_digests(Reader *reader);
// Newly allocated, never NULL.
GPtrArray *codec_take_findings(Reader *reader, unsigned limit);
GPtrArray *codec_take_identifiers(Reader *reader);

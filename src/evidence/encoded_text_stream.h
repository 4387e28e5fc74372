// SPDX-License-Identifier: Apache-2.0
//
// EncodedStream: bytes written as text, read back as bytes. Broken input gives what can be made of
// it: senders, gateways and mailing lists all add their own line breaks and blanks.
//
//   base64            RFC 2045 section 6.8
//   quoted-printable  RFC 2045 section 6.7
//   uuencode          POSIX.1-2017, uuencode, historical algorithm and -m (begin-base64)
//   yEnc              yEnc draft 1.3
#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/source.h"

typedef enum {
    TEXT_ENCODING_BASE64,         // what is not of its alphabet is skipped
    TEXT_ENCODING_ESCAPED_BASE64, // inside JSON: "\/" is a slash, "\n" a line break
    TEXT_ENCODING_QUOTED_PRINTABLE,
    TEXT_ENCODING_UUENCODE, // lines before "begin" are skipped
    TEXT_ENCODING_YENC,     // lines before "=ybegin" are skipped
} TextEncoding;

typedef struct EncodedStream EncodedStream;

// Reads a part of `source` (borrowed).
EncodedStream *encoded_stream_new(Source *source, uint64_t offset, uint64_t size_bytes,
                                  TextEncoding encoding);
void encoded_stream_free(EncodedStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodedStream, encoded_stream_free)

// Child.read (evidence/walk.h). CLEW_ERROR_CORRUPT when a uuencoded or yEnc block does not reach
// its end line, or a line of it is broken.
ssize_t encoded_stream_read(void *stream, void *target, size_t size, GError **err);

// Six bits of the base64 alphabet (RFC 4648 section 4), or more than 63 for any other byte.
uint8_t encoded_text_base64_digit(uint8_t byte);

// Where base64 ends in a part of `source`: behind its padding, when what follows does not go on in
// base64, else at the part's end. Mailing lists write their own text there.
uint64_t encoded_text_base64_end(Source *source, uint64_t offset, uint64_t size_bytes);

// SPDX-License-Identifier: Apache-2.0
//
// How a message is made of parts (RFC 2046): where each lies, in one pass over its lines and in
// memory that does not grow with the message. Contents are not decoded here.
//
//   fields            "1" when the message has one part, else "1", "2", … of a multipart, "2.1" of
//   a
//                     multipart in its second part
//   --boundary
//   fields, body
//   --boundary--
//
// What stands before the first boundary of a multipart and behind its last is told too: mailers do
// not show it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/mail_header.h"
#include "evidence/source.h"

// Multiparts in one another; a deeper one is told as one part, with its fields.
#define MAIL_NESTING 32u
#define MAIL_NUMBER_BYTES (MAIL_NESTING * 11u + 1u)

typedef struct {
    const char *number; // "1.2"; "" for the message's own fields
    uint64_t header_offset, body_offset, body_bytes;
    const MailHeader *header;
    const MailContent *content;
    const MailContent *around; // the multipart it lies in; NULL: the message
    bool is_too_deep;          // a multipart that was not gone into
} MailPart;

typedef struct {
    // The message's own fields, once, before all others.
    bool (*header)(void *user_data, const MailPart *message);
    bool (*part)(void *user_data, const MailPart *part);
    // Bytes before the first and behind the last part of the multipart of this number.
    bool (*between)(void *user_data, const char *number, bool is_behind, uint64_t offset,
                    uint64_t size_bytes);
    void *user_data;
} MailEvents;

// Goes through the message that begins at `offset` and reaches to the end of the source. False when
// an event returned false (err not set) or reading failed (err set).
bool mail_structure_read(Source *source, uint64_t offset, const MailEvents *events, GError **err);

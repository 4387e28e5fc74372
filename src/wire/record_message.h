// SPDX-License-Identifier: Apache-2.0
//
// A whole record with its matches as bytes, for files of Clew's own: what it has examined once it
// need not examine again. Little-endian; exact layout in record_message.c. Nothing is lost but what
// no report would print: texts are made plain (model/plain_text.h).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/match.h"
#include "model/record.h"

typedef struct {
    Record *record;   // its media_type is NULL; see the next
    char *media_type; // NULL, or what sniff_by_media_type knows
    GArray *matches;  // of Match, never NULL; what they point to is borrowed from `texts`
    GPtrArray *texts; // of blocks from g_malloc, owned
} RecordMessage;

void record_message_encode(const Record *record, const GArray *matches, GByteArray *ret_message);

// False when the message breaks the rules or is of another version; then nothing is written.
bool record_message_decode(const uint8_t *message, size_t size_bytes, RecordMessage *ret_message);
void record_message_clear(RecordMessage *message);

// SPDX-License-Identifier: Apache-2.0
//
// Messages between a program and clew-media-worker. Little-endian, length-prefixed texts; exact
// layout in media_message.c. Decoding checks every length and enum against its range and refuses
// left-over bytes, so a compromised worker can only send a well-formed record.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

typedef struct {
    uint64_t item;          // echoed in the reply
    uint64_t size_bytes;    // of the picture, at the start of the shared buffer
    const char *media_type; // as sniffed
} MediaRequest;

typedef struct {
    uint64_t item;
    Status status;
    char *reason;          // NULL when STATUS_OK
    StillFacts *still;     // NULL when nothing could be said
    StillFacts *thumbnail; // NULL when there is none
    GPtrArray *findings;   // of Finding *, owned
} MediaReply;

void media_request_encode(const MediaRequest *request, GByteArray *ret_message);
// *ret_media_type is newly allocated and what ret_request->media_type points to.
bool media_request_decode(const uint8_t *message, size_t size_bytes, MediaRequest *ret_request,
                          char **ret_media_type);

void media_reply_encode(const MediaReply *reply, GByteArray *ret_message);
// False when the message breaks the rules; then nothing is written.
bool media_reply_decode(const uint8_t *message, size_t size_bytes, MediaReply *ret_reply);
void media_reply_clear(MediaReply *reply);

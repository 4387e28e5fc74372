// SPDX-License-Identifier: Apache-2.0
//
// Messages between a program and clew-list-worker about a VICS case document: one request, then
// chunks of a stream of records until one of them is the end. A record (a media with all its files
// may be large) goes over as many chunks as it needs.
// Little-endian; exact layout in vics_message.c. Decoding checks every length, enum and text and
// refuses left-over bytes, so a compromised worker can only send well-formed records. Whether `raw`
// and `frame` are JSON is for their reader to see (lists/vics_case_frame.h).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/vics_case.h"

void vics_request_encode(GByteArray *ret_message);
bool vics_request_is(const uint8_t *message, size_t size_bytes);

// Writing: appends one record to the stream.
void vics_stream_put_media(GByteArray *stream, const VicsMedia *media);
void vics_stream_put_identifier(GByteArray *stream, const VicsIdentifier *identifier);
void vics_stream_put_head(GByteArray *stream, const VicsCaseHead *head);
void vics_stream_put_document(GByteArray *stream, const VicsDocument *document);
// The last: read to the end (error NULL), or why not.
void vics_stream_put_end(GByteArray *stream, const GError *error);

// What of the stream goes into one chunk, at most.
#define VICS_CHUNK_BYTES (128u << 10)

void vics_chunk_encode(uint64_t bytes_read, const uint8_t *bytes, size_t size_bytes,
                       GByteArray *ret_message);

typedef enum {
    VICS_RECORD_MEDIA,
    VICS_RECORD_IDENTIFIER,
    VICS_RECORD_HEAD,
    VICS_RECORD_DOCUMENT,
    VICS_RECORD_END,
} VicsRecordType;

typedef struct {
    VicsRecordType type;
    VicsMedia media;
    VicsIdentifier identifier;
    VicsCaseHead head;
    VicsDocument document;
    char *text;      // end: the message, NULL on success
    ClewError error; // end with a message
} VicsRecord;

void vics_record_clear(VicsRecord *record);

// Puts chunks together again. Zeros at first; clear it when there are no more.
typedef struct {
    GByteArray *bytes;
    size_t position;
    bool is_over; // the end has come
} VicsAssembly;

// False when the message breaks the rules.
bool vics_assembly_add(VicsAssembly *assembly, const uint8_t *message, size_t size_bytes,
                       uint64_t *ret_bytes_read);

typedef enum {
    VICS_NEXT_RECORD, // clear it afterwards
    VICS_NEXT_LATER,  // the next one is not complete
    VICS_NEXT_BROKEN, // it breaks the rules
} VicsNext;

VicsNext vics_assembly_next(VicsAssembly *assembly, VicsRecord *ret_record);
void vics_assembly_clear(VicsAssembly *assembly);

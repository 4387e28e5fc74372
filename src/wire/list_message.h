// SPDX-License-Identifier: Apache-2.0
//
// Messages between a program and clew-list-worker: one request, then batches until one holds the
// end. A batch carries many entries, so that a message costs little; an entry that is too long for
// one is split over several (wire/list_entry_codec.h).
// Little-endian; exact layout in list_message.c. Decoding checks every length, enum and text and
// refuses left-over bytes, so a compromised worker can only send well-formed entries.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/reader.h"
#include "model/hash_list.h"
#include "wire/list_entry_codec.h"

typedef struct {
    const char *format; // name of a ListFormat, or NULL: recognise
    bool has_default_type;
    HashType default_type;
    const char *columns; // as given to --columns, or NULL
} ListReadRequest;

// What the list says of itself; texts borrowed until the callback returns.
typedef struct {
    const char *format;
    const char *position_unit; // what positions count: "line", "byte" or "row"
    const char *description;
    const char *scheme; // NULL when not stated
    bool is_benign;
    uint64_t declared_count;
} ListDescription;

void list_request_encode(const ListReadRequest *request, GByteArray *ret_message);
// The texts are newly allocated: list_request_clear. False, and nothing written, when the message
// breaks the rules.
bool list_request_decode(const uint8_t *message, size_t size_bytes, ListReadRequest *ret_request);
void list_request_clear(ListReadRequest *request);

// A batch grows by one part at a time and is sent before it holds LIST_BATCH_BYTES; the longest
// part of an entry fits behind that.
#define LIST_BATCH_BYTES (96u << 10)

// Empties the message and begins a batch. The progress may be set as often as it changes.
void list_batch_begin(GByteArray *batch);
void list_batch_set_progress(GByteArray *batch, uint64_t bytes_read);
bool list_batch_is_empty(const GByteArray *batch);

void list_batch_add_description(GByteArray *batch, const ListDescription *description);
// The entry, or its first part; while the cursor does not say that it is whole, the next piece.
// Nothing else may come between.
void list_batch_add_entry(GByteArray *batch, const ListEntry *entry, ListEntryCursor *ret_cursor);
void list_batch_add_more(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor);
void list_batch_add_refused(GByteArray *batch, uint64_t position, const char *reason);
// The last part of the last batch: read to the end (error NULL), or why not.
void list_batch_add_end(GByteArray *batch, const GError *error);

typedef enum {
    LIST_PART_DESCRIPTION,
    LIST_PART_ENTRY,
    LIST_PART_REFUSED,
    LIST_PART_END,
} ListPartType;

typedef struct {
    ListPartType type;
    ListDescription description; // texts owned
    ListEntry entry;
    uint64_t position; // refused
    char *text;        // refused: the reason; end: the message, NULL on success
    ClewError error;   // end with a message
} ListPart;

// Begins to take a batch apart; the message outlives the reader. False when it is none.
bool list_batch_open(const uint8_t *message, size_t size_bytes, Reader *ret_reader,
                     uint64_t *ret_bytes_read);

typedef enum {
    LIST_BATCH_PART,
    LIST_BATCH_OVER,
    LIST_BATCH_BROKEN, // the message breaks the rules
} ListBatchOutcome;

// The next part; on LIST_BATCH_PART clear it afterwards. The assembly (zeros at first) holds what
// has come of a split entry and goes from batch to batch; clear it when there are no more.
ListBatchOutcome list_batch_next(Reader *reader, ListEntryAssembly *assembly, ListPart *ret_part);
void list_part_clear(ListPart *part);

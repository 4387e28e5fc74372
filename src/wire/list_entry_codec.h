// SPDX-License-Identifier: Apache-2.0
//
// One entry of a list in messages. Most fit one part: the entry itself. Long hash texts, frames and
// segments follow in pieces, in this batch and the next ones, until a part says that the entry is
// whole. Exact layout in list_entry_codec.c.
//
// Whoever receives holds one entry at a time, bounded by LIMIT_LIST_ENTRY_BYTES.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/reader.h"
#include "model/hash_list.h"

// The longest part of an entry, which fits a message behind LIST_BATCH_BYTES of others.
#define LIST_ENTRY_PART_BYTES (150u << 10)

// How far an entry has been written.
typedef struct {
    bool is_whole; // nothing is left to write
    size_t hash;   // next hash, and the byte of its text
    size_t text_at;
    size_t frame, segment;
} ListEntryCursor;

// Bytes that the receiver needs for the entry; more than LIMIT_LIST_ENTRY_BYTES cannot be sent.
size_t list_entry_bytes(const ListEntry *entry);

// Appends the entry as far as one part holds it, from a cursor of zeros on; then a piece at a time
// until the cursor says that it is whole.
void list_entry_put(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor);
void list_entry_put_more(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor);

// An entry being received. Zeros are an empty one.
typedef struct {
    bool is_open; // pieces are still to come
    ListEntry entry;
    GString *text; // of a long hash, as far as it has come; NULL when there is none
    HashType text_type;
    size_t size_bytes; // of all that was received
} ListEntryAssembly;

// Whether the byte begins a part of an entry.
bool list_entry_is_mark(unsigned mark);

// Takes the first part of an entry, or a piece of the one that is open; `mark` is its first byte.
// *ret_whole (false on failure) says that assembly->entry is complete. A rule that is broken turns
// the reader failed.
void list_entry_take(Reader *reader, unsigned mark, ListEntryAssembly *assembly, bool *ret_whole);
void list_entry_assembly_clear(ListEntryAssembly *assembly);

// SPDX-License-Identifier: Apache-2.0
//
// StoredEntry: one entry of a set as the database holds it, and what follows from its content
// alone: its identity and its digest.
//
// An entry's id is its set's id << 32 | its number in the set; numbers are never used twice, so an
// id names the same entry for ever.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "model/hash_list.h"

#define ENTRY_WITHDRAWN_BY_LIST 1u
#define ENTRY_WITHDRAWN_LOCALLY 2u

typedef struct {
    uint64_t id;
    unsigned state; // 0: active; else bits ENTRY_WITHDRAWN_…
    // As read, frames stay in the database: content.frames is NULL and content.frame_count says how
    // many there are; set_store_frames reads them.
    ListEntry content;
    uint8_t frames_digest[SHA256_BYTES]; // over all frames, when there are any
} StoredEntry;

static inline uint64_t entry_id_make(uint64_t set_id, uint64_t number)
{
    return set_id << 32 | number;
}

static inline uint64_t entry_id_set(uint64_t entry_id)
{
    return entry_id >> 32;
}

static inline uint64_t entry_id_number(uint64_t entry_id)
{
    return entry_id & UINT32_MAX;
}

void stored_entry_init(StoredEntry *entry);
void stored_entry_clear(StoredEntry *entry);

// A deep copy of the content into an initialised entry.
void stored_entry_copy_content(StoredEntry *target, const StoredEntry *source);

// Computes frames_digest from the frames of the content, if it has any. `work` as below.
void stored_entry_note_frames(StoredEntry *entry, GChecksum *work);

// Hashes in the order of their types, equal types as they came: the order in which rows give them
// back, so that a digest does not depend on where an entry has been. Copy and merge keep it.
void list_entry_sort_hashes(ListEntry *entry);

// Adds what `source` says to `target`: hashes and segments it lacks, and every field that source
// states. The frames of a video are one field: those of `source`, when it has any, take the place
// of the target's.
void stored_entry_merge_content(StoredEntry *target, const StoredEntry *source);

// What makes it the same entry in the next list: its key, else its strongest digest, else all its
// frames, else its PDQ value, else its first hash of a type that cannot be computed.
bool stored_entry_same_identity(const StoredEntry *a, const StoredEntry *b);

// Both need a working GChecksum of type SHA-256, so that a long import allocates none per entry.
//
// The first 8 bytes of the SHA-256 of the identity.
int64_t stored_entry_identity(const StoredEntry *entry, GChecksum *work);
// SHA-256 over every field that came from a list; the same list gives the same on every machine.
void stored_entry_digest(const StoredEntry *entry, GChecksum *work,
                         uint8_t ret_digest[SHA256_BYTES]);

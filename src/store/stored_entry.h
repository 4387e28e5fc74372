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
    ListEntry content;
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

// A deep copy of a list entry into an initialised one.
void list_entry_copy(ListEntry *target, const ListEntry *source);

// Hashes in the order of their types, equal types as they came: the order in which rows give them
// back, so that a digest does not depend on where an entry has been. Copy and merge keep it.
void list_entry_sort_hashes(ListEntry *entry);

// Adds what `source` says to `target`: hashes it lacks, and every field that source states.
void list_entry_merge(ListEntry *target, const ListEntry *source);

// What makes it the same entry in the next list: its key, else its strongest hash, else its PDQ
// value, else its first hash of a type that cannot be computed.
bool list_entry_same_identity(const ListEntry *a, const ListEntry *b);

// Both need a working GChecksum of type SHA-256, so that a long import allocates none per entry.
//
// The first 8 bytes of the SHA-256 of the identity.
int64_t list_entry_identity(const ListEntry *entry, GChecksum *work);
// SHA-256 over every field that came from a list; the same list gives the same on every machine.
void list_entry_digest(const ListEntry *entry, GChecksum *work, uint8_t ret_digest[SHA256_BYTES]);

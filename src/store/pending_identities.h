// SPDX-License-Identifier: Apache-2.0
//
// PendingIdentities: identities of entries that an import has made and not yet written to
// entry_identity. Written one by one they would touch a random page each, and ten million would
// write the index a hundred times over; written in sorted batches they touch each page once a
// batch. The batch is bounded, so an import's memory does not grow with its list.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Entries a batch holds; 32 MiB of memory at the most.
#define PENDING_IDENTITIES_MAX (1u << 20)

typedef struct PendingIdentities PendingIdentities;

typedef struct {
    int64_t identity;
    uint64_t entry_id;
} PendingIdentity;

PendingIdentities *pending_identities_new(void);
void pending_identities_free(PendingIdentities *pending);

bool pending_identities_is_full(const PendingIdentities *pending);

// Must not be full.
void pending_identities_add(PendingIdentities *pending, int64_t identity, uint64_t entry_id);

// Walks the entries with this identity: *cursor starts at 0; returns false after the last.
bool pending_identities_next(const PendingIdentities *pending, int64_t identity, size_t *cursor,
                             uint64_t *ret_entry_id);

// Sorts and hands out all, borrowed until the next add, and forgets them.
const PendingIdentity *pending_identities_take(PendingIdentities *pending, size_t *ret_count);

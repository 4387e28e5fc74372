// SPDX-License-Identifier: Apache-2.0
//
// The batch is an array; a table of positions into it, with linear probing, finds them again.
#include "store/pending_identities.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_SIZE_MIN 1024u

struct PendingIdentities {
    GArray *entries;     // of PendingIdentity
    uint32_t *positions; // position + 1 in entries; 0: free
    size_t table_size;   // a power of two, at least twice the entries
};

PendingIdentities *pending_identities_new(void)
{
    PendingIdentities *pending = g_new0(PendingIdentities, 1);
    pending->entries = g_array_new(FALSE, FALSE, sizeof(PendingIdentity));
    pending->table_size = TABLE_SIZE_MIN;
    pending->positions = g_new0(uint32_t, pending->table_size);
    return pending;
}

void pending_identities_free(PendingIdentities *pending)
{
    if (pending == NULL)
        return;
    g_array_unref(pending->entries);
    g_free(pending->positions);
    g_free(pending);
}

bool pending_identities_is_full(const PendingIdentities *pending)
{
    return pending->entries->len >= PENDING_IDENTITIES_MAX;
}

static void place(PendingIdentities *pending, uint32_t position)
{
    const PendingIdentity *entry = &g_array_index(pending->entries, PendingIdentity, position);
    size_t slot = (size_t)entry->identity & (pending->table_size - 1);
    while (pending->positions[slot] != 0)
        slot = (slot + 1) & (pending->table_size - 1);
    pending->positions[slot] = position + 1;
}

static void grow(PendingIdentities *pending)
{
    g_free(pending->positions);
    pending->table_size *= 2;
    pending->positions = g_new0(uint32_t, pending->table_size);
    for (uint32_t position = 0; position < pending->entries->len; position++)
        place(pending, position);
}

void pending_identities_add(PendingIdentities *pending, int64_t identity, uint64_t entry_id)
{
    g_assert(!pending_identities_is_full(pending));
    PendingIdentity entry = {.identity = identity, .entry_id = entry_id};
    g_array_append_val(pending->entries, entry);
    if (2 * (size_t)pending->entries->len > pending->table_size)
        grow(pending);
    else
        place(pending, pending->entries->len - 1);
}

bool pending_identities_next(const PendingIdentities *pending, int64_t identity, size_t *cursor,
                             uint64_t *ret_entry_id)
{
    // The cursor counts the slots already looked at from the identity's own.
    for (; *cursor < pending->table_size; (*cursor)++) {
        size_t slot = ((size_t)identity + *cursor) & (pending->table_size - 1);
        if (pending->positions[slot] == 0)
            return false;
        const PendingIdentity *entry =
            &g_array_index(pending->entries, PendingIdentity, pending->positions[slot] - 1);
        if (entry->identity == identity) {
            (*cursor)++;
            *ret_entry_id = entry->entry_id;
            return true;
        }
    }
    return false;
}

static int compare_identities(const void *a, const void *b)
{
    const PendingIdentity *left = a, *right = b;
    if (left->identity != right->identity)
        return left->identity < right->identity ? -1 : 1;
    return left->entry_id < right->entry_id ? -1 : left->entry_id > right->entry_id;
}

const PendingIdentity *pending_identities_take(PendingIdentities *pending, size_t *ret_count)
{
    size_t count = pending->entries->len;
    if (count > 0)
        qsort(pending->entries->data, count, sizeof(PendingIdentity), compare_identities);
    memset(pending->positions, 0, pending->table_size * sizeof *pending->positions);
    g_array_set_size(pending->entries, 0);
    *ret_count = count;
    return (const PendingIdentity *)(const void *)pending->entries->data;
}

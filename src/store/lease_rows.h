// SPDX-License-Identifier: Apache-2.0
//
// Rows of the queue of review: stacks in their order, and who has leased which. Derived and passing
// state, not on record. The rules stand in cases/queue.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"
#include "store/desk_rows.h"
#include "store/tile_rows.h"

typedef enum {
    QUEUE_OF_CASE,       // as ingest said
    QUEUE_LARGEST_FIRST, // stacks with the most media
    QUEUE_NEWEST_FIRST,
    QUEUE_ORDER_COUNT,
} QueueOrder;

// stack.voted_by: what there was said of the media of a stack that are still open.
#define VOTED_BY_NOBODY 0
#define VOTED_BY_SEVERAL (-1) // or by one person of a part of them only

typedef struct {
    uint64_t id; // case_media of its leader
    int64_t order_key;
    uint64_t media_count, open_count;
    uint64_t disputed_count; // of those that are open
    int64_t voted_by;
} StackRow;

// Appends the distinct values of voted_by (int64_t) among the stacks of a case that have open
// media.
bool lease_rows_voted_by(Database *database, uint64_t case_id, GArray *values, GError **err);

// Appends stacks (StackRow by value) with open media and this voted_by, in order, those behind
// `after` (NULL: from the start), at most `limit`; without those that have `slots` leases that
// have not ended, or one of this account, and without what the account skipped or whose tags are
// not theirs. Of the leader are the family (bits of desk_rows.h) and a finding of this type.
typedef struct {
    uint64_t case_id, account_id;
    int64_t voted_by;
    QueueOrder order;
    int64_t now_us;
    unsigned slots, limit;
    unsigned families;   // FAMILY_BITS: any
    const char *finding; // NULL: any, or none
} StackQuery;
bool lease_rows_stacks(Database *database, const StackQuery *query, const StackRow *after,
                       GArray *stacks, GError **err);

// One stack; *ret_found is false when there is none.
bool lease_rows_stack(Database *database, uint64_t stack_id, uint64_t *ret_case_id,
                      StackRow *ret_stack, bool *ret_found, GError **err);

// Counts open_count, disputed_count and voted_by of a stack again from its media and the votes on
// them; media_count as well. A stack without media goes away.
bool lease_rows_recount(Database *database, uint64_t stack_id, GError **err);
// Appends stacks (uint64_t ids) of a case behind `after`.
bool lease_rows_stack_ids(Database *database, uint64_t case_id, uint64_t after, unsigned limit,
                          GArray *ids, GError **err);

// ---- Leases -------------------------------------------------------------------------------------

typedef struct {
    uint64_t stack_id, account_id, case_id, unit_id;
    int64_t ends_us;
} LeaseRow;

// Inserts, or gives the account's lease of that stack a new end.
bool lease_rows_write(Database *database, const LeaseRow *lease, GError **err);
// Appends the leases of a stack that have not ended (LeaseRow by value).
bool lease_rows_of_stack(Database *database, uint64_t stack_id, int64_t now_us, GArray *leases,
                         GError **err);
// The same of an account in a case, by stack.
bool lease_rows_of_account(Database *database, uint64_t case_id, uint64_t account_id,
                           int64_t now_us, GArray *leases, GError **err);
// When the account's lease of the stack ends or ended; 0: it has none.
bool lease_rows_end(Database *database, uint64_t stack_id, uint64_t account_id, int64_t *ret_us,
                    GError **err);
bool lease_rows_delete(Database *database, uint64_t stack_id, uint64_t account_id, GError **err);
// Forgets those that ended before.
bool lease_rows_sweep(Database *database, int64_t before_us, GError **err);

// Whether the account has said something of every open media of the stack.
bool lease_rows_voted_all(Database *database, uint64_t stack_id, uint64_t account_id,
                          bool *ret_voted_all, GError **err);

// ---- Facts --------------------------------------------------------------------------------------

// What a person may know of a stack before they look at it. Texts are NULL when there is none.
typedef struct {
    uint64_t stack_id, media_id; // of the leader
    char *media_type, *family, *status;
    uint64_t size_bytes;
    uint32_t width, height, frames, duration_ms; // 0: not known
    bool has_distance;
    unsigned distance_least, distance_most; // of its other media to the leader
    bool has_preview;
    char *no_preview; // why there is none
    TileFacts tile;   // findings of the leader, tags of the stack
} StackFacts;

void stack_facts_clear(StackFacts *facts);
bool lease_rows_facts(Database *database, uint64_t stack_id, StackFacts *ret_facts, GError **err);
// The same of many at once: fills those whose stack_id is set and whose other members are zero.
bool lease_rows_facts_of(Database *database, StackFacts *const *facts, size_t count, GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// Queue: who looks at which stack next. A reviewer leases stacks, votes, and the lease of a stack
// ends with the vote on its last media, by being released, or with its time.
//
// Nobody is given a stack that somebody else holds, unless the policy wants several voters of whom
// more are missing than are at it now; nobody is given a stack on all open media of which they have
// voted, or to which their vote could add nothing (a unit that is not the one still wanting). What
// is disputed goes to one further person at a time who has not voted.
//
// Nobody is given what they skipped (cases/skips.h), or what is not theirs by their own preferences
// (cases/preferences.h), unless they name it.
//
// Leases are no acts and not on record: they pass.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/case_file.h"
#include "cases/casework.h"
#include "store/lease_rows.h"

#define REVIEW_LEASE_US (15 * G_GINT64_CONSTANT(60000000))

typedef enum {
    QUEUE_REVIEW, // media that need a category
    QUEUE_WHO,    // decided notable, and nobody knows who it shows: cases/victims.h has them
} QueuePurpose;

typedef struct {
    QueuePurpose purpose;
    QueueOrder order;
    unsigned count; // stacks wanted; the actor never holds more than LIMIT_REVIEW_LEASES in a case
    unsigned families;   // of the leader, bits of desk_rows.h; 0: any
    const char *finding; // of the leader, a name of a finding type; NULL: any, or none
    // These very stacks, whatever else is asked for and was skipped: those of them that are free.
    // NULL: the next ones in order.
    const uint64_t *stacks;
    size_t stack_count;
} QueueRequest;

// A stack that the actor holds: facts, no hashes and no pictures.
typedef struct {
    StackFacts facts;
    uint64_t media_count, open_count, disputed_count;
    int64_t ends_us;
} LeasedStack;

// The case, when the actor is a member of it with PERMISSION_REVIEW.
CaseFile *queue_case_of_reviewer(Casework *work, const Actor *actor, uint64_t case_id,
                                 GError **err);

// One transaction of its own, not inside another. Gives those that are new (LeasedStack by value;
// the array owns their texts), none when there is nothing to do. The actor must be a member with
// PERMISSION_REVIEW. CLEW_ERROR_UNSUPPORTED for QUEUE_WHO.
GArray *queue_lease(Casework *work, const Actor *actor, uint64_t case_id,
                    const QueueRequest *request, GError **err);

// What the actor holds in the case.
GArray *queue_leases(Casework *work, const Actor *actor, uint64_t case_id, GError **err);

// Gives leases that have not ended a new end, or ends them; all that the actor holds in the case
// when `stacks` is NULL. Others are left as they are: *ret_count is how many it was done to.
bool queue_renew(Casework *work, const Actor *actor, uint64_t case_id, const uint64_t *stacks,
                 size_t count, unsigned *ret_count, GError **err);
bool queue_release(Casework *work, const Actor *actor, uint64_t case_id, const uint64_t *stacks,
                   size_t count, unsigned *ret_count, GError **err);

// Counts open_count and voted_by of a stack again. For whatever changes which media a stack has or
// which need eyes, in its transaction: ingest, a set that changed, expunge.
bool queue_stack_changed(Casework *work, uint64_t stack_id, GError **err);

// The same for all stacks of a case, in transactions of so many stacks.
#define QUEUE_REBUILD_BATCH 1000u
bool queue_rebuild(Casework *work, uint64_t case_id, uint64_t *ret_stacks, GError **err);

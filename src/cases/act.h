// SPDX-License-Identifier: Apache-2.0
//
// Act: what somebody does, as one write transaction with its leaf in the record.
//
//     begin -> (change rows, note them) -> commit        durable when commit returns true
//     begin -> … -> free                                 nothing happened
//
// Before a row of an audited table (store/audit_tables.h) is changed or deleted: act_supersedes.
// After one is written: act_wrote. Rows are written with seq = act_seq.
//
// An act without rows is recorded as well: a search, a reveal, a refused login.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "cases/audit_action.h"
#include "cases/casework.h"
#include "store/audit_tables.h"
#include "store/idempotency.h"

typedef struct Act Act;

// Begins the transaction and waits for other writers (CLEW_ERROR_BUSY). The actor is borrowed until
// the act ends.
Act *act_begin(Casework *work, const Actor *actor, AuditAction action, GError **err);
void act_free(Act *act); // rolls back what was not committed
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Act, act_free)

Casework *act_work(const Act *act);
Database *act_database(const Act *act);
const Actor *act_actor(const Act *act);
uint64_t act_seq(const Act *act);
int64_t act_now_us(const Act *act); // one moment for all of it

// What it concerns, for finding it again.
void act_set_case(Act *act, uint64_t case_id);
void act_set_object(Act *act, const char *format, ...) G_GNUC_PRINTF(2, 3);

// The payload: members of one JSON object, for instance
//     json_write_member_string(act_payload(act), "category", category);
// Personal data does not belong in it: ids do.
JsonWriter *act_payload(Act *act);

// New ids for `count` rows of a table, following one another.
bool act_new_ids(Act *act, AuditTable table, uint64_t count, uint64_t *ret_first, GError **err);

// CLEW_ERROR_NOT_FOUND when there is no such row.
bool act_supersedes(Act *act, AuditTable table, uint64_t id, GError **err);
bool act_deletes(Act *act, AuditTable table, uint64_t id, GError **err); // before deleting it
void act_wrote(Act *act, AuditTable table, uint64_t id);
// Rows from first to last; those that were not written after all (a conflict) do not count.
void act_wrote_range(Act *act, AuditTable table, uint64_t first_id, uint64_t last_id);

// The reply that a client gets for it, kept under its key in the same transaction. The key is
// borrowed, the text copied.
void act_set_reply(Act *act, const IdempotencyKey *key, unsigned status, const char *text);

// The payload of an earlier leaf was erased (audit_log_erase_payload).
void act_erased_payload(Act *act, uint64_t seq);

// The act concerns another case as well: its record gets a leaf of its own in the same transaction,
// behind that of the act, which it names.
void act_also(Act *act, uint64_t case_id, AuditAction action, const char *object_format, ...)
    G_GNUC_PRINTF(4, 5);

// Writes the leaf and commits. On failure nothing happened.
bool act_commit(Act *act, GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// Expunge: something of a case goes for good. One person asks and gives a reason, another one
// approves; both may expunge (PERMISSION_EXPUNGE). It happens in the transaction of the approval,
// so that an interruption leaves either all or nothing of it.
//
//   preview      previews and their keys, of media that no other case has
//   item         where things lay and what they were called
//   note         notes and tags
//   identifier   identifiers of the case
//   case         all that, and votes, decisions, matches, media that no other case has, evidence,
//                places in series, links of victims, enquiries, documents; the case stays as its
//                number, its members and its tombstones
//
// What is kept: every leaf of the record, with the digests of what it wrote; payloads that may name
// things are erased from them. Tombstones say what went, how many, when, why and by whom, so that
// it stays countable. Victims and series are their units' and stay, without the case's media. Set
// entries that a decision became stay too: withdraw them if they must go.
//
// Keys that are gone make previews unreadable in every copy, backups that hold the keys' rows
// excepted; the bytes of rows may stay in the database's files until it is vacuumed.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "store/expunge_rows.h"

// CLEW_ERROR_DENIED: without the permission. CLEW_ERROR_CONFLICT: asked for already, or the case
// is expunged.
bool expunge_ask(Act *act, uint64_t case_id, ExpungeKind kind, const char *reason, uint64_t *ret_id,
                 GError **err);
// CLEW_ERROR_DENIED: the person who asked. CLEW_ERROR_CONFLICT: it was decided already.
bool expunge_approve(Act *act, uint64_t id, GError **err);
bool expunge_refuse(Act *act, uint64_t id, GError **err);

// Of ExpungeRow *, and of TombstoneRow *, oldest first.
GPtrArray *expunge_list(Casework *work, const Actor *actor, uint64_t case_id, GError **err);
GPtrArray *expunge_tombstones(Casework *work, const Actor *actor, uint64_t case_id, GError **err);

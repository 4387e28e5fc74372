// SPDX-License-Identifier: Apache-2.0
//
// Reading the record through the rules: who may see a leaf.
//
//   leaf of a case      who may see the case
//   leaf of no case     with PERMISSION_AUDIT_READ: of people of the reader's unit, and of the
//                       program itself, but for enquiries, which speak of cases of others
//
// How many rows an act wrote is not shown: it would count what the act may not tell.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "store/audit_find.h"
#include "store/audit_leaves.h"

// Of StoredLeaf *, newest first. `filter->before_seq` is the cursor and moves on; *ret_more: call
// again, also when the page is not full, because one call looks at AUDIT_READ_SCAN leaves at most.
// A case that the actor may not see has none and is CLEW_ERROR_NOT_FOUND.
#define AUDIT_READ_SCAN 5000u
GPtrArray *audit_read(Casework *work, const Actor *actor, AuditFilter *filter, unsigned limit,
                      bool *ret_more, GError **err);

// The proof of a leaf (cases/audit_proof.h). CLEW_ERROR_NOT_FOUND when the actor may not see it, or
// no signed head covers it yet.
char *audit_read_proof(Casework *work, const Actor *actor, uint64_t seq, GError **err);

// The newest signed head, as a note; newly allocated. CLEW_ERROR_NOT_FOUND: none yet.
char *audit_read_checkpoint(Casework *work, GError **err);

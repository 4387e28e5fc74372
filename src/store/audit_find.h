// SPDX-License-Identifier: Apache-2.0
//
// Finding leaves of the record, newest first, by what stands in their columns. Who may read them is
// decided in cases/audit_read.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t before_seq;    // 0: from the newest
    uint64_t case_id;       // 0: any
    uint64_t account_id;    // 0: any
    const char *action;     // "": any
    int64_t from_us, to_us; // from, up to and not with; INT64_MIN and INT64_MAX: any
} AuditFilter;

typedef struct {
    uint64_t seq, case_id, account_id;
    uint64_t unit_id; // of the account; 0: none
} FoundLeaf;

// Appends FoundLeaf, at most `limit`.
bool audit_find(Database *database, const AuditFilter *filter, unsigned limit, GArray *leaves,
                GError **err);

// 0 when the account is in none.
bool audit_find_unit(Database *database, uint64_t account_id, uint64_t *ret_unit_id, GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// Retention: after how many days what of a case is to go. A rule is for one case, or for every case
// without a rule of its own (case 0, by administrators). Nothing goes by itself: what is due is
// listed, and people expunge it (cases/expunge.h).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "store/expunge_rows.h"

#define RETENTION_DAYS_MAX 36525u // a hundred years

typedef struct {
    uint64_t case_id; // 0: every case without a rule of its own
    ExpungeKind kind;
    unsigned days;    // 1 to RETENTION_DAYS_MAX
    bool from_opened; // else from when the case was closed
    const char *reason;
} RetentionRule;
// Takes the place of the rule there was. CLEW_ERROR_DENIED: case 0 without being an administrator.
bool retention_set(Act *act, const RetentionRule *rule, GError **err);

// Of RetentionRow *: those of the case, and those of case 0 for kinds without one.
GPtrArray *retention_rules(Casework *work, const Actor *actor, uint64_t case_id, GError **err);
// Those of case 0, for the people who set them: nothing of a case is in them.
GPtrArray *retention_general_rules(Casework *work, GError **err);

typedef struct {
    uint64_t case_id;
    ExpungeKind kind;
    int64_t since_us;
} RetentionDue;
// What is due at `now_us` in the cases the actor may see and was not expunged since (of
// RetentionDue).
GArray *retention_due(Casework *work, const Actor *actor, int64_t now_us, GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// What a report on a case states of how it came about, as far as tables say it. Read rarely; some
// of it goes through all items of the case.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t id;
    char *name, *root; // root may be NULL
    int64_t added_us;
    uint64_t items, not_examined;
} MethodsEvidence;
void methods_evidence_free(MethodsEvidence *evidence);
// Appends (of MethodsEvidence *), by id.
bool methods_rows_evidence(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);

// Items that could not be examined, by why.
typedef struct {
    char *status, *reason; // reason may be NULL
    uint64_t items;
} MethodsGap;
void methods_gap_free(MethodsGap *gap);
// Appends (of MethodsGap *), the most frequent first.
bool methods_rows_gaps(Database *database, uint64_t case_id, unsigned limit, GPtrArray *rows,
                       GError **err);

typedef struct {
    uint64_t set_id, matches, media;
    char *name, *kind, *digest; // NULL: the set is gone
    uint64_t generation;
} MethodsSet;
void methods_set_free(MethodsSet *set);
// Appends (of MethodsSet *) those that matched media of the case, by id; what the set is now is
// left empty.
bool methods_rows_sets(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);

// Votes that stand.
bool methods_rows_votes(Database *database, uint64_t case_id, uint64_t *ret_votes, GError **err);

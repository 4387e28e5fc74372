// SPDX-License-Identifier: Apache-2.0
//
// CaseFile: a case of a unit, its members and its policy. A case is visible to its members and to
// the auditors of its unit; for everybody else it does not exist (CLEW_ERROR_NOT_FOUND), not even
// by its number.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/casework.h"
#include "model/case_file.h"
#include "store/case_counts.h"
#include "store/case_rows.h"

// The case, if the actor may see it.
CaseFile *case_file_get(Casework *work, const Actor *actor, uint64_t case_id, GError **err);
CaseFile *case_file_find(Casework *work, const Actor *actor, const char *number, GError **err);

// The same for an act that changes the case: CLEW_ERROR_CONFLICT when it is not open. Notes the
// case in the act.
CaseFile *case_file_for_change(Act *act, uint64_t case_id, GError **err);

// Cases the actor may see, by id, those after `after_id`, at most `limit`: of CaseFile *.
GPtrArray *case_file_list(Casework *work, const Actor *actor, uint64_t after_id, unsigned limit,
                          GError **err);

// Whether the actor may see the case; false without error when not or when there is none.
bool case_file_is_visible(Casework *work, const Actor *actor, uint64_t case_id, bool *ret_visible,
                          GError **err);

typedef struct {
    const char *number;           // 1 to LIMIT_CASE_NUMBER bytes, no control characters
    const char *title;            // NULL: none
    uint64_t unit_id;             // 0: that of the actor
    const char *scheme;           // id
    unsigned voters, voter_units; // 0: 1
    bool restricted;
    const char *reference; // NULL: none
} CaseFileNew;

// Opens a case; the actor becomes a member. CLEW_ERROR_CONFLICT when the number is taken.
CaseFile *case_file_open(Act *act, const CaseFileNew *request, GError **err);

// What may be changed later; NULL or -1 leaves a thing as it is. The outcome may be written of a
// case that is closed, as it often comes later: at most CASE_OUTCOME_MAX bytes, in lines; "" takes
// it away.
#define CASE_OUTCOME_MAX 2000u
typedef struct {
    const char *title, *reference, *outcome;
    int voters, voter_units, restricted;
    bool close, reopen;
} CaseFileChange;
bool case_file_change(Act *act, uint64_t case_id, const CaseFileChange *change, GError **err);

// Members: of uint64_t account ids by value.
GArray *case_file_members(Casework *work, const Actor *actor, uint64_t case_id, GError **err);
bool case_file_add_member(Act *act, uint64_t case_id, uint64_t account_id, GError **err);
bool case_file_remove_member(Act *act, uint64_t case_id, uint64_t account_id, GError **err);

// The evidence of that name in the case, made when there is none. `root` may be NULL.
bool case_file_evidence(Act *act, uint64_t case_id, const char *name, const char *root,
                        uint64_t *ret_evidence_id, GError **err);

// Of EvidenceRow *, by id.
GPtrArray *case_file_evidences(Casework *work, const Actor *actor, uint64_t case_id, GError **err);

// How far the case is.
bool case_file_counts(Casework *work, const Actor *actor, uint64_t case_id, CaseCounts *ret_counts,
                      GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// Examination: one scan of an evidence of a case: who, when, and the provenance and totals that the
// scan printed. It is written when the scan begins, and once more when it ends; one that was cut
// off has no end, which is the truth. Both are acts (AUDIT_SCAN).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "store/examination_rows.h"

typedef ExaminationRow Examination;

typedef struct {
    uint64_t case_id;
    const char *evidence;   // its name in the case; made when there is none
    const char *root;       // where it lies; NULL: not said
    int64_t begun_us;       // by the clock of the machine that scans
    const char *provenance; // JSON object of at most LIMIT_PROVENANCE_BYTES
} ExaminationNew;

// The same again by the same person gives the id of the first: an answer that was lost does no
// harm.
bool examination_begin(Act *act, const ExaminationNew *request, uint64_t *ret_id, GError **err);

// Totals: JSON object of at most LIMIT_TOTALS_BYTES. Saying the same again changes nothing.
// CLEW_ERROR_NOT_FOUND: the case has none of this id. CLEW_ERROR_DENIED: somebody else began it.
// CLEW_ERROR_CONFLICT: it ended otherwise. CLEW_ERROR_INVALID: before it began.
bool examination_end(Act *act, uint64_t case_id, uint64_t id, int64_t ended_us, const char *totals,
                     GError **err);

// Of Examination *, by id, those after `after_id`, at most `limit`.
GPtrArray *examination_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t after_id,
                            unsigned limit, GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// Rows of examinations: each scan of an evidence of a case.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t id, seq, case_id, evidence_id;
    uint64_t account_id; // 0: the person at the command line
    char *login;         // who that was; NULL with an account
    int64_t begun_us;
    int64_t ended_us; // 0: not, or nobody said so
    char *provenance; // JSON object
    char *totals;     // JSON object; NULL while ended_us is 0
    char *evidence;   // its name; only read
} ExaminationRow;

void examination_row_free(ExaminationRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExaminationRow, examination_row_free)

bool examination_rows_insert(Database *database, const ExaminationRow *row, GError **err);
// seq, ended_us and totals.
bool examination_rows_end(Database *database, const ExaminationRow *row, GError **err);
// *ret_row is NULL when the case has none of this id.
bool examination_rows_load(Database *database, uint64_t case_id, uint64_t id,
                           ExaminationRow **ret_row, GError **err);
// The newest of this evidence by this account that began then; 0: none.
bool examination_rows_find(Database *database, uint64_t evidence_id, uint64_t account_id,
                           int64_t begun_us, uint64_t *ret_id, GError **err);
// Appends ExaminationRow *, by id, those after `after_id`.
bool examination_rows_list(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                           GPtrArray *rows, GError **err);

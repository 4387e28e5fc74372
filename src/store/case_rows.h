// SPDX-License-Identifier: Apache-2.0
//
// Rows of cases, their members and their evidence. What may be done with them is decided in
// cases/case_file.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/case_file.h"
#include "store/database.h"

// Whose cases: all of them, or those of an account and those of a unit.
typedef struct {
    bool everything;
    uint64_t account_id; // as a member
    uint64_t unit_id;    // 0: none; also those of this unit
    uint64_t only_case;  // 0: any
} CaseReader;

// *ret_file is NULL without an error when there is no such case for the reader.
bool case_rows_get(Database *database, const CaseReader *reader, uint64_t case_id,
                   CaseFile **ret_file, GError **err);
bool case_rows_find(Database *database, const CaseReader *reader, const char *number,
                    CaseFile **ret_file, GError **err);
// Appends, by id.
bool case_rows_list(Database *database, const CaseReader *reader, uint64_t after_id, unsigned limit,
                    GPtrArray *files, GError **err);

// Appends those in which the account is a member, voted or was shown a picture, whether or not it
// may see them now: the newest first, behind `before_id` (0: from the newest).
bool case_rows_worked_on(Database *database, uint64_t account_id, uint64_t before_id,
                         unsigned limit, GPtrArray *files, GError **err);

bool case_rows_insert(Database *database, const CaseFile *file, GError **err);
// Writes everything that may change; file->seq is the new one.
bool case_rows_update(Database *database, const CaseFile *file, GError **err);
bool case_rows_number_is_taken(Database *database, const char *number, bool *ret_taken,
                               GError **err);

// 0 when the account is no member.
bool case_rows_member(Database *database, uint64_t case_id, uint64_t account_id, uint64_t *ret_id,
                      GError **err);
bool case_rows_members(Database *database, uint64_t case_id, GArray *account_ids, GError **err);
bool case_rows_add_member(Database *database, uint64_t id, uint64_t seq, uint64_t case_id,
                          uint64_t account_id, int64_t now_us, GError **err);
bool case_rows_remove_member(Database *database, uint64_t id, GError **err);
// False in *ret_exists when there is no such active or invited account.
bool case_rows_account_exists(Database *database, uint64_t account_id, bool *ret_exists,
                              GError **err);

// 0 when the case has no evidence of this name.
bool case_rows_evidence(Database *database, uint64_t case_id, const char *name, uint64_t *ret_id,
                        GError **err);
bool case_rows_add_evidence(Database *database, uint64_t id, uint64_t seq, uint64_t case_id,
                            const char *name, const char *root, int64_t now_us, GError **err);

typedef struct {
    uint64_t id, case_id;
    char *name, *root; // root may be NULL
    int64_t added_us;
} EvidenceRow;
void evidence_row_free(EvidenceRow *row);
// Of EvidenceRow *, by id.
bool case_rows_evidences(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);

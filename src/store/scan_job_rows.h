// SPDX-License-Identifier: Apache-2.0
//
// Rows of scans that the server runs. Not audited: their begin and end are acts.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t id, case_id, account_id;
    char *path, *state;
    char *progress, *error;                         // NULL: none
    int64_t pid;                                    // 0: none
    int64_t made_us, started_us, seen_us, ended_us; // 0: not yet
} ScanJobRow;

void scan_job_row_free(ScanJobRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScanJobRow, scan_job_row_free)

bool scan_job_row_insert(Database *database, const ScanJobRow *row, GError **err);
// *ret_row is NULL when there is none.
bool scan_job_row_load(Database *database, uint64_t id, ScanJobRow **ret_row, GError **err);
// Appends ScanJobRow *, newest first, those before `before_id` (0: from the newest).
bool scan_job_row_list(Database *database, uint64_t case_id, uint64_t before_id, unsigned limit,
                       GPtrArray *rows, GError **err);
bool scan_job_row_begin(Database *database, uint64_t id, int64_t pid, int64_t now_us, GError **err);
// Only while it runs; progress may be NULL for none.
bool scan_job_row_progress(Database *database, uint64_t id, const char *progress, int64_t now_us,
                           GError **err);
// Only while it waits or runs: *ret_ended says whether it did.
bool scan_job_row_end(Database *database, uint64_t id, const char *state, const char *error,
                      int64_t now_us, bool *ret_ended, GError **err);

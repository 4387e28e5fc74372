// SPDX-License-Identifier: Apache-2.0
//
// ScanJob: a scan that the server runs for somebody: a process of `clew scan --job` that writes
// into the same database and says about once a second how far it is.
//
//     waiting -> running -> done | incomplete | cancelled | failed
//
// Its begin and end are acts (AUDIT_SCAN) of the person who asked. A job whose process is gone is
// found to have failed at the next look; what it brought in stays, and asking again goes on.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "store/scan_job_rows.h"

typedef ScanJobRow ScanJob;

// The folder or file, all links followed, must lie below one of the roots (NULL-terminated; NULL:
// none). *ret_path is where it really is. CLEW_ERROR_DENIED says where it may lie.
bool scan_job_request(Act *act, uint64_t case_id, const char *path, const char *const *roots,
                      uint64_t *ret_id, char **ret_path, GError **err);

// CLEW_ERROR_NOT_FOUND when there is no such scan in a case that the actor may see.
ScanJob *scan_job_get(Casework *work, const Actor *actor, uint64_t case_id, uint64_t id,
                      GError **err);
// Newest first, of ScanJob *.
GPtrArray *scan_job_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t before_id,
                         unsigned limit, GError **err);

// ---- The process itself -------------------------------------------------------------------------

// The account that asked becomes the actor; `*ret_name` is owned and borrowed by it.
bool scan_job_begin(Casework *work, uint64_t id, Actor *ret_actor, char **ret_name, GError **err);
bool scan_job_progress(Casework *work, uint64_t id, const char *progress, GError **err);
// state "done", "incomplete", "cancelled" or "failed" (then with a sentence). One that has ended is
// left as it is.
bool scan_job_end(Casework *work, uint64_t id, const char *state, const char *error, GError **err);

// SPDX-License-Identifier: Apache-2.0
//
// What handlers need beside their Casework; the program makes it and gives it to the server
// (ApiServerOptions.services). Handlers get at it with api_call_services. Members may be NULL in
// tests: a route that needs one answers 503 then.
#pragma once

#include "cases/scan_job.h"
#include "cases/view_desk.h"
#include "cases/workshop.h"

typedef struct {
    Workshop *workshop;               // the shared matcher and the stackers
    ScanJobs *scans;                  // scans that the server runs
    ViewDesk *views;                  // workers for full views
    const char *const *evidence_roots; // NULL-terminated; NULL: none
} ApiServices;

// SPDX-License-Identifier: Apache-2.0
//
// What handlers need beside their Casework; the program makes it and gives it to the server
// (ApiServerOptions.services). Handlers get at it with api_call_services. Members may be NULL in
// tests: a route that needs one answers 503 then.
#pragma once

#include "api/known.h"
#include "cases/full_view.h"
#include "cases/match_service.h"
#include "cases/matcher.h"
#include "cases/scan_runner.h"
#include "cases/sign_in_links.h"
#include "cases/workshop.h"
#include "wire/zygote.h"

typedef struct {
    Matcher *matcher;                  // over all sets, shared
    MatchService *matching;            // for programs that check uploads
    ViewDesk *views;                   // shows the evidence itself
    ScanRunner *scans;                 // scans that the server runs
    ApiKnown *known;                   // what all cases hold, in memory
    Workshop *workshop;                // where records of a case come in, one request at a time
    SignInLinks *links;                // the operator's; NULL: none
    Zygote *media, *evidence, *lists;  // of the workers
    const char *data_folder;           // and database: what a process of ours is told
    const char *database;              // NULL: in the data folder
    const char *const *evidence_roots; // NULL-terminated; NULL: none
} ApiServices;

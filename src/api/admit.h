// SPDX-License-Identifier: Apache-2.0
//
// Admission: everything that is decided about a request from its headers, before its body is read
// and before any handler runs. This is the one place where access is checked.
#pragma once

#include "api/call_private.h"
#include "api/guard.h"
#include "api/rate.h"
#include "api/static_files.h"

typedef struct {
    ApiRateLimit stranger; // by address: routes without a session, and failed credentials
    ApiRateLimit account;  // by account, in sessions
    ApiRateLimit token;    // by token
} ApiRates;

typedef struct {
    const ApiCallContext *context;
    const ApiRoute *const *routes;
    const ApiGuard *guard;
    const ApiStaticFiles *files;
    ApiRate *rate;
    ApiRates rates;
    int64_t (*now_ms)(void); // monotonic
} ApiAdmission;

typedef struct {
    const char *method;
    const char *peer; // address of the connection
    bool repeats;     // a header that may come once came twice
} ApiArrival;

typedef enum {
    API_REFUSED,  // the reply is set
    API_ANSWERED, // so it is: a static file, OPTIONS
    API_ADMITTED, // call->route is set; ret_body_bytes of body are to come
} ApiAdmitted;

// call->headers and call->raw_target are set.
ApiAdmitted api_admit(const ApiAdmission *admission, ApiCall *call, const ApiArrival *arrival,
                      uint64_t *ret_body_bytes);

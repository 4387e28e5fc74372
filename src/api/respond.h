// SPDX-License-Identifier: Apache-2.0
//
// The reply of a call as a response of the HTTP library, with the headers that every reply has.
#pragma once

#include <microhttpd.h>
#include <stdatomic.h>

#include "api/call_private.h"

typedef struct {
    CaseworkPool *pool;
    atomic_bool *stopping;
    atomic_uint *streams; // running event streams
} ApiResponder;

// NULL when there is no memory. The call outlives the response.
struct MHD_Response *api_respond(const ApiResponder *responder, ApiCall *call, int socket);

// SPDX-License-Identifier: Apache-2.0
//
// Errors as HTTP sees them: the one place where a code becomes a status, and a GError problem
// details (RFC 9457). Errors that are HTTP's own (401, 405, 412 …) have API_PROBLEM as domain and
// their status as code.
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

#define API_PROBLEM (api_problem_quark())
GQuark api_problem_quark(void);

typedef enum {
    API_PROBLEM_BAD_REQUEST = 400,
    API_PROBLEM_UNAUTHENTICATED = 401,
    API_PROBLEM_FORBIDDEN = 403,
    API_PROBLEM_NOT_FOUND = 404,
    API_PROBLEM_METHOD = 405,
    API_PROBLEM_CONFLICT = 409,
    API_PROBLEM_LENGTH_REQUIRED = 411,
    API_PROBLEM_PRECONDITION = 412,
    API_PROBLEM_TOO_LARGE = 413,
    API_PROBLEM_TARGET_TOO_LONG = 414,
    API_PROBLEM_MEDIA_TYPE = 415,
    API_PROBLEM_EXPECTATION = 417,
    API_PROBLEM_MISDIRECTED = 421,
    API_PROBLEM_UNPROCESSABLE = 422,
    API_PROBLEM_PRECONDITION_REQUIRED = 428,
    API_PROBLEM_TOO_MANY = 429,
    API_PROBLEM_HEADERS_TOO_LARGE = 431,
    API_PROBLEM_UNAVAILABLE = 503,
    // Kinds that the desk tells apart: ten times their status, and a digit.
    API_PROBLEM_SECOND_FACTOR = 4031, // the session needs a second factor for this
    API_PROBLEM_CSRF = 4032,          // X-CSRF-Token is missing or wrong
} ApiProblem;

// NOT_FOUND 404, INVALID 422, UNSUPPORTED 501, LIMIT 413, DENIED 403, CONFLICT 409, BUSY 503,
// ENCRYPTED 422, all else 500. Faults of the request's form (JSON, query) are 400 by API_PROBLEM.
int api_problem_status(const GError *error);

// {"type", "title", "status", "code", "detail", "pointer"?, "id"?}. The detail of a 500 is kept
// out: it says only that the log has more under `id`. `pointer` and `id` may be NULL.
json_t *api_problem_json(const GError *error, const char *pointer, const char *id);

// For what a client sent and a worker could not read: a CLEW_ERROR_CORRUPT is its fault then and
// becomes 422. Always false.
bool api_refuse_content(GError **err);

// The standard's words for a status: "Not Found".
const char *api_problem_title(int status);

// SPDX-License-Identifier: Apache-2.0
//
// The route table: everything the API answers, one row each. What the row says is enforced before
// the handler runs (api/server.c): who may call it, in which case, with which query parameters and
// how large a body. api/openapi.yaml says the same, and a test compares the two.
//
// Rows stand in one file per resource (routes_session.c …), each exporting a const array; routes.c
// joins them. Adding a route is one row, one handler and one operation in api/openapi.yaml.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/permission.h"

typedef struct ApiCall ApiCall;

typedef enum {
    API_METHOD_GET, // also answers HEAD
    API_METHOD_POST,
    API_METHOD_PUT,
    API_METHOD_PATCH,
    API_METHOD_DELETE,
    API_METHOD_COUNT,
} ApiMethod;

// "GET" …
const char *api_method_name(ApiMethod method);
bool api_method_from_name(const char *name, ApiMethod *ret_method);

typedef enum {
    API_BODY_NONE,  // a body is refused
    API_BODY_JSON,  // application/json, one object; parsed before the handler runs
    API_BODY_BYTES, // application/octet-stream, in memory
    API_BODY_FILE,  // application/octet-stream, in an unlinked file
} ApiBodyKind;

typedef struct {
    ApiMethod method;
    // "/api/v1/cases/{case}/media/{media}". A parameter is a decimal number from 1, {name:word} a
    // name of letters, digits, '.', '_' and '-'. A route whose path has {case} belongs to that
    // case: it must be visible to the caller, who must have the permission in it.
    const char *path;
    const char *operation; // "getMedia": the operationId; also what the log and cursors name
    Permission permission;
    bool second_factor; // in addition to those permissions that need it always
    // Names of query parameters, separated by blanks; any other is refused. Lists that page have
    // "cursor limit" among them (api_page_begin).
    const char *query;
    ApiBodyKind body;
    size_t body_limit; // bytes; 0 with a body: LIMIT_API_BODY_BYTES
    bool unrepeatable; // takes no Idempotency-Key: its reply has a secret that must not be stored,
                       // or what it calls commits acts of its own
    bool bare; // needs no Casework, costs nothing: asked by watchdogs, without limit of rate
    // Reads the request through api/call.h, makes one call of cases/, sets one reply. False with
    // *err set becomes problem details (api/problem.h).
    bool (*handle)(ApiCall *call, GError **err);
} ApiRoute;

// All of them: a NULL-terminated list of the resources' arrays, each of which ends with a row
// whose path is NULL.
const ApiRoute *const *api_routes(void);

bool api_route_in_case(const ApiRoute *route);
bool api_route_needs_second_factor(const ApiRoute *route);
bool api_route_takes_query(const ApiRoute *route, const char *name);
size_t api_route_body_limit(const ApiRoute *route);

#define API_PATH_PARAMETERS_MAX 4

typedef struct {
    const char *name; // into the route's path, name_length bytes
    size_t name_length;
    uint64_t number;               // of a numbered parameter
    char word[LIMIT_API_WORD + 1]; // of a {name:word}
} ApiPathParameter;

typedef struct {
    const ApiRoute *route; // NULL: no such path, or not with this method
    unsigned allowed;      // bits 1 << ApiMethod that the path has; 0: there is no such path
    unsigned parameter_count;
    ApiPathParameter parameters[API_PATH_PARAMETERS_MAX];
} ApiMatch;

// Matches a decoded path. A number that is written unusually (leading zero, sign, too large) is no
// match: there is one way to write an id.
ApiMatch api_match(const ApiRoute *const *routes, ApiMethod method, const char *path);

// Strict decimal number of 1 to INT64_MAX without sign, blank or leading zero.
bool api_number_from_text(const char *text, size_t length, uint64_t *ret_number);

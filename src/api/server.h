// SPDX-License-Identifier: Apache-2.0
//
// ApiServer: the HTTP server. One thread per connection, of which there is a bounded number, also
// per address. Every request goes the same way:
//
//   target and headers in form -> Host, Origin -> static file? -> route -> rate by address
//   -> who is it -> CSRF token -> rate by account -> permission, second factor, case
//   -> body within its limit and time -> JSON -> handler -> reply, one line of log
//
// The checks before the body need only headers, so that what is refused is refused before its body
// is read.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "api/authenticate.h"
#include "api/cursor.h"
#include "api/route.h"
#include "base/error.h"

typedef struct ApiServer ApiServer;

typedef struct {
    const char *listen;            // "HOST:PORT", "[IPV6]:PORT"; port 0: any free one
    bool behind_tls_proxy;         // https outside: Secure cookies, HSTS; forwarded headers count
    const char *const *proxies;    // addresses these come from, besides loopback; NULL: none
    const char *const *hosts;      // further names for Host and Origin; NULL: none
    const char *desk;              // folder of the desk's files; NULL: none
    const ApiRoute *const *routes; // NULL: api_routes()
    CaseworkPool *pool;            // borrowed, outlives the server
    const ApiAuthenticator *authenticator; // borrowed
    const char *spool;                     // folder of unlinked files of bodies; NULL: the system's
    void *services;                        // for api_call_services
    const uint8_t *cursor_key; // API_CURSOR_KEY_BYTES; NULL: cursors end with the server
    void (*log)(void *data, const char *line); // one line a request, without newline; NULL: none
    void *log_data;
} ApiServerOptions;

// CLEW_ERROR_INVALID for an address that is none, or that others can reach without a proxy;
// CLEW_ERROR_CONFLICT when the port is taken.
ApiServer *api_server_start(const ApiServerOptions *options, GError **err);
// Where it listens: "127.0.0.1:8600".
const char *api_server_address(const ApiServer *server);
// Stops accepting, lets running calls finish for LIMIT_API_STOP_MS at most, frees.
void api_server_stop(ApiServer *server);

// The route table as JSON lines for the test that compares it with api/openapi.yaml. g_free().
char *api_routes_text(const ApiRoute *const *routes);

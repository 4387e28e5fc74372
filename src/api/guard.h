// SPDX-License-Identifier: Apache-2.0
//
// ApiGuard: whether a request was meant for this server and comes from its own pages. A browser
// sends requests to loopback for any page it shows, under whatever name that page's owner lets
// point there; so Host must be a name that was configured, and Origin, when there is one, this very
// server. Forwarded headers count only from the proxy.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

typedef struct ApiGuard ApiGuard;

typedef struct {
    const char *listen_host; // "127.0.0.1", "::1", "localhost" …
    uint16_t listen_port;
    bool behind_tls_proxy;
    const char *const *hosts;   // "clew.example" or "clew.example:8443"; NULL: none
    const char *const *proxies; // addresses; NULL: none
} ApiGuardOptions;

// CLEW_ERROR_INVALID for a host or proxy that is none.
ApiGuard *api_guard_new(const ApiGuardOptions *options, GError **err);
void api_guard_free(ApiGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiGuard, api_guard_free)

// The headers of one request that it looks at; NULL: absent.
typedef struct {
    const char *peer; // address of the connection
    const char *host;
    const char *origin;
    const char *fetch_site;    // Sec-Fetch-Site
    const char *forwarded_for; // X-Forwarded-For
    bool is_navigation;        // GET of a page, not under /api
} ApiGuardRequest;

// Problem 400, 403 or 421.
bool api_guard_admits(const ApiGuard *guard, const ApiGuardRequest *request, GError **err);

// Address of the client: the peer, or what the proxy says last. Newly allocated.
char *api_guard_client(const ApiGuard *guard, const ApiGuardRequest *request);

// "127.0.0.0/8", "::1" and the same mapped.
bool api_address_is_loopback(const char *address);

// What is counted as one stranger: an IPv4 address, or the /64 of an IPv6 one, which is the least
// that a customer has. Newly allocated.
char *api_address_network(const char *address);

// Splits "HOST:PORT" or "[HOST]:PORT"; the port may be missing (0 then). False for anything that
// is no name or address. *ret_host is lower-case, without brackets, newly allocated.
bool api_host_split(const char *text, char **ret_host, unsigned *ret_port);

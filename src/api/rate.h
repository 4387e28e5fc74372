// SPDX-License-Identifier: Apache-2.0
//
// ApiRate: token buckets by a key of text ("account 5"), in a table of fixed size. When the places
// of a new key are all taken, the fullest bucket among them makes room: it is the one whose owner
// loses least by beginning again. Safe to use from several threads.
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct ApiRate ApiRate;

typedef struct {
    unsigned per_second;
    unsigned burst; // what a bucket holds
} ApiRateLimit;

ApiRate *api_rate_new(unsigned keys);
void api_rate_free(ApiRate *rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiRate, api_rate_free)

// Takes one token. Returns 0, or after how many seconds there will be one. now_ms: monotonic.
unsigned api_rate_take(ApiRate *rate, const char *key, ApiRateLimit limit, int64_t now_ms);

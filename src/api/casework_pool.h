// SPDX-License-Identifier: Apache-2.0
//
// CaseworkPool: opened Casework handles that the threads of the server take turns with. A handle is
// used by one thread at a time; there are never more than `maximum`, and a thread waits a bounded
// time for one.
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cases/casework.h"

typedef struct CaseworkPool CaseworkPool;

typedef struct {
    Casework *(*open)(void *data, GError **err);
    void (*close)(Casework *work);
    void *data;
    unsigned maximum; // 0: 16
    unsigned wait_ms; // 0: 10 s
} CaseworkPoolOptions;

CaseworkPool *casework_pool_new(const CaseworkPoolOptions *options);
void casework_pool_free(CaseworkPool *pool); // every handle must have been given back
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseworkPool, casework_pool_free)

// CLEW_ERROR_BUSY when none became free in time.
Casework *casework_pool_take(CaseworkPool *pool, GError **err);
// `spoiled`: after an error of the database the handle is closed instead of being used again.
void casework_pool_give(CaseworkPool *pool, Casework *work, bool spoiled);

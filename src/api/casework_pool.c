// SPDX-License-Identifier: Apache-2.0
#include "api/casework_pool.h"

#define DEFAULT_MAXIMUM 16u
#define DEFAULT_WAIT_MS 10000u

struct CaseworkPool {
    CaseworkPoolOptions options;
    GMutex lock;
    GCond given;
    GQueue idle; // of Casework
    unsigned open;
};

CaseworkPool *casework_pool_new(const CaseworkPoolOptions *options)
{
    CaseworkPool *pool = g_new0(CaseworkPool, 1);
    pool->options = *options;
    if (pool->options.maximum == 0)
        pool->options.maximum = DEFAULT_MAXIMUM;
    if (pool->options.wait_ms == 0)
        pool->options.wait_ms = DEFAULT_WAIT_MS;
    g_mutex_init(&pool->lock);
    g_cond_init(&pool->given);
    g_queue_init(&pool->idle);
    return pool;
}

void casework_pool_free(CaseworkPool *pool)
{
    if (pool == NULL)
        return;
    Casework *work;
    while ((work = g_queue_pop_head(&pool->idle)) != NULL) {
        pool->options.close(work);
        pool->open--;
    }
    g_warn_if_fail(pool->open == 0);
    g_mutex_clear(&pool->lock);
    g_cond_clear(&pool->given);
    g_free(pool);
}

// Waits until a handle is idle or another may be opened. False when the time is over.
static bool wait_for_room(CaseworkPool *pool)
{
    gint64 deadline_us = g_get_monotonic_time() + (gint64)pool->options.wait_ms * 1000;
    while (g_queue_is_empty(&pool->idle) && pool->open >= pool->options.maximum)
        if (!g_cond_wait_until(&pool->given, &pool->lock, deadline_us))
            return false;
    return true;
}

Casework *casework_pool_take(CaseworkPool *pool, GError **err)
{
    g_mutex_lock(&pool->lock);
    bool has_room = wait_for_room(pool);
    // The one given back last has the warmest caches.
    Casework *work = has_room ? g_queue_pop_head(&pool->idle) : NULL;
    if (has_room && work == NULL)
        pool->open++;
    g_mutex_unlock(&pool->lock);

    if (!has_room) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                            "the server is busy with other requests; try again");
        return NULL;
    }
    if (work == NULL) { // opened without the lock: others go on meanwhile
        work = pool->options.open(pool->options.data, err);
        if (work == NULL) {
            g_mutex_lock(&pool->lock);
            pool->open--;
            g_cond_signal(&pool->given);
            g_mutex_unlock(&pool->lock);
        }
    }
    return work;
}

void casework_pool_give(CaseworkPool *pool, Casework *work, bool spoiled)
{
    if (spoiled)
        pool->options.close(work);
    g_mutex_lock(&pool->lock);
    if (spoiled)
        pool->open--;
    else
        g_queue_push_head(&pool->idle, work);
    g_cond_signal(&pool->given);
    g_mutex_unlock(&pool->lock);
}

// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/upkeep.h"

#include "cases/enquiry.h"

// In one act, so that other writers get in between.
#define MEDIA_AT_ONCE 500u

struct Upkeep {
    CaseworkOptions casework;
    ApiKnown *known;
    void (*say)(void *user_data, const char *sentence);
    void *user_data;
    GThread *thread;
    GMutex lock;
    GCond wake;
    bool ends; // under the lock
    bool is_failing;
};

static bool follow(Upkeep *upkeep, Casework *work, GError **err)
{
    bool more = true;
    while (more) {
        KnownIndex *index = api_known_take(upkeep->known, work, err);
        if (index == NULL)
            return false;
        bool ok = enquiry_follow(work, index, MEDIA_AT_ONCE, &more, err);
        api_known_give(upkeep->known);
        if (!ok)
            return false;
    }
    return true;
}

static void tell(Upkeep *upkeep, const GError *error)
{
    if (error != NULL && !upkeep->is_failing)
        upkeep->say(upkeep->user_data, error->message);
    upkeep->is_failing = error != NULL;
}

static bool wait_or_end(Upkeep *upkeep)
{
    int64_t until_us = g_get_monotonic_time() + UPKEEP_MS * G_TIME_SPAN_MILLISECOND;
    g_mutex_lock(&upkeep->lock);
    while (!upkeep->ends && g_cond_wait_until(&upkeep->wake, &upkeep->lock, until_us))
        ;
    bool ends = upkeep->ends;
    g_mutex_unlock(&upkeep->lock);
    return ends;
}

static void *run(void *data)
{
    Upkeep *upkeep = data;
    g_autoptr(Casework) work = NULL;
    do {
        g_autoptr(GError) error = NULL;
        if (work == NULL)
            work = casework_open(&upkeep->casework, &error);
        if (work != NULL)
            follow(upkeep, work, &error);
        tell(upkeep, error);
    } while (!wait_or_end(upkeep));
    return NULL;
}

Upkeep *upkeep_start(const CaseworkOptions *casework, ApiKnown *known,
                     void (*say)(void *user_data, const char *sentence), void *user_data)
{
    Upkeep *upkeep = g_new0(Upkeep, 1);
    upkeep->casework = *casework;
    upkeep->known = known;
    upkeep->say = say;
    upkeep->user_data = user_data;
    g_mutex_init(&upkeep->lock);
    g_cond_init(&upkeep->wake);
    upkeep->thread = g_thread_new("upkeep", run, upkeep);
    return upkeep;
}

void upkeep_stop(Upkeep *upkeep)
{
    if (upkeep == NULL)
        return;
    g_mutex_lock(&upkeep->lock);
    upkeep->ends = true;
    g_cond_signal(&upkeep->wake);
    g_mutex_unlock(&upkeep->lock);
    g_thread_join(upkeep->thread);
    g_mutex_clear(&upkeep->lock);
    g_cond_clear(&upkeep->wake);
    g_free(upkeep);
}

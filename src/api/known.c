// SPDX-License-Identifier: Apache-2.0
#include "api/known.h"

#include "api/services.h"

struct ApiKnown {
    GMutex lock;
    KnownIndex *index;
};

ApiKnown *api_known_new(void)
{
    ApiKnown *known = g_new0(ApiKnown, 1);
    g_mutex_init(&known->lock);
    known->index = known_index_new();
    return known;
}

void api_known_free(ApiKnown *known)
{
    if (known == NULL)
        return;
    known_index_free(known->index);
    g_mutex_clear(&known->lock);
    g_free(known);
}

KnownIndex *api_known_take(ApiKnown *known, Casework *work, GError **err)
{
    if (known == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                    "this server has no index of what is known; try again later");
        return NULL;
    }
    g_mutex_lock(&known->lock);
    if (known_index_follow(known->index, casework_database(work), err))
        return known->index;
    g_mutex_unlock(&known->lock);
    return NULL;
}

void api_known_give(ApiKnown *known)
{
    g_mutex_unlock(&known->lock);
}

ApiKnown *api_known_of(const ApiCall *call)
{
    const ApiServices *services = api_call_services(call);
    return services != NULL ? services->known : NULL;
}

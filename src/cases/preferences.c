// SPDX-License-Identifier: Apache-2.0
#include "cases/preferences.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/notes.h"
#include "store/desk_rows.h"

#define NO_DESK "{}"

void preferences_free(Preferences *preferences)
{
    if (preferences == NULL)
        return;
    g_free(preferences->desk);
    g_clear_pointer(&preferences->tags, g_ptr_array_unref);
    g_free(preferences);
}

Preferences *preferences_get(Casework *work, const Actor *actor, GError **err)
{
    Database *database = casework_database(work);
    g_autoptr(Preferences) preferences = g_new0(Preferences, 1);
    preferences->tags = g_ptr_array_new_with_free_func(g_free);
    if (!database_begin_read(database, err))
        return NULL;
    bool ok = preference_rows_get(database, actor->account_id, &preferences->desk,
                                  &preferences->families, err) &&
              preference_rows_tags(database, actor->account_id, preferences->tags, err);
    database_rollback(database);
    if (ok && preferences->desk == NULL)
        preferences->desk = g_strdup(NO_DESK);
    return ok ? g_steal_pointer(&preferences) : NULL;
}

static bool check_size(const Preferences *preferences, GError **err)
{
    if (strlen(preferences->desk) > LIMIT_DESK_BYTES)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "preferences of the desk are at most %u bytes as JSON, and these have %zu",
                    LIMIT_DESK_BYTES, strlen(preferences->desk));
    else if (preferences->tags->len > LIMIT_NOT_MINE_TAGS)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "at most %u tags are kept",
                    LIMIT_NOT_MINE_TAGS);
    else
        return true;
    return false;
}

static GPtrArray *folded_tags(const GPtrArray *tags, GError **err)
{
    g_autoptr(GPtrArray) folded = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < tags->len; i++) {
        char *tag = tag_fold(tags->pdata[i], err);
        if (tag == NULL)
            return NULL;
        g_ptr_array_add(folded, tag);
    }
    return g_steal_pointer(&folded);
}

bool preferences_set(Casework *work, const Actor *actor, const Preferences *preferences,
                     GError **err)
{
    Database *database = casework_database(work);
    g_autoptr(GPtrArray) tags = NULL;
    if (!check_size(preferences, err))
        return false;
    tags = folded_tags(preferences->tags, err);
    if (tags == NULL || !database_begin_write(database, err))
        return false;
    if (preference_rows_set(database, actor->account_id, preferences->desk,
                            preferences->families & FAMILY_BITS, err) &&
        preference_rows_set_tags(database, actor->account_id, tags, err))
        return database_commit(database, err);
    database_rollback(database);
    return false;
}

// SPDX-License-Identifier: Apache-2.0
#include "cases/casework.h"

#include "base/clock.h"
#include "store/set_store_internal.h"

struct Casework {
    char *folder;
    SetStore *sets;
    Vault *vault; // NULL: not opened yet
    int64_t (*clock)(void *user_data);
    void *clock_data;
};

Casework *casework_open(const CaseworkOptions *options, GError **err)
{
    g_autoptr(Casework) work = g_new0(Casework, 1);
    work->folder = g_strdup(options->data_folder);
    work->sets = set_store_open(options->data_folder,
                                (SetStoreOptions){.busy_ms = options->busy_ms,
                                                  .must_exist = options->must_exist,
                                                  .database = options->database},
                                err);
    if (work->sets == NULL)
        return NULL;
    if (options->cache_kib != 0)
        database_set_cache(casework_database(work), options->cache_kib);
    return g_steal_pointer(&work);
}

void casework_close(Casework *work)
{
    if (work == NULL)
        return;
    vault_close(work->vault);
    set_store_close(work->sets);
    g_free(work->folder);
    g_free(work);
}

const char *casework_folder(const Casework *work)
{
    return work->folder;
}

Database *casework_database(Casework *work)
{
    return set_store_database(work->sets);
}

SetStore *casework_sets(Casework *work)
{
    return work->sets;
}

Vault *casework_vault(Casework *work, GError **err)
{
    if (work->vault == NULL)
        work->vault = vault_open(work->folder, casework_database(work), err);
    return work->vault;
}

int64_t casework_now_us(const Casework *work)
{
    return work->clock != NULL ? work->clock(work->clock_data) : g_get_real_time();
}

void casework_set_clock(Casework *work, int64_t (*now_us)(void *user_data), void *user_data)
{
    work->clock = now_us;
    work->clock_data = user_data;
}

Actor actor_of_command_line(const char *login_name)
{
    return (Actor){.name = login_name,
                   .session = "",
                   .roles = (1u << ROLE_COUNT) - 1,
                   .permissions = (1u << PERMISSION_COUNT) - 1};
}

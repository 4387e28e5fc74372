// SPDX-License-Identifier: Apache-2.0
//
// The name of a victim: sealed under a key of its own, which can be destroyed (store/vault.h).
#include "cases/victims.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/text_field.h"
#include "store/vault.h"

#define NAME_KIND "victim"

static VaultObject object_of(uint64_t id)
{
    return (VaultObject){.kind = NAME_KIND, .id = id};
}

static VictimRow *of_own_unit(Act *act, uint64_t id, const char *change, GError **err)
{
    g_autoptr(VictimRow) row = victim_visible_row(act_work(act), act_actor(act), id, err);
    if (row == NULL)
        return NULL;
    if (act_actor(act)->account_id != 0 && row->unit_id != act_actor(act)->unit_id) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no name of victim %" G_GUINT64_FORMAT " that you may see", id);
        return NULL;
    }
    act_set_object(act, "victim %" G_GUINT64_FORMAT, id);
    json_write_member_string(act_payload(act), "change", change);
    return g_steal_pointer(&row);
}

// The key's row and the sealed bytes; the victim's row is written by the caller.
static bool drop_name(Act *act, VictimRow *row, GError **err)
{
    if (row->name_key_id != 0 &&
        (!act_deletes(act, TABLE_OBJECT_KEY, row->name_key_id, err) ||
         !vault_object_key_destroy(act_database(act), row->name_key_id, err)))
        return false;
    row->name_key_id = 0;
    g_clear_pointer(&row->name_sealed, g_bytes_unref);
    return true;
}

bool victim_name_set(Act *act, uint64_t id, const char *name, GError **err)
{
    if (!text_field_check("the name", name, LIMIT_CASE_TEXT, err))
        return false;
    g_autoptr(VictimRow) row = of_own_unit(act, id, "name set", err);
    if (row == NULL || !act_supersedes(act, TABLE_VICTIM, id, err) || !drop_name(act, row, err))
        return false;
    Vault *vault = casework_vault(act_work(act), err);
    if (vault == NULL)
        return false;
    g_auto(ObjectKey) key = {0};
    ObjectKeyRow key_row = {.seq = act_seq(act), .now_us = act_now_us(act)};
    if (!act_new_ids(act, TABLE_OBJECT_KEY, 1, &key_row.id, err) ||
        !vault_object_key_new(vault, act_database(act), object_of(id), key_row, &key, err))
        return false;
    act_wrote(act, TABLE_OBJECT_KEY, key_row.id);
    row->seq = act_seq(act);
    row->name_key_id = key_row.id;
    row->name_sealed = object_key_seal(&key, object_of(id), name, strlen(name));
    return victim_rows_update(act_database(act), row, err);
}

bool victim_name_read(Act *act, uint64_t id, char **ret_name, GError **err)
{
    g_autoptr(VictimRow) row = of_own_unit(act, id, "name read", err);
    if (row == NULL)
        return false;
    if (row->name_key_id == 0 || row->name_sealed == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "no name of victim %" G_GUINT64_FORMAT " is kept", id);
        return false;
    }
    Vault *vault = casework_vault(act_work(act), err);
    g_auto(ObjectKey) key = {0};
    if (vault == NULL ||
        !vault_object_key_open(vault, act_database(act), row->name_key_id, &key, err))
        return false;
    size_t size_bytes;
    const void *sealed = g_bytes_get_data(row->name_sealed, &size_bytes);
    g_autoptr(GBytes) plain = object_key_unseal(&key, object_of(id), sealed, size_bytes, err);
    if (plain == NULL)
        return false;
    const char *name = g_bytes_get_data(plain, &size_bytes);
    *ret_name = g_strndup(name, size_bytes);
    return true;
}

bool victim_name_destroy(Act *act, uint64_t id, GError **err)
{
    g_autoptr(VictimRow) row = of_own_unit(act, id, "name destroyed", err);
    if (row == NULL || !act_supersedes(act, TABLE_VICTIM, id, err) || !drop_name(act, row, err))
        return false;
    row->seq = act_seq(act);
    return victim_rows_update(act_database(act), row, err);
}

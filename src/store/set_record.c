// SPDX-License-Identifier: Apache-2.0
#include "store/set_record.h"

#include "store/audit_log.h"
#include "store/set_store_internal.h"

#define ACTION "set_changed" // cases/audit_action.h has the same word

void set_changed_free(SetChanged *changed)
{
    if (changed == NULL)
        return;
    g_free(changed->change);
    g_free(changed->who);
    g_free(changed);
}

char *set_changed_object(const SetChanged *changed)
{
    return g_strdup_printf("set %" G_GUINT64_FORMAT, changed->set_id);
}

void set_changed_write(const SetChanged *changed, JsonWriter *json)
{
    json_write_member_uint(json, "set", changed->set_id);
    json_write_member_string(json, "change", changed->change);
    json_write_member_uint(json, "generation", changed->generation);
    json_write_member_string(json, "digest", changed->digest);
    json_write_member_uint(json, "active", changed->active);
    json_write_member_uint(json, "withdrawn", changed->withdrawn);
    json_write_member_uint(json, "added", changed->added);
    json_write_member_uint(json, "updated", changed->updated);
    json_write_member_uint(json, "now_withdrawn", changed->now_withdrawn);
    json_write_member_uint(json, "reinstated", changed->reinstated);
}

bool set_record_note(SetStore *store, uint64_t set_id, const SetAct *act, const SetInfo *removed,
                     GError **err)
{
    g_autoptr(SetInfo) now = removed == NULL ? set_store_get(store, set_id, err) : NULL;
    if (removed == NULL && now == NULL)
        return false;
    SetChanged *changed = g_new0(SetChanged, 1);
    changed->set_id = set_id;
    changed->change = g_strdup(act->act);
    changed->who = g_strdup(act->who != NULL ? act->who : "");
    changed->generation = removed != NULL ? removed->generation : act->generation;
    changed->added = act->added;
    changed->updated = act->updated;
    changed->now_withdrawn = act->withdrawn;
    changed->reinstated = act->reinstated;
    if (now != NULL) {
        g_strlcpy(changed->digest, now->digest, sizeof changed->digest);
        changed->active = now->tally.active;
        changed->withdrawn = now->tally.withdrawn_by_list + now->tally.withdrawn_locally;
    }
    g_ptr_array_add(set_store_changed(store), changed);
    return true;
}

static bool append(Database *database, const SetChanged *changed, GError **err)
{
    g_autoptr(GString) payload = g_string_new(NULL);
    g_autofree char *object = set_changed_object(changed);
    JsonWriter json;
    json_writer_init(&json, payload);
    json_write_begin_object(&json);
    set_changed_write(changed, &json);
    json_write_end_object(&json);
    AuditLeaf leaf = {.made_us = g_get_real_time(),
                      .monotonic_us = g_get_monotonic_time(),
                      .actor = changed->who,
                      .session = "",
                      .action = ACTION,
                      .object = object,
                      .payload = payload->str};
    return audit_log_next(database, &leaf.seq, err) && audit_log_append(database, &leaf, NULL, err);
}

bool set_record_append(Database *database, const GPtrArray *changes, GError **err)
{
    for (unsigned i = 0; i < changes->len; i++)
        if (!append(database, g_ptr_array_index(changes, i), err))
            return false;
    return true;
}

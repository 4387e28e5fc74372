// SPDX-License-Identifier: Apache-2.0
#include "cases/act.h"

#include "base/error.h"
#include "store/audit_log.h"
#include "store/counter.h"
#include "store/set_record.h"

typedef struct {
    uint64_t case_id;
    AuditAction action;
    char *object;
} OtherCase;

struct Act {
    Casework *work;
    const Actor *actor;
    AuditAction action;
    uint64_t seq;
    int64_t now_us;
    uint64_t case_id;
    char *object;
    GString *payload;
    JsonWriter json;
    GArray *rows;              // of AuditRows
    GArray *others;            // of OtherCase
    const IdempotencyKey *key; // NULL: no reply is kept
    unsigned reply_status;
    char *reply;
    bool is_open; // its transaction is
};

static void clear_other(void *pointer)
{
    g_free(((OtherCase *)pointer)->object);
}

Act *act_begin(Casework *work, const Actor *actor, AuditAction action, GError **err)
{
    g_autoptr(Act) act = g_new0(Act, 1);
    act->work = work;
    act->actor = actor;
    act->action = action;
    act->payload = g_string_new(NULL);
    act->rows = g_array_new(FALSE, FALSE, sizeof(AuditRows));
    act->others = g_array_new(FALSE, FALSE, sizeof(OtherCase));
    g_array_set_clear_func(act->others, clear_other);
    json_writer_init(&act->json, act->payload);
    json_write_begin_object(&act->json);
    if (!database_begin_write(casework_database(work), err))
        return NULL;
    act->is_open = true;
    act->now_us = casework_now_us(work);
    if (!audit_log_next(casework_database(work), &act->seq, err))
        return NULL;
    return g_steal_pointer(&act);
}

void act_free(Act *act)
{
    if (act == NULL)
        return;
    if (act->is_open) {
        database_rollback(casework_database(act->work));
        g_ptr_array_unref(set_store_take_changed(casework_sets(act->work)));
    }
    g_free(act->reply);
    g_free(act->object);
    g_string_free(act->payload, TRUE);
    g_array_free(act->rows, TRUE);
    g_array_free(act->others, TRUE);
    g_free(act);
}

Casework *act_work(const Act *act)
{
    return act->work;
}

Database *act_database(const Act *act)
{
    return casework_database(act->work);
}

const Actor *act_actor(const Act *act)
{
    return act->actor;
}

uint64_t act_seq(const Act *act)
{
    return act->seq;
}

int64_t act_now_us(const Act *act)
{
    return act->now_us;
}

void act_set_case(Act *act, uint64_t case_id)
{
    act->case_id = case_id;
}

void act_set_object(Act *act, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_free(act->object);
    act->object = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

JsonWriter *act_payload(Act *act)
{
    return &act->json;
}

bool act_new_ids(Act *act, AuditTable table, uint64_t count, uint64_t *ret_first, GError **err)
{
    return store_next_ids(act_database(act), audit_table(table)->name, count, ret_first, err);
}

static bool supersede(Act *act, AuditTable table, uint64_t id, GError **err)
{
    bool exists;
    if (!audit_log_supersede(act_database(act), table, id, act->seq, &exists, err))
        return false;
    if (!exists)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no %s %" G_GUINT64_FORMAT,
                    audit_table(table)->name, id);
    return exists;
}

static void note(Act *act, AuditTable table, uint64_t first_id, uint64_t last_id, bool is_deleted)
{
    const AuditRows rows = {
        .table = table, .first_id = first_id, .last_id = last_id, .is_deleted = is_deleted};
    g_array_append_val(act->rows, rows);
}

bool act_supersedes(Act *act, AuditTable table, uint64_t id, GError **err)
{
    if (!supersede(act, table, id, err))
        return false;
    note(act, table, id, id, false);
    return true;
}

bool act_deletes(Act *act, AuditTable table, uint64_t id, GError **err)
{
    if (!supersede(act, table, id, err))
        return false;
    note(act, table, id, id, true);
    return true;
}

void act_wrote(Act *act, AuditTable table, uint64_t id)
{
    note(act, table, id, id, false);
}

void act_wrote_range(Act *act, AuditTable table, uint64_t first_id, uint64_t last_id)
{
    if (first_id <= last_id)
        note(act, table, first_id, last_id, false);
}

void act_set_reply(Act *act, const IdempotencyKey *key, unsigned status, const char *text)
{
    act->key = key;
    act->reply_status = status;
    g_free(act->reply);
    act->reply = g_strdup(text);
}

static bool keep_reply(Act *act, GError **err)
{
    return act->key == NULL || act->key->key == NULL ||
           idempotency_store(act_database(act), act->actor->account_id, act->key, act->reply_status,
                             act->reply, act->now_us, err);
}

void act_erased_payload(Act *act, uint64_t seq)
{
    note(act, TABLE_PAYLOAD, seq, seq, true);
}

void act_also(Act *act, uint64_t case_id, AuditAction action, const char *object_format, ...)
{
    va_list arguments;
    va_start(arguments, object_format);
    const OtherCase other = {case_id, action, g_strdup_vprintf(object_format, arguments)};
    va_end(arguments);
    g_array_append_val(act->others, other);
}

static AuditLeaf leaf_of(const Act *act, uint64_t seq)
{
    return (AuditLeaf){.seq = seq,
                       .made_us = act->now_us,
                       .monotonic_us = g_get_monotonic_time(),
                       .account_id = act->actor->account_id,
                       .actor = act->actor->name,
                       .session = act->actor->session};
}

static bool append_others(Act *act, GError **err)
{
    for (unsigned i = 0; i < act->others->len; i++) {
        const OtherCase *other = &g_array_index(act->others, OtherCase, i);
        g_autofree char *payload = g_strdup_printf("{\"follows\":%" G_GUINT64_FORMAT "}", act->seq);
        AuditLeaf leaf = leaf_of(act, act->seq + 1 + i);
        leaf.action = audit_action_name(other->action);
        leaf.case_id = other->case_id;
        leaf.object = other->object;
        leaf.payload = payload;
        if (!audit_log_append(act_database(act), &leaf, NULL, err))
            return false;
    }
    return true;
}

// Sets that the act changed (store/set_record.h). When that is what the act is about, the first is
// told of in its own leaf; all others get one behind it.
static bool append_sets(Act *act, const GPtrArray *changed, unsigned first, GError **err)
{
    for (unsigned i = first; i < changed->len; i++) {
        const SetChanged *set = g_ptr_array_index(changed, i);
        g_autofree char *object = set_changed_object(set);
        g_autoptr(GString) payload = g_string_new(NULL);
        JsonWriter json;
        json_writer_init(&json, payload);
        json_write_begin_object(&json);
        json_write_member_uint(&json, "follows", act->seq);
        set_changed_write(set, &json);
        json_write_end_object(&json);
        AuditLeaf leaf = leaf_of(act, act->seq + 1 + act->others->len + (i - first));
        leaf.action = audit_action_name(AUDIT_SET_CHANGED);
        leaf.object = object;
        leaf.payload = payload->str;
        if (!audit_log_append(act_database(act), &leaf, NULL, err))
            return false;
    }
    return true;
}

static bool tell_first_set(Act *act, const GPtrArray *changed)
{
    if (act->action != AUDIT_SET_CHANGED || changed->len == 0)
        return false;
    const SetChanged *set = g_ptr_array_index(changed, 0);
    g_free(act->object);
    act->object = set_changed_object(set);
    set_changed_write(set, &act->json);
    return true;
}

bool act_commit(Act *act, GError **err)
{
    g_assert(act->is_open);
    g_autoptr(GPtrArray) sets = set_store_take_changed(casework_sets(act->work));
    bool is_told = tell_first_set(act, sets);
    json_write_end_object(&act->json);
    AuditLeaf leaf = leaf_of(act, act->seq);
    leaf.action = audit_action_name(act->action);
    leaf.case_id = act->case_id;
    leaf.object = act->object != NULL ? act->object : "";
    leaf.payload = act->payload->str;
    if (!audit_log_append(act_database(act), &leaf, act->rows, err) || !append_others(act, err) ||
        !append_sets(act, sets, is_told, err) || !keep_reply(act, err))
        return false;
    act->is_open = false;
    return database_commit(act_database(act), err);
}

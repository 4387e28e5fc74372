// SPDX-License-Identifier: Apache-2.0
#include "store/set_store.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/error.h"
#include "store/data_folder.h"
#include "store/entry_row.h"
#include "store/set_record.h"
#include "store/set_store_internal.h"
#include "store/store_database.h"

#define DATABASE_NAME "clew.db"

struct SetStore {
    char *folder;
    Database *database;
    Database *owned;    // the same, or NULL
    bool writing;       // between begin_write and its commit or rollback
    bool joined;        // then: within a transaction of somebody else's
    GPtrArray *changed; // of SetChanged *: no leaf tells of them yet
};

// ---- Opening ----------------------------------------------------------------------------------

static SetStore *store_with(const char *folder, Database *database)
{
    SetStore *store = g_new0(SetStore, 1);
    store->folder = g_strdup(folder);
    store->database = database;
    store->changed = g_ptr_array_new_with_free_func((GDestroyNotify)set_changed_free);
    return store;
}

static SetStore *store_that_owns(const char *folder, Database *database)
{
    if (database == NULL)
        return NULL;
    SetStore *store = store_with(folder, database);
    store->owned = database;
    return store;
}

SetStore *set_store_open(const char *folder, SetStoreOptions options, GError **err)
{
    g_autofree char *path = g_build_filename(folder, DATABASE_NAME, NULL);
    unsigned busy_ms = options.busy_ms != 0 ? options.busy_ms : SET_STORE_BUSY_MS;
    g_autoptr(Database) database = store_database_open(
        options.database != NULL ? options.database : path,
        (StoreDatabaseOptions){.busy_ms = busy_ms, .must_exist = options.must_exist}, err);
    if (database == NULL || !data_folder_prepare(folder, err))
        return NULL;
    return store_that_owns(folder, g_steal_pointer(&database));
}

SetStore *set_store_reopen(const SetStore *store, GError **err)
{
    return store_that_owns(store->folder, database_reopen(store->database, err));
}

SetStore *set_store_over(Database *database, const char *folder, GError **err)
{
    bool filled;
    if (!database_has_table(database, "hash_set", &filled, err))
        return NULL;
    if (filled)
        return store_with(folder, database);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the database %s is damaged or not Clew's: it has no table of sets",
                database_name(database));
    return NULL;
}

void set_store_close(SetStore *store)
{
    if (store == NULL)
        return;
    database_close(store->owned);
    g_ptr_array_unref(store->changed);
    g_free(store->folder);
    g_free(store);
}

const char *set_store_folder(const SetStore *store)
{
    return store->folder;
}

Database *set_store_database(SetStore *store)
{
    return store->database;
}

// ---- Sets -------------------------------------------------------------------------------------

void set_info_free(SetInfo *info)
{
    if (info == NULL)
        return;
    g_free(info->name);
    g_free(info->scheme);
    g_free(info->created);
    g_free(info);
}

#define SET_COLUMNS "id, name, kind, scheme, created, generation, last_entry"

// NULL, with *err, when the row makes no sense.
static SetInfo *set_info_from_row(const Statement *row, GError **err)
{
    g_autoptr(SetInfo) info = g_new0(SetInfo, 1);
    info->id = (uint64_t)statement_int(row, 0);
    info->name = g_strdup(statement_text(row, 1));
    const char *kind = statement_text(row, 2);
    info->scheme = g_strdup(statement_text(row, 3));
    info->created = g_strdup(statement_text(row, 4));
    info->generation = (uint64_t)statement_int(row, 5);
    info->last_entry = (uint64_t)statement_int(row, 6);
    if (info->name == NULL || kind == NULL || !set_kind_from_name(kind, &info->kind)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the database is damaged: set %u has an impossible name or kind",
                    (unsigned)info->id);
        return NULL;
    }
    return g_steal_pointer(&info);
}

static bool complete_info(SetStore *store, SetInfo *info, GError **err)
{
    if (!set_tally_load(store->database, info->id, &info->tally, err))
        return false;
    set_tally_digest(&info->tally, info->digest);
    return true;
}

GPtrArray *set_store_list(SetStore *store, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(
        store->database, "SELECT " SET_COLUMNS " FROM hash_set ORDER BY name", err);
    if (statement == NULL)
        return NULL;
    g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func((GDestroyNotify)set_info_free);
    bool row = true;
    while (row) {
        if (!statement_step(statement, &row, err))
            return NULL;
        SetInfo *info = row ? set_info_from_row(statement, err) : NULL;
        if (info != NULL)
            g_ptr_array_add(sets, info);
        if (row && (info == NULL || !complete_info(store, info, err)))
            return NULL;
    }
    return g_steal_pointer(&sets);
}

SetInfo *set_store_find(SetStore *store, const char *name, GError **err)
{
    Statement *statement = database_statement(
        store->database, "SELECT " SET_COLUMNS " FROM hash_set WHERE name = ?1", err);
    if (statement == NULL)
        return NULL;
    statement_bind_text(statement, 1, name);
    bool row;
    if (!statement_step(statement, &row, err))
        return NULL;
    if (!row) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no set named \"%s\"; clew set list shows those there are", name);
        return NULL;
    }
    g_autoptr(SetInfo) info = set_info_from_row(statement, err);
    statement_reset(statement);
    return info != NULL && complete_info(store, info, err) ? g_steal_pointer(&info) : NULL;
}

SetInfo *set_store_get(SetStore *store, uint64_t set_id, GError **err)
{
    Statement *statement = database_statement(
        store->database, "SELECT " SET_COLUMNS " FROM hash_set WHERE id = ?1", err);
    bool row;
    if (statement == NULL)
        return NULL;
    statement_bind_int(statement, 1, (int64_t)set_id);
    if (!statement_step(statement, &row, err))
        return NULL;
    if (!row) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no set %" G_GUINT64_FORMAT,
                    set_id);
        return NULL;
    }
    g_autoptr(SetInfo) info = set_info_from_row(statement, err);
    statement_reset(statement);
    return info != NULL && complete_info(store, info, err) ? g_steal_pointer(&info) : NULL;
}

// ---- Acts -------------------------------------------------------------------------------------

void set_act_free(SetAct *act)
{
    if (act == NULL)
        return;
    g_free(act->act);
    g_free(act->made);
    g_free(act->who);
    g_free(act->source);
    g_free(act->format);
    g_free(act->description);
    g_free(act);
}

static SetAct *set_act_from_row(const Statement *row)
{
    SetAct *act = g_new0(SetAct, 1);
    act->generation = (uint64_t)statement_int(row, 0);
    act->act = g_strdup(statement_text(row, 1));
    act->made = g_strdup(statement_text(row, 2));
    act->who = g_strdup(statement_text(row, 3));
    act->source = g_strdup(statement_text(row, 4));
    act->has_source_bytes = !statement_is_null(row, 5);
    act->source_bytes = (uint64_t)statement_int(row, 5);
    size_t size_bytes;
    const uint8_t *sha256 = statement_blob(row, 6, &size_bytes);
    act->has_source_sha256 = sha256 != NULL && size_bytes == SHA256_BYTES;
    if (act->has_source_sha256)
        memcpy(act->source_sha256, sha256, SHA256_BYTES);
    act->format = g_strdup(statement_text(row, 7));
    act->description = g_strdup(statement_text(row, 8));
    uint64_t *const counts[] = {&act->entries,   &act->added,      &act->updated,
                                &act->withdrawn, &act->reinstated, &act->refused};
    for (int i = 0; i < (int)G_N_ELEMENTS(counts); i++)
        *counts[i] = (uint64_t)statement_int(row, 9 + i);
    return act;
}

GPtrArray *set_store_acts(SetStore *store, uint64_t set_id, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(
        store->database,
        "SELECT generation, act, made, who, source, source_bytes, source_sha256, format, "
        "description, entries, added, updated, withdrawn, reinstated, refused "
        "FROM set_act WHERE set_id = ?1 ORDER BY id",
        err);
    if (statement == NULL)
        return NULL;
    statement_bind_int(statement, 1, (int64_t)set_id);
    g_autoptr(GPtrArray) acts = g_ptr_array_new_with_free_func((GDestroyNotify)set_act_free);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return NULL;
        if (!row)
            return g_steal_pointer(&acts);
        g_ptr_array_add(acts, set_act_from_row(statement));
    }
}

// ---- Following --------------------------------------------------------------------------------

bool set_store_version(SetStore *store, uint64_t *ret_version, GError **err)
{
    return database_version(store->database, ret_version, err);
}

bool set_store_begin_snapshot(SetStore *store, GError **err)
{
    return database_begin_read(store->database, err);
}

void set_store_end_snapshot(SetStore *store)
{
    database_rollback(store->database);
}

bool set_store_last_change(SetStore *store, SetChangeMark *ret_mark, GError **err)
{
    Statement *statement = database_statement(
        store->database, "SELECT seq, token FROM change ORDER BY seq DESC LIMIT 1", err);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_mark = (SetChangeMark){0};
    if (row) {
        ret_mark->seq = (uint64_t)statement_int(statement, 0);
        ret_mark->token = (uint64_t)statement_int(statement, 1);
        statement_reset(statement);
    }
    return true;
}

bool set_store_has_change(SetStore *store, SetChangeMark mark, bool *ret_has, GError **err)
{
    if (mark.seq == 0) {
        *ret_has = mark.token == 0;
        return true;
    }
    Statement *statement =
        database_statement(store->database, "SELECT token FROM change WHERE seq = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)mark.seq);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_has = row && (uint64_t)statement_int(statement, 0) == mark.token;
    statement_reset(statement);
    return true;
}

bool set_store_changes(SetStore *store, uint64_t after_seq, GArray *changes, GError **err)
{
    Statement *statement = database_statement(
        store->database,
        "SELECT seq, first_entry, last_entry FROM change WHERE seq > ?1 ORDER BY seq", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)after_seq);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        SetChange change = {.seq = (uint64_t)statement_int(statement, 0),
                            .first_entry = (uint64_t)statement_int(statement, 1),
                            .last_entry = (uint64_t)statement_int(statement, 2)};
        g_array_append_val(changes, change);
    }
}

// ---- What changes share -----------------------------------------------------------------------

bool set_store_begin_write(SetStore *store, GError **err)
{
    store->joined = database_in_transaction(store->database);
    store->writing = database_begin_write(store->database, err);
    return store->writing;
}

bool set_store_commit(SetStore *store, GError **err)
{
    if (!store->joined) {
        g_autoptr(GPtrArray) changed = set_store_take_changed(store);
        if (!set_record_append(store->database, changed, err))
            return false;
    }
    store->writing = false;
    return database_commit(store->database, err);
}

GPtrArray *set_store_changed(SetStore *store)
{
    return store->changed;
}

GPtrArray *set_store_take_changed(SetStore *store)
{
    GPtrArray *changed = store->changed;
    store->changed = g_ptr_array_new_with_free_func((GDestroyNotify)set_changed_free);
    return changed;
}

// After a commit a rollback would meet the transaction around it.
void set_store_rollback(SetStore *store)
{
    if (store->writing) {
        database_rollback(store->database);
        g_ptr_array_set_size(store->changed, 0);
    }
    store->writing = false;
}

bool set_store_log_change(SetStore *store, uint64_t set_id, uint64_t first_entry,
                          uint64_t last_entry, GError **err)
{
    Statement *statement = database_statement(
        store->database, "UPDATE store SET last_change = last_change + 1 WHERE one = 1", err);
    if (statement == NULL || !statement_run(statement, err))
        return false;
    statement = database_statement(
        store->database,
        "INSERT INTO change SELECT last_change, ?1, ?2, ?3, ?4 FROM store WHERE one = 1", err);
    if (statement == NULL)
        return false;
    int64_t token = (int64_t)g_random_int() << 31 ^ (int64_t)g_random_int();
    statement_bind_int(statement, 1, token);
    statement_bind_int(statement, 2, (int64_t)set_id);
    statement_bind_int(statement, 3, (int64_t)first_entry);
    statement_bind_int(statement, 4, (int64_t)last_entry);
    return statement_run(statement, err);
}

bool set_store_raise_generation(SetStore *store, uint64_t set_id, uint64_t *ret_generation,
                                GError **err)
{
    Statement *statement = database_statement(store->database,
                                              "UPDATE hash_set SET generation = generation + 1 "
                                              "WHERE id = ?1 RETURNING generation",
                                              err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)set_id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *ret_generation = (uint64_t)statement_int(statement, 0);
    return !row || statement_run(statement, err);
}

static void bind_act_source(Statement *statement, const SetAct *act)
{
    statement_bind_text(statement, 6, act->source);
    if (act->has_source_bytes)
        statement_bind_int(statement, 7, (int64_t)act->source_bytes);
    statement_bind_blob(statement, 8, act->has_source_sha256 ? act->source_sha256 : NULL,
                        SHA256_BYTES);
    statement_bind_text(statement, 9, act->format);
    statement_bind_text(statement, 10, act->description);
}

bool set_store_record_act(SetStore *store, uint64_t set_id, const SetAct *act, GError **err)
{
    Statement *statement = database_statement(
        store->database,
        "INSERT INTO set_act (id, set_id, generation, act, made, who, source, source_bytes, "
        "source_sha256, format, description, entries, added, updated, withdrawn, reinstated, "
        "refused) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM set_act), ?1, ?2, ?3, ?4, ?5, ?6, "
        "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        err);
    if (statement == NULL)
        return false;
    g_autofree char *now = clock_now_utc();
    statement_bind_int(statement, 1, (int64_t)set_id);
    statement_bind_int(statement, 2, (int64_t)act->generation);
    statement_bind_text(statement, 3, act->act);
    statement_bind_text(statement, 4, now);
    statement_bind_text(statement, 5, act->who);
    bind_act_source(statement, act);
    const uint64_t counts[] = {act->entries,   act->added,      act->updated,
                               act->withdrawn, act->reinstated, act->refused};
    for (int i = 0; i < (int)G_N_ELEMENTS(counts); i++)
        statement_bind_int(statement, 11 + i, (int64_t)counts[i]);
    return statement_run(statement, err) && set_record_note(store, set_id, act, NULL, err);
}

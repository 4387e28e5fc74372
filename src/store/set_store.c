// SPDX-License-Identifier: Apache-2.0
//
// A new database is made whole under another name and then linked into place, so that an empty or
// half-made clew.db is always damage and never mistaken for a new store.
#include "store/set_store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/error.h"
#include "store/data_folder.h"
#include "store/entry_row.h"
#include "store/migration.h"
#include "store/set_store_internal.h"

#define DATABASE_NAME "clew.db"

struct SetStore {
    char *folder;
    char *path;
    Database *database;
    bool writing; // between begin_write and its commit or rollback
};

// ---- Creating ---------------------------------------------------------------------------------

static bool make_private_file(const char *path, GError **err)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot create %s", path);
    close(descriptor);
    return true;
}

static bool insert_store_row(Database *database, GError **err)
{
    g_autofree char *now = clock_now_utc();
    Statement *statement =
        database_statement(database, "INSERT INTO store VALUES (1, ?1, 0, 0)", err);
    if (statement == NULL)
        return false;
    statement_bind_text(statement, 1, now);
    return statement_run(statement, err);
}

static bool fill_new_database(const char *path, GError **err)
{
    g_autoptr(Database) database = database_create(path, err);
    if (database == NULL || !migration_begin(database, err) ||
        !migration_apply(database, path, err) || !insert_store_row(database, err))
        return false;
    database_checkpoint(database);
    return true;
}

static bool sync_path(const char *path, int flags, GError **err)
{
    int descriptor = open(path, flags | O_CLOEXEC);
    bool ok = descriptor >= 0 && fsync(descriptor) == 0;
    if (!ok)
        clew_error_set_errno(err, errno, "cannot make %s durable", path);
    if (descriptor >= 0)
        close(descriptor);
    return ok;
}

// Another process may create the store at the same time: the first link wins.
static bool create_database(const SetStore *store, GError **err)
{
    g_autofree char *temporary =
        g_strdup_printf("%s/.new-%d-%08x.db", store->folder, getpid(), g_random_int());
    bool ok = make_private_file(temporary, err) && fill_new_database(temporary, err) &&
              sync_path(temporary, O_RDWR, err);
    if (ok && link(temporary, store->path) != 0 && errno != EEXIST)
        ok = clew_error_set_errno(err, errno, "cannot create %s", store->path);
    unlink(temporary);
    static const char *const companions[] = {"-wal", "-shm"};
    for (unsigned i = 0; i < G_N_ELEMENTS(companions); i++) {
        g_autofree char *companion = g_strconcat(temporary, companions[i], NULL);
        unlink(companion);
    }
    return ok && sync_path(store->folder, O_RDONLY | O_DIRECTORY, err);
}

// ---- Opening ----------------------------------------------------------------------------------

static bool check_not_truncated(const char *path, GError **err)
{
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the database %s is damaged: it is empty",
                    path);
        return false;
    }
    return true;
}

static bool prepare_files(SetStore *store, SetStoreOptions options, GError **err)
{
    if (access(store->path, F_OK) != 0 && errno == ENOENT) {
        if (options.must_exist) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                        "there are no sets in %s yet; make one with: clew set import NAME FILE "
                        "--kind notable",
                        store->folder);
            return false;
        }
        if (!data_folder_prepare(store->folder, err) || !create_database(store, err))
            return false;
    }
    return data_folder_prepare(store->folder, err) && data_folder_check_file(store->path, err) &&
           check_not_truncated(store->path, err);
}

SetStore *set_store_open(const char *folder, SetStoreOptions options, GError **err)
{
    g_autoptr(SetStore) store = g_new0(SetStore, 1);
    store->folder = g_strdup(folder);
    store->path = g_build_filename(folder, DATABASE_NAME, NULL);
    if (!prepare_files(store, options, err))
        return NULL;
    unsigned busy_ms = options.busy_ms != 0 ? options.busy_ms : SET_STORE_BUSY_MS;
    store->database = database_open(store->path, busy_ms, err);
    if (store->database == NULL || !migration_apply(store->database, store->path, err))
        return NULL;
    return g_steal_pointer(&store);
}

void set_store_close(SetStore *store)
{
    if (store == NULL)
        return;
    database_close(store->database);
    g_free(store->folder);
    g_free(store->path);
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
    store->writing = database_begin_write(store->database, err);
    return store->writing;
}

bool set_store_commit(SetStore *store, GError **err)
{
    store->writing = false;
    return database_commit(store->database, err);
}

// After a commit a rollback would meet the transaction around it.
void set_store_rollback(SetStore *store)
{
    if (store->writing)
        database_rollback(store->database);
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
        "INSERT INTO set_act (set_id, generation, act, made, who, source, source_bytes, "
        "source_sha256, format, description, entries, added, updated, withdrawn, reinstated, "
        "refused) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
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
    return statement_run(statement, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "store/database.h"

#include <sqlite3.h>
#include <string.h>

#include "base/error.h"

// Page cache while a large import runs; the bound of its memory.
#define CACHE_KIB 65536
#define DATABASE_DEPTH_MAX 64u // bits of Database.writers

struct Database {
    sqlite3 *handle;
    char *path;
    unsigned busy_ms;
    GHashTable *statements; // SQL text, by its address -> Statement, owned
    unsigned depth;         // transactions begun and not ended, one in the other
    uint64_t writers;       // bit i: level i was begun to write
    bool doomed;            // an inner one was rolled back
};

struct Statement {
    sqlite3_stmt *handle;
    Database *database; // borrowed
};

// ---- Errors -----------------------------------------------------------------------------------

static ClewError code_of_result(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return CLEW_ERROR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return CLEW_ERROR_CORRUPT;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return CLEW_ERROR_DENIED;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return CLEW_ERROR_IO;
    case SQLITE_CONSTRAINT:
        return CLEW_ERROR_CONFLICT;
    default:
        return CLEW_ERROR_INTERNAL;
    }
}

static bool fail(const Database *database, int result, GError **err)
{
    ClewError code = code_of_result(result);
    const char *words = sqlite3_errmsg(database->handle);
    if (code == CLEW_ERROR_BUSY)
        g_set_error(err, CLEW_ERROR, code,
                    "another program is changing the sets in %s; waited %u seconds, try again when "
                    "it has finished",
                    database->path, database->busy_ms / 1000);
    else if (code == CLEW_ERROR_CORRUPT)
        g_set_error(err, CLEW_ERROR, code, "the database %s is damaged: %s", database->path, words);
    else if ((result & 0xff) == SQLITE_FULL)
        g_set_error(err, CLEW_ERROR, code,
                    "cannot write the database %s: no space is left; nothing was changed",
                    database->path);
    else
        g_set_error(err, CLEW_ERROR, code, "cannot use the database %s: %s", database->path, words);
    return false;
}

// ---- Opening ----------------------------------------------------------------------------------

static Database *open_with_flags(const char *path, int flags, unsigned busy_ms, GError **err)
{
    Database *database = g_new0(Database, 1);
    database->path = g_strdup(path);
    database->busy_ms = busy_ms;
    database->statements = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)statement_free);
    int result = sqlite3_open_v2(path, &database->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK) {
        fail(database, result, err);
        database_close(database);
        return NULL;
    }
    sqlite3_extended_result_codes(database->handle, 1);
    sqlite3_busy_timeout(database->handle, (int)busy_ms);
    return database;
}

// temp_store: sorted entries must not lie in a folder that others can read.
static bool configure(Database *database, GError **err)
{
    g_autofree char *script = g_strdup_printf("PRAGMA synchronous = FULL;"
                                              "PRAGMA foreign_keys = ON;"
                                              "PRAGMA trusted_schema = OFF;"
                                              "PRAGMA cell_size_check = ON;"
                                              "PRAGMA secure_delete = ON;"
                                              "PRAGMA temp_store = MEMORY;"
                                              "PRAGMA mmap_size = 0;"
                                              "PRAGMA cache_size = -%d;"
                                              "PRAGMA journal_size_limit = 67108864;"
                                              "PRAGMA journal_mode = WAL;",
                                              CACHE_KIB);
    return database_execute(database, script, err);
}

static Database *open_configured(const char *path, int flags, unsigned busy_ms, GError **err)
{
    g_autoptr(Database) database = open_with_flags(path, flags, busy_ms, err);
    if (database == NULL || !configure(database, err))
        return NULL;
    return g_steal_pointer(&database);
}

const char *database_engine_version(void)
{
    return sqlite3_libversion();
}

Database *database_open(const char *path, unsigned busy_ms, GError **err)
{
    return open_configured(path, SQLITE_OPEN_READWRITE, busy_ms, err);
}

Database *database_create(const char *path, GError **err)
{
    return open_configured(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0, err);
}

void database_close(Database *database)
{
    if (database == NULL)
        return;
    g_hash_table_destroy(database->statements);
    int result = sqlite3_close(database->handle);
    g_assert(result == SQLITE_OK); // a statement was left open
    g_free(database->path);
    g_free(database);
}

// ---- Transactions -----------------------------------------------------------------------------

bool database_execute(Database *database, const char *script, GError **err)
{
    int result = sqlite3_exec(database->handle, script, NULL, NULL, NULL);
    return result == SQLITE_OK || fail(database, result, err);
}

static bool fault(const Database *database, const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                "cannot use the database %s: %s; nothing was changed", database->path, what);
    return false;
}

// The engine rolls back by itself when a disk is full or fails.
static bool transaction_is_lost(const Database *database)
{
    return database->depth > 0 && !database_in_transaction(database);
}

static bool may_join(const Database *database, bool writes, GError **err)
{
    if (transaction_is_lost(database))
        return fault(database, "its transaction ended with an error", err);
    if (writes && (database->writers & 1) == 0)
        return fault(database, "a change was begun inside a transaction that only reads", err);
    if (database->depth >= DATABASE_DEPTH_MAX)
        return fault(database, "too many transactions lie in one another", err);
    return true;
}

static bool begin(Database *database, bool writes, GError **err)
{
    bool ok = database->depth > 0
                  ? may_join(database, writes, err)
                  : database_execute(database, writes ? "BEGIN IMMEDIATE" : "BEGIN", err);
    if (!ok)
        return false;
    uint64_t level = UINT64_C(1) << database->depth++;
    database->writers = writes ? database->writers | level : database->writers & ~level;
    return true;
}

bool database_begin_write(Database *database, GError **err)
{
    return begin(database, true, err);
}

bool database_begin_read(Database *database, GError **err)
{
    return begin(database, false, err);
}

static void end_all(Database *database)
{
    if (database_in_transaction(database))
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    database->depth = 0;
    database->doomed = false;
}

bool database_commit(Database *database, GError **err)
{
    if (database->depth > 1) {
        database->depth--;
        return true;
    }
    bool ok = !database->doomed ? database_execute(database, "COMMIT", err)
                                : fault(database, "a part of the transaction was rolled back", err);
    end_all(database);
    return ok;
}

void database_rollback(Database *database)
{
    if (database->depth <= 1) {
        end_all(database);
        return;
    }
    database->depth--;
    if ((database->writers >> database->depth & 1) != 0)
        database->doomed = true;
}

bool database_in_transaction(const Database *database)
{
    return sqlite3_get_autocommit(database->handle) == 0;
}

// data_version moves for commits of other connections only, total_changes for our own.
bool database_version(Database *database, uint64_t *ret_version, GError **err)
{
    Statement *statement = database_statement(database, "PRAGMA data_version", err);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    uint64_t others = row ? (uint64_t)statement_int(statement, 0) : 0;
    statement_reset(statement);
    *ret_version = others << 40 ^ (uint64_t)sqlite3_total_changes64(database->handle);
    return true;
}

void database_checkpoint(Database *database)
{
    sqlite3_wal_checkpoint_v2(database->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static bool collect_faults(Database *database, const char *pragma, const char *sound,
                           GPtrArray *faults, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(database, pragma, err);
    if (statement == NULL)
        return false;
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const char *text = statement_text(statement, 0);
        if (g_strcmp0(text, sound) != 0)
            g_ptr_array_add(faults, g_strdup_printf("%s: %s", database->path, text));
    }
}

bool database_check(Database *database, GPtrArray *faults, GError **err)
{
    return collect_faults(database, "PRAGMA integrity_check(20)", "ok", faults, err) &&
           collect_faults(database, "PRAGMA foreign_key_check", NULL, faults, err);
}

// ---- Statements -------------------------------------------------------------------------------

static Statement *prepare(Database *database, const char *sql, unsigned flags, GError **err)
{
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v3(database->handle, sql, -1, flags, &handle, NULL);
    if (result != SQLITE_OK) {
        fail(database, result, err);
        return NULL;
    }
    Statement *statement = g_new(Statement, 1);
    *statement = (Statement){.handle = handle, .database = database};
    return statement;
}

Statement *statement_prepare(Database *database, const char *sql, GError **err)
{
    return prepare(database, sql, 0, err);
}

void statement_free(Statement *statement)
{
    if (statement == NULL)
        return;
    sqlite3_finalize(statement->handle);
    g_free(statement);
}

Statement *database_statement(Database *database, const char *sql, GError **err)
{
    Statement *statement = g_hash_table_lookup(database->statements, sql);
    if (statement != NULL) {
        g_assert(!sqlite3_stmt_busy(statement->handle));
        return statement;
    }
    statement = prepare(database, sql, SQLITE_PREPARE_PERSISTENT, err);
    if (statement != NULL)
        g_hash_table_insert(database->statements, (void *)sql, statement);
    return statement;
}

// Binding fails only for a wrong position or a value past SQLite's own limit, both our fault.
static void must_bind(int result)
{
    g_assert(result == SQLITE_OK);
}

void statement_bind_int(Statement *statement, int position, int64_t value)
{
    must_bind(sqlite3_bind_int64(statement->handle, position, value));
}

void statement_bind_real(Statement *statement, int position, double value)
{
    must_bind(sqlite3_bind_double(statement->handle, position, value));
}

void statement_bind_blob(Statement *statement, int position, const void *bytes, size_t size_bytes)
{
    if (bytes == NULL)
        statement_bind_null(statement, position);
    else
        must_bind(
            sqlite3_bind_blob64(statement->handle, position, bytes, size_bytes, SQLITE_STATIC));
}

void statement_bind_text(Statement *statement, int position, const char *text)
{
    must_bind(sqlite3_bind_text(statement->handle, position, text, -1, SQLITE_STATIC));
}

void statement_bind_null(Statement *statement, int position)
{
    must_bind(sqlite3_bind_null(statement->handle, position));
}

bool statement_step(Statement *statement, bool *ret_row, GError **err)
{
    int result = sqlite3_step(statement->handle);
    if (result == SQLITE_ROW) {
        *ret_row = true;
        return true;
    }
    bool done = result == SQLITE_DONE;
    if (done)
        *ret_row = false;
    else
        fail(statement->database, result, err);
    statement_reset(statement);
    return done;
}

bool statement_run(Statement *statement, GError **err)
{
    bool row = true;
    while (row)
        if (!statement_step(statement, &row, err))
            return false;
    return true;
}

void statement_reset(Statement *statement)
{
    sqlite3_reset(statement->handle);
    sqlite3_clear_bindings(statement->handle);
}

int64_t statement_int(const Statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

double statement_real(const Statement *statement, int column)
{
    return sqlite3_column_double(statement->handle, column);
}

bool statement_is_null(const Statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

const char *statement_text(const Statement *statement, int column)
{
    return (const char *)sqlite3_column_text(statement->handle, column);
}

const uint8_t *statement_blob(const Statement *statement, int column, size_t *ret_size_bytes)
{
    const void *bytes = sqlite3_column_blob(statement->handle, column);
    *ret_size_bytes = (size_t)sqlite3_column_bytes(statement->handle, column);
    return bytes;
}

// SPDX-License-Identifier: Apache-2.0
//
// Database over SQLite in WAL mode with synchronous=FULL.
#include <sqlite3.h>

#include "base/error.h"
#include "store/database_ops.h"
#include "store/writer_turn.h"

// Page cache while a large import runs; the bound of its memory.

typedef struct {
    Database base;
    sqlite3 *handle;
    WriterTurn *turn;
    bool has_turn;
} SqliteDatabase;

typedef struct {
    Statement base;
    sqlite3_stmt *handle;
} SqliteStatement;

static sqlite3 *handle_of(const Database *database)
{
    return ((const SqliteDatabase *)database)->handle;
}

static sqlite3_stmt *stmt_of(const Statement *statement)
{
    return ((const SqliteStatement *)statement)->handle;
}

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
    const char *words = sqlite3_errmsg(handle_of(database));
    if (code == CLEW_ERROR_BUSY)
        return database_fail_busy(database, err);
    if (code == CLEW_ERROR_CORRUPT)
        g_set_error(err, CLEW_ERROR, code, "the database %s is damaged: %s", database->name, words);
    else if ((result & 0xff) == SQLITE_FULL)
        g_set_error(err, CLEW_ERROR, code,
                    "cannot write the database %s: no space is left; nothing was changed",
                    database->name);
    else
        g_set_error(err, CLEW_ERROR, code, "cannot use the database %s: %s", database->name, words);
    return false;
}

// ---- Transactions -----------------------------------------------------------------------------

static bool sqlite_execute(Database *database, const char *script, GError **err)
{
    int result = sqlite3_exec(handle_of(database), script, NULL, NULL, NULL);
    return result == SQLITE_OK || fail(database, result, err);
}

#define DURABLE "PRAGMA synchronous = FULL;"
#define RELAXED "PRAGMA synchronous = NORMAL;"

static void end_write(Database *database)
{
    SqliteDatabase *sqlite = (SqliteDatabase *)database;
    if (!sqlite->has_turn)
        return;
    if (database->is_light)
        sqlite3_exec(sqlite->handle, DURABLE, NULL, NULL, NULL);
    sqlite->has_turn = false;
    writer_turn_give(sqlite->turn);
}

static bool begin_write(Database *database, GError **err)
{
    SqliteDatabase *sqlite = (SqliteDatabase *)database;
    if (!writer_turn_take(sqlite->turn, database->busy_ms))
        return database_fail_busy(database, err);
    sqlite->has_turn = true;
    bool ok = (!database->is_light || sqlite_execute(database, RELAXED, err)) &&
              sqlite_execute(database, "BEGIN IMMEDIATE", err);
    if (!ok)
        end_write(database);
    return ok;
}

static bool sqlite_begin(Database *database, bool writes, GError **err)
{
    return writes ? begin_write(database, err) : sqlite_execute(database, "BEGIN", err);
}

static bool sqlite_commit(Database *database, GError **err)
{
    return sqlite_execute(database, "COMMIT", err);
}

// The engine rolls back by itself when a disk is full or fails.
static bool sqlite_is_lost(const Database *database)
{
    return sqlite3_get_autocommit(handle_of(database)) != 0;
}

static void sqlite_rollback(Database *database)
{
    if (!sqlite_is_lost(database))
        sqlite3_exec(handle_of(database), "ROLLBACK", NULL, NULL, NULL);
    end_write(database);
}

// ---- Statements -------------------------------------------------------------------------------

static Statement *sqlite_prepare(Database *database, const char *sql, bool kept, GError **err)
{
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v3(handle_of(database), sql, -1,
                                    kept ? SQLITE_PREPARE_PERSISTENT : 0, &handle, NULL);
    if (result != SQLITE_OK) {
        fail(database, result, err);
        return NULL;
    }
    SqliteStatement *statement = g_new(SqliteStatement, 1);
    *statement = (SqliteStatement){.base.database = database, .handle = handle};
    return &statement->base;
}

static void sqlite_statement_free(Statement *statement)
{
    sqlite3_finalize(stmt_of(statement));
    g_free(statement);
}

static bool sqlite_is_stepping(const Statement *statement)
{
    return sqlite3_stmt_busy(stmt_of(statement)) != 0;
}

// Binding fails only for a wrong position or a value past SQLite's own limit, both our fault.
static void must_bind(int result)
{
    g_assert(result == SQLITE_OK);
}

static void sqlite_bind_int(Statement *statement, int position, int64_t value)
{
    must_bind(sqlite3_bind_int64(stmt_of(statement), position, value));
}

static void sqlite_bind_real(Statement *statement, int position, double value)
{
    must_bind(sqlite3_bind_double(stmt_of(statement), position, value));
}

static void sqlite_bind_blob(Statement *statement, int position, const void *bytes,
                             size_t size_bytes)
{
    must_bind(sqlite3_bind_blob64(stmt_of(statement), position, bytes, size_bytes, SQLITE_STATIC));
}

static void sqlite_bind_text(Statement *statement, int position, const char *text)
{
    must_bind(sqlite3_bind_text(stmt_of(statement), position, text, -1, SQLITE_STATIC));
}

static void sqlite_bind_null(Statement *statement, int position)
{
    must_bind(sqlite3_bind_null(stmt_of(statement), position));
}

static void sqlite_reset(Statement *statement)
{
    sqlite3_reset(stmt_of(statement));
    sqlite3_clear_bindings(stmt_of(statement));
}

static bool sqlite_step(Statement *statement, bool *ret_row, GError **err)
{
    int result = sqlite3_step(stmt_of(statement));
    if (result == SQLITE_ROW) {
        *ret_row = true;
        return true;
    }
    bool done = result == SQLITE_DONE;
    if (done)
        *ret_row = false;
    else
        fail(statement->database, result, err);
    sqlite_reset(statement);
    return done;
}

static bool sqlite_run(Statement *statement, GError **err)
{
    bool row = true;
    while (row)
        if (!sqlite_step(statement, &row, err))
            return false;
    return true;
}

static int64_t sqlite_int(const Statement *statement, int column)
{
    return sqlite3_column_int64(stmt_of(statement), column);
}

static double sqlite_real(const Statement *statement, int column)
{
    return sqlite3_column_double(stmt_of(statement), column);
}

static bool sqlite_is_null(const Statement *statement, int column)
{
    return sqlite3_column_type(stmt_of(statement), column) == SQLITE_NULL;
}

static const char *sqlite_text(const Statement *statement, int column)
{
    return (const char *)sqlite3_column_text(stmt_of(statement), column);
}

static size_t sqlite_text_length(const Statement *statement, int column)
{
    return (size_t)sqlite3_column_bytes(stmt_of(statement), column);
}

static const uint8_t *sqlite_blob(const Statement *statement, int column, size_t *ret_size_bytes)
{
    const void *bytes = sqlite3_column_blob(stmt_of(statement), column);
    *ret_size_bytes = (size_t)sqlite3_column_bytes(stmt_of(statement), column);
    return bytes;
}

// ---- The whole --------------------------------------------------------------------------------

static bool sqlite_has_table(Database *database, const char *name, bool *ret_has, GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", err);
    if (statement == NULL)
        return false;
    sqlite_bind_text(statement, 1, name);
    bool row;
    if (!sqlite_step(statement, &row, err))
        return false;
    sqlite_reset(statement);
    *ret_has = row;
    return true;
}

// data_version moves for commits of other connections only, total_changes for our own.
static bool sqlite_version(Database *database, uint64_t *ret_version, GError **err)
{
    Statement *statement = database_statement(database, "PRAGMA data_version", err);
    bool row;
    if (statement == NULL || !sqlite_step(statement, &row, err))
        return false;
    uint64_t others = row ? (uint64_t)sqlite_int(statement, 0) : 0;
    sqlite_reset(statement);
    *ret_version = others << 40 ^ (uint64_t)sqlite3_total_changes64(handle_of(database));
    return true;
}

static void sqlite_checkpoint(Database *database)
{
    sqlite3_wal_checkpoint_v2(handle_of(database), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static void sqlite_set_cache(Database *database, unsigned kib)
{
    g_autofree char *script = g_strdup_printf("PRAGMA cache_size = -%u;", kib);
    sqlite3_exec(handle_of(database), script, NULL, NULL, NULL);
}

static bool collect_faults(Database *database, const char *pragma, const char *sound,
                           GPtrArray *faults, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(database, pragma, err);
    if (statement == NULL)
        return false;
    bool row;
    while (true) {
        if (!sqlite_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const char *text = sqlite_text(statement, 0);
        if (g_strcmp0(text, sound) != 0)
            g_ptr_array_add(faults, g_strdup_printf("%s: %s", database->name, text));
    }
}

static bool sqlite_check(Database *database, GPtrArray *faults, GError **err)
{
    return collect_faults(database, "PRAGMA integrity_check(20)", "ok", faults, err) &&
           collect_faults(database, "PRAGMA foreign_key_check", NULL, faults, err);
}

static void sqlite_close(Database *database)
{
    writer_turn_unref(((SqliteDatabase *)database)->turn);
    int result = sqlite3_close(handle_of(database));
    g_assert(result == SQLITE_OK); // a statement was left open
}

static const DatabaseOps sqlite_ops = {
    .close = sqlite_close,
    .execute = sqlite_execute,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .is_lost = sqlite_is_lost,
    .has_table = sqlite_has_table,
    .version = sqlite_version,
    .checkpoint = sqlite_checkpoint,
    .set_cache = sqlite_set_cache,
    .check = sqlite_check,
    .prepare = sqlite_prepare,
    .statement_free = sqlite_statement_free,
    .is_stepping = sqlite_is_stepping,
    .bind_int = sqlite_bind_int,
    .bind_real = sqlite_bind_real,
    .bind_blob = sqlite_bind_blob,
    .bind_text = sqlite_bind_text,
    .bind_null = sqlite_bind_null,
    .step = sqlite_step,
    .run = sqlite_run,
    .reset = sqlite_reset,
    .get_int = sqlite_int,
    .get_real = sqlite_real,
    .is_null = sqlite_is_null,
    .get_text = sqlite_text,
    .get_text_length = sqlite_text_length,
    .get_blob = sqlite_blob,
};

// ---- Opening ----------------------------------------------------------------------------------

// temp_store: sorted entries must not lie in a folder that others can read.
static bool configure(Database *database, GError **err)
{
    g_autofree char *script = g_strdup_printf(DURABLE "PRAGMA foreign_keys = ON;"
                                                      "PRAGMA trusted_schema = OFF;"
                                                      "PRAGMA cell_size_check = ON;"
                                                      "PRAGMA secure_delete = ON;"
                                                      "PRAGMA temp_store = MEMORY;"
                                                      "PRAGMA mmap_size = 0;"
                                                      "PRAGMA cache_size = -%u;"
                                                      "PRAGMA journal_size_limit = 67108864;"
                                                      "PRAGMA wal_autocheckpoint = 16384;"
                                                      "PRAGMA journal_mode = WAL;",
                                              DATABASE_CACHE_KIB);
    return sqlite_execute(database, script, err);
}

Database *database_sqlite_open(const char *path, bool create, unsigned busy_ms, GError **err)
{
    SqliteDatabase *sqlite = g_new0(SqliteDatabase, 1);
    database_init(&sqlite->base, &sqlite_ops, path, path, busy_ms);
    g_autoptr(Database) database = &sqlite->base;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    int result = sqlite3_open_v2(path, &sqlite->handle, flags, NULL);
    if (result != SQLITE_OK) {
        fail(database, result, err);
        return NULL;
    }
    sqlite3_extended_result_codes(sqlite->handle, 1);
    sqlite3_busy_timeout(sqlite->handle, (int)busy_ms);
    sqlite->turn = writer_turn_of(path);
    return configure(database, err) ? g_steal_pointer(&database) : NULL;
}

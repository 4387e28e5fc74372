// SPDX-License-Identifier: Apache-2.0
//
// What both engines share: which one serves a URL, nested transactions, kept statements.
#include "store/database.h"

#include <sqlite3.h>

#include "base/error.h"
#include "store/database_ops.h"

#define DATABASE_DEPTH_MAX 64u // bits of Database.writers

const char *database_engine_version(void)
{
    return sqlite3_libversion();
}

// ---- Opening ----------------------------------------------------------------------------------

void database_init(Database *database, const DatabaseOps *ops, const char *place, const char *name,
                   unsigned busy_ms)
{
    *database = (Database){
        .ops = ops, .place = g_strdup(place), .name = g_strdup(name), .busy_ms = busy_ms};
    database->statements = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)statement_free);
}

Database *database_open(const char *path, unsigned busy_ms, GError **err)
{
    return database_sqlite_open(path, false, busy_ms, err);
}

Database *database_create(const char *path, GError **err)
{
    return database_sqlite_open(path, true, 0, err);
}

bool database_url_is_postgres(const char *url)
{
    return g_str_has_prefix(url, "postgresql://") || g_str_has_prefix(url, "postgres://");
}

Database *database_open_url(const char *url, unsigned busy_ms, GError **err)
{
    return database_url_is_postgres(url) ? database_postgres_open(url, busy_ms, err)
                                         : database_sqlite_open(url, false, busy_ms, err);
}

Database *database_reopen(const Database *database, GError **err)
{
    return database_open_url(database->place, database->busy_ms, err);
}

void database_close(Database *database)
{
    if (database == NULL)
        return;
    g_hash_table_destroy(database->statements);
    database->ops->close(database);
    g_free(database->place);
    g_free(database->name);
    g_free(database);
}

const char *database_name(const Database *database)
{
    return database->name;
}

bool database_fail_busy(const Database *database, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                "another program is changing the database %s; waited %u seconds, try again when "
                "it has finished",
                database->name, database->busy_ms / 1000);
    return false;
}

// ---- Transactions -----------------------------------------------------------------------------

// A write that failed half-way must not be committed by somebody who overlooked it; and on
// PostgreSQL it cannot be.
static bool note_outcome(Database *database, bool ok)
{
    if (!ok && database->depth > 0)
        database->doomed = true;
    return ok;
}

static bool fault(const Database *database, const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                "cannot use the database %s: %s; nothing was changed", database->name, what);
    return false;
}

// Nothing may run as a transaction of its own where the caller believes to be inside one.
static bool is_usable(const Database *database, GError **err)
{
    if (database->depth > 0 && database->ops->is_lost(database))
        return fault(database, "its transaction ended with an error", err);
    return true;
}

static bool may_join(const Database *database, bool writes, GError **err)
{
    if (!is_usable(database, err))
        return false;
    if (writes && (database->writers & 1) == 0)
        return fault(database, "a change was begun inside a transaction that only reads", err);
    if (database->depth >= DATABASE_DEPTH_MAX)
        return fault(database, "too many transactions lie in one another", err);
    return true;
}

static bool begin(Database *database, bool writes, GError **err)
{
    bool ok = database->depth > 0 ? may_join(database, writes, err)
                                  : database->ops->begin(database, writes, err);
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

bool database_begin_light(Database *database, GError **err)
{
    bool is_outer = database->depth == 0;
    database->is_light |= is_outer;
    bool ok = begin(database, true, err);
    if (!ok && is_outer)
        database->is_light = false;
    return ok;
}

bool database_begin_read(Database *database, GError **err)
{
    return begin(database, false, err);
}

static void end_all(Database *database)
{
    database->ops->rollback(database);
    database->depth = 0;
    database->doomed = false;
    database->is_light = false;
}

bool database_commit(Database *database, GError **err)
{
    if (database->depth > 1) {
        database->depth--;
        return true;
    }
    bool writes = database->depth == 1 && (database->writers & 1) != 0;
    bool ok = !(writes && database->doomed)
                  ? database->ops->commit(database, err)
                  : fault(database, "a part of the transaction failed or was rolled back", err);
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
    return database->depth > 0;
}

bool database_execute(Database *database, const char *script, GError **err)
{
    return is_usable(database, err) &&
           note_outcome(database, database->ops->execute(database, script, err));
}

// ---- The whole --------------------------------------------------------------------------------

bool database_has_table(Database *database, const char *name, bool *ret_has, GError **err)
{
    return database->ops->has_table(database, name, ret_has, err);
}

void database_set_cache(Database *database, unsigned kib)
{
    if (database->ops->set_cache != NULL)
        database->ops->set_cache(database, kib);
}

bool database_version(Database *database, uint64_t *ret_version, GError **err)
{
    return database->ops->version(database, ret_version, err);
}

void database_checkpoint(Database *database)
{
    database->ops->checkpoint(database);
}

bool database_check(Database *database, GPtrArray *faults, GError **err)
{
    return database->ops->check(database, faults, err);
}

// ---- Statements -------------------------------------------------------------------------------

Statement *statement_prepare(Database *database, const char *sql, GError **err)
{
    return database->ops->prepare(database, sql, false, err);
}

void statement_free(Statement *statement)
{
    if (statement != NULL)
        statement->database->ops->statement_free(statement);
}

Statement *database_statement(Database *database, const char *sql, GError **err)
{
    Statement *statement = g_hash_table_lookup(database->statements, sql);
    if (statement != NULL) {
        g_assert(!database->ops->is_stepping(statement));
        return statement;
    }
    statement = database->ops->prepare(database, sql, true, err);
    if (statement != NULL)
        g_hash_table_insert(database->statements, (void *)sql, statement);
    return statement;
}

void statement_bind_int(Statement *statement, int position, int64_t value)
{
    statement->database->ops->bind_int(statement, position, value);
}

void statement_bind_real(Statement *statement, int position, double value)
{
    statement->database->ops->bind_real(statement, position, value);
}

void statement_bind_blob(Statement *statement, int position, const void *bytes, size_t size_bytes)
{
    if (bytes == NULL)
        statement_bind_null(statement, position);
    else
        statement->database->ops->bind_blob(statement, position, bytes, size_bytes);
}

void statement_bind_text(Statement *statement, int position, const char *text)
{
    if (text == NULL)
        statement_bind_null(statement, position);
    else
        statement->database->ops->bind_text(statement, position, text);
}

void statement_bind_null(Statement *statement, int position)
{
    statement->database->ops->bind_null(statement, position);
}

bool statement_step(Statement *statement, bool *ret_row, GError **err)
{
    Database *database = statement->database;
    if (is_usable(database, err))
        return note_outcome(database, database->ops->step(statement, ret_row, err));
    statement_reset(statement);
    return false;
}

bool statement_run(Statement *statement, GError **err)
{
    Database *database = statement->database;
    if (is_usable(database, err))
        return note_outcome(database, database->ops->run(statement, err));
    statement_reset(statement);
    return false;
}

void statement_reset(Statement *statement)
{
    statement->database->ops->reset(statement);
}

int64_t statement_int(const Statement *statement, int column)
{
    return statement->database->ops->get_int(statement, column);
}

double statement_real(const Statement *statement, int column)
{
    return statement->database->ops->get_real(statement, column);
}

bool statement_is_null(const Statement *statement, int column)
{
    return statement->database->ops->is_null(statement, column);
}

const char *statement_text(const Statement *statement, int column)
{
    return statement->database->ops->get_text(statement, column);
}

size_t statement_text_length(const Statement *statement, int column)
{
    return statement->database->ops->get_text_length(statement, column);
}

const uint8_t *statement_blob(const Statement *statement, int column, size_t *ret_size_bytes)
{
    return statement->database->ops->get_blob(statement, column, ret_size_bytes);
}

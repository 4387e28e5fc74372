// SPDX-License-Identifier: Apache-2.0
//
// What the two files of the PostgreSQL engine share: database_postgres.c (transactions, the whole)
// and postgres_statement.c.
#pragma once

#include "store/database_ops.h"
#include "store/postgres_link.h"

typedef struct {
    Database base;
    PostgresLink link;
    GPtrArray *cursors; // statements that have more rows on the server, borrowed
    bool cursors_only;  // the transaction was begun for their sake, outside of one of the caller
    unsigned last_name; // of prepared statements and cursors
    uint64_t version;   // as last seen
    int64_t version_us; // monotonic; 0: not to be relied on
} PostgresDatabase;

#define POSTGRES_BEGIN_READ "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

// Ends the transaction on the server, whatever its state. Statements with more rows lose them.
void postgres_end_transaction(PostgresDatabase *database);

// Reads the rows that are left into memory and ends the transaction begun for their sake.
bool postgres_finish_cursors(PostgresDatabase *database, GError **err);

// Drops what freed statements left on the server.
void postgres_drop_stale(PostgresDatabase *database);

// ---- Statements, for the table of the engine --------------------------------------------------

Statement *postgres_prepare(Database *database, const char *sql, bool kept, GError **err);
void postgres_statement_free(Statement *statement);
bool postgres_is_stepping(const Statement *statement);
void postgres_bind_int(Statement *statement, int position, int64_t value);
void postgres_bind_real(Statement *statement, int position, double value);
void postgres_bind_blob(Statement *statement, int position, const void *bytes, size_t size_bytes);
void postgres_bind_text(Statement *statement, int position, const char *text);
void postgres_bind_null(Statement *statement, int position);
bool postgres_step(Statement *statement, bool *ret_row, GError **err);
bool postgres_run(Statement *statement, GError **err);
void postgres_reset(Statement *statement);
int64_t postgres_column_int(const Statement *statement, int column);
double postgres_column_real(const Statement *statement, int column);
bool postgres_column_is_null(const Statement *statement, int column);
const char *postgres_column_text(const Statement *statement, int column);
const uint8_t *postgres_column_blob(const Statement *statement, int column, size_t *ret_size_bytes);

// SPDX-License-Identifier: Apache-2.0
//
// Database and Statement: the few calls the rest of store/ needs from an SQL engine, so that no
// backend type and no engine's error code appears above database_*.c.
//
// The engine is SQLite in WAL mode with synchronous=FULL, or a PostgreSQL server. On both a commit
// that returned true has reached the disk, a process that dies before loses nothing but its own
// open transaction, and there is one writer at a time. One SQL text serves both: it is written with
// ?1, ?2 … and the words of database_dialect.h. PostgreSQL takes SQL more strictly: an integer is
// not a truth value, what is selected beside an aggregate is grouped by, text is UTF-8.
//
// A Database belongs to one thread at a time.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Database Database;
typedef struct Statement Statement;

// "3.40.1", for provenance. Static.
const char *database_engine_version(void);

// Opens an existing database file. CLEW_ERROR_BUSY after busy_ms when another writer is at it,
// here and in every call below. CLEW_ERROR_CORRUPT names a damaged file.
Database *database_open(const char *path, unsigned busy_ms, GError **err);

// Creates the file, which must not exist or be empty, and opens it. Mode is left to the caller.
Database *database_create(const char *path, GError **err);

// Opens the SQLite file at a path, or what a postgresql:// URL names. The password of a URL comes
// from the environment as with every program that uses libpq (PGPASSWORD, PGPASSFILE), or from the
// file named by CLEW_DATABASE_PASSWORD_FILE; it may stand in the URL but need not. A connection
// lost outside a transaction is opened again once; inside, everything fails with CLEW_ERROR_BUSY
// until the transaction is rolled back.
bool database_url_is_postgres(const char *url);
Database *database_open_url(const char *url, unsigned busy_ms, GError **err);

// Another connection to the same database, for another thread.
Database *database_reopen(const Database *database, GError **err);

// Path or URL for messages, without password. Borrowed.
const char *database_name(const Database *database);

void database_close(Database *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Database, database_close)

// Runs statements that return no rows.
bool database_execute(Database *database, const char *script, GError **err);

// Write begins at once, so that it never fails half-way for want of the lock; there is one writer
// at a time. Read holds one snapshot.
//
// Transactions nest: one begun inside another joins it, and what it changed stands when the outer
// one commits. A rollback of an inner write dooms the outer one: its commit fails with
// CLEW_ERROR_INTERNAL and changes nothing. So does a statement that failed inside a write, whether
// or not somebody looked at its error. A write cannot begin inside a read.
bool database_begin_write(Database *database, GError **err);
bool database_begin_read(Database *database, GError **err);

// A write that need not have reached the disk when its commit returns: it survives the end of any
// program, but the power's failure may undo it. For what is worth no more, such as leases.
bool database_begin_light(Database *database, GError **err);
bool database_commit(Database *database, GError **err);
void database_rollback(Database *database); // harmless without a transaction
bool database_in_transaction(const Database *database);

bool database_has_table(Database *database, const char *name, bool *ret_has, GError **err);

// How much of the database this handle may keep in memory, where that is the engine's to say. For
// programs that open many handles; the default suits one that does a lot.
#define DATABASE_CACHE_KIB 65536u
void database_set_cache(Database *database, unsigned kib);

// A number that differs from its last value when any connection has committed since. Cheap. On
// PostgreSQL it may be 200 ms old, but not older than the last commit through this Database.
bool database_version(Database *database, uint64_t *ret_version, GError **err);

// Tidies up after a large change: folds the write-ahead log back into the file where nobody stands
// in the way, or lets the server count its rows again, by which it plans. Harmless in a
// transaction.
void database_checkpoint(Database *database);

// Checks structure and constraints of the whole database; appends one text per fault (newly
// allocated).
bool database_check(Database *database, GPtrArray *faults, GError **err);

// Prepares a statement of the caller's own. The way to read many rows: outside a transaction and
// inside, they come in batches and not all at once.
Statement *statement_prepare(Database *database, const char *sql, GError **err);
void statement_free(Statement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Statement, statement_free)

// A statement kept by the database for the next call with the same string literal (it is found by
// its address): bind, run or step to the end before anybody else asks for it. Borrowed.
Statement *database_statement(Database *database, const char *sql, GError **err);

// Positions count from 1. Blobs and texts are borrowed until the statement is reset or run to its
// end; NULL binds SQL NULL.
void statement_bind_int(Statement *statement, int position, int64_t value);
void statement_bind_real(Statement *statement, int position, double value);
void statement_bind_blob(Statement *statement, int position, const void *bytes, size_t size_bytes);
void statement_bind_text(Statement *statement, int position, const char *text);
void statement_bind_null(Statement *statement, int position);

// Advances to the next row. At the end, and on failure, the statement is reset and unbound.
bool statement_step(Statement *statement, bool *ret_row, GError **err);

// Runs to the end, ignoring rows. Inside a write on PostgreSQL the statement is only sent, so that
// many follow each other without waiting: its error may come from a later call, at last the commit.
bool statement_run(Statement *statement, GError **err);

// Ends the reading of rows early.
void statement_reset(Statement *statement);

// Columns count from 0, texts and blobs are borrowed until the next step.
int64_t statement_int(const Statement *statement, int column);
double statement_real(const Statement *statement, int column);
bool statement_is_null(const Statement *statement, int column);
const char *statement_text(const Statement *statement, int column); // NULL when SQL NULL
// NULL when SQL NULL or empty.
// Bytes of that text. More than strlen counts when the database was tampered with: text that Clew
// stores holds no NUL.
size_t statement_text_length(const Statement *statement, int column);
const uint8_t *statement_blob(const Statement *statement, int column, size_t *ret_size_bytes);

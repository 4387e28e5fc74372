// SPDX-License-Identifier: Apache-2.0
//
// What an SQL engine does for database.c; private to the files that implement Database. An engine
// is one constant table; its database and statement begin with the structs here.
//
// The facade counts nested transactions and keeps statements; an engine sees only the outermost
// begin, commit and rollback.
#pragma once

#include "store/database.h"

typedef struct {
    // Frees all but the fields of Database.
    void (*close)(Database *database);
    bool (*execute)(Database *database, const char *script, GError **err);
    bool (*begin)(Database *database, bool writes, GError **err);
    bool (*commit)(Database *database, GError **err); // after a failure: rollback is called
    void (*rollback)(Database *database);             // also without a transaction
    bool (*is_lost)(const Database *database);        // the transaction ended without being asked
    bool (*has_table)(Database *database, const char *name, bool *ret_has, GError **err);
    bool (*version)(Database *database, uint64_t *ret_version, GError **err);
    void (*checkpoint)(Database *database);
    void (*set_cache)(Database *database, unsigned kib); // NULL: the server's to say
    bool (*check)(Database *database, GPtrArray *faults, GError **err);

    // `kept` by database_statement: likely to run often.
    Statement *(*prepare)(Database *database, const char *sql, bool kept, GError **err);
    void (*statement_free)(Statement *statement);
    bool (*is_stepping)(const Statement *statement);
    void (*bind_int)(Statement *statement, int position, int64_t value);
    void (*bind_real)(Statement *statement, int position, double value);
    void (*bind_blob)(Statement *statement, int position, const void *bytes, size_t size_bytes);
    void (*bind_text)(Statement *statement, int position, const char *text);
    void (*bind_null)(Statement *statement, int position);
    bool (*step)(Statement *statement, bool *ret_row, GError **err);
    bool (*run)(Statement *statement, GError **err);
    void (*reset)(Statement *statement);
    int64_t (*get_int)(const Statement *statement, int column);
    double (*get_real)(const Statement *statement, int column);
    bool (*is_null)(const Statement *statement, int column);
    const char *(*get_text)(const Statement *statement, int column);
    size_t (*get_text_length)(const Statement *statement, int column);
    const uint8_t *(*get_blob)(const Statement *statement, int column, size_t *ret_size_bytes);
} DatabaseOps;

struct Database {
    const DatabaseOps *ops;
    char *place; // path or URL as given
    char *name;  // as shown to people: a path, or a URL without its password
    unsigned busy_ms;
    GHashTable *statements; // SQL text, by its address -> Statement, owned
    unsigned depth;         // transactions begun and not ended, one in the other
    uint64_t writers;       // bit i: level i was begun to write
    bool doomed;            // an inner one was rolled back, or a statement of it failed
    bool is_light;          // the transaction was begun by database_begin_light
};

struct Statement {
    Database *database; // borrowed
};

// Fills the fields above; the texts are copied.
void database_init(Database *database, const DatabaseOps *ops, const char *place, const char *name,
                   unsigned busy_ms);

// CLEW_ERROR_BUSY in the words that both engines use. Returns false.
bool database_fail_busy(const Database *database, GError **err);

// Opens with one engine. The PostgreSQL one takes a URL.
Database *database_sqlite_open(const char *path, bool create, unsigned busy_ms, GError **err);
Database *database_postgres_open(const char *url, unsigned busy_ms, GError **err);

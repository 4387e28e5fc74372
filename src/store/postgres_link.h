// SPDX-License-Identifier: Apache-2.0
//
// A connection to a PostgreSQL server in libpq's pipeline mode: commands are sent one after the
// other, their outcomes read when somebody needs one.
//
// The first command that fails makes the server skip those behind it, until the next settling.
// Inside a transaction its error is kept in `failure` and everything fails with it until
// postgres_link_recover. A lost connection is opened again by postgres_link_connect.
#pragma once

#include <libpq-fe.h>

#include "store/database_ops.h"

typedef struct {
    Database *database; // for its place, name and patience; borrowed
    PGconn *connection; // NULL: none, or it was lost
    uint64_t number;    // of the connection; what was prepared on another one is gone
    char *lock;         // SQL that takes the lock of writers
    bool in_transaction;
    unsigned queued;      // commands sent whose outcome was not read
    unsigned since_flush; // of these, sent after the server was last asked to answer
    GError *failure;      // of a command in this transaction
    GPtrArray *stale;     // names of prepared statements to be dropped
} PostgresLink;

// Binary parameters. Types are given also for NULL, 0 where the server shall find out.
typedef struct {
    int count;
    const Oid *types;
    const char *const *values;
    const int *lengths;
    const int *formats;
} PostgresParameters;

// The URL without its password and options; NULL, with *err, when it is no such URL. Newly
// allocated.
char *postgres_url_for_people(const char *url, GError **err);

// For programs that are given a connection string: all of the URL but its password, which comes
// apart; NULL where there is none. Both newly allocated.
bool postgres_url_for_programs(const char *url, char **ret_target, char **ret_password,
                               GError **err);

void postgres_link_init(PostgresLink *link, Database *database);
void postgres_link_clear(PostgresLink *link);

// Connects where there is no connection.
bool postgres_link_connect(PostgresLink *link, GError **err);
bool postgres_link_is_lost(const PostgresLink *link);

// Sends a command. Its error may come from any later call.
bool postgres_link_send(PostgresLink *link, const char *sql, const PostgresParameters *parameters,
                        GError **err);
bool postgres_link_send_prepare(PostgresLink *link, const char *name, const char *sql,
                                const PostgresParameters *parameters, GError **err);
bool postgres_link_send_describe(PostgresLink *link, const char *name, GError **err);
bool postgres_link_send_prepared(PostgresLink *link, const char *name,
                                 const PostgresParameters *parameters, GError **err);

// Waits until all was done; *ret_last (may be NULL) is the result of the last command.
bool postgres_link_settle(PostgresLink *link, PGresult **ret_last, GError **err);

// postgres_link_send and postgres_link_settle.
bool postgres_link_query(PostgresLink *link, const char *sql, PGresult **ret_result, GError **err);

// Runs several commands in one text, after all that was sent before.
bool postgres_link_script(PostgresLink *link, const char *script, GError **err);

// Forgets what failed. Afterwards a ROLLBACK can be sent, unless the connection was lost.
void postgres_link_recover(PostgresLink *link);

// SPDX-License-Identifier: Apache-2.0
//
// Database over a PostgreSQL server, in the first schema of the search path (public).
//
// A write transaction first takes an advisory lock of that schema, so that there is one writer at
// a time as with SQLite, and what it reads does not change under it; READ COMMITTED, because the
// snapshot must be taken after the lock was granted. What writes inside it is sent without waiting.
#include "store/database_postgres.h"

#include <string.h>

#include "base/error.h"
#include "store/database_dialect.h"

#define VERSION_AGE_US 200000

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

static PostgresDatabase *database_of(const Database *database)
{
    return (PostgresDatabase *)database;
}

// ---- Transactions -----------------------------------------------------------------------------

static bool send_begin(PostgresLink *link, bool writes, bool is_light, GError **err)
{
    link->in_transaction = true;
    return postgres_link_send(link,
                              writes ? "BEGIN ISOLATION LEVEL READ COMMITTED" : POSTGRES_BEGIN_READ,
                              NULL, err) &&
           (!is_light ||
            postgres_link_send(link, "SET LOCAL synchronous_commit = off", NULL, err)) &&
           (!writes || postgres_link_send(link, link->lock, NULL, err)) &&
           postgres_link_settle(link, NULL, err);
}

// A connection may have been lost long ago; only now somebody notices.
static bool postgres_begin(Database *base, bool writes, GError **err)
{
    PostgresDatabase *database = database_of(base);
    if (!postgres_finish_cursors(database, err))
        return false;
    for (int attempt = 0;; attempt++) {
        g_autoptr(GError) error = NULL;
        if (!postgres_link_connect(&database->link, err))
            return false;
        postgres_drop_stale(database);
        if (send_begin(&database->link, writes, base->is_light, &error))
            return true;
        bool again = attempt == 0 && postgres_link_is_lost(&database->link);
        postgres_end_transaction(database);
        if (!again) {
            g_propagate_error(err, g_steal_pointer(&error));
            return false;
        }
    }
}

// A COMMIT of what has failed succeeds, as a ROLLBACK.
static bool postgres_commit(Database *base, GError **err)
{
    PostgresDatabase *database = database_of(base);
    g_autoptr(PGresult) result = NULL;
    if (!postgres_link_query(&database->link, "COMMIT", &result, err))
        return false;
    database->version_us = 0;
    if (strcmp(PQcmdStatus(result), "COMMIT") == 0) {
        database->link.in_transaction = false;
        postgres_end_transaction(database);
        return true;
    }
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                "cannot use the database %s: a part of the transaction failed; nothing was changed",
                base->name);
    return false;
}

static void postgres_rollback(Database *base)
{
    PostgresDatabase *database = database_of(base);
    if (!database->cursors_only)
        postgres_end_transaction(database);
}

// What fails leaves its error in the link, and everything after it fails with that.
static bool postgres_is_lost(const Database *base)
{
    return false;
}

static bool postgres_execute(Database *base, const char *script, GError **err)
{
    PostgresLink *link = &database_of(base)->link;
    g_autofree char *sql = database_dialect_postgres(script, 0);
    if (base->depth > 0)
        return postgres_link_script(link, sql, err);
    if (!database_begin_write(base, err))
        return false;
    if (postgres_link_script(link, sql, err))
        return database_commit(base, err);
    database_rollback(base);
    return false;
}

// ---- The whole --------------------------------------------------------------------------------

static bool postgres_has_table(Database *base, const char *name, bool *ret_has, GError **err)
{
    Statement *statement =
        database_statement(base, "SELECT to_regclass(quote_ident(?1)) IS NOT NULL", err);
    if (statement == NULL)
        return false;
    statement_bind_text(statement, 1, name);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_has = row && statement_int(statement, 0) != 0;
    statement_reset(statement);
    return true;
}

// The server's snapshot: which transactions, of those that write, have ended. It moves with every
// commit, also with those in other databases of the server, which only makes somebody look in vain.
static bool postgres_version(Database *base, uint64_t *ret_version, GError **err)
{
    PostgresDatabase *database = database_of(base);
    int64_t now_us = g_get_monotonic_time();
    if (database->version_us == 0 || now_us - database->version_us >= VERSION_AGE_US) {
        Statement *statement =
            database_statement(base, "SELECT CAST(pg_current_snapshot() AS TEXT)", err);
        bool row;
        if (statement == NULL || !statement_step(statement, &row, err))
            return false;
        uint64_t version = UINT64_C(14695981039346656037); // FNV-1a
        for (const char *at = row ? statement_text(statement, 0) : ""; *at != '\0'; at++)
            version = (version ^ (uint8_t)*at) * UINT64_C(1099511628211);
        statement_reset(statement);
        database->version = version;
        database->version_us = now_us;
    }
    *ret_version = database->version;
    return true;
}

// The server tidies up by itself, but plans by the sizes it last counted, maybe before a large
// import. Other schemas of the database are none of our business.
static const char count_again_sql[] =
    "DO $$ DECLARE t name; BEGIN "
    "FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
    "AND tableowner = current_user LOOP EXECUTE format('ANALYZE %I', t); END LOOP; END $$";

static void postgres_checkpoint(Database *base)
{
    PostgresLink *link = &database_of(base)->link;
    if (!link->in_transaction)
        postgres_link_query(link, count_again_sql, NULL, NULL);
}

// ---- Checking ---------------------------------------------------------------------------------

#define HERE "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

// Constraints and indices that the server itself holds for incomplete.
static const char invalid_sql[] =
    "SELECT 'constraint ' || conname || ' of ' || conrelid::regclass || ' was never checked' "
    "FROM pg_constraint WHERE NOT convalidated AND connamespace = " HERE " "
    "UNION ALL SELECT 'index ' || indexrelid::regclass || ' is not complete' FROM pg_index "
    "JOIN pg_class c ON c.oid = indexrelid WHERE NOT indisvalid AND relnamespace = " HERE;

// One query for each foreign key, which counts the rows whose other row is missing.
static const char foreign_key_sql[] =
    "SELECT format('SELECT count(*) FROM %s c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s p WHERE "
    "%s)', conrelid::regclass, string_agg(format('c.%I IS NOT NULL', ca.attname), ' AND '), "
    "confrelid::regclass, string_agg(format('p.%I = c.%I', pa.attname, ca.attname), ' AND ')), "
    "'constraint ' || conname || ' of ' || conrelid::regclass || ' is violated' "
    "FROM pg_constraint CROSS JOIN LATERAL unnest(conkey, confkey) AS key (child, parent) "
    "JOIN pg_attribute ca ON ca.attrelid = conrelid AND ca.attnum = key.child "
    "JOIN pg_attribute pa ON pa.attrelid = confrelid AND pa.attnum = key.parent "
    "WHERE contype = 'f' AND connamespace = " HERE " GROUP BY conrelid, confrelid, conname";

// With the extension amcheck: every B-tree against its table, every table against itself.
static const char amcheck_sql[] =
    "SELECT format('SELECT %I.bt_index_check(%s, true)', n.nspname, c.oid) FROM pg_class c, "
    "pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
    "WHERE e.extname = 'amcheck' AND c.relnamespace = " HERE " AND c.relkind = 'i' "
    "AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') "
    "UNION ALL SELECT format('SELECT blkno FROM %I.verify_heapam(%s)', n.nspname, c.oid) "
    "FROM pg_class c, pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
    "WHERE e.extname = 'amcheck' AND c.relnamespace = " HERE " AND c.relkind = 'r'";

static void add_fault(const Database *base, GPtrArray *faults, const char *text)
{
    g_ptr_array_add(faults, g_strdup_printf("%s: %s", base->name, text));
}

static bool collect_invalid(Database *base, GPtrArray *faults, GError **err)
{
    g_autoptr(PGresult) result = NULL;
    if (!postgres_link_query(&database_of(base)->link, invalid_sql, &result, err))
        return false;
    for (int row = 0; row < PQntuples(result); row++)
        add_fault(base, faults, PQgetvalue(result, row, 0));
    return true;
}

static bool collect_orphans(Database *base, GPtrArray *faults, GError **err)
{
    PostgresLink *link = &database_of(base)->link;
    g_autoptr(PGresult) queries = NULL;
    if (!postgres_link_query(link, foreign_key_sql, &queries, err))
        return false;
    for (int row = 0; row < PQntuples(queries); row++) {
        g_autoptr(Statement) count = statement_prepare(base, PQgetvalue(queries, row, 0), err);
        bool any;
        if (count == NULL || !statement_step(count, &any, err))
            return false;
        if (any && statement_int(count, 0) > 0)
            add_fault(base, faults, PQgetvalue(queries, row, 1));
    }
    return true;
}

// Damage ends the query with an error; the savepoint lets the next one run.
static bool collect_damage_of(Database *base, const char *sql, GPtrArray *faults, GError **err)
{
    PostgresLink *link = &database_of(base)->link;
    g_autoptr(PGresult) result = NULL;
    g_autoptr(GError) damage = NULL;
    if (!postgres_link_query(link, "SAVEPOINT clew_check", NULL, err))
        return false;
    if (postgres_link_query(link, sql, &result, &damage)) {
        if (strstr(sql, "verify_heapam") != NULL && PQntuples(result) > 0)
            add_fault(base, faults, "a table is damaged (amcheck)");
        return postgres_link_send(link, "RELEASE SAVEPOINT clew_check", NULL, err);
    }
    if (postgres_link_is_lost(link)) {
        g_propagate_error(err, g_steal_pointer(&damage));
        return false;
    }
    g_ptr_array_add(faults, g_strdup(damage->message));
    postgres_link_recover(link);
    return postgres_link_query(link, "ROLLBACK TO SAVEPOINT clew_check", NULL, err);
}

static bool collect_damage(Database *base, GPtrArray *faults, GError **err)
{
    g_autoptr(PGresult) queries = NULL;
    if (!postgres_link_query(&database_of(base)->link, amcheck_sql, &queries, err))
        return false;
    for (int row = 0; row < PQntuples(queries); row++)
        if (!collect_damage_of(base, PQgetvalue(queries, row, 0), faults, err))
            return false;
    return true;
}

// Only an administrator of the server can add it.
static void try_to_have_amcheck(Database *base)
{
    if (base->depth == 0)
        database_execute(base, "CREATE EXTENSION IF NOT EXISTS amcheck WITH SCHEMA public", NULL);
}

static bool postgres_check(Database *base, GPtrArray *faults, GError **err)
{
    try_to_have_amcheck(base);
    if (!database_begin_read(base, err))
        return false;
    bool ok = collect_invalid(base, faults, err) && collect_orphans(base, faults, err) &&
              collect_damage(base, faults, err);
    database_rollback(base);
    return ok;
}

// ---- Opening ----------------------------------------------------------------------------------

static void postgres_close(Database *base)
{
    PostgresDatabase *database = database_of(base);
    postgres_link_clear(&database->link);
    g_ptr_array_unref(database->cursors);
}

// The server takes no NUL in text.
static size_t text_length(const Statement *statement, int column)
{
    const char *text = postgres_column_text(statement, column);
    return text != NULL ? strlen(text) : 0;
}

static const DatabaseOps postgres_ops = {
    .close = postgres_close,
    .execute = postgres_execute,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .is_lost = postgres_is_lost,
    .has_table = postgres_has_table,
    .version = postgres_version,
    .checkpoint = postgres_checkpoint,
    .check = postgres_check,
    .prepare = postgres_prepare,
    .statement_free = postgres_statement_free,
    .is_stepping = postgres_is_stepping,
    .bind_int = postgres_bind_int,
    .bind_real = postgres_bind_real,
    .bind_blob = postgres_bind_blob,
    .bind_text = postgres_bind_text,
    .bind_null = postgres_bind_null,
    .step = postgres_step,
    .run = postgres_run,
    .reset = postgres_reset,
    .get_int = postgres_column_int,
    .get_real = postgres_column_real,
    .is_null = postgres_column_is_null,
    .get_text = postgres_column_text,
    .get_text_length = text_length,
    .get_blob = postgres_column_blob,
};

Database *database_postgres_open(const char *url, unsigned busy_ms, GError **err)
{
    g_autofree char *name = postgres_url_for_people(url, err);
    if (name == NULL)
        return NULL;
    PostgresDatabase *database = g_new0(PostgresDatabase, 1);
    database_init(&database->base, &postgres_ops, url, name, busy_ms);
    database->cursors = g_ptr_array_new();
    postgres_link_init(&database->link, &database->base);
    g_autoptr(Database) opened = &database->base;
    return postgres_link_connect(&database->link, err) ? g_steal_pointer(&opened) : NULL;
}

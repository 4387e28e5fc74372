// SPDX-License-Identifier: Apache-2.0
//
// SQL written for SQLite becomes SQL for PostgreSQL where both differ, and nothing else changes.
#include <glib.h>

#include "store/database_dialect.h"

typedef struct {
    const char *name;
    const char *sqlite, *postgres;
} Row;

static const Row rows[] = {
    {"parameters", "SELECT ?1, ?12 WHERE a=?2", "SELECT $1, $12 WHERE a=$2"},
    {"column types",
     "CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB NOT NULL, c REAL, d TEXT, PRIMARY KEY (a))",
     "CREATE TABLE t (a BIGINT PRIMARY KEY, b BYTEA NOT NULL, c DOUBLE PRECISION, "
     "d TEXT COLLATE \"C\", PRIMARY KEY (a))"},
    {"names that are types", "CREATE TABLE t (text TEXT, blob BLOB)",
     "CREATE TABLE t (text TEXT COLLATE \"C\", blob BYTEA)"},
    {"quoted column", "CREATE TABLE t (\"a b\" INTEGER)", "CREATE TABLE t (\"a b\" BIGINT)"},
    {"selected names", "SELECT type, text, blob, real FROM t AS integer",
     "SELECT type, text, blob, real FROM t AS integer"},
    {"table options", "CREATE TABLE t (a INTEGER) STRICT, WITHOUT ROWID; SELECT 1",
     "CREATE TABLE t (a BIGINT)   ; SELECT 1"},
    {"one table option", "create table t (a integer) strict;", "create table t (a BIGINT) ;"},
    {"added column", "ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT 0",
     "ALTER TABLE t ADD COLUMN n BIGINT NOT NULL DEFAULT 0"},
    {"casts", "SELECT CAST(sum(a) AS INTEGER), cast(b AS TEXT), CAST((c) AS BLOB)",
     "SELECT CAST(sum(a) AS BIGINT), cast(b AS TEXT), CAST((c) AS BYTEA)"},
    {"an alias is no cast", "SELECT CAST(x AS REAL) AS real FROM (SELECT 1 AS integer)",
     "SELECT CAST(x AS DOUBLE PRECISION) AS real FROM (SELECT 1 AS integer)"},
    {"in quotes", "SELECT '?1 INTEGER', \"?2\", 'it''s ?3' -- ?4 INTEGER\n, ?5 /* ?6 */",
     "SELECT '?1 INTEGER', \"?2\", 'it''s ?3' -- ?4 INTEGER\n, $5 /* ?6 */"},
    {"comment between columns", "CREATE TABLE t (a INTEGER, -- the first, INTEGER\n b BLOB)",
     "CREATE TABLE t (a BIGINT, -- the first, INTEGER\n b BYTEA)"},
    {"bytes", "SELECT x'00ff', X'', tx '1'", "SELECT '\\x00ff'::bytea, '\\x'::bytea, tx '1'"},
    {"a check", "CREATE TABLE t (a TEXT CHECK (a IN ('x', 'TEXT')), b INTEGER)",
     "CREATE TABLE t (a TEXT COLLATE \"C\" CHECK (a IN ('x', 'TEXT')), b BIGINT)"},
    {"two tables", "CREATE TABLE a (x REAL) STRICT; CREATE TABLE b (y BLOB) STRICT;",
     "CREATE TABLE a (x DOUBLE PRECISION) ; CREATE TABLE b (y BYTEA) ;"},
    {"open quote", "SELECT 'abc", "SELECT 'abc"},
    {"open comment", "SELECT 1 /* ?1", "SELECT 1 /* ?1"},
    {"nothing", "", ""},
};

static void rewrites(const void *data)
{
    const Row *row = data;
    g_autofree char *postgres = database_dialect_postgres(row->sqlite, 0);
    g_assert_cmpstr(postgres, ==, row->postgres);
}

static void writes_null_where_asked(void)
{
    g_autofree char *sql = database_dialect_postgres("SELECT ?1, ?2, ?11, '?2'", 2);
    g_assert_cmpstr(sql, ==, "SELECT $1, NULL, $11, '?2'");
}

static void counts_parameters(void)
{
    g_assert_cmpuint(database_dialect_parameters("SELECT 1"), ==, 0);
    g_assert_cmpuint(database_dialect_parameters("SELECT ?2, '?9', ?1 -- ?8"), ==, 2);
}

static void knows_what_only_reads(void)
{
    static const char *const reads[] = {"SELECT 1", " -- x\n select 1", "VALUES (1)",
                                        "WITH a AS (SELECT 1) SELECT * FROM a",
                                        "WITH a AS (SELECT 'INSERT') SELECT * FROM a"};
    static const char *const writes[] = {"INSERT INTO t VALUES (1)", "",
                                         "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
                                         "DELETE FROM t", "CREATE TABLE t (a INTEGER)"};
    for (unsigned i = 0; i < G_N_ELEMENTS(reads); i++)
        g_assert_true(database_dialect_only_reads(reads[i]));
    for (unsigned i = 0; i < G_N_ELEMENTS(writes); i++)
        g_assert_false(database_dialect_only_reads(writes[i]));
}

// Text made of anything but the tokens that are rewritten comes back as it was; and what was
// rewritten once needs no rewriting.
static void leaves_everything_else_alone(void)
{
    static const char *const pieces[] = {
        "SELECT ",  "a",  "'it''s'", "\"n\"\"m\"", ",", "(",   ")",        "-- c ?1\n",
        "/* ?2 */", " ",  "\n",      "1.5",        "=", "||",  "\303\244", ";",
        "'",        "\"", "?",       "x",          "$", "TEXT"};
    for (int round = 0; round < 20000; round++) {
        g_autoptr(GString) sql = g_string_new(NULL);
        int count = g_test_rand_int_range(0, 24);
        for (int i = 0; i < count; i++) {
            const char *piece = pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))];
            char last = sql->len > 0 ? sql->str[sql->len - 1] : ' ';
            // Two pieces together may be a parameter or bytes.
            if ((last == '?' && g_ascii_isdigit(*piece)) || (last == 'x' && *piece == '\''))
                g_string_append_c(sql, ' ');
            g_string_append(sql, piece);
        }
        g_autofree char *once = database_dialect_postgres(sql->str, 0);
        g_assert_cmpstr(once, ==, sql->str);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/database_dialect/rewrites ", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], rewrites);
    }
    g_test_add_func("/database_dialect/writes_null_where_asked", writes_null_where_asked);
    g_test_add_func("/database_dialect/counts_parameters", counts_parameters);
    g_test_add_func("/database_dialect/knows_what_only_reads", knows_what_only_reads);
    g_test_add_func("/database_dialect/leaves_everything_else_alone", leaves_everything_else_alone);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// What the rest of store/ may rely on: transactions that nest, counters, values that come back as
// they went in.
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "fixture.h"
#include "store/counter.h"
#include "store/database.h"

typedef struct {
    Fixture fixture;
    Database *database;
} Bench;

static void bench_clear(Bench *bench)
{
    database_close(bench->database);
    fixture_clear(&bench->fixture);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

static void execute(Database *database, const char *script)
{
    g_autoptr(GError) error = NULL;
    database_execute(database, script, &error);
    g_assert_no_error(error);
}

static Bench bench_make(void)
{
    Bench bench = {.fixture = fixture_make()};
    bench.database = fixture_database(&bench.fixture);
    execute(bench.database, "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT) STRICT");
    execute(bench.database, "CREATE TABLE counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL) "
                            "STRICT, WITHOUT ROWID");
    return bench;
}

static void begin_write(Database *database)
{
    g_autoptr(GError) error = NULL;
    database_begin_write(database, &error);
    g_assert_no_error(error);
}

static void begin_read(Database *database)
{
    g_autoptr(GError) error = NULL;
    database_begin_read(database, &error);
    g_assert_no_error(error);
}

static void commit(Database *database)
{
    g_autoptr(GError) error = NULL;
    database_commit(database, &error);
    g_assert_no_error(error);
}

static void assert_commit_fails(Database *database)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(database_commit(database, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INTERNAL);
    g_assert_false(database_in_transaction(database));
}

static int64_t number(Database *database, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Statement) statement = statement_prepare(database, sql, &error);
    g_assert_no_error(error);
    bool row;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    g_assert_true(row);
    return statement_int(statement, 0);
}

static int64_t things(Database *database)
{
    return number(database, "SELECT count(*) FROM thing");
}

// ---- Nesting ----------------------------------------------------------------------------------

static void inner_commit_waits_for_the_outer(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    begin_write(bench.database);
    execute(bench.database, "INSERT INTO thing VALUES (1, 'inner')");
    commit(bench.database);
    g_assert_true(database_in_transaction(bench.database));
    database_rollback(bench.database);
    g_assert_false(database_in_transaction(bench.database));
    g_assert_cmpint(things(bench.database), ==, 0);
}

static void outer_commit_keeps_what_the_inner_wrote(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    begin_write(bench.database);
    execute(bench.database, "INSERT INTO thing VALUES (1, 'inner')");
    commit(bench.database);
    commit(bench.database);
    g_assert_cmpint(things(bench.database), ==, 1);
}

static void inner_rollback_dooms_the_outer(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    execute(bench.database, "INSERT INTO thing VALUES (1, 'outer')");
    begin_write(bench.database);
    database_rollback(bench.database);
    g_assert_true(database_in_transaction(bench.database));
    assert_commit_fails(bench.database);
    g_assert_cmpint(things(bench.database), ==, 0);
}

static void a_doomed_transaction_leaves_the_next_one_alone(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    begin_write(bench.database);
    database_rollback(bench.database);
    database_rollback(bench.database);
    begin_write(bench.database);
    execute(bench.database, "INSERT INTO thing VALUES (2, 'next')");
    commit(bench.database);
    g_assert_cmpint(things(bench.database), ==, 1);
}

static void an_inner_read_may_end_either_way(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    execute(bench.database, "INSERT INTO thing VALUES (1, 'outer')");
    begin_read(bench.database);
    g_assert_cmpint(things(bench.database), ==, 1);
    database_rollback(bench.database);
    commit(bench.database);
    g_assert_cmpint(things(bench.database), ==, 1);
}

static void a_write_cannot_begin_inside_a_read(void)
{
    g_auto(Bench) bench = bench_make();
    g_autoptr(GError) error = NULL;
    begin_read(bench.database);
    g_assert_false(database_begin_write(bench.database, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INTERNAL);
    database_rollback(bench.database);
    g_assert_false(database_in_transaction(bench.database));
}

// ---- Counters ---------------------------------------------------------------------------------

static uint64_t next_ids(Database *database, const char *name, uint64_t count)
{
    g_autoptr(GError) error = NULL;
    uint64_t first = 0;
    store_next_ids(database, name, count, &first, &error);
    g_assert_no_error(error);
    return first;
}

static void ids_follow_each_other_by_name(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    g_assert_cmpuint(next_ids(bench.database, "vote", 1), ==, 1);
    g_assert_cmpuint(next_ids(bench.database, "vote", 10), ==, 2);
    g_assert_cmpuint(next_ids(bench.database, "vote", 1), ==, 12);
    g_assert_cmpuint(next_ids(bench.database, "case", 3), ==, 1);
    commit(bench.database);
    g_assert_cmpint(number(bench.database, "SELECT last FROM counter WHERE name = 'vote'"), ==, 12);
}

static void a_rollback_gives_ids_back(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    next_ids(bench.database, "vote", 5);
    database_rollback(bench.database);
    begin_write(bench.database);
    g_assert_cmpuint(next_ids(bench.database, "vote", 1), ==, 1);
    commit(bench.database);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/database/" #test, test)
    ADD(inner_commit_waits_for_the_outer);
    ADD(outer_commit_keeps_what_the_inner_wrote);
    ADD(inner_rollback_dooms_the_outer);
    ADD(a_doomed_transaction_leaves_the_next_one_alone);
    ADD(an_inner_read_may_end_either_way);
    ADD(a_write_cannot_begin_inside_a_read);
    ADD(ids_follow_each_other_by_name);
    ADD(a_rollback_gives_ids_back);
    return g_test_run();
}

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

// ---- Values -----------------------------------------------------------------------------------

static Statement *prepare(Database *database, const char *sql)
{
    g_autoptr(GError) error = NULL;
    Statement *statement = database_statement(database, sql, &error);
    g_assert_no_error(error);
    return statement;
}

static bool step(Statement *statement)
{
    g_autoptr(GError) error = NULL;
    bool row = false;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    return row;
}

static void run(Statement *statement)
{
    g_autoptr(GError) error = NULL;
    statement_run(statement, &error);
    g_assert_no_error(error);
}

#define MAKE_VALUES                                                                                \
    "CREATE TABLE value (id INTEGER PRIMARY KEY, number INTEGER, share REAL, text TEXT, "          \
    "bytes BLOB) STRICT"
#define INSERT_VALUE "INSERT INTO value VALUES (?1, ?2, ?3, ?4, ?5)"
#define SELECT_VALUE "SELECT number, share, text, bytes FROM value WHERE id = ?1"

static Statement *select_value(Database *database, int64_t id)
{
    Statement *statement = prepare(database, SELECT_VALUE);
    statement_bind_int(statement, 1, id);
    g_assert_true(step(statement));
    return statement;
}

static void numbers_come_back_exactly(void)
{
    static const int64_t numbers[] = {0, 1, -1, INT32_MAX, INT64_MAX, INT64_MIN, 4294967297};
    static const double shares[] = {0, -0.5, 1e300, 1e-300, 0.1, 3, 1.0 / 3};
    g_auto(Bench) bench = bench_make();
    execute(bench.database, MAKE_VALUES);
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        Statement *insert = prepare(bench.database, INSERT_VALUE);
        statement_bind_int(insert, 1, i);
        statement_bind_int(insert, 2, numbers[i]);
        statement_bind_real(insert, 3, shares[i]);
        run(insert);
        Statement *row = select_value(bench.database, i);
        g_assert_cmpint(statement_int(row, 0), ==, numbers[i]);
        g_assert_cmpfloat(statement_real(row, 1), ==, shares[i]);
        g_assert_true(statement_is_null(row, 2));
        g_assert_null(statement_text(row, 2));
        statement_reset(row);
    }
}

static void texts_and_bytes_come_back_exactly(void)
{
    static const char *const texts[] = {"", "it's \"so\" -- ?1 \\x", "M\303\274nchen \344\270\255",
                                        "a\nb\tc"};
    static const uint8_t bytes[] = {0, 1, 0, 255, 0};
    g_auto(Bench) bench = bench_make();
    execute(bench.database, MAKE_VALUES);
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        Statement *insert = prepare(bench.database, INSERT_VALUE);
        statement_bind_int(insert, 1, i);
        statement_bind_text(insert, 4, texts[i]);
        statement_bind_blob(insert, 5, bytes, i + 1);
        run(insert);
        Statement *row = select_value(bench.database, i);
        g_assert_cmpstr(statement_text(row, 2), ==, texts[i]);
        size_t size_bytes;
        const uint8_t *blob = statement_blob(row, 3, &size_bytes);
        g_assert_cmpuint(size_bytes, ==, i + 1);
        g_assert_cmpint(memcmp(blob, bytes, i + 1), ==, 0);
        g_assert_true(statement_is_null(row, 0));
        g_assert_cmpint(statement_int(row, 0), ==, 0);
        statement_reset(row);
    }
}

static void an_empty_blob_is_not_null(void)
{
    g_auto(Bench) bench = bench_make();
    execute(bench.database, MAKE_VALUES);
    Statement *insert = prepare(bench.database, INSERT_VALUE);
    statement_bind_int(insert, 1, 1);
    statement_bind_blob(insert, 5, "", 0);
    run(insert);
    Statement *row = select_value(bench.database, 1);
    size_t size_bytes = 7;
    g_assert_null(statement_blob(row, 3, &size_bytes));
    g_assert_cmpuint(size_bytes, ==, 0);
    g_assert_false(statement_is_null(row, 3));
    statement_reset(row);
}

static void null_fits_wherever_it_stands(void)
{
    g_auto(Bench) bench = bench_make();
    execute(bench.database, "INSERT INTO thing VALUES (1, 'a'), (2, 'b')");
    for (int i = 0; i < 3; i++) {
        bool inside = i == 1;
        if (inside)
            begin_write(bench.database);
        Statement *any =
            prepare(bench.database, "SELECT count(*) FROM thing WHERE (?1 IS NULL OR id = ?1) "
                                    "AND (?2 IS NULL OR name = ?2)");
        g_assert_true(step(any));
        g_assert_cmpint(statement_int(any, 0), ==, 2);
        statement_reset(any);
        statement_bind_int(any, 1, 2);
        g_assert_true(step(any));
        g_assert_cmpint(statement_int(any, 0), ==, 1);
        statement_reset(any);
        statement_bind_text(any, 2, "c");
        g_assert_true(step(any));
        g_assert_cmpint(statement_int(any, 0), ==, 0);
        statement_reset(any);
        if (inside)
            commit(bench.database);
    }
}

static void sums_and_comparisons_are_numbers(void)
{
    g_auto(Bench) bench = bench_make();
    execute(bench.database, MAKE_VALUES);
    execute(bench.database, "INSERT INTO value VALUES (1, 4000000000000000000, 1, 'a', NULL), "
                            "(2, 40, 2, 'b', NULL)");
    g_assert_cmpint(number(bench.database, "SELECT sum(number) FROM value"), ==,
                    INT64_C(4000000000000000040));
    g_assert_cmpint(number(bench.database, "SELECT CAST(sum(number) AS INTEGER) FROM value"), ==,
                    INT64_C(4000000000000000040));
    g_assert_cmpint(number(bench.database, "SELECT count(*) = 2 FROM value"), ==, 1);
    g_assert_cmpint(number(bench.database, "SELECT coalesce(sum(number), 0) FROM value "
                                           "WHERE id = 7"),
                    ==, 0);
    g_assert_cmpint(number(bench.database, "SELECT CAST('12' AS INTEGER)"), ==, 12);
    g_autoptr(Statement) average =
        statement_prepare(bench.database,
                          "SELECT avg(share), number FROM value WHERE id = 2 "
                          "GROUP BY number",
                          NULL);
    g_assert_true(step(average));
    g_assert_cmpfloat(statement_real(average, 0), ==, 2);
    g_assert_cmpstr(statement_text(average, 1), ==, "40");
    statement_reset(average);
}

static void texts_are_ordered_by_their_bytes(void)
{
    static const char *const names[] = {"B", "Z", "_", "a", "b", "\303\244"};
    g_auto(Bench) bench = bench_make();
    execute(bench.database, "INSERT INTO thing VALUES (1, 'b'), (2, '\303\244'), (3, 'Z'), "
                            "(4, 'a'), (5, '_'), (6, 'B')");
    Statement *sorted = prepare(bench.database, "SELECT name FROM thing ORDER BY name");
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_true(step(sorted));
        g_assert_cmpstr(statement_text(sorted, 0), ==, names[i]);
    }
    g_assert_false(step(sorted));
}

// ---- Failures ---------------------------------------------------------------------------------

static bool insert_thing(Database *database, int64_t id, const char *name, GError **err)
{
    Statement *statement = prepare(database, "INSERT INTO thing VALUES (?1, ?2)");
    statement_bind_int(statement, 1, id);
    statement_bind_text(statement, 2, name);
    return statement_run(statement, err);
}

static void a_conflict_is_told_and_dooms(void)
{
    g_auto(Bench) bench = bench_make();
    g_autoptr(GError) error = NULL;
    begin_write(bench.database);
    bool told = !insert_thing(bench.database, 1, "a", &error) ||
                !insert_thing(bench.database, 1, "b", &error);
    // Where statements are only sent, the next answer brings it.
    Statement *look = prepare(bench.database, "SELECT name FROM thing");
    bool row;
    told = told || !statement_step(look, &row, &error);
    g_assert_true(told);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    assert_commit_fails(bench.database);
    g_assert_cmpint(things(bench.database), ==, 0);
}

static void a_failure_nobody_looked_at_spoils_the_commit(void)
{
    g_auto(Bench) bench = bench_make();
    begin_write(bench.database);
    for (int64_t id = 0; id < 5000; id++)
        insert_thing(bench.database, id == 4000 ? 3 : id, "x", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_false(database_commit(bench.database, &error));
    g_assert_nonnull(error);
    g_assert_cmpint(things(bench.database), ==, 0);
    begin_write(bench.database);
    insert_thing(bench.database, 1, "y", NULL);
    commit(bench.database);
    g_assert_cmpint(things(bench.database), ==, 1);
}

static void a_last_statement_that_fails_spoils_the_commit(void)
{
    g_auto(Bench) bench = bench_make();
    execute(bench.database, "INSERT INTO thing VALUES (1, 'a')");
    begin_write(bench.database);
    insert_thing(bench.database, 2, "b", NULL);
    insert_thing(bench.database, 1, "c", NULL);
    g_assert_false(database_commit(bench.database, NULL));
    g_assert_cmpint(things(bench.database), ==, 1);
}

static void a_failure_outside_a_transaction_leaves_the_next_alone(void)
{
    g_auto(Bench) bench = bench_make();
    g_autoptr(GError) error = NULL;
    g_assert_true(insert_thing(bench.database, 1, "a", &error));
    g_assert_false(insert_thing(bench.database, 1, "b", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_assert_true(insert_thing(bench.database, 2, "b", NULL));
    g_assert_cmpint(things(bench.database), ==, 2);
}

static void wrong_sql_is_our_fault(void)
{
    g_auto(Bench) bench = bench_make();
    g_autoptr(GError) error = NULL;
    g_assert_false(database_execute(bench.database, "SELEKT 1", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INTERNAL);
    g_assert_cmpint(things(bench.database), ==, 0);
}

// ---- Several connections ----------------------------------------------------------------------

static Database *open_again(const Bench *bench)
{
    g_autoptr(GError) error = NULL;
    Database *other = database_reopen(bench->database, &error);
    g_assert_no_error(error);
    return other;
}

static void a_reader_keeps_its_snapshot(void)
{
    g_auto(Bench) bench = bench_make();
    g_autoptr(Database) other = open_again(&bench);
    begin_read(other);
    g_assert_cmpint(things(other), ==, 0);
    g_assert_true(insert_thing(bench.database, 1, "a", NULL));
    g_assert_cmpint(things(other), ==, 0);
    database_rollback(other);
    g_assert_cmpint(things(other), ==, 1);
}

#define WRITER_ROUNDS 50

static void *raise_number(void *data)
{
    const Bench *bench = data;
    g_autofree char *path = g_build_filename(bench->fixture.parent, "test.db", NULL);
    const char *place = bench->fixture.database != NULL ? bench->fixture.database : path;
    g_autoptr(Database) own = database_open_url(place, 20000, NULL);
    for (int i = 0; i < WRITER_ROUNDS; i++) {
        begin_write(own);
        int64_t last = number(own, "SELECT id FROM thing");
        Statement *update = prepare(own, "UPDATE thing SET id = ?1");
        statement_bind_int(update, 1, last + 1);
        run(update);
        commit(own);
    }
    return NULL;
}

static void writers_wait_for_each_other(void)
{
    g_auto(Bench) bench = bench_make();
    execute(bench.database, "INSERT INTO thing VALUES (0, 'sum')");
    GThread *one = g_thread_new("writer", raise_number, &bench);
    GThread *two = g_thread_new("writer", raise_number, &bench);
    g_thread_join(one);
    g_thread_join(two);
    g_assert_cmpint(number(bench.database, "SELECT id FROM thing"), ==, 2 * WRITER_ROUNDS);
}

static void a_writer_that_waited_too_long_is_told(void)
{
    g_auto(Bench) bench = bench_make();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(bench.fixture.parent, "test.db", NULL);
    const char *place = bench.fixture.database != NULL ? bench.fixture.database : path;
    g_autoptr(Database) other = database_open_url(place, 50, NULL);
    begin_write(bench.database);
    g_assert_false(database_begin_write(other, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
    g_assert_false(database_in_transaction(other));
    database_rollback(bench.database);
    begin_write(other);
    database_rollback(other);
}

static uint64_t version_of(Database *database)
{
    uint64_t version = 0;
    g_assert_true(database_version(database, &version, NULL));
    return version;
}

static void the_version_moves_with_every_commit(void)
{
    g_auto(Bench) bench = bench_make();
    g_autoptr(Database) other = open_again(&bench);
    uint64_t mine = version_of(bench.database), theirs = version_of(other);
    g_assert_true(insert_thing(bench.database, 1, "a", NULL));
    g_assert_cmpuint(version_of(bench.database), !=, mine);
    int64_t end_us = g_get_monotonic_time() + G_USEC_PER_SEC;
    while (version_of(other) == theirs && g_get_monotonic_time() < end_us)
        g_usleep(5000);
    g_assert_cmpuint(version_of(other), !=, theirs);
}

// ---- Many rows --------------------------------------------------------------------------------

#define MANY 20000

static Bench bench_with_many(void)
{
    Bench bench = bench_make();
    begin_write(bench.database);
    for (int64_t id = 1; id <= MANY; id++)
        g_assert_true(insert_thing(bench.database, id, "some text", NULL));
    commit(bench.database);
    return bench;
}

// Reads all; calls `meanwhile` after some rows.
static void read_many(Database *database, void (*meanwhile)(Database *database))
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Statement) all = statement_prepare(
        database, "SELECT id, name FROM thing WHERE id <= ?1 ORDER BY id", &error);
    statement_bind_int(all, 1, MANY);
    for (int64_t id = 1; id <= MANY; id++) {
        g_assert_true(step(all));
        g_assert_cmpint(statement_int(all, 0), ==, id);
        g_assert_cmpstr(statement_text(all, 1), ==, "some text");
        if (id % 7000 == 0)
            meanwhile(database);
    }
    g_assert_false(step(all));
}

static void ask_for_another(Database *database)
{
    Statement *one = prepare(database, "SELECT name FROM thing WHERE id = ?1");
    statement_bind_int(one, 1, 5);
    g_assert_true(step(one));
    statement_reset(one);
    g_assert_cmpint(number(database, "SELECT max(id) FROM thing WHERE id <= 20000"), ==, MANY);
}

static void add_one_more(Database *database)
{
    begin_write(database);
    g_assert_true(insert_thing(database, MANY + 1 + things(database), "x", NULL));
    commit(database);
}

static void other_statements_run_between_rows(void)
{
    g_auto(Bench) bench = bench_with_many();
    read_many(bench.database, ask_for_another);
    begin_read(bench.database);
    read_many(bench.database, ask_for_another);
    database_rollback(bench.database);
    begin_write(bench.database);
    read_many(bench.database, ask_for_another);
    commit(bench.database);
}

static void changes_of_others_do_not_disturb_reading(void)
{
    g_auto(Bench) bench = bench_with_many();
    begin_write(bench.database);
    read_many(bench.database, add_one_more);
    commit(bench.database);
    g_assert_cmpint(things(bench.database), ==, MANY + 2);
    if (fixture_on_server()) // SQLite cannot commit under a reader of the same connection
        read_many(bench.database, add_one_more);
}

static void reading_may_end_early(void)
{
    g_auto(Bench) bench = bench_with_many();
    for (int i = 0; i < 3; i++) {
        g_autoptr(Statement) all =
            statement_prepare(bench.database, "SELECT id FROM thing ORDER BY id", NULL);
        g_assert_true(step(all));
        statement_reset(all);
        g_assert_true(step(all));
        g_assert_cmpint(statement_int(all, 0), ==, 1);
    }
    g_assert_true(insert_thing(bench.database, MANY + 1, "x", NULL));
}

// ---- The whole --------------------------------------------------------------------------------

static void tables_are_found_by_name(void)
{
    g_auto(Bench) bench = bench_make();
    bool has = false;
    g_assert_true(database_has_table(bench.database, "thing", &has, NULL));
    g_assert_true(has);
    g_assert_true(database_has_table(bench.database, "Nothing else", &has, NULL));
    g_assert_false(has);
}

static void a_sound_database_has_no_faults(void)
{
    g_auto(Bench) bench = bench_make();
    execute(bench.database,
            "CREATE TABLE part (id INTEGER PRIMARY KEY, thing_id INTEGER NOT NULL REFERENCES "
            "thing (id) ON DELETE CASCADE) STRICT; CREATE INDEX part_by_thing ON part (thing_id)");
    execute(bench.database, "INSERT INTO thing VALUES (1, 'a'); INSERT INTO part VALUES (1, 1)");
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_assert_true(database_check(bench.database, faults, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(faults->len > 0 ? faults->pdata[0] : NULL, ==, NULL);
}

static void a_row_without_its_other_row_is_a_fault(void)
{
    g_auto(Bench) bench = bench_make();
    execute(bench.database,
            "CREATE TABLE part (id INTEGER PRIMARY KEY, thing_id INTEGER NOT NULL REFERENCES "
            "thing (id)) STRICT");
    execute(bench.database, fixture_on_server() ? "SET session_replication_role = replica"
                                                : "PRAGMA foreign_keys = OFF");
    execute(bench.database, "INSERT INTO part VALUES (1, 77)");
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(database_check(bench.database, faults, NULL));
    g_assert_cmpuint(faults->len, ==, 1);
    g_assert_nonnull(strstr(faults->pdata[0], "part"));
}

static void a_password_is_never_shown(void)
{
    static const char *const urls[] = {
        "postgresql://someone:topsecret@127.0.0.1:1/clew",
        "postgresql://127.0.0.1:1/clew?user=someone&password=topsecret",
        "postgresql://someone:topsecret@127.0.0.1:wrong/%zz",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(urls); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(database_open_url(urls[i], 100, &error));
        g_assert_nonnull(error);
        g_assert_null(strstr(error->message, "topsecret"));
    }
}

#define ADD(test) g_test_add_func("/database/" #test, test)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(inner_commit_waits_for_the_outer);
    ADD(outer_commit_keeps_what_the_inner_wrote);
    ADD(inner_rollback_dooms_the_outer);
    ADD(a_doomed_transaction_leaves_the_next_one_alone);
    ADD(an_inner_read_may_end_either_way);
    ADD(a_write_cannot_begin_inside_a_read);
    ADD(ids_follow_each_other_by_name);
    ADD(a_rollback_gives_ids_back);
    ADD(numbers_come_back_exactly);
    ADD(texts_and_bytes_come_back_exactly);
    ADD(an_empty_blob_is_not_null);
    ADD(null_fits_wherever_it_stands);
    ADD(sums_and_comparisons_are_numbers);
    ADD(texts_are_ordered_by_their_bytes);
    ADD(a_conflict_is_told_and_dooms);
    ADD(a_failure_nobody_looked_at_spoils_the_commit);
    ADD(a_last_statement_that_fails_spoils_the_commit);
    ADD(a_failure_outside_a_transaction_leaves_the_next_alone);
    ADD(wrong_sql_is_our_fault);
    ADD(a_reader_keeps_its_snapshot);
    ADD(writers_wait_for_each_other);
    ADD(a_writer_that_waited_too_long_is_told);
    ADD(the_version_moves_with_every_commit);
    ADD(other_statements_run_between_rows);
    ADD(changes_of_others_do_not_disturb_reading);
    ADD(reading_may_end_early);
    ADD(tables_are_found_by_name);
    ADD(a_sound_database_has_no_faults);
    ADD(a_row_without_its_other_row_is_a_fault);
    ADD(a_password_is_never_shown);
    return g_test_run();
}

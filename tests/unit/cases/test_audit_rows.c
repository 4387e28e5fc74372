// SPDX-License-Identifier: Apache-2.0
//
// Promise: whatever an act does with rows, in whatever order, the record that it leaves is sound;
// and every table that the record vouches for is hashed whole.
#include <string.h>
#include <unistd.h>

#include "cases/act.h"
#include "cases/audit_check.h"
#include "store/audit_log.h"

typedef struct {
    char *folder;
    Casework *work;
    Database *database;
} Bench;

static void remove_all(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        unlink(child);
    }
    rmdir(path);
}

static void bench_init(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    bench->folder = g_dir_make_tmp("clew-audit-XXXXXX", &error);
    bench->work = casework_open(&(CaseworkOptions){.data_folder = bench->folder}, &error);
    g_assert_no_error(error);
    bench->database = casework_database(bench->work);
}

static void bench_clear(Bench *bench)
{
    casework_close(bench->work);
    remove_all(bench->folder);
    g_free(bench->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

static const Actor actor = {.name = "tester", .session = ""};

static Act *begin(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    Act *act = act_begin(bench->work, &actor, AUDIT_INGEST, &error);
    g_assert_no_error(error);
    return act;
}

static void commit(Act *act)
{
    g_autoptr(GError) error = NULL;
    act_commit(act, &error);
    g_assert_no_error(error);
    act_free(act);
}

static void execute(Bench *bench, const char *script)
{
    g_autoptr(GError) error = NULL;
    database_execute(bench->database, script, &error);
    g_assert_no_error(error);
}

static void put(Act *act, Bench *bench, unsigned id)
{
    g_autofree char *script = g_strdup_printf("INSERT INTO case_media (id, seq, case_id, media_id, "
                                              "kind, added_us) VALUES (%u, %u, 1, %u, 'new', 5)",
                                              id, (unsigned)act_seq(act), id);
    execute(bench, script);
}

static void change(Act *act, Bench *bench, unsigned id)
{
    g_autofree char *script =
        g_strdup_printf("UPDATE case_media SET added_us = added_us + 1, seq = %u WHERE id = %u",
                        (unsigned)act_seq(act), id);
    g_assert_true(act_supersedes(act, TABLE_CASE_MEDIA, id, NULL));
    execute(bench, script);
}

static void take_away(Act *act, Bench *bench, unsigned id)
{
    g_autofree char *script = g_strdup_printf("DELETE FROM case_media WHERE id = %u", id);
    g_assert_true(act_deletes(act, TABLE_CASE_MEDIA, id, NULL));
    execute(bench, script);
}

static uint64_t faults_of(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AuditCheck) check = audit_check(bench->work, (AuditCheckOptions){0}, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < check->findings->len; i++) {
        g_autofree char *text = audit_finding_text(g_ptr_array_index(check->findings, i));
        g_test_message("%s", text);
    }
    return check->faults;
}

// Rows 1 to 9 of an earlier act.
static void put_some(Bench *bench)
{
    Act *act = begin(bench);
    for (unsigned id = 1; id < 10; id++)
        put(act, bench, id);
    act_wrote_range(act, TABLE_CASE_MEDIA, 1, 9);
    commit(act);
}

static void rows_that_come_and_go_in_one_act(void)
{
    g_auto(Bench) bench = {0};
    bench_init(&bench);
    put_some(&bench);
    Act *act = begin(&bench);
    put(act, &bench, 20);
    act_wrote(act, TABLE_CASE_MEDIA, 20);
    take_away(act, &bench, 20);
    change(act, &bench, 3);
    change(act, &bench, 3);
    take_away(act, &bench, 3);
    commit(act);
    g_assert_cmpuint(faults_of(&bench), ==, 0);
}

static void rows_that_go_and_come_back(void)
{
    g_auto(Bench) bench = {0};
    bench_init(&bench);
    put_some(&bench);
    Act *act = begin(&bench);
    take_away(act, &bench, 4);
    put(act, &bench, 4);
    act_wrote(act, TABLE_CASE_MEDIA, 4);
    take_away(act, &bench, 5);
    commit(act);
    act = begin(&bench);
    put(act, &bench, 5);
    act_wrote(act, TABLE_CASE_MEDIA, 5);
    commit(act);
    act = begin(&bench);
    take_away(act, &bench, 5);
    commit(act);
    g_assert_cmpuint(faults_of(&bench), ==, 0);
}

// A range that was told generously, with a deletion inside, one before and one behind.
static void ranges_with_deletions_among_them(void)
{
    g_auto(Bench) bench = {0};
    bench_init(&bench);
    put_some(&bench);
    Act *act = begin(&bench);
    take_away(act, &bench, 2);
    take_away(act, &bench, 7);
    take_away(act, &bench, 9);
    change(act, &bench, 6);
    put(act, &bench, 8000);
    act_wrote_range(act, TABLE_CASE_MEDIA, 4, 8);
    act_wrote_range(act, TABLE_CASE_MEDIA, 6, 9000);
    act_wrote_range(act, TABLE_CASE_MEDIA, 5, 4);
    commit(act);
    g_assert_cmpuint(faults_of(&bench), ==, 0);
    execute(&bench, "DELETE FROM case_media WHERE id = 8000");
    g_assert_cmpuint(faults_of(&bench), ==, 1);
}

// A row that an act changed without saying so is found as if an attacker had.
static void what_an_act_does_not_tell_is_found(void)
{
    g_auto(Bench) bench = {0};
    bench_init(&bench);
    put_some(&bench);
    Act *act = begin(&bench);
    put(act, &bench, 30);
    commit(act);
    g_assert_cmpuint(faults_of(&bench), ==, 1);
}

static void a_payload_is_erased_by_an_act_or_missing(void)
{
    g_auto(Bench) bench = {0};
    bench_init(&bench);
    put_some(&bench);
    bool exists;
    Act *act = begin(&bench);
    g_assert_true(audit_log_erase_payload(bench.database, 1, &exists, NULL));
    g_assert_true(exists);
    act_erased_payload(act, 1);
    commit(act);
    g_assert_cmpuint(faults_of(&bench), ==, 0);
    g_assert_true(audit_log_erase_payload(bench.database, 1, &exists, NULL));
    g_assert_false(exists);
    execute(&bench, "UPDATE audit_leaf SET payload = '{}' WHERE seq = 1");
    g_assert_cmpuint(faults_of(&bench), ==, 1); // there again
    execute(&bench, "UPDATE audit_leaf SET payload = NULL");
    g_assert_cmpuint(faults_of(&bench), ==, 1); // that of leaf 2, by nobody
}

static int64_t given_time(void *user_data)
{
    return *(int64_t *)user_data;
}

static void a_clock_that_is_set_back_is_told(void)
{
    g_auto(Bench) bench = {0};
    g_autoptr(GError) error = NULL;
    int64_t now_us = 1800000000000000;
    bench_init(&bench);
    casework_set_clock(bench.work, given_time, &now_us);
    commit(begin(&bench));
    now_us += 5;
    commit(begin(&bench));
    now_us -= 3600000000;
    commit(begin(&bench));
    g_autoptr(AuditCheck) check = audit_check(bench.work, (AuditCheckOptions){0}, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(check->faults, ==, 0);
    g_assert_cmpuint(check->counts.clock_steps, ==, 1);
    g_assert_cmpuint(check->counts.first_clock_step, ==, 3);
}

// ---- Tables -----------------------------------------------------------------------------------

static char type_of(const char *declared)
{
    return strcmp(declared, "INTEGER") == 0 ? 'i'
           : strcmp(declared, "TEXT") == 0  ? 't'
           : strcmp(declared, "BLOB") == 0  ? 'b'
           : strcmp(declared, "REAL") == 0  ? 'r'
                                            : '?';
}

// Each column of the table, in its order, with its type: none is left out of the hash.
static void every_audited_table_is_hashed_whole(void)
{
    g_auto(Bench) bench = {0};
    unsigned tables = 0;
    bench_init(&bench);
    for (int table = 0; table < TABLE_COUNT; table++) {
        const AuditTableInfo *info = audit_table((AuditTable)table);
        if (info == NULL)
            continue;
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) columns = g_string_new(NULL);
        g_autoptr(GString) types = g_string_new(NULL);
        g_autofree char *sql =
            g_strdup_printf("SELECT name, type FROM pragma_table_info('%s')", info->name);
        g_autoptr(Statement) statement = statement_prepare(bench.database, sql, &error);
        g_assert_no_error(error);
        bool row;
        while (statement_step(statement, &row, &error) && row) {
            g_string_append_printf(columns, "%s%s", columns->len > 0 ? ", " : "",
                                   statement_text(statement, 0));
            g_string_append_c(types, type_of(statement_text(statement, 1)));
        }
        g_test_message("%s", info->name);
        g_assert_cmpstr(columns->str, ==, info->columns);
        g_assert_cmpstr(types->str, >, "ii");
        g_assert_cmpstr(types->str + 2, ==, info->types);
        tables++;
    }
    g_assert_cmpuint(tables, >=, 8);
}

// A table with the number of a leaf in its rows, that nobody checks.
static void every_table_with_a_leaf_is_audited(void)
{
    g_auto(Bench) bench = {0};
    g_autoptr(GError) error = NULL;
    bench_init(&bench);
    g_autoptr(Statement) statement =
        statement_prepare(bench.database,
                          "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c "
                          "ON c.name = 'seq' WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM "
                          "pragma_table_info(m.name) d WHERE d.name = 'id')",
                          &error);
    g_assert_no_error(error);
    bool row;
    while (statement_step(statement, &row, &error) && row) {
        bool is_known = false;
        for (int table = 0; table < TABLE_COUNT; table++) {
            const AuditTableInfo *info = audit_table((AuditTable)table);
            is_known |= info != NULL && strcmp(info->name, statement_text(statement, 0)) == 0;
        }
        if (!is_known)
            g_test_message("%s is not audited", statement_text(statement, 0));
        g_assert_true(is_known);
    }
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rows_that_come_and_go_in_one_act", rows_that_come_and_go_in_one_act);
    g_test_add_func("/rows_that_go_and_come_back", rows_that_go_and_come_back);
    g_test_add_func("/ranges_with_deletions_among_them", ranges_with_deletions_among_them);
    g_test_add_func("/what_an_act_does_not_tell_is_found", what_an_act_does_not_tell_is_found);
    g_test_add_func("/a_payload_is_erased_by_an_act_or_missing",
                    a_payload_is_erased_by_an_act_or_missing);
    g_test_add_func("/a_clock_that_is_set_back_is_told", a_clock_that_is_set_back_is_told);
    g_test_add_func("/every_audited_table_is_hashed_whole", every_audited_table_is_hashed_whole);
    g_test_add_func("/every_table_with_a_leaf_is_audited", every_table_with_a_leaf_is_audited);
    return g_test_run();
}

// SPDX-License-Identifier: Apache-2.0
//
// What depends on the server itself. It is killed (SIGKILL, all its processes) while rows are
// written: what was acknowledged is there when it runs again, nothing is there in part, and the
// connections of before are opened again by themselves. It asks for a password, and may be of the
// wrong encoding. The server is the test's own, started by tests/tools/postgres.sh.
#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/database.h"

#define ROUNDS 2
#define ROWS_EACH 20 // of one transaction
#define BUSY_MS 2000

typedef struct {
    char *folder;
    char *url;
} Server;

// Runs the script; its output, without the newline, or NULL when it failed.
static char *control(const char *action, const char *folder)
{
    const char *source = g_getenv("CLEW_SOURCE");
    g_autofree char *script = g_build_filename(source, "tests/tools/postgres.sh", NULL);
    const char *arguments[] = {script, action, folder, "fsync", NULL};
    g_autofree char *output = NULL;
    int status = 1;
    bool ran = g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                            NULL, &status, NULL);
    return ran && status == 0 ? g_strdup(g_strstrip(output)) : NULL;
}

static bool server_start(Server *server)
{
    g_autofree char *parent = g_dir_make_tmp("clew-server-XXXXXX", NULL);
    g_assert_nonnull(parent);
    g_assert_cmpint(rmdir(parent), ==, 0);
    *server = (Server){.folder = g_strdup(parent), .url = control("start", parent)};
    return server->url != NULL;
}

static void server_clear(Server *server)
{
    g_free(control("stop", server->folder));
    g_free(server->folder);
    g_free(server->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Server, server_clear)

static void server_kill(const Server *server)
{
    g_autofree char *done = control("kill", server->folder);
    g_assert_nonnull(done);
}

// The killed processes may hold the shared memory for a moment.
static void server_restart(const Server *server)
{
    for (int attempt = 0; attempt < 50; attempt++) {
        g_autofree char *url = control("restart", server->folder);
        if (url != NULL)
            return;
        g_usleep(100000);
    }
    g_assert_not_reached();
}

static int64_t count_of(Database *database, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Statement) statement = statement_prepare(database, sql, &error);
    bool row;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    return statement_int(statement, 0);
}

// One transaction of ROWS_EACH rows.
static bool write_some(Database *database, int64_t batch, GError **err)
{
    if (!database_begin_write(database, err))
        return false;
    for (int64_t i = 0; i < ROWS_EACH; i++) {
        Statement *insert = database_statement(database, "INSERT INTO thing VALUES (?1, ?2)", err);
        statement_bind_int(insert, 1, batch * ROWS_EACH + i);
        statement_bind_int(insert, 2, batch);
        if (!statement_run(insert, err)) {
            database_rollback(database);
            return false;
        }
    }
    return database_commit(database, err);
}

typedef struct {
    Database *database;
    int acknowledged; // batches; atomic
} Writer;

static void *write_until_failure(void *data)
{
    Writer *writer = data;
    g_autoptr(GError) error = NULL;
    while (write_some(writer->database, writer->acknowledged, &error))
        g_atomic_int_inc(&writer->acknowledged);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
    return NULL;
}

static void kill_once(const Server *server, Writer *writer, int more)
{
    int enough = writer->acknowledged + more;
    GThread *thread = g_thread_new("writer", write_until_failure, writer);
    while (g_atomic_int_get(&writer->acknowledged) < enough)
        g_usleep(500);
    server_kill(server);
    g_thread_join(thread);
    server_restart(server);
}

static void nothing_acknowledged_is_lost_when_the_server_is_killed(const void *data)
{
    const Server *server = data;
    g_autoptr(GError) error = NULL;
    Writer writer = {.database = database_open_url(server->url, BUSY_MS, &error)};
    g_assert_no_error(error);
    g_assert_true(database_execute(
        writer.database, "CREATE TABLE thing (id INTEGER PRIMARY KEY, batch INTEGER)", NULL));
    for (int round = 0; round < ROUNDS; round++) {
        kill_once(server, &writer, 20 + round * 7);
        int64_t stored = count_of(writer.database, "SELECT count(*) FROM thing");
        g_assert_cmpint(stored % ROWS_EACH, ==, 0);
        // The last one may have been done without its answer having come.
        g_assert_cmpint(stored, >=, (int64_t)writer.acknowledged * ROWS_EACH);
        g_assert_cmpint(stored, <=, (int64_t)(writer.acknowledged + 1) * ROWS_EACH);
        writer.acknowledged = (int)(stored / ROWS_EACH);
    }
    database_close(writer.database);
}

static void a_lost_connection_is_opened_again_outside_a_transaction(const void *data)
{
    const Server *server = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = database_open_url(server->url, BUSY_MS, NULL);
    g_assert_true(
        database_execute(database,
                         "DROP TABLE IF EXISTS thing; CREATE TABLE thing (id INTEGER PRIMARY KEY, "
                         "batch INTEGER)",
                         NULL));
    g_assert_true(write_some(database, 0, NULL));
    server_kill(server);
    g_assert_false(write_some(database, 1, &error)); // nobody is there
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
    server_restart(server);
    g_assert_cmpint(count_of(database, "SELECT count(*) FROM thing"), ==, ROWS_EACH);
    g_assert_true(write_some(database, 1, NULL));

    server_kill(server);
    server_restart(server);
    g_assert_true(write_some(database, 2, NULL)); // it never noticed

    g_assert_true(database_begin_write(database, NULL));
    server_kill(server);
    server_restart(server);
    g_clear_error(&error);
    g_autoptr(Statement) look = statement_prepare(database, "SELECT 1", NULL);
    bool row;
    g_assert_false(statement_step(look, &row, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
    g_assert_false(database_commit(database, NULL));
    g_assert_cmpint(count_of(database, "SELECT count(*) FROM thing"), ==, 3 * ROWS_EACH);
}

static void an_encoding_that_is_not_utf8_is_refused(const void *data)
{
    const Server *server = data;
    g_autoptr(GError) error = NULL;
    // CREATE DATABASE cannot run in a transaction, so psql does it.
    const char *arguments[] = {
        "psql",
        "-q",
        server->url,
        "-c",
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
        NULL};
    int status = 1;
    g_assert_true(g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                               NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    size_t stem = strlen(server->url) - strlen("postgres");
    g_autofree char *url = g_strdup_printf("%.*slatin", (int)stem, server->url);
    g_assert_null(database_open_url(url, BUSY_MS, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "LATIN1"));
}

// ---- Passwords --------------------------------------------------------------------------------

#define PASSWORD_FILE_VARIABLE "CLEW_DATABASE_PASSWORD_FILE"

static void assert_open_denied(const char *url, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(database_open_url(url, BUSY_MS, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_assert_nonnull(strstr(error->message, words));
    g_assert_null(strstr(error->message, "a secret"));
}

static void a_password_comes_from_its_file_or_the_environment(const void *data)
{
    const Server *server = data;
    g_autoptr(Database) clew = database_open_url(server->url, BUSY_MS, NULL);
    g_assert_true(database_execute(clew, "CREATE ROLE guarded LOGIN PASSWORD 'a secret'", NULL));
    const char *rest = strchr(server->url, '@');
    g_autofree char *url = g_strconcat("postgresql://guarded", rest, NULL);
    g_autofree char *wrong = g_strconcat("postgresql://guarded:no%20secret", rest, NULL);
    g_autofree char *path = g_strconcat(server->folder, ".password", NULL);
    g_assert_true(g_file_set_contents(path, "a secret\n", -1, NULL));
    chmod(path, 0600);

    assert_open_denied(url, "PGPASSWORD");
    assert_open_denied(wrong, "password");
    g_setenv(PASSWORD_FILE_VARIABLE, path, TRUE);
    g_autoptr(Database) by_file = database_open_url(url, BUSY_MS, NULL);
    g_assert_nonnull(by_file);
    chmod(path, 0644);
    assert_open_denied(url, "chmod 600");
    g_unsetenv(PASSWORD_FILE_VARIABLE);
    g_setenv("PGPASSWORD", "a secret", TRUE);
    g_autoptr(Database) by_environment = database_open_url(url, BUSY_MS, NULL);
    g_assert_nonnull(by_environment);
    g_unsetenv("PGPASSWORD");
    unlink(path);
}

static void who_may_only_read_is_denied(const void *data)
{
    const Server *server = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *url =
        g_strconcat(server->url, "?options=-cdefault_transaction_read_only%3Don", NULL);
    g_autoptr(Database) database = database_open_url(url, BUSY_MS, NULL);
    g_assert_false(database_execute(database, "CREATE TABLE never (a INTEGER)", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
}

#define ADD(test) g_test_add_data_func("/database_server/" #test, &server, test)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_auto(Server) server = {0};
    g_assert_true(server_start(&server));
    ADD(nothing_acknowledged_is_lost_when_the_server_is_killed);
    ADD(a_lost_connection_is_opened_again_outside_a_transaction);
    ADD(an_encoding_that_is_not_utf8_is_refused);
    ADD(a_password_comes_from_its_file_or_the_environment);
    ADD(who_may_only_read_is_denied);
    return g_test_run();
}

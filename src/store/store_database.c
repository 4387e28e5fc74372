// SPDX-License-Identifier: Apache-2.0
#include "store/store_database.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/data_folder.h"
#include "store/migration.h"

// ---- Filling ----------------------------------------------------------------------------------

static bool insert_store_row(Database *database, GError **err)
{
    g_autofree char *now = clock_now_utc();
    Statement *statement = database_statement(
        database, "INSERT INTO store VALUES (1, ?1, 0, 0) ON CONFLICT (one) DO NOTHING", err);
    if (statement == NULL)
        return false;
    statement_bind_text(statement, 1, now);
    return statement_run(statement, err);
}

// Another program may have filled it while this one waited for its turn.
static bool fill_inside(Database *database, GError **err)
{
    bool filled;
    return database_has_table(database, MIGRATION_TABLE, &filled, err) &&
           (filled || (migration_begin(database, err) &&
                       migration_apply(database, database_name(database), err) &&
                       insert_store_row(database, err)));
}

bool store_database_fill(Database *database, GError **err)
{
    if (!database_begin_write(database, err))
        return false;
    if (fill_inside(database, err))
        return database_commit(database, err);
    database_rollback(database);
    return false;
}

// ---- Files ------------------------------------------------------------------------------------

static bool make_private_file(const char *path, GError **err)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot create %s", path);
    close(descriptor);
    return true;
}

static bool fill_new_file(const char *path, GError **err)
{
    g_autoptr(Database) database = database_create(path, err);
    if (database == NULL || !store_database_fill(database, err))
        return false;
    database_checkpoint(database);
    return true;
}

static bool sync_path(const char *path, int flags, GError **err)
{
    int descriptor = open(path, flags | O_CLOEXEC);
    bool ok = descriptor >= 0 && fsync(descriptor) == 0;
    if (!ok)
        clew_error_set_errno(err, errno, "cannot make %s durable", path);
    if (descriptor >= 0)
        close(descriptor);
    return ok;
}

// Another process may create the store at the same time: the first link wins.
static bool create_file(const char *path, const char *folder, GError **err)
{
    g_autofree char *temporary =
        g_strdup_printf("%s/.new-%d-%08x.db", folder, getpid(), g_random_int());
    bool ok = make_private_file(temporary, err) && fill_new_file(temporary, err) &&
              sync_path(temporary, O_RDWR, err);
    if (ok && link(temporary, path) != 0 && errno != EEXIST)
        ok = clew_error_set_errno(err, errno, "cannot create %s", path);
    unlink(temporary);
    static const char *const companions[] = {"-wal", "-shm"};
    for (unsigned i = 0; i < G_N_ELEMENTS(companions); i++) {
        g_autofree char *companion = g_strconcat(temporary, companions[i], NULL);
        unlink(companion);
    }
    return ok && sync_path(folder, O_RDONLY | O_DIRECTORY, err);
}

static bool fail_missing(const char *where, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "there are no sets in %s yet; make one with: clew set import NAME FILE "
                "--kind notable",
                where);
    return false;
}

static bool check_not_truncated(const char *path, GError **err)
{
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the database %s is damaged: it is empty",
                    path);
        return false;
    }
    return true;
}

static bool prepare_file(const char *path, bool must_exist, GError **err)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        if (must_exist) // what is wrong with the folder says more than that the file is not there
            return (!g_file_test(folder, G_FILE_TEST_IS_DIR) || data_folder_prepare(folder, err)) &&
                   fail_missing(folder, err);
        if (!data_folder_prepare(folder, err) || !create_file(path, folder, err))
            return false;
    }
    return data_folder_prepare(folder, err) && data_folder_check_file(path, err) &&
           check_not_truncated(path, err);
}

// ---- Opening ----------------------------------------------------------------------------------

static bool prepare_schema(Database *database, bool must_exist, GError **err)
{
    bool filled;
    if (!database_has_table(database, MIGRATION_TABLE, &filled, err))
        return false;
    if (!filled && must_exist)
        return fail_missing(database_name(database), err);
    return filled || store_database_fill(database, err);
}

Database *store_database_open(const char *place, StoreDatabaseOptions options, GError **err)
{
    bool server = database_url_is_postgres(place);
    if (!server && !prepare_file(place, options.must_exist, err))
        return NULL;
    g_autoptr(Database) database = database_open_url(place, options.busy_ms, err);
    if (database == NULL || (server && !prepare_schema(database, options.must_exist, err)) ||
        !migration_apply(database, database_name(database), err))
        return NULL;
    return g_steal_pointer(&database);
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cases/audit_files.h"
#include "cases/backup.h"
#include "cases/key_bundle.h"
#include "store/audit_leaves.h"
#include "store/data_folder.h"
#include "store/migration.h"
#include "store/store_copy.h"
#include "store/vault.h"

#define BUSY_MS 10000
#define HEADS_BYTES (1u << 20) // written at a time
#define DATABASE_NAME "clew.db"

typedef struct {
    const RestoreRequest *request;
    BackupManifest manifest;
    int archive;
    GBytes *keys;   // NULL: none given
    char *place;    // of the database: path or URL
    char *mark;     // DATA_FOLDER_RESTORING in the folder
    char *dump;     // in it
    char *heads;    // in it
    bool is_marked; // from then on there is something to clear away
    bool is_filled; // a PostgreSQL database
} Restore;

// ---- Before anything is written ---------------------------------------------------------------

static bool check_fits(const Restore *restore, GError **err)
{
    const char *path = restore->request->path;
    bool is_postgres = database_url_is_postgres(restore->place);
    if (restore->manifest.schema > (uint64_t)migration_newest()) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "the backup %s was made by a newer Clew, %s (schema %" G_GUINT64_FORMAT
                    ", this program knows %" G_GINT64_FORMAT "); use that one",
                    path, restore->manifest.program, restore->manifest.schema, migration_newest());
        return false;
    }
    if (restore->manifest.is_postgres == is_postgres)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "the backup %s is of %s; %s", path,
                restore->manifest.is_postgres ? "a PostgreSQL database" : "an SQLite file",
                is_postgres ? "restore it without a postgresql:// URL"
                            : "name an empty database with --database postgresql://…");
    return false;
}

static bool fail_not_empty(const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                "cannot restore into %s: there is something already; a restore needs an empty "
                "place",
                what);
    return false;
}

static bool check_folder_empty(const char *folder, GError **err)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    return dir == NULL ? data_folder_prepare(folder, err)
                       : data_folder_prepare(folder, err) &&
                             (g_dir_read_name(dir) == NULL || fail_not_empty(folder, err));
}

static bool check_place_empty(const Restore *restore, GError **err)
{
    if (!check_folder_empty(restore->request->data_folder, err))
        return false;
    if (restore->manifest.is_postgres)
        return store_copy_check_empty_postgres(restore->place, err);
    return access(restore->place, F_OK) != 0 || fail_not_empty(restore->place, err);
}

static bool prepare(Restore *restore, GError **err)
{
    const RestoreRequest *request = restore->request;
    restore->archive = open(request->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (restore->archive < 0)
        return clew_error_set_errno(err, errno, "cannot read the backup %s", request->path);
    if (!backup_archive_check(restore->archive, request->path, &restore->manifest, err) ||
        !check_fits(restore, err))
        return false;
    if (request->keys_path != NULL) {
        restore->keys = key_bundle_read(request->keys_path, request->passphrase, err);
        if (restore->keys == NULL)
            return false;
    }
    return check_place_empty(restore, err);
}

// ---- Writing ----------------------------------------------------------------------------------

static bool sync_folder(const char *folder, GError **err)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = descriptor >= 0 && fsync(descriptor) == 0;
    if (!ok)
        clew_error_set_errno(err, errno, "cannot make %s durable", folder);
    if (descriptor >= 0)
        close(descriptor);
    return ok;
}

static bool begin(Restore *restore, GError **err)
{
    if (mkdir(restore->mark, 0700) != 0)
        return clew_error_set_errno(err, errno, "cannot create %s", restore->mark);
    restore->is_marked = true;
    return sync_folder(restore->request->data_folder, err);
}

static bool fill_postgres(Restore *restore, GError **err)
{
    if (!backup_archive_extract(restore->archive, &restore->manifest, BACKUP_DATABASE,
                                restore->dump, err) ||
        !store_copy_read_postgres(restore->place, restore->dump, err))
        return false;
    restore->is_filled = true;
    return true;
}

static bool fill_database(Restore *restore, GError **err)
{
    if (restore->manifest.is_postgres)
        return fill_postgres(restore, err);
    g_autofree char *folder = g_path_get_dirname(restore->place);
    return backup_archive_extract(restore->archive, &restore->manifest, BACKUP_DATABASE,
                                  restore->place, err) &&
           sync_folder(folder, err);
}

// Notes stand one after another with a blank line between. What is behind a damaged one stays out:
// the check of the record then says which are not there.
static bool copy_heads(CheckpointReader *reader, uint64_t up_to, const char *target, GError **err)
{
    g_autoptr(GString) notes = g_string_new(NULL);
    bool more = true;
    while (more) {
        g_autoptr(Checkpoint) head = NULL;
        more = checkpoint_reader_next(reader, &head, NULL) && head != NULL && head->size <= up_to;
        if (more)
            g_string_append_printf(notes, "%s%s", notes->len > 0 ? "\n" : "", head->text);
        if (notes->len > (more ? HEADS_BYTES : 0)) {
            if (!checkpoint_file_append(target, notes->str, err))
                return false;
            g_string_truncate(notes, 0);
        }
    }
    return true;
}

// Heads that were made after the moment of the backup speak of leaves that are not there.
static bool restore_heads(const Restore *restore, Database *database, GError **err)
{
    g_autofree char *target = audit_file_checkpoints(restore->request->data_folder);
    g_autoptr(StoredCheckpoint) newest = NULL;
    if (!backup_archive_extract(restore->archive, &restore->manifest, BACKUP_CHECKPOINTS,
                                restore->heads, err) ||
        !audit_checkpoints_last(database, &newest, err))
        return false;
    g_autoptr(CheckpointReader) reader = checkpoint_reader_open(restore->heads, err);
    return reader != NULL && (newest == NULL || copy_heads(reader, newest->size, target, err));
}

static bool check_database(const Restore *restore, Database *database, GError **err)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    if (!database_check(database, faults, err))
        return false;
    if (faults->len == 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the database in %s is damaged: %s",
                restore->request->path, (const char *)faults->pdata[0]);
    return false;
}

static bool restore_keys(const Restore *restore, Database *database, GError **err)
{
    const char *folder = restore->request->data_folder;
    if (restore->keys == NULL)
        return true;
    if (!key_bundle_extract(restore->keys, folder, err))
        return false;
    g_autoptr(Vault) vault = vault_open(folder, database, err);
    return vault != NULL;
}

static bool complete(Restore *restore, GError **err)
{
    g_autoptr(Database) database = database_open_url(restore->place, BUSY_MS, err);
    return database != NULL && check_database(restore, database, err) &&
           restore_heads(restore, database, err) && restore_keys(restore, database, err);
}

static bool end(Restore *restore, GError **err)
{
    unlink(restore->dump);
    unlink(restore->heads);
    if (!sync_folder(restore->request->data_folder, err))
        return false;
    if (rmdir(restore->mark) != 0)
        return clew_error_set_errno(err, errno, "cannot remove %s", restore->mark);
    return sync_folder(restore->request->data_folder, err);
}

// ---- When it fails ----------------------------------------------------------------------------

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        unlink(path);
    }
    rmdir(folder);
}

// The mark goes last: until then the folder is refused.
static void undo(const Restore *restore, GError **err)
{
    static const char *const folders[] = {"keys", "audit"};
    static const char *const files[] = {"", "-wal", "-shm"};
    for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(restore->request->data_folder, folders[i], NULL);
        remove_folder(path);
    }
    for (unsigned i = 0; !restore->manifest.is_postgres && i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_strconcat(restore->place, files[i], NULL);
        unlink(path);
    }
    remove_folder(restore->mark);
    if (restore->is_filled)
        g_prefix_error(err, "the database was filled, drop it and create it empty before another "
                            "restore: ");
}

bool backup_restore(const RestoreRequest *request, BackupManifest *ret_manifest, GError **err)
{
    Restore restore = {.request = request, .archive = -1};
    restore.place = request->database != NULL
                        ? g_strdup(request->database)
                        : g_build_filename(request->data_folder, DATABASE_NAME, NULL);
    restore.mark = g_build_filename(request->data_folder, DATA_FOLDER_RESTORING, NULL);
    restore.dump = g_build_filename(restore.mark, "database", NULL);
    restore.heads = g_build_filename(restore.mark, "checkpoints", NULL);
    bool ok = prepare(&restore, err) && begin(&restore, err) && fill_database(&restore, err) &&
              complete(&restore, err) && end(&restore, err);
    if (!ok && restore.is_marked)
        undo(&restore, err);
    if (ok)
        *ret_manifest = restore.manifest;
    if (restore.archive >= 0)
        close(restore.archive);
    g_clear_pointer(&restore.keys, g_bytes_unref);
    g_free(restore.place);
    g_free(restore.mark);
    g_free(restore.dump);
    g_free(restore.heads);
    return ok;
}

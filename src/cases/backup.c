// SPDX-License-Identifier: Apache-2.0
#include "cases/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cases/act.h"
#include "cases/audit_files.h"
#include "cases/key_bundle.h"
#include "cases/sets.h"
#include "store/migration.h"
#include "store/store_copy.h"

static bool make_empty(const char *path, GError **err)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot create %s", path);
    close(descriptor);
    return true;
}

// A folder beside the archive for what is gathered, so that it needs no room elsewhere.
typedef struct {
    char *folder, *database, *no_heads;
} Place;

static bool place_make(Place *place, const char *path, GError **err)
{
    g_autofree char *parent = g_path_get_dirname(path);
    place->folder = g_build_filename(parent, ".clew-backup-XXXXXX", NULL);
    if (g_mkdtemp_full(place->folder, 0700) == NULL)
        return clew_error_set_errno(err, errno, "cannot write %s", path);
    place->database = g_build_filename(place->folder, "database", NULL);
    place->no_heads = g_build_filename(place->folder, "checkpoints", NULL);
    return make_empty(place->database, err) && make_empty(place->no_heads, err);
}

static void place_clear(Place *place)
{
    if (place->database != NULL)
        unlink(place->database);
    if (place->no_heads != NULL)
        unlink(place->no_heads);
    if (place->folder != NULL)
        rmdir(place->folder);
    g_free(place->folder);
    g_free(place->database);
    g_free(place->no_heads);
}

static bool describe(Casework *work, BackupManifest *manifest, GError **err)
{
    int64_t schema;
    Database *database = casework_database(work);
    g_autofree char *now = clock_now_utc();
    if (!migration_present(database, &schema, err))
        return false;
    *manifest = (BackupManifest){.is_postgres = database_url_is_postgres(database_name(database)),
                                 .schema = (uint64_t)schema};
    g_strlcpy(manifest->made, now, sizeof manifest->made);
    g_strlcpy(manifest->program, CLEW_VERSION, sizeof manifest->program);
    return true;
}

static bool write_archive(Casework *work, const Place *place, const char *path,
                          BackupManifest *manifest, GError **err)
{
    if (!describe(work, manifest, err) ||
        !store_copy_write(casework_database(work), place->database, err))
        return false;
    g_autofree char *heads = audit_file_checkpoints(casework_folder(work));
    const char *files[BACKUP_MEMBER_COUNT] = {
        [BACKUP_DATABASE] = place->database,
        [BACKUP_CHECKPOINTS] = access(heads, F_OK) == 0 ? heads : place->no_heads};
    return backup_archive_write(path, manifest, files, err);
}

// On record before the moment of the backup, so that it is in the backup as well.
static bool record(Casework *work, const BackupRequest *request, GError **err)
{
    g_autofree char *login = sets_login_name();
    g_autofree char *name = g_path_get_basename(request->path);
    Actor actor = actor_of_command_line(login);
    g_autoptr(Act) act = act_begin(work, &actor, AUDIT_BACKUP, err);
    if (act == NULL)
        return false;
    act_set_object(act, "%s", name);
    json_write_member_bool(act_payload(act), "keys", request->keys_path != NULL);
    return act_commit(act, err);
}

static bool must_not_exist(const char *path, GError **err)
{
    if (path == NULL || access(path, F_OK) != 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                "cannot write %s: the file exists, and a backup takes the place of none", path);
    return false;
}

bool backup_make(Casework *work, const BackupRequest *request, BackupManifest *ret_manifest,
                 GError **err)
{
    g_autoptr(GBytes) keys = NULL;
    if (!must_not_exist(request->path, err) || !must_not_exist(request->keys_path, err))
        return false;
    if (request->keys_path != NULL) {
        keys = key_bundle_gather(casework_folder(work), err);
        if (keys == NULL)
            return false;
    }
    Place place = {0};
    BackupManifest manifest;
    bool ok = place_make(&place, request->path, err) && record(work, request, err) &&
              write_archive(work, &place, request->path, &manifest, err);
    place_clear(&place);
    if (ok && keys != NULL &&
        !key_bundle_write(request->keys_path, keys, request->passphrase, err)) {
        g_prefix_error(err, "%s is whole, but its keys were not written: ", request->path);
        return false;
    }
    if (ok)
        *ret_manifest = manifest;
    return ok;
}

bool backup_check(const char *path, BackupManifest *ret_manifest, GError **err)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot read the backup %s", path);
    bool ok = backup_archive_check(descriptor, path, ret_manifest, err);
    close(descriptor);
    return ok;
}

// SPDX-License-Identifier: Apache-2.0
#include "cases/store_check.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cases/audit_check.h"
#include "cases/preview_store.h"
#include "cases/queue.h"
#include "cases/set_index.h"
#include "store/data_folder.h"
#include "store/derived_check.h"
#include "store/migration.h"

#define PREVIEWS_AT_A_TIME 100u
#define PREVIEW_FAULTS_MAX 20u
#define FOLDER_DEPTH_MAX 4u
#define PERCENT 100u

typedef struct {
    Casework *work;
    StoreCheck *check;
    const StoreCheckOptions *options;
} Check;

static void fault(const Check *check, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void fault(const Check *check, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(check->check->faults, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

// Gives each of some texts an end.
static void add_all(const Check *check, const GPtrArray *texts, const char *remedy)
{
    for (unsigned i = 0; i < texts->len; i++)
        fault(check, "%s; %s", (const char *)texts->pdata[i], remedy);
}

// ---- Parts ------------------------------------------------------------------------------------

static bool check_schema(Check *check, GError **err)
{
    return migration_present(casework_database(check->work), &check->check->schema, err);
}

static bool check_sets(Check *check, GError **err)
{
    SetStore *sets = casework_sets(check->work);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) derived = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) list = set_store_list(sets, err);
    if (list == NULL || !set_store_verify(sets, faults, err) ||
        !set_index_verify(sets, derived, err))
        return false;
    check->check->sets = list->len;
    add_all(check, faults, "keep a copy of the database as it is, and restore the last backup");
    add_all(check, derived, "the index is derived: remove the file, it is built anew");
    return true;
}

static bool check_record(Check *check, GError **err)
{
    g_autoptr(AuditCheck) audit = audit_check(check->work, (AuditCheckOptions){0}, err);
    if (audit == NULL)
        return false;
    check->check->leaves = audit->counts.leaves;
    for (unsigned i = 0; i < audit->findings->len; i++) {
        g_autofree char *text = audit_finding_text(audit->findings->pdata[i]);
        fault(check, "the record of acts: %s; keep everything as it is and see clewd audit verify",
              text);
    }
    for (unsigned i = 0; i < audit->notes->len; i++)
        g_ptr_array_add(check->check->notes, g_strdup(audit->notes->pdata[i]));
    return true;
}

static bool check_keys(Check *check, GError **err)
{
    g_autoptr(GError) error = NULL;
    if (casework_vault(check->work, &error) == NULL)
        fault(check, "%s; put the keys back from their backup", error->message);
    return true;
}

// Every n-th of a hundred, spread evenly.
static bool is_chosen(uint64_t id, unsigned percent)
{
    return id * percent % PERCENT < percent;
}

static bool open_preview(const Check *check, const Vault *vault, const DerivedPreview *preview,
                         GError **err)
{
    g_auto(ObjectKey) key = {0};
    size_t size;
    const void *sealed = g_bytes_get_data(preview->sealed, &size);
    g_autoptr(GBytes) jpeg = NULL;
    if (!vault_object_key_open(vault, casework_database(check->work), preview->object_key_id, &key,
                               err))
        return false;
    jpeg =
        object_key_unseal(&key, (VaultObject){PREVIEW_SEALED_AS, preview->id}, sealed, size, err);
    return jpeg != NULL;
}

// False when no more need be looked at.
static bool try_preview(const Check *check, const Vault *vault, const DerivedPreview *preview,
                        unsigned *faults)
{
    g_autoptr(GError) error = NULL;
    check->check->previews++;
    if (open_preview(check, vault, preview, &error))
        return true;
    fault(check,
          "preview %" G_GUINT64_FORMAT " of media %" G_GUINT64_FORMAT
          " cannot be opened: %s; restore the keys, or the last backup in which it opens",
          preview->id, preview->media_id, error->message);
    return ++*faults < PREVIEW_FAULTS_MAX;
}

static bool check_previews(Check *check, GError **err)
{
    uint64_t after = 0;
    unsigned faults = 0;
    g_autoptr(GPtrArray) page =
        g_ptr_array_new_with_free_func((GDestroyNotify)derived_preview_free);
    const Vault *vault = casework_vault(check->work, NULL);
    if (vault == NULL)
        return true; // said already
    do {
        g_ptr_array_set_size(page, 0);
        if (!derived_previews(casework_database(check->work), after, PREVIEWS_AT_A_TIME, page, err))
            return false;
        for (unsigned i = 0; i < page->len; i++) {
            const DerivedPreview *preview = page->pdata[i];
            after = preview->id;
            if (is_chosen(preview->id, check->options->preview_percent) &&
                !try_preview(check, vault, preview, &faults))
                return true;
        }
    } while (page->len > 0);
    return true;
}

static bool check_derived(Check *check, GError **err)
{
    Database *database = casework_database(check->work);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    if (!database_begin_read(database, err))
        return false;
    bool ok = derived_check(database, faults, err);
    database_rollback(database);
    add_all(check, faults, "count them again with clewd check --rebuild");
    return ok;
}

static void check_mode(const Check *check, const char *path, const struct stat *status)
{
    bool is_folder = S_ISDIR(status->st_mode);
    if (status->st_uid != geteuid())
        fault(check, "%s belongs to user %u, not to %u who runs this; run: chown %u '%s'", path,
              status->st_uid, geteuid(), geteuid(), path);
    if (!S_ISLNK(status->st_mode) && (status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
        fault(check, "%s can be read by others (mode %04o); run: chmod %s '%s'", path,
              status->st_mode & ALLPERMS, is_folder ? "700" : "600", path);
}

static bool check_folder(const Check *check, const char *folder, unsigned depth, GError **err)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    const char *name;
    if (dir == NULL) {
        fault(check, "%s cannot be read; see who owns it", folder);
        return true;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        struct stat status;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (lstat(path, &status) != 0)
            continue; // a temporary file that is gone again
        check_mode(check, path, &status);
        if (S_ISDIR(status.st_mode) && depth < FOLDER_DEPTH_MAX &&
            !check_folder(check, path, depth + 1, err))
            return false;
    }
    return true;
}

static bool check_files(Check *check, GError **err)
{
    return check_folder(check, casework_folder(check->work), 0, err);
}

// ---- The whole --------------------------------------------------------------------------------

static StoreCheck *store_check_new(void)
{
    StoreCheck *check = g_new0(StoreCheck, 1);
    check->faults = g_ptr_array_new_with_free_func(g_free);
    check->notes = g_ptr_array_new_with_free_func(g_free);
    return check;
}

void store_check_free(StoreCheck *check)
{
    if (check == NULL)
        return;
    g_ptr_array_unref(check->faults);
    g_ptr_array_unref(check->notes);
    g_free(check);
}

StoreCheck *store_check(Casework *work, StoreCheckOptions options, GError **err)
{
    static const struct {
        const char *name;
        bool (*run)(Check *check, GError **err);
    } parts[] = {
        {"the schema", check_schema},         {"the database and its sets", check_sets},
        {"the record of acts", check_record}, {"the keys", check_keys},
        {"the previews", check_previews},     {"what is derived", check_derived},
        {"the files", check_files},
    };
    g_autoptr(StoreCheck) result = store_check_new();
    Check check = {.work = work, .check = result, .options = &options};
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (options.begins != NULL)
            options.begins(options.user_data, parts[i].name);
        if (!parts[i].run(&check, err))
            return NULL;
    }
    return g_steal_pointer(&result);
}

bool store_rebuild_derived(Casework *work, uint64_t *ret_stacks, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!derived_case_ids(casework_database(work), ids, err))
        return false;
    *ret_stacks = 0;
    for (unsigned i = 0; i < ids->len; i++) {
        uint64_t stacks;
        if (!queue_rebuild(work, g_array_index(ids, uint64_t, i), &stacks, err))
            return false;
        *ret_stacks += stacks;
    }
    return true;
}

// ---- Schema -----------------------------------------------------------------------------------

static bool check_place(const CaseworkOptions *options, const char *place, GError **err)
{
    if (database_url_is_postgres(place))
        return true;
    g_autofree char *folder = g_path_get_dirname(place);
    if (g_file_test(folder, G_FILE_TEST_IS_DIR) && !data_folder_prepare(folder, err))
        return false;
    if (access(place, F_OK) != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no database %s", place);
        return false;
    }
    return data_folder_check_file(place, err);
}

bool store_upgrade(const CaseworkOptions *options, bool dry_run, StoreUpgrade *ret_upgrade,
                   GError **err)
{
    g_autofree char *place = options->database != NULL
                                 ? g_strdup(options->database)
                                 : g_build_filename(options->data_folder, "clew.db", NULL);
    StoreUpgrade upgrade = {.to = migration_newest()};
    if (!check_place(options, place, err))
        return false;
    g_autoptr(Database) database =
        database_open_url(place, options->busy_ms != 0 ? options->busy_ms : SET_STORE_BUSY_MS, err);
    if (database == NULL || !migration_present(database, &upgrade.from, err))
        return false;
    // It refuses what is newer or none of ours before it changes anything.
    if ((!dry_run || upgrade.from == 0 || upgrade.from > upgrade.to) &&
        !migration_apply(database, database_name(database), err))
        return false;
    *ret_upgrade = upgrade;
    return true;
}

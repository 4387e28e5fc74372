// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVER_VARIABLE "CLEW_TEST_POSTGRES"
#define BUSY_MS 2000

bool fixture_on_server(void)
{
    return g_getenv(SERVER_VARIABLE) != NULL;
}

static void execute_at(const char *place, const char *script)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = database_open_url(place, 10 * BUSY_MS, &error);
    g_assert_no_error(error);
    database_execute(database, script, &error);
    g_assert_no_error(error);
}

// The folder's name is no other test's.
static char *make_schema(const char *server, const char *parent)
{
    g_autofree char *name = g_path_get_basename(parent);
    g_autofree char *script = g_strdup_printf("CREATE SCHEMA \"%s\"", name);
    execute_at(server, script);
    return g_strdup_printf("%s%coptions=-csearch_path%%3D\"%s\"", server,
                           strchr(server, '?') != NULL ? '&' : '?', name);
}

static void drop_schema(const Fixture *fixture)
{
    g_autofree char *name = g_path_get_basename(fixture->parent);
    g_autofree char *script = g_strdup_printf("DROP SCHEMA \"%s\" CASCADE", name);
    execute_at(g_getenv(SERVER_VARIABLE), script);
}

Fixture fixture_make(void)
{
    g_autoptr(GError) error = NULL;
    Fixture fixture = {.parent = g_dir_make_tmp("clew-store-XXXXXX", &error)};
    g_assert_no_error(error);
    fixture.folder = g_build_filename(fixture.parent, "data", NULL);
    if (fixture_on_server())
        fixture.database = make_schema(g_getenv(SERVER_VARIABLE), fixture.parent);
    return fixture;
}

void fixture_execute(const Fixture *fixture, const char *script)
{
    g_autofree char *path = g_build_filename(fixture->folder, "clew.db", NULL);
    execute_at(fixture->database != NULL ? fixture->database : path, script);
}

Database *fixture_database(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(fixture->parent, "test.db", NULL);
    Database *database = fixture->database != NULL
                             ? database_open_url(fixture->database, BUSY_MS, &error)
                             : database_create(path, &error);
    g_assert_no_error(error);
    return database;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            remove_tree(child);
        else
            unlink(child);
    }
    rmdir(path);
}

void fixture_clear(Fixture *fixture)
{
    if (fixture->database != NULL)
        drop_schema(fixture);
    remove_tree(fixture->parent);
    g_free(fixture->database);
    g_free(fixture->parent);
    g_free(fixture->folder);
}

SetStore *fixture_open(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    SetStore *store = set_store_open(
        fixture->folder, (SetStoreOptions){.busy_ms = BUSY_MS, .database = fixture->database},
        &error);
    g_assert_no_error(error);
    return store;
}

void fixture_value(HashType type, uint32_t number, uint8_t ret_value[HASH_BYTES_MAX])
{
    memset(ret_value, 0, HASH_BYTES_MAX);
    for (size_t i = 0; i < hash_type_bytes(type); i++)
        ret_value[i] =
            (uint8_t)((number + 1) * 2654435761u >> (i % 4) * 8) ^ (uint8_t)(i * 37 + type);
    memcpy(ret_value + 4, &number, sizeof number);
}

void fixture_add_hash(ListEntry *entry, HashType type, uint32_t number)
{
    uint8_t value[HASH_BYTES_MAX];
    fixture_value(type, number, value);
    g_assert_true(list_entry_add_hash(entry, type, value, hash_type_bytes(type), NULL));
}

SetImportCounts fixture_import(SetStore *store, const char *set, SetImportMode mode, HashType type,
                               uint32_t first, uint32_t last)
{
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = set,
                                .mode = mode,
                                .has_kind = mode == SET_IMPORT_NEW,
                                .kind = SET_NOTABLE,
                                .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    for (uint32_t number = first; number <= last; number++) {
        ListEntry entry;
        list_entry_init(&entry);
        fixture_add_hash(&entry, type, number);
        set_import_entry(import, &entry, &error);
        g_assert_no_error(error);
        list_entry_clear(&entry);
    }
    SetImportCounts counts = {0};
    set_import_commit(import, &(SetImportSource){.name = "list.txt"}, &counts, &error);
    g_assert_no_error(error);
    return counts;
}

uint64_t fixture_active(SetStore *store, const char *set)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SetInfo) info = set_store_find(store, set, &error);
    g_assert_no_error(error);
    return info->tally.active;
}

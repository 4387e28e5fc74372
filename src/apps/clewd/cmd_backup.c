// SPDX-License-Identifier: Apache-2.0
//
// clewd backup: one file with the database and the signed heads of the record, taken while the
// server works; the keys into another, under a passphrase.
#include <stdio.h>

#include "apps/clewd/operations.h"
#include "apps/clewd/passphrase.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "cases/backup.h"

typedef struct {
    char *database, *keys, *passphrase_file;
} BackupOptions;

static const CommandOption backup_options[] = {
    {"database", OPTION_TEXT, offsetof(BackupOptions, database), "URL",
     "SQLite file or postgresql:// URL (default: in the data folder)"},
    {"with-keys", OPTION_FILE, offsetof(BackupOptions, keys), "FILE",
     "write the keys to this file, sealed with a passphrase"},
    {"passphrase-file", OPTION_FILE, offsetof(BackupOptions, passphrase_file), "FILE",
     "the passphrase is its first line (default: ask)"},
    {0},
};

static void print_made(const App *app, const char *path, const BackupManifest *manifest)
{
    if (!app->options.json) {
        printf("%s: %s, schema %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
               " bytes of database, as of %s\n",
               path, manifest->is_postgres ? "PostgreSQL" : "SQLite", manifest->schema,
               manifest->members[BACKUP_DATABASE].size_bytes, manifest->made);
        return;
    }
    g_autoptr(GString) line = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, line);
    json_write_begin_object(&json);
    json_write_member_string(&json, "backup", path);
    json_write_member_string(&json, "made", manifest->made);
    json_write_member_string(&json, "engine", manifest->is_postgres ? "postgresql" : "sqlite");
    json_write_member_uint(&json, "schema", manifest->schema);
    json_write_member_uint(&json, "database_bytes", manifest->members[BACKUP_DATABASE].size_bytes);
    json_write_member_hex(&json, "database_sha256", manifest->members[BACKUP_DATABASE].sha256,
                          BACKUP_SHA256_BYTES);
    json_write_end_object(&json);
    printf("%s\n", line->str);
}

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const BackupOptions *options = parsed;
    BackupManifest manifest;
    BackupRequest request = {.path = arguments[0], .keys_path = options->keys};
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = app_data_folder(app);
    g_autoptr(Casework) work = casework_open(&(CaseworkOptions){.data_folder = folder,
                                                                .database = options->database,
                                                                .must_exist = true},
                                             &error);
    if (work == NULL)
        return command_fail(error);
    char *passphrase =
        options->keys != NULL ? passphrase_take(options->passphrase_file, true, &error) : NULL;
    request.passphrase = passphrase;
    bool ok = error == NULL && backup_make(work, &request, &manifest, &error);
    passphrase_free(passphrase);
    if (!ok)
        return command_fail(error);
    print_made(app, arguments[0], &manifest);
    if (options->keys == NULL && !app->options.quiet)
        fprintf(stderr, "the keys are not in it: without a copy of them (--with-keys) nobody can "
                        "log in and no picture can be seen after a restore\n");
    return EXIT_STATUS_OK;
}

const Command command_backup = {
    .name = "backup",
    .arguments = "FILE",
    .summary = "Writes a backup, while the server works",
    .description = "The file holds the database and the signed heads of the record, of one moment. "
                   "It is as secret as the data folder. Keep the keys elsewhere.",
    .options = backup_options,
    .options_bytes = sizeof(BackupOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};

// SPDX-License-Identifier: Apache-2.0
//
// clewd restore: from a backup to a machine that has nothing yet.
#include <stdio.h>

#include "apps/clewd/operations.h"
#include "apps/clewd/passphrase.h"
#include "base/error.h"
#include "cases/backup.h"

typedef struct {
    char *database, *keys, *passphrase_file;
    bool only_check;
} RestoreOptions;

static const CommandOption restore_options[] = {
    {"database", OPTION_TEXT, offsetof(RestoreOptions, database), "URL",
     "SQLite file that does not exist, or postgresql:// URL of an empty database"},
    {"keys", OPTION_FILE, offsetof(RestoreOptions, keys), "FILE",
     "the keys that were written with the backup"},
    {"passphrase-file", OPTION_FILE, offsetof(RestoreOptions, passphrase_file), "FILE",
     "the passphrase is its first line (default: ask)"},
    {"dry-run", OPTION_FLAG, offsetof(RestoreOptions, only_check), NULL,
     "only check that the backup is whole"},
    {0},
};

static int restore(const App *app, const RestoreOptions *options, const char *path,
                   const char *passphrase)
{
    BackupManifest manifest;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = app_data_folder(app);
    RestoreRequest request = {.path = path,
                              .data_folder = folder,
                              .database = options->database,
                              .keys_path = options->keys,
                              .passphrase = passphrase};
    bool ok = options->only_check ? backup_check(path, &manifest, &error)
                                  : backup_restore(&request, &manifest, &error);
    if (!ok)
        return command_fail(error);
    printf("%s: %s as of %s\n", options->only_check ? path : folder,
           options->only_check ? "a whole backup" : "restored", manifest.made);
    if (!options->only_check && options->keys == NULL && !app->options.quiet)
        fprintf(stderr, "put the keys into %s/keys before the server is started\n", folder);
    return EXIT_STATUS_OK;
}

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const RestoreOptions *options = parsed;
    g_autoptr(GError) error = NULL;
    bool needs = options->keys != NULL && !options->only_check;
    char *passphrase = needs ? passphrase_take(options->passphrase_file, false, &error) : NULL;
    if (error != NULL)
        return command_fail(error);
    int status = restore(app, options, arguments[0], passphrase);
    passphrase_free(passphrase);
    return status;
}

const Command command_restore = {
    .name = "restore",
    .arguments = "FILE",
    .summary = "Restores a backup into an empty data folder",
    .description = "The whole backup is checked before anything is written. Until all is there, no "
                   "program uses the folder.",
    .options = restore_options,
    .options_bytes = sizeof(RestoreOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};

// SPDX-License-Identifier: Apache-2.0
//
// clewd migrate: which schema a store has, and bringing it to this program's.
#include <stdio.h>

#include "apps/clewd/operations.h"
#include "base/error.h"
#include "cases/store_check.h"

typedef struct {
    char *database;
    bool dry_run;
} MigrateOptions;

static const CommandOption migrate_options[] = {
    {"database", OPTION_TEXT, offsetof(MigrateOptions, database), "URL",
     "SQLite file or postgresql:// URL (default: in the data folder)"},
    {"dry-run", OPTION_FLAG, offsetof(MigrateOptions, dry_run), NULL,
     "only say what would be done"},
    {0},
};

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const MigrateOptions *options = parsed;
    StoreUpgrade upgrade;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = app_data_folder(app);
    if (!store_upgrade(&(CaseworkOptions){.data_folder = folder, .database = options->database},
                       options->dry_run, &upgrade, &error))
        return command_fail(error);
    if (upgrade.from == upgrade.to)
        printf("schema %" G_GINT64_FORMAT ", nothing to do\n", upgrade.to);
    else
        printf("schema %" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT "\n", upgrade.from,
               options->dry_run ? "would be brought to" : "was brought to", upgrade.to);
    return EXIT_STATUS_OK;
}

const Command command_migrate = {
    .name = "migrate",
    .arguments = "",
    .summary = "Brings a store of an older program to this program's schema",
    .description = "Every program that opens a store does this by itself. Take a backup first: "
                   "there is no way back, and older programs refuse the store afterwards.",
    .options = migrate_options,
    .options_bytes = sizeof(MigrateOptions),
    .run = run,
};

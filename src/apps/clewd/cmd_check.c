// SPDX-License-Identifier: Apache-2.0
//
// clewd check: is everything that the server keeps sound? One line for each fault.
#include <stdio.h>

#include "apps/clewd/operations.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "cases/store_check.h"
#include "model/path_text.h"

#define EXIT_STATUS_FAULTS 1
#define ALL_PREVIEWS 100

typedef struct {
    char *database;
    int64_t previews;
    bool rebuild;
} CheckOptions;

static const CommandOption check_options[] = {
    {"database", OPTION_TEXT, offsetof(CheckOptions, database), "URL",
     "SQLite file or postgresql:// URL (default: in the data folder)"},
    {"previews", OPTION_NUMBER, offsetof(CheckOptions, previews), "PERCENT",
     "open only this share of the previews (default: 100)"},
    {"rebuild", OPTION_FLAG, offsetof(CheckOptions, rebuild), NULL,
     "first count the stacks of every case again"},
    {0},
};

static void print_begin(void *user_data, const char *part)
{
    fprintf(stderr, "checking %s\n", part);
}

static void write_texts(JsonWriter *json, const char *key, const GPtrArray *texts)
{
    json_write_key(json, key);
    json_write_begin_array(json);
    for (unsigned i = 0; i < texts->len; i++)
        json_write_string(json, texts->pdata[i]);
    json_write_end_array(json);
}

static void print_json(const StoreCheck *check)
{
    g_autoptr(GString) line = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, line);
    json_write_begin_object(&json);
    json_write_member_bool(&json, "sound", check->faults->len == 0);
    json_write_member_uint(&json, "schema", (uint64_t)check->schema);
    json_write_member_uint(&json, "sets", check->sets);
    json_write_member_uint(&json, "leaves", check->leaves);
    json_write_member_uint(&json, "previews", check->previews);
    write_texts(&json, "faults", check->faults);
    write_texts(&json, "notes", check->notes);
    json_write_end_object(&json);
    printf("%s\n", line->str);
}

static void print_texts(const char *word, const GPtrArray *texts)
{
    for (unsigned i = 0; i < texts->len; i++) {
        g_autofree char *shown = path_text_new(texts->pdata[i]);
        printf("%s: %s\n", word, shown);
    }
}

static void print_check(const StoreCheck *check)
{
    print_texts("note", check->notes);
    print_texts("FAULT", check->faults);
    printf("schema %" G_GINT64_FORMAT ", %" G_GUINT64_FORMAT " sets, %" G_GUINT64_FORMAT
           " leaves, %" G_GUINT64_FORMAT " previews: %s\n",
           check->schema, check->sets, check->leaves, check->previews,
           check->faults->len == 0 ? "sound" : "NOT SOUND");
}

static bool take_percent(int64_t given, unsigned *ret_percent, GError **err)
{
    *ret_percent = given == OPTION_ABSENT ? ALL_PREVIEWS : (unsigned)(given % (ALL_PREVIEWS + 1));
    if (given == OPTION_ABSENT || given <= ALL_PREVIEWS)
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                        "--previews takes a share from 0 to 100");
    return false;
}

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const CheckOptions *options = parsed;
    uint64_t stacks;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = app_data_folder(app);
    StoreCheckOptions how = {.begins = app->options.quiet ? NULL : print_begin};
    if (!take_percent(options->previews, &how.preview_percent, &error))
        return command_fail(error);
    g_autoptr(Casework) work = casework_open(&(CaseworkOptions){.data_folder = folder,
                                                                .database = options->database,
                                                                .must_exist = true},
                                             &error);
    if (work == NULL || (options->rebuild && !store_rebuild_derived(work, &stacks, &error)))
        return command_fail(error);
    g_autoptr(StoreCheck) check = store_check(work, how, &error);
    if (check == NULL)
        return command_fail(error);
    if (app->options.json)
        print_json(check);
    else
        print_check(check);
    return check->faults->len == 0 ? EXIT_STATUS_OK : EXIT_STATUS_FAULTS;
}

const Command command_check = {
    .name = "check",
    .arguments = "",
    .summary = "Checks everything that the server keeps",
    .description = "Schema, database, sets and index, record, keys, previews, queue, file modes. "
                   "Exit status 0: sound; 1: faults, each on a line that says what to do; 2: could "
                   "not be checked.",
    .options = check_options,
    .options_bytes = sizeof(CheckOptions),
    .run = run,
};

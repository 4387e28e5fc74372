// SPDX-License-Identifier: Apache-2.0
//
// clew set: the sets of known hashes. Here the table, and what only looks at sets or removes one;
// imports are cmd_set_import.c, changes by hand cmd_set_edit.c. No listed hash is ever printed.
#include "apps/clew/cmd_set.h"

#include <stdio.h>
#include <string.h>

#include "apps/clew/commands.h"
#include "apps/clew/console.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "cases/sets.h"
#include "model/path_text.h"

#define EXIT_STATUS_FAULT 1

// ---- Shared -----------------------------------------------------------------------------------

bool set_kind_of_option(const char *text, bool *ret_has_kind, SetKind *ret_kind, GError **err)
{
    *ret_has_kind = text != NULL;
    if (text == NULL || set_kind_from_name(text, ret_kind))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "--kind must be notable, ignorable or alert, not \"%s\"", text);
    return false;
}

SetStore *set_store_of_app(const App *app, const char *set_name, bool create, GError **err)
{
    g_autofree char *folder = app_data_folder(app);
    g_autoptr(GError) error = NULL;
    SetStore *store = set_store_open(folder, (SetStoreOptions){.must_exist = !create}, &error);
    if (store == NULL && set_name != NULL &&
        g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND))
        g_prefix_error(&error, "there is no set named \"%s\": ", set_name);
    if (store == NULL)
        g_propagate_error(err, g_steal_pointer(&error));
    return store;
}

void set_talk(const char *text, void *user_data)
{
    const App *app = user_data;
    if (!app->options.quiet)
        fprintf(stderr, "clew: %s\n", text);
}

// Prints what was collected; EXIT_STATUS_OK, or the error's.
static int finish(GString *text)
{
    g_autoptr(GError) error = NULL;
    if (!console_print(text, &error) || !console_flush(&error))
        return command_fail(error);
    return EXIT_STATUS_OK;
}

// ---- What is known of a set -------------------------------------------------------------------

static void write_set_members(JsonWriter *json, const SetInfo *info)
{
    const SetTally *tally = &info->tally;
    json_write_member_string(json, "set", info->name);
    json_write_member_string(json, "kind", set_kind_name(info->kind));
    json_write_member_string(json, "scheme", info->scheme);
    json_write_member_string(json, "created", info->created);
    json_write_member_uint(json, "generation", info->generation);
    json_write_member_string(json, "digest", info->digest);
    json_write_member_uint(json, "entries", tally->active);
    json_write_member_uint(json, "withdrawn_by_list", tally->withdrawn_by_list);
    json_write_member_uint(json, "withdrawn_locally", tally->withdrawn_locally);
    json_write_member_uint(json, "videos", tally->videos);
    json_write_member_uint(json, "frames", tally->frames);
    json_write_key(json, "hashes");
    json_write_begin_object(json);
    for (unsigned type = 0; type < HASH_TYPE_COUNT; type++)
        json_write_member_uint(json, hash_type_name((HashType)type), tally->hashes[type]);
    json_write_end_object(json);
}

static void write_act(JsonWriter *json, const SetAct *act)
{
    json_write_begin_object(json);
    json_write_member_uint(json, "generation", act->generation);
    json_write_member_string(json, "act", act->act);
    json_write_member_string(json, "made", act->made);
    json_write_member_string(json, "who", act->who);
    json_write_member_string(json, "source", act->source);
    if (act->has_source_bytes)
        json_write_member_uint(json, "source_bytes", act->source_bytes);
    if (act->has_source_sha256)
        json_write_member_hex(json, "source_sha256", act->source_sha256, SHA256_BYTES);
    json_write_member_string(json, "format", act->format);
    json_write_member_string(json, "description", act->description);
    json_write_member_uint(json, "entries", act->entries);
    json_write_member_uint(json, "added", act->added);
    json_write_member_uint(json, "updated", act->updated);
    json_write_member_uint(json, "withdrawn", act->withdrawn);
    json_write_member_uint(json, "reinstated", act->reinstated);
    json_write_member_uint(json, "refused", act->refused);
    json_write_end_object(json);
}

static void append_json_set(GString *text, const SetInfo *info, const GPtrArray *acts)
{
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    write_set_members(&json, info);
    if (acts != NULL) {
        json_write_key(&json, "provenance");
        json_write_begin_array(&json);
        for (unsigned i = 0; i < acts->len; i++)
            write_act(&json, acts->pdata[i]);
        json_write_end_array(&json);
    }
    json_write_end_object(&json);
    g_string_append_c(text, '\n');
}

static void append_count(GString *text, const char *label, uint64_t count, const char *note)
{
    g_autofree char *number = console_count(count);
    g_string_append_printf(text, "  %-20s %12s%s\n", label, number, note);
}

static void append_act(GString *text, const SetAct *act)
{
    g_string_append_printf(text, "  %s  %-9s by %s: %" G_GUINT64_FORMAT " entries", act->made,
                           act->act, act->who, act->entries);
    const struct {
        const char *word;
        uint64_t count;
    } counts[] = {{"added", act->added},
                  {"updated", act->updated},
                  {"withdrawn", act->withdrawn},
                  {"reinstated", act->reinstated},
                  {"refused", act->refused}};
    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++)
        if (counts[i].count > 0)
            g_string_append_printf(text, ", %" G_GUINT64_FORMAT " %s", counts[i].count,
                                   counts[i].word);
    if (act->source != NULL)
        g_string_append_printf(text, "\n    from %s", act->source);
    if (act->description != NULL)
        g_string_append_printf(text, " (%s)", act->description);
    if (act->has_source_sha256) {
        g_string_append(text, "\n    sha256 ");
        for (unsigned i = 0; i < SHA256_BYTES; i++)
            g_string_append_printf(text, "%02x", act->source_sha256[i]);
    }
    g_string_append_c(text, '\n');
}

static void append_plain_set(GString *text, const SetInfo *info, const GPtrArray *acts)
{
    g_string_append_printf(text, "set %s: %s, generation %" G_GUINT64_FORMAT ", made %s\n",
                           info->name, set_kind_name(info->kind), info->generation, info->created);
    g_string_append_printf(text, "  scheme %s\n  digest %s\n",
                           info->scheme != NULL ? info->scheme : "none (no categories)",
                           info->digest);
    append_count(text, "entries", info->tally.active, "");
    append_count(text, "withdrawn by list", info->tally.withdrawn_by_list, "");
    append_count(text, "withdrawn here", info->tally.withdrawn_locally, "");
    if (info->tally.videos > 0)
        append_count(text, "videos", info->tally.videos, "  (of the entries)");
    if (info->tally.frames > 0)
        append_count(text, "frames of videos", info->tally.frames, "");
    for (unsigned type = 0; type < HASH_TYPE_COUNT; type++)
        if (info->tally.hashes[type] > 0)
            append_count(text, hash_type_name((HashType)type), info->tally.hashes[type],
                         type < HASH_COMPUTABLE_COUNT ? "" : "  (kept, cannot be computed)");
    g_string_append(text, "provenance\n");
    for (unsigned i = 0; i < acts->len; i++)
        append_act(text, acts->pdata[i]);
}

// ---- list -------------------------------------------------------------------------------------

static void append_line(GString *text, const SetInfo *info)
{
    g_autofree char *entries = console_count(info->tally.active);
    g_string_append_printf(text, "%-24s  %-9s  %14s  %-18s  generation %" G_GUINT64_FORMAT "\n",
                           info->name, set_kind_name(info->kind), entries,
                           info->scheme != NULL ? info->scheme : "-", info->generation);
}

static int list(const App *app, const void *parsed, char **arguments, int argument_count)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = app_data_folder(app);
    g_autoptr(SetStore) store =
        set_store_open(folder, (SetStoreOptions){.must_exist = true}, &error);
    if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND))
        return EXIT_STATUS_OK;
    g_autoptr(GPtrArray) sets = store != NULL ? set_store_list(store, &error) : NULL;
    if (sets == NULL)
        return command_fail(error);
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < sets->len; i++) {
        if (app->options.json)
            append_json_set(text, sets->pdata[i], NULL);
        else
            append_line(text, sets->pdata[i]);
    }
    return finish(text);
}

const Command command_set_list = {
    .name = "list",
    .arguments = "",
    .summary = "The sets there are",
    .description = "One line for each set: name, kind, active entries, scheme, generation.",
    .run = list,
};

// ---- show -------------------------------------------------------------------------------------

static int show(const App *app, const void *parsed, char **arguments, int argument_count)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SetStore) store = set_store_of_app(app, arguments[0], false, &error);
    g_autoptr(SetInfo) info = store != NULL ? set_store_find(store, arguments[0], &error) : NULL;
    g_autoptr(GPtrArray) acts = info != NULL ? set_store_acts(store, info->id, &error) : NULL;
    if (acts == NULL)
        return command_fail(error);
    g_autoptr(GString) text = g_string_new(NULL);
    if (app->options.json)
        append_json_set(text, info, acts);
    else
        append_plain_set(text, info, acts);
    return finish(text);
}

const Command command_set_show = {
    .name = "show",
    .arguments = "NAME",
    .summary = "Counts and provenance of a set",
    .description = "What a set holds and where it came from. Never its hashes.",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = show,
};

// ---- export -----------------------------------------------------------------------------------

typedef struct {
    char *format, *output;
    bool force;
} ExportOptions;

static const CommandOption export_options[] = {
    {"format", OPTION_TEXT, offsetof(ExportOptions, format), "F",
     "format to write: vics, hashdeep, csv, icse or vpdq"},
    {"output", OPTION_FILE, offsetof(ExportOptions, output), "FILE",
     "file to write (also -o FILE); only you will be able to read it", 'o'},
    {"force", OPTION_FLAG, offsetof(ExportOptions, force), NULL, "overwrite an existing file"},
    {0},
};

static int print_export(const App *app, const char *set_name, const char *path,
                        const SetsExportSummary *summary)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *shown = path_text_new(path);
    if (app->options.json) {
        JsonWriter json;
        json_writer_init(&json, text);
        json_write_begin_object(&json);
        json_write_member_string(&json, "set", set_name);
        json_write_member_string(&json, "file", shown);
        json_write_member_uint(&json, "written", summary->written);
        json_write_member_uint(&json, "left_out", summary->left_out);
        json_write_member_uint(&json, "hashes_left_out", summary->hashes_left_out);
        json_write_member_uint(&json, "categories_left_out", summary->categories_left_out);
        json_write_member_uint(&json, "frames_left_out", summary->frames_left_out);
        json_write_member_uint(&json, "segments_left_out", summary->segments_left_out);
        json_write_end_object(&json);
        g_string_append_c(text, '\n');
    } else {
        g_string_append_printf(text, "set %s: %" G_GUINT64_FORMAT " entries written to %s\n",
                               set_name, summary->written, shown);
    }
    if (summary->left_out + summary->hashes_left_out + summary->categories_left_out > 0) {
        g_autofree char *remark = g_strdup_printf(
            "the format has no place for %" G_GUINT64_FORMAT " entries, %" G_GUINT64_FORMAT
            " hashes and %" G_GUINT64_FORMAT " categories of others; they were left out",
            summary->left_out, summary->hashes_left_out, summary->categories_left_out);
        set_talk(remark, (void *)app);
    }
    if (summary->frames_left_out + summary->segments_left_out > 0) {
        g_autofree char *remark = g_strdup_printf(
            "the format has no place for %" G_GUINT64_FORMAT " frames and %" G_GUINT64_FORMAT
            " segments of videos; they were left out",
            summary->frames_left_out, summary->segments_left_out);
        set_talk(remark, (void *)app);
    }
    return finish(text);
}

static int export_set(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ExportOptions *own = parsed;
    if (own->format == NULL || own->output == NULL) {
        fprintf(stderr, "clew: set export: needs --format F and -o FILE; a set is never written to "
                        "standard output\n");
        return EXIT_STATUS_ERROR;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(SetStore) store = set_store_of_app(app, arguments[0], false, &error);
    SetsExportRequest request = {
        .format = own->format, .path = own->output, .overwrite = own->force};
    SetsExportSummary summary;
    if (store == NULL || !sets_export(store, arguments[0], &request, &summary, &error))
        return command_fail(error);
    return print_export(app, arguments[0], own->output, &summary);
}

const Command command_set_export = {
    .name = "export",
    .arguments = "NAME",
    .summary = "Write a set to a private file",
    .description = "Writes the active entries of a set in a format that others read. Never to "
                   "standard output;\nnobody else can read the file.",
    .options = export_options,
    .options_bytes = sizeof(ExportOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = export_set,
};

// ---- remove -----------------------------------------------------------------------------------

typedef struct {
    bool yes;
} RemoveOptions;

static const CommandOption remove_options[] = {
    {"yes", OPTION_FLAG, offsetof(RemoveOptions, yes), NULL, "do it without asking"},
    {0},
};

static int remove_set(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const RemoveOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_autoptr(SetStore) store = set_store_of_app(app, arguments[0], false, &error);
    g_autoptr(SetInfo) info = store != NULL ? set_store_find(store, arguments[0], &error) : NULL;
    if (info == NULL)
        return command_fail(error);
    if (!own->yes) {
        g_autofree char *entries = console_count(info->tally.active);
        fprintf(stderr,
                "clew: set \"%s\" with its %s entries and all withdrawals would be gone for good; "
                "say --yes\n",
                info->name, entries);
        return EXIT_STATUS_ERROR;
    }
    if (!sets_remove(store, info->name, set_talk, (void *)app, &error))
        return command_fail(error);
    g_autofree char *text = g_strdup_printf("removed set \"%s\"", info->name);
    set_talk(text, (void *)app);
    return EXIT_STATUS_OK;
}

const Command command_set_remove = {
    .name = "remove",
    .arguments = "NAME",
    .summary = "Remove a set and all it holds",
    .description = "Removes a set, its withdrawals and its provenance. Needs --yes.",
    .options = remove_options,
    .options_bytes = sizeof(RemoveOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = remove_set,
};

// ---- verify -----------------------------------------------------------------------------------

static int verify(const App *app, const void *parsed, char **arguments, int argument_count)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SetStore) store = set_store_of_app(app, NULL, false, &error);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    if (store == NULL || !sets_verify(store, faults, &error))
        return command_fail(error);
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < faults->len && !app->options.json; i++)
        g_string_append_printf(text, "fault: %s\n", (const char *)faults->pdata[i]);
    if (faults->len == 0 && !app->options.json)
        g_string_append(text, "sound: database, entries and index agree with their checksums\n");
    if (app->options.json) {
        JsonWriter json;
        json_writer_init(&json, text);
        json_write_begin_object(&json);
        json_write_member_bool(&json, "sound", faults->len == 0);
        json_write_key(&json, "faults");
        json_write_begin_array(&json);
        for (unsigned i = 0; i < faults->len; i++)
            json_write_string(&json, faults->pdata[i]);
        json_write_end_array(&json);
        json_write_end_object(&json);
        g_string_append_c(text, '\n');
    }
    int status = finish(text);
    return status == EXIT_STATUS_OK && faults->len > 0 ? EXIT_STATUS_FAULT : status;
}

const Command command_set_verify = {
    .name = "verify",
    .arguments = "",
    .summary = "Check database, entries and index",
    .description = "Reads everything and compares it with its checksums. Exit status: 0 sound, 1 "
                   "something is\ndamaged (and named), 2 usage or system error.",
    .run = verify,
};

// ---- The table --------------------------------------------------------------------------------

static const Command *const subcommands[] = {
    &command_set_import,   &command_set_add,
    &command_set_withdraw, &command_set_reinstate,
    &command_set_list,     &command_set_show,
    &command_set_export,   &command_set_remove,
    &command_set_verify,   NULL,
};

const Command command_set = {
    .name = "set",
    .arguments = "COMMAND …",
    .summary = "Sets of known hashes: import, change, look at",
    .description = "Sets of known hashes and what they are for.",
    .subcommands = subcommands,
};

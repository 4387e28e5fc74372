// SPDX-License-Identifier: Apache-2.0
//
// clew set add, withdraw and reinstate: changes by hand. Each is one transaction that counts at
// once, also for processes that are running.
#include <stdio.h>
#include <string.h>

#include "apps/clew/cmd_set.h"
#include "apps/clew/console.h"
#include "apps/clew/hash_argument.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "cases/sets.h"
#include "store/set_edit.h"

typedef struct {
    char *type;
    char *kind; // add only
} EditOptions;

#define TYPE_ROW                                                                                   \
    {                                                                                              \
        "type", OPTION_TEXT, offsetof(EditOptions, type), "T",                                     \
            "what bare digits are: md5, sha1, sha256 or pdq"                                       \
    }

// One JSON object or a sentence: what happened to how many entries.
typedef struct {
    const char *word; // JSON key and word of the sentence
    uint64_t count;
    bool always; // said also when it is 0
} EditCount;

static int print_counts(const App *app, const char *set_name, const EditCount *counts, size_t count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    if (app->options.json) {
        json_write_begin_object(&json);
        json_write_member_string(&json, "set", set_name);
        for (size_t i = 0; i < count; i++)
            json_write_member_uint(&json, counts[i].word, counts[i].count);
        json_write_end_object(&json);
    } else {
        g_string_append_printf(text, "set %s:", set_name);
        const char *separator = " ";
        for (size_t i = 0; i < count; i++) {
            if (counts[i].count == 0 && !counts[i].always)
                continue;
            g_string_append_printf(text, "%s%" G_GUINT64_FORMAT " %s", separator, counts[i].count,
                                   counts[i].word);
            separator = ", ";
        }
        g_strdelimit(text->str + strlen("set ") + strlen(set_name), "_", ' ');
    }
    g_string_append_c(text, '\n');
    g_autoptr(GError) error = NULL;
    if (!console_print(text, &error) || !console_flush(&error))
        return command_fail(error);
    return EXIT_STATUS_OK;
}

// ---- add --------------------------------------------------------------------------------------

static const CommandOption add_options[] = {
    TYPE_ROW,
    {"kind", OPTION_TEXT, offsetof(EditOptions, kind), "K",
     "what a new set is for: notable, ignorable or alert"},
    {0},
};

static ListHash *parse_hashes(const EditOptions *own, char **texts, size_t count, GError **err)
{
    bool has_type;
    HashType type = HASH_MD5;
    if (!hash_type_of_option(own->type, &has_type, &type, err))
        return NULL;
    g_autofree ListHash *hashes = g_new0(ListHash, count);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *what = g_strdup_printf("hash %u", (unsigned)i + 1);
        if (!hash_of_text(texts[i], has_type, type, what, &hashes[i], err))
            return NULL;
    }
    return g_steal_pointer(&hashes);
}

static int add(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const EditOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_autofree char *who = sets_login_name();
    SetsAddRequest request = {.set_name = arguments[0], .who = who};
    size_t count = (size_t)argument_count - 1;
    g_autofree ListHash *hashes = parse_hashes(own, arguments + 1, count, &error);
    if (hashes == NULL || !set_kind_of_option(own->kind, &request.has_kind, &request.kind, &error))
        return command_fail(error);
    g_autoptr(SetStore) store = set_store_of_app(app, request.set_name, request.has_kind, &error);
    SetImportCounts counts;
    if (store == NULL || !sets_add(store, &request, hashes, count, &counts, &error))
        return command_fail(error);
    if (counts.stay_withdrawn > 0)
        set_talk("an entry that was withdrawn here stays withdrawn; see clew set reinstate",
                 (void *)app);
    const EditCount rows[] = {{"added", counts.added, true},
                              {"updated", counts.updated, false},
                              {"unchanged", counts.unchanged, false},
                              {"repeated", counts.repeated, false},
                              {"reinstated", counts.reinstated, false},
                              {"stay_withdrawn", counts.stay_withdrawn, false}};
    return print_counts(app, arguments[0], rows, G_N_ELEMENTS(rows));
}

const Command command_set_add = {
    .name = "add",
    .arguments = "NAME HASH…",
    .summary = "Add hashes to a set by hand",
    .description = "Each hash becomes an entry: bare digits (32 MD5, 40 SHA-1, 64 SHA-256) or "
                   "TYPE:HEX, such as\npdq:HEX. A new set needs --kind. Counts at once.",
    .options = add_options,
    .options_bytes = sizeof(EditOptions),
    .min_arguments = 2,
    .max_arguments = -1,
    .run = add,
};

// ---- withdraw, reinstate ----------------------------------------------------------------------

static const CommandOption edit_options[] = {
    TYPE_ROW,
    {0},
};

static EntrySelector *parse_selectors(const EditOptions *own, char **texts, size_t count,
                                      GError **err)
{
    bool has_type;
    HashType type = HASH_MD5;
    if (!hash_type_of_option(own->type, &has_type, &type, err))
        return NULL;
    g_autofree EntrySelector *selectors = g_new0(EntrySelector, count);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *what = g_strdup_printf("hash %u", (unsigned)i + 1);
        if (!selector_of_text(texts[i], has_type, type, what, &selectors[i], err))
            return NULL;
    }
    return g_steal_pointer(&selectors);
}

typedef bool (*EditFunction)(SetStore *store, const char *set_name, const EntrySelector *selectors,
                             size_t count, const char *who, SetEditCounts *ret_counts,
                             GError **err);

static int edit(const App *app, const EditOptions *own, char **arguments, int argument_count,
                EditFunction function, const char *changed)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *who = sets_login_name();
    size_t count = (size_t)argument_count - 1;
    g_autofree EntrySelector *selectors = parse_selectors(own, arguments + 1, count, &error);
    g_autoptr(SetStore) store =
        selectors ? set_store_of_app(app, arguments[0], false, &error) : NULL;
    SetEditCounts counts;
    if (store == NULL || !function(store, arguments[0], selectors, count, who, &counts, &error))
        return command_fail(error);
    const EditCount rows[] = {{changed, counts.changed, true},
                              {"unchanged", counts.unchanged, false}};
    return print_counts(app, arguments[0], rows, G_N_ELEMENTS(rows));
}

static int withdraw(const App *app, const void *parsed, char **arguments, int argument_count)
{
    return edit(app, parsed, arguments, argument_count, set_edit_withdraw, "withdrawn");
}

static int reinstate(const App *app, const void *parsed, char **arguments, int argument_count)
{
    return edit(app, parsed, arguments, argument_count, set_edit_reinstate, "reinstated");
}

const Command command_set_withdraw = {
    .name = "withdraw",
    .arguments = "NAME HASH…",
    .summary = "Let entries of a set count no more",
    .description = "Withdraws every entry that carries the hash, or the entry of this number "
                   "(e123). Counts at\nonce and outlives the next import of the list.",
    .options = edit_options,
    .options_bytes = sizeof(EditOptions),
    .min_arguments = 2,
    .max_arguments = -1,
    .run = withdraw,
};

const Command command_set_reinstate = {
    .name = "reinstate",
    .arguments = "NAME HASH…",
    .summary = "End a withdrawal",
    .description = "Lets entries count again that clew set withdraw took out. What the list itself "
                   "has\nwithdrawn stays so.",
    .options = edit_options,
    .options_bytes = sizeof(EditOptions),
    .min_arguments = 2,
    .max_arguments = -1,
    .run = reinstate,
};

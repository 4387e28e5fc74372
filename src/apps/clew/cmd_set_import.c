// SPDX-License-Identifier: Apache-2.0
//
// clew set import: a list that others made becomes, or changes, a set. The list is read by a
// confined worker; nothing is visible before the last line of the summary is true.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/clew/cmd_set.h"
#include "apps/clew/console.h"
#include "apps/clew/hash_argument.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "cases/sets.h"
#include "model/path_text.h"

typedef struct {
    char *format, *type, *kind, *scheme, *columns;
    bool merge, replace, strict, unconfined;
} ImportOptions;

static const CommandOption options[] = {
    {"kind", OPTION_TEXT, offsetof(ImportOptions, kind), "K",
     "what the set is for: notable, ignorable or alert"},
    {"format", OPTION_TEXT, offsetof(ImportOptions, format), "F",
     "format of the list (default: recognise it)"},
    {"type", OPTION_TEXT, offsetof(ImportOptions, type), "T",
     "what bare digits are: md5, sha1, sha256 or pdq"},
    {"scheme", OPTION_TEXT, offsetof(ImportOptions, scheme), "S",
     "scheme of the categories, where the list does not state one"},
    {"merge", OPTION_FLAG, offsetof(ImportOptions, merge), NULL,
     "add to an existing set and update it"},
    {"replace", OPTION_FLAG, offsetof(ImportOptions, replace), NULL,
     "make an existing set equal to the list"},
    {"columns", OPTION_TEXT, offsetof(ImportOptions, columns), "MAP",
     "columns of a CSV, such as md5=1,category=4"},
    {"strict", OPTION_FLAG, offsetof(ImportOptions, strict), NULL,
     "one bad entry refuses the whole list"},
    {"unconfined", OPTION_FLAG, offsetof(ImportOptions, unconfined), NULL,
     "read the list even where no sandbox can be had"},
    {0},
};

typedef struct {
    const App *app;
    const char *name; // of the list, for people
    Progress *progress;
} Run;

// ---- While it runs ----------------------------------------------------------------------------

static void on_talk(const char *text, void *user_data)
{
    Run *run = user_data;
    progress_clear(run->progress);
    set_talk(text, (void *)run->app);
}

static void on_refused(void *user_data, const char *unit, uint64_t position, const char *reason)
{
    Run *run = user_data;
    progress_clear(run->progress);
    if (!run->app->options.quiet)
        fprintf(stderr, "clew: %s, %s %" G_GUINT64_FORMAT ": %s\n", run->name, unit, position,
                reason);
}

static void on_progress(void *user_data, uint64_t entries, uint64_t bytes_read)
{
    Run *run = user_data;
    progress_update(run->progress, entries, bytes_read, -1);
}

// ---- The end ----------------------------------------------------------------------------------

static const char pdq_warning[] =
    "nearly all 64-digit values have exactly 128 bits set, as PDQ hashes do and SHA-256 digests do "
    "not; if they are PDQ, import the list again with --type pdq";

static void warn(const Run *run, const SetsImportSummary *summary)
{
    if (summary->refused > LIMIT_LIST_REFUSALS_SHOWN) {
        g_autofree char *more = g_strdup_printf("%" G_GUINT64_FORMAT " more entries were refused",
                                                summary->refused - LIMIT_LIST_REFUSALS_SHOWN);
        set_talk(more, (void *)run->app);
    }
    if (summary->looks_like_pdq)
        fprintf(stderr, "clew: warning: %s\n", pdq_warning);
    if (summary->unknown_category > 0) {
        g_autofree char *text = g_strdup_printf(
            "%" G_GUINT64_FORMAT " entries have a category that scheme %s does not know",
            summary->unknown_category, summary->scheme);
        set_talk(text, (void *)run->app);
    }
}

typedef struct {
    const char *key;
    uint64_t count;
} CountRow;

#define COUNT_ROWS 8

static void fill_rows(const SetsImportSummary *summary, CountRow rows[COUNT_ROWS])
{
    const SetImportCounts *counts = &summary->counts;
    const CountRow filled[COUNT_ROWS] = {{"added", counts->added},
                                         {"updated", counts->updated},
                                         {"unchanged", counts->unchanged},
                                         {"repeated", counts->repeated},
                                         {"withdrawn", counts->withdrawn},
                                         {"reinstated", counts->reinstated},
                                         {"stay_withdrawn", counts->stay_withdrawn},
                                         {"unknown_deleted", counts->unknown_deleted}};
    memcpy(rows, filled, sizeof filled);
}

static void append_json(GString *text, const char *set_name, const Run *run,
                        const SetsImportSummary *summary)
{
    CountRow rows[COUNT_ROWS];
    fill_rows(summary, rows);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_string(&json, "set", set_name);
    json_write_member_uint(&json, "generation", summary->generation);
    json_write_member_uint(&json, "entries", summary->active);
    json_write_member_string(&json, "source", run->name);
    if (summary->is_file) {
        json_write_member_uint(&json, "source_bytes", summary->source_bytes);
        json_write_member_hex(&json, "source_sha256", summary->source_sha256, SHA256_BYTES);
    }
    json_write_member_string(&json, "format", summary->format);
    json_write_member_string(&json, "description", summary->description);
    json_write_member_string(&json, "scheme", summary->scheme);
    json_write_member_uint(&json, "read", summary->counts.entries);
    json_write_member_uint(&json, "refused", summary->refused);
    for (unsigned i = 0; i < COUNT_ROWS; i++)
        json_write_member_uint(&json, rows[i].key, rows[i].count);
    json_write_key(&json, "hashes");
    json_write_begin_object(&json);
    for (unsigned type = 0; type < HASH_TYPE_COUNT; type++)
        json_write_member_uint(&json, hash_type_name((HashType)type), summary->counts.hashes[type]);
    json_write_end_object(&json);
    json_write_member_uint(&json, "videos", summary->counts.videos);
    json_write_member_uint(&json, "frames", summary->counts.frames);
    json_write_member_uint(&json, "unknown_category", summary->unknown_category);
    json_write_member_bool(&json, "looks_like_pdq", summary->looks_like_pdq);
    json_write_end_object(&json);
    g_string_append_c(text, '\n');
}

// "md5 12, pdq 3" of the types first to last - 1, or "none".
static void append_types(GString *text, const SetImportCounts *counts, unsigned first,
                         unsigned last)
{
    const char *separator = "";
    for (unsigned type = first; type < last; type++) {
        if (counts->hashes[type] == 0)
            continue;
        g_autofree char *count = console_count(counts->hashes[type]);
        g_string_append_printf(text, "%s%s %s", separator, hash_type_name((HashType)type), count);
        separator = ", ";
    }
    if (*separator == '\0')
        g_string_append(text, "none");
    g_string_append_c(text, '\n');
}

static void append_plain(GString *text, const char *set_name, const SetsImportSummary *summary)
{
    CountRow rows[COUNT_ROWS];
    fill_rows(summary, rows);
    g_autofree char *active = console_count(summary->active);
    g_autofree char *read = console_count(summary->counts.entries);
    g_autofree char *refused = console_count(summary->refused);
    g_string_append_printf(text, "set %s: %s entries, generation %" G_GUINT64_FORMAT "\n", set_name,
                           active, summary->generation);
    g_string_append_printf(text, "  list     %s, categories: %s\n",
                           summary->description != NULL ? summary->description : summary->format,
                           summary->scheme != NULL ? summary->scheme : "none");
    g_string_append_printf(text, "  read     %s entries, refused %s\n  hashes   ", read, refused);
    append_types(text, &summary->counts, 0, HASH_COMPUTABLE_COUNT);
    g_string_append(text, "  kept     ");
    append_types(text, &summary->counts, HASH_COMPUTABLE_COUNT, HASH_TYPE_COUNT);
    g_string_append(text, "           (hashes that Clew keeps but cannot compute or match)\n");
    if (summary->counts.videos > 0) {
        g_autofree char *videos = console_count(summary->counts.videos);
        g_autofree char *frames = console_count(summary->counts.frames);
        g_string_append_printf(text, "  videos   %s, with %s hashed frames\n", videos, frames);
    }
    g_string_append(text, "  ");
    for (unsigned i = 0; i < COUNT_ROWS; i++) {
        if (rows[i].count == 0)
            continue;
        g_autofree char *count = console_count(rows[i].count);
        g_autofree char *word = g_strdelimit(g_strdup(rows[i].key), "_", ' ');
        g_string_append_printf(text, "%s %s  ", word, count);
    }
    while (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
    g_string_append_c(text, '\n');
}

// ---- The whole --------------------------------------------------------------------------------

static bool fill_request(const ImportOptions *own, SetsImportRequest *request, GError **err)
{
    if (own->merge && own->replace) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "say either --merge or --replace");
        return false;
    }
    request->mode = own->merge     ? SET_IMPORT_MERGE
                    : own->replace ? SET_IMPORT_REPLACE
                                   : SET_IMPORT_NEW;
    request->scheme = own->scheme;
    request->format = own->format;
    request->columns = own->columns;
    request->strict = own->strict;
    return hash_type_of_option(own->type, &request->has_type, &request->type, err) &&
           set_kind_of_option(own->kind, &request->has_kind, &request->kind, err);
}

static int open_list(const char *path, GError **err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int descriptor =
        is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        clew_error_set_errno(err, errno, "cannot read the list %s", path);
        return -1;
    }
    if (S_ISDIR(status.st_mode)) {
        close(descriptor);
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot read the list %s: it is a folder",
                    path);
        return -1;
    }
    return descriptor;
}

static bool import_list(const App *app, const ImportOptions *own, const char *path, Run *run,
                        SetsImportRequest *request, SetsImportSummary *ret_summary, GError **err)
{
    // Before anything large is mapped: the zygote is forked from this process.
    g_autoptr(Zygote) zygote = zygote_start(
        (ZygoteOptions){.program = "clew-list-worker", .allow_unconfined = own->unconfined}, err);
    if (zygote == NULL)
        return false;
    int descriptor = open_list(path, err);
    if (descriptor < 0)
        return false;
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        progress_set_total(run->progress, (uint64_t)status.st_size);
    g_autoptr(SetStore) store = set_store_of_app(app, NULL, true, err);
    bool ok = store != NULL &&
              sets_import(store, zygote, descriptor, run->name, request, ret_summary, err);
    close(descriptor);
    return ok;
}

static int run_import(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ImportOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_autoptr(Progress) progress = progress_new("importing", app->options.quiet);
    g_autofree char *who = sets_login_name();
    g_autofree char *name =
        path_text_new(strcmp(arguments[1], "-") == 0 ? "standard input" : arguments[1]);
    Run run = {.app = app, .name = name, .progress = progress};
    SetsImportRequest request = {.set_name = arguments[0],
                                 .who = who,
                                 .progress = on_progress,
                                 .refused = on_refused,
                                 .talk = on_talk,
                                 .is_cancelled = app->is_interrupted,
                                 .user_data = &run};
    SetsImportSummary summary = {0};
    bool ok = fill_request(own, &request, &error) &&
              import_list(app, own, arguments[1], &run, &request, &summary, &error);
    progress_clear(progress);
    if (!ok) {
        command_fail(error);
        return app->is_interrupted() ? EXIT_STATUS_INTERRUPTED : EXIT_STATUS_ERROR;
    }
    warn(&run, &summary);
    g_autoptr(GString) text = g_string_new(NULL);
    if (app->options.json)
        append_json(text, arguments[0], &run, &summary);
    else
        append_plain(text, arguments[0], &summary);
    sets_import_summary_clear(&summary);
    if (!console_print(text, &error) || !console_flush(&error))
        return command_fail(error);
    return EXIT_STATUS_OK;
}

const Command command_set_import = {
    .name = "import",
    .arguments = "NAME FILE",
    .summary = "Make or change a set from a list",
    .description = "Reads a hash list (- for standard input) into a set. A new set needs --kind, "
                   "an existing one\n--merge or --replace. Bad entries are reported and the rest "
                   "goes in.",
    .options = options,
    .options_bytes = sizeof(ImportOptions),
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run_import,
};

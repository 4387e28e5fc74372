// SPDX-License-Identifier: Apache-2.0
//
// An import: entries arrive from the worker, are held against the rules, and go into one
// transaction of the store.
#include "cases/sets.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/list_source.h"
#include "cases/scheme.h"
#include "cases/set_index.h"
#include "wire/list_client.h"

// 64-digit values taken for SHA-256 from which on their look says something, and the share of them
// with exactly half their bits set that makes them PDQ. Of true SHA-256 values 5 % have it.
#define PDQ_LOOK_VALUES 3
#define PDQ_LOOK_SHARE 0.9

// Entries between two calls of the progress function.
#define PROGRESS_ENTRIES 256

typedef struct {
    SetStore *store;
    const SetsImportRequest *request;
    const char *name;
    SetImport *import;
    Scheme *scheme; // NULL: none stated
    bool is_benign;
    char *position_unit; // "line", "byte" or "row"
    uint64_t entries;
    uint64_t bytes_read;
    uint64_t sha256_values, sha256_balanced; // values, and those with exactly 128 bits set
    SetsImportSummary *summary;
} ImportRun;

static void talk(const ImportRun *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void talk(const ImportRun *run, const char *format, ...)
{
    if (run->request->talk == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    run->request->talk(text, run->request->user_data);
}

// ---- What the list says of itself -------------------------------------------------------------

static bool choose_scheme(ImportRun *run, const char *stated, GError **err)
{
    const char *given = run->request->scheme;
    const char *chosen = given != NULL ? given : stated;
    if (chosen == NULL)
        chosen = set_import_current_scheme(run->import);
    if (chosen == NULL)
        return true;
    if (given != NULL && stated != NULL && strcmp(given, stated) != 0)
        talk(run, "the list says scheme %s; its categories are read as %s, as you said", stated,
             given);
    run->scheme = scheme_load(chosen, set_store_folder(run->store), err);
    if (run->scheme == NULL || !set_import_scheme(run->import, chosen, err))
        return false;
    if (!scheme_is_public(run->scheme))
        talk(run,
             "what the codes of scheme %s mean is not public: every entry means what its set is "
             "for until %s/schemes/%s.ini says more",
             chosen, set_store_folder(run->store), chosen);
    return true;
}

static bool on_described(void *user_data, const ListDescription *description, GError **err)
{
    ImportRun *run = user_data;
    SetsImportSummary *summary = run->summary;
    g_free(summary->format);
    g_free(summary->description);
    summary->format = g_strdup(description->format);
    summary->description = g_strdup(description->description);
    g_free(run->position_unit);
    run->position_unit = g_strdup(description->position_unit);
    run->is_benign = description->is_benign;
    if (description->is_benign && run->request->has_kind && run->request->kind != SET_IGNORABLE)
        talk(run, "%s says that it holds known harmless files, and goes into a set that is %s",
             run->name, set_kind_name(run->request->kind));
    bool is_first = run->scheme == NULL;
    return !is_first || choose_scheme(run, description->scheme, err);
}

// ---- Entries ----------------------------------------------------------------------------------

static bool is_balanced(const uint8_t value[SHA256_BYTES])
{
    int bits = 0;
    for (unsigned i = 0; i < SHA256_BYTES; i++)
        bits += __builtin_popcount(value[i]);
    return bits == 4 * SHA256_BYTES;
}

static void look_at_hashes(ImportRun *run, const ListEntry *entry)
{
    for (size_t i = 0; i < entry->hash_count; i++) {
        if (entry->hashes[i].type != HASH_SHA256)
            continue;
        run->sha256_values++;
        run->sha256_balanced += is_balanced(entry->hashes[i].value);
    }
}

static bool check_category(ImportRun *run, const ListEntry *entry, GError **err)
{
    if (entry->category == NULL || entry->action == LIST_ENTRY_DELETED)
        return true;
    if (run->scheme == NULL && !run->is_benign) {
        g_auto(GStrv) ids = scheme_ids(set_store_folder(run->store));
        g_autofree char *list = g_strjoinv(", ", ids);
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "%s carries categories and does not say of which scheme, and the same number "
                    "means different things in different ones; say which with --scheme (%s)",
                    run->name, list);
        return false;
    }
    Meaning meaning;
    if (run->scheme != NULL && !scheme_meaning(run->scheme, entry->category, &meaning))
        run->summary->unknown_category++;
    return true;
}

static bool is_cancelled(void *user_data, GError **err)
{
    const ImportRun *run = user_data;
    if (run->request->is_cancelled == NULL || !run->request->is_cancelled())
        return false;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED,
                "the import of %s was interrupted; nothing was imported", run->name);
    return true;
}

static void tell_progress(ImportRun *run)
{
    if (run->request->progress != NULL)
        run->request->progress(run->request->user_data, run->entries, run->bytes_read);
}

static bool on_refused(void *user_data, uint64_t position, const char *reason, GError **err)
{
    ImportRun *run = user_data;
    const SetsImportRequest *request = run->request;
    if (request->strict) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "%s, %s %" G_GUINT64_FORMAT ": %s; nothing was imported (--strict)", run->name,
                    run->position_unit, position, reason);
        return false;
    }
    if (run->summary->refused++ < LIMIT_LIST_REFUSALS_SHOWN && request->refused != NULL)
        request->refused(request->user_data, run->position_unit, position, reason);
    return !is_cancelled(run, err);
}

static bool on_entry(void *user_data, const ListEntry *entry, GError **err)
{
    ImportRun *run = user_data;
    if (run->entries++ % PROGRESS_ENTRIES == 0) {
        tell_progress(run);
        if (is_cancelled(run, err))
            return false;
    }
    bool names_something = entry->hash_count > 0 || entry->frame_count > 0 ||
                           (entry->action == LIST_ENTRY_DELETED && entry->key != NULL);
    if (!names_something)
        return on_refused(user_data, entry->position, "an entry without any hash", err);
    look_at_hashes(run, entry);
    return check_category(run, entry, err) && set_import_entry(run->import, entry, err);
}

static void on_progress(void *user_data, uint64_t bytes_read)
{
    ImportRun *run = user_data;
    run->bytes_read = bytes_read;
    tell_progress(run);
}

// ---- The whole --------------------------------------------------------------------------------

static bool read_list(ImportRun *run, Zygote *zygote, int descriptor, GError **err)
{
    const SetsImportRequest *request = run->request;
    ListReadRequest read = {.format = request->format,
                            .has_default_type = request->has_type,
                            .default_type = request->type,
                            .columns = request->columns};
    ListReceiver receiver = {.described = on_described,
                             .entry = on_entry,
                             .refused = on_refused,
                             .progress = on_progress,
                             .is_cancelled = is_cancelled,
                             .user_data = run};
    return list_client_read(zygote, descriptor, run->name, &read, &receiver, err);
}

static bool commit(ImportRun *run, ListSourceDigest *source, GError **err)
{
    SetsImportSummary *summary = run->summary;
    summary->is_file = list_source_is_file(source);
    if (summary->is_file) {
        summary->source_bytes = list_source_bytes(source);
        if (!list_source_digest_end(source, summary->source_sha256, err))
            return false;
    }
    SetImportSource origin = {.name = run->name,
                              .has_size = summary->is_file,
                              .size_bytes = summary->source_bytes,
                              .sha256 = summary->is_file ? summary->source_sha256 : NULL,
                              .format = summary->format,
                              .description = summary->description,
                              .refused = summary->refused};
    return set_import_commit(run->import, &origin, &summary->counts, err);
}

static void complete_summary(ImportRun *run)
{
    SetsImportSummary *summary = run->summary;
    summary->looks_like_pdq =
        run->sha256_values >= PDQ_LOOK_VALUES &&
        (double)run->sha256_balanced >= PDQ_LOOK_SHARE * (double)run->sha256_values;
    summary->scheme = run->scheme != NULL ? g_strdup(scheme_id(run->scheme)) : NULL;
    g_autoptr(SetInfo) info = set_store_find(run->store, run->request->set_name, NULL);
    if (info != NULL) {
        summary->generation = info->generation;
        summary->active = info->tally.active;
    }
}

// The entries are safe already: an index that cannot be built now is built when it is needed.
static void bring_index_up_to_date(const ImportRun *run)
{
    g_autoptr(GError) error = NULL;
    SetIndexOptions options = {.talk = run->request->talk, .user_data = run->request->user_data};
    if (!set_index_refresh(run->store, false, options, &error))
        talk(run, "the index will be built at its next use: %s", error->message);
}

static bool run_import(ImportRun *run, Zygote *zygote, int descriptor, GError **err)
{
    const SetsImportRequest *request = run->request;
    SetImportOptions options = {.set_name = request->set_name,
                                .mode = request->mode,
                                .has_kind = request->has_kind,
                                .kind = request->kind,
                                .who = request->who};
    run->import = set_import_begin(run->store, &options, err);
    if (run->import == NULL)
        return false;
    g_autoptr(ListSourceDigest) source = list_source_digest_begin(descriptor, run->name);
    return read_list(run, zygote, descriptor, err) && !is_cancelled(run, err) &&
           commit(run, source, err);
}

bool sets_import(SetStore *store, Zygote *zygote, int descriptor, const char *name,
                 const SetsImportRequest *request, SetsImportSummary *ret_summary, GError **err)
{
    SetsImportSummary summary = {0};
    ImportRun run = {.store = store,
                     .request = request,
                     .name = name,
                     .summary = &summary,
                     .position_unit = g_strdup("position")};
    bool ok = run_import(&run, zygote, descriptor, err);
    set_import_free(run.import);
    if (ok) {
        complete_summary(&run);
        if (!request->within_act)
            bring_index_up_to_date(&run);
        *ret_summary = summary;
    } else {
        sets_import_summary_clear(&summary);
    }
    scheme_free(run.scheme);
    g_free(run.position_unit);
    return ok;
}

void sets_import_summary_clear(SetsImportSummary *summary)
{
    g_free(summary->format);
    g_free(summary->description);
    g_free(summary->scheme);
    *summary = (SetsImportSummary){0};
}

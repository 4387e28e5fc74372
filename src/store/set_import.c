// SPDX-License-Identifier: Apache-2.0
#include "store/set_import.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/entry_row.h"
#include "store/pending_identities.h"
#include "store/set_store_internal.h"
#include "store/withdrawals.h"

// Changed entries logged one by one; more, and the log says to look at the whole set.
#define CHANGES_LOGGED_MAX 65536u
// Entries looked at together when those that a list lacks are withdrawn.
#define ABSENT_BATCH 4096u
// From here on an import folds the write-ahead log back at once.
#define CHECKPOINT_ENTRIES 10000u

#define SET_NAME_BYTES_MAX 128u

struct SetImport {
    SetStore *store;
    Database *database;
    SetImportMode mode;
    char *set_name;
    char *who;
    uint64_t set_id;
    uint64_t generation;
    char *scheme;
    bool set_changed;     // made now, or its scheme was
    uint64_t old_last;    // highest entry number before
    uint64_t last_number; // highest entry number now
    SetTally tally;
    bool has_identities; // entry_identity holds some of this set
    PendingIdentities *pending;
    uint8_t *seen; // one bit for each number up to old_last: mentioned in this list
    Withdrawals *withdrawals;
    GChecksum *work;
    GArray *changed; // ids of entries that were there before and changed; uint64_t
    uint64_t changed_count;
    StoredEntry known, next; // kept for their memory
    SetImportCounts counts;
};

// ---- Beginning --------------------------------------------------------------------------------

static bool name_is_valid(const char *name)
{
    if (*name == '\0' || *name == '-' || strlen(name) > SET_NAME_BYTES_MAX ||
        !g_utf8_validate(name, -1, NULL))
        return false;
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at))
        if (!g_unichar_isprint(g_utf8_get_char(at)))
            return false;
    return *name != ' ' && name[strlen(name) - 1] != ' ';
}

static bool check_name(const char *name, GError **err)
{
    if (name_is_valid(name))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "a set cannot have this name; it needs 1 to %u bytes of printable text that does "
                "not begin with - or a space",
                SET_NAME_BYTES_MAX);
    return false;
}

static bool next_set_id(SetImport *import, GError **err)
{
    Statement *statement =
        database_statement(import->database,
                           "UPDATE store SET last_set = last_set + 1 WHERE one = 1 "
                           "RETURNING last_set",
                           err);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    import->set_id = row ? (uint64_t)statement_int(statement, 0) : 0;
    return !row || statement_run(statement, err);
}

static bool create_set(SetImport *import, const SetImportOptions *options, GError **err)
{
    if (!check_name(options->set_name, err))
        return false;
    if (!options->has_kind) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "set \"%s\" is new: say what it is for with --kind notable, ignorable or alert",
                    options->set_name);
        return false;
    }
    static const uint8_t no_entries[SHA256_BYTES];
    Statement *statement;
    if (!next_set_id(import, err) ||
        (statement = database_statement(
             import->database,
             "INSERT INTO hash_set (id, name, kind, scheme, created, generation, last_entry, "
             "active, withdrawn_by_list, withdrawn_locally, digest_sum) "
             "VALUES (?1, ?2, ?3, NULL, ?4, 0, 0, 0, 0, 0, ?5)",
             err)) == NULL)
        return false;
    g_autofree char *now = clock_now_utc();
    statement_bind_int(statement, 1, (int64_t)import->set_id);
    statement_bind_text(statement, 2, options->set_name);
    statement_bind_text(statement, 3, set_kind_name(options->kind));
    statement_bind_text(statement, 4, now);
    statement_bind_blob(statement, 5, no_entries, sizeof no_entries);
    import->set_changed = true;
    return statement_run(statement, err);
}

static bool check_existing(const SetInfo *info, const SetImportOptions *options, GError **err)
{
    if (options->mode == SET_IMPORT_NEW) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "set \"%s\" exists; say --merge to add to it or --replace to make it equal to "
                    "this list",
                    info->name);
        return false;
    }
    if (options->has_kind && options->kind != info->kind) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "set \"%s\" is %s; an import cannot make it %s", info->name,
                    set_kind_name(info->kind), set_kind_name(options->kind));
        return false;
    }
    return true;
}

static bool adopt_set(SetImport *import, const SetInfo *info, const SetImportOptions *options,
                      GError **err)
{
    if (!check_existing(info, options, err))
        return false;
    import->set_id = info->id;
    import->generation = info->generation;
    import->scheme = g_strdup(info->scheme);
    import->old_last = import->last_number = info->last_entry;
    import->tally = info->tally;
    import->has_identities = info->last_entry > 0;
    import->seen = g_try_malloc0(info->last_entry / 8 + 1);
    if (import->seen == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "cannot import into set \"%s\": not enough memory", info->name);
    return import->seen != NULL;
}

static bool find_or_create(SetImport *import, const SetImportOptions *options, GError **err)
{
    g_autoptr(GError) missing = NULL;
    g_autoptr(SetInfo) info = set_store_find(import->store, options->set_name, &missing);
    if (info != NULL)
        return adopt_set(import, info, options, err);
    bool may_create = options->mode != SET_IMPORT_ADD || options->has_kind;
    if (may_create && g_error_matches(missing, CLEW_ERROR, CLEW_ERROR_NOT_FOUND))
        return create_set(import, options, err);
    g_propagate_error(err, g_steal_pointer(&missing));
    return false;
}

SetImport *set_import_begin(SetStore *store, const SetImportOptions *options, GError **err)
{
    g_autoptr(SetImport) import = g_new0(SetImport, 1);
    import->store = store;
    import->database = set_store_database(store);
    import->mode = options->mode;
    import->set_name = g_strdup(options->set_name);
    import->who = g_strdup(options->who);
    import->pending = pending_identities_new();
    import->work = g_checksum_new(G_CHECKSUM_SHA256);
    import->changed = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    stored_entry_init(&import->known);
    stored_entry_init(&import->next);
    if (!set_store_begin_write(store, err) || !find_or_create(import, options, err))
        return NULL;
    import->withdrawals = withdrawals_load(import->database, import->set_id, err);
    return import->withdrawals != NULL ? g_steal_pointer(&import) : NULL;
}

void set_import_free(SetImport *import)
{
    if (import == NULL)
        return;
    set_store_rollback(import->store);
    pending_identities_free(import->pending);
    withdrawals_free(import->withdrawals);
    g_checksum_free(import->work);
    g_array_unref(import->changed);
    stored_entry_clear(&import->known);
    stored_entry_clear(&import->next);
    g_free(import->seen);
    g_free(import->scheme);
    g_free(import->set_name);
    g_free(import->who);
    g_free(import);
}

const char *set_import_current_scheme(const SetImport *import)
{
    return import->scheme;
}

bool set_import_scheme(SetImport *import, const char *scheme, GError **err)
{
    if (g_strcmp0(import->scheme, scheme) == 0)
        return true;
    if (import->scheme != NULL && import->mode != SET_IMPORT_REPLACE) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "set \"%s\" has categories of scheme %s; a list with scheme %s needs a set of "
                    "its own",
                    import->set_name, import->scheme, scheme);
        return false;
    }
    Statement *statement =
        database_statement(import->database, "UPDATE hash_set SET scheme = ?2 WHERE id = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)import->set_id);
    statement_bind_text(statement, 2, scheme);
    if (!statement_run(statement, err))
        return false;
    g_free(import->scheme);
    import->scheme = g_strdup(scheme);
    import->set_changed = true;
    return true;
}

// ---- Finding ----------------------------------------------------------------------------------

// Loads a candidate into import->known; *ret_same tells whether it is the entry looked for.
static bool try_candidate(SetImport *import, uint64_t id, const StoredEntry *wanted, bool *ret_same,
                          GError **err)
{
    bool found;
    if (!stored_entry_load(import->database, id, &import->known, &found, err))
        return false;
    *ret_same = found && stored_entry_same_identity(&import->known, wanted);
    return true;
}

static bool find_stored(SetImport *import, int64_t identity, const StoredEntry *wanted,
                        bool *ret_found, GError **err)
{
    Statement *statement = database_statement(
        import->database, "SELECT entry_id FROM entry_identity WHERE set_id = ?1 AND identity = ?2",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)import->set_id);
    statement_bind_int(statement, 2, identity);
    bool row = true, same = false;
    while (!same) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        if (!try_candidate(import, (uint64_t)statement_int(statement, 0), wanted, &same, err)) {
            statement_reset(statement);
            return false;
        }
    }
    statement_reset(statement);
    *ret_found = same;
    return true;
}

static bool find_known(SetImport *import, int64_t identity, const StoredEntry *wanted,
                       bool *ret_found, GError **err)
{
    size_t cursor = 0;
    uint64_t id;
    while (pending_identities_next(import->pending, identity, &cursor, &id)) {
        bool same;
        if (!try_candidate(import, id, wanted, &same, err))
            return false;
        if (same) {
            *ret_found = true;
            return true;
        }
    }
    *ret_found = false;
    return !import->has_identities || find_stored(import, identity, wanted, ret_found, err);
}

// True the first time an entry that was there before is mentioned.
static bool mark_seen(SetImport *import, uint64_t id)
{
    uint64_t number = entry_id_number(id);
    if (number > import->old_last)
        return false;
    uint8_t *byte = &import->seen[number / 8];
    uint8_t bit = (uint8_t)(1u << number % 8);
    bool first = (*byte & bit) == 0;
    *byte |= bit;
    return first;
}

static bool was_seen(const SetImport *import, uint64_t id)
{
    uint64_t number = entry_id_number(id);
    return number > import->old_last || (import->seen[number / 8] >> number % 8 & 1) != 0;
}

// ---- Changing ---------------------------------------------------------------------------------

static bool flush_pending(SetImport *import, GError **err)
{
    Statement *statement =
        database_statement(import->database, "INSERT INTO entry_identity VALUES (?1, ?2, ?3)", err);
    if (statement == NULL)
        return false;
    size_t count;
    const PendingIdentity *entries = pending_identities_take(import->pending, &count);
    for (size_t i = 0; i < count; i++) {
        statement_bind_int(statement, 1, (int64_t)import->set_id);
        statement_bind_int(statement, 2, entries[i].identity);
        statement_bind_int(statement, 3, (int64_t)entries[i].entry_id);
        if (!statement_run(statement, err))
            return false;
    }
    import->has_identities = import->has_identities || count > 0;
    return true;
}

static bool insert_new(SetImport *import, int64_t identity, const StoredEntry *said, GError **err)
{
    if (import->last_number >= UINT32_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "set \"%s\" cannot hold more than %u entries", import->set_name, UINT32_MAX);
        return false;
    }
    if (pending_identities_is_full(import->pending) && !flush_pending(import, err))
        return false;
    StoredEntry *entry = &import->next;
    stored_entry_copy_content(entry, said);
    entry->id = entry_id_make(import->set_id, ++import->last_number);
    entry->state =
        withdrawals_touch(import->withdrawals, &entry->content) ? ENTRY_WITHDRAWN_LOCALLY : 0;
    import->counts.stay_withdrawn += entry->state != 0;
    import->counts.added++;
    set_tally_add(&import->tally, entry, import->work);
    pending_identities_add(import->pending, identity, entry->id);
    return stored_entry_insert(import->database, entry, err);
}

static void note_changed(SetImport *import, uint64_t id)
{
    if (entry_id_number(id) > import->old_last)
        return;
    import->changed_count++;
    if (import->changed->len <= CHANGES_LOGGED_MAX)
        g_array_append_val(import->changed, id);
}

static bool content_equal(SetImport *import, const StoredEntry *a, const StoredEntry *b)
{
    uint8_t digest_a[SHA256_BYTES], digest_b[SHA256_BYTES];
    stored_entry_digest(a, import->work, digest_a);
    stored_entry_digest(b, import->work, digest_b);
    return memcmp(digest_a, digest_b, SHA256_BYTES) == 0;
}

// Makes import->next from import->known and what the list says now.
static void compose_next(SetImport *import, const StoredEntry *said, bool first)
{
    bool by_key = said->content.key != NULL;
    bool states_all = first && (import->mode == SET_IMPORT_REPLACE || by_key);
    stored_entry_copy_content(&import->next, states_all ? said : &import->known);
    if (!states_all)
        stored_entry_merge_content(&import->next, said);
    import->next.id = import->known.id;
    import->next.state = import->known.state & ~ENTRY_WITHDRAWN_BY_LIST;
    if (withdrawals_touch(import->withdrawals, &import->next.content))
        import->next.state |= ENTRY_WITHDRAWN_LOCALLY;
}

// Frames that the database holds already need not be written again.
static void leave_known_frames(SetImport *import)
{
    ListEntry *next = &import->next.content;
    if (next->frames != NULL && next->frame_count == import->known.content.frame_count &&
        memcmp(import->next.frames_digest, import->known.frames_digest, SHA256_BYTES) == 0)
        g_clear_pointer(&next->frames, g_free);
}

static bool write_next(SetImport *import, GError **err)
{
    set_tally_remove(&import->tally, &import->known, import->work);
    set_tally_add(&import->tally, &import->next, import->work);
    note_changed(import, import->next.id);
    leave_known_frames(import);
    return stored_entry_update(import->database, &import->known, &import->next, err);
}

static bool update_known(SetImport *import, const StoredEntry *said, GError **err)
{
    bool first = mark_seen(import, import->known.id);
    SetImportCounts *counts = &import->counts;
    compose_next(import, said, first);
    bool was_withdrawn = (import->known.state & ENTRY_WITHDRAWN_BY_LIST) != 0;
    counts->reinstated += was_withdrawn;
    counts->repeated += !first;
    counts->stay_withdrawn += first && (import->next.state & ENTRY_WITHDRAWN_LOCALLY);
    bool same_content = content_equal(import, &import->known, &import->next);
    if (same_content && import->next.state == import->known.state) {
        counts->unchanged += first;
        return true;
    }
    counts->updated += first && !same_content;
    return write_next(import, err);
}

// Withdraws import->known.
static bool withdraw_known(SetImport *import, GError **err)
{
    if (import->known.state & ENTRY_WITHDRAWN_BY_LIST)
        return true;
    import->counts.withdrawn++;
    set_tally_remove(&import->tally, &import->known, import->work);
    import->known.state |= ENTRY_WITHDRAWN_BY_LIST;
    set_tally_add(&import->tally, &import->known, import->work);
    note_changed(import, import->known.id);
    return stored_entry_set_state(import->database, import->known.id, import->known.state, err);
}

static void count_mention(SetImportCounts *counts, const ListEntry *entry)
{
    counts->entries++;
    for (size_t i = 0; i < entry->hash_count; i++)
        counts->hashes[entry->hashes[i].type]++;
    counts->videos += entry->is_video;
    counts->frames += entry->frame_count;
}

bool set_import_entry(SetImport *import, const ListEntry *entry, GError **err)
{
    g_assert(entry->key != NULL || entry->hash_count > 0 || entry->frame_count > 0);
    g_assert((entry->frames != NULL) == (entry->frame_count > 0));
    count_mention(&import->counts, entry);
    StoredEntry said = {.content = *entry}; // borrows all of it
    stored_entry_note_frames(&said, import->work);
    int64_t identity = stored_entry_identity(&said, import->work);
    bool found;
    if (!find_known(import, identity, &said, &found, err))
        return false;
    if (entry->action == LIST_ENTRY_PRESENT)
        return found ? update_known(import, &said, err) : insert_new(import, identity, &said, err);
    if (found) {
        mark_seen(import, import->known.id);
        return withdraw_known(import, err);
    }
    import->counts.unknown_deleted++;
    return true;
}

// ---- Committing -------------------------------------------------------------------------------

// Ids after `after` that the list before had and this one does not mention.
static bool collect_absent(SetImport *import, uint64_t after, GArray *ids, uint64_t *ret_last,
                           GError **err)
{
    Statement *statement = database_statement(import->database,
                                              "SELECT id, state FROM entry "
                                              "WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3",
                                              err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)after);
    statement_bind_int(statement, 2, (int64_t)entry_id_make(import->set_id, import->old_last));
    statement_bind_int(statement, 3, ABSENT_BATCH);
    *ret_last = after;
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        uint64_t id = (uint64_t)statement_int(statement, 0);
        *ret_last = id;
        if (!was_seen(import, id) && !(statement_int(statement, 1) & ENTRY_WITHDRAWN_BY_LIST))
            g_array_append_val(ids, id);
    }
}

static bool withdraw_ids(SetImport *import, const GArray *ids, GError **err)
{
    for (unsigned i = 0; i < ids->len; i++) {
        bool found;
        if (!stored_entry_load(import->database, g_array_index(ids, uint64_t, i), &import->known,
                               &found, err) ||
            !withdraw_known(import, err))
            return false;
    }
    return true;
}

static bool withdraw_absent(SetImport *import, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t after = entry_id_make(import->set_id, 0), last = after;
    do {
        after = last;
        g_array_set_size(ids, 0);
        if (!collect_absent(import, after, ids, &last, err) || !withdraw_ids(import, ids, err))
            return false;
    } while (last != after);
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

// Runs of neighbouring ids become one row.
static bool log_changed(SetImport *import, GError **err)
{
    uint64_t *ids = (uint64_t *)(void *)import->changed->data;
    unsigned count = import->changed->len;
    if (count > 0)
        qsort(ids, count, sizeof *ids, compare_ids);
    for (unsigned i = 0; i < count;) {
        unsigned end = i + 1;
        while (end < count && ids[end] <= ids[end - 1] + 1)
            end++;
        if (!set_store_log_change(import->store, import->set_id, ids[i], ids[end - 1], err))
            return false;
        i = end;
    }
    return true;
}

static bool log_changes(SetImport *import, GError **err)
{
    uint64_t first_new = entry_id_make(import->set_id, import->old_last + 1);
    uint64_t last = entry_id_make(import->set_id, import->last_number);
    if (import->changed_count > CHANGES_LOGGED_MAX)
        return set_store_log_change(import->store, import->set_id, entry_id_make(import->set_id, 1),
                                    last, err);
    if (import->changed_count > 0 && !log_changed(import, err))
        return false;
    return set_store_log_change(import->store, import->set_id, first_new, last, err);
}

static bool save_set(SetImport *import, GError **err)
{
    Statement *statement = database_statement(
        import->database, "UPDATE hash_set SET last_entry = ?2 WHERE id = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)import->set_id);
    statement_bind_int(statement, 2, (int64_t)import->last_number);
    return statement_run(statement, err) &&
           set_tally_save(import->database, import->set_id, &import->tally, err);
}

static bool save_act(SetImport *import, const SetImportSource *source, GError **err)
{
    static char *const names[] = {[SET_IMPORT_NEW] = "import",
                                  [SET_IMPORT_MERGE] = "merge",
                                  [SET_IMPORT_REPLACE] = "replace",
                                  [SET_IMPORT_ADD] = "add"};
    const SetImportCounts *counts = &import->counts;
    SetAct act = {.generation = import->generation,
                  .act = names[import->mode],
                  .who = import->who,
                  .source = (char *)source->name,
                  .has_source_bytes = source->has_size,
                  .source_bytes = source->size_bytes,
                  .has_source_sha256 = source->sha256 != NULL,
                  .format = (char *)source->format,
                  .description = (char *)source->description,
                  .entries = counts->entries,
                  .added = counts->added,
                  .updated = counts->updated,
                  .withdrawn = counts->withdrawn,
                  .reinstated = counts->reinstated,
                  .refused = source->refused};
    if (source->sha256 != NULL)
        memcpy(act.source_sha256, source->sha256, SHA256_BYTES);
    return set_store_record_act(import->store, import->set_id, &act, err);
}

bool set_import_commit(SetImport *import, const SetImportSource *source,
                       SetImportCounts *ret_counts, GError **err)
{
    if (!flush_pending(import, err) ||
        (import->mode == SET_IMPORT_REPLACE && !withdraw_absent(import, err)))
        return false;
    bool changed =
        import->set_changed || import->changed_count > 0 || import->last_number > import->old_last;
    if (changed &&
        (!set_store_raise_generation(import->store, import->set_id, &import->generation, err) ||
         !log_changes(import, err)))
        return false;
    if (!save_set(import, err) || !save_act(import, source, err) ||
        !set_store_commit(import->store, err))
        return false;
    if (import->counts.added + import->changed_count > CHECKPOINT_ENTRIES)
        database_checkpoint(import->database);
    *ret_counts = import->counts;
    return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "store/set_edit.h"

#include <string.h>

#include "base/error.h"
#include "store/entry_row.h"
#include "store/entry_video.h"
#include "store/set_record.h"
#include "store/set_store_internal.h"
#include "store/withdrawals.h"

typedef struct {
    SetStore *store;
    Database *database;
    SetInfo *info;
    const EntrySelector *selectors;
    size_t count;
    const char *who;
    bool withdraw;       // false: reinstate
    Withdrawals *wanted; // the hashes selected
    Withdrawals *met;    // those of them that some entry carries
    GArray *ids;         // of the entries selected; uint64_t
    GChecksum *work;
    SetEditCounts counts;
} Edit;

static void edit_clear(Edit *edit)
{
    withdrawals_free(edit->wanted);
    withdrawals_free(edit->met);
    set_info_free(edit->info);
    g_clear_pointer(&edit->ids, g_array_unref);
    g_clear_pointer(&edit->work, g_checksum_free);
    set_store_rollback(edit->store);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edit, edit_clear)

// ---- Finding ----------------------------------------------------------------------------------

static int compare_ids(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static bool note_if_wanted(void *user_data, uint64_t entry_id, HashType type, const uint8_t *value,
                           GError **err)
{
    Edit *edit = user_data;
    if (!withdrawals_contain(edit->wanted, type, value))
        return true;
    withdrawals_add(edit->met, type, value);
    g_array_append_val(edit->ids, entry_id);
    return true;
}

// An entry may carry several of the hashes selected.
static void drop_repeats(GArray *ids)
{
    unsigned kept = 0;
    g_array_sort(ids, compare_ids);
    for (unsigned i = 0; i < ids->len; i++) {
        uint64_t id = g_array_index(ids, uint64_t, i);
        if (kept == 0 || g_array_index(ids, uint64_t, kept - 1) != id)
            g_array_index(ids, uint64_t, kept++) = id;
    }
    g_array_set_size(ids, kept);
}

static bool select_id(Edit *edit, size_t place, GError **err)
{
    uint64_t id = edit->selectors[place].id;
    StoredEntry entry;
    stored_entry_init(&entry);
    bool found = false;
    bool ok = entry_id_set(id) != edit->info->id ||
              stored_entry_load(edit->database, id, &entry, &found, err);
    stored_entry_clear(&entry);
    if (ok && found)
        g_array_append_val(edit->ids, id);
    else if (ok)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "set \"%s\" has no entry e%" G_GUINT64_FORMAT " (number %" G_GUINT64_FORMAT
                    " in it); nothing was changed",
                    edit->info->name, id, id & UINT32_MAX);
    return ok && found;
}

// A hash that was withdrawn may have left the set; it can be reinstated all the same.
static bool check_hashes_met(Edit *edit, GError **err)
{
    g_autoptr(Withdrawals) withdrawn = withdrawals_load(edit->database, edit->info->id, err);
    if (withdrawn == NULL)
        return false;
    for (size_t i = 0; i < edit->count; i++) {
        const EntrySelector *selector = &edit->selectors[i];
        if (selector->is_id || withdrawals_contain(edit->met, selector->type, selector->value) ||
            withdrawals_contain(withdrawn, selector->type, selector->value))
            continue;
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "set \"%s\" does not hold hash %u of the %u given (%s); nothing was changed",
                    edit->info->name, (unsigned)i + 1, (unsigned)edit->count,
                    hash_type_name(selector->type));
        return false;
    }
    return true;
}

static bool select_entries(Edit *edit, GError **err)
{
    bool any_hash = false;
    for (size_t i = 0; i < edit->count; i++) {
        const EntrySelector *selector = &edit->selectors[i];
        if (selector->is_id && !select_id(edit, i, err))
            return false;
        if (!selector->is_id)
            withdrawals_add(edit->wanted, selector->type, selector->value);
        any_hash = any_hash || !selector->is_id;
    }
    uint64_t first = entry_id_make(edit->info->id, 0);
    uint64_t last = entry_id_make(edit->info->id, UINT32_MAX);
    bool ok = !any_hash ||
              (set_store_each_hash_any_state(edit->store, first, last, note_if_wanted, edit, err) &&
               check_hashes_met(edit, err));
    drop_repeats(edit->ids);
    return ok;
}

// ---- Changing ---------------------------------------------------------------------------------

static bool record_hash(Edit *edit, HashType type, const uint8_t *value, GError **err)
{
    return edit->withdraw
               ? withdrawals_insert(edit->database, edit->info->id, type, value, edit->who, err)
               : withdrawals_delete(edit->database, edit->info->id, type, value, err);
}

// What stands for the entry in the next list: its digests. A perceptual value may be shared by
// other media and counts only when it is all there is.
static bool record_entry_hashes(Edit *edit, const ListEntry *entry, GError **err)
{
    bool has_digest = false;
    for (size_t i = 0; i < entry->hash_count; i++)
        has_digest = has_digest || entry->hashes[i].type < HASH_PDQ;
    for (size_t i = 0; i < entry->hash_count; i++) {
        const ListHash *hash = &entry->hashes[i];
        bool counts =
            hash->type < HASH_PDQ || (hash->type == HASH_PDQ && (!has_digest || !edit->withdraw));
        if (counts && !record_hash(edit, hash->type, hash->value, err))
            return false;
    }
    return true;
}

static bool change_entry(Edit *edit, uint64_t id, StoredEntry *entry, GError **err)
{
    bool found;
    if (!stored_entry_load(edit->database, id, entry, &found, err) ||
        !record_entry_hashes(edit, &entry->content, err))
        return false;
    unsigned state = edit->withdraw ? entry->state | ENTRY_WITHDRAWN_LOCALLY
                                    : entry->state & ~ENTRY_WITHDRAWN_LOCALLY;
    if (state == entry->state) {
        edit->counts.unchanged++;
        return true;
    }
    set_tally_remove(&edit->info->tally, entry, edit->work);
    entry->state = state;
    set_tally_add(&edit->info->tally, entry, edit->work);
    edit->counts.changed++;
    return stored_entry_set_state(edit->database, id, state, err) &&
           set_store_log_change(edit->store, edit->info->id, id, id, err);
}

static bool change_entries(Edit *edit, GError **err)
{
    StoredEntry entry;
    stored_entry_init(&entry);
    bool ok = true;
    for (unsigned i = 0; ok && i < edit->ids->len; i++)
        ok = change_entry(edit, g_array_index(edit->ids, uint64_t, i), &entry, err);
    stored_entry_clear(&entry);
    for (size_t i = 0; ok && i < edit->count; i++)
        if (!edit->selectors[i].is_id)
            ok = record_hash(edit, edit->selectors[i].type, edit->selectors[i].value, err);
    return ok;
}

static bool save_edit(Edit *edit, GError **err)
{
    uint64_t generation = edit->info->generation;
    if (edit->counts.changed > 0 &&
        !set_store_raise_generation(edit->store, edit->info->id, &generation, err))
        return false;
    SetAct act = {.generation = generation,
                  .act = edit->withdraw ? "withdraw" : "reinstate",
                  .who = (char *)edit->who,
                  .entries = edit->count,
                  .withdrawn = edit->withdraw ? edit->counts.changed : 0,
                  .reinstated = edit->withdraw ? 0 : edit->counts.changed};
    return set_tally_save(edit->database, edit->info->id, &edit->info->tally, err) &&
           set_store_record_act(edit->store, edit->info->id, &act, err) &&
           set_store_commit(edit->store, err);
}

static bool run_edit(Edit *edit, const char *set_name, SetEditCounts *ret_counts, GError **err)
{
    edit->database = set_store_database(edit->store);
    if (!set_store_begin_write(edit->store, err))
        return false;
    edit->info = set_store_find(edit->store, set_name, err);
    if (edit->info == NULL)
        return false;
    edit->wanted = withdrawals_new();
    edit->met = withdrawals_new();
    edit->ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    edit->work = g_checksum_new(G_CHECKSUM_SHA256);
    if (!select_entries(edit, err) || !change_entries(edit, err) || !save_edit(edit, err))
        return false;
    *ret_counts = edit->counts;
    return true;
}

bool set_edit_withdraw(SetStore *store, const char *set_name, const EntrySelector *selectors,
                       size_t count, const char *who, SetEditCounts *ret_counts, GError **err)
{
    g_auto(Edit) edit = {
        .store = store, .selectors = selectors, .count = count, .who = who, .withdraw = true};
    return run_edit(&edit, set_name, ret_counts, err);
}

bool set_edit_reinstate(SetStore *store, const char *set_name, const EntrySelector *selectors,
                        size_t count, const char *who, SetEditCounts *ret_counts, GError **err)
{
    g_auto(Edit) edit = {.store = store, .selectors = selectors, .count = count, .who = who};
    return run_edit(&edit, set_name, ret_counts, err);
}

// ---- Removing ---------------------------------------------------------------------------------

static bool run_for_range(Database *database, const char *sql, uint64_t first, uint64_t last,
                          GError **err)
{
    Statement *statement = database_statement(database, sql, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)first);
    statement_bind_int(statement, 2, (int64_t)last);
    return statement_run(statement, err);
}

static bool remove_rows(SetStore *store, const SetInfo *info, GError **err)
{
    Database *database = set_store_database(store);
    uint64_t first = entry_id_make(info->id, 0), last = entry_id_make(info->id, UINT32_MAX);
    return entry_video_delete(database, first, last, err) &&
           run_for_range(database, "DELETE FROM entry_hash WHERE entry_id BETWEEN ?1 AND ?2", first,
                         last, err) &&
           run_for_range(database, "DELETE FROM entry WHERE id BETWEEN ?1 AND ?2", first, last,
                         err) &&
           run_for_range(database, "DELETE FROM entry_identity WHERE set_id BETWEEN ?1 AND ?2",
                         info->id, info->id, err) &&
           run_for_range(database, "DELETE FROM hash_set WHERE id BETWEEN ?1 AND ?2", info->id,
                         info->id, err) &&
           set_store_log_change(store, info->id, first, last, err);
}

bool set_edit_remove(SetStore *store, const char *set_name, const char *who, GError **err)
{
    if (!set_store_begin_write(store, err))
        return false;
    g_autoptr(SetInfo) info = set_store_find(store, set_name, err);
    SetAct act = {.act = "remove", .who = (char *)who};
    bool ok = info != NULL && remove_rows(store, info, err) &&
              set_record_note(store, info->id, &act, info, err) && set_store_commit(store, err);
    if (ok)
        database_checkpoint(set_store_database(store));
    else
        set_store_rollback(store);
    return ok;
}

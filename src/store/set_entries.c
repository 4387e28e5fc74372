// SPDX-License-Identifier: Apache-2.0
//
// Reading the entries of a SetStore: one, all of a set, all hashes of a range; and checking them
// against what their set says of them.
#include <string.h>

#include "base/error.h"
#include "store/entry_row.h"
#include "store/entry_video.h"
#include "store/frame_pack.h"
#include "store/set_store_internal.h"

bool set_store_entry(SetStore *store, uint64_t entry_id, StoredEntry *entry, bool *ret_found,
                     GError **err)
{
    return stored_entry_load(set_store_database(store), entry_id, entry, ret_found, err);
}

bool set_store_frames(SetStore *store, uint64_t entry_id, GArray *frames, GError **err)
{
    return entry_frames_read(set_store_database(store), entry_id, frames, err);
}

static Statement *prepare_range(SetStore *store, const char *sql, uint64_t first_id,
                                uint64_t last_id, GError **err)
{
    Statement *statement = statement_prepare(set_store_database(store), sql, err);
    if (statement == NULL)
        return NULL;
    statement_bind_int(statement, 1, (int64_t)first_id);
    statement_bind_int(statement, 2, (int64_t)last_id);
    return statement;
}

static bool visit_rows(SetStore *store, Statement *statement, StoredEntry *entry,
                       SetEntryCallback callback, void *user_data, GError **err)
{
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        if (!stored_entry_from_row(set_store_database(store), statement, entry, err) ||
            !callback(user_data, entry, err))
            return false;
    }
}

bool set_store_each_entry(SetStore *store, uint64_t set_id, SetEntryCallback callback,
                          void *user_data, GError **err)
{
    g_autoptr(Statement) statement = prepare_range(
        store, "SELECT " ENTRY_COLUMNS " FROM entry WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
        entry_id_make(set_id, 0), entry_id_make(set_id, UINT32_MAX), err);
    if (statement == NULL)
        return false;
    StoredEntry entry;
    stored_entry_init(&entry);
    bool ok = visit_rows(store, statement, &entry, callback, user_data, err);
    stored_entry_clear(&entry);
    return ok;
}

// ---- Hashes -----------------------------------------------------------------------------------

static bool impossible_hash(uint64_t entry_id, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the database is damaged: entry e%" G_GUINT64_FORMAT " holds an impossible hash",
                entry_id);
    return false;
}

static bool visit_columns(const Statement *row, SetHashCallback callback, void *user_data,
                          GError **err)
{
    static const HashType columns[] = {HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_PDQ};
    uint64_t entry_id = (uint64_t)statement_int(row, 0);
    for (int i = 0; i < (int)G_N_ELEMENTS(columns); i++) {
        size_t size_bytes;
        const uint8_t *value = statement_blob(row, 1 + i, &size_bytes);
        if (value == NULL)
            continue;
        if (size_bytes != hash_type_bytes(columns[i]))
            return impossible_hash(entry_id, err);
        if (!callback(user_data, entry_id, columns[i], value, err))
            return false;
    }
    return true;
}

// Entries whose hashes are wanted: all up to this state.
typedef struct {
    uint64_t first_id, last_id;
    unsigned state_max;
} HashRange;

static bool each_column_hash(SetStore *store, HashRange range, SetHashCallback callback,
                             void *user_data, GError **err)
{
    g_autoptr(Statement) statement =
        prepare_range(store,
                      "SELECT id, md5, sha1, sha256, pdq FROM entry "
                      "WHERE id BETWEEN ?1 AND ?2 AND state <= ?3 ORDER BY id",
                      range.first_id, range.last_id, err);
    bool row = true;
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 3, range.state_max);
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        if (!visit_columns(statement, callback, user_data, err))
            return false;
    }
}

static bool visit_extra(const Statement *row, SetHashCallback callback, void *user_data,
                        GError **err)
{
    uint64_t entry_id = (uint64_t)statement_int(row, 0);
    HashType type;
    const char *name = statement_text(row, 1);
    size_t size_bytes;
    const uint8_t *value = statement_blob(row, 2, &size_bytes);
    if (name == NULL || !hash_type_from_name(name, &type) || type >= HASH_COMPUTABLE_COUNT ||
        size_bytes != hash_type_bytes(type))
        return impossible_hash(entry_id, err);
    return callback(user_data, entry_id, type, value, err);
}

static bool each_extra_hash(SetStore *store, HashRange range, SetHashCallback callback,
                            void *user_data, GError **err)
{
    g_autoptr(Statement) statement = prepare_range(
        store,
        "SELECT entry_id, type, value FROM entry_hash JOIN entry ON entry.id = entry_id "
        "WHERE entry_id BETWEEN ?1 AND ?2 AND value IS NOT NULL AND state <= ?3 "
        "ORDER BY entry_id, ordinal",
        range.first_id, range.last_id, err);
    bool row = true;
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 3, range.state_max);
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        if (!visit_extra(statement, callback, user_data, err))
            return false;
    }
}

static bool each_hash(SetStore *store, HashRange range, SetHashCallback callback, void *user_data,
                      GError **err)
{
    return each_column_hash(store, range, callback, user_data, err) &&
           each_extra_hash(store, range, callback, user_data, err);
}

typedef struct {
    SetHashCallback callback;
    void *user_data;
} FrameVisit;

static bool visit_frames(void *user_data, uint64_t entry_id, const uint8_t *packed, size_t count,
                         GError **err)
{
    const FrameVisit *visit = user_data;
    for (size_t i = 0; i < count; i++) {
        FrameHash frame = frame_unpack(packed + i * FRAME_PACKED_BYTES);
        if (frame.quality >= FRAME_QUALITY_MIN &&
            !visit->callback(visit->user_data, entry_id, HASH_PDQ, frame.hash, err))
            return false;
    }
    return true;
}

bool set_store_each_hash(SetStore *store, uint64_t first_id, uint64_t last_id,
                         SetHashCallback callback, void *user_data, GError **err)
{
    FrameVisit visit = {callback, user_data};
    return each_hash(store, (HashRange){first_id, last_id, 0}, callback, user_data, err) &&
           entry_frames_each(set_store_database(store), first_id, last_id, visit_frames, &visit,
                             err);
}

bool set_store_count_frames(SetStore *store, uint64_t first_id, uint64_t last_id,
                            uint64_t *ret_count, GError **err)
{
    return entry_frames_count_usable(set_store_database(store), first_id, last_id, ret_count, err);
}

bool set_store_each_hash_any_state(SetStore *store, uint64_t first_id, uint64_t last_id,
                                   SetHashCallback callback, void *user_data, GError **err)
{
    unsigned all = ENTRY_WITHDRAWN_BY_LIST | ENTRY_WITHDRAWN_LOCALLY;
    return each_hash(store, (HashRange){first_id, last_id, all}, callback, user_data, err);
}

// ---- Checking ---------------------------------------------------------------------------------

typedef struct {
    SetStore *store;
    SetTally tally;
    GChecksum *work;
    GPtrArray *faults;
    uint64_t last_number;
} Recount;

static bool recount_entry(void *user_data, const StoredEntry *entry, GError **err)
{
    Recount *recount = user_data;
    set_tally_add(&recount->tally, entry, recount->work);
    recount->last_number = entry_id_number(entry->id);
    return entry_frames_verify(set_store_database(recount->store), entry, recount->work,
                               recount->faults, err);
}

static bool verify_set(SetStore *store, const SetInfo *info, GPtrArray *faults, GError **err)
{
    g_autoptr(GChecksum) work = g_checksum_new(G_CHECKSUM_SHA256);
    Recount recount = {.store = store, .work = work, .faults = faults};
    g_autoptr(GError) damage = NULL;
    if (!set_store_each_entry(store, info->id, recount_entry, &recount, &damage)) {
        if (!g_error_matches(damage, CLEW_ERROR, CLEW_ERROR_CORRUPT)) {
            g_propagate_error(err, g_steal_pointer(&damage));
            return false;
        }
        g_ptr_array_add(faults, g_strdup_printf("set \"%s\": %s", info->name, damage->message));
    } else if (!set_tally_equal(&recount.tally, &info->tally)) {
        g_ptr_array_add(faults, g_strdup_printf("set \"%s\": its entries do not have the counts "
                                                "and the digest that were recorded",
                                                info->name));
    } else if (recount.last_number > info->last_entry) {
        g_ptr_array_add(faults, g_strdup_printf("set \"%s\": it holds entries with numbers that "
                                                "were never given",
                                                info->name));
    }
    return true;
}

bool set_store_verify(SetStore *store, GPtrArray *faults, GError **err)
{
    if (!set_store_begin_snapshot(store, err))
        return false;
    bool ok = database_check(set_store_database(store), faults, err);
    g_autoptr(GPtrArray) sets = ok ? set_store_list(store, err) : NULL;
    ok = sets != NULL;
    for (unsigned i = 0; ok && i < sets->len; i++)
        ok = verify_set(store, sets->pdata[i], faults, err);
    ok = ok && entry_frames_verify_rest(set_store_database(store), faults, err);
    set_store_end_snapshot(store);
    return ok;
}

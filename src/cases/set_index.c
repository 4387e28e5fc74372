// SPDX-License-Identifier: Apache-2.0
#include "cases/set_index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "index/index_builder.h"

#define LOCK_NAME "index.lock"

// More changed entries and frames than this, and building is better than following them.
#define FOLLOWED_MAX 20000u
// Few entries are built in no time, so a file that lacks a good part of them is built anew.
#define FOLLOWED_SHARE 4u
#define FOLLOWED_ALWAYS 64u
// A file that was just opened is followed farther: sets may change while it is built.
#define FOLLOWED_AT_OPENING (4 * FOLLOWED_MAX)

#define ROW_BATCH 4096u

// Entries and frames from which on a build takes long enough to be told.
#define BUILDING_TOLD 500000u

// ---- Words ------------------------------------------------------------------------------------

static void talk(SetIndexOptions options, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void talk(SetIndexOptions options, const char *format, ...)
{
    if (options.talk == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    options.talk(text, options.user_data);
}

static char *path_in_folder(SetStore *store, const char *name)
{
    return g_build_filename(set_store_folder(store), name, NULL);
}

static IndexType index_type(HashType type)
{
    static const IndexType types[HASH_COMPUTABLE_COUNT] = {[HASH_MD5] = INDEX_MD5,
                                                           [HASH_SHA1] = INDEX_SHA1,
                                                           [HASH_SHA256] = INDEX_SHA256,
                                                           [HASH_PDQ] = INDEX_PDQ};
    return types[type];
}

static IndexRow row_of(uint64_t entry_id, HashType type, const uint8_t *value)
{
    IndexRow row = {
        .type = index_type(type), .set_id = (uint32_t)entry_id_set(entry_id), .entry_id = entry_id};
    memcpy(row.value, value, hash_type_bytes(type));
    return row;
}

// ---- Building ---------------------------------------------------------------------------------

typedef struct {
    IndexBuilder *builder;
    IndexRow *rows; // ROW_BATCH of them
    size_t count;
} RowBatch;

static bool flush_rows(RowBatch *batch, GError **err)
{
    bool ok = index_builder_add(batch->builder, batch->rows, batch->count, err);
    batch->count = 0;
    return ok;
}

static bool add_to_batch(void *user_data, uint64_t entry_id, HashType type, const uint8_t *value,
                         GError **err)
{
    RowBatch *batch = user_data;
    batch->rows[batch->count++] = row_of(entry_id, type, value);
    return batch->count < ROW_BATCH || flush_rows(batch, err);
}

static bool add_all_rows(SetStore *store, IndexBuilder *builder, SetChangeMark *ret_mark,
                         GError **err)
{
    g_autofree IndexRow *rows = g_new(IndexRow, ROW_BATCH);
    RowBatch batch = {.builder = builder, .rows = rows};
    if (!set_store_begin_snapshot(store, err))
        return false;
    bool ok = set_store_last_change(store, ret_mark, err) &&
              set_store_each_hash(store, 0, INT64_MAX, add_to_batch, &batch, err) &&
              flush_rows(&batch, err);
    set_store_end_snapshot(store);
    return ok;
}

static bool count_active(SetStore *store, uint64_t *ret_entries, uint64_t *ret_frames, GError **err)
{
    g_autoptr(GPtrArray) sets = set_store_list(store, err);
    if (sets == NULL)
        return false;
    *ret_entries = *ret_frames = 0;
    for (unsigned i = 0; i < sets->len; i++) {
        const SetTally *tally = &((const SetInfo *)sets->pdata[i])->tally;
        *ret_entries += tally->active;
        *ret_frames += tally->frames;
    }
    return true;
}

// The token stands in the stamp as the generation.
static bool build(SetStore *store, SetIndexOptions options, GError **err)
{
    uint64_t entries, frames;
    if (!count_active(store, &entries, &frames, err))
        return false;
    if (entries + frames >= BUILDING_TOLD) {
        g_autofree char *words =
            frames == 0 ? g_strdup("")
                        : g_strdup_printf(" and %" G_GUINT64_FORMAT " frames of videos", frames);
        talk(options, "building the index over %" G_GUINT64_FORMAT " entries%s", entries, words);
    }
    g_autofree char *path = path_in_folder(store, SET_INDEX_NAME);
    g_autoptr(IndexBuilder) builder = index_builder_new(path, (IndexBuilderOptions){0}, err);
    SetChangeMark mark;
    return builder != NULL && add_all_rows(store, builder, &mark, err) &&
           index_builder_write(
               builder, (IndexStamp){.generation = mark.token, .covered_seq = mark.seq}, err);
}

// Waits until nobody else builds. Returns the lock's descriptor, or -1.
static int lock_building(SetStore *store, GError **err)
{
    g_autofree char *path = path_in_folder(store, LOCK_NAME);
    int descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        clew_error_set_errno(err, errno, "cannot open %s", path);
        return -1;
    }
    int failed;
    while ((failed = flock(descriptor, LOCK_EX)) != 0 && errno == EINTR)
        continue;
    if (failed != 0) {
        clew_error_set_errno(err, errno, "cannot lock %s", path);
        close(descriptor);
        return -1;
    }
    return descriptor;
}

// ---- How far behind ---------------------------------------------------------------------------

static SetChangeMark mark_of(const IndexFileInfo *info)
{
    return (SetChangeMark){.seq = info->covered_seq, .token = info->generation};
}

static bool is_removed_set(const SetChange *change)
{
    return entry_id_number(change->last_entry) == UINT32_MAX;
}

// Entries to look at in these changes, and their frames, which are a row of the index each. Frames
// are not counted when the entries alone are more than `most`. A range without entries is one that
// a set has left.
static bool count_changed(SetStore *store, const GArray *changes, uint64_t most,
                          uint64_t *ret_count, GError **err)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < changes->len; i++) {
        const SetChange *change = &g_array_index(changes, SetChange, i);
        if (change->first_entry <= change->last_entry && !is_removed_set(change))
            count += change->last_entry - change->first_entry + 1;
    }
    for (unsigned i = 0; i < changes->len && count <= most; i++) {
        const SetChange *change = &g_array_index(changes, SetChange, i);
        uint64_t frames;
        if (change->first_entry > change->last_entry || is_removed_set(change))
            continue;
        if (!set_store_count_frames(store, change->first_entry, change->last_entry, &frames, err))
            return false;
        count += frames;
    }
    *ret_count = count;
    return true;
}

static uint64_t count_rows(const IndexFileInfo *info)
{
    uint64_t rows = 0;
    for (unsigned type = 0; type < INDEX_TYPE_COUNT; type++)
        rows += info->refs[type];
    return rows;
}

// Changed entries and frames up to which a file is worth following from.
static uint64_t worth_following(const IndexFileInfo *info)
{
    return MIN(FOLLOWED_MAX, (count_rows(info) + FOLLOWED_ALWAYS) / FOLLOWED_SHARE);
}

// Whether the file is. *ret_why (static): what is wrong with it, NULL when it is merely old.
static bool is_useful(SetStore *store, const IndexFileInfo *info, bool *ret_useful,
                      const char **ret_why, GError **err)
{
    bool known;
    if (!set_store_has_change(store, mark_of(info), &known, err))
        return false;
    *ret_useful = known;
    *ret_why = known ? NULL : "it belongs to other sets";
    if (!known)
        return true;
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(SetChange));
    if (!set_store_changes(store, info->covered_seq, changes, err))
        return false;
    uint64_t most = worth_following(info), changed;
    if (!count_changed(store, changes, most, &changed, err))
        return false;
    *ret_useful = changed <= most;
    return true;
}

// Opens the file if it is sound and worth following from; *ret_index NULL otherwise, with *ret_why
// (newly allocated) saying what is wrong with it, or NULL when it is missing or merely old. False:
// the store cannot be read, or the file cannot be used for a reason that building would not mend.
static bool open_useful(SetStore *store, Index **ret_index, char **ret_why, GError **err)
{
    *ret_index = NULL;
    *ret_why = NULL;
    g_autofree char *path = path_in_folder(store, SET_INDEX_NAME);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    g_autoptr(GError) fault = NULL;
    g_autoptr(Index) index = index_open(path, &fault);
    if (index == NULL) {
        if (!g_error_matches(fault, CLEW_ERROR, CLEW_ERROR_CORRUPT) &&
            !g_error_matches(fault, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED)) {
            g_propagate_error(err, g_steal_pointer(&fault));
            return false;
        }
        *ret_why = g_strdup(fault->message);
        return true;
    }
    bool useful;
    const char *why;
    if (!is_useful(store, index_info(index), &useful, &why, err))
        return false;
    if (useful)
        *ret_index = g_steal_pointer(&index);
    else
        *ret_why = g_strdup(why);
    return true;
}

// ---- Following --------------------------------------------------------------------------------

static bool add_to_delta(void *user_data, uint64_t entry_id, HashType type, const uint8_t *value,
                         GError **err)
{
    IndexRow row = row_of(entry_id, type, value);
    return index_delta_add(user_data, &row, err);
}

static bool follow_changes(Index *index, SetStore *store, const GArray *changes, GError **err)
{
    for (unsigned i = 0; i < changes->len; i++) {
        const SetChange *change = &g_array_index(changes, SetChange, i);
        if (change->first_entry <= change->last_entry &&
            !set_store_each_hash(store, change->first_entry, change->last_entry, add_to_delta,
                                 index_delta(index), err))
            return false;
    }
    return true;
}

static bool follow_in_snapshot(Index *index, SetStore *store, uint64_t most,
                               SetIndexPosition *position, bool *ret_behind, GError **err)
{
    SetChangeMark newest;
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(SetChange));
    if (!set_store_last_change(store, &newest, err) ||
        !set_store_changes(store, position->mark.seq, changes, err))
        return false;
    uint64_t changed;
    if (!count_changed(store, changes, most, &changed, err))
        return false;
    uint64_t followed = position->followed + changed;
    *ret_behind = followed > most;
    if (*ret_behind)
        return true;
    if (!follow_changes(index, store, changes, err))
        return false;
    *position = (SetIndexPosition){.mark = newest, .followed = followed};
    return true;
}

static bool follow(Index *index, SetStore *store, uint64_t most, SetIndexPosition *position,
                   bool *ret_behind, GError **err)
{
    if (!set_store_begin_snapshot(store, err))
        return false;
    bool ok = follow_in_snapshot(index, store, most, position, ret_behind, err);
    set_store_end_snapshot(store);
    return ok;
}

bool set_index_follow(Index *index, SetStore *store, SetIndexPosition *position, bool *ret_behind,
                      GError **err)
{
    uint64_t most = worth_following(index_info(index));
    return follow(index, store, most, position, ret_behind, err);
}

// ---- Opening ----------------------------------------------------------------------------------

// Under the lock: another process may have built it meanwhile.
static bool build_if_needed(SetStore *store, SetIndexOptions options, GError **err)
{
    g_autoptr(Index) index = NULL;
    g_autofree char *why = NULL;
    if (!open_useful(store, &index, &why, err))
        return false;
    if (index != NULL)
        return true;
    if (why != NULL)
        talk(options, "building the index anew: %s", why);
    return build(store, options, err);
}

static bool build_under_lock(SetStore *store, bool force, SetIndexOptions options, GError **err)
{
    int lock = lock_building(store, err);
    if (lock < 0)
        return false;
    bool ok = force ? build(store, options, err) : build_if_needed(store, options, err);
    close(lock);
    return ok;
}

bool set_index_refresh(SetStore *store, bool force, SetIndexOptions options, GError **err)
{
    g_autoptr(Index) index = NULL;
    g_autofree char *why = NULL;
    if (!force && !open_useful(store, &index, &why, err))
        return false;
    return index != NULL || build_under_lock(store, force, options, err);
}

// A file that another process has built since is sound.
static bool repair(SetStore *store, SetIndexOptions options, GError **err)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    if (!set_index_verify(store, faults, err))
        return false;
    if (faults->len == 0)
        return true;
    talk(options, "building the index anew: %s", (const char *)faults->pdata[0]);
    return build(store, options, err);
}

bool set_index_repair(SetStore *store, SetIndexOptions options, GError **err)
{
    int lock = lock_building(store, err);
    if (lock < 0)
        return false;
    bool ok = repair(store, options, err);
    close(lock);
    return ok;
}

Index *set_index_open(SetStore *store, SetIndexOptions options, SetIndexPosition *ret_position,
                      GError **err)
{
    g_autofree char *path = path_in_folder(store, SET_INDEX_NAME);
    // A store that changes quickly may run ahead of the file again; then once more.
    for (int attempt = 0; attempt < 3; attempt++) {
        if (!set_index_refresh(store, false, options, err))
            return NULL;
        g_autoptr(Index) index = index_open(path, err);
        if (index == NULL)
            return NULL;
        SetIndexPosition position = {.mark = mark_of(index_info(index))};
        bool behind;
        if (!follow(index, store, FOLLOWED_AT_OPENING, &position, &behind, err))
            return NULL;
        if (!behind) {
            *ret_position = position;
            return g_steal_pointer(&index);
        }
    }
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                "the sets in %s change faster than they can be indexed; try again later",
                set_store_folder(store));
    return NULL;
}

// ---- Checking ---------------------------------------------------------------------------------

bool set_index_verify(SetStore *store, GPtrArray *faults, GError **err)
{
    g_autofree char *path = path_in_folder(store, SET_INDEX_NAME);
    g_autoptr(GError) fault = NULL;
    g_autoptr(Index) index = index_open(path, &fault);
    if (index != NULL &&
        (index_file(index) == NULL || index_file_verify(index_file(index), &fault)))
        return true;
    bool is_damage = g_error_matches(fault, CLEW_ERROR, CLEW_ERROR_CORRUPT) ||
                     g_error_matches(fault, CLEW_ERROR, CLEW_ERROR_DENIED) ||
                     g_error_matches(fault, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
    if (is_damage)
        g_ptr_array_add(faults, g_strdup(fault->message));
    else
        g_propagate_error(err, g_steal_pointer(&fault));
    return is_damage;
}

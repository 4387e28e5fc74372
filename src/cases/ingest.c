// SPDX-License-Identifier: Apache-2.0
//
// A batch is written in this order: which items are there already (they are done with), which
// contents are known, rows of new contents, their places in stacks, rows of the case, items with
// their traits.
// Lookups are made for many at a time and inserts wait for no answer, because on PostgreSQL each
// answer is a round trip.
#include "cases/ingest.h"

#include <string.h>

#include "base/error.h"
#include "cases/act.h"
#include "cases/case_file.h"
#include "cases/identifiers.h"
#include "cases/ingest_record.h"
#include "cases/preview_store.h"

struct Ingest {
    Casework *work;
    Actor actor;
    uint64_t case_id, evidence_id;
    char *evidence, *evidence_root;
    Stacker *stacker;
    bool owns_stacker;
    GPtrArray *pending; // of IngestRecord *
    GArray *wants;      // of uint64_t: media of the last batch that want previews
    IngestCounts counts;
};

static bool check_case(Ingest *ingest, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(ingest->work, &ingest->actor, ingest->case_id, err);
    if (file == NULL)
        return false;
    if (file->state != CASE_OPEN)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "case %s is %s and takes no records; reopen it first", file->number,
                    case_state_name(file->state));
    return file->state == CASE_OPEN;
}

Ingest *ingest_open(Casework *work, const Actor *actor, const IngestOptions *options, GError **err)
{
    g_autoptr(Ingest) ingest = g_new0(Ingest, 1);
    ingest->work = work;
    ingest->actor = *actor;
    ingest->case_id = options->case_id;
    ingest->evidence = g_strdup(options->evidence);
    ingest->evidence_root = g_strdup(options->evidence_root);
    ingest->pending = g_ptr_array_new_with_free_func(ingest_record_free);
    ingest->wants = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    ingest->stacker = options->stacker;
    if (!check_case(ingest, err))
        return NULL;
    if (ingest->stacker == NULL) {
        ingest->owns_stacker = true;
        ingest->stacker = stacker_open(work, options->case_id, err);
        if (ingest->stacker == NULL)
            return NULL;
    }
    return g_steal_pointer(&ingest);
}

void ingest_free(Ingest *ingest)
{
    if (ingest == NULL)
        return;
    if (ingest->owns_stacker)
        stacker_free(ingest->stacker);
    g_ptr_array_free(ingest->pending, TRUE);
    g_array_free(ingest->wants, TRUE);
    g_free(ingest->evidence);
    g_free(ingest->evidence_root);
    g_free(ingest);
}

IngestCounts ingest_counts(const Ingest *ingest)
{
    return ingest->counts;
}

const GArray *ingest_wants_previews(const Ingest *ingest)
{
    return ingest->wants;
}

// ---- One batch --------------------------------------------------------------------------------

typedef struct {
    Ingest *ingest;
    Act *act;
    GPtrArray *records;    // of IngestRecord *, borrowed: those that are not there yet
    GHashTable *media;     // SHA-256 -> IngestMedia *, owned; every content of the records once
    GPtrArray *media_list; // of the same, in order of appearance; borrowed
    IngestCounts counts;
    CaseCounts more;    // for the case
    unsigned previewed; // media that got their previews
} Batch;

// A content of the batch: what is known, and the first record that shows it best.
typedef struct {
    uint8_t sha256[SHA256_BYTES]; // first: it is the key
    const IngestRecord *record;
    uint64_t media_id, case_media_id;
    bool is_new, is_new_in_case, was_examined;
} IngestMedia;

// Which records have no item yet.
static bool find_new(Batch *batch, GError **err)
{
    const GPtrArray *pending = batch->ingest->pending;
    g_autofree uint8_t(*keys)[ITEM_KEY_BYTES] = g_malloc(pending->len * sizeof *keys);
    for (unsigned i = 0; i < pending->len; i++)
        memcpy(keys[i], ((const IngestRecord *)pending->pdata[i])->item_key, ITEM_KEY_BYTES);
    g_autoptr(GByteArray) present = g_byte_array_new();
    if (!media_rows_items_present(act_database(batch->act), batch->ingest->evidence_id,
                                  (const uint8_t(*)[ITEM_KEY_BYTES])keys, pending->len, present,
                                  err))
        return false;
    g_autoptr(GHashTable) there = g_hash_table_new(ingest_key_hash, ingest_key_equal);
    for (unsigned at = 0; at < present->len; at += ITEM_KEY_BYTES)
        g_hash_table_add(there, present->data + at);
    for (unsigned i = 0; i < pending->len; i++) {
        IngestRecord *record = pending->pdata[i];
        if (g_hash_table_add(there, record->item_key))
            g_ptr_array_add(batch->records, record);
    }
    return true;
}

static bool shows_better(const IngestRecord *a, const IngestRecord *b)
{
    bool a_ok = g_str_equal(a->status, "ok"), b_ok = g_str_equal(b->status, "ok");
    if (a_ok != b_ok)
        return a_ok;
    return a->previews != NULL && b->previews == NULL;
}

static void gather_media(Batch *batch)
{
    for (unsigned i = 0; i < batch->records->len; i++) {
        const IngestRecord *record = batch->records->pdata[i];
        if (!record->has_digests)
            continue;
        IngestMedia *media = g_hash_table_lookup(batch->media, record->digests.sha256);
        if (media == NULL) {
            media = g_new0(IngestMedia, 1);
            memcpy(media->sha256, record->digests.sha256, SHA256_BYTES);
            media->record = record;
            media->is_new = media->is_new_in_case = true;
            g_hash_table_insert(batch->media, media->sha256, media);
            g_ptr_array_add(batch->media_list, media);
        } else if (shows_better(record, media->record)) {
            media->record = record;
        }
    }
}

static bool find_known(Batch *batch, GError **err)
{
    unsigned count = batch->media_list->len;
    g_autofree uint8_t(*digests)[SHA256_BYTES] = g_malloc((count + 1) * sizeof *digests);
    for (unsigned i = 0; i < count; i++)
        memcpy(digests[i], ((const IngestMedia *)batch->media_list->pdata[i])->sha256,
               SHA256_BYTES);
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(MediaKnown));
    if (!media_rows_known(act_database(batch->act), batch->ingest->case_id,
                          (const uint8_t(*)[SHA256_BYTES])digests, count, known, err))
        return false;
    for (unsigned i = 0; i < known->len; i++) {
        const MediaKnown *row = &g_array_index(known, MediaKnown, i);
        IngestMedia *media = g_hash_table_lookup(batch->media, row->sha256);
        if (media == NULL)
            continue;
        media->media_id = row->media_id;
        media->case_media_id = row->case_media_id;
        media->is_new = false;
        media->was_examined = row->is_examined;
        media->is_new_in_case = row->case_media_id == 0;
    }
    return true;
}

// Contents in order, ids in order: what is first in the batch has the lower id.
static bool give_ids(Batch *batch, GError **err)
{
    uint64_t media_count = 0, case_count = 0, media_id = 0, case_id = 0;
    for (unsigned i = 0; i < batch->media_list->len; i++) {
        const IngestMedia *media = batch->media_list->pdata[i];
        media_count += media->is_new;
        case_count += media->is_new_in_case && media->record->kind != NULL;
    }
    if ((media_count > 0 && !act_new_ids(batch->act, TABLE_MEDIA, media_count, &media_id, err)) ||
        (case_count > 0 && !act_new_ids(batch->act, TABLE_CASE_MEDIA, case_count, &case_id, err)))
        return false;
    if (media_count > 0)
        act_wrote_range(batch->act, TABLE_MEDIA, media_id, media_id + media_count - 1);
    if (case_count > 0)
        act_wrote_range(batch->act, TABLE_CASE_MEDIA, case_id, case_id + case_count - 1);
    for (unsigned i = 0; i < batch->media_list->len; i++) {
        IngestMedia *media = batch->media_list->pdata[i];
        if (media->is_new)
            media->media_id = media_id++;
        if (media->is_new_in_case && media->record->kind != NULL)
            media->case_media_id = case_id++;
    }
    return true;
}

static bool write_media(Batch *batch, const IngestMedia *media, GError **err)
{
    const IngestRecord *record = media->record;
    Database *database = act_database(batch->act);
    bool is_better = !media->is_new && !media->was_examined && g_str_equal(record->status, "ok");
    if (!media->is_new && !is_better)
        return true;
    g_autoptr(GBytes) hashes = media_hashes_pack(record->still, record->thumbnail);
    MediaRow row = ingest_record_media(record, hashes);
    row.id = media->media_id;
    row.seq = act_seq(batch->act);
    if (is_better ? !act_supersedes(batch->act, TABLE_MEDIA, row.id, err) ||
                        !media_rows_update(database, &row, err)
                  : !media_rows_insert(database, &row, err))
        return false;
    const GArray *frames = record->frames != NULL ? record->frames->variants[0] : NULL;
    return frames == NULL ||
           media_rows_insert_frames(database, media->media_id, (const FrameHash *)frames->data,
                                    frames->len, err);
}

// The order of review: what resembles something notable first, then as it came in.
static int64_t order_key(const IngestMedia *media)
{
    return (int64_t)((media->record->resembles_notable ? 0 : INT64_C(1) << 56) |
                     (int64_t)media->case_media_id);
}

static bool write_case_media(Batch *batch, const IngestMedia *media, const StackPlace *place,
                             GError **err)
{
    Database *database = act_database(batch->act);
    CaseMediaRow row = {.id = media->case_media_id,
                        .seq = act_seq(batch->act),
                        .case_id = batch->ingest->case_id,
                        .media_id = media->media_id,
                        .kind = media->record->kind,
                        .added_us = act_now_us(batch->act)};
    if (place != NULL) {
        row.stack_id = place->stack_id;
        row.is_near = !place->is_leader;
        row.distance = place->distance;
        row.orientation = place->orientation;
        row.pipeline = place->pipeline;
        bool ok = place->is_leader
                      ? stack_rows_insert(database, row.id, row.case_id, order_key(media), err)
                      : stack_rows_grow(database, place->stack_id, err);
        if (!ok)
            return false;
        batch->counts.eyes_new++;
        batch->counts.stacks_new += place->is_leader;
        batch->more.stacks += place->is_leader;
    }
    batch->counts.media_new++;
    batch->more.notable += g_str_equal(row.kind, "notable");
    batch->more.ignorable += g_str_equal(row.kind, "ignorable");
    batch->more.fresh += g_str_equal(row.kind, INGEST_NEW);
    return case_media_rows_insert(database, &row, err) &&
           ingest_record_write_matches(batch->act, row.case_id, row.media_id, media->record, err);
}

static bool needs_eyes(const IngestMedia *media)
{
    return media->is_new_in_case && media->record->kind != NULL &&
           g_str_equal(media->record->kind, INGEST_NEW);
}

static bool write_all_media(Batch *batch, GError **err)
{
    g_autoptr(GArray) asks = g_array_new(FALSE, FALSE, sizeof(StackAsk));
    for (unsigned i = 0; i < batch->media_list->len; i++) {
        const IngestMedia *media = batch->media_list->pdata[i];
        if (!write_media(batch, media, err))
            return false;
        const StackAsk ask = {.case_media_id = media->case_media_id,
                              .media_id = media->media_id,
                              .still = media->record->still,
                              .frames = media->record->frames};
        if (needs_eyes(media))
            g_array_append_val(asks, ask);
    }
    g_autofree StackPlace *places = g_new0(StackPlace, asks->len);
    if (!stacker_place(batch->ingest->stacker, (const StackAsk *)asks->data, asks->len, places,
                       err))
        return false;
    unsigned place = 0;
    for (unsigned i = 0; i < batch->media_list->len; i++) {
        const IngestMedia *media = batch->media_list->pdata[i];
        bool is_case_media = media->is_new_in_case && media->record->kind != NULL;
        if (is_case_media &&
            !write_case_media(batch, media, needs_eyes(media) ? &places[place++] : NULL, err))
            return false;
    }
    return true;
}

// A content that is examined only now has traits only now.
static bool has_new_traits(const IngestMedia *media)
{
    return media != NULL && (media->is_new_in_case || !media->was_examined);
}

static bool write_items(Batch *batch, GError **err)
{
    g_autoptr(TraitBatch) traits = trait_batch_new(batch->act, batch->ingest->case_id);
    uint64_t id;
    if (!act_new_ids(batch->act, TABLE_ITEM, batch->records->len, &id, err))
        return false;
    act_wrote_range(batch->act, TABLE_ITEM, id, id + batch->records->len - 1);
    for (unsigned i = 0; i < batch->records->len; i++, id++) {
        const IngestRecord *record = batch->records->pdata[i];
        const IngestMedia *media =
            record->has_digests ? g_hash_table_lookup(batch->media, record->digests.sha256) : NULL;
        ItemRow row = ingest_record_item(record);
        row.id = id;
        row.seq = act_seq(batch->act);
        row.case_id = batch->ingest->case_id;
        row.evidence_id = batch->ingest->evidence_id;
        row.media_id = media != NULL ? media->media_id : 0;
        batch->more.items++;
        batch->more.not_examined += !g_str_equal(row.status, "ok");
        if (!item_rows_insert(act_database(batch->act), &row, err) ||
            !trait_batch_add(traits, row.media_id, has_new_traits(media), id, record->traits, err))
            return false;
    }
    batch->counts.items_new += batch->records->len;
    return trait_batch_finish(traits, err);
}

// Ids of the media that pending records with previews show, 0 for unknown ones; of contents of the
// batch and of those whose items were there before.
static bool find_previewed(Batch *batch, const GPtrArray *records, uint64_t *ret_media,
                           GError **err)
{
    g_autofree uint8_t(*digests)[SHA256_BYTES] = g_malloc((records->len + 1) * sizeof *digests);
    for (unsigned i = 0; i < records->len; i++)
        memcpy(digests[i], ((const IngestRecord *)records->pdata[i])->digests.sha256, SHA256_BYTES);
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(MediaKnown));
    if (!media_rows_known(act_database(batch->act), batch->ingest->case_id,
                          (const uint8_t(*)[SHA256_BYTES])digests, records->len, known, err))
        return false;
    g_autoptr(GHashTable) ids = g_hash_table_new(sha256_key_hash, sha256_key_equal);
    for (unsigned i = 0; i < known->len; i++) {
        MediaKnown *row = &g_array_index(known, MediaKnown, i);
        if (row->case_media_id != 0)
            g_hash_table_insert(ids, row->sha256, &row->media_id);
    }
    for (unsigned i = 0; i < records->len; i++) {
        const uint64_t *id = g_hash_table_lookup(ids, digests[i]);
        ret_media[i] = id != NULL ? *id : 0;
    }
    return true;
}

// A content has its previews once in a scan, and they may come with a later item of it than the
// first, or with an item that an earlier run had brought in.
static bool write_previews(Batch *batch, GError **err)
{
    const GPtrArray *pending = batch->ingest->pending;
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    for (unsigned i = 0; i < pending->len; i++) {
        const IngestRecord *record = pending->pdata[i];
        if (record->previews != NULL && g_strcmp0(record->kind, INGEST_NEW) == 0)
            g_ptr_array_add(records, (void *)record);
    }
    g_autofree uint64_t *media = g_new0(uint64_t, records->len);
    if (records->len > 0 && !find_previewed(batch, records, media, err))
        return false;
    for (unsigned i = 0; i < records->len; i++) {
        bool exist = true;
        if (media[i] != 0 && !preview_rows_exist(act_database(batch->act), media[i], &exist, err))
            return false;
        const IngestRecord *record = records->pdata[i];
        if (!exist && !preview_store(batch->act, media[i], record->previews, NULL, err))
            return false;
        batch->previewed += !exist;
    }
    return true;
}

// What is new and came without any.
static bool say_missing_previews(Batch *batch, GError **err)
{
    for (unsigned i = 0; i < batch->media_list->len; i++) {
        const IngestMedia *media = batch->media_list->pdata[i];
        if (!needs_eyes(media) || media->record->previews != NULL)
            continue;
        if (media->record->preview_reason == NULL)
            g_array_append_val(batch->ingest->wants, media->media_id);
        else if (!preview_store_reason(batch->act, media->media_id, media->record->preview_reason,
                                       err))
            return false;
    }
    return true;
}

static void say_batch(const Batch *batch)
{
    JsonWriter *json = act_payload(batch->act);
    act_set_case(batch->act, batch->ingest->case_id);
    act_set_object(batch->act, "evidence %" G_GUINT64_FORMAT, batch->ingest->evidence_id);
    json_write_member_uint(json, "items", batch->counts.items_new);
    json_write_member_uint(json, "media", batch->counts.media_new);
    json_write_member_uint(json, "needs_eyes", batch->counts.eyes_new);
    json_write_member_uint(json, "with_previews", batch->previewed);
}

static bool write_new(Batch *batch, GError **err)
{
    gather_media(batch);
    return find_known(batch, err) && give_ids(batch, err) && write_all_media(batch, err) &&
           write_items(batch, err) && say_missing_previews(batch, err) &&
           case_counts_add(act_database(batch->act), batch->ingest->case_id, &batch->more, err);
}

// Without anything to write there is no act.
static bool write_batch(Batch *batch, GError **err)
{
    Ingest *ingest = batch->ingest;
    if (!case_file_evidence(batch->act, ingest->case_id, ingest->evidence, ingest->evidence_root,
                            &ingest->evidence_id, err) ||
        !find_new(batch, err))
        return false;
    bool has_new = batch->records->len > 0;
    if ((has_new && !write_new(batch, err)) || !write_previews(batch, err))
        return false;
    if (!has_new && batch->previewed == 0)
        return true;
    say_batch(batch);
    return act_commit(batch->act, err);
}

// A server that knows nothing of tables that grow from nothing chooses plans for empty ones, and
// keeps them; so it is told as they double.
static bool is_power_of_two(uint64_t number)
{
    return (number & (number - 1)) == 0;
}

bool ingest_flush(Ingest *ingest, GError **err)
{
    g_array_set_size(ingest->wants, 0);
    if (ingest->pending->len == 0)
        return true;
    g_autoptr(Act) act = act_begin(ingest->work, &ingest->actor, AUDIT_INGEST, err);
    if (act == NULL)
        return false;
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    g_autoptr(GPtrArray) media_list = g_ptr_array_new();
    g_autoptr(GHashTable) media =
        g_hash_table_new_full(sha256_key_hash, sha256_key_equal, NULL, g_free);
    Batch batch = {
        .ingest = ingest, .act = act, .records = records, .media = media, .media_list = media_list};
    if (!write_batch(&batch, err)) {
        stacker_rollback(ingest->stacker);
        return false;
    }
    stacker_commit(ingest->stacker);
    ingest->counts.items += ingest->pending->len;
    ingest->counts.items_new += batch.counts.items_new;
    ingest->counts.media_new += batch.counts.media_new;
    ingest->counts.eyes_new += batch.counts.eyes_new;
    ingest->counts.stacks_new += batch.counts.stacks_new;
    ingest->counts.batches++;
    if (ingest->pending->len >= INGEST_BATCH && is_power_of_two(ingest->counts.batches))
        database_checkpoint(casework_database(ingest->work));
    g_ptr_array_set_size(ingest->pending, 0);
    return true;
}

bool ingest_add(Ingest *ingest, const IngestItem *item, GError **err)
{
    IngestRecord *record = ingest_record_new(item, err);
    if (record == NULL)
        return false;
    g_ptr_array_add(ingest->pending, record);
    return ingest->pending->len < INGEST_BATCH || ingest_flush(ingest, err);
}

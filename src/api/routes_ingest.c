// SPDX-License-Identifier: Apache-2.0
//
// Records of an evidence come in. What the sender says of matches is not asked for: the sets of
// this server are. Sending the same again changes nothing, so it needs no Idempotency-Key.
#include "api/call.h"
#include "api/record_body.h"
#include "api/routes.h"
#include "api/services.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "cases/ingest.h"
#include "cases/ingest_match.h"
#include "cases/matcher.h"
#include "cases/media_list.h"

typedef struct {
    const char *evidence, *root;
    GPtrArray *records; // of RecordBody *
    GPtrArray *matches; // of GArray * of Match, one for each record
} Batch;

static void batch_clear(Batch *batch)
{
    g_clear_pointer(&batch->records, g_ptr_array_unref);
    g_clear_pointer(&batch->matches, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

static void read_batch(ApiCall *call, Batch *ret_batch)
{
    ApiObject *in = api_call_body(call);
    ret_batch->evidence = api_object_text(in, "evidence", 1, LIMIT_CASE_TEXT);
    ret_batch->root = api_object_text_or(in, "root", 1, LIMIT_RECORD_PATH, NULL);
    ret_batch->records = g_ptr_array_new_with_free_func((GDestroyNotify)record_body_free);
    ret_batch->matches = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    ApiArray *array = api_object_array(in, "records", 0, LIMIT_RECORDS);
    for (size_t i = 0; i < api_array_size(array); i++)
        g_ptr_array_add(ret_batch->records, record_body_new(api_array_object(array, i)));
}

// Before anything is locked: it takes the longest.
static bool match_batch(Matcher *matcher, Batch *batch, GError **err)
{
    for (unsigned i = 0; i < batch->records->len; i++) {
        const RecordBody *body = batch->records->pdata[i];
        GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));
        g_ptr_array_add(batch->matches, matches);
        if (!ingest_match(matcher, body->record, body->frames, matches, err))
            return false;
    }
    return true;
}

static bool add_all(Ingest *ingest, const Batch *batch, GError **err)
{
    for (unsigned i = 0; i < batch->records->len; i++) {
        const RecordBody *body = batch->records->pdata[i];
        const GArray *matches = batch->matches->pdata[i];
        const IngestItem item = {.record = body->record,
                                 .matches = matches,
                                 .frames = body->frames,
                                 .is_media = body->is_media,
                                 .left_out = matcher_may_leave_out(matches),
                                 .preview_reason = body->preview_reason};
        if (!ingest_add(ingest, &item, err))
            return false;
    }
    return ingest_flush(ingest, err);
}

static bool bring_in(WorkshopBench *bench, const Actor *actor, uint64_t case_id, const Batch *batch,
                     IngestCounts *ret_counts, GError **err)
{
    g_autoptr(Ingest) ingest =
        ingest_open(workshop_bench_work(bench), actor,
                    &(IngestOptions){.case_id = case_id,
                                     .evidence = batch->evidence,
                                     .evidence_root = batch->root,
                                     .stacker = workshop_bench_stacker(bench)},
                    err);
    if (ingest == NULL || !add_all(ingest, batch, err))
        return false;
    *ret_counts = ingest_counts(ingest);
    return true;
}

static json_t *wanted_previews(ApiCall *call, uint64_t case_id, const Batch *batch, GError **err)
{
    g_autoptr(GByteArray) digests = g_byte_array_new();
    g_autoptr(GByteArray) wanted = g_byte_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (unsigned i = 0; i < batch->records->len; i++) {
        const Record *record = ((const RecordBody *)batch->records->pdata[i])->record;
        if (record->has_digests &&
            g_hash_table_add(seen, encoding_hex_new(record->digests.sha256, SHA256_BYTES)))
            g_byte_array_append(digests, record->digests.sha256, SHA256_BYTES);
    }
    if (!media_wants_previews(api_call_work(call), api_call_actor(call), case_id, digests, wanted,
                              err))
        return NULL;
    json_t *list = json_array();
    for (unsigned at = 0; at < wanted->len; at += SHA256_BYTES) {
        g_autofree char *hex = encoding_hex_new(wanted->data + at, SHA256_BYTES);
        json_array_append_new(list, json_string(hex));
    }
    return list;
}

static bool post_records(ApiCall *call, GError **err)
{
    const ApiServices *services = api_call_services(call);
    uint64_t case_id = api_call_id(call, "case");
    g_auto(Batch) batch = {0};
    IngestCounts counts = {0};
    read_batch(call, &batch);
    if (!api_call_body_ok(call, err))
        return false;
    if (services == NULL || services->matcher == NULL || services->workshop == NULL) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_BUSY, "this server takes no records");
        return false;
    }
    if (!match_batch(services->matcher, &batch, err))
        return false;
    WorkshopBench *bench = workshop_enter(services->workshop, case_id, err);
    if (bench == NULL)
        return false;
    bool ok = bring_in(bench, api_call_actor(call), case_id, &batch, &counts, err);
    workshop_leave(services->workshop, bench, !ok);
    json_t *wanted = ok ? wanted_previews(call, case_id, &batch, err) : NULL;
    if (wanted == NULL)
        return false;
    return api_reply_json(call, 200,
                          json_pack("{sI sI sI sI sI so}", "items", (json_int_t)counts.items,
                                    "items_new", (json_int_t)counts.items_new, "media_new",
                                    (json_int_t)counts.media_new, "needs_eyes_new",
                                    (json_int_t)counts.eyes_new, "stacks_new",
                                    (json_int_t)counts.stacks_new, "wants_previews", wanted),
                          err);
}

const ApiRoute routes_ingest[] = {
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/records",
     .operation = "addRecords",
     .permission = PERMISSION_INGEST,
     .body = API_BODY_JSON,
     .body_limit = LIMIT_RECORDS_BYTES,
     .unrepeatable = true,
     .handle = post_records},
    {0},
};

// SPDX-License-Identifier: Apache-2.0
//
// Records go in batches, each bounded in number and bytes; what the server then wants previews of
// gets them. Sending waits for the server, and the scan waits for the sending, so that nothing
// piles up and nothing is lost. Sending again changes nothing, so an answer that was lost does no
// harm.
#include "apps/clew/case_sink.h"

#include <string.h>

#include "apps/clew/server_client.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "model/record_json.h"
#include "store/frame_pack.h"
#include "store/media_hashes.h"
#include "store/vault.h"

#define BODY_BYTES_MAX (LIMIT_RECORDS_BYTES / 4u) // a batch is sent when it is as large
#define FRAMES_BYTES_MAX (8u << 20)               // packed frames of one record
#define PREVIEWS_BODY_MAX (LIMIT_PREVIEWS_BYTES / 4u)
#define KEPT_PREVIEWS_MAX (16u << 20) // previews that wait for their batch

typedef struct {
    ServerClient *client; // borrowed
    uint64_t case_id, examination;
    uint8_t key[VAULT_PUBLIC_KEY_BYTES];
    char *evidence, *root;
    GString *records; // JSON of the batch, without the frame around it
    unsigned record_count;
    GHashTable *previews; // SHA-256 as hex -> PreviewSet; of the batch
    size_t preview_bytes;
    CaseSinkCounts counts;
} ServerSink;

// ---- A record as text -------------------------------------------------------------------------

static void write_base64(JsonWriter *json, const char *key, const void *bytes, size_t size_bytes)
{
    g_autofree char *text = g_base64_encode(bytes, size_bytes);
    json_write_member_string(json, key, text);
}

static GByteArray *pack_frames(const GArray *frames, unsigned step)
{
    GByteArray *packed = g_byte_array_new();
    for (unsigned i = 0; i < frames->len; i += step) {
        uint8_t bytes[FRAME_PACKED_BYTES];
        frame_pack(&g_array_index(frames, FrameHash, i), bytes);
        g_byte_array_append(packed, bytes, sizeof bytes);
    }
    return packed;
}

// All variants where they fit; else as they stand, and of very long videos every n-th frame.
static void write_frames(JsonWriter *json, const VideoFrames *frames)
{
    size_t one = (size_t)frames->variants[0]->len * FRAME_PACKED_BYTES;
    unsigned step = (unsigned)(one / FRAMES_BYTES_MAX) + 1, count = 0;
    for (unsigned i = 0; i < FRAME_VARIANT_COUNT; i++)
        count += frames->variants[i] != NULL;
    bool all_fit = one * count <= FRAMES_BYTES_MAX;
    json_write_key(json, "frames_packed");
    json_write_begin_object(json);
    json_write_member_string(json, "pipeline", frame_pipeline_name(frames->pipeline));
    json_write_key(json, "variants");
    json_write_begin_array(json);
    for (unsigned i = 0; i < (all_fit ? FRAME_VARIANT_COUNT : 1u); i++) {
        if (frames->variants[i] == NULL)
            continue;
        g_autoptr(GByteArray) packed = pack_frames(frames->variants[i], step);
        json_write_begin_object(json);
        json_write_member_uint(json, "variant", i);
        write_base64(json, "frames", packed->data, packed->len);
        json_write_end_object(json);
    }
    json_write_end_array(json);
    json_write_end_object(json);
}

static void write_record(GString *text, const ScanItem *item)
{
    const Record *record = item->record;
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    record_json_members(&json, record);
    json_write_member_bool(&json, "is_media", item->is_media);
    g_autoptr(GBytes) hashes = media_hashes_pack(record->still, record->thumbnail);
    if (hashes != NULL)
        write_base64(&json, "hashes", g_bytes_get_data(hashes, NULL), g_bytes_get_size(hashes));
    if (item->frames != NULL && item->frames->variants[0] != NULL)
        write_frames(&json, item->frames);
    if (item->preview_reason != NULL)
        json_write_member_string(&json, "preview_reason", item->preview_reason);
    json_write_end_object(&json);
}

// ---- Previews ---------------------------------------------------------------------------------

static void write_picture(JsonWriter *json, const ServerSink *sink, const PreviewPicture *picture)
{
    size_t size_bytes;
    const void *jpeg = g_bytes_get_data(picture->jpeg, &size_bytes);
    g_autoptr(GBytes) box = vault_seal_box(sink->key, jpeg, size_bytes);
    if (box == NULL)
        return;
    json_write_begin_object(json);
    json_write_member_string(json, "kind", preview_kind_name(picture->kind));
    if (picture->kind == PREVIEW_STRIP)
        json_write_member_uint(json, "milliseconds", picture->milliseconds);
    json_write_member_uint(json, "width", picture->width);
    json_write_member_uint(json, "height", picture->height);
    write_base64(json, "box", g_bytes_get_data(box, NULL), g_bytes_get_size(box));
    json_write_end_object(json);
}

static void write_previews(GString *text, const ServerSink *sink, const char *sha256,
                           const PreviewSet *previews)
{
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_string(&json, "sha256", sha256);
    json_write_key(&json, "pictures");
    json_write_begin_array(&json);
    for (unsigned i = 0; i < previews->pictures->len; i++)
        write_picture(&json, sink, previews->pictures->pdata[i]);
    json_write_end_array(&json);
    json_write_end_object(&json);
}

static bool send_previews(ServerSink *sink, GString *media, GError **err)
{
    if (media->len == 0)
        return true;
    g_autofree char *path =
        g_strdup_printf("/api/v1/cases/%" G_GUINT64_FORMAT "/previews", sink->case_id);
    g_autoptr(GString) body = g_string_new("{\"media\":[");
    g_autoptr(GString) reply = g_string_new(NULL);
    g_string_append_len(body, media->str, (gssize)media->len);
    g_string_append(body, "]}");
    g_string_truncate(media, 0);
    return server_client_ask(sink->client, path, body, true, reply, err);
}

// Of what the server wants, those that came with this batch; others came with another one.
static bool send_wanted(ServerSink *sink, const char *reply, GError **err)
{
    const char *list = strstr(reply, "\"wants_previews\"");
    g_autoptr(GRegex) regex = g_regex_new("\"([0-9a-f]{64})\"", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GString) media = g_string_new(NULL);
    unsigned count = 0;
    if (list == NULL)
        return true;
    for (g_regex_match(regex, list, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *sha256 = g_match_info_fetch(match, 1);
        const PreviewSet *previews = g_hash_table_lookup(sink->previews, sha256);
        if (previews == NULL)
            continue;
        if (media->len > 0)
            g_string_append_c(media, ',');
        write_previews(media, sink, sha256, previews);
        count++;
        if ((count % LIMIT_PREVIEW_MEDIA == 0 || media->len > PREVIEWS_BODY_MAX) &&
            !send_previews(sink, media, err))
            return false;
    }
    return send_previews(sink, media, err);
}

// ---- The sink ---------------------------------------------------------------------------------

static void count_reply(ServerSink *sink, const char *reply)
{
    const struct {
        const char *key;
        uint64_t *count;
    } rows[] = {{"items_new", &sink->counts.items_new},
                {"media_new", &sink->counts.media_new},
                {"needs_eyes_new", &sink->counts.eyes_new},
                {"stacks_new", &sink->counts.stacks_new}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint64 number;
        if (server_reply_number(reply, rows[i].key, &number))
            *rows[i].count += number;
    }
}

static GString *batch_body(const ServerSink *sink)
{
    GString *body = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, body);
    json_write_begin_object(&json);
    json_write_member_string(&json, "evidence", sink->evidence);
    if (sink->root != NULL)
        json_write_member_string(&json, "root", sink->root);
    json_write_key(&json, "records");
    json_write_begin_array(&json);
    json_write_raw(&json, sink->records->str, sink->records->len);
    json_write_end_array(&json);
    json_write_end_object(&json);
    return body;
}

static bool server_flush(void *self, GError **err)
{
    ServerSink *sink = self;
    if (sink->record_count == 0)
        return true;
    g_autofree char *path =
        g_strdup_printf("/api/v1/cases/%" G_GUINT64_FORMAT "/records", sink->case_id);
    g_autoptr(GString) body = batch_body(sink);
    g_autoptr(GString) reply = g_string_new(NULL);
    if (!server_client_ask(sink->client, path, body, true, reply, err) ||
        !send_wanted(sink, reply->str, err))
        return false;
    count_reply(sink, reply->str);
    g_string_truncate(sink->records, 0);
    sink->record_count = 0;
    g_hash_table_remove_all(sink->previews);
    sink->preview_bytes = 0;
    return true;
}

static bool server_add(void *self, const ScanItem *item, GError **err)
{
    ServerSink *sink = self;
    if (sink->record_count > 0)
        g_string_append_c(sink->records, ',');
    write_record(sink->records, item);
    sink->record_count++;
    if (item->previews != NULL && item->record->has_digests) {
        char *sha256 = encoding_hex_new(item->record->digests.sha256, SHA256_BYTES);
        g_hash_table_replace(sink->previews, sha256, preview_set_copy(item->previews));
        sink->preview_bytes += item->previews->size_bytes;
    }
    bool is_full = sink->record_count >= LIMIT_RECORDS || sink->records->len >= BODY_BYTES_MAX ||
                   sink->preview_bytes >= KEPT_PREVIEWS_MAX;
    return !is_full || server_flush(sink, err);
}

static CaseSinkCounts server_counts(const void *self)
{
    return ((const ServerSink *)self)->counts;
}

static void server_free(void *self)
{
    ServerSink *sink = self;
    g_string_free(sink->records, TRUE);
    g_hash_table_unref(sink->previews);
    g_free(sink->evidence);
    g_free(sink->root);
    g_free(sink);
}

// ---- How it was examined ----------------------------------------------------------------------

#define US_PER_SECOND 1000000
#define NS_PER_US 1000u

static void write_time(JsonWriter *json, const char *key, int64_t us)
{
    g_autofree char *text =
        clock_format_utc(us / US_PER_SECOND, (uint32_t)(us % US_PER_SECOND) * NS_PER_US);
    json_write_member_string(json, key, text);
}

static bool server_begin(void *self, int64_t begun_us, const char *provenance, GError **err)
{
    ServerSink *sink = self;
    g_autofree char *path =
        g_strdup_printf("/api/v1/cases/%" G_GUINT64_FORMAT "/examinations", sink->case_id);
    g_autoptr(GString) body = g_string_new(NULL);
    g_autoptr(GString) reply = g_string_new(NULL);
    guint64 id;
    JsonWriter json;
    json_writer_init(&json, body);
    json_write_begin_object(&json);
    json_write_member_string(&json, "evidence", sink->evidence);
    if (sink->root != NULL)
        json_write_member_string(&json, "root", sink->root);
    write_time(&json, "begun", begun_us);
    json_write_key(&json, "provenance");
    json_write_raw(&json, provenance, strlen(provenance));
    json_write_end_object(&json);
    if (!server_client_ask(sink->client, path, body, true, reply, err))
        return false;
    if (!server_reply_number(reply->str, "id", &id)) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                            "the server does not say how it calls this examination; it may be "
                            "older than this clew");
        return false;
    }
    sink->examination = id;
    return true;
}

static bool server_end(void *self, int64_t ended_us, const char *totals, GError **err)
{
    const ServerSink *sink = self;
    g_autofree char *path = g_strdup_printf("/api/v1/cases/%" G_GUINT64_FORMAT
                                            "/examinations/%" G_GUINT64_FORMAT "/end",
                                            sink->case_id, sink->examination);
    g_autoptr(GString) body = g_string_new(NULL);
    g_autoptr(GString) reply = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, body);
    json_write_begin_object(&json);
    write_time(&json, "ended", ended_us);
    json_write_key(&json, "totals");
    json_write_raw(&json, totals, strlen(totals));
    json_write_end_object(&json);
    return server_client_ask(sink->client, path, body, true, reply, err);
}

static const CaseSinkForm server_form = {.begin = server_begin,
                                         .end = server_end,
                                         .add = server_add,
                                         .flush = server_flush,
                                         .counts = server_counts,
                                         .free = server_free};

// ---- Opening ----------------------------------------------------------------------------------

static bool read_greeting(ServerSink *sink, const char *reply, const char *number, GError **err)
{
    g_autofree char *key = server_reply_word(reply, "key");
    guint64 case_id;
    if (key == NULL || !encoding_from_hex(key, strlen(key), sink->key, sizeof sink->key)) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                            "the server does not say its key; it may be older than this clew");
        return false;
    }
    if (!server_reply_number(reply, "case", &case_id)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "the server has no case %s that this token may bring records into", number);
        return false;
    }
    sink->case_id = case_id;
    return true;
}

static bool greet(ServerSink *sink, const char *number, GError **err)
{
    g_autofree char *escaped = g_uri_escape_string(number, NULL, false);
    g_autofree char *path = g_strdup_printf("/api/v1/server-key?case=%s", escaped);
    g_autoptr(GString) reply = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    if (server_client_ask(sink->client, path, NULL, false, reply, &error))
        return read_greeting(sink, reply->str, number, err);
    if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND))
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                            "the server takes no records; it is no clewd, or older than this clew");
    else
        g_propagate_error(err, g_steal_pointer(&error));
    return false;
}

CaseSink *case_sink_server(ServerClient *client, const char *number, const char *evidence,
                           const char *root, GError **err)
{
    ServerSink *sink = g_new0(ServerSink, 1);
    sink->client = client;
    sink->evidence = g_strdup(evidence);
    sink->root = g_strdup(root);
    sink->records = g_string_new(NULL);
    sink->previews =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)preview_set_free);
    if (greet(sink, number, err))
        return case_sink_new(&server_form, sink);
    server_free(sink);
    return NULL;
}

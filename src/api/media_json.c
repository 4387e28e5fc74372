// SPDX-License-Identifier: Apache-2.0
#include "api/media_json.h"

#include "api/times.h"
#include "base/encoding.h"
#include "model/record.h"

#define LAYER_MARK " > "
#define FINDINGS_MAX 64u // of one media

static json_t *number_or_null(int64_t number)
{
    return number < 0 ? json_null() : json_integer(number);
}

static json_t *id_or_null(uint64_t id)
{
    return id == 0 ? json_null() : json_integer((json_int_t)id);
}

// JSON that the database holds as text; what is damaged is shown as null.
static json_t *stored_json(const char *text)
{
    json_t *json = text != NULL ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    return json != NULL ? json : json_null();
}

static json_t *likeness_json(const MediaListRow *row)
{
    if (!row->is_near || row->orientation >= ORIENTATION_COUNT)
        return json_null();
    return json_pack("{sI ss}", "distance", (json_int_t)row->distance, "orientation",
                     orientation_name(row->orientation));
}

static bool has_type(const json_t *findings, const char *type)
{
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        if (g_str_equal(json_string_value(json_object_get(finding, "type")), type))
            return true;
    }
    return false;
}

static void add_finding(json_t *findings, const json_t *finding)
{
    const char *type = json_string_value(json_object_get(finding, "type"));
    const char *detail = json_string_value(json_object_get(finding, "detail"));
    const json_t *bytes = json_object_get(finding, "bytes");
    if (type == NULL || has_type(findings, type) || json_array_size(findings) >= FINDINGS_MAX)
        return;
    json_t *json = json_pack("{ss ss*}", "type", type, "detail", detail);
    if (json_is_integer(bytes) && json_integer_value(bytes) >= 0)
        json_object_set_new(json, "bytes", json_integer(json_integer_value(bytes)));
    json_array_append_new(findings, json);
}

// Of the items, the first of each type.
static json_t *findings_json(const GPtrArray *texts)
{
    json_t *findings = json_array();
    for (unsigned i = 0; texts != NULL && i < texts->len; i++) {
        json_t *of_item = stored_json(texts->pdata[i]);
        for (size_t j = 0; j < json_array_size(of_item); j++)
            add_finding(findings, json_array_get(of_item, j));
        json_decref(of_item);
    }
    return findings;
}

static json_t *texts_json(const GPtrArray *texts)
{
    json_t *array = json_array();
    for (unsigned i = 0; texts != NULL && i < texts->len; i++)
        json_array_append_new(array, json_string(texts->pdata[i]));
    return array;
}

static json_t *facts_json(const MediaListRow *row)
{
    return json_pack("{sI ss ss? ss? so so so ss ss ss ss? sI so so so so}", "media",
                     (json_int_t)row->media_id, "kind", row->kind, "decision", row->decision,
                     "category", row->category, "stack", id_or_null(row->stack_id), "likeness",
                     likeness_json(row), "added", api_time(row->added_us), "media_type",
                     row->media_type, "family", row->family, "status", row->status, "reason",
                     row->reason, "size_bytes", (json_int_t)row->size_bytes, "width",
                     number_or_null(row->width), "height", number_or_null(row->height), "frames",
                     number_or_null(row->frames), "duration_ms", number_or_null(row->duration_ms));
}

json_t *media_row_json(const MediaListRow *row)
{
    const MediaMarks *marks = &row->marks;
    json_t *json = facts_json(row);
    json_object_set_new(json, "findings", findings_json(marks->findings));
    json_object_set_new(json, "tags", texts_json(marks->tags));
    json_object_set_new(json, "has_preview", json_boolean(marks->has_preview));
    json_object_set_new(json, "no_preview",
                        marks->no_preview != NULL ? json_string(marks->no_preview) : json_null());
    return json;
}

// Layer by layer: a file, and what lies inside it. The names stay escaped as paths are.
static json_t *layers_json(const char *path)
{
    g_auto(GStrv) layers = g_strsplit(path, LAYER_MARK, -1);
    json_t *array = json_array();
    for (char **layer = layers; *layer != NULL; layer++)
        json_array_append_new(array, json_string(*layer));
    return array;
}

json_t *item_row_json(const ItemListRow *row)
{
    return json_pack("{sI so sI ss so so ss ss? so so}", "item", (json_int_t)row->id, "media",
                     id_or_null(row->media_id), "evidence", (json_int_t)row->evidence_id,
                     "evidence_name", row->evidence, "path", layers_json(row->path), "size_bytes",
                     number_or_null(row->size_bytes), "status", row->status, "reason", row->reason,
                     "times", stored_json(row->times), "findings", stored_json(row->findings));
}

// ---- One media --------------------------------------------------------------------------------

static json_t *digests_json(const Digests *digests)
{
    g_autofree char *md5 = encoding_hex_new(digests->md5, MD5_BYTES);
    g_autofree char *sha1 = encoding_hex_new(digests->sha1, SHA1_BYTES);
    g_autofree char *sha256 = encoding_hex_new(digests->sha256, SHA256_BYTES);
    return json_pack("{ss ss ss}", "md5", md5, "sha1", sha1, "sha256", sha256);
}

static json_t *matches_json(const GArray *rows)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < rows->len; i++)
        json_array_append_new(array, stored_json(g_array_index(rows, MediaMatchRow, i).detail));
    return array;
}

static json_t *previews_json(const GArray *rows)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const MediaPreviewRow *row = &g_array_index(rows, MediaPreviewRow, i);
        json_array_append_new(array, json_pack("{ss sI so}", "kind", row->kind, "ordinal",
                                               (json_int_t)row->ordinal, "milliseconds",
                                               number_or_null(row->milliseconds)));
    }
    return array;
}

static json_t *places_json(const GArray *rows)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < rows->len; i++)
        json_array_append_new(array, item_row_json(&g_array_index(rows, ItemListRow, i)));
    return array;
}

json_t *media_whole_json(uint64_t case_id, const MediaWhole *whole)
{
    const MediaListRow *row = &whole->detail.row;
    g_autofree char *votes =
        g_strdup_printf("/api/v1/cases/%" G_GUINT64_FORMAT "/media/%" G_GUINT64_FORMAT "/votes",
                        case_id, row->media_id);
    json_t *json = media_row_json(row);
    json_object_set_new(json, "digests", digests_json(&whole->detail.digests));
    json_object_set_new(json, "facts", stored_json(whole->detail.facts));
    json_object_set_new(json, "stack_media", json_integer((json_int_t)whole->detail.stack_media));
    json_object_set_new(json, "matches", matches_json(whole->matches));
    json_object_set_new(json, "previews", previews_json(whole->previews));
    json_object_set_new(json, "places", places_json(whole->places));
    json_object_set_new(json, "more_places", json_boolean(whole->more_places));
    json_object_set_new(json, "votes", json_string(votes));
    return json;
}

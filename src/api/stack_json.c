// SPDX-License-Identifier: Apache-2.0
#include "api/stack_json.h"

#include "api/times.h"
#include "model/record.h"

static json_t *known(uint64_t number)
{
    return number != 0 ? json_integer((json_int_t)number) : json_null();
}

static void add_finding(json_t *all, GHashTable *types, json_t *finding)
{
    const char *type = json_string_value(json_object_get(finding, "type"));
    if (type != NULL && json_array_size(all) < TILE_FINDINGS_MAX &&
        g_hash_table_add(types, g_strdup(type)))
        json_array_append(all, finding);
}

// As the records of its items have them, the first of each type.
static json_t *findings_json(const TileFacts *tile)
{
    json_t *all = json_array();
    g_autoptr(GHashTable) types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (unsigned i = 0; tile->findings != NULL && i < tile->findings->len; i++) {
        json_t *of_item = json_loads(tile->findings->pdata[i], JSON_REJECT_DUPLICATES, NULL);
        size_t at;
        json_t *finding;
        json_array_foreach(of_item, at, finding) add_finding(all, types, finding);
        json_decref(of_item);
    }
    return all;
}

static json_t *tags_json(const TileFacts *tile)
{
    json_t *tags = json_array();
    for (unsigned i = 0; tile->tags != NULL && i < tile->tags->len; i++)
        json_array_append_new(tags, json_string(tile->tags->pdata[i]));
    return tags;
}

json_t *stack_facts_json(const StackFacts *facts)
{
    json_t *distance = facts->has_distance
                           ? json_pack("{si si}", "least", (int)facts->distance_least, "most",
                                       (int)facts->distance_most)
                           : json_null();
    json_t *size = facts->media_id != 0 ? json_integer((json_int_t)facts->size_bytes) : json_null();
    return json_pack("{sI so s{so ss? ss? ss? so so so so so so so sb ss?}}", "stack",
                     (json_int_t)facts->stack_id, "distance", distance, "leader", "media",
                     known(facts->media_id), "media_type", facts->media_type, "family",
                     facts->family, "status", facts->status, "size_bytes", size, "width",
                     known(facts->width), "height", known(facts->height), "frames",
                     known(facts->frames), "duration_ms", known(facts->duration_ms), "findings",
                     findings_json(&facts->tile), "tags", tags_json(&facts->tile), "has_preview",
                     (int)facts->has_preview, "no_preview", facts->no_preview);
}

json_t *case_stack_json(const CaseStack *stack)
{
    json_t *json = stack_facts_json(&stack->facts);
    json_object_set_new(json, "media_count", json_integer((json_int_t)stack->row.media_count));
    json_object_set_new(json, "open_count", json_integer((json_int_t)stack->row.open_count));
    json_object_set_new(json, "disputed_count",
                        json_integer((json_int_t)stack->row.disputed_count));
    return json;
}

json_t *stack_media_json(const StackMedia *media)
{
    json_t *json = json_pack(
        "{sI ss ss ss? ss ss ss sI so so so so so sb}", "media", (json_int_t)media->media_id,
        "kind", media->kind, "state", media->decision != NULL ? media->decision : "open",
        "category", media->category, "media_type", media->media_type, "family", media->family,
        "status", media->status, "size_bytes", (json_int_t)media->size_bytes, "width",
        known(media->width), "height", known(media->height), "frames", known(media->frames),
        "duration_ms", known(media->duration_ms), "added", api_time(media->added_us), "has_preview",
        (int)media->has_preview);
    json_object_set_new(json, "findings", findings_json(&media->tile));
    json_object_set_new(json, "tags", tags_json(&media->tile));
    json_object_set_new(json, "no_preview",
                        media->no_preview != NULL ? json_string(media->no_preview) : json_null());
    bool is_oriented = media->has_distance && media->orientation < ORIENTATION_COUNT;
    json_object_set_new(json, "distance",
                        media->has_distance ? json_integer(media->distance) : json_null());
    json_object_set_new(json, "orientation",
                        is_oriented ? json_string(orientation_name(media->orientation))
                                    : json_null());
    return json;
}

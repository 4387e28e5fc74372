// SPDX-License-Identifier: Apache-2.0
#include "api/stack_json.h"

#include "api/times.h"
#include "model/record.h"

static json_t *known(uint64_t number)
{
    return number != 0 ? json_integer((json_int_t)number) : json_null();
}

// As the record of the leader has them.
static json_t *findings_json(const char *findings)
{
    json_t *json = findings != NULL ? json_loads(findings, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_array(json))
        return json;
    json_decref(json);
    return json_array();
}

json_t *stack_facts_json(const StackFacts *facts)
{
    json_t *distance = facts->has_distance
                           ? json_pack("{si si}", "least", (int)facts->distance_least, "most",
                                       (int)facts->distance_most)
                           : json_null();
    return json_pack("{sI so s{so ss? ss? ss? so so so so so sb}}", "stack",
                     (json_int_t)facts->stack_id, "distance", distance, "leader", "media",
                     known(facts->media_id), "media_type", facts->media_type, "family",
                     facts->family, "status", facts->status, "width", known(facts->width), "height",
                     known(facts->height), "frames", known(facts->frames), "duration_ms",
                     known(facts->duration_ms), "findings", findings_json(facts->findings),
                     "has_preview", (int)facts->has_preview);
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
    bool is_oriented = media->has_distance && media->orientation < ORIENTATION_COUNT;
    json_object_set_new(json, "distance",
                        media->has_distance ? json_integer(media->distance) : json_null());
    json_object_set_new(json, "orientation",
                        is_oriented ? json_string(orientation_name(media->orientation))
                                    : json_null());
    return json;
}

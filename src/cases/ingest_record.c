// SPDX-License-Identifier: Apache-2.0
#include "cases/ingest_record.h"

#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "cases/match_rules.h"
#include "cases/traits.h"
#include "model/record_json.h"
#include "sniff/sniff.h"

#define US_PER_SECOND 1000000
#define NS_PER_US 1000u
#define MS_PER_SECOND 1000.0
#define SET_OF_ENTRY_SHIFT 32

unsigned ingest_key_hash(const void *key)
{
    unsigned hash;
    memcpy(&hash, key, sizeof hash);
    return hash;
}

int ingest_key_equal(const void *a, const void *b)
{
    return memcmp(a, b, ITEM_KEY_BYTES) == 0;
}

static void match_free(void *data)
{
    IngestMatch *match = data;
    g_free(match->category);
    g_free(match->detail);
    g_free(match);
}

void ingest_record_free(void *data)
{
    IngestRecord *record = data;
    if (record == NULL)
        return;
    g_free(record->path);
    g_free(record->locator);
    g_free(record->name);
    g_free(record->reason);
    g_free(record->times);
    g_free(record->findings);
    g_free(record->facts);
    g_free(record->preview_reason);
    still_facts_free(record->still);
    still_facts_free(record->thumbnail);
    video_frames_free(record->frames);
    preview_set_free(record->previews);
    g_clear_pointer(&record->matches, g_ptr_array_unref);
    g_clear_pointer(&record->traits, g_ptr_array_unref);
    g_free(record);
}

// ---- Taking over ------------------------------------------------------------------------------

static bool read_key(const char *hex, uint8_t ret_key[ITEM_KEY_BYTES])
{
    return hex != NULL && encoding_from_hex(hex, strlen(hex), ret_key, ITEM_KEY_BYTES);
}

// The last part of the path, in lower case: what people search for.
static char *name_of_path(const char *path)
{
    const char *layer = g_strrstr(path, " > ");
    const char *last = layer != NULL ? layer + strlen(" > ") : path;
    const char *slash = strrchr(last, '/');
    return g_utf8_strdown(slash != NULL && slash[1] != '\0' ? slash + 1 : last, -1);
}

typedef void WriteJson(JsonWriter *json, const void *value);

static char *json_text(WriteJson *write, const void *value)
{
    GString *text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    write(&json, value);
    return g_string_free(text, FALSE);
}

static void write_facts(JsonWriter *json, const void *record)
{
    record_json_facts(json, record);
}

static void write_findings(JsonWriter *json, const void *findings)
{
    findings_json(json, findings);
}

static void write_times(JsonWriter *json, const void *times)
{
    item_times_json(json, times);
}

static void write_match(JsonWriter *json, const void *match)
{
    match_json(json, match);
}

static void add_match(IngestRecord *record, const Match *match)
{
    IngestMatch *copy = g_new0(IngestMatch, 1);
    copy->category = g_strdup(match->category);
    copy->detail = json_text(write_match, match);
    copy->row = (MatchRow){.set_id = match->entry >> SET_OF_ENTRY_SHIFT,
                           .entry_id = match->entry,
                           .type = match_type_name(match->type),
                           .meaning = meaning_name(match->meaning),
                           .is_weak = match->weak_digest,
                           .is_near = match->type == MATCH_NEAR,
                           .distance = match->distance,
                           .category = copy->category,
                           .detail = copy->detail};
    g_ptr_array_add(record->matches, copy);
    record->resembles_notable |=
        match->type == MATCH_NEAR && match->meaning == MEANING_NOTABLE && !match->contradicted;
}

// What the item is in its case; NULL for what is neither media nor known.
static const char *kind_of(const IngestItem *item, const GArray *matches)
{
    bool is_known = !match_rules_needs_eyes(matches, false, true);
    if (is_known)
        return "notable";
    if (!item->is_media)
        return NULL;
    return match_rules_needs_eyes(matches, item->left_out, true) ? INGEST_NEW : "ignorable";
}

static VideoFrames *copy_frames(const VideoFrames *frames)
{
    VideoFrames *copy = video_frames_new(frames->pipeline);
    for (unsigned i = 0; i < FRAME_VARIANT_COUNT; i++)
        if (frames->variants[i] != NULL)
            copy->variants[i] = g_array_ref(frames->variants[i]);
    return copy;
}

static void take_video(IngestRecord *record, const VideoFacts *video)
{
    record->has_video = true;
    record->video_width = video->width;
    record->video_height = video->height;
    if (video->duration_seconds > 0 && video->duration_seconds < UINT32_MAX / MS_PER_SECOND)
        record->video_ms = (uint32_t)(video->duration_seconds * MS_PER_SECOND);
}

static void take_media(IngestRecord *record, const IngestItem *item)
{
    const Record *source = item->record;
    if (source->still != NULL)
        record->still = still_facts_copy(source->still);
    if (source->thumbnail != NULL)
        record->thumbnail = still_facts_copy(source->thumbnail);
    if (source->video != NULL)
        take_video(record, source->video);
    if (source->still != NULL || source->video != NULL)
        record->facts = json_text(write_facts, source);
    if (item->frames != NULL && item->frames->variants[0] != NULL)
        record->frames = copy_frames(item->frames);
    if (record->frames != NULL)
        record->video_frames = record->frames->variants[0]->len;
}

IngestRecord *ingest_record_new(const IngestItem *item, GError **err)
{
    const Record *source = item->record;
    IngestRecord *record = g_new0(IngestRecord, 1);
    if (!read_key(source->item_id, record->item_key)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "a record of %s has no item id",
                    source->path != NULL ? source->path : "an unnamed item");
        g_free(record);
        return NULL;
    }
    record->has_parent = read_key(source->parent_id, record->parent_key);
    record->path = g_strdup(source->path);
    record->locator = g_strdup(source->locator != NULL ? source->locator : "[]");
    record->name = name_of_path(source->path);
    record->status = status_name(source->status);
    record->reason = g_strdup(source->reason);
    record->media_type =
        source->media_type != NULL ? source->media_type : "application/octet-stream";
    record->has_size = source->has_size;
    record->size_bytes = source->size_bytes;
    record->has_digests = source->has_digests;
    record->digests = source->digests;
    record->item_times = source->times;
    record->times = json_text(write_times, &source->times);
    if (source->findings->len > 0)
        record->findings = json_text(write_findings, source->findings);
    take_media(record, item);
    record->traits = traits_of_record(source);
    record->matches = g_ptr_array_new_with_free_func(match_free);
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Match));
    const GArray *matches = item->matches != NULL ? item->matches : none;
    for (unsigned i = 0; i < matches->len; i++)
        add_match(record, &g_array_index(matches, Match, i));
    record->kind = source->has_digests ? kind_of(item, matches) : NULL;
    if (item->previews != NULL)
        record->previews = preview_set_copy(item->previews);
    record->preview_reason = g_strdup(item->preview_reason);
    return record;
}

// ---- Rows -------------------------------------------------------------------------------------

static const char *family_of(const IngestRecord *record)
{
    const SniffType *type = sniff_by_media_type(record->media_type);
    if (record->has_video || (type != NULL && type->family == FAMILY_VIDEO))
        return "video";
    return record->still != NULL || (type != NULL && type->family == FAMILY_STILL) ? "picture"
                                                                                   : "other";
}

MediaRow ingest_record_media(const IngestRecord *record, GBytes *hashes)
{
    MediaRow row = {.digests = &record->digests,
                    .size_bytes = record->size_bytes,
                    .media_type = record->media_type,
                    .family = family_of(record),
                    .status = record->status,
                    .reason = record->reason,
                    .hashes = hashes,
                    .facts = record->facts};
    if (record->still != NULL) {
        const PdqFacts *pdq = &record->still->pdq[PIPELINE_512];
        row.has_dimensions = true;
        row.width = record->still->width;
        row.height = record->still->height;
        row.has_quality = pdq->present;
        row.pdq_quality = pdq->quality;
    }
    if (record->has_video) {
        row.has_dimensions = row.has_frames = true;
        row.width = record->video_width;
        row.height = record->video_height;
        row.frames = record->video_frames;
        row.has_duration = record->video_ms > 0;
        row.duration_ms = record->video_ms;
    }
    return row;
}

// Times of an unknown zone are taken as UTC for sorting; what is known of them stands in `times`.
static bool microseconds(const ItemTime *time, int64_t *ret_us)
{
    if (time->zone == ZONE_NONE || time->seconds > INT64_MAX / US_PER_SECOND - 1 ||
        time->seconds < INT64_MIN / US_PER_SECOND + 1)
        return false;
    *ret_us = time->seconds * US_PER_SECOND + time->nanoseconds / NS_PER_US;
    return true;
}

ItemRow ingest_record_item(const IngestRecord *record)
{
    ItemRow row = {.item_key = record->item_key,
                   .parent_key = record->has_parent ? record->parent_key : NULL,
                   .path = record->path,
                   .locator = record->locator,
                   .name = record->name,
                   .status = record->status,
                   .reason = record->reason,
                   .has_size = record->has_size,
                   .size_bytes = record->size_bytes,
                   .times = record->times,
                   .findings = record->findings};
    row.has_modified = microseconds(&record->item_times.modified, &row.modified_us);
    row.has_created = microseconds(&record->item_times.created, &row.created_us);
    return row;
}

bool ingest_record_write_matches(Act *act, uint64_t case_id, uint64_t media_id,
                                 const IngestRecord *record, GError **err)
{
    uint64_t id;
    unsigned count = record->matches->len;
    if (count == 0)
        return true;
    if (!act_new_ids(act, TABLE_MEDIA_MATCH, count, &id, err))
        return false;
    act_wrote_range(act, TABLE_MEDIA_MATCH, id, id + count - 1);
    for (unsigned i = 0; i < count; i++) {
        MatchRow row = ((const IngestMatch *)record->matches->pdata[i])->row;
        row.id = id + i;
        row.seq = act_seq(act);
        row.case_id = case_id;
        row.media_id = media_id;
        if (!match_rows_insert(act_database(act), &row, err))
            return false;
    }
    return true;
}

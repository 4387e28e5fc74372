// SPDX-License-Identifier: Apache-2.0
#include "model/record_json.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

// Absent times write nothing. A time of unknown zone is printed without a zone letter.
static void write_time(JsonWriter *json, const char *key, const ItemTime *time)
{
    if (time->zone == ZONE_NONE)
        return;
    g_autofree char *text = clock_format_utc(time->seconds, time->nanoseconds);
    size_t length = strlen(text);
    if (time->zone == ZONE_UNKNOWN && length > 0 && text[length - 1] == 'Z')
        text[length - 1] = '\0';
    json_write_member_string(json, key, text);
}

void item_times_json(JsonWriter *json, const ItemTimes *times)
{
    json_write_begin_object(json);
    write_time(json, "modified", &times->modified);
    write_time(json, "accessed", &times->accessed);
    write_time(json, "changed", &times->changed);
    write_time(json, "created", &times->created);
    json_write_end_object(json);
}

void findings_json(JsonWriter *json, const GPtrArray *findings)
{
    json_write_begin_array(json);
    for (unsigned i = 0; i < findings->len; i++) {
        const Finding *finding = findings->pdata[i];
        json_write_begin_object(json);
        json_write_member_string(json, "type", finding_type_name(finding->type));
        json_write_member_string(json, "detail", finding->detail);
        if (finding->bytes > 0)
            json_write_member_uint(json, "bytes", finding->bytes);
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

// Left out when there are none: few items have any.
static void write_identifiers(JsonWriter *json, const GPtrArray *identifiers)
{
    if (identifiers->len == 0)
        return;
    json_write_key(json, "identifiers");
    json_write_begin_array(json);
    for (unsigned i = 0; i < identifiers->len; i++) {
        const Identifier *identifier = identifiers->pdata[i];
        json_write_begin_object(json);
        json_write_member_string(json, "kind", identifier_kind_name(identifier->kind));
        json_write_member_string(json, "value", identifier->value);
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

// "pdq_512", "pdq_512_quality" and the same for pdq_full, from one pair of pipelines.
static void write_pdq(JsonWriter *json, const StillFacts *still, Pipeline first, Pipeline last)
{
    static const char *const quality_keys[PIPELINE_COUNT] = {
        [PIPELINE_512] = "pdq_512_quality",
        [PIPELINE_FULL] = "pdq_full_quality",
        [PIPELINE_512_TRIMMED] = "pdq_512_quality",
        [PIPELINE_FULL_TRIMMED] = "pdq_full_quality",
    };
    for (unsigned p = first; p <= last; p++) {
        const PdqFacts *pdq = &still->pdq[p];
        if (!pdq->present)
            continue;
        json_write_member_hex(json, pipeline_name((Pipeline)p), pdq->hash[0], PDQ_BYTES);
        json_write_member_uint(json, quality_keys[p], pdq->quality);
    }
}

static void write_trimmed(JsonWriter *json, const StillFacts *still)
{
    if (!still->pdq[PIPELINE_512_TRIMMED].present && !still->pdq[PIPELINE_FULL_TRIMMED].present)
        return;
    json_write_key(json, "trimmed");
    json_write_begin_object(json);
    json_write_member_uint(json, "left", still->trim_left);
    json_write_member_uint(json, "top", still->trim_top);
    json_write_member_uint(json, "right", still->trim_right);
    json_write_member_uint(json, "bottom", still->trim_bottom);
    write_pdq(json, still, PIPELINE_512_TRIMMED, PIPELINE_FULL_TRIMMED);
    json_write_end_object(json);
}

static void write_text(JsonWriter *json, const char *key, const char *text)
{
    if (text != NULL)
        json_write_member_string(json, key, text);
}

static void write_gps(JsonWriter *json, const ExifFacts *exif)
{
    if (!exif->has_gps && exif->gps_time == NULL)
        return;
    json_write_key(json, "gps");
    json_write_begin_object(json);
    if (exif->has_gps) {
        json_write_key(json, "latitude");
        json_write_double(json, exif->gps_latitude);
        json_write_key(json, "longitude");
        json_write_double(json, exif->gps_longitude);
    }
    if (exif->has_gps_altitude) {
        json_write_key(json, "altitude_metres");
        json_write_double(json, exif->gps_altitude_metres);
    }
    write_text(json, "time", exif->gps_time);
    json_write_end_object(json);
}

static void write_exif(JsonWriter *json, const ExifFacts *exif)
{
    if (!exif->present)
        return;
    json_write_key(json, "exif");
    json_write_begin_object(json);
    write_text(json, "make", exif->make);
    write_text(json, "model", exif->model);
    write_text(json, "body_serial", exif->body_serial);
    write_text(json, "lens_model", exif->lens_model);
    write_text(json, "lens_serial", exif->lens_serial);
    write_text(json, "software", exif->software);
    write_text(json, "taken", exif->taken);
    write_text(json, "digitized", exif->digitized);
    write_text(json, "modified", exif->modified);
    if (exif->orientation != 0)
        json_write_member_uint(json, "orientation", exif->orientation);
    write_gps(json, exif);
    json_write_end_object(json);
}

static void write_still(JsonWriter *json, const StillFacts *still, bool with_hashes)
{
    json_write_member_uint(json, "width", still->width);
    json_write_member_uint(json, "height", still->height);
    if (still->frames > 1)
        json_write_member_uint(json, "frames", still->frames);
    if (with_hashes) {
        write_pdq(json, still, PIPELINE_512, PIPELINE_FULL);
        write_trimmed(json, still);
    }
    write_exif(json, &still->exif);
    if (still->has_jpeg_tables)
        json_write_member_hex(json, "jpeg_tables", still->jpeg_tables, SHA256_BYTES);
}

static void write_number(JsonWriter *json, const char *key, double number)
{
    json_write_key(json, key);
    json_write_double(json, number);
}

// Times are told to the millisecond, which is how they were measured.
static void write_seconds(JsonWriter *json, const char *key, double seconds)
{
    write_number(json, key, round(seconds * 1000) / 1000);
}

static void write_location(JsonWriter *json, const VideoFacts *video)
{
    if (!video->has_location)
        return;
    json_write_key(json, "location");
    json_write_begin_object(json);
    write_number(json, "latitude", video->latitude);
    write_number(json, "longitude", video->longitude);
    json_write_end_object(json);
}

static void write_video_trim(JsonWriter *json, const VideoFacts *video)
{
    if ((video->trim_left | video->trim_top | video->trim_right | video->trim_bottom) == 0)
        return;
    json_write_key(json, "trimmed_pixels");
    json_write_begin_object(json);
    json_write_member_uint(json, "left", video->trim_left);
    json_write_member_uint(json, "top", video->trim_top);
    json_write_member_uint(json, "right", video->trim_right);
    json_write_member_uint(json, "bottom", video->trim_bottom);
    json_write_end_object(json);
}

static void write_video(JsonWriter *json, const VideoFacts *video)
{
    json_write_key(json, "video");
    json_write_begin_object(json);
    json_write_member_uint(json, "width", video->width);
    json_write_member_uint(json, "height", video->height);
    json_write_member_string(json, "container", video->container);
    json_write_member_string(json, "codec", video->codec);
    write_seconds(json, "frame_rate", video->frame_rate);
    write_seconds(json, "duration_seconds", video->duration_seconds);
    if (video->rotation != 0)
        json_write_member_uint(json, "rotation", video->rotation);
    json_write_member_string(json, "pipeline", frame_pipeline_name(video->choice.pipeline));
    json_write_member_string(json, "sampling", frame_sampling_name(video->choice.sampling));
    if (video->choice.sampling == SAMPLING_PER_SECOND)
        write_number(json, "per_second", video->choice.per_second);
    json_write_member_uint(json, "frames_seen", video->frames_seen);
    json_write_member_uint(json, "frames_hashed", video->frames_hashed);
    write_seconds(json, "seconds_seen", video->seconds_seen);
    json_write_member_uint(json, "damaged", video->damaged);
    json_write_member_bool(json, "truncated", video->is_truncated);
    if (video->other_streams > 0)
        json_write_member_uint(json, "other_streams", video->other_streams);
    write_video_trim(json, video);
    write_text(json, "created", video->created);
    write_text(json, "make", video->make);
    write_text(json, "model", video->model);
    write_text(json, "software", video->software);
    write_location(json, video);
    json_write_end_object(json);
}

static void write_media(JsonWriter *json, const Record *record, bool with_hashes)
{
    if (record->still != NULL)
        write_still(json, record->still, with_hashes);
    if (record->thumbnail != NULL) {
        json_write_key(json, "thumbnail");
        json_write_begin_object(json);
        write_still(json, record->thumbnail, with_hashes);
        json_write_end_object(json);
    }
    if (record->video != NULL)
        write_video(json, record->video);
}

void record_json_facts(JsonWriter *json, const Record *record)
{
    json_write_begin_object(json);
    write_media(json, record, false);
    json_write_end_object(json);
}

void record_json_members(JsonWriter *json, const Record *record)
{
    json_write_member_string(json, "path", record->path);
    json_write_key(json, "locator");
    if (record->locator != NULL)
        json_write_raw(json, record->locator, strlen(record->locator));
    else
        json_write_null(json);
    json_write_member_string(json, "item_id", record->item_id);
    json_write_member_string(json, "parent_id", record->parent_id);
    json_write_key(json, "size_bytes");
    if (record->has_size)
        json_write_uint(json, record->size_bytes);
    else
        json_write_null(json);
    json_write_member_string(json, "media_type", record->media_type);
    json_write_member_string(json, "status", status_name(record->status));
    json_write_member_string(json, "reason", record->reason);
    if (record->has_digests) {
        json_write_member_hex(json, "md5", record->digests.md5, MD5_BYTES);
        json_write_member_hex(json, "sha1", record->digests.sha1, SHA1_BYTES);
        json_write_member_hex(json, "sha256", record->digests.sha256, SHA256_BYTES);
    } else {
        json_write_member_string(json, "md5", NULL);
        json_write_member_string(json, "sha1", NULL);
        json_write_member_string(json, "sha256", NULL);
    }
    if (record->not_examined_bytes > 0)
        json_write_member_uint(json, "not_examined_bytes", record->not_examined_bytes);
    if (record->verified)
        json_write_member_bool(json, "verified", true);
    if (record->same_as != NULL)
        json_write_member_string(json, "same_as", record->same_as);
    write_media(json, record, true);
    json_write_key(json, "findings");
    findings_json(json, record->findings);
    write_identifiers(json, record->identifiers);
    json_write_key(json, "times");
    item_times_json(json, &record->times);
}

// The strongest digest that agreed, then all of them.
static void write_exact(JsonWriter *json, const Match *match)
{
    const char *strongest = NULL;
    for (unsigned type = HASH_MD5; type <= HASH_SHA256; type++)
        if (match->digests & 1u << type)
            strongest = hash_type_name((HashType)type);
    json_write_member_string(json, "digest", strongest);
    json_write_key(json, "digests");
    json_write_begin_array(json);
    for (unsigned type = HASH_MD5; type <= HASH_SHA256; type++)
        if (match->digests & 1u << type)
            json_write_string(json, hash_type_name((HashType)type));
    json_write_end_array(json);
    json_write_member_bool(json, "weak_digest", match->weak_digest);
    if (match->contradicted)
        json_write_member_bool(json, "contradicted", true);
}

static void write_piece(JsonWriter *json, const MatchVideo *video, const MatchPiece *piece)
{
    json_write_begin_object(json);
    if (video->item_is_video) {
        write_seconds(json, "from", piece->from);
        write_seconds(json, "to", piece->to);
    }
    if (video->entry_is_video) {
        write_seconds(json, "their_from", piece->their_from);
        write_seconds(json, "their_to", piece->their_to);
    }
    if (video->item_is_video && video->entry_is_video) {
        write_number(json, "speed", round(piece->speed * 10000) / 10000);
        json_write_member_uint(json, "frames", piece->frames);
        json_write_member_uint(json, "matched", piece->matched);
        write_number(json, "percent", match_piece_percent(piece));
        json_write_member_bool(json, "static", piece->is_static);
    }
    json_write_member_uint(json, "distance", piece->distance);
    json_write_end_object(json);
}

static void write_near_video(JsonWriter *json, const Match *match)
{
    const MatchVideo *video = match->video;
    if (video->item_is_video) {
        json_write_member_string(json, "pipeline", frame_pipeline_name(video->pipeline));
        json_write_member_string(json, "orientation", orientation_name(match->orientation));
        json_write_member_bool(json, "trimmed", video->is_trimmed);
    }
    json_write_key(json, "video");
    json_write_begin_object(json);
    if (video->item_is_video && video->entry_is_video) {
        write_number(json, "item_percent", round(video->item_percent * 10) / 10);
        write_number(json, "entry_percent", round(video->entry_percent * 10) / 10);
    }
    json_write_key(json, "pieces");
    json_write_begin_array(json);
    for (unsigned i = 0; i < video->piece_count; i++)
        write_piece(json, video, &video->pieces[i]);
    json_write_end_array(json);
    json_write_end_object(json);
}

// A bare value has no pipeline, and nothing was turned or trimmed to get it.
static void write_near(JsonWriter *json, const Match *match)
{
    json_write_member_uint(json, "distance", match->distance);
    if (match->pipeline < PIPELINE_COUNT) {
        json_write_member_string(json, "pipeline", pipeline_name(match->pipeline));
        json_write_member_string(json, "orientation", orientation_name(match->orientation));
        json_write_member_bool(json, "trimmed", pipeline_is_trimmed(match->pipeline));
        json_write_member_bool(json, "thumbnail", match->in_thumbnail);
    }
    if (match->video != NULL)
        write_near_video(json, match);
}

void match_json_members(JsonWriter *json, const Match *match)
{
    json_write_member_string(json, "set", match->set_name);
    json_write_member_string(json, "kind", set_kind_name(match->set_kind));
    g_autofree char *entry = g_strdup_printf("e%" G_GUINT64_FORMAT, match->entry);
    json_write_member_string(json, "entry", entry);
    json_write_member_string(json, "category", match->category);
    json_write_member_string(json, "meaning", meaning_name(match->meaning));
    json_write_member_string(json, "match", match_type_name(match->type));
    if (match->type == MATCH_EXACT)
        write_exact(json, match);
    else
        write_near(json, match);
}

void match_json(JsonWriter *json, const Match *match)
{
    json_write_begin_object(json);
    match_json_members(json, match);
    json_write_end_object(json);
}

// SPDX-License-Identifier: Apache-2.0
//
// The scan for programs: one JSON object a line. First {"provenance": …}, then a record for every
// item, last {"totals": …}. The keys are documented in docs/json.md.
#include "apps/clew/report.h"
#include "apps/clew/video_frames.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "model/record_json.h"

static void write_limits(JsonWriter *json)
{
    json_write_key(json, "limits");
    json_write_begin_object(json);
    json_write_member_uint(json, "still_bytes", LIMIT_STILL_BYTES);
    json_write_member_uint(json, "still_pixels", LIMIT_STILL_PIXELS);
    json_write_member_uint(json, "still_buffered_pixels", LIMIT_STILL_BUFFERED_PIXELS);
    json_write_member_uint(json, "still_side", LIMIT_STILL_SIDE);
    json_write_member_uint(json, "item_ms", LIMIT_MEDIA_ITEM_MS);
    json_write_member_uint(json, "worker_memory_bytes", LIMIT_MEDIA_WORKER_MEMORY);
    json_write_member_uint(json, "inside_depth", LIMIT_EVIDENCE_DEPTH);
    json_write_member_uint(json, "inside_members", LIMIT_EVIDENCE_MEMBERS);
    json_write_member_uint(json, "inside_item_bytes", LIMIT_EVIDENCE_ITEM_BYTES);
    json_write_member_uint(json, "inside_cpu_ms", LIMIT_EVIDENCE_TIME_MS);
    json_write_member_uint(json, "inside_cpu_ms_per_mib", LIMIT_EVIDENCE_TIME_MS_PER_MIB);
    json_write_member_uint(json, "video_pixels", LIMIT_VIDEO_PIXELS);
    json_write_member_uint(json, "video_frames", LIMIT_VIDEO_FRAMES);
    json_write_member_uint(json, "video_seconds", LIMIT_VIDEO_SECONDS);
    json_write_member_uint(json, "video_hash_bytes", LIMIT_VIDEO_HASH_BYTES);
    json_write_member_uint(json, "video_cpu_ms", LIMIT_VIDEO_TIME_MS);
    json_write_member_uint(json, "video_cpu_ms_per_mib", LIMIT_VIDEO_TIME_MS_PER_MIB);
    json_write_end_object(json);
}

static void write_sets(JsonWriter *json, const Provenance *provenance)
{
    json_write_key(json, "sets");
    json_write_begin_array(json);
    for (size_t i = 0; i < provenance->set_count; i++) {
        const MatcherSet *set = &provenance->sets[i];
        json_write_begin_object(json);
        json_write_member_string(json, "name", set->name);
        json_write_member_string(json, "kind", set_kind_name(set->kind));
        json_write_member_uint(json, "entries", set->entries);
        json_write_member_uint(json, "generation", set->generation);
        json_write_member_string(json, "digest", set->digest);
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

static bool begin(Report *report, const Provenance *provenance, GError **err)
{
    JsonWriter json;
    json_writer_init(&json, report->text);
    json_write_begin_object(&json);
    json_write_key(&json, "provenance");
    json_write_begin_object(&json);
    json_write_member_string(&json, "clew", CLEW_VERSION);
    json_write_member_string(&json, "started", provenance->started);
    json_write_member_string(&json, "host", provenance->host);
    json_write_member_string(&json, "command_line", provenance->command_line);
    g_autofree char *libraries = report_libraries_text();
    json_write_member_string(&json, "libraries", libraries);
    json_write_member_string(&json, "decoders", provenance->decoders);
    json_write_member_string(&json, "sandbox", provenance->sandbox);
    json_write_member_uint(&json, "distance", provenance->distance);
    json_write_member_uint(&json, "min_quality", provenance->min_quality);
    json_write_member_uint(&json, "jobs", provenance->jobs);
    g_autofree char *frames = frame_choice_text(&provenance->frame_choice);
    json_write_member_string(&json, "videos", frames);
    write_limits(&json);
    write_sets(&json, provenance);
    json_write_end_object(&json);
    json_write_end_object(&json);
    g_string_append_c(report->text, '\n');
    return report_send(report, err);
}

static bool write_item(Report *report, const ReportItem *item, GError **err)
{
    JsonWriter json;
    json_writer_init(&json, report->text);
    json_write_begin_object(&json);
    record_json_members(&json, item->record);
    json_write_key(&json, "matches");
    json_write_begin_array(&json);
    for (unsigned i = 0; i < item->matches->len; i++)
        match_json(&json, &g_array_index(item->matches, Match, i));
    json_write_end_array(&json);
    json_write_member_bool(&json, "left_out", item->left_out);
    json_write_end_object(&json);
    g_string_append_c(report->text, '\n');
    return report_send(report, err);
}

static void write_not_examined(JsonWriter *json, const ScanTotals *totals)
{
    json_write_key(json, "not_examined");
    json_write_begin_object(json);
    for (unsigned status = STATUS_OK + 1; status < STATUS_COUNT; status++)
        json_write_member_uint(json, status_name((Status)status), totals->not_examined[status]);
    json_write_end_object(json);
}

static void write_frequent(JsonWriter *json, const GArray *frequent)
{
    json_write_key(json, "frequent_entries");
    json_write_begin_array(json);
    for (unsigned i = 0; i < frequent->len; i++) {
        const MatcherFrequentEntry *entry = &g_array_index(frequent, MatcherFrequentEntry, i);
        g_autofree char *id = g_strdup_printf("e%" G_GUINT64_FORMAT, entry->entry);
        json_write_begin_object(json);
        json_write_member_string(json, "set", entry->set_name);
        json_write_member_string(json, "entry", id);
        json_write_member_uint(json, "media", entry->media);
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

static bool end(Report *report, const Closing *closing, GError **err)
{
    const ScanTotals *totals = closing->totals;
    JsonWriter json;
    json_writer_init(&json, report->text);
    json_write_begin_object(&json);
    json_write_key(&json, "totals");
    json_write_begin_object(&json);
    json_write_member_uint(&json, "items", totals->items);
    json_write_member_uint(&json, "bytes", totals->bytes);
    json_write_member_uint(&json, "evidence_bytes", totals->evidence_bytes);
    json_write_member_uint(&json, "not_examined_bytes", totals->not_examined_bytes);
    json_write_member_uint(&json, "media", totals->media);
    json_write_member_uint(&json, "exact", totals->exact);
    json_write_member_uint(&json, "near", totals->near);
    json_write_member_uint(&json, "left_out", totals->left_out);
    write_not_examined(&json, totals);
    json_write_member_bool(&json, "complete", !totals->interrupted && scan_is_complete(totals));
    json_write_member_bool(&json, "partial", totals->interrupted);
    write_frequent(&json, closing->frequent);
    json_write_member_string(&json, "ended", closing->ended);
    json_write_end_object(&json);
    json_write_end_object(&json);
    g_string_append_c(report->text, '\n');
    return report_send(report, err);
}

const ReportForm report_form_json = {begin, write_item, end, NULL};

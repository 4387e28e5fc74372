// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/provenance.h"

#include <string.h>

#include "apps/clew/report.h"
#include "apps/clew/video_frames.h"
#include "base/limits.h"
#include "model/plain_text.h"

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
    if (provenance->more_sets > 0)
        json_write_member_uint(json, "more_sets", provenance->more_sets);
}

void provenance_json(JsonWriter *json, const Provenance *provenance)
{
    g_autofree char *libraries = report_libraries_text();
    g_autofree char *frames = frame_choice_text(&provenance->frame_choice);
    json_write_begin_object(json);
    json_write_member_string(json, "clew", CLEW_VERSION);
    json_write_member_string(json, "started", provenance->started);
    json_write_member_string(json, "host", provenance->host);
    json_write_member_string(json, "command_line", provenance->command_line);
    json_write_member_string(json, "libraries", libraries);
    json_write_member_string(json, "decoders", provenance->decoders);
    json_write_member_string(json, "sandbox", provenance->sandbox);
    json_write_member_uint(json, "distance", provenance->distance);
    json_write_member_uint(json, "min_quality", provenance->min_quality);
    json_write_member_uint(json, "jobs", provenance->jobs);
    json_write_member_string(json, "videos", frames);
    write_limits(json);
    write_sets(json, provenance);
    json_write_end_object(json);
}

void not_examined_json(JsonWriter *json, const ScanTotals *totals)
{
    json_write_key(json, "not_examined");
    json_write_begin_object(json);
    for (unsigned status = STATUS_OK + 1; status < STATUS_COUNT; status++)
        json_write_member_uint(json, status_name((Status)status), totals->not_examined[status]);
    json_write_end_object(json);
}

uint64_t not_examined_bytes(const ScanTotals *totals)
{
    return totals->not_examined_bytes < totals->evidence_bytes ? totals->not_examined_bytes
                                                               : totals->evidence_bytes;
}

// ---- For a case -------------------------------------------------------------------------------

static char *within(const char *text, size_t limit)
{
    return plain_text_new(text, strlen(text), limit);
}

// A password in the URL of a database is nobody's business in the case.
static char *without_passwords(const char *command_line)
{
    g_autofree char *plain = within(command_line, LIMIT_PROVENANCE_COMMAND);
    g_autoptr(GRegex) regex =
        g_regex_new("(postgres(?:ql)?://[^\\s:/@]*:)\\S*(?=@)|(password=)[^\\s&'\"]*", 0, 0, NULL);
    g_autofree char *masked = g_regex_replace(regex, plain, -1, 0, "\\1\\2***", 0, NULL);
    return within(masked != NULL ? masked : "", LIMIT_PROVENANCE_COMMAND);
}

char *provenance_for_case(const Provenance *provenance)
{
    g_autofree char *command_line = without_passwords(provenance->command_line);
    g_autofree char *sandbox = within(provenance->sandbox, LIMIT_PROVENANCE_TEXT);
    g_autofree char *decoders = within(provenance->decoders, LIMIT_PROVENANCE_TEXT);
    Provenance kept = *provenance;
    kept.command_line = command_line;
    kept.sandbox = sandbox;
    kept.decoders = decoders;
    if (kept.set_count > LIMIT_PROVENANCE_SETS) {
        kept.more_sets = kept.set_count - LIMIT_PROVENANCE_SETS;
        kept.set_count = LIMIT_PROVENANCE_SETS;
    }
    GString *text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    provenance_json(&json, &kept);
    return g_string_free(text, FALSE);
}

char *totals_for_case(const ScanTotals *totals)
{
    uint64_t left = not_examined_bytes(totals);
    GString *text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_uint(&json, "items", totals->items);
    json_write_member_uint(&json, "media", totals->media);
    json_write_member_uint(&json, "exact", totals->exact);
    json_write_member_uint(&json, "near", totals->near);
    json_write_member_uint(&json, "left_out", totals->left_out);
    not_examined_json(&json, totals);
    json_write_member_uint(&json, "evidence_bytes", totals->evidence_bytes);
    json_write_member_uint(&json, "examined_bytes", totals->evidence_bytes - left);
    json_write_member_uint(&json, "not_examined_bytes", left);
    json_write_member_bool(&json, "complete", !totals->interrupted && scan_is_complete(totals));
    json_write_member_bool(&json, "partial", totals->interrupted);
    json_write_end_object(&json);
    return g_string_free(text, FALSE);
}

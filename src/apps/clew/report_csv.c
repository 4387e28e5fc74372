// SPDX-License-Identifier: Apache-2.0
//
// The scan as a table (RFC 4180, UTF-8, CRLF): a row for every match, and one for every item that
// could not be examined. Provenance and totals are comment rows that begin with '#'. Texts that a
// spreadsheet would run as a formula are preceded by an apostrophe.
#include <string.h>

#include "apps/clew/report.h"
#include "apps/clew/video_frames.h"
#include "base/encoding.h"

static void append_field(GString *text, const char *value, bool is_first)
{
    if (!is_first)
        g_string_append_c(text, ',');
    if (value == NULL)
        return;
    bool is_formula = strchr("=+-@\t\r", *value) != NULL && *value != '\0';
    bool quoted = is_formula || strpbrk(value, ",\"\r\n") != NULL;
    if (quoted)
        g_string_append_c(text, '"');
    if (is_formula)
        g_string_append_c(text, '\'');
    for (; *value != '\0'; value++) {
        if (*value == '"')
            g_string_append_c(text, '"');
        g_string_append_c(text, *value);
    }
    if (quoted)
        g_string_append_c(text, '"');
}

static void append_comment(GString *text, const char *name, const char *value)
{
    g_autofree char *line = g_strdup_printf("# %s: %s", name, value);
    append_field(text, line, true);
    g_string_append(text, "\r\n");
}

static bool begin(Report *report, const Provenance *provenance, GError **err)
{
    GString *text = report->text;
    append_comment(text, "clew", CLEW_VERSION);
    append_comment(text, "started", provenance->started);
    append_comment(text, "host", provenance->host);
    append_comment(text, "command line", provenance->command_line);
    append_comment(text, "decoders", provenance->decoders);
    g_autofree char *libraries = report_libraries_text();
    g_autofree char *limits = report_limits_text();
    append_comment(text, "libraries", libraries);
    append_comment(text, "limits", limits);
    append_comment(text, "sandbox", provenance->sandbox);
    g_autofree char *settings =
        g_strdup_printf("distance %u, quality from %u, %u lanes", provenance->distance,
                        provenance->min_quality, provenance->jobs);
    append_comment(text, "settings", settings);
    g_autofree char *frames = frame_choice_text(&provenance->frame_choice);
    append_comment(text, "videos", frames);
    for (size_t i = 0; i < provenance->set_count; i++) {
        const MatcherSet *set = &provenance->sets[i];
        g_autofree char *line = g_strdup_printf(
            "%s, %s, %" G_GUINT64_FORMAT " entries, generation %" G_GUINT64_FORMAT ", digest %s",
            set->name, set_kind_name(set->kind), set->entries, set->generation, set->digest);
        append_comment(text, "set", line);
    }
    g_string_append(text, "path,item_id,size_bytes,media_type,md5,sha1,sha256,status,reason,set,"
                          "kind,entry,category,meaning,match,weak,distance,pipeline,orientation,"
                          "trimmed,left_out,pieces\r\n");
    return report_send(report, err);
}

static void append_hex(GString *text, bool present, const uint8_t *bytes, size_t size_bytes)
{
    g_autofree char *hex = present ? encoding_hex_new(bytes, size_bytes) : NULL;
    append_field(text, hex, false);
}

static void append_number(GString *text, bool present, uint64_t number)
{
    g_autofree char *digits = present ? g_strdup_printf("%" G_GUINT64_FORMAT, number) : NULL;
    append_field(text, digits, false);
}

static void append_record(GString *text, const Record *record)
{
    append_field(text, record->path, true);
    append_field(text, record->item_id, false);
    append_number(text, record->has_size, record->size_bytes);
    append_field(text, record->media_type, false);
    append_hex(text, record->has_digests, record->digests.md5, MD5_BYTES);
    append_hex(text, record->has_digests, record->digests.sha1, SHA1_BYTES);
    append_hex(text, record->has_digests, record->digests.sha256, SHA256_BYTES);
    append_field(text, status_name(record->status), false);
    append_field(text, record->reason, false);
}

// The frames of a video have a pipeline of their own; a bare value has none.
static const char *pipeline_text(const Match *match)
{
    if (match->video != NULL && match->video->item_is_video)
        return frame_pipeline_name(match->video->pipeline);
    return match->pipeline < PIPELINE_COUNT ? pipeline_name(match->pipeline) : NULL;
}

static bool is_trimmed(const Match *match)
{
    return match->pipeline < PIPELINE_COUNT ? pipeline_is_trimmed(match->pipeline)
                                            : match->video != NULL && match->video->is_trimmed;
}

static void append_pieces(GString *text, const Match *match)
{
    g_auto(GStrv) pieces = match->video != NULL ? report_piece_texts(match->video) : NULL;
    g_autofree char *joined = pieces != NULL ? g_strjoinv("; ", pieces) : NULL;
    append_field(text, joined, false);
}

static void append_match(GString *text, const Match *match, bool left_out)
{
    bool near = match->type == MATCH_NEAR;
    g_autofree char *entry = g_strdup_printf("e%" G_GUINT64_FORMAT, match->entry);
    append_field(text, match->set_name, false);
    append_field(text, set_kind_name(match->set_kind), false);
    append_field(text, entry, false);
    append_field(text, match->category, false);
    append_field(text, meaning_name(match->meaning), false);
    append_field(text, match_type_name(match->type), false);
    append_field(text, near ? NULL : match->weak_digest ? "yes" : "no", false);
    append_number(text, near, match->distance);
    append_field(text, near ? pipeline_text(match) : NULL, false);
    append_field(text, near ? orientation_name(match->orientation) : NULL, false);
    append_field(text, near ? is_trimmed(match) ? "yes" : "no" : NULL, false);
    append_field(text, left_out ? "yes" : "no", false);
    append_pieces(text, match);
    g_string_append(text, "\r\n");
}

static bool write_item(Report *report, const ReportItem *item, GError **err)
{
    for (unsigned i = 0; i < item->matches->len; i++) {
        append_record(report->text, item->record);
        append_match(report->text, &g_array_index(item->matches, Match, i), item->left_out);
    }
    if (item->matches->len == 0 && item->record->status != STATUS_OK) {
        append_record(report->text, item->record);
        g_string_append(report->text, ",,,,,,,,,,,,,\r\n");
    }
    return report_send(report, err);
}

static bool end(Report *report, const Closing *closing, GError **err)
{
    const ScanTotals *totals = closing->totals;
    g_autofree char *not_examined = report_not_examined_text(totals);
    g_autofree char *counts = g_strdup_printf(
        "%" G_GUINT64_FORMAT " items, %" G_GUINT64_FORMAT " bytes, %" G_GUINT64_FORMAT
        " distinct media, %" G_GUINT64_FORMAT " exact, %" G_GUINT64_FORMAT
        " near, %" G_GUINT64_FORMAT " left out",
        totals->items, totals->bytes, totals->media, totals->exact, totals->near, totals->left_out);
    append_comment(report->text, "totals", counts);
    append_comment(report->text, "not examined", not_examined);
    for (unsigned i = 0; i < closing->frequent->len; i++) {
        g_autofree char *line =
            report_frequent_text(&g_array_index(closing->frequent, MatcherFrequentEntry, i));
        append_comment(report->text, "frequent", line);
    }
    append_comment(report->text, "ended", closing->ended);
    if (totals->interrupted)
        append_comment(report->text, "partial", "interrupted before the end");
    return report_send(report, err);
}

const ReportForm report_form_csv = {begin, write_item, end, NULL};

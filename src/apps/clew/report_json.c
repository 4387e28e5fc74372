// SPDX-License-Identifier: Apache-2.0
//
// The scan for programs: one JSON object a line. First {"provenance": …}, then a record for every
// item, last {"totals": …}. The keys are documented in docs/json.md.
#include "apps/clew/provenance.h"
#include "apps/clew/report.h"
#include "base/json_writer.h"
#include "model/record_json.h"

static bool begin(Report *report, const Provenance *provenance, GError **err)
{
    JsonWriter json;
    json_writer_init(&json, report->text);
    json_write_begin_object(&json);
    json_write_key(&json, "provenance");
    provenance_json(&json, provenance);
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
    not_examined_json(&json, totals);
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

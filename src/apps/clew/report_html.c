// SPDX-License-Identifier: Apache-2.0
//
// The scan as one self-contained page that a person can read and print: no pictures, no scripts,
// nothing from elsewhere (a content security policy in the page says so too). Rows stream into the
// file; the rows of what could not be examined wait in an unnamed temporary file, and the totals,
// known last, are shown first by the style sheet's order.
#include <errno.h>
#include <stdio.h>

#include "apps/clew/console.h"
#include "apps/clew/report.h"
#include "apps/clew/video_frames.h"
#include "base/encoding.h"
#include "base/error.h"

typedef struct {
    FILE *not_examined; // rows, in order
    uint64_t found_rows;
} State;

static const char page_head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Clew scan report</title>\n<style>\n"
    ":root{color-scheme:light}\n"
    "body{font:15px/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:72rem;"
    "margin:1.5rem auto;padding:0 1rem;display:flex;flex-direction:column}\n"
    "h1{font-size:1.5rem;margin:0 0 .5rem}h2{font-size:1.1rem;margin:1.5rem 0 .4rem}\n"
    "header{order:1}#totals{order:2}#found{order:3}#not-examined{order:4}#provenance{order:5}\n"
    "table{border-collapse:collapse;width:100%;font-size:.87rem}\n"
    "section{overflow-x:auto}\n"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #ccc}\n"
    "td.path{overflow-wrap:anywhere;min-width:14rem}\n"
    "thead th{border-bottom:2px solid #555}th[scope=row]{width:14rem;font-weight:600}\n"
    "td.hash{font-family:ui-monospace,monospace;font-size:.78rem;overflow-wrap:anywhere;"
    "min-width:17rem}\n"
    ".sure{font-weight:700}.partial{border:2px solid #1a1a1a;padding:.5rem;font-weight:700}\n"
    "@media print{body{margin:0;max-width:none;font-size:11px}section{overflow:visible}"
    "thead{display:table-header-group}tr{break-inside:avoid}td.path{min-width:0}"
    "td.hash{min-width:0}}\n"
    "</style>\n</head>\n<body>\n";

static void append_escaped(GString *text, const char *value)
{
    g_autofree char *escaped = g_markup_escape_text(value != NULL ? value : "", -1);
    g_string_append(text, escaped);
}

static void append_row(GString *text, const char *name, const char *value)
{
    g_string_append(text, "<tr><th scope=\"row\">");
    append_escaped(text, name);
    g_string_append(text, "</th><td>");
    append_escaped(text, value);
    g_string_append(text, "</td></tr>\n");
}

static void append_cell(GString *text, const char *class_name, const char *value)
{
    g_string_append_printf(text, "<td%s%s%s>", class_name ? " class=\"" : "",
                           class_name ? class_name : "", class_name ? "\"" : "");
    append_escaped(text, value);
    g_string_append(text, "</td>");
}

static void append_provenance(GString *text, const Provenance *provenance)
{
    g_string_append(text, "<section id=\"provenance\"><h2>How this was made</h2><table><tbody>\n");
    append_row(text, "Program", "Clew " CLEW_VERSION);
    append_row(text, "Command", provenance->command_line);
    append_row(text, "Started (UTC)", provenance->started);
    append_row(text, "Machine", provenance->host);
    append_row(text, "Decoders", provenance->decoders);
    g_autofree char *libraries = report_libraries_text();
    g_autofree char *limits = report_limits_text();
    append_row(text, "Libraries", libraries);
    append_row(text, "Limits", limits);
    append_row(text, "Sandbox", provenance->sandbox);
    g_autofree char *settings = g_strdup_printf(
        "near matches up to %u differing bits of 256, picture quality from %u, %u lanes",
        provenance->distance, provenance->min_quality, provenance->jobs);
    append_row(text, "Settings", settings);
    g_autofree char *frames = frame_choice_text(&provenance->frame_choice);
    append_row(text, "Videos", frames);
    for (size_t i = 0; i < provenance->set_count; i++) {
        const MatcherSet *set = &provenance->sets[i];
        g_autofree char *entries = console_count(set->entries);
        g_autofree char *line =
            g_strdup_printf("%s, %s entries, generation %" G_GUINT64_FORMAT ", digest %s",
                            set_kind_name(set->kind), entries, set->generation, set->digest);
        g_autofree char *name = g_strdup_printf("Set %s", set->name);
        append_row(text, name, line);
    }
    g_string_append(text, "</tbody></table></section>\n");
}

static bool begin(Report *report, const Provenance *provenance, GError **err)
{
    State *state = g_new0(State, 1);
    report->state = state;
    state->not_examined = tmpfile();
    if (state->not_examined == NULL)
        return clew_error_set_errno(err, errno, "cannot make a temporary file for the report");
    GString *text = report->text;
    g_string_append(text, page_head);
    g_string_append(text, "<header><h1>Clew scan report</h1><p>Exact matches agree in a digest. "
                          "Near matches are suggestions by likeness: a person decides.</p>"
                          "</header>\n");
    append_provenance(text, provenance);
    g_string_append(text, "<section id=\"found\"><h2>Found</h2><table><thead><tr><th>File</th>"
                          "<th>Match</th><th>Set</th><th>Category</th><th>Entry</th>"
                          "<th>SHA-256 of the file</th></tr></thead><tbody>\n");
    return report_send(report, err);
}

// How it matched, and below that the pieces of a video.
static void append_how(GString *text, const char *class_name, const char *how,
                       const MatchVideo *video)
{
    g_auto(GStrv) pieces = video != NULL ? report_piece_texts(video) : NULL;
    if (pieces == NULL) {
        append_cell(text, class_name, how);
        return;
    }
    g_string_append(text, "<td>");
    append_escaped(text, how);
    for (char **piece = pieces; *piece != NULL; piece++) {
        g_string_append(text, "<br>");
        append_escaped(text, *piece);
    }
    g_string_append(text, "</td>");
}

static void append_match(GString *text, const Record *record, const Match *match)
{
    g_autofree char *how = report_match_text(match);
    g_autofree char *entry = g_strdup_printf("e%" G_GUINT64_FORMAT, match->entry);
    g_autofree char *sha256 = encoding_hex_new(record->digests.sha256, SHA256_BYTES);
    bool sure = match->type == MATCH_EXACT && !match->weak_digest && !match->contradicted;
    g_string_append(text, "<tr>");
    append_cell(text, "path", record->path);
    append_how(text, sure ? "sure" : NULL, how, match->video);
    append_cell(text, NULL, match->set_name);
    append_cell(text, NULL, match->category);
    append_cell(text, NULL, entry);
    append_cell(text, "hash", sha256);
    g_string_append(text, "</tr>\n");
}

static void append_unseen(GString *rows, const char *path, const char *word, const char *reason,
                          const char *bytes)
{
    g_string_append(rows, "<tr>");
    append_cell(rows, "path", path);
    append_cell(rows, NULL, word);
    append_cell(rows, NULL, reason);
    append_cell(rows, NULL, bytes);
    g_string_append(rows, "</tr>\n");
}

// Rows for what could not be examined and for findings that a person should look at.
static bool keep_not_examined(State *state, const Record *record, GError **err)
{
    g_autoptr(GString) rows = g_string_new(NULL);
    if (record->status != STATUS_OK) {
        g_autofree char *bytes = record->has_size ? console_bytes(record->size_bytes) : NULL;
        append_unseen(rows, record->path, status_name(record->status), record->reason, bytes);
    }
    for (unsigned i = 0; i < record->findings->len; i++) {
        const Finding *finding = record->findings->pdata[i];
        if (!report_shows_finding(finding))
            continue;
        g_autofree char *word = g_strdup_printf("finding: %s", finding_type_name(finding->type));
        g_autofree char *bytes = finding->bytes > 0 ? console_bytes(finding->bytes) : NULL;
        append_unseen(rows, record->path, word, finding->detail, bytes);
    }
    if (fwrite(rows->str, 1, rows->len, state->not_examined) == rows->len)
        return true;
    return clew_error_set_errno(err, errno, "cannot write the report's temporary file");
}

static bool write_item(Report *report, const ReportItem *item, GError **err)
{
    State *state = report->state;
    for (unsigned i = 0; i < item->matches->len; i++) {
        const Match *match = &g_array_index(item->matches, Match, i);
        if (match->meaning == MEANING_IGNORABLE)
            continue;
        append_match(report->text, item->record, match);
        state->found_rows++;
    }
    if (!keep_not_examined(state, item->record, err))
        return false;
    return report_send(report, err);
}

static bool copy_not_examined(Report *report, GError **err)
{
    State *state = report->state;
    rewind(state->not_examined);
    char chunk[16384];
    size_t count;
    while ((count = fread(chunk, 1, sizeof chunk, state->not_examined)) > 0) {
        g_string_append_len(report->text, chunk, (gssize)count);
        if (!report_send(report, err))
            return false;
    }
    return !ferror(state->not_examined) ||
           clew_error_set_errno(err, errno, "cannot read the report's temporary file");
}

static void append_count(GString *text, const char *name, uint64_t count)
{
    g_autofree char *digits = console_count(count);
    append_row(text, name, digits);
}

static void append_totals(GString *text, const Closing *closing)
{
    const ScanTotals *totals = closing->totals;
    g_autofree char *bytes = console_bytes(totals->bytes);
    g_autofree char *not_examined = report_not_examined_text(totals);
    g_string_append(text, "<section id=\"totals\">");
    if (totals->interrupted)
        g_string_append(text, "<p class=\"partial\">Partial result: the scan was interrupted "
                              "before its end.</p>");
    g_string_append(text, "<table><tbody>\n");
    append_count(text, "Items", totals->items);
    append_row(text, "Bytes read", bytes);
    append_count(text, "Distinct media", totals->media);
    append_count(text, "Items with an exact match", totals->exact);
    append_count(text, "Items with near matches only", totals->near);
    append_count(text, "Left out (certain, ignorable)", totals->left_out);
    append_row(text, "Not examined", not_examined);
    g_autofree char *evidence = report_bytes_text(totals);
    append_row(text, "Evidence", evidence);
    append_row(text, "Ended (UTC)", closing->ended);
    for (unsigned i = 0; i < closing->frequent->len; i++) {
        g_autofree char *line =
            report_frequent_text(&g_array_index(closing->frequent, MatcherFrequentEntry, i));
        append_row(text, "Doubtful entry", line);
    }
    g_string_append(text, "</tbody></table></section>\n");
}

static bool end(Report *report, const Closing *closing, GError **err)
{
    const ScanTotals *totals = closing->totals;
    const State *state = report->state;
    GString *text = report->text;
    if (state->found_rows == 0)
        g_string_append(text, "<tr><td colspan=\"6\">Nothing.</td></tr>\n");
    g_string_append(text,
                    "</tbody></table></section>\n<section id=\"not-examined\">"
                    "<h2>Could not be examined, and findings</h2><table><thead><tr><th>File</th>"
                    "<th>Status</th><th>Reason</th><th>Size</th></tr></thead><tbody>\n");
    if (!copy_not_examined(report, err))
        return false;
    if (scan_not_examined(totals) == 0)
        g_string_append(text, "<tr><td colspan=\"4\">Everything was examined.</td></tr>\n");
    g_string_append(text, "</tbody></table></section>\n");
    append_totals(text, closing);
    g_string_append(text, "</body>\n</html>\n");
    return report_send(report, err);
}

static void clear(Report *report)
{
    State *state = report->state;
    if (state != NULL && state->not_examined != NULL)
        fclose(state->not_examined);
    g_free(state);
}

const ReportForm report_form_html = {begin, write_item, end, clear};

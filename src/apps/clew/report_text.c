// SPDX-License-Identifier: Apache-2.0
//
// The scan for a person at a terminal: provenance, one line for each item that matched or could not
// be examined, totals.
#include "apps/clew/console.h"
#include "apps/clew/report.h"
#include "apps/clew/video_frames.h"

static bool begin(Report *report, const Provenance *provenance, GError **err)
{
    GString *text = report->text;
    g_string_append_printf(text, "# clew %s, %s, on %s\n# %s\n", CLEW_VERSION, provenance->started,
                           provenance->host, provenance->command_line);
    g_autofree char *limits = report_limits_text();
    g_autofree char *libraries = report_libraries_text();
    g_string_append_printf(text, "# distance %u, quality from %u, %u lanes\n", provenance->distance,
                           provenance->min_quality, provenance->jobs);
    g_autofree char *frames = frame_choice_text(&provenance->frame_choice);
    g_string_append_printf(text, "# videos: %s\n", frames);
    g_string_append_printf(text, "# limits: %s\n# sandbox: %s\n", limits, provenance->sandbox);
    g_string_append_printf(text, "# decoders: %s; libraries: %s\n", provenance->decoders,
                           libraries);
    for (size_t i = 0; i < provenance->set_count; i++) {
        const MatcherSet *set = &provenance->sets[i];
        g_autofree char *entries = console_count(set->entries);
        g_string_append_printf(
            text, "# set %s: %s, %s entries, generation %" G_GUINT64_FORMAT ", digest %.16s…\n",
            set->name, set_kind_name(set->kind), entries, set->generation, set->digest);
    }
    if (provenance->set_count == 0)
        g_string_append(text, "# no sets: nothing can be recognised; see clew set import --help\n");
    return report_send(report, err);
}

// "EXACT  SET/CATEGORY  how  path" and "not seen  status  reason  path", columns aligned.
static void append_line(GString *text, const char *word, const char *what, const char *how,
                        const char *path)
{
    g_string_append_printf(text, "%-8s  %-20s  %-50s  %s\n", word, what, how, path);
}

static void append_match(GString *text, const Record *record, const Match *match)
{
    g_autofree char *how = report_match_text(match);
    g_autofree char *set = match->category != NULL
                               ? g_strdup_printf("%s/%s", match->set_name, match->category)
                               : g_strdup(match->set_name);
    append_line(text, match->type == MATCH_EXACT ? "EXACT" : "NEAR", set, how, record->path);
    if (match->video == NULL)
        return;
    g_auto(GStrv) pieces = report_piece_texts(match->video);
    for (char **piece = pieces; *piece != NULL; piece++)
        g_string_append_printf(text, "          %s\n", *piece);
}

static bool write_item(Report *report, const ReportItem *item, GError **err)
{
    const Record *record = item->record;
    for (unsigned i = 0; i < item->matches->len; i++) {
        const Match *match = &g_array_index(item->matches, Match, i);
        if (match->meaning != MEANING_IGNORABLE)
            append_match(report->text, record, match);
    }
    if (record->status != STATUS_OK)
        append_line(report->text, "not seen", status_name(record->status), record->reason,
                    record->path);
    for (unsigned i = 0; i < record->findings->len; i++) {
        const Finding *finding = record->findings->pdata[i];
        if (report_shows_finding(finding))
            append_line(report->text, "finding", finding_type_name(finding->type),
                        finding->detail != NULL ? finding->detail : "", record->path);
    }
    return report->text->len == 0 || report_send(report, err);
}

static bool end(Report *report, const Closing *closing, GError **err)
{
    const ScanTotals *totals = closing->totals;
    g_autofree char *items = console_count(totals->items);
    g_autofree char *bytes = console_bytes(totals->bytes);
    g_autofree char *evidence = report_bytes_text(totals);
    g_autofree char *media = console_count(totals->media);
    g_autofree char *exact = console_count(totals->exact);
    g_autofree char *near = console_count(totals->near);
    g_autofree char *left_out = console_count(totals->left_out);
    g_autofree char *not_examined = report_not_examined_text(totals);
    g_string_append_printf(report->text,
                           "# %s items, %s, %s distinct media; exact %s, near %s, left out %s\n"
                           "# not examined: %s\n# %s\n# ended %s%s\n",
                           items, bytes, media, exact, near, left_out, not_examined, evidence,
                           closing->ended,
                           totals->interrupted ? ", PARTIAL: interrupted before the end" : "");
    for (unsigned i = 0; i < closing->frequent->len; i++) {
        g_autofree char *line =
            report_frequent_text(&g_array_index(closing->frequent, MatcherFrequentEntry, i));
        g_string_append_printf(report->text, "# %s\n", line);
    }
    return report_send(report, err);
}

const ReportForm report_form_text = {begin, write_item, end, NULL};

// SPDX-License-Identifier: Apache-2.0
//
// A report: one form in which a scan's results are written. Every form opens with provenance and
// closes with totals; several may be written in one scan. A form is one file with one const
// ReportForm; cmd_scan.c lists them.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "apps/clew/provenance.h"
#include "base/output_file.h"
#include "cases/matcher.h"
#include "cases/scan.h"
#include "model/record.h"

typedef struct {
    const Record *record;
    const GArray *matches; // of Match
    bool left_out;
    bool is_media;
} ReportItem;

// How it ended.
typedef struct {
    const ScanTotals *totals;
    const char *ended;      // UTC, RFC 3339
    const GArray *frequent; // of MatcherFrequentEntry: entries that look like too many media
} Closing;

typedef struct Report Report;

typedef struct {
    bool (*begin)(Report *report, const Provenance *provenance, GError **err);
    bool (*item)(Report *report, const ReportItem *item, GError **err);
    bool (*end)(Report *report, const Closing *closing, GError **err);
    void (*clear)(Report *report); // frees `state`; may be NULL
} ReportForm;

struct Report {
    const ReportForm *form;
    OutputFile *file; // NULL: standard output
    GString *text;    // collected by the form, sent by report_send
    void *state;      // the form's own
};

// A report on standard output (path NULL) or into a file that appears when it is finished.
Report *report_open(const ReportForm *form, const char *path, bool overwrite, GError **err);

// Sends the collected text on its way. Called by the forms.
bool report_send(Report *report, GError **err);

// After form->end: makes the file appear.
bool report_commit(Report *report, GError **err);

void report_free(Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)

extern const ReportForm report_form_text;
extern const ReportForm report_form_json;
extern const ReportForm report_form_csv;
extern const ReportForm report_form_vics;
extern const ReportForm report_form_html;

// ---- Words shared by the forms ----------------------------------------------------------------

// "exact (sha256)", "exact, weak (md5)", "near, 8 bits, pdq_512, mirrored"; newly allocated.
char *report_match_text(const Match *match);

// Of a near match with a video: how it matched as a whole, and a line for each piece, "00:12-00:47
// is their 03:05-03:40, 96 % of frames, median distance 8"; newly allocated, NULL-terminated.
char **report_piece_texts(const MatchVideo *video);

// What a person calls the orientation: "as it is", "turned left" …
const char *report_orientation_text(unsigned orientation);

// "entry e7 of NAME looks like 812 media: it may be a blank or a template"; newly allocated.
char *report_frequent_text(const MatcherFrequentEntry *entry);

// What bounds the examination of one item, "256 MiB and 536 megapixels a picture, …"; newly
// allocated.
char *report_limits_text(void);

// Versions of the libraries in this program; newly allocated.
char *report_libraries_text(void);

// "3 unsupported, 1 corrupt", or "none"; newly allocated.
char *report_not_examined_text(const ScanTotals *totals);

// "12.3 MB of evidence: 12.0 MB examined, 0.3 MB not", newly allocated. The two add up.
char *report_bytes_text(const ScanTotals *totals);

// Is the finding worth a line where only what matched or could not be examined is listed? Where an
// item lay (deleted, carved, in a stream beside another) is said by its path and record.
bool report_shows_finding(const Finding *finding);
